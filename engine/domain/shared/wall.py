"""A wall clock's time in a zone: one that is skipped is moved here and nowhere else; one that comes twice has both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_QUARTER_MINUTES = 15


@dataclass(frozen=True, slots=True)
class OnWall:
    """Where a wall-clock time falls.

    Attributes:
        at: The wall clock without a zone, moved on where that time does not exist; of one that comes twice ``fold``
            says which is meant.
        comings: The moments (UTC) at which the clock shows ``at``: one, or both where it comes twice.
        skipped: What was asked for, where that time does not exist.
    """

    at: datetime
    comings: tuple[datetime, ...]
    skipped: datetime | None = None

    @property
    def twice(self) -> bool:
        return len(self.comings) > 1

    @property
    def moment(self) -> datetime:
        """In UTC; of two the one that ``at.fold`` says."""
        return self.comings[min(self.at.fold, len(self.comings) - 1)]


def on_wall(at: datetime, zone: tzinfo) -> OnWall:
    """*at* has no zone. A skipped time moves on by what the clock skips: 02:30 in a skipped hour is 03:30."""
    first, second = (at.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    back = first.astimezone(zone).replace(tzinfo=None, fold=0)
    if back != at.replace(fold=0):
        return OnWall(back, (first,), skipped=at.replace(fold=0))
    if first == second:
        return OnWall(at.replace(fold=0), (first,))
    return OnWall(at, (first, second))


def wall_of(moment: datetime, zone: tzinfo) -> datetime:
    """What the wall clock in *zone* shows at *moment*, without the zone; ``fold`` says which of two comings it is."""
    return moment.astimezone(zone).replace(tzinfo=None)


def wall_after(at: datetime, passed: timedelta, zone: tzinfo | None) -> datetime:
    """The wall clock *passed* later: hours are counted as they pass, also in the night of a change."""
    if zone is None:
        return at + passed
    return wall_of(on_wall(at, zone).moment + passed, zone)


def quarter_stepped(at: datetime, steps: int, zone: tzinfo) -> datetime:
    """To the next full quarter of an hour on the wall in the direction of *steps*, and on by the others."""
    past = timedelta(minutes=at.minute % _QUARTER_MINUTES)
    by = -past if steps < 0 and past else steps * timedelta(minutes=_QUARTER_MINUTES) - past
    return wall_after(at, by, zone)
