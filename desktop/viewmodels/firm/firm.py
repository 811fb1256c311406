"""The firm's rules and branches: what they are, and changing them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.car.branches import BranchLine
from engine.domain.car.car import Branch
from engine.domain.car.handing_over import Promised
from engine.domain.firm.settings import Firm, FirmSettings, Revision
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr


@dataclass(frozen=True, slots=True)
class FirmState:
    """Everything there is to draw.

    Attributes:
        firm, branches: Kept while they are loaded again.
        busy: A change is on its way.
        problem: Why they did not come.
    """

    phase: Phase = Phase.LOADING
    firm: Firm | None = None
    branches: tuple[BranchLine | Damaged, ...] = ()
    run: int = 0
    busy: bool = False
    problem: DriveSphereError | None = None


class FirmViewModel(StateViewModel[FirmState]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        done: A change was made; carries a sentence.
        refused: A change was not made; carries the problem.
    """

    done = Signal(str)
    refused = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(FirmState())
        self._desk, self._tasks = desk, tasks

    def now(self) -> datetime:
        """The server's time."""
        return self._desk.now()

    def load(self) -> None:
        self._tasks.latest("firm", self._load())

    def set_rules(self, settings: FirmSettings, valid_from: datetime | None) -> None:
        """Let *settings* hold from then on; None is as soon as every desk can know."""
        last = self._last()
        office = self._desk.services.admin.firm
        self._change(
            lambda: office.change(self._desk.actor, settings, valid_from, after=last), tr("The rules are set.")
        )

    def withdraw(self, planned: Revision) -> None:
        last, office = self._last(), self._desk.services.admin.firm
        self._change(
            lambda: office.withdraw(self._desk.actor, planned.number, after=last),
            tr("The planned change is withdrawn."),
        )

    def save_branch(self, before: Branch | None, after: Branch) -> None:
        """Open a new one, or change *before*."""
        office, actor = self._desk.services.admin.branches, self._desk.actor
        if before is None:
            self._change(lambda: office.add(actor, after), tr("{after} is open.", after=after.name.strip()))
        else:
            self._change(
                lambda: office.change(actor, before, after), tr("{after} is changed.", after=after.name.strip())
            )

    async def stranded(self, before: Branch, after: Branch) -> list[Promised] | None:
        """What could not be kept with the hours of *after*; None, and ``refused``, where nobody could say."""
        office, actor = self._desk.services.admin.branches, self._desk.actor
        try:
            return await self._desk.call(lambda: office.stranded(actor, before, after))
        except DriveSphereError as problem:
            self.refused.emit(problem)
            return None

    def close_branch(self, branch: Branch) -> None:
        office, actor = self._desk.services.admin.branches, self._desk.actor
        self._change(lambda: office.close(actor, branch), tr("{branch} is closed.", branch=branch.name))

    def reopen_branch(self, branch: Branch) -> None:
        office, actor = self._desk.services.admin.branches, self._desk.actor
        self._change(lambda: office.reopen(actor, branch), tr("{branch} is open again.", branch=branch.name))

    def _last(self) -> int:
        return self.state.firm.last if self.state.firm else 0

    def _change(self, make: Callable[[], Coroutine[Any, Any, object]], done: str) -> None:
        self._tasks.once("firm change", self._make(make, done))

    async def _make(self, make: Callable[[], Coroutine[Any, Any, object]], done: str) -> None:
        self.feed(replace(self.state, busy=True))
        try:
            await self._desk.call(make)
        except DriveSphereError as problem:
            self.feed(replace(self.state, busy=False))
            self.refused.emit(problem)
        else:
            self.feed(replace(self.state, busy=False))
            self.done.emit(done)
        # Also after a refusal: what somebody else changed meanwhile is to be seen.
        self.load()

    async def _load(self) -> None:
        self.feed(replace(self.state, phase=Phase.LOADING, run=self.state.run + 1, problem=None))
        office, actor = self._desk.services.admin, self._desk.actor
        try:
            firm = await self._desk.call(lambda: office.firm.firm(actor))
            branches = await self._desk.call(lambda: office.branches.lines(actor))
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
        else:
            self.feed(replace(self.state, phase=Phase.READY, firm=firm, branches=tuple(branches)))
