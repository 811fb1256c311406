"""What is to be done at a branch today, by urgency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum, auto

from engine.domain.booking.balance import balance
from engine.domain.booking.booking import NO_SHOW_PATIENCE, Booking, BookingId
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Branch, BranchId, CarId
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName, RenterId
from engine.domain.shared.damage import Damaged
from engine.domain.shared.zones import shown_zone

#: Lines of one section; the rest is counted.
MOST_LINES = 500
#: What is beyond is counted up to here.
MOST_COUNTED = 10_000
_HOLDS = frozenset({BookingState.HELD, BookingState.AWAITING_FUNDS})


class Section(StrEnum):
    """In the order of the page."""

    OVERDUE = auto()  #: out, and should be back
    GOING_OUT = auto()  #: to be fetched today, or a little earlier and waited for
    COMING_BACK = auto()  #: out, and due today
    HOLDS = auto()  #: the car is kept, and no money is there yet
    NOT_COME = auto()  #: waited for long enough


STATES: Mapping[Section, frozenset[BookingState]] = {
    Section.OVERDUE: frozenset({BookingState.OUT}),
    Section.GOING_OUT: frozenset({BookingState.CONFIRMED}),
    Section.COMING_BACK: frozenset({BookingState.OUT}),
    Section.HOLDS: _HOLDS,
    Section.NOT_COME: frozenset({BookingState.CONFIRMED}),
}


@dataclass(frozen=True, slots=True)
class DayAsked:
    """Whose day, and when it is.

    Attributes:
        booked_by: Only what that account booked; None for all of the branch.
        until: The end of the branch's day (UTC), exclusive.
    """

    branch_id: BranchId
    now: datetime
    until: datetime
    booked_by: AccountName | None = None


@dataclass(frozen=True, slots=True)
class CarNow:
    """What is with a car at this moment.

    Attributes:
        out_with: The number of the booking whose renter has it, and ``until`` when it should be back (UTC).
        active: Whether it is in service.
        at: Where it stands; None where it is out.
        promised: To which bookings it is promised besides, soonest first, each with its pick-up (UTC).
    """

    active: bool = True
    out_with: str = ""
    until: datetime | None = None
    at: BranchId | None = None
    promised: tuple[tuple[str, datetime], ...] = ()

    def next_after(self, booking: Booking) -> datetime | None:
        """When somebody fetches it after *booking*; None where nobody does."""
        starts = (at for other, at in self.promised if other != booking.id and at >= booking.period.starts_at)
        return next(starts, None)


@dataclass(frozen=True, slots=True)
class DaySection:
    """Attributes: ``total`` counts all there are, up to ``MOST_COUNTED``."""

    section: Section
    rows: tuple[Booking | Damaged, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Today:
    """The day.

    Attributes:
        phones, cars: Whom and what could be read.
        further: What a rental came to cost beyond its price, of those that are out.
        at: When it was asked (UTC).
    """

    branch: Branch
    at: datetime
    until: datetime
    sections: tuple[DaySection, ...]
    phones: Mapping[RenterId, str]
    cars: Mapping[CarId, CarNow]
    further: Mapping[BookingId, Money] = field(default_factory=dict)

    def open(self, booking: Booking) -> Money:
        """What is still to be paid of one of its lines."""
        return balance(booking, self.further.get(booking.id)).open


def day_end(branch: Branch, now: datetime) -> datetime:
    """When the branch's day of *now* ends (UTC); it has 23 or 25 hours when its clock changes."""
    zone = shown_zone(branch.zone)
    there = now.astimezone(zone)
    return datetime.combine(there.date() + timedelta(days=1), time(), zone).astimezone(now.tzinfo)


def section_of(booking: Booking, asked: DayAsked) -> Section | None:
    """Where it stands on the page; None where nothing is to be done with it today."""
    starts_at, ends_at = booking.period.starts_at, booking.period.ends_at
    if booking.state in _HOLDS:
        return Section.HOLDS
    if booking.state is BookingState.OUT:
        if ends_at < asked.now:
            return Section.OVERDUE
        return Section.COMING_BACK if ends_at < asked.until else None
    if booking.state is not BookingState.CONFIRMED or starts_at >= asked.until:
        return None
    missed = starts_at <= asked.now - NO_SHOW_PATIENCE or ends_at <= asked.now
    return Section.NOT_COME if missed else Section.GOING_OUT
