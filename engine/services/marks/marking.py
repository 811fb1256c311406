"""How what was found on a car is written down, whichever transaction finds it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain.car.car import Car
from engine.domain.car.condition import MOST_AT_ONCE, Found, Mark, MarkId, NewMark, sound, written
from engine.domain.shared.errors import InvalidText
from engine.ports.bookings import Transaction


@dataclass(frozen=True, slots=True)
class Shown:
    """What a car shows after a look at it. Attributes: ``new`` of it, and the numbers ``open`` of all, ``new`` too."""

    new: tuple[Mark, ...]
    open: tuple[int, ...]


def next_mark_id() -> MarkId:
    return MarkId(f"mk-{secrets.token_hex(8)}")


def sound_marks(car: Car, new: Sequence[NewMark]) -> tuple[NewMark, ...]:
    """Those that can be on *car*.

    Raises:
        InvalidText: ``marks`` for too many, else the field of one that cannot be.
    """
    if len(new) > MOST_AT_ONCE:
        raise InvalidText("marks", "field.too_many_parts", most=MOST_AT_ONCE)
    return tuple(sound(each, car.body) for each in new)


async def note_marks(work: Transaction, car: Car, new: Sequence[NewMark], found: Found) -> Shown:
    """Write *new* down with the next numbers of the car; of two desks that do one comes second and counts on."""
    standing = await work.marks.standing(car.id)
    first = standing.last + 1
    marks = tuple(written(each, next_mark_id(), car.id, first + at, found) for at, each in enumerate(new))
    if marks:
        await work.marks.add(marks)
    return Shown(marks, (*standing.open, *(each.n for each in marks)))
