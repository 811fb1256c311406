"""What is asked of the marks on cars, and how they are added and closed within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.domain.car.car import CarId
from engine.domain.car.condition import Mark, MarkId
from engine.domain.shared.damage import Damaged


@dataclass(frozen=True, slots=True)
class Standing:
    """What a car shows. Attributes: ``last`` is the highest number on it, 0 for none; ``open`` those to be seen now."""

    last: int
    open: tuple[int, ...]


class MarkBook(Protocol):
    """Reading. Raises: Unavailable."""

    async def of_car(self, car_id: CarId) -> list[Mark | Damaged]:
        """All of a car, by their numbers, the closed ones too."""


class MarksOfCars(Protocol):
    """Writing, as part of a transaction: no number of a car is given twice."""

    async def standing(self, car_id: CarId) -> Standing:
        """As it is in this transaction's snapshot."""

    async def add(self, marks: Sequence[Mark]) -> None:
        """Raises: Overtaken, where one of their numbers is another mark's."""

    async def mark(self, mark_id: MarkId) -> Mark:
        """As it is in this transaction's snapshot. Raises: NotFound, DamagedRow."""

    async def close(self, mark: Mark) -> None:
        """Store what became of one that ``mark`` read in the same transaction."""
