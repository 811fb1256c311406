"""The firm's own rules, each set of them with the moment it holds from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from engine.domain.agreement.checks import NO_CHECKS, CheckRules, sound_checks
from engine.domain.agreement.fees import RentalFees, sound_fees
from engine.domain.booking.booking import HOLD
from engine.domain.booking.cancellation import CancellationRule
from engine.domain.firm.audit import Facts
from engine.domain.money.charging import CHARGED
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidText

_USUAL = (CancellationRule(48, 10_000), CancellationRule(0, 5_000))
_WHOLE_BP = 10_000
_MOST_RULES = 10
_LONGEST_NOTICE_H = 24 * 366
#: A year ahead; nothing is booked further away.
MOST_UNPAID_DAYS = 366
SHORTEST_HOLD, LONGEST_HOLD = timedelta(minutes=1), timedelta(minutes=30)
#: Every desk reads the rules again within half a minute; a change that holds from a minute on finds none with old ones.
SOONEST = timedelta(minutes=1)
FURTHEST = timedelta(days=2 * 366)
#: What held before anybody changed anything.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FirmSettings:
    """What the firm agreed on.

    Attributes:
        commission_bp: The platform's share of a rental in basis points (hundredths of a percent).
        cancellation: Who cancels when gets how much back; the longest notice first.
        fees: What is charged beyond a rental, by currency; an agreement keeps those of the day when its car went out.
        checks: What is looked at before a car goes out.
        receipts: Whatever is paid at the counter gets a receipt by itself.
        unpaid_days: How many days ahead a car is promised to somebody who pays at the counter; 0 for never.
    """

    currency: str = "EUR"
    commission_bp: int = 1500
    hold: timedelta = HOLD
    cancellation: tuple[CancellationRule, ...] = _USUAL
    unpaid_days: int = 30
    fees: tuple[RentalFees, ...] = ()
    checks: CheckRules = NO_CHECKS
    receipts: bool = False

    @property
    def unpaid_ahead(self) -> timedelta:
        """How far away the pick-up may be of a booking that is paid at the counter."""
        return timedelta(days=self.unpaid_days)

    @property
    def facts(self) -> Facts:
        """For the audit, in words that stay readable when the program has changed."""
        rules = ", ".join(f"{rule.hours_before} h before: {_percent(rule.refund_bp)}" for rule in self.cancellation)
        return {
            "currency": self.currency,
            "commission": _percent(self.commission_bp),
            "hold": f"{int(self.hold.total_seconds()) // 60} min",
            "cancellation": rules or "nothing is given back",
            "fees": "; ".join(each.facts for each in self.fees) or "none",
            "looked at before a car goes out": self.checks.facts,
            "paid at the counter": f"up to {self.unpaid_days} days ahead",
            "receipts at the counter": "by themselves" if self.receipts else "when asked for",
        }


@dataclass(frozen=True, slots=True)
class Revision:
    """One set of rules as somebody decided it; never changed, only followed by others.

    Attributes:
        number: Counts from 1; of two for the same moment the later decision holds.
        valid_from: Server time (UTC).
        withdrawn: It was taken back before it held.
    """

    number: int
    valid_from: datetime
    settings: FirmSettings
    by: AccountName
    made_at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Firm:
    """The rules at one moment.

    Attributes:
        holding: What holds now; None for a firm that never set any.
        planned: Decided and not yet in force, the nearest first.
        past: What held before and what was withdrawn, the latest first.
        damaged: Decisions that cannot be read; none of them holds.
        last: Given back with a change, so that two persons' changes cannot cross.
    """

    settings: FirmSettings
    holding: Revision | None
    planned: tuple[Revision, ...]
    past: tuple[Revision, ...]
    last: int
    damaged: tuple[Damaged, ...] = ()


def in_force(revisions: Iterable[Revision], at: datetime) -> Revision | None:
    """The one whose rules hold at *at*."""
    begun = (each for each in revisions if each.valid_from <= at and not each.withdrawn)
    return max(begun, key=lambda each: (each.valid_from, each.number), default=None)


def settings_at(revisions: Iterable[Revision], at: datetime) -> FirmSettings:
    """What holds at *at*; the usual rules where nobody ever set any."""
    holding = in_force(revisions, at)
    return holding.settings if holding else FirmSettings()


def sound(settings: FirmSettings) -> FirmSettings:
    """*settings* with the longest notice first.

    Raises:
        InvalidText: Named by its field: ``currency``, ``commission``, ``hold``, ``unpaid_days``, ``fees``, ``checks``
            or ``cancellation``.
    """
    if settings.currency not in CHARGED:
        raise InvalidText("currency", "field.currency")
    if type(settings.commission_bp) is not int or not 0 <= settings.commission_bp <= _WHOLE_BP:
        raise InvalidText("commission", "field.percent")
    if not SHORTEST_HOLD <= settings.hold <= LONGEST_HOLD or settings.hold % timedelta(minutes=1):
        raise InvalidText("hold", "field.hold")
    if type(settings.unpaid_days) is not int or not 0 <= settings.unpaid_days <= MOST_UNPAID_DAYS:
        raise InvalidText("unpaid_days", "field.between", least=0, most=MOST_UNPAID_DAYS)
    rules = tuple(sorted(settings.cancellation, key=lambda rule: -rule.hours_before))
    _refuse_unfair(rules)
    fees, checks = sound_fees(settings.fees), sound_checks(settings.checks)
    return replace(settings, cancellation=rules, fees=fees, checks=checks)


def _refuse_unfair(rules: tuple[CancellationRule, ...]) -> None:
    field = "cancellation"
    if len(rules) > _MOST_RULES:
        raise InvalidText(field, "field.too_many_rules", most=_MOST_RULES)
    if any(not 0 <= rule.hours_before <= _LONGEST_NOTICE_H or not 0 <= rule.refund_bp <= _WHOLE_BP for rule in rules):
        raise InvalidText(field, "field.refund_rules")
    for longer, shorter in pairwise(rules):
        if longer.hours_before == shorter.hours_before:
            raise InvalidText(field, "field.same_hours")
        if longer.refund_bp < shorter.refund_bp:
            raise InvalidText(field, "field.less_for_earlier")


def _percent(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"
