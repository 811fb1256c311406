"""A list read by pages: what is asked for, its first page, and word of the later ones."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.shared.errors import DriveSphereError


class PageOfRows(Protocol):
    """What every page of records has."""

    @property
    def rows(self) -> tuple[Any, ...]: ...
    @property
    def total(self) -> int: ...


Q = TypeVar("Q")


@dataclass(frozen=True, slots=True)
class PagedState(Generic[Q]):
    """Everything there is to draw.

    Attributes:
        query: What is asked for.
        first: The first page; kept while the same is loaded again, gone when something else is asked for.
        run: Counts the loads; a page that answers an older one is dropped.
    """

    query: Q
    phase: Phase = Phase.LOADING
    first: PageOfRows | None = None
    run: int = 0
    problem: DriveSphereError | None = None


class PagedViewModel(StateViewModel[PagedState[Q]], Generic[Q]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        page_arrived: A later page: its run, its offset, the page.
        page_failed: A later page did not come: its run, its offset, the problem.
    """

    page_arrived = Signal(int, int, object)
    page_failed = Signal(int, int, object)

    def __init__(
        self,
        tasks: TaskScope,
        name: str,
        read: Callable[[Q, int], Coroutine[Any, Any, PageOfRows]],
        query: Q,
    ) -> None:
        """*read* fetches the page of a query that begins at an offset; *name* tells this list's tasks from others."""
        super().__init__(PagedState(query))
        self._tasks, self._name, self._read = tasks, name, read

    def load(self) -> None:
        self._tasks.latest(self._name, self._load(self.state.query))

    def ask(self, query: Q) -> None:
        """Another question; the same one again is only asked by ``load``."""
        if query != self.state.query or self.state.run == 0:
            self.feed(PagedState(query, run=self.state.run))
            self.load()

    def need_page(self, offset: int) -> None:
        run = self.state.run
        self._tasks.once(f"{self._name} {run} {offset}", self._page(run, self.state.query, offset))

    async def _load(self, query: Q) -> None:
        before = self.state
        self.feed(PagedState(query, Phase.LOADING, before.first, before.run + 1))
        now = self.state
        try:
            first = await self._read(query, 0)
        except DriveSphereError as problem:
            self.feed(PagedState(query, Phase.FAILED, now.first, now.run, problem))
        else:
            self.feed(PagedState(query, Phase.READY, first, now.run))

    async def _page(self, run: int, query: Q, offset: int) -> None:
        try:
            page = await self._read(query, offset)
        except DriveSphereError as problem:
            self.page_failed.emit(run, offset, problem)
        else:
            self.page_arrived.emit(run, offset, page)
