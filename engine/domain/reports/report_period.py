"""The whole days a report is about, on the wall of one time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum, auto
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.domain.shared.errors import InvalidPeriod

_DAY = timedelta(days=1)
_MONTHS, _QUARTER = 12, 3
#: Up to this many days a chart has a bar for each day, above it one for each month.
_BY_DAY = 62
LONGEST_DAYS = 3660
_EARLIEST, _LATEST = 1971, 9990
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class SpanKind(StrEnum):
    MONTH = auto()
    QUARTER = auto()
    YEAR = auto()
    CUSTOM = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """The days ``[first, end)`` in *zone*.

    Attributes:
        zone: IANA name. A day begins at its first midnight there, and where the clock jumps over midnight with the
            jump; days of 23 and 25 hours are whole days.

    Raises:
        InvalidPeriod: No day, more than ``LONGEST_DAYS``, too long ago or too far ahead, or no such zone.
    """

    kind: SpanKind
    first: date
    end: date
    zone: str

    def __post_init__(self) -> None:
        if not _EARLIEST <= self.first.year <= self.end.year <= _LATEST:
            raise InvalidPeriod("period.out_of_reach")
        if not 0 < (self.end - self.first).days <= LONGEST_DAYS:
            raise InvalidPeriod("period.report_length", days=LONGEST_DAYS)
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as problem:
            raise InvalidPeriod("period.unknown_zone", zone=repr(str(self.zone)[:40])) from problem

    @property
    def starts_at(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def ends_at(self) -> datetime:
        return midnight(self.end, self.zone)

    @property
    def wall(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def before(self) -> Span:
        """The period it is compared with: the month, quarter or year before; of own days as many before them."""
        if self.kind is SpanKind.CUSTOM:
            return Span(self.kind, self.first - (self.end - self.first), self.first, self.zone)
        return self._moved(-1)

    @property
    def after(self) -> Span:
        if self.kind is SpanKind.CUSTOM:
            return Span(self.kind, self.end, self.end + (self.end - self.first), self.zone)
        return self._moved(1)

    @property
    def by_day(self) -> bool:
        return self.kind in (SpanKind.MONTH, SpanKind.CUSTOM) and (self.end - self.first).days <= _BY_DAY

    @property
    def parts(self) -> tuple[date, ...]:
        """The first day of each part: days, or months of which the first and last may be cut."""
        if self.by_day:
            return tuple(self.first + n * _DAY for n in range((self.end - self.first).days))
        return tuple(self._months())

    @property
    def marks(self) -> tuple[int, ...]:
        """Where the parts begin, and the end of the last: milliseconds since 1970 (UTC)."""
        return tuple(milliseconds(midnight(day, self.zone)) for day in (*self.parts, self.end))

    def _months(self) -> Iterator[date]:
        day = self.first
        while day < self.end:
            yield day
            day = months_on(day.replace(day=1), 1)

    def _moved(self, by: int) -> Span:
        length = {SpanKind.MONTH: 1, SpanKind.QUARTER: _QUARTER, SpanKind.YEAR: _MONTHS}[self.kind]
        first = months_on(self.first, by * length)
        return Span(self.kind, first, months_on(first, length), self.zone)


def month(year: int, number: int, zone: str) -> Span:
    """*number* counts from 1."""
    return _calendar(SpanKind.MONTH, year, number, 1, zone)


def quarter(year: int, number: int, zone: str) -> Span:
    """*number* counts from 1."""
    return _calendar(SpanKind.QUARTER, year, _QUARTER * (number - 1) + 1, _QUARTER, zone)


def year_of(year: int, zone: str) -> Span:
    return _calendar(SpanKind.YEAR, year, 1, _MONTHS, zone)


def own_days(first: date, last: date, zone: str) -> Span:
    """*last* is the last day itself."""
    if last.year > _LATEST:
        raise InvalidPeriod("period.out_of_reach")
    return Span(SpanKind.CUSTOM, first, last + _DAY, zone)


def midnight(day: date, zone: str) -> datetime:
    """When *day* begins on the wall in *zone*, in UTC."""
    # Of a midnight that comes twice the first, of one that is jumped over the moment of the jump: fold 0 gives both.
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MS


def moment(at_ms: int) -> datetime:
    return _EPOCH + at_ms * _MS


def today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _calendar(kind: SpanKind, year: int, month_number: int, length: int, zone: str) -> Span:
    try:
        first = date(year, month_number, 1)
        return Span(kind, first, months_on(first, length), zone)
    except ValueError as problem:
        raise InvalidPeriod("period.no_month") from problem


def months_on(day: date, by: int) -> date:
    """The first of the month that many months on; *day* is a first, which every month has."""
    year, number = divmod(day.year * _MONTHS + day.month - 1 + by, _MONTHS)
    return day.replace(year=year, month=number + 1)
