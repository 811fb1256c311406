"""Opening hours as people write and read them.

API: weekday_names, stretches_text, stretches_of, day_text, day_line, outside_words, week_text, open_line,
hours_field.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import groupby

from PySide6.QtCore import QLocale

from desktop.words.figures import amount, clock_of, day_time, locale
from engine.domain.car.car import Branch
from engine.domain.car.opening_hours import (
    AROUND_THE_CLOCK,
    WEEK,
    Handing,
    Interval,
    Intervals,
    OpeningHours,
    Surcharge,
)
from engine.domain.car.openings import next_opening, rule_outside
from engine.domain.moments.write import day_written
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.wall import on_wall
from engine.words.tr import tr

#: What stands for a day without hours, and for one that has all; typed in any case.
CLOSED, ALWAYS = tr("closed"), tr("around the clock")
HANDINGS = {Handing.PICKUP: tr("Pick-up"), Handing.RETURN: tr("Return")}
_REFUSED = {Handing.PICKUP: tr("No pick-up out of hours."), Handing.RETURN: tr("No return out of hours.")}
#: By then what began the evening before is mostly over.
_NIGHT = timedelta(hours=6)
#: Signs of the hours of a week that have their place below a field.
_ONE_LINE = 48
_CLOSED = frozenset({CLOSED.casefold(), "closed", "-", "\N{EN DASH}", ""})
_ALWAYS = frozenset({ALWAYS.casefold(), "24h", "24 h", "24"})
_DASH = re.compile("\\s*[-\u2013\u2014\u2212]\\s*|\\s+(?:to|bis)\\s+", re.IGNORECASE)
_PARTS = re.compile(r"\s*[,;&/]\s*|\s+(?:and|und)\s+", re.IGNORECASE)


def weekday_names(*, short: bool = False) -> tuple[str, ...]:
    """Monday first."""
    form = QLocale.FormatType.ShortFormat if short else QLocale.FormatType.LongFormat
    return tuple(locale().standaloneDayName(n, form) for n in range(1, WEEK + 1))


def stretches_text(intervals: Intervals) -> str:
    """``08:00-12:00, 13:00-18:00``, as ``stretches_of`` reads it again."""
    if intervals == (AROUND_THE_CLOCK,):
        return ALWAYS
    return ", ".join(f"{each.opens}\N{EN DASH}{each.closes}" for each in intervals) or CLOSED


def stretches_of(field: str, text: str) -> Intervals:
    """What was typed: ``8-12, 13-18``, ``closed``, ``24h``. Whether they make a day is for ``sound_hours`` to say.

    Raises:
        InvalidText: A part that is not from one time to another.
    """
    plain = " ".join(text.split()).casefold()
    if plain in _CLOSED:
        return ()
    if plain in _ALWAYS:
        return (AROUND_THE_CLOCK,)
    return tuple(_interval(field, each) for each in _PARTS.split(text.strip()))


def _interval(field: str, text: str) -> Interval:
    opens, *rest = _DASH.split(text)
    if len(rest) != 1:
        raise InvalidText(field, "field.stretch")
    return Interval(_clock(opens), _clock(rest[0]))


def _clock(text: str) -> str:
    """A bare number is an hour here."""
    plain = clock_of(text)
    return f"{int(plain):02d}:00" if re.fullmatch(r"[0-9]{1,2}", plain, re.ASCII) else plain


def hours_field(field: str) -> str:
    """What a field of ``sound_hours`` is called; empty for others."""
    kind, _, which = field.partition(".")
    match kind, which:
        case "week", which if which.isdigit():
            return weekday_names()[int(which)]
        case "special", which if which:
            return day_written(date.fromisoformat(which))
        case "turn", _:
            return tr("The turn-round")
    return ""


def day_text(hours: OpeningHours, day: date) -> str:
    """``08:00 to 12:00 and 13:00 to 18:00``; ``closed``."""
    intervals = hours.on(day)
    if intervals == (AROUND_THE_CLOCK,):
        return ALWAYS
    return tr(" and ").join(map(_spelt, intervals)) or CLOSED


def day_line(branch: Branch, day: date, handing: Handing | None) -> str:
    """When it is open on *day*, else when it opens next; what out of hours costs, for whoever has *handing* to do."""
    hours, special = branch.hours, branch.hours.special(day)
    name = f" ({special.name})" if special is not None and special.name else ""
    fee = ""
    if special is not None and special.fee is not None:
        fee = tr(" {fee} extra on that day.", fee=amount(special.fee))
    if hours.on(day):
        told = tr("Open {hours}{name}.{fee}", hours=day_text(hours, day), name=name, fee=fee)
    else:
        midnight = on_wall(datetime.combine(day, time(0)), branch.clock).moment
        opens = next_opening(hours, branch.clock, midnight + _NIGHT)
        told = tr("Closed{name}.", name=name)
        if opens is not None:
            told = tr("Closed{name}, opens {opens}.", name=name, opens=day_time(opens, branch.clock))
    return " ".join(filter(None, (told, outside_words(hours, handing))))


def outside_words(hours: OpeningHours, handing: Handing | None) -> str:
    """What is done out of hours; empty where it costs nothing, or nobody says what is to be done."""
    if handing is None or hours.always:
        return ""
    surcharge, rule = rule_outside(hours, handing)
    if not rule.allowed:
        return _REFUSED[handing]
    if rule.fee is None:
        return ""
    fee = amount(rule.fee)
    if surcharge is Surcharge.KEY_BOX:
        return tr("By key box out of hours: {fee} extra.", fee=fee)
    return tr("Out of hours: {fee} extra.", fee=fee)


def _spelt(interval: Interval) -> str:
    if interval.over_midnight:
        return tr("{opens} to {closes} the next day", opens=interval.opens, closes=interval.closes)
    return tr("{opens} to {closes}", opens=interval.opens, closes=interval.closes)


def week_text(hours: OpeningHours) -> str:
    """In one line, days that are alike together: ``Mon-Fri 08:00-18:00, Sat 09:00-13:00``; closed ones left out."""
    names = weekday_names(short=True)
    runs = [
        (intervals, [at for at, _ in days]) for intervals, days in groupby(enumerate(hours.week), lambda day: day[1])
    ]
    if len(runs) == 1:
        return tr("{hours} every day", hours=stretches_text(hours.week[0]))
    told = [f"{_days(names, days)} {stretches_text(intervals)}" for intervals, days in runs if intervals]
    return ", ".join(told) or CLOSED


def open_line(hours: OpeningHours, day: date) -> str:
    """When it is open in the week, where that is one line and *day* is as usual; else when on *day* alone."""
    week, name = week_text(hours), weekday_names()[day.weekday()]
    if len(week) <= _ONE_LINE and hours.special(day) is None:
        return tr("Open {hours}.", hours=week)
    if not hours.on(day):
        return tr("Closed on {day}.", day=name)
    return tr("Open {hours} on {day}.", hours=day_text(hours, day), day=name)


def _days(names: tuple[str, ...], days: list[int]) -> str:
    first, last = names[days[0]], names[days[-1]]
    return first if len(days) == 1 else f"{first}\N{EN DASH}{last}"
