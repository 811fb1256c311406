"""Reads what people type as a day and a time. What can be read in two ways is not guessed (docs/decisions/0036)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from engine.domain.moments.habits import folded
from engine.domain.moments.items import (
    ClockTime,
    ComingDay,
    Day,
    Filler,
    Found,
    Line,
    Now,
    Shift,
    Weekday,
    clocks,
    days,
    others,
    shifts,
)
from engine.domain.moments.reading import AskedBack, Lean, Misread, NotUnderstood, Reading
from engine.domain.moments.signs import LONGEST, Token, tokens
from engine.domain.moments.write import day_written, moment_written
from engine.domain.shared.wall import on_wall, wall_after

_DAY, _WEEK, _MONTHS = timedelta(days=1), 7, 12
_HOURS, _MINUTES, _SHORT = 24, 60, 2
_LEAP_WITHIN = 9  #: years until the next 29 February at the most
_MOST_READINGS = 64


@dataclass(frozen=True, slots=True)
class _Parts:
    """One way to read the text."""

    day: Day | Shift | Now | None = None
    weekday: Weekday | None = None
    clock: ClockTime | None = None
    coming: ComingDay | None = None

    @property
    def has_day(self) -> bool:
        return self.day is not None or self.weekday is not None


def read_moment(text: str, asked: AskedBack) -> Reading | Misread:
    """The one moment that *text* can mean, or why there is none; never a guess."""
    if not text.strip():
        return Misread(NotUnderstood.NOTHING)
    if len(text) > LONGEST:
        return Misread(NotUnderstood.TOO_LONG, text[:LONGEST])
    cut = tokens(text)
    if not cut:
        return Misread(NotUnderstood.TURNED if cut is None else NotUnderstood.WORD, text.strip())
    if len(cut) == 1 and cut[0].is_number and not asked.days_only:
        return _bare_number(cut[0], asked)
    line, reach = Line(cut, asked.habits), _Reach()
    found, strange = list[Reading | Misread](), list[Misread]()
    for parts in islice(_ways(line, 0, _Parts(), reach, days_only=asked.days_only), _MOST_READINGS):
        answer = _resolved(parts, asked, cut)
        if isinstance(answer, Misread) and answer.why in (NotUnderstood.COMING, NotUnderstood.WORD):
            strange.append(answer)
        elif answer not in found:
            found.append(answer)
    if len(found) > 1 and (own := [each for each in found if _is_ours(each, text, asked)]):
        return own[0]
    return _decided(found, text, cut, _unknown_from(line, reach.furthest)) if found or not strange else strange[0]


def _is_ours(answer: Reading | Misread, text: str, asked: AskedBack) -> bool:
    """What the program writes itself means what it wrote, whatever its words mean in another language."""
    if isinstance(answer, Misread):
        return False
    return text.strip() in (moment_written(answer.at, asked.zone), day_written(answer.at))


def _bare_number(token: Token, asked: AskedBack) -> Reading | Misread:
    """``18``: a day of the month, or an hour?"""
    if len(token.text) > _SHORT:
        as_day = read_moment(f"{token.text} ,", asked)  # 20261202
        return as_day if isinstance(as_day, Reading) else Misread(NotUnderstood.WORD, token.typed)
    both = (read_moment(f"{token.text}{sign}", asked) for sign in (".", ":00"))
    readings = tuple(each.at for each in both if isinstance(each, Reading))
    return Misread(NotUnderstood.AMBIGUOUS if readings else NotUnderstood.WORD, token.typed, readings)


class _Reach:
    """How far any way of reading came: what stands there is what was not understood."""

    def __init__(self) -> None:
        self.furthest = 0


def _ways(line: Line, at: int, parts: _Parts, reach: _Reach, *, days_only: bool) -> Iterator[_Parts]:
    reach.furthest = max(reach.furthest, at)
    if at == line.end:
        if parts.has_day or parts.clock is not None:
            yield parts
        return
    for item, end in _items(line, at, parts, days_only=days_only):
        more = _with(parts, item)
        if more is not None:
            yield from _ways(line, end, more, reach, days_only=days_only)


def _items(line: Line, at: int, parts: _Parts, *, days_only: bool) -> Found:
    yield from others(line, at, after_clock=parts.clock is not None and parts.coming is None)
    yield from days(line, at)
    yield from shifts(line, at, days_only=days_only)
    if not days_only:
        yield from clocks(line, at, after_day=parts.has_day, after_year=_no_year_wanted(parts))


def _no_year_wanted(parts: _Parts) -> bool:
    """``fri 1830`` is a time; behind a day without its year four digits are the year."""
    return parts.has_day and not (isinstance(parts.day, Day) and parts.day.year is None)


def _with(parts: _Parts, item: object) -> _Parts | None:
    """None where there is one of that kind already, or the two do not go together."""
    more: _Parts | None = None
    if isinstance(item, Filler):
        more = parts
    elif isinstance(item, Weekday) and parts.weekday is None:
        more = replace(parts, weekday=item)
    elif isinstance(item, ClockTime) and parts.clock is None:
        more = replace(parts, clock=item)
    elif isinstance(item, ComingDay) and parts.coming is None:
        more = replace(parts, coming=item)
    elif isinstance(item, Day | Shift | Now) and parts.day is None:
        more = replace(parts, day=item)
    return more if more is not None and _goes_together(more) else None


def _goes_together(parts: _Parts) -> bool:
    """Now, and so many minutes from now, have a day and a time of their own."""
    alone = isinstance(parts.day, Now) or (isinstance(parts.day, Shift) and parts.day.minutes != 0)
    return not (alone and (parts.clock is not None or parts.weekday is not None))


def _decided(found: list[Reading | Misread], text: str, cut: tuple[Token, ...], furthest: int) -> Reading | Misread:
    if len(found) == 1:
        return found[0]
    if found:
        readings = [each.at for each in found if isinstance(each, Reading)]
        return Misread(NotUnderstood.AMBIGUOUS, text.strip(), tuple(dict.fromkeys(readings)))
    return Misread(NotUnderstood.WORD, text.strip()) if furthest >= len(cut) else _misread_at(cut, furthest)


def _unknown_from(line: Line, furthest: int) -> int:
    """Of ``25 Mrz`` what is not understood is the word, and not the number before it."""
    if line.number(furthest, (1, 2, 3, 4)) is None:
        return furthest
    unknown = (at for at in range(furthest, line.end) if line.is_unknown(at))
    return next(unknown, furthest)


def _misread_at(cut: tuple[Token, ...], at: int) -> Misread:
    """The word at *at* with what is written close to it."""
    begin, end = at, at + 1
    while end < len(cut) and not cut[end].spaced:
        end += 1
    while begin > 0 and not cut[begin].spaced:
        begin -= 1
    word = "".join(token.typed for token in cut[begin:end])
    numbers = [int(token.text) for token in cut[begin:end] if token.is_number]
    signs = {token.text for token in cut[begin:end] if not token.is_number}
    if len(numbers) > 1 and signs == {":"} and (numbers[0] > _HOURS or max(numbers[1:]) >= _MINUTES):
        return Misread(NotUnderstood.TIME, word)
    if len(numbers) > 1 and signs and signs <= {".", "/", "-"} and min(numbers) < max(numbers):
        return Misread(NotUnderstood.DAY, word)
    return Misread(NotUnderstood.WORD, word)


def _resolved(parts: _Parts, asked: AskedBack, cut: tuple[Token, ...]) -> Reading | Misread:
    try:
        at = _moment_of(parts, asked)
    except _NoDay:
        return Misread(NotUnderstood.DAY, _as_typed(cut))
    except OverflowError:
        return Misread(NotUnderstood.YEAR, _as_typed(cut))
    if at.year not in asked.years:
        return Misread(
            NotUnderstood.YEAR, next((token.typed for token in cut if token.text == str(at.year)), _as_typed(cut))
        )
    if not _weekday_fits(at, parts):
        return Misread(NotUnderstood.WEEKDAY, _typed_weekday(cut, asked), (at,))
    return _come(at, parts, asked)


def _carried(parts: _Parts) -> timedelta:
    """24:00 belongs to the day before it."""
    return _DAY if parts.clock is not None and parts.clock.next_day else timedelta(0)


def _weekday_fits(at: datetime, parts: _Parts) -> bool:
    return parts.weekday is None or (at - _carried(parts)).isoweekday() == parts.weekday.number


def _come(at: datetime, parts: _Parts, asked: AskedBack) -> Reading | Misread:
    """Which of two comings, where one is named; a name of the zone that does not hold then is refused."""
    coming = parts.coming
    if coming is None:
        return Reading(at, coming_named=bool(at.fold))
    why = NotUnderstood.WORD if coming.number is None else NotUnderstood.COMING
    if asked.zone is None:
        return Misread(why, coming.typed)
    placed = on_wall(at.replace(fold=0), asked.zone)
    names = [folded(moment.astimezone(asked.zone).tzname() or "") for moment in placed.comings]
    if names.count(coming.name) == 1 and placed.skipped is None:
        return Reading(at.replace(fold=names.index(coming.name)), coming_named=placed.twice)
    if coming.number is not None and placed.twice:
        return Reading(at.replace(fold=coming.number), coming_named=True)
    return Misread(why, coming.typed)


class _NoDay(Exception):
    """There is no such day."""


def _moment_of(parts: _Parts, asked: AskedBack) -> datetime:
    """Raises: _NoDay, OverflowError."""
    if isinstance(parts.day, Now):
        return asked.now.replace(second=0, microsecond=0)
    if isinstance(parts.day, Shift):
        return _shifted(parts.day, asked, parts.clock) + _carried(parts)
    at = parts.clock.at if parts.clock is not None else asked.kept_time
    if isinstance(parts.day, Day):
        found = datetime.combine(_calendar_day(parts.day, asked), at)
    elif parts.weekday is not None:
        found = _weekday(parts.weekday.number, at, asked)
    else:
        found = datetime.combine((asked.shown or asked.now).date(), at)
    return found + _carried(parts)


def _shifted(shift: Shift, asked: AskedBack, clock: ClockTime | None) -> datetime:
    base = asked.base if shift.counts and asked.base is not None else None
    if shift.minutes:
        start = (base or asked.now).replace(second=0, microsecond=0)
        return wall_after(start, timedelta(minutes=shift.minutes), asked.zone)
    kept = base.time().replace(fold=0) if base is not None else asked.kept_time
    day = (base or asked.now).date() + shift.days * _DAY
    return datetime.combine(day, clock.at if clock is not None else kept)


def _calendar_day(day: Day, asked: AskedBack) -> date:
    """The nearest such day in the direction the field leans to."""
    if day.year is not None:
        return _date(day.year, day.month or 1, day.day)
    today = asked.now.date()
    near = sorted(_such_days(day, today), key=lambda each: abs(each - today))
    wanted = {
        Lean.FORWARD: [each for each in near if each >= today],
        Lean.BACKWARD: [each for each in near if each <= today],
        Lean.NEAREST: near,
    }[asked.lean]
    if not wanted:
        raise _NoDay
    return wanted[0]


def _such_days(day: Day, today: date) -> Iterator[date]:
    if day.month is not None:
        months = [(today.year + off, day.month) for off in range(-_LEAP_WITHIN, _LEAP_WITHIN)]
    else:
        here = today.year * _MONTHS + today.month - 1
        months = [((here + off) // _MONTHS, (here + off) % _MONTHS + 1) for off in range(-2, 3)]
    for year, month in months:
        try:
            yield date(year, month, day.day)
        except ValueError:
            continue


def _weekday(number: int, at: time, asked: AskedBack) -> datetime:
    """Of today's weekday today itself, as long as its time is not over (or, looking back, has come)."""
    today = asked.now.date()
    days_on = (number - today.isoweekday()) % _WEEK
    found = datetime.combine(today + days_on * _DAY, at)
    if asked.lean is Lean.FORWARD:
        return found + _WEEK * _DAY if found < asked.now.replace(fold=0) and not asked.days_only else found
    return found if days_on == 0 else found - _WEEK * _DAY


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as problem:
        raise _NoDay from problem


def _as_typed(cut: tuple[Token, ...]) -> str:
    """The text as it was typed, without what was only space."""
    return "".join((" " if token.spaced and at else "") + token.typed for at, token in enumerate(cut))


def _typed_weekday(cut: tuple[Token, ...], asked: AskedBack) -> str:
    line = Line(cut, asked.habits)
    return next((token.typed for at, token in enumerate(cut) if _is_weekday(line, at)), _as_typed(cut))


def _is_weekday(line: Line, at: int) -> bool:
    return any(isinstance(item, Weekday) for item, _ in others(line, at, after_clock=False))
