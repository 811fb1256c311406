"""Days that tell whether somebody may drive: of birth, and from when to when a licence holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean

#: Of a renter; all of them may be empty until somebody has seen the licence.
DRIVING = ("born", "licence_since", "licence_until")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_YEARS = range(1900, 2200)
_LONGEST = 40
_MONTHS = 12


def read_day(field: str, value: object) -> str:
    """*value* as ISO 8601 has it, ``1987-03-14``; nothing for nothing. ``14.3.1987`` and ``3/14/1987`` are read too.

    Raises:
        InvalidText: *field*: no such day, or one that could be two days.
    """
    text = clean(field, value, longest=_LONGEST, required=False)
    if not text:
        return ""
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DOTTED.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _SLASHED.fullmatch(text):
        first, second, year = map(int, found.groups())
        if first <= _MONTHS and second <= _MONTHS and first != second:
            raise InvalidText(field, "field.day_unclear")
        day, month = (first, second) if second <= _MONTHS else (second, first)
    else:
        raise InvalidText(field, "field.typed_day")
    try:
        read = date(year, month, day)
    except ValueError as problem:
        raise InvalidText(field, "field.typed_day") from problem
    if read.year not in _YEARS:
        raise InvalidText(field, "field.typed_day")
    return read.isoformat()


def day_of(kept: str) -> date | None:
    """Of a renter's row; None for nothing, or what somebody wrote past the program."""
    try:
        return date.fromisoformat(kept) if kept else None
    except ValueError:
        return None


def sound_driving(days: Sequence[str], today: date) -> None:
    """Whether *days*, in the order of ``DRIVING``, can be one person's. Raises: InvalidText, naming the field."""
    birth, since, until = map(day_of, days)
    if birth is not None and birth >= today:
        raise InvalidText("born", "field.past_day")
    if since is not None and (since > today or (birth is not None and since <= birth)):
        raise InvalidText("licence_since", "field.past_day")
    if until is not None and since is not None and until < since:
        raise InvalidText("licence_until", "field.later_day")


def years_between(first: date, last: date) -> int:
    """Whole ones; somebody born on 29 February has a birthday on 1 March where there is none."""
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))
