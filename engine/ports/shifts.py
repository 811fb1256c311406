"""What is asked of stored shifts, and how their cash moves within a transaction."""

from __future__ import annotations

from typing import Protocol

from engine.domain.car.car import BranchId
from engine.domain.counter.shift import CashMove, Shift, ShiftId
from engine.domain.shared.damage import Damaged


class ShiftBook(Protocol):
    """Reading. Raises: Unavailable."""

    async def of_branch(self, branch_id: BranchId, most: int) -> list[Shift | Damaged]:
        """The newest *most*, newest first."""

    async def open_at(self, branch_id: BranchId, drawer: str) -> Shift | None:
        """The one that is not closed. Raises: DamagedRow."""

    async def last_number(self, branch_id: BranchId, drawer: str) -> int:
        """0 where there was none."""


class Drawers(Protocol):
    """Writing, as part of a transaction: a payment conflicts with the closing of its drawer's shift."""

    async def shift(self, shift_id: ShiftId) -> Shift:
        """As it is in this transaction's snapshot. Raises: NotFound, DamagedRow."""

    async def open(self, shift: Shift) -> None:
        """Raises: ShiftOpen, where the drawer has one that is not closed."""

    async def move(self, shift: Shift, move: CashMove) -> None:
        """Raises: NoShift, where it is not open any more."""

    async def keep(self, shift: Shift) -> None:
        """Store it in place of what ``shift`` read in the same transaction."""
