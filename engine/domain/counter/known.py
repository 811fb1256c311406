"""What a walk-in line is read with: the firm's lists, the renters found so far, and whose clock counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from engine.domain.car.body_type import BodyType
from engine.domain.car.car import BranchId, CarId
from engine.domain.counter.line_words import LineWords
from engine.domain.moments.habits import Habits
from engine.domain.people.people import RenterId
from engine.domain.shared.numerals import Numerals


@dataclass(frozen=True, slots=True)
class KnownCar:
    """Attributes: ``class_code`` is empty where the firm has no classes."""

    id: CarId
    plate: str
    brand: str
    model: str
    body: BodyType
    class_code: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A class, an extra or a cover. Attributes: ``names`` are all it goes by: its code, its name."""

    id: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownBranch:
    """Attributes: ``zone`` is what the times of a pick-up there are told in."""

    id: BranchId
    names: tuple[str, ...]
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class KnownRenter:
    """Attributes: ``phone`` as E.164, ``licence`` as printed; both may be empty."""

    id: RenterId
    name: str
    phone: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Nothing that is not in here is ever read out of a line, except numbers and times.

    Attributes:
        renters: Who was found by the words of the line; a word that nobody is found by is not read.
        now: Aware, of any zone; from then on a rental can begin.
        zone: In which days and times are told, where no pick-up branch says otherwise.
        opens, closes: Of the desk's branch, on its wall; what is proposed, and never taken, where a day has no time.
    """

    now: datetime
    zone: tzinfo
    words: LineWords
    habits: Habits
    numerals: Numerals = Numerals()  # noqa: RUF009 -- frozen
    currency: str = "EUR"
    opens: time = time(8)
    closes: time = time(18)
    cars: tuple[KnownCar, ...] = ()
    classes: tuple[Named, ...] = ()
    branches: tuple[KnownBranch, ...] = ()
    extras: tuple[Named, ...] = ()
    covers: tuple[Named, ...] = ()
    renters: tuple[KnownRenter, ...] = ()
