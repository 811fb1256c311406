"""A drawer's shift: who is answerable for its cash, what moved in it, and what was counted at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import NewType

from engine.domain.car.car import BranchId
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import RuleBroken

ShiftId = NewType("ShiftId", str)

#: What a drawer is called where a branch has only one.
FIRST_DRAWER = "1"
LONGEST_DRAWER = 40
#: More than a drawer sees in weeks.
MOST_MOVES = 2_000


class ShiftState(StrEnum):
    OPEN = auto()
    COUNTED = auto()  #: it was counted, and the difference is to be said why; nothing moves any more
    CLOSED = auto()


class CashMoveKind(StrEnum):
    """Why cash went into a drawer, or out of it."""

    PAYMENT = auto()  #: a renter paid, or was given back
    TO_SAFE = auto()  #: to the safe, or the bank
    FROM_SAFE = auto()  #: change for the drawer


@dataclass(frozen=True, slots=True)
class CashMove:
    """Attributes: ``amount`` is positive for what came in; ``payment_id`` is empty for what is no payment."""

    kind: CashMoveKind
    amount: Money
    at: datetime
    by: AccountName
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """One drawer from its opening to its closing.

    Attributes:
        number: Counts from 1 for each drawer.
        began_with: What lay in the drawer at the opening.
        moves: Oldest first; nothing is ever taken out of them.
        counted: What was counted, at the end, before anybody saw what it should be; None before.
        reason: Why that is not what it should be; empty where it is.
    """

    id: ShiftId
    branch_id: BranchId
    drawer: str
    number: int
    opened_by: AccountName
    opened_at: datetime
    began_with: Money
    state: ShiftState = ShiftState.OPEN
    moves: tuple[CashMove, ...] = ()
    counted: Money | None = None
    reason: str = ""
    closed_by: AccountName | None = None
    closed_at: datetime | None = None

    @property
    def expected(self) -> Money:
        """What must lie in the drawer."""
        return self.began_with + sum((move.amount for move in self.moves), Money(0, self.began_with.currency))

    @property
    def difference(self) -> Money | None:
        """What was counted above what must be there; less than nothing is missing. None before it was counted."""
        return None if self.counted is None else self.counted - self.expected


class NoShift(RuleBroken):
    """Cash is taken by nobody: no shift is open for that drawer, or it is being counted."""

    code = "counter.no_shift"

    def __init__(self, branch_id: str) -> None:
        super().__init__(f"no drawer is open at {branch_id}")
        self.branch_id = branch_id


class ShiftOpen(RuleBroken):
    """The drawer has a shift that was not closed. Attributes: ``shift_id``."""

    code = "counter.shift_open"

    def __init__(self, shift_id: str) -> None:
        super().__init__(f"shift {shift_id} was not closed")
        self.shift_id = shift_id
