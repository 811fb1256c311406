"""Whether somebody is at a branch when a rental begins or ends there, and what that costs beyond the rental."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.domain.car.car import Branch
from engine.domain.car.opening_hours import Fee, Handing, Surcharge
from engine.domain.car.openings import fee_for, may_hand, next_opening
from engine.domain.money.pricing import LineKind, QuoteLine
from engine.domain.shared.errors import RuleBroken
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.wall import on_wall, wall_of
from engine.domain.shared.zones import shown_zone

#: What a line of a price is a fee for.
_SURCHARGES = {LineKind(each.value): each for each in Surcharge}
_BACK = frozenset({Surcharge.RETURN_CLOSED, Surcharge.KEY_BOX})


class ClosedThen(RuleBroken):
    """The branch is closed when a rental would begin or end there, and its rules do nothing for that.

    Attributes:
        handing: A value of ``Handing``.
        at: When it would be (UTC); ``zone`` names the branch's.
        opens: When it opens next (UTC); None if it never does.
    """

    code = "branch.closed_then"

    def __init__(
        self, handing: str, branch_id: str, name: str, zone: str, at: datetime, opens: datetime | None = None
    ) -> None:
        super().__init__(f"branch {branch_id} is closed at {at}, until {opens} ({handing})")
        self.handing, self.branch_id, self.name, self.zone = handing, branch_id, name, zone
        self.at, self.opens = at, opens


def fees_of_stay(out: Branch, back: Branch, period: RentalPeriod) -> tuple[Fee, ...]:
    """For a pick-up at *out* and a return at *back*, in that order.

    Raises:
        ClosedThen: A branch is closed then, and its rules allow nothing out of hours.
        UnknownZone: This desk does not know a branch's zone.
    """
    ends = ((Handing.PICKUP, out, period.starts_at), (Handing.RETURN, back, period.ends_at))
    found = []
    for handing, branch, at in ends:
        if not may_hand(branch.hours, branch.tzinfo, handing, at):
            opens = next_opening(branch.hours, branch.tzinfo, at)
            raise ClosedThen(handing.value, branch.id, branch.name, branch.zone, at, opens)
        found.append(fee_for(branch.hours, branch.tzinfo, handing, at))
    return tuple(fee for fee in found if fee is not None)


def return_fee(back: Branch, at: datetime) -> Fee | None:
    """For a return at *back* then; None for nothing. Raises: as ``fees_of_stay``."""
    if not may_hand(back.hours, back.tzinfo, Handing.RETURN, at):
        opens = next_opening(back.hours, back.tzinfo, at)
        raise ClosedThen(Handing.RETURN.value, back.id, back.name, back.zone, at, opens)
    return fee_for(back.hours, back.tzinfo, Handing.RETURN, at)


def at_the_opening(period: RentalPeriod, closed: ClosedThen) -> RentalPeriod | None:
    """*period* with what was refused moved to when the branch opens; a pick-up with its rental, as long on the wall.

    None where it never opens, or nothing is left to rent.
    """
    if closed.opens is None:
        return None
    if closed.handing == Handing.RETURN:
        return RentalPeriod(period.starts_at, closed.opens) if closed.opens > period.starts_at else None
    zone = shown_zone(closed.zone)
    later = wall_of(closed.opens, zone).replace(fold=0) - wall_of(period.starts_at, zone).replace(fold=0)
    back = on_wall(wall_of(period.ends_at, zone).replace(fold=0) + later, zone).moment
    return RentalPeriod(closed.opens, back) if back > closed.opens else None


@dataclass(frozen=True, slots=True)
class Promised:
    """That somebody is at a branch for a booking. Attributes: ``car_label`` ends with the plate."""

    booking_id: str
    car_label: str
    handing: Handing
    branch_id: str
    at: datetime


def stranded(promised: Iterable[Promised], before: Branch, after: Branch, now: datetime) -> list[Promised]:
    """Those that could be kept by the hours of *before*, and cannot by those of *after*."""

    def kept(each: Promised, branch: Branch) -> bool:
        return may_hand(branch.hours, branch.clock, each.handing, each.at)

    due = (each for each in promised if each.branch_id == before.id and each.at > now)
    return [each for each in due if kept(each, before) and not kept(each, after)]


def fee_lines(fees: Iterable[Fee]) -> tuple[QuoteLine, ...]:
    """As they stand in a price."""
    return tuple(QuoteLine(LineKind(fee.surcharge.value), 1, fee.amount) for fee in fees)


def fees_in(lines: Iterable[QuoteLine]) -> tuple[Fee, ...] | None:
    """*lines* as fees; None where they are none that one pick-up and one return can have."""
    found = [(_SURCHARGES.get(line.kind), line) for line in lines]
    fees = tuple(Fee(surcharge, line.unit) for surcharge, line in found if surcharge is not None and line.count == 1)
    if len(fees) != len(found) or len(found) > len(Handing) or any(fee.amount.minor <= 0 for fee in fees):
        return None
    back = sum(fee.surcharge in _BACK for fee in fees)
    out = sum(fee.surcharge is Surcharge.PICKUP_CLOSED for fee in fees)
    return fees if back <= 1 and out <= 1 else None
