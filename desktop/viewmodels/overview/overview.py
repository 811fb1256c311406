"""The overview page: figures of the firm, what presses, and the bookings behind a sum."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.paged import ListViewModel
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.reports.overview import BehindPage, FirmPulse, MoneyQuestion, Overview
from engine.domain.shared.errors import DriveSphereError

_SOON_S = 1.0


@dataclass(frozen=True, slots=True)
class OverviewState:
    """Everything there is to draw.

    Attributes:
        overview, pulse: Kept while they are loaded again.
        currency: The one whose sums are shown; empty where no money moved.
    """

    phase: Phase = Phase.LOADING
    overview: Overview | None = None
    pulse: FirmPulse | None = None
    currency: str = ""
    run: int = 0
    problem: DriveSphereError | None = None


class OverviewViewModel(StateViewModel[OverviewState]):
    """Signals: ``changed`` carries the new state."""

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(OverviewState())
        self._desk, self._tasks = desk, tasks
        nothing = MoneyQuestion((), "")
        self.behind: ListViewModel[MoneyQuestion] = ListViewModel(tasks, "behind", self._behind, nothing)

    def load(self) -> None:
        self._tasks.latest("overview", self._load())

    def load_soon(self) -> None:
        """Something changed somewhere; a burst of news asks once."""
        if self.state.run:
            self._tasks.once("overview soon", self._soon())

    def show_currency(self, currency: str) -> None:
        self.feed(replace(self.state, currency=currency))

    async def _soon(self) -> None:
        await asyncio.sleep(_SOON_S)
        self.load()

    async def _load(self) -> None:
        self.feed(replace(self.state, phase=Phase.LOADING, run=self.state.run + 1, problem=None))
        office, actor = self._desk.services.admin.overview, self._desk.actor
        try:
            pulse = await self._desk.call(lambda: office.pulse(actor))
            overview = await self._desk.call(lambda: office.figures(actor))
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
            return
        known = overview.currencies
        currency = self.state.currency if self.state.currency in known else next(iter(known), "")
        self.feed(replace(self.state, phase=Phase.READY, overview=overview, pulse=pulse, currency=currency))

    async def _behind(self, question: MoneyQuestion, offset: int) -> BehindPage:
        wanted = replace(question, offset=offset)
        return await self._desk.call(lambda: self._desk.services.admin.overview.behind(self._desk.actor, wanted))
