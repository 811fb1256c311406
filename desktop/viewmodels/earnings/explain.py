"""The bookings behind one figure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.earnings.earnings import EarningsSource
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.reports.earnings import Figures
from engine.domain.reports.figure_sources import Explanation, FigureQuestion
from engine.domain.shared.errors import DriveSphereError


@dataclass(frozen=True, slots=True)
class ExplainState:
    """Everything there is to draw.

    Attributes:
        question: None while nothing is asked.
        figures: The set that the figure belongs to, as it is shown.
        about: What the set is of: a period, a car, a branch.
        first: The first page of the answer.
    """

    phase: Phase = Phase.LOADING
    question: FigureQuestion | None = None
    figures: Figures | None = None
    about: str = ""
    first: Explanation | None = None
    run: int = 0
    problem: DriveSphereError | None = None


class ExplainViewModel(StateViewModel[ExplainState]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        page_arrived: A later page: its run, its offset, the Explanation.
        page_failed: A later page did not come: its run, its offset, the problem.
    """

    slice_arrived = Signal(int, int, object)
    slice_failed = Signal(int, int, object)

    def __init__(self, tasks: TaskScope) -> None:
        super().__init__(ExplainState())
        self._tasks = tasks
        self._source: EarningsSource | None = None

    def ask(self, source: EarningsSource, question: FigureQuestion, figures: Figures, about: str) -> None:
        self._source = source
        self.feed(ExplainState(Phase.LOADING, question, figures, about, None, self.state.run + 1))
        self._tasks.latest("explain", self._load(source, question))

    def again(self) -> None:
        state = self.state
        if self._source is not None and state.question is not None and state.figures is not None:
            self.ask(self._source, state.question, state.figures, state.about)

    def need_slice(self, offset: int) -> None:
        if self._source is not None and self.state.question is not None:
            run, question = self.state.run, replace(self.state.question, offset=offset)
            self._tasks.once(f"explain {run} {offset}", self._page(self._source, question, run))

    async def _load(self, source: EarningsSource, question: FigureQuestion) -> None:
        try:
            first = await source.explain(question)
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
        else:
            self.feed(replace(self.state, phase=Phase.READY, first=first))

    async def _page(self, source: EarningsSource, question: FigureQuestion, run: int) -> None:
        try:
            page = await source.explain(question)
        except DriveSphereError as problem:
            self.slice_failed.emit(run, question.offset, problem)
        else:
            self.slice_arrived.emit(run, question.offset, page)
