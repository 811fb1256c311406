"""When a branch is open: every day from one time to another, which may lie after midnight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from engine.domain.car.car import Branch
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.wall import on_wall, wall_of

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_DAY = timedelta(days=1)
MIDNIGHT, END_OF_DAY = "00:00", "24:00"


def must_be_hours(opens: object, closes: object) -> None:
    """``06:00`` to ``02:00`` ends after midnight; ``00:00`` to ``24:00`` is around the clock.

    Raises:
        InvalidText: Named by its field.
    """
    for field, value in (("opens", opens), ("closes", closes)):
        ends = field == "closes" and value == END_OF_DAY
        if not isinstance(value, str) or not (ends or _CLOCK.fullmatch(value)):
            raise InvalidText(field, "field.time_of_day")
    if opens == closes:
        raise InvalidText("closes", "field.never_open")


def always_open(branch: Branch) -> bool:
    return branch.opens == MIDNIGHT and branch.closes == END_OF_DAY


def over_midnight(branch: Branch) -> bool:
    return branch.closes < branch.opens


def hours_text(branch: Branch) -> str:
    """``07:30 to 20:00``."""
    if always_open(branch):
        return "around the clock"
    return f"{branch.opens} to {branch.closes}{' the next day' if over_midnight(branch) else ''}"


def is_open(branch: Branch, moment: datetime) -> bool:
    """At *moment* (UTC); the minute in which it closes still counts. Bad hours in the database are no hours."""
    day = wall_of(moment, branch.clock).date()
    return always_open(branch) or any(opens <= moment <= closes for opens, closes in _openings(branch, day - _DAY))


def next_opening(branch: Branch, moment: datetime) -> datetime:
    """The first moment (UTC) from *moment* on at which the branch is open."""
    if is_open(branch, moment):
        return moment
    day = wall_of(moment, branch.clock).date()
    return next((opens for opens, _ in _openings(branch, day) if opens >= moment), moment)


def _openings(branch: Branch, first: date) -> Iterator[tuple[datetime, datetime]]:
    """Of the day *first* and the two after it. A closing time that comes twice counts at its second coming."""
    try:
        opens, closes = _since_midnight(branch.opens), _since_midnight(branch.closes)
    except ValueError:
        return
    if closes <= opens:
        closes += _DAY
    for n in range(3):
        midnight = datetime.combine(first + n * _DAY, time(0))
        yield on_wall(midnight + opens, branch.clock).moment, _last_coming(branch, midnight + closes)


def _last_coming(branch: Branch, at: datetime) -> datetime:
    placed = on_wall(at, branch.clock)
    return placed.comings[-1]


def _since_midnight(clock: str) -> timedelta:
    """Raises: ValueError."""
    if clock == END_OF_DAY:
        return _DAY
    at = time.fromisoformat(clock)
    return timedelta(hours=at.hour, minutes=at.minute)


def first_opening_hour(branch: Branch, now: datetime) -> datetime:
    """The next full hour on the branch's wall clock, or its opening if it is closed then (UTC)."""
    past = wall_of(now, branch.clock)
    into_hour = timedelta(minutes=past.minute, seconds=past.second, microseconds=past.microsecond)
    return next_opening(branch, (now - into_hour + timedelta(hours=1)).astimezone(UTC))
