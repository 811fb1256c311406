"""What papers say of the firm: its data, its rates of tax and the codes of its branches, and deciding on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.fleet.photo_files import read_photo
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.car.branches import BranchLine
from engine.domain.car.car import Branch
from engine.domain.papers.legal import LegalData, LegalDecision, TaxDecision, TaxRate, legal_at
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr


@dataclass(frozen=True, slots=True)
class Picture:
    """A logo. Attributes: ``shown`` is as papers bear it; ``file`` is what is sent, None where it is stored already."""

    name: str
    shown: bytes = field(repr=False)
    file: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LegalState:
    """Everything there is to draw.

    Attributes:
        legal, taxes: Every decision, oldest first.
        logo: The picture that the firm's data name now; None where they name none, or it did not come.
        busy: A change is on its way.
        problem: Why they did not come.
    """

    phase: Phase = Phase.LOADING
    legal: tuple[LegalDecision, ...] = ()
    taxes: tuple[TaxDecision, ...] = ()
    branches: tuple[BranchLine | Damaged, ...] = ()
    logo: Picture | None = None
    run: int = 0
    busy: bool = False
    problem: DriveSphereError | None = None

    @property
    def open_branches(self) -> tuple[Branch, ...]:
        return tuple(each.branch for each in self.branches if not isinstance(each, Damaged) and not each.branch.closed)


class LegalViewModel(StateViewModel[LegalState]):
    """Signals: ``done`` carries a sentence, ``refused`` a problem; ``looked`` a ``Picture`` that somebody chose."""

    done = Signal(str)
    refused = Signal(object)
    looked = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(LegalState())
        self._desk, self._tasks = desk, tasks

    def now(self) -> datetime:
        """The server's time."""
        return self._desk.now()

    @property
    def holding(self) -> LegalData | None:
        return legal_at(self.state.legal, self.now())

    def load(self) -> None:
        self._tasks.latest("legal", self._load())

    def look_at(self, path: str) -> None:
        """See what papers would bear of that file; ``looked``, or ``refused``."""
        self._tasks.latest("legal logo", self._look_at(Path(path)))

    def set_legal(self, data: LegalData, valid_from: datetime | None, picture: bytes | None) -> None:
        office, last = self._desk.services.admin.legal, _last(self.state.legal)
        self._change(
            lambda: office.set_legal(self._desk.actor, data, valid_from, after=last, picture=picture),
            tr("The firm's data are set."),
        )

    def set_rate(self, rate: TaxRate, valid_from: datetime | None) -> None:
        office, last = self._desk.services.admin.legal, _last(self.state.taxes)
        self._change(
            lambda: office.set_rate(self._desk.actor, rate, valid_from, after=last),
            tr("The rate {code} is set.", code=rate.code),
        )

    def confirm_code(self, branch: Branch, code: str) -> None:
        office = self._desk.services.admin.branches
        self._change(
            lambda: office.confirm_code(self._desk.actor, branch, code),
            tr("{branch} is called {code} on papers from now on.", branch=branch.name, code=code.strip().upper()),
        )

    def _change(self, make: Callable[[], Coroutine[Any, Any, object]], done: str) -> None:
        self._tasks.once("legal change", self._make(make, done))

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
        # Also after a refusal: what somebody else decided meanwhile is to be seen.
        self.load()

    async def _load(self) -> None:
        self.feed(replace(self.state, phase=Phase.LOADING, run=self.state.run + 1, problem=None))
        office, actor = self._desk.services.admin, self._desk.actor
        try:
            legal = await self._desk.call(lambda: office.legal.legal(actor))
            taxes = await self._desk.call(lambda: office.legal.taxes(actor))
            branches = await self._desk.call(lambda: office.branches.lines(actor))
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
            return
        told = replace(self.state, legal=tuple(legal), taxes=tuple(taxes), branches=tuple(branches))
        self.feed(replace(told, phase=Phase.READY, logo=await self._logo(legal_at(legal, self.now()))))

    async def _logo(self, data: LegalData | None) -> Picture | None:
        """Where it does not come, the page is shown without; whoever issues is told."""
        if data is None or not data.logo:
            return None
        named = data.logo
        try:
            shown = await self._desk.call(lambda: self._desk.services.papers.logo(self._desk.actor, named))
        except DriveSphereError:
            return None
        return Picture(tr("The firm's logo"), shown)

    async def _look_at(self, path: Path) -> None:
        office, actor = self._desk.services.admin.legal, self._desk.actor
        try:
            file = await asyncio.to_thread(read_photo, path)
            shown = await self._desk.call(lambda: office.look_at_logo(actor, file))
        except DriveSphereError as problem:
            self.refused.emit(problem)
        else:
            self.looked.emit(Picture(path.name, shown, file))


def _last(decisions: tuple[LegalDecision, ...] | tuple[TaxDecision, ...]) -> int:
    return max((each.number for each in decisions), default=0)
