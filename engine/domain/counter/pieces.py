"""What neighbouring words of a line may say of pick-up and return, before it is known what else the line says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from functools import lru_cache

from engine.domain.counter.clock import MOST_KEPT, Point, Sort, WallClock, is_bare, is_compact
from engine.domain.counter.line_words import LineWords
from engine.domain.moments.write import day_written
from engine.domain.shared.sought import joined

_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
#: A day whose month stands in the other half: ``15.-18.12.``
_DAY_OF_MONTH = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?", re.IGNORECASE)
_NUMBERED = re.compile(r"\d\s*[./-]\s*\d")
_FIRST = 1


class Role(Enum):
    """Which end of the rental a point says."""

    OUT = auto()
    BACK = auto()
    EITHER = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """One reading of neighbouring words: an end, both ends, or a length.

    Attributes:
        length: As the reader takes it, with its sign.
        sure: False for what is only likely, such as ``+3`` for three days.
    """

    out: Point | None = None
    back: Point | None = None
    either: Point | None = None
    length: str = ""
    sure: bool = True

    @property
    def lacks(self) -> Sort | None:
        """Of both ends what something else may say: of ``10-18`` the day, of ``fri-sun`` a time."""
        sorts = {each.sort for each in (self.out, self.back) if each is not None}
        return {Sort.CLOCK: Sort.DAY, Sort.DAY: Sort.CLOCK}.get(*sorts) if len(sorts) == 1 else None

    @property
    def is_range(self) -> bool:
        return self.out is not None and self.back is not None


class PieceReader:
    """Attributes: ``clock`` is what the words are read by, ``words`` those that stand before a time or a length."""

    def __init__(self, clock: WallClock, words: LineWords) -> None:
        self.clock, self.words = clock, words
        self.pieces = lru_cache(MOST_KEPT)(self._pieces)

    def _pieces(self, text: str) -> tuple[Piece, ...]:
        """Every way to read *text*, whose words stand beside each other with single spaces."""
        return tuple(dict.fromkeys(_ways(text, self.clock, self.words)))

    def may_be(self, word: str) -> bool:
        """Whether a word may be part of a time; what is long ago is not."""
        negative = word[:1] == "-" and len(word) > 1
        return not negative and self.clock.is_timely(word, self.words.out, self.words.back, self.words.lasting)


def _ways(text: str, clock: WallClock, words: LineWords) -> Iterator[Piece]:
    first, _, rest = text.partition(" ")
    led = joined(first)
    if led in words.lasting and rest:
        text = rest
    if clock.is_length(text):
        signed = text if text.startswith("+") else f"+{text}"
        yield Piece(length=signed, sure=not text[1:].isdecimal())
    if rest and led in words.back:
        yield from (Piece(back=point) for point in clock.sorts(_without_lead(rest, words)))
        return
    if rest and led in words.out:
        yield from (Piece(out=point) for point in clock.sorts(rest))
    else:
        yield from (Piece(either=point) for point in clock.sorts(text))
    yield from _ranges(text, clock, words)


def _ranges(text: str, clock: WallClock, words: LineWords) -> Iterator[Piece]:
    for begin, end in _separators(text, words):
        one = " ".join(word for word in text[:begin].split() if joined(word) not in words.out)
        other = _without_lead(text[end:].strip(), words)
        if one and other:
            yield from _between(one, other, clock)


def _without_lead(text: str, words: LineWords) -> str:
    """``bis zum 17.12.`` has two words before its day."""
    first, _, rest = text.partition(" ")
    return rest if rest and joined(first) in words.back else text


def _separators(text: str, words: LineWords) -> Iterator[tuple[int, int]]:
    yield from (dash.span() for dash in _DASHES.finditer(text))
    yield from (word.span() for word in re.finditer(r"(?<=\s)\S+(?=\s)", text) if joined(word[0]) in words.back)


def _between(one: str, other: str, clock: WallClock) -> Iterator[Piece]:
    """A number alone says the same sort of thing as the end that it stands beside."""
    for back in clock.sorts(other):
        if back.sort is not Sort.CLOCK and (day := _with_month_of(one, back, clock)):
            yield Piece(Point(Sort.DAY, day), back)
    for out in clock.sorts(one):
        if is_bare(other) and out.sort is Sort.DAY:
            if later := _same_or_next_month(out, int(other), clock):
                yield Piece(out, Point(Sort.DAY, later))
        elif is_bare(other) or (is_compact(other) and out.sort is not Sort.DAY):
            yield Piece(out, Point(Sort.CLOCK, other))
        else:
            yield from (Piece(out, back) for back in clock.sorts(other) if _go_together(one, out, back, clock))
            yield from _of_one_day(out, other, clock)
            yield from _of_one_half(out, other, clock)
    if is_compact(one) and is_compact(other):
        yield Piece(Point(Sort.CLOCK, one), Point(Sort.CLOCK, other))


def _of_one_half(out: Point, other: str, clock: WallClock) -> Iterator[Piece]:
    """``6-8pm``: what stands behind both times may be that of both."""
    half, hours = clock.half_of(other), re.findall(r"\d+", other)
    earlier = re.search(r"(?:^|\s)(\d{1,2})$", out.text)
    if half and hours and earlier and int(earlier[1]) < int(hours[0]):
        yield Piece(Point(out.sort, f"{out.text} {half}"), Point(Sort.CLOCK, other))


def _of_one_day(out: Point, other: str, clock: WallClock) -> Iterator[Piece]:
    """``10 to 18:00 fri``: the day behind both times may be that of both."""
    words = other.split()
    for at in range(1, len(words) if out.sort is Sort.CLOCK else 0):
        ends, day = " ".join(words[:at]), " ".join(words[at:])
        sorts = {point.sort for point in clock.sorts(ends)}
        if Sort.CLOCK in sorts and any(point.sort is Sort.DAY for point in clock.sorts(day)) and not is_bare(day):
            yield Piece(Point(Sort.MOMENT, f"{day} {out.text}"), Point(Sort.CLOCK, ends))


def _go_together(one: str, out: Point, back: Point, clock: WallClock) -> bool:
    """Whether they are two ends of one rental.

    A number goes by the day of the month at the other end (``_with_month_of``), and beside a weekday is an hour.
    """
    if (
        _DAY_OF_MONTH.fullmatch(one)
        and back.sort is not Sort.CLOCK
        and (out.sort is Sort.DAY or _has_month(back, clock))
    ):
        return False
    return not (out.sort is Sort.DAY and back.sort is Sort.CLOCK)


def _with_month_of(one: str, back: Point, clock: WallClock) -> str:
    """``15`` before ``18 dec``: the last 15th before that day."""
    typed = _DAY_OF_MONTH.fullmatch(one)
    if typed is None or not _has_month(back, clock):
        return ""
    found = clock.on_days(back.text) if back.sort is Sort.DAY else clock.moments(back.text)
    if len(found) != 1 or not found[0].sure:
        return ""
    last = found[0].at.date()
    return _written(last, int(typed[1])) or _written(last.replace(day=_FIRST) - timedelta(days=1), int(typed[1]))


def _has_month(point: Point, clock: WallClock) -> bool:
    return _NUMBERED.search(point.text) is not None or clock.has_month(point.text)


def _written(until: date, day: int) -> str:
    """The day of that number in the month of *until*, not after it."""
    return day_written(until.replace(day=day)) if _FIRST <= day <= until.day else ""


def _same_or_next_month(out: Point, day: int, clock: WallClock) -> str:
    """``dec 15`` before ``18``."""
    found = clock.on_days(out.text)
    if len(found) != 1 or not found[0].sure:
        return ""
    first = found[0].at.date()
    month = first if day > first.day else (first.replace(day=_FIRST) + timedelta(days=31)).replace(day=_FIRST)
    try:
        return day_written(month.replace(day=day))
    except ValueError:
        return ""
