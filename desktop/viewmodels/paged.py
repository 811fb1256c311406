"""What is read by pages: its first page is state, of the later ones there is word.

API: PagedViewModel(state, tasks, name): load_soon(), need_slice(offset), slice_arrived, slice_failed; for those that
show more than rows. ListViewModel(tasks, name, read, query): load(), ask(query); for a list of one query.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.shared.errors import DriveSphereError


class SliceOfRows(Protocol):
    """What every page of records has."""

    @property
    def rows(self) -> tuple[Any, ...]: ...
    @property
    def total(self) -> int: ...


class Loaded(Protocol):
    """A state of what is loaded, a frozen dataclass that has ``problem`` too."""

    @property
    def phase(self) -> Phase: ...
    @property
    def run(self) -> int: ...


L = TypeVar("L", bound=Loaded)
Q = TypeVar("Q")
#: Reads the page that begins at an offset.
Read = Callable[[int], Coroutine[Any, Any, object]]


class PagedViewModel(StateViewModel[L], Generic[L]):
    """A state, verbs, and word of every change.

    Attributes:
        soon_s: A burst of news loads once, after so many seconds.

    Signals:
        changed: The state was replaced; carries the new one.
        page_arrived: A later page: its run, its offset, the page.
        page_failed: A later page did not come: its run, its offset, the problem.
    """

    slice_arrived = Signal(int, int, object)
    slice_failed = Signal(int, int, object)
    soon_s = 0.3

    def __init__(self, state: L, tasks: TaskScope, name: str) -> None:
        """*name* tells the tasks of this one from those of others."""
        super().__init__(state)
        self._tasks, self._name = tasks, name

    def load_soon(self) -> None:
        """Something changed somewhere."""
        self._tasks.once(f"{self._name} soon", self._soon())

    def need_slice(self, offset: int) -> None:
        """Ask for the rows from *offset* of what is asked for now."""
        run = self.state.run
        self._tasks.once(f"{self._name} {run} {offset}", self._page(run, offset, self._reader()))

    @abstractmethod
    def _reader(self) -> Read:
        """For what is asked for now, whatever is asked for later."""

    @abstractmethod
    async def _first(self) -> L:
        """The state with its first page. Raises: DriveSphereError."""

    @abstractmethod
    def _again(self) -> None:
        """The same once more."""

    async def _load_from(self, begun: L) -> None:
        """Another run, which begins with *begun*."""
        self._turn(begun, phase=Phase.LOADING, problem=None, run=begun.run + 1)
        try:
            found = await self._first()
        except DriveSphereError as problem:
            self._turn(self.state, phase=Phase.FAILED, problem=problem)
        else:
            self._turn(found, phase=Phase.READY)

    def _turn(self, state: Any, **changes: object) -> None:
        self.feed(replace(state, **changes))

    async def _soon(self) -> None:
        await asyncio.sleep(self.soon_s)
        await self._tasks.ended(self._name)  # dropped at every word of a busy day, it would never end
        self._again()

    async def _page(self, run: int, offset: int, read: Read) -> None:
        try:
            page = await read(offset)
        except DriveSphereError as problem:
            self.slice_failed.emit(run, offset, problem)
        else:
            self.slice_arrived.emit(run, offset, page)


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
    first: SliceOfRows | None = None
    run: int = 0
    problem: DriveSphereError | None = None


class ListViewModel(PagedViewModel[PagedState[Q]], Generic[Q]):
    """Signals: as those of PagedViewModel."""

    def __init__(
        self,
        tasks: TaskScope,
        name: str,
        read: Callable[[Q, int], Coroutine[Any, Any, SliceOfRows]],
        query: Q,
    ) -> None:
        """*read* fetches the page of a query that begins at an offset."""
        super().__init__(PagedState(query), tasks, name)
        self._read = read

    def load(self) -> None:
        self._tasks.latest(self._name, self._load_from(self.state))

    def ask(self, query: Q) -> None:
        """Another question; the same one again is only asked by ``load``."""
        if query != self.state.query or self.state.run == 0:
            self.feed(PagedState(query, run=self.state.run))
            self.load()

    def _reader(self) -> Read:
        return partial(self._read, self.state.query)

    def _again(self) -> None:
        self.load()

    async def _first(self) -> PagedState[Q]:
        first = await self._read(self.state.query, 0)
        return replace(self.state, first=first)
