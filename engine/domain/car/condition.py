"""Marks on a car: what was found where, and what became of it. A mark is never edited, only followed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto
from typing import NewType

from engine.domain.car.body_parts import FULL, PartId, Place, part_named
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Car, CarId
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidText, Overtaken
from engine.domain.shared.text import clean

MarkId = NewType("MarkId", str)
LEAST_SEVERE, MOST_SEVERE = 1, 3
#: Longer than a car.
LONGEST_MM = 9_999
LONGEST_WHY = 200
#: At once, of one car: a look at it finds fewer.
MOST_AT_ONCE = 40


class MarkKind(StrEnum):
    """What is the matter with a part."""

    SCRATCH = auto()
    SCUFF = auto()
    DENT = auto()
    CHIP = auto()
    CRACK = auto()
    BROKEN = auto()
    MISSING = auto()
    KERBED = auto()
    RUST = auto()
    STAIN = auto()
    BURN = auto()
    TEAR = auto()


class MarkState(StrEnum):
    """What became of a mark."""

    OPEN = auto()
    REPAIRED = auto()
    SUPERSEDED = auto()  #: another mark says more of it, or says it better


class FoundWhen(StrEnum):
    """At which of an agreement's two looks at the car."""

    OUT = auto()
    BACK = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """Attributes: ``agreement_id`` and ``leg`` of it, empty and 0 where it was found in the yard; ``at`` UTC."""

    by: str
    at: datetime
    agreement_id: str = ""
    leg: int = 0
    when: FoundWhen | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a mark was said by somebody. Attributes: ``at`` UTC; ``why`` in words."""

    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class NewMark:
    """What somebody sees on a car, before it is written down; the fields are those of ``Mark``."""

    place: Place
    part: PartId
    kind: MarkKind
    severity: int
    mm: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark.

    Attributes:
        n: Its number on this car, from 1 on, for ever.
        place: Where in the drawing of the body.
        severity: 1 seen from near, 2 to the metal or over 25 mm, 3 dented or to be changed.
        mm: How long it is; None where nobody measured.
        follows: The mark that this one takes the place of.
        ended: By whom, when and why it is not open any more; None while it is.
    """

    id: MarkId
    car_id: CarId
    n: int
    place: Place
    part: PartId
    kind: MarkKind
    severity: int
    found: Found
    mm: int | None = None
    photos: tuple[str, ...] = ()
    state: MarkState = MarkState.OPEN
    follows: MarkId | None = None
    ended: Ended | None = None

    @property
    def is_open(self) -> bool:
        return self.state is MarkState.OPEN


@dataclass(frozen=True, slots=True)
class CarMarks:
    """A car with all its marks, by their numbers; those that cannot be read stand in their place."""

    car: Car
    marks: tuple[Mark | Damaged, ...] = ()

    @property
    def open(self) -> tuple[Mark, ...]:
        """What is to be seen now."""
        return tuple(mark for mark in self.marks if isinstance(mark, Mark) and mark.is_open)

    @property
    def next_n(self) -> int:
        """What the next one is numbered, if nobody else is quicker."""
        return max((mark.n for mark in self.marks if isinstance(mark, Mark)), default=0) + 1


def written(new: NewMark, mark_id: MarkId, car_id: CarId, n: int, found: Found) -> Mark:
    """*new* as it is kept: number *n* of that car."""
    return Mark(mark_id, car_id, n, new.place, new.part, new.kind, new.severity, found, new.mm)


def ended_so(by: str, at: datetime, why: str) -> Ended:
    """Raises: InvalidText, ``why``, for nothing that can be kept."""
    return Ended(by, at, clean("why", why, longest=LONGEST_WHY))


def repaired(mark: Mark, ended: Ended) -> Mark:
    """*mark* when nothing is to be seen of it any more.

    Raises:
        Overtaken: It is not open.
    """
    return _moved(mark, MarkState.REPAIRED, ended)


def followed(mark: Mark, by: Mark, ended: Ended) -> tuple[Mark, Mark]:
    """*mark* superseded, and the new mark *by* that takes its place on the same car.

    Raises:
        Overtaken: *mark* is not open.
        InvalidText: *by* is of another car, not open, or *mark* itself.
    """
    if by.id == mark.id or by.car_id != mark.car_id or not by.is_open:
        raise InvalidText("mark", "field.not_fitting")
    return _moved(mark, MarkState.SUPERSEDED, ended), replace(by, follows=mark.id)


def _moved(mark: Mark, state: MarkState, ended: Ended) -> Mark:
    if not mark.is_open:
        raise Overtaken(f"mark {mark.n} of {mark.car_id} is {mark.state} already")
    return replace(mark, state=state, ended=ended)


def sound(mark: NewMark, body: BodyType) -> NewMark:
    """*mark* itself, of a car of that *body*.

    Raises:
        InvalidText: Named by its field.
    """
    _between("x", mark.place.x, 0, FULL)
    _between("y", mark.place.y, 0, FULL)
    _between("severity", mark.severity, LEAST_SEVERE, MOST_SEVERE)
    if mark.mm is not None:
        _between("mm", mark.mm, 1, LONGEST_MM)
    part = part_named(body, mark.part)
    if part is None or part.view is not mark.place.view:
        raise InvalidText("part", "field.not_listed")
    return mark


def _between(name: str, value: object, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise InvalidText(name, "field.between", least=least, most=most)
