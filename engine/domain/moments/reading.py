"""What typed text was understood as, or why it was not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from enum import Enum, auto

from engine.domain.moments.habits import Habits

#: No report reaches further back (``engine.domain.reports.report_period``).
_OLDEST, _YEARS_AHEAD = 1971, 10


class Lean(Enum):
    """Which of many Fridays is meant, and which year's 2 December."""

    FORWARD = auto()  #: the next one, today included
    BACKWARD = auto()  #: the last one, today included
    NEAREST = auto()


class NotUnderstood(Enum):
    """What is the matter with the word that is named."""

    NOTHING = auto()  #: nothing was typed
    WORD = auto()
    DAY = auto()  #: there is no such day
    TIME = auto()  #: there is no such time
    YEAR = auto()
    WEEKDAY = auto()  #: the day that stands beside it is another one
    AMBIGUOUS = auto()
    COMING = auto()  #: the time does not come twice that night, or not in that zone's name
    TOO_LONG = auto()
    TURNED = auto()  #: it shows itself in another order than it has


@dataclass(frozen=True, slots=True)
class Reading:
    """Attributes: ``at`` is the wall clock, without a zone; ``fold`` says which coming where one was named.

    ``coming_named`` says that it was.
    """

    at: datetime
    coming_named: bool = False


@dataclass(frozen=True, slots=True)
class Misread:
    """Attributes: ``word`` as it was typed; ``readings`` are those of an AMBIGUOUS one, and of a WEEKDAY the day."""

    why: NotUnderstood
    word: str = ""
    readings: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedBack:
    """What a field knows before anything is typed into it. All times are wall clock in one zone, without a zone.

    Attributes:
        now: What the clock on the wall shows.
        shown: What the field holds: a day without a time keeps its time, a time without a day keeps its day.
        base: What ``+3`` counts from, with its time; today and the time shown where it is None.
        days_only: Times are not understood.
    """

    habits: Habits
    now: datetime
    shown: datetime | None = None
    base: datetime | None = None
    lean: Lean = Lean.FORWARD
    days_only: bool = False
    zone: tzinfo | None = None

    @property
    def years(self) -> range:
        first = self.now.year - 1 if self.lean is Lean.FORWARD else _OLDEST
        return range(first, self.now.year + _YEARS_AHEAD + 1)

    @property
    def kept_time(self) -> time:
        return (self.shown or self.base or datetime.combine(self.now, time(0))).time().replace(fold=0)
