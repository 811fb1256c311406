"""Branches as administrators keep them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import available_timezones

from engine.domain.car.car import Branch
from engine.domain.car.opening_hours import Interval, OpeningHours, OutsideRule, SpecialDay, fees_of, sound_hours
from engine.domain.firm.audit import Facts
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean
from engine.domain.shared.wall import wall_of

#: Letters that a name and its city have in common.
_ALIKE = 3


@dataclass(frozen=True, slots=True)
class BranchLine:
    """A branch and what depends on it.

    Attributes:
        cars: Those that stand there, retired ones left out.
        bookings: Those picked up there that still keep a car.
    """

    branch: Branch
    cars: int
    bookings: int


def zones() -> tuple[str, ...]:
    """IANA names that a branch may have: places, and not the historical short forms."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACE)))


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Of one fact in the audit.
_LONGEST_FACT = 3_000
#: A firm that changes its fees more often forgets the oldest.
MOST_FORMER = 500
_NO_PLACE = ("Etc/", "SystemV/", "US/", "posix/", "right/")


def sound(branch: Branch, *, now: datetime, currency: str, before: Branch | None = None) -> Branch:
    """*branch* with its texts cleaned and its hours in order; see ``sound_hours``.

    Raises:
        InvalidText: Named by its field.
    """
    cleaned = replace(
        branch,
        name=clean("name", branch.name, longest=80),
        city=clean("city", branch.city, longest=80),
        address=clean("address", branch.address, longest=200),
    )
    if not isinstance(branch.zone, str) or branch.zone not in available_timezones():
        raise InvalidText("zone", "field.zone")
    today, was = wall_of(now, branch.tzinfo).date(), before.hours if before else None
    return replace(cleaned, hours=sound_hours(branch.hours, today=today, currency=currency, before=was))


def remembering(before: Branch, after: Branch) -> Branch:
    """*after* with the fees that *before* had and it has no more."""
    fees = dict.fromkeys((*before.former_fees, *fees_of(before.hours)))
    former = tuple(each for each in fees if each not in fees_of(after.hours))
    return replace(after, former_fees=former[-MOST_FORMER:])


def facts_of(branch: Branch, beside: Branch | None = None) -> Facts:
    """For the audit; of its special days those that *beside* has not."""
    return {
        "name": branch.name,
        "city": branch.city,
        "address": branch.address,
        "zone": branch.zone,
        **_hours_facts(branch.hours, beside.hours.special_days if beside else ()),
        "closed": "yes" if branch.closed else "no",
        "code": branch.code if branch.code_confirmed or not branch.code else f"{branch.code} (proposed)",
    }


def _hours_facts(hours: OpeningHours, known: tuple[SpecialDay, ...]) -> Facts:
    turn = hours.turn
    special = "; ".join(_special(each) for each in hours.special_days if each not in known)
    return {
        **{f"open {day}": _stretches(each) for day, each in zip(_DAYS, hours.week, strict=True)},
        "special days": special
        if len(special) <= _LONGEST_FACT
        else f"{special[:_LONGEST_FACT]} \N{HORIZONTAL ELLIPSIS}",
        **{f"out of hours: {name}": _rule(rule) for name, rule in hours.out_of_hours.named.items()},
        "turn-round": ", ".join((str(turn.usual), *(f"{body} {n}" for body, n in turn.by_body))),
        "turn-round in open hours": "yes" if hours.counts_only_open_hours else "no",
    }


def _stretches(intervals: Iterable[Interval]) -> str:
    return ", ".join(f"{each.opens}-{each.closes}" for each in intervals) or "closed"


def _special(special: SpecialDay) -> str:
    fee = f" for {_plain(special.fee)}" if special.fee else ""
    return f"{special.day.isoformat()} {_stretches(special.intervals)}{fee}"


def _rule(rule: OutsideRule) -> str:
    return "no" if not rule.allowed else f"for {_plain(rule.fee)}" if rule.fee else "yes"


def _plain(money: Money) -> str:
    return f"{Decimal(money.minor).scaleb(-money.exponent)} {money.currency}"


def name_with_city(name: str, city: str) -> str:
    """A branch's name with its city, unless it begins with that in any spelling: Lisboa is Lisbon."""
    return name if name[:_ALIKE].casefold() == city[:_ALIKE].casefold() else f"{city} {name}"
