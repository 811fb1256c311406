"""When each car of the demo firm is out, and what became of each rental.

A calendar is drawn backwards on the branch's wall clock, from two months ahead to eighteen months ago: the next rental
always ends where the later one begins or before, so nothing can overlap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from engine.domain.booking.booking import HOLD
from engine.domain.booking.states import BookingState
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Car, CarStatus
from engine.domain.shared.period import RentalPeriod
from engine.embedded.demo_fleet import DemoBranch

PAST = timedelta(days=548)
AHEAD = timedelta(days=61)

_DAY = timedelta(days=1)
_FILL = 0.7  # share of an average car's days that is booked; some is lost to cancellations and quiet months
_LEAD_DAYS = 24  # mean time between booking and pick-up; also how fast the calendar ahead thins out
_LATEST = timedelta(minutes=30)  # nobody books later than this before the pick-up
_OFFICE_HOURS = range(7, 18)  # UTC; whole hours in which most rentals are booked
_CANCELLED, _LAPSED, _TAKEN_AGAIN = 0.065, 0.04, 0.6
_BACK_TO_BACK = 0.12
_SAME_HOUR = 0.5
#: Lengths in days, each as often as it is drawn.
_LENGTHS = (1,) * 5 + (2,) * 9 + (3,) * 10 + (4,) * 6 + (5,) * 5 + (6,) * 3 + (7,) * 7 + (9, 10, 12, 14, 14, 21)
_MEAN_LENGTH = sum(_LENGTHS) / len(_LENGTHS)
#: Quarters of an hour since midnight; the hours around nine and five more often. Every branch is open then.
_TIMES = (*range(34, 75), *range(35, 42), *range(35, 42), *range(65, 72))
#: How readily a rental starts on each weekday, Monday first.
_WEEKDAY = (1.0, 0.85, 0.8, 0.9, 1.0, 0.75, 0.4)
#: Convertibles stand in winter and are sought in summer; January first.
_OPEN_AIR = (0.35, 0.4, 0.6, 0.9, 1.2, 1.4, 1.45, 1.45, 1.2, 0.8, 0.45, 0.4)


@dataclass(frozen=True, slots=True)
class Plan:
    """One rental before it becomes a booking; times are UTC.

    Attributes:
        ended_at: When it was cancelled or its hold ran out; None if neither happened.
    """

    period: RentalPeriod
    state: BookingState
    created_at: datetime
    ended_at: datetime | None = None


class Calendar:
    """One car's rentals, newest first; the days depend on the day of *now* only, *now* decides which are over."""

    def __init__(self, car: Car, home: DemoBranch, now: datetime, rng: Random) -> None:
        self._now, self._today, self._rng = now, now.replace(hour=0), rng
        self.zone = home.branch.tzinfo
        today = self._today.replace(tzinfo=None)
        self._first = max(today - PAST, datetime(car.year, 1, 1) + _DAY * rng.randrange(200))  # noqa: DTZ001 - wall clock
        self._noon = today
        self._last = today + AHEAD
        if car.status is CarStatus.MAINTENANCE:
            self._last = today - _DAY * rng.randrange(1, 6)
        elif car.status is CarStatus.RETIRED:
            self._last = today - _DAY * rng.randrange(60, 120)
        appeal = 0.88 + 0.24 * rng.random()
        weather = _OPEN_AIR if car.body is BodyType.CONVERTIBLE else (1.0,) * 12
        self._demand = tuple(_FILL * appeal * month * air for month, air in zip(home.season, weather, strict=True))

    def plans(self) -> Iterator[Plan]:
        latest, following = self._last, False
        while True:
            out, back = self._before(latest, following=following)
            if out < self._first:
                return
            latest, following = out, True
            period = RentalPeriod.between(out.replace(tzinfo=self.zone), back.replace(tzinfo=self.zone))
            yield from self._outcomes(period)

    def _before(self, latest: datetime, *, following: bool) -> tuple[datetime, datetime]:
        """Pick-up and return of the rental before *latest*, on the wall clock."""
        dice = self._rng.random
        length = _DAY * _LENGTHS[int(dice() * len(_LENGTHS))]
        if following and dice() < _BACK_TO_BACK:
            return latest - length, latest
        back = self._some_time(latest - _DAY * (1 + int(self._idle_days(latest))))
        if dice() > _WEEKDAY[(back - length).weekday()]:
            back -= _DAY
        out = back - length
        if dice() > _SAME_HOUR:
            out = self._some_time(out)
        return out, back

    def _some_time(self, day: datetime) -> datetime:
        quarter = _TIMES[int(self._rng.random() * len(_TIMES))]
        return day.replace(hour=0, minute=0) + timedelta(minutes=15 * quarter)

    def _idle_days(self, before: datetime) -> float:
        """Days the car stands idle before *before*, drawn by how much it is sought at that time."""
        days_off = (before - self._noon).days
        trend = 1 / (1 + days_off / _LEAD_DAYS) if days_off > 0 else 1.04 + days_off / 4000
        fill = min(0.93, self._demand[before.month - 1] * trend)
        return self._rng.expovariate(1 / (_MEAN_LENGTH * (1 / fill - 1)))

    def _outcomes(self, period: RentalPeriod) -> Iterator[Plan]:
        """What was booked for *period*: one rental, or one that came to nothing and perhaps another in its place."""
        dice = self._rng.random
        known = min(period.starts_at, self._today)
        created = self._created(known)
        fate = dice()
        if fate < _CANCELLED + _LAPSED:
            cancelled = fate < _CANCELLED
            ended = _within(created, known, 0.2 + 0.6 * dice()) if cancelled else created + HOLD + timedelta(seconds=20)
            yield Plan(period, BookingState.CANCELLED if cancelled else BookingState.RELEASED, created, ended)
            if dice() > _TAKEN_AGAIN or known - ended < _LATEST:
                return
            created = _within(ended, known, 0.1 + 0.7 * dice())
        yield Plan(period, self._stands(period), created)

    def _stands(self, period: RentalPeriod) -> BookingState:
        if period.ends_at <= self._now:
            return BookingState.COMPLETED
        return BookingState.OUT if period.starts_at <= self._now else BookingState.CONFIRMED

    def _created(self, known: datetime) -> datetime:
        """When a rental was booked: before *known*, in office hours mostly."""
        lead = timedelta(seconds=int(self._rng.expovariate(1 / (_LEAD_DAYS * 86_400))))
        created = known - _LATEST - lead
        if created.hour in _OFFICE_HOURS:
            return created
        moved = created.replace(hour=self._rng.choice(_OFFICE_HOURS))
        return moved if moved <= known - _LATEST else moved - _DAY


def _within(first: datetime, last: datetime, part: float) -> datetime:
    return first + timedelta(seconds=int((last - first).total_seconds() * part))
