"""When a car is out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from engine.domain.shared.errors import InvalidPeriod

_DAY = timedelta(days=1)
#: Longest rental that can be booked in one piece.
LONGEST = timedelta(days=366)
#: A walk-in picked "now" as the pick-up; filling in the form may take this long.
WALK_IN_GRACE = timedelta(minutes=30)
#: So that every zone's wall clock can show the ends; a calendar ends on the last day of 9999.
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 9998

#: Nothing is booked for then or later; a later time in a row was written past the program.
TOO_FAR = datetime(2200, 1, 1, tzinfo=UTC)

#: A car that is overdue is expected back any hour: nobody is promised it for a pick-up sooner than this.
OVERDUE_AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RentalPeriod:
    """Half-open interval ``[starts_at, ends_at)`` in UTC, whole milliseconds.

    Half-open, so a return at 10:00 and the next pick-up at 10:00 do not collide.

    Raises:
        InvalidPeriod: An end is no UTC datetime, has a part of a millisecond, or the return is not after the pick-up.
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        for end in (self.starts_at, self.ends_at):
            if not isinstance(end, datetime) or end.tzinfo is None or end.utcoffset() != timedelta(0):
                raise InvalidPeriod("period.not_utc")
            if end.microsecond % 1000:
                raise InvalidPeriod("period.fractions")
        if not _EARLIEST_YEAR <= self.starts_at.year <= self.ends_at.year <= _LATEST_YEAR:
            raise InvalidPeriod("period.out_of_reach")
        if self.ends_at <= self.starts_at:
            raise InvalidPeriod("period.reversed")
        if self.ends_at - self.starts_at > LONGEST:
            raise InvalidPeriod("period.too_long", days=LONGEST.days)

    @classmethod
    def between(cls, starts_at: datetime, ends_at: datetime) -> RentalPeriod:
        """The period between two aware times of any zone."""
        if starts_at.tzinfo is None or ends_at.tzinfo is None:
            raise InvalidPeriod("period.no_zone")
        try:
            return cls(starts_at.astimezone(UTC), ends_at.astimezone(UTC))
        except OverflowError as problem:
            raise InvalidPeriod("period.out_of_reach") from problem

    def overlaps(self, other: RentalPeriod) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def billable_days(self, zone: tzinfo) -> int:
        """Started 24-hour blocks on the pick-up branch's wall clock; at least 1.

        Counted on the wall clock because that is what the renter sees: Saturday 10:00 to Sunday 10:00 is one day
        also in the night with 25 hours (docs/decisions/0006).
        """
        out = self.starts_at.astimezone(zone).replace(tzinfo=None)
        back = self.ends_at.astimezone(zone).replace(tzinfo=None)
        return max(1, -((out - back) // _DAY))

    def refuse_past(self, now: datetime) -> None:
        """A rental may start now, but not yesterday, nor in another age.

        Raises:
            InvalidPeriod: The pick-up lies more than ``WALK_IN_GRACE`` before *now*, or the return after all calendars.
        """
        if self.ends_at >= TOO_FAR:
            raise InvalidPeriod("period.too_far")
        if self.starts_at < now - WALK_IN_GRACE:
            raise InvalidPeriod("period.pick_up_past")


def whole_milliseconds(at: datetime) -> datetime:
    """*at* with the part of a millisecond dropped, as the database keeps it."""
    return at - timedelta(microseconds=at.microsecond % 1000)
