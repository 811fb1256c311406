"""Which days a list is about: a named span, or from one day to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum, auto

from desktop.words.figures import desk_zone
from engine.domain.booking.listing import AnyBranch

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class Days(Enum):
    ANY = auto()
    TODAY = auto()
    TOMORROW = auto()
    NEXT_7 = auto()  #: from today on
    LAST_7 = auto()  #: until yesterday
    THIS_MONTH = auto()
    LAST_MONTH = auto()
    CHOSEN = auto()  #: ``first`` to ``last``


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Attributes: ``first`` and ``last`` (included) count for ``Days.CHOSEN`` only; either may be open."""

    days: Days = Days.ANY
    first: date | None = None
    last: date | None = None


def zone_of_days(branch: AnyBranch | None) -> tzinfo:
    """Whose midnight begins a day: that of *branch*, or where none is meant this computer's, by the pinned data."""
    return desk_zone() if branch is None else branch.clock


def moments(span: DaySpan, branch: AnyBranch | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The half-open time of *span* (UTC)."""
    zone = zone_of_days(branch)
    first, after = _dates(span, now.astimezone(zone).date())
    return (_midnight(first, zone, now), _midnight(after, zone, now))


def _dates(span: DaySpan, today: date) -> tuple[date | None, date | None]:
    """The first day and the day after the last."""
    month = today.replace(day=1)
    named = {
        Days.TODAY: (today, today + _DAY),
        Days.TOMORROW: (today + _DAY, today + 2 * _DAY),
        Days.NEXT_7: (today, today + _WEEK),
        Days.LAST_7: (today - _WEEK, today),
        Days.THIS_MONTH: (month, (month + 31 * _DAY).replace(day=1)),
        Days.LAST_MONTH: ((month - _DAY).replace(day=1), month),
        Days.CHOSEN: (span.first, None if span.last is None else span.last + _DAY),
    }
    return named.get(span.days, (None, None))


def _midnight(day: date | None, zone: tzinfo, now: datetime) -> datetime | None:
    return None if day is None else datetime.combine(day, time(0), zone).astimezone(now.tzinfo)
