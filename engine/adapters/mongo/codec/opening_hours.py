"""How a branch's hours are stored: as parts of its row."""

from __future__ import annotations

import re
from datetime import date

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.reading import Fields, Unreadable
from engine.adapters.mongo.codec.stored import (
    Field,
    Stored,
    choice,
    flag,
    matching,
    maybe_empty,
    part,
    parts,
    price,
    whole,
)
from engine.adapters.mongo.schema import shape_parts as shapes
from engine.domain.car.body_type import BodyType
from engine.domain.car.opening_hours import (
    LONGEST_TURN,
    MOST_INTERVALS,
    MOST_SPECIAL_DAYS,
    WEEK,
    BodyTurn,
    Fee,
    Interval,
    Intervals,
    OutOfHours,
    OutsideRule,
    SpecialDay,
    Surcharge,
    TurnRound,
)

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)
_DATE: Document = {"bsonType": "string", "pattern": "^[0-9]{4}-[0-1][0-9]-[0-3][0-9]$"}


def _clock(row: Fields, name: str) -> str:
    found = row.text(name)
    if _CLOCK.fullmatch(found) is None:
        raise Unreadable(f"{row.path}{name}: is no time of the day")
    return found


def _day(row: Fields, name: str) -> date:
    try:
        return date.fromisoformat(row.text(name))
    except ValueError as problem:
        raise Unreadable(f"{row.path}{name}: is no day") from problem


_TIME_OF_DAY = matching("^[0-2][0-9]:[0-5][0-9]$", _clock)
_INTERVAL = Stored(Interval, {"opens": _TIME_OF_DAY, "closes": _TIME_OF_DAY})
_INTERVALS = parts(_INTERVAL, MOST_INTERVALS)
#: A day of the week is a record, because no list of lists is read field by field.
_WEEKDAY: Document = shapes.record({"open": _INTERVALS.shape})


def _week(row: Fields, name: str) -> tuple[Intervals, ...]:
    days = row.parts(name, WEEK)
    if len(days) != WEEK:
        raise Unreadable(f"{row.path}{name}: is no week")
    return tuple(tuple(map(_INTERVAL.read, day.parts("open"))) for day in days)


def _week_document(week: tuple[Intervals, ...]) -> list[Document]:
    return [{"open": list(map(_INTERVAL.document_of, day))} for day in week]


_SPECIAL_DAY = Stored(
    SpecialDay,
    {
        "day": Field(_DATE, _day, date.isoformat),
        "name": maybe_empty(),
        "open": _INTERVALS.of("intervals"),
        "fee": price().unless(),
    },
)
_RULE = Stored(OutsideRule, {"allowed": flag(), "fee": price().unless()})
_OUT_OF_HOURS = Stored(OutOfHours, {"pickup": part(_RULE), "return": part(_RULE).of("back"), "key_box": part(_RULE)})
_MINUTES = whole(0, LONGEST_TURN)
_TURN = Stored(
    TurnRound,
    {
        "usual": _MINUTES,
        "by_body": parts(Stored(BodyTurn, {"body": choice(BodyType), "minutes": _MINUTES}), len(BodyType)),
    },
)
#: A fee that was asked for once.
FEE = Stored(Fee, {"surcharge": choice(Surcharge), "amount": price()})
#: Fields of a branch's row.
HOURS: dict[str, Field] = {
    "week": Field({**shapes.list_of(_WEEKDAY, WEEK), "minItems": WEEK}, _week, _week_document).of("hours.week"),
    "special_days": parts(_SPECIAL_DAY, MOST_SPECIAL_DAYS).of("hours.special_days"),
    "out_of_hours": part(_OUT_OF_HOURS).of("hours.out_of_hours"),
    "turn": part(_TURN).of("hours.turn"),
    "counts_only_open_hours": flag().of("hours.counts_only_open_hours"),
}
