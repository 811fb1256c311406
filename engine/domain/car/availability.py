"""Why a car cannot be had, and when it can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum, auto

from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.states import FACTS, BookingState
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, Car, CarId, CarStatus
from engine.domain.car.catalogue import Offer
from engine.domain.car.opening_hours import TurnRound
from engine.domain.car.openings import free_at
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidPeriod
from engine.domain.shared.period import OVERDUE_AHEAD, RentalPeriod

_MINUTE = timedelta(minutes=1)


class WhyTaken(StrEnum):
    """What keeps a car from somebody."""

    BOOKED = auto()
    HELD = auto()  #: for a renter who has not paid yet
    OVERDUE = auto()  #: should be back and is not
    MAINTENANCE = auto()
    SERVICE = auto()  #: for a period whose end is known
    RESERVED = auto()  #: for the firm's own purposes, and no booking
    ELSEWHERE = auto()  #: it will stand at another branch then, or is promised there next


class ClaimKind(StrEnum):
    """What a period in a car's calendar stands for. Claims of one car never overlap, whatever their kinds."""

    BOOKING = auto()
    MOVEMENT = auto()  #: in for service, or whatever else ``car.movement`` tells of
    RESTORED = auto()  #: paid for, by a booking that a restored database lacks
    TURN = auto()  #: between two rentals
    LEASE = auto()  #: given away for a long time, outside of bookings


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a car's time that is taken, by the rule that claiming goes by.

    Attributes:
        starts_at: The pick-up; ``ends_at`` the promised return.
        free_at: From when on the next one may have the car: the return and what it takes to make it ready.
        out: The renter has the car. Only such a one can be overdue: whatever else is promised ends by itself.
    """

    starts_at: datetime
    ends_at: datetime
    free_at: datetime
    out: bool = False

    def __post_init__(self) -> None:
        """Raises: InvalidPeriod."""
        if not self.period.ends_at <= self.free_at:
            raise InvalidPeriod("period.reversed")

    @property
    def period(self) -> RentalPeriod:
        return RentalPeriod(self.starts_at, self.ends_at)

    @property
    def whole(self) -> tuple[datetime, datetime]:
        """With the time it takes to make the car ready; that may be longer than any rental lasts."""
        return self.starts_at, self.free_at

    def overdue(self, now: datetime) -> bool:
        return self.out and self.ends_at <= now

    def in_the_way(self, wished: Stretch, now: datetime) -> bool:
        """What overlaps, and for the next hours what should be back already."""
        late = self.overdue(now) and wished.starts_at < now + OVERDUE_AHEAD
        return late or (self.starts_at < wished.free_at and wished.starts_at < self.free_at)


def just(period: RentalPeriod) -> Stretch:
    """*period* with nothing to be made ready after it."""
    return Stretch(period.starts_at, period.ends_at, period.ends_at)


@dataclass(frozen=True, slots=True)
class Readiness:
    """When a car that comes back at some moment may go out again, by its body.

    Attributes: ``by_body`` are those that are not ``usual``.
    """

    usual: datetime
    by_body: tuple[tuple[BodyType, datetime], ...] = ()

    def of(self, body: BodyType | None) -> datetime:
        """None is one that nobody can read."""
        return next((at for each, at in self.by_body if each is body), self.usual)

    def stretch(self, period: RentalPeriod, body: BodyType | None) -> Stretch:
        """What a car of *body* is taken for, that is out for *period* and then made ready."""
        return Stretch(period.starts_at, period.ends_at, self.of(body))

    def stretches(self, period: RentalPeriod) -> list[tuple[tuple[BodyType, ...], Stretch]]:
        """The same for all bodies at once, those together that are ready together."""
        together: dict[datetime, list[BodyType]] = {}
        for body in BodyType:
            together.setdefault(self.stretch(period, body).free_at, []).append(body)
        return [(tuple(bodies), Stretch(period.starts_at, period.ends_at, free)) for free, bodies in together.items()]


def readiness(branch: Branch, ends_at: datetime) -> Readiness:
    """Of cars that come back to *branch* then, in whole minutes from then on."""
    hours, zone = branch.hours, branch.tzinfo
    usual = replace(hours, turn=TurnRound(hours.turn.usual))
    bodies = tuple(
        (each.body, _in_minutes(ends_at, free_at(hours, zone, ends_at, each.body))) for each in hours.turn.by_body
    )
    return Readiness(_in_minutes(ends_at, free_at(usual, zone, ends_at, BodyType.SEDAN)), bodies)


def _in_minutes(since: datetime, at: datetime) -> datetime:
    return since - (since - at) // _MINUTE * _MINUTE


def taken_by(booking: Booking) -> Stretch:
    """What *booking* takes of its car's time, while it keeps the car."""
    period, out = booking.period, booking.state is BookingState.OUT
    return Stretch(booking.taken_since, period.ends_at, booking.free_at, out)


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch in which a car is promised, as far as others need to know of it."""

    id: str
    kind: ClaimKind
    taken: Stretch
    booking: ClaimedBy | None = None

    @property
    def period(self) -> RentalPeriod:
        return self.taken.period

    def why(self, now: datetime) -> WhyTaken:
        if self.booking is None:
            return WhyTaken.SERVICE if self.kind is ClaimKind.MOVEMENT else WhyTaken.RESERVED
        if FACTS[self.booking.state].hold:
            return WhyTaken.HELD
        return WhyTaken.OVERDUE if self.taken.overdue(now) else WhyTaken.BOOKED


@dataclass(frozen=True, slots=True)
class ClaimedBy:
    """The booking behind a claim of that kind."""

    state: BookingState
    hold_until: datetime
    by: AccountName


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way.

    Attributes:
        taken: When the car is out; None for maintenance, whose end nobody knows.
        hold_until: For a hold that is not paid: when it is over (server time, UTC).
        by: The account that made the booking, and
        booking_id: its number; both None for those who may not know, and where it is no booking.
    """

    why: WhyTaken
    taken: Stretch | None = None
    hold_until: datetime | None = None
    by: AccountName | None = None
    booking_id: BookingId | None = None

    @property
    def period(self) -> RentalPeriod | None:
        return None if self.taken is None else self.taken.period


