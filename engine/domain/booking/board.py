"""The board: cars as rows, and what each one's time is promised for, as its fence says."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import TypeAlias

from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import FACTS, BookingState
from engine.domain.car.availability import ClaimKind, Stretch
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, CarId, CarStatus, OwnerId
from engine.domain.car.movement import MovementKind
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidPeriod
from engine.domain.shared.period import OVERDUE_AHEAD, RentalPeriod

#: Cars of one page.
MOST_CARS = 500
#: Longest time that is looked at at once.
LONGEST_SPAN = timedelta(days=92)


class BarShape(StrEnum):
    """What a bar stands for, as people are told it."""

    HELD = auto()  #: for a renter who has not paid yet
    CONFIRMED = auto()
    MISSED = auto()  #: confirmed; the pick-up is over, and nobody came yet
    AT_RISK = auto()  #: confirmed; the car should be back before, and is not
    OUT = auto()
    LATE = auto()  #: out, and should be back
    SERVICE = auto()
    TRANSFER = auto()
    LEASE = auto()
    RESERVED = auto()  #: for the firm's own purposes, or nobody can read for what


@dataclass(frozen=True, slots=True)
class BoardAsked:
    """One window of the board.

    Attributes:
        span: Bars of which some time lies in it are told, and every car that is out.
        branch_id: To which the cars belong; None for all that the account may see.
        only: Those cars again, whatever the page is.
        offset: Of the page, in cars.
    """

    span: RentalPeriod
    branch_id: BranchId | None = None
    bodies: frozenset[BodyType] = frozenset()
    only: frozenset[CarId] = frozenset()
    offset: int = 0
    limit: int = MOST_CARS

    def __post_init__(self) -> None:
        """Raises: InvalidPeriod."""
        if self.span.ends_at - self.span.starts_at > LONGEST_SPAN:
            raise InvalidPeriod("period.too_long", days=LONGEST_SPAN.days)


@dataclass(frozen=True, slots=True)
class BarBooking:
    """The booking behind a bar.

    Attributes:
        renter: As the account may know it; an owner has initials, and "" is somebody of another branch.
        starts_at: The agreed pick-up (UTC); who came earlier has the car since.
        version: That was looked at.
    """

    state: BookingState
    renter: str
    starts_at: datetime
    hold_until: datetime
    price: Money
    version: int
    branch_id: BranchId
    booked_by: AccountName


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a car's time that is promised.

    Attributes:
        start_id: The branch where the car is taken; ``end_id`` where it is left.
        booking: None where it is none, or cannot be read.
        movement: What kind of one it is; None where it is none.
        reason: Of a movement.
    """

    id: str
    kind: ClaimKind
    taken: Stretch
    start_id: BranchId
    end_id: BranchId
    booking: BarBooking | None = None
    movement: MovementKind | None = None
    reason: str = ""

    @property
    def booking_id(self) -> BookingId | None:
        return BookingId(self.id) if self.kind is ClaimKind.BOOKING else None

    @property
    def held(self) -> bool:
        return self.booking is not None and FACTS[self.booking.state].hold

    def until(self, now: datetime) -> datetime:
        """The promised end; of one that is late it is *now*."""
        return max(self.taken.ends_at, now) if self.taken.overdue(now) else self.taken.ends_at


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A car and what its time is promised for.

    Attributes:
        branch_id: Where it belongs; ``at`` where it stands, None while it is out.
        bars: Soonest first.
        unread: How many of its claims nobody can read; of what they take of its time nothing is known.
    """

    car_id: CarId
    plate: str
    title: str
    body: BodyType
    status: CarStatus
    branch_id: BranchId
    owner_id: OwnerId
    zone: str
    daily_rate: Money
    at: BranchId | None
    bars: tuple[Bar, ...] = ()
    unread: int = 0

    @property
    def out(self) -> Bar | None:
        """The one whose renter has the car."""
        return next((bar for bar in self.bars if bar.taken.out), None)

    def shape(self, bar: Bar, now: datetime) -> BarShape:
        """Of one of its bars at *now*."""
        if bar.kind is ClaimKind.MOVEMENT:
            return BarShape.TRANSFER if bar.movement is MovementKind.TRANSFER else BarShape.SERVICE
        if bar.kind is not ClaimKind.BOOKING:
            return BarShape.LEASE if bar.kind is ClaimKind.LEASE else BarShape.RESERVED
        if bar.taken.out:
            return BarShape.LATE if bar.taken.overdue(now) else BarShape.OUT
        if bar.held:
            return BarShape.HELD
        if self._at_risk(bar, now):
            return BarShape.AT_RISK
        return BarShape.MISSED if bar.taken.starts_at <= now else BarShape.CONFIRMED

    def _at_risk(self, bar: Bar, now: datetime) -> bool:
        """The car is late, and this is the next one for it, within the hours in which it should be back."""
        late = self.out
        if late is None or not late.taken.overdue(now) or bar.taken.starts_at >= now + OVERDUE_AHEAD:
            return False
        ahead = (each for each in self.bars if each is not late and each.taken.free_at > now)
        return min(ahead, key=lambda each: each.taken.starts_at, default=None) is bar

    def gaps(self, since: datetime, until: datetime, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When the car could be had between these moments, by all that is known; in order."""
        if self.status is not CarStatus.ACTIVE or self.unread:
            return
        at = since
        for bar in self.bars:
            if bar.taken.starts_at >= until:
                break
            if at < bar.taken.starts_at:
                yield at, bar.taken.starts_at
            ready = max(bar.taken.free_at, now + OVERDUE_AHEAD) if bar.taken.overdue(now) else bar.taken.free_at
            at = max(at, ready)
        if at < until:
            yield at, until

    def free(self, since: datetime, until: datetime, now: datetime) -> bool:
        """Whether the car could be had then, by all that is known."""
        if self.status is not CarStatus.ACTIVE or self.unread:
            return False
        wished = Stretch(since, until, until)
        return not any(bar.taken.in_the_way(wished, now) for bar in self.bars)

    def days_busy(self, opens: Sequence[datetime], closes: Sequence[datetime], now: datetime) -> int:
        """In which of some times, each from one of *opens* to one of *closes*, something is done with the car.

        Both are in order. The lowest bit stands for the first.
        """
        days = 0
        for bar in self.bars:
            first = bisect_right(closes, bar.taken.starts_at)
            last = bisect_left(opens, max(bar.until(now), bar.taken.free_at))
            if last > first:
                days |= ((1 << (last - first)) - 1) << first
        return days


RowOrDamaged: TypeAlias = BoardRow | Damaged


@dataclass(frozen=True, slots=True)
class BoardRows:
    """Attributes: ``total`` counts all cars that were asked for, whatever the page."""

    rows: tuple[RowOrDamaged, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Board:
    """Attributes: ``branches`` are those that are named in it; ``at`` is when it was asked for (server time, UTC)."""

    asked: BoardAsked
    at: datetime
    rows: tuple[RowOrDamaged, ...]
    total: int
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """How many of some cars are busy. Attributes: ``of`` counts the cars that are in service and can be read."""

    busy: int
    of: int

    @property
    def percent(self) -> int:
        return round(100 * self.busy / self.of) if self.of else 0


def sound_rows(rows: Iterable[RowOrDamaged]) -> list[BoardRow]:
    return [row for row in rows if isinstance(row, BoardRow)]


def out_now(rows: Iterable[BoardRow]) -> Use:
    """Of the cars, those whose renters have them."""
    cars = list(rows)
    return Use(sum(row.out is not None for row in cars), len(cars))
