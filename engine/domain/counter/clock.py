"""The clock on the wall where a walk-in begins, and the one reader of moments asked about parts of a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum, auto
from functools import lru_cache

from engine.domain.moments.habits import Habits, Order, WordKind
from engine.domain.moments.read import read_moment
from engine.domain.moments.reading import AskedBack, Misread, NotUnderstood, Reading
from engine.domain.moments.signs import Token, tokens
from engine.domain.moments.write import day_written
from engine.domain.shared.wall import on_wall, wall_of

#: Answers that are kept, of a few lines as they are typed.
MOST_KEPT = 4096
_BARE = re.compile(r"\d{1,2}")
_COMPACT = re.compile(r"\d{4}")
_LENGTH_KINDS = (WordKind.DAYS, WordKind.MINUTES)
_PAIR = re.compile(r"(?<![\d.:-])(\d{1,2})-(\d{1,2})(?![\d.:-])")
_DAY, _MONTHS = timedelta(days=1), 12


class Sort(Enum):
    """What a text of time says."""

    DAY = auto()
    CLOCK = auto()
    MOMENT = auto()  #: both


@dataclass(frozen=True, slots=True)
class Point:
    """Attributes: ``text`` is for the reader, which decides when it is known what it stands beside."""

    sort: Sort
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """Attributes: ``sure`` is False where the text can be read in another way, or the time is skipped or twice."""

    at: datetime
    sure: bool


def is_bare(text: str) -> bool:
    """``18``: a day or an hour, and alone neither."""
    return _BARE.fullmatch(text) is not None


def is_compact(text: str) -> bool:
    """``1830``: a time only beside one."""
    return _COMPACT.fullmatch(text) is not None


def _both(answer: Misread) -> tuple[datetime, ...]:
    return answer.readings if answer.why is NotUnderstood.AMBIGUOUS else ()


class WallClock:
    """Answers are kept: a line is asked about in many ways, and again with each letter that is typed."""

    def __init__(self, now: datetime, zone: tzinfo, habits: Habits) -> None:
        self.now = wall_of(now, zone).replace(second=0, microsecond=0)
        self.zone, self.habits = zone, habits
        self._answer = lru_cache(MOST_KEPT)(self._asked)
        self.sorts = lru_cache(MOST_KEPT)(self._sorts)

    def moment_of(self, at: datetime) -> datetime:
        """In UTC; of a time that comes twice the one that its ``fold`` says."""
        return on_wall(at, self.zone).moment

    def today(self) -> str:
        return day_written(self.now.date())

    def moments(self, text: str, *, base: datetime | None = None, now: datetime | None = None) -> list[Found]:
        """Every moment that *text* may be. *base* is what a length counts from, *now* another now to read it at."""
        answer = self._answer(text, base=base, now=now)
        if isinstance(answer, Misread):
            return [found for at in _both(answer) for found in self._on_wall(at, named=False, sure=False)]
        return self._on_wall(answer.at, named=answer.coming_named, sure=True)

    def on_days(self, text: str) -> list[Found]:
        """Every day that *text* may be, at midnight."""
        answer = self._answer(text, days_only=True)
        if isinstance(answer, Misread):
            return [Found(at, sure=False) for at in _both(answer)]
        return [Found(answer.at.replace(hour=0, minute=0), sure=True)]

    def at(self, day: date, clock: time) -> list[Found]:
        return self._on_wall(datetime.combine(day, clock), named=False, sure=True)

    def _sorts(self, text: str) -> tuple[Point, ...]:
        """What *text* may say; nothing where it is no text of time, or has a length in it."""
        if is_bare(text):
            return (*self._day(f"{text}."), *self._clock(text))
        if self._has_length(text) or self.is_length(text) or self._is_no_date(text):
            return tuple(self._clock(text))
        found = (*self._day(text), *self._clock(text))
        return found or ((Point(Sort.MOMENT, text),) if self.moments(text) else ())

    def _is_no_date(self, text: str) -> bool:
        """``10-18`` where the day stands first: nobody means October."""
        pair = _PAIR.search(text)
        if pair is None or self.habits.order is Order.UNKNOWN:
            return False
        return int(pair[2] if self.habits.order is Order.DMY else pair[1]) > _MONTHS

    def _day(self, text: str) -> list[Point]:
        return [Point(Sort.DAY, text)] if self.on_days(text) else []

    def _clock(self, text: str) -> list[Point]:
        """Only where it says a time of whatever day it is written behind; four digits alone say none."""
        if not self._says_time(text) or (text.isdecimal() and not is_bare(text)):
            return []
        days = (self.now.date(), self.now.date() + 10 * _DAY)
        answers = [self._answer(f"{day_written(day)} {text}") for day in days]
        offs = {
            answer.at - datetime.combine(day, time(0))
            for day, answer in zip(days, answers, strict=True)
            if isinstance(answer, Reading)
        }
        both_read = all(isinstance(answer, Reading) for answer in answers)
        return [Point(Sort.CLOCK, text)] if both_read and len(offs) == 1 else []

    def _says_time(self, text: str) -> bool:
        return any(each.is_number or self._means(each, WordKind.CLOCK) for each in tokens(text) or ())

    def _has_length(self, text: str) -> bool:
        """``3 days`` in it; ``in 3 days``, ``18 h`` and ``11T17:00`` may be moments."""
        cut = tokens(text) or ()
        return any(
            cut[at - 1].is_number
            and self._means(each, *_LENGTH_KINDS)
            and not self._means(each, WordKind.HOUR)
            and not (at + 1 < len(cut) and cut[at + 1].is_number and not cut[at + 1].spaced)
            and not (at > 1 and self._means(cut[at - 2], WordKind.IN, WordKind.AGO))
            for at, each in enumerate(cut)
            if at > 0
        )

    def is_length(self, text: str) -> bool:
        """``3d``, ``3 days``, ``+3d``, and ``+3``, which are days by the reader's own rule."""
        cut = (tokens(text) or ())[1:] if text.startswith("+") else tokens(text) or ()
        counted = len(cut) == 2 and cut[0].is_number and self._means(cut[1], *_LENGTH_KINDS)  # noqa: PLR2004 -- 3 days
        return counted or (text.startswith("+") and len(cut) == 1 and cut[0].is_number)

    def half_of(self, text: str) -> str:
        """The word for before or after noon behind a time; empty if there is none."""
        cut = tokens(text) or ()
        return cut[-1].typed if cut and self._means(cut[-1], WordKind.HALF) else ""

    def is_timely(self, text: str, *also: frozenset[str]) -> bool:
        """Whether every part of a word may be of a time; *also* are words that may stand before one."""
        cut = tokens(text) or ()
        return bool(cut) and all(
            not each.is_word or self.habits.meanings(each.text) or any(each.text in words for words in also)
            for each in cut
        )

    def has_weekday(self, text: str) -> bool:
        return any(self._means(each, WordKind.WEEKDAY) for each in tokens(text) or ())

    def has_month(self, text: str) -> bool:
        return any(self._means(each, WordKind.MONTH) for each in tokens(text) or ())

    def _means(self, token: Token, *kinds: WordKind) -> bool:
        return token.is_word and any(kind in kinds for kind, _ in self.habits.meanings(token.text))

    def _on_wall(self, at: datetime, *, named: bool, sure: bool) -> list[Found]:
        """A skipped time is moved, and of one that comes twice both are told; neither is taken without asking."""
        placed = on_wall(at, self.zone)
        if placed.skipped is not None:
            return [Found(placed.at, sure=False)]
        if placed.twice and not named:
            return [Found(placed.at.replace(fold=fold), sure=False) for fold in (0, 1)]
        return [Found(at, sure)]

    def _asked(
        self, text: str, *, days_only: bool = False, base: datetime | None = None, now: datetime | None = None
    ) -> Reading | Misread:
        asked = AskedBack(self.habits, now or self.now, base=base, days_only=days_only, zone=self.zone)
        return read_moment(text, asked)