@dataclass(frozen=True, slots=True)
class Blocked:
    """A car that cannot be had for the wished period.

    Attributes:
        obstacle: The first in the way.
        more: How many further ones are in the way.
        next_free: The earliest period of the wished length; None for a car in maintenance.
        instead: The free car of the same body type at the branch whose rate is nearest.
    """

    car: Car
    obstacle: Obstacle
    more: int = 0
    next_free: RentalPeriod | None = None
    instead: Offer | None = None


@dataclass(frozen=True, slots=True)
class BlockedPage:
    """Attributes: ``total`` counts all taken cars, ``blocked`` and ``damaged`` are those from ``offset`` on."""

    blocked: tuple[Blocked, ...]
    offset: int
    total: int
    damaged: tuple[Damaged, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenRows:
    """One page of taken cars as they are stored.

    Attributes:
        claims: What blocks each car of the page from now on.
        damaged: Those of the page that cannot be read.
        elsewhere: Those that nothing blocks, and that will not stand at the branch or are needed at another one next.
        instead: For each car of the page the free one of the same body type and nearest rate, if there is one.
    """

    cars: tuple[Car, ...] = ()
    total: int = 0
    claims: Mapping[CarId, tuple[Claim, ...]] = field(default_factory=dict)
    instead: Mapping[CarId, Car] = field(default_factory=dict)
    damaged: tuple[Damaged, ...] = ()
    elsewhere: frozenset[CarId] = frozenset()


@dataclass(frozen=True, slots=True)
class CarCalendar:
    """When a car is out within ``span``.

    Attributes:
        busy: In order of time; parts outside of ``span`` are kept, an overdue one is among them.
    """

    car: Car
    span: RentalPeriod
    busy: tuple[Obstacle, ...]


def obstacle_of(claim: Claim, now: datetime, *, named: bool) -> Obstacle:
    """Attributes: ``named`` is whether the asker may know who booked it."""
    why, booking = claim.why(now), claim.booking
    if booking is None:
        return Obstacle(why, claim.taken)
    return Obstacle(
        why,
        claim.taken,
        booking.hold_until if why is WhyTaken.HELD else None,
        booking.by if named else None,
        BookingId(claim.id) if named else None,
    )


def next_free(wished: Stretch, taken: Iterable[Stretch], zone: tzinfo, now: datetime) -> RentalPeriod:
    """The earliest period from the wished pick-up on that nothing blocks, as long on *zone*'s wall clock.

    To the minute and back to back: it may begin where another's car is ready.
    """
    known = sorted(taken, key=lambda each: each.starts_at)
    ready = wished.free_at - wished.ends_at
    start = wished.starts_at
    if any(each.overdue(now) for each in known):
        start = max(start, _full_minute(now + OVERDUE_AHEAD))
    for each in known:
        period = _from(start, wished.period, zone)
        if each.starts_at < period.ends_at + ready and period.starts_at < each.free_at:
            start = each.free_at
    return _from(start, wished.period, zone)


def blocked_by(calendar: CarCalendar, wished: Stretch, zone: tzinfo, now: datetime) -> Blocked | None:
    """What *calendar* has against *wished*, which lies within its span; None if the car is free.

    The next free period is told if it lies within the span: of what comes later the calendar knows nothing.
    """
    if calendar.car.status is CarStatus.MAINTENANCE:
        return Blocked(calendar.car, Obstacle(WhyTaken.MAINTENANCE))
    busy = [(each, each.taken) for each in calendar.busy if each.taken is not None]
    ways = [each for each, taken in busy if taken.in_the_way(wished, now)]
    if not ways:
        return None
    free = next_free(wished, (taken for _, taken in busy), zone, now)
    known = free if free.ends_at <= calendar.span.ends_at else None
    return Blocked(calendar.car, ways[0], len(ways) - 1, known)


def _from(start: datetime, wished: RentalPeriod, zone: tzinfo) -> RentalPeriod:
    """*wished* moved to *start* with its length on the wall clock, which is what is billed and promised."""
    out, back = (end.astimezone(zone).replace(tzinfo=None) for end in (wished.starts_at, wished.ends_at))
    local_end = start.astimezone(zone).replace(tzinfo=None) + (back - out)
    end = local_end.replace(tzinfo=zone).astimezone(UTC)
    # In the hour that comes twice the wall clock may run backwards.
    return RentalPeriod(start, end if end > start else start + (wished.ends_at - wished.starts_at))


def _full_minute(at: datetime) -> datetime:
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + _MINUTE
