"""A signature as it was drawn: its strokes, each a row of places.

For each stroke its places ``x,y`` with blanks between, strokes parted by semicolons, in whole ten-thousandths of the
pad's width from its upper left corner.
"""

from __future__ import annotations

import re
from itertools import pairwise
from math import dist

from engine.domain.shared.errors import InvalidText

MOST_PLACES = 8_000
#: Of all its text.
MOST_INK = 12 * MOST_PLACES
#: A pen has to go so far, in ten-thousandths of the pad's width; less is a dot or a slip.
LEAST_WAY = 1_000
_PLACE = r"[0-9]{1,5},[0-9]{1,5}"
_STROKE = rf"{_PLACE}(?: {_PLACE})*"
_INK = re.compile(rf"{_STROKE}(?:;{_STROKE})*")

Stroke = tuple[tuple[int, int], ...]


def ink_of(strokes: tuple[Stroke, ...]) -> str:
    return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in strokes)


def strokes_of(ink: str) -> tuple[Stroke, ...]:
    """Of *ink* that is sound."""
    told = (each.split(" ") for each in ink.split(";") if each)
    return tuple(tuple((int(x), int(y)) for x, y in (place.split(",") for place in each)) for each in told)


def is_ink(text: str) -> bool:
    return len(text) <= MOST_INK and _INK.fullmatch(text) is not None


def sound_ink(ink: object) -> str:
    """*ink* as somebody signs with it. Raises: InvalidText, ``ink``: no drawing, or too little of one."""
    if not isinstance(ink, str) or not is_ink(ink):
        raise InvalidText("ink", "field.ink")
    if way(strokes_of(ink)) < LEAST_WAY:
        raise InvalidText("ink", "field.ink_short")
    return ink


def way(strokes: tuple[Stroke, ...]) -> float:
    """How far the pen went on the pad."""
    return sum(dist(before, after) for stroke in strokes for before, after in pairwise(stroke))
