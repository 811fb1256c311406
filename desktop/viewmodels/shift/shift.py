"""The shifts of this desk's drawer: what moved, and opening, counting, closing it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.car.car import Branch, BranchId
from engine.domain.counter.shift import CashMoveKind, Shift, ShiftState
from engine.domain.money.money import Money
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr


@dataclass(frozen=True, slots=True)
class ShiftsState:
    """Everything there is to draw.

    Attributes:
        branch: Where the drawer stands; None where this desk stands at none.
        shifts: The newest first.
        currency: What a drawer that is opened now holds.
        busy: A change is on its way.
        problem: Why they did not come.
    """

    phase: Phase = Phase.LOADING
    branch: Branch | None = None
    shifts: tuple[Shift | Damaged, ...] = ()
    currency: str = "EUR"
    run: int = 0
    busy: bool = False
    problem: DriveSphereError | None = None

    @property
    def now(self) -> Shift | None:
        """The one that is not closed."""
        known = (each for each in self.shifts if isinstance(each, Shift))
        return next((each for each in known if each.state is not ShiftState.CLOSED), None)


class ShiftViewModel(StateViewModel[ShiftsState]):
    """Signals: ``done`` carries a sentence, ``refused`` a problem; ``counted`` a Shift whose count differs."""

    done = Signal(str)
    refused = Signal(object)
    counted = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(ShiftsState())
        self._desk, self._tasks = desk, tasks

    def load(self) -> None:
        self._tasks.latest("shifts", self._load())

    def open(self, began_with: Money) -> None:
        branch = self.state.branch
        if branch is not None:
            till, actor = self._desk.services.till, self._desk.actor
            self._change(lambda: till.open(actor, branch.id, began_with), tr("The drawer is open."))

    def move(self, kind: CashMoveKind, amount: Money) -> None:
        shift, till, actor = self.state.now, self._desk.services.till, self._desk.actor
        if shift is not None:
            self._change(lambda: till.move(actor, shift.id, kind, amount), tr("It stands in the shift."))

    def count(self, pieces: tuple[tuple[int, int], ...]) -> None:
        shift, till, actor = self.state.now, self._desk.services.till, self._desk.actor
        if shift is not None:
            self._change(lambda: till.count(actor, shift.id, pieces), tr("The shift is closed; the count was right."))

    def close(self, reason: str) -> None:
        shift, till, actor = self.state.now, self._desk.services.till, self._desk.actor
        if shift is not None:
            self._change(lambda: till.close(actor, shift.id, reason), tr("The shift is closed."))

    def count_again(self) -> None:
        shift, till, actor = self.state.now, self._desk.services.till, self._desk.actor
        if shift is not None:
            self._change(lambda: till.count_again(actor, shift.id), tr("The drawer takes cash again; count it anew."))

    def _change(self, make: Callable[[], Coroutine[Any, Any, Shift]], done: str) -> None:
        self._tasks.once("shift change", self._make(make, done))

    async def _make(self, make: Callable[[], Coroutine[Any, Any, Shift]], done: str) -> None:
        self.feed(replace(self.state, busy=True))
        try:
            shift = await self._desk.call(make)
        except DriveSphereError as problem:
            self.feed(replace(self.state, busy=False))
            self.refused.emit(problem)
        else:
            others = tuple(each for each in self.state.shifts if each.id != shift.id)
            self.feed(replace(self.state, busy=False, shifts=(shift, *others)))
            if shift.state is ShiftState.COUNTED:
                self.counted.emit(shift)
            else:
                self.done.emit(done)
        # Also after a refusal: what somebody else did meanwhile is to be seen.
        self.load()

    async def _load(self) -> None:
        self.feed(replace(self.state, phase=Phase.LOADING, run=self.state.run + 1, problem=None))
        services, actor = self._desk.services, self._desk.actor
        at = actor.branch_id or (BranchId(self._desk.branch) if self._desk.branch else None)
        try:
            branches = await self._desk.call(lambda: services.catalogue.branches(actor))
            branch = next((each for each in branches if each.id == at), None)
            rules = await self._desk.call(lambda: services.till.currency(actor))
            told = replace(self.state, branch=branch, currency=rules)
            if branch is not None:
                shifts = await self._desk.call(lambda: services.till.of_branch(actor, branch.id))
                told = replace(told, shifts=tuple(shifts))
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
            return
        self.feed(replace(told, busy=self.state.busy, phase=Phase.READY))
