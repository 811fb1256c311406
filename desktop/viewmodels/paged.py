"""A list that comes by pages: asked for, loaded, failed, loaded again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.phases import Phase
from engine.domain.errors import DriveSphereError

Query = TypeVar("Query")
Row = TypeVar("Row")
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class PagedState(Generic[Query, Row]):
    """Everything there is to draw.

    Attributes:
        first: The first page; kept while the same list is loaded again, gone when another is asked for.
        total: Rows in all; None before the first answer.
        run: Counts the loads; a page that answers an older one is dropped.
    """

    query: Query
    phase: Phase = Phase.LOADING
    first: tuple[Row, ...] = ()
    total: int | None = None
    run: int = 0
    problem: DriveSphereError | None = None


class PagedViewModel(QObject, Generic[Query, Row]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        page_arrived: A later page: its run, its offset, its rows.
        page_failed: A later page did not come: its run, its offset.
    """

    changed = Signal(object)
    page_arrived = Signal(int, int, object)
    page_failed = Signal(int, int)

    def __init__(
        self,
        query: Query,
        fetch: Callable[[Query, int], Awaitable[tuple[tuple[Row, ...], int]]],
        tasks: TaskScope,
    ) -> None:
        """*fetch* takes the query and an offset, and answers with rows and how many there are in all."""
        super().__init__()
        self._fetch, self._tasks = fetch, tasks
        self._name = f"paged {next(_numbers)}"
        self.state: PagedState[Query, Row] = PagedState(query)

    def ask(self, query: Query) -> None:
        if query != self.state.query:
            self._show(PagedState(query, run=self.state.run))
            self.load()

    def load(self) -> None:
        self._tasks.latest(self._name, self._load())

    def need_page(self, offset: int) -> None:
        run = self.state.run
        self._tasks.once(f"{self._name} {run} {offset}", self._page(run, offset))

    async def _load(self) -> None:
        self._show(replace(self.state, phase=Phase.LOADING, problem=None, run=self.state.run + 1))
        try:
            rows, total = await self._fetch(self.state.query, 0)
        except DriveSphereError as problem:
            self._show(replace(self.state, phase=Phase.FAILED, problem=problem))
        else:
            self._show(replace(self.state, phase=Phase.READY, first=rows, total=total))

    async def _page(self, run: int, offset: int) -> None:
        try:
            rows, _ = await self._fetch(self.state.query, offset)
        except DriveSphereError:
            self.page_failed.emit(run, offset)
        else:
            self.page_arrived.emit(run, offset, rows)

    def _show(self, state: PagedState[Any, Any]) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
