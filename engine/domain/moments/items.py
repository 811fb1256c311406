"""The pieces that typed text is made of: days, weekdays, times, and what only stands between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from engine.domain.moments.habits import Habits, Order, WordKind
from engine.domain.moments.signs import Token

_YEAR, _SHORT, _MONTHS, _DAYS, _HOURS, _MINUTES, _NOON = 4, 2, 12, 31, 24, 60, 12
_CENTURY, _MONTHS_DAYS, _ISO_DAY = 2000, 100, 8


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar. What was left out is None; without its month it is a day of this one or the next."""

    day: int
    month: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Weekday:
    number: int


@dataclass(frozen=True, slots=True)
class Shift:
    """So far from today, or, where it ``counts``, from what the field counts from."""

    days: int = 0
    minutes: int = 0
    counts: bool = False


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of the day; ``next_day`` for 24:00."""

    at: time
    next_day: bool = False


@dataclass(frozen=True, slots=True)
class ComingDay:
    """Which of two comings, by its number or by the name (folded) that the zone has then; and as it was typed."""

    number: int | None
    name: str = ""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Now:
    pass


@dataclass(frozen=True, slots=True)
class Filler:
    pass


Item = Day | Weekday | Shift | ClockTime | ComingDay | Now | Filler
#: An item and where the next one begins.
Found = Iterator[tuple[Item, int]]


class Line:
    """Typed text, token by token."""

    def __init__(self, tokens: Sequence[Token], habits: Habits) -> None:
        self._tokens, self.habits = tokens, habits
        self.end = len(tokens)

    def __getitem__(self, at: int) -> Token | None:
        return self._tokens[at] if 0 <= at < self.end else None

    def is_sign(self, at: int, signs: str, *, close: bool = False) -> bool:
        token = self[at]
        return token is not None and token.text in signs and not (close and token.spaced)

    def number(self, at: int, digits: Sequence[int] = (1, 2), *, close: bool = False) -> int | None:
        token = self[at]
        if token is None or not token.is_number or len(token.text) not in digits or (close and token.spaced):
            return None
        return int(token.text)

    def is_unknown(self, at: int) -> bool:
        """Whether it is a word that means nothing."""
        token = self[at]
        return token is not None and token.is_word and not self.habits.meanings(token.text)

    def is_spaced(self, at: int) -> bool:
        token = self[at]
        return token is not None and token.spaced

    def meant(self, at: int, kind: WordKind) -> list[int]:
        token = self[at]
        if token is None or not token.is_word:
            return []
        return sorted(number for each, number in self.habits.meanings(token.text) if each is kind)


def days(line: Line, at: int) -> Found:
    """Days of the calendar that may begin at *at*."""
    for read in (_year_first, _dotted, _parted, _day_and_month, _month_and_day, _day_alone):
        yield from read(line, at)


def _year_first(line: Line, at: int) -> Found:
    """``2026-12-02``, ``2026/12/02``, ``20261202``."""
    whole = line.number(at, (_ISO_DAY,))
    if whole is not None:
        year, rest = divmod(whole, _MONTHS_DAYS**2)
        yield from _whole(rest % _MONTHS_DAYS, rest // _MONTHS_DAYS, year, at + 1)
        return
    sign = line[at + 1]
    year_part, month = line.number(at, (_YEAR,)), line.number(at + 2)
    day = line.number(at + 4)
    if sign is None or sign.text not in "-/." or not line.is_sign(at + 3, sign.text):
        return
    if year_part is not None and month is not None and day is not None:
        yield from _whole(day, month, year_part, at + 5)
        if line.is_sign(at + 5, ".", close=True):
            yield from _whole(day, month, year_part, at + 6)


def _dotted(line: Line, at: int) -> Found:
    """``2.12.2026``, ``2.12.26``, ``2.12.``, ``2.12``: where points part them, the day comes first."""
    day, month = line.number(at), line.number(at + 2)
    if day is None or month is None or not line.is_sign(at + 1, ".", close=True):
        return
    if not line.is_sign(at + 3, ".", close=True):
        # 2.12 within 2.12.26 is no day of its own; neither is what goes on as a time.
        if not line.is_sign(at + 3, ":."):
            yield from _whole(day, month, None, at + 3)
        return
    yield from _with_year(line, day, month, at + 4)


def _parted(line: Line, at: int) -> Found:
    """``3/4``, ``3/4/2026``, ``3-4-26``: whose order it is, the habits say; where they do not, both."""
    one, sign, other = line.number(at), line[at + 1], line.number(at + 2)
    if one is None or other is None or sign is None or sign.text not in "/-":
        return
    if sign.spaced or line.is_spaced(at + 2):
        return
    year, end = None, at + 3
    if line.is_sign(end, sign.text, close=True):
        year = _year(line, end + 1, close=True)
        if year is None:
            return
        end += 2
    for day, month in _in_order(line.habits.order, one, other, with_year=year is not None):
        yield from _whole(day, month, year, end)
    short = line.number(end - 1, (_SHORT,)) if year is not None else None
    if short is not None and line.habits.order in (Order.YMD, Order.UNKNOWN):
        yield from _whole(short, other, _CENTURY + one, end)  # 26/04/03 where the year comes first


def _in_order(order: Order, one: int, other: int, *, with_year: bool) -> list[tuple[int, int]]:
    """Day and month; the usual one first, and only where that is no day the other."""
    day_first, month_first = (one, other), (other, one)
    if order is Order.UNKNOWN or (order is Order.YMD and with_year):
        return [day_first, month_first]
    usual, other_way = (day_first, month_first) if order is Order.DMY else (month_first, day_first)
    return [usual] if _plausible(*usual) else [other_way]


def _plausible(day: int, month: int) -> bool:
    return 1 <= month <= _MONTHS and 1 <= day <= _DAYS


def _day_and_month(line: Line, at: int) -> Found:
    """``2 dec``, ``2. Dezember 2026``, ``2nd of December``."""
    day = line.number(at)
    if day is None:
        return
    nth = bool(line.meant(at + 1, WordKind.NTH)) and not line.is_spaced(at + 1)
    end = at + 2 if nth or line.is_sign(at + 1, ".", close=True) else at + 1
    if line.meant(end, WordKind.FILLER):
        end += 1
    for month in line.meant(end, WordKind.MONTH):
        yield from _with_year(line, day, month, _past_point(line, end + 1))


def _month_and_day(line: Line, at: int) -> Found:
    """``Dec 2``, ``December 2nd, 2026``."""
    for month in line.meant(at, WordKind.MONTH):
        start = _past_point(line, at + 1)
        day = line.number(start)
        if day is None or line.is_sign(start + 1, ":./-", close=True):
            continue
        end = start + 2 if line.meant(start + 1, WordKind.NTH) else start + 1
        yield from _with_year(line, day, month, end)


def _day_alone(line: Line, at: int) -> Found:
    """``2.``, ``2nd``."""
    day = line.number(at)
    following = line[at + 2]
    if day is None or (following is not None and not following.spaced):
        return
    named = line.is_sign(at + 1, ".", close=True) or line.meant(at + 1, WordKind.NTH)
    if named and 1 <= day <= _DAYS:
        yield Day(day), at + 2


def _with_year(line: Line, day: int, month: int, at: int) -> Found:
    """A year of four digits is one wherever it stands; of two only close to the month."""
    start = at + 1 if line.is_sign(at, ",") else at
    year = line.number(start, (_YEAR,))
    if year is not None and not line.is_sign(start + 1, ":", close=True):
        yield from _whole(day, month, year, start + 1)
        return
    short = line.number(at, (_SHORT,), close=True)
    if short is not None and not line.is_sign(at + 1, ":.", close=True):
        yield from _whole(day, month, _CENTURY + short, at + 1)
        return
    yield from _whole(day, month, None, at)


def _year(line: Line, at: int, *, close: bool) -> int | None:
    year = line.number(at, (_YEAR, _SHORT), close=close)
    return year + _CENTURY if year is not None and year < _MONTHS_DAYS else year


def _whole(day: int, month: int, year: int | None, end: int) -> Found:
    if _plausible(day, month):
        yield Day(day, month, year), end


def _past_point(line: Line, at: int) -> int:
    return at + 1 if line.is_sign(at, ".", close=True) else at


def clocks(line: Line, at: int, *, after_day: bool, after_year: bool) -> Found:
    """Times that may begin at *at*. A bare hour is one only behind a day; ``1830`` only where it can be no year."""
    for hour in line.meant(at, WordKind.CLOCK):
        yield ClockTime(time(hour)), at + 1
    hour_part = line.number(at)
    if hour_part is not None:
        yield from _hour_and_minute(line, at, hour_part)
        yield from _hour_alone(line, at, hour_part, bare=after_day)
    compact = line.number(at, (_YEAR,))
    if compact is not None and after_year:
        yield from _clock(*divmod(compact, _MONTHS_DAYS), at + 1)


def _hour_and_minute(line: Line, at: int, hour: int) -> Found:
    parted = line.is_sign(at + 1, ":.h", close=True)
    minute = line.number(at + 2, (_SHORT,), close=True)
    if not parted or minute is None:
        return
    end = at + 3
    if line.is_sign(end, ":", close=True):
        if line.number(end + 1, (_SHORT,), close=True) != 0:
            return
        end += 2
    if line.is_sign(end, ":", close=True) or (line.is_sign(end, ".", close=True) and line.number(end + 1, close=True)):
        return
    yield from _halved(line, hour, minute, end)


def _hour_alone(line: Line, at: int, hour: int, *, bare: bool) -> Found:
    """``18 h``, ``6 pm``, and behind a day ``18``."""
    if line.meant(at + 1, WordKind.HALF):
        yield from (found for found in _halved(line, hour, 0, at + 1) if found[1] > at + 1)
    if line.meant(at + 1, WordKind.HOUR):
        yield from _clock(hour, 0, at + 2)
    if bare and line.is_spaced(at) and not line.is_sign(at + 1, ":/-+", close=True):
        yield from _clock(hour, 0, at + 1)


def _halved(line: Line, hour: int, minute: int, end: int) -> Found:
    """With am or pm where it stands behind, else as it is; "am" may also belong to the day that follows."""
    halves = line.meant(end, WordKind.HALF)
    for half in halves:
        if 1 <= hour <= _NOON:
            yield from _clock(hour % _NOON + half, minute, end + 1)
    if line.meant(end, WordKind.HOUR):
        yield from _clock(hour, minute, end + 1)
    if not halves:
        yield from _clock(hour, minute, end)
    elif line.habits.on_is_am and line.meant(end, WordKind.FILLER) and end + 1 < line.end:
        yield from _clock(hour, minute, end + 1)


def _clock(hour: int, minute: int, end: int) -> Found:
    if hour == _HOURS and minute == 0:
        yield ClockTime(time(0), next_day=True), end
    elif hour < _HOURS and minute < _MINUTES:
        yield ClockTime(time(hour, minute)), end


def shifts(line: Line, at: int, *, days_only: bool) -> Found:
    """``tomorrow``, ``+3``, ``+3d``, ``+90 min``, ``in 2 weeks``, ``3 days ago``, ``3 days``."""
    for days_off in line.meant(at, WordKind.DAY):
        yield Shift(days=days_off), at + 1
    signed = line.is_sign(at, "+-")
    worded, back = bool(line.meant(at, WordKind.IN)), bool(line.meant(at, WordKind.AGO))
    start = at + 1 if signed or worded or back else at
    count = line.number(start, (1, 2, 3), close=signed)
    if count is None:
        return
    if back or line.is_sign(at, "-"):
        count = -count
    for shift, end in _lengths(line, start + 1, count, from_base=not (worded or back)):
        if not (days_only and shift.minutes):
            yield shift, end
    if signed and not line.is_sign(start + 1, ":./-", close=True) and not _word_close(line, start + 1):
        yield Shift(days=count, counts=True), start + 1


def _lengths(line: Line, at: int, count: int, *, from_base: bool) -> Iterator[tuple[Shift, int]]:
    ago = bool(line.meant(at + 1, WordKind.AGO))
    signed, end = (-count, at + 2) if ago else (count, at + 1)
    if (number := line[at + 1]) is not None and number.is_number and not number.spaced:
        return  # 18h30
    for size in line.meant(at, WordKind.DAYS):
        yield Shift(days=signed * size, counts=from_base and not ago), end
    for size in line.meant(at, WordKind.MINUTES):
        yield Shift(minutes=signed * size, counts=from_base and not ago), end


def _word_close(line: Line, at: int) -> bool:
    token = line[at]
    return token is not None and token.is_word and not token.spaced


def others(line: Line, at: int, *, after_clock: bool) -> Found:
    """Weekdays, now, which of two comings, and what only stands between."""
    for number in line.meant(at, WordKind.WEEKDAY):
        yield Weekday(number), _past_point(line, at + 1)
    if line.meant(at, WordKind.NOW):
        yield Now(), at + 1
    behind = _past_point(line, at + 1)
    if line.meant(at, WordKind.FILLER) and behind < line.end:
        yield Filler(), behind
    if line.is_sign(at, ","):
        yield Filler(), at + 1
    token, before = line[at], line[at - 1]
    if token is None:
        return
    if token.text == "t" and not token.spaced and before is not None and before.is_number:
        # 2026-12-02T18:00
        yield from [(Filler(), at + 1)] if line.number(at + 1, (_SHORT,), close=True) is not None else []
    if after_clock and token.is_word:
        known = line.meant(at, WordKind.COMING)
        # A zone's name stands last; any other word in the midst is no such name.
        if not known and at + 1 < line.end:
            return
        yield ComingDay(known[0] if known else None, token.text, token.typed), at + 1
