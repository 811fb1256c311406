"""What a period is compared with: the same days of the period before, and of the same period a year ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum, auto

from engine.domain.reports.report_period import Span, SpanKind, midnight, milliseconds, moment, months_on
from engine.domain.shared.errors import InvalidPeriod

_DAY = timedelta(days=1)
_YEAR = 12


class Which(StrEnum):
    BEFORE = auto()
    YEAR_AGO = auto()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days to compare with.

    Attributes:
        first, end: Whole days ``[first, end)`` on the wall of the span's zone.
        since, until: Milliseconds since 1970 (UTC). Of a period that is not over, the last day ends at the time of day
            that it is now, so that hours which have not come yet are compared with none.
        cut: The period is not over.
    """

    which: Which
    first: date
    end: date
    since: int
    until: int
    cut: bool = False


def stretches(span: Span, as_of: int) -> tuple[Stretch, ...]:
    """None for a period that has not begun, nor where there is no such time. A year is its own year ago."""
    if as_of <= span.marks[0]:
        return ()
    return tuple(_stretch(span, which, other, as_of) for which, other in _others(span))


def _others(span: Span) -> Iterator[tuple[Which, Span]]:
    try:
        yield Which.BEFORE, span.before
        if span.kind is not SpanKind.YEAR:
            first, end = (_year_ago(day, span.kind) for day in (span.first, span.end))
            yield Which.YEAR_AGO, Span(span.kind, first, end, span.zone)
    except InvalidPeriod:
        return


def _year_ago(day: date, kind: SpanKind) -> date:
    return _same_day(months_on(day.replace(day=1), -_YEAR), day) if kind is SpanKind.CUSTOM else months_on(day, -_YEAR)


def _same_day(month: date, day: date) -> date:
    """*day* of the month whose first is *month*, or its last where it is shorter."""
    return min(month + (day.day - 1) * _DAY, months_on(month, 1) - _DAY)


def _stretch(span: Span, which: Which, other: Span, as_of: int) -> Stretch:
    since, until = other.marks[0], other.marks[-1]
    if as_of >= span.marks[-1]:
        return Stretch(which, other.first, other.end, since, until)
    now = moment(as_of).astimezone(span.wall)
    day = _counterpart(span, which, other, now.date())
    there = datetime.combine(day, now.time(), span.wall).astimezone(UTC)
    if day.day < now.day and span.kind is not SpanKind.CUSTOM:
        # A day that the other month has not: all of it is over.
        there = midnight(day + _DAY, span.zone)
    return Stretch(which, other.first, min(day + _DAY, other.end), since, min(milliseconds(there), until), cut=True)


def _counterpart(span: Span, which: Which, other: Span, day: date) -> date:
    """The day of *other* that is what *day* is of *span*."""
    if span.kind is SpanKind.CUSTOM:
        if which is Which.BEFORE:
            return other.first + (day - span.first)
        return max(_year_ago(day, span.kind), other.first)
    on = (day.year - span.first.year) * _YEAR + day.month - span.first.month
    return _same_day(months_on(other.first, on), day)
