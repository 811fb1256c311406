"""The list of bookings: mine, or my branch's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.phases import Phase
from engine.domain.booking import Standing
from engine.domain.errors import DriveSphereError
from engine.domain.listing import BookingQuery, BookingRows, BookingScope


@dataclass(frozen=True, slots=True)
class BookingsState:
    """Everything there is to draw.

    Attributes:
        first: The first page, once it is there; kept while it is loaded again.
        run: Counts the loads; a page that answers an older one is dropped.
    """

    phase: Phase = Phase.LOADING
    scope: BookingScope = BookingScope.MINE
    first: BookingRows | None = None
    run: int = 0
    problem: DriveSphereError | None = None


class BookingsViewModel(QObject):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        page_arrived: A later page: its run, its offset, the BookingRows.
        page_failed: A later page did not come: its run, its offset, the problem.
    """

    changed = Signal(object)
    page_arrived = Signal(int, int, object)
    page_failed = Signal(int, int, object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks
        self.state = BookingsState()

    def load(self) -> None:
        self._tasks.latest("bookings", self._load(self.state.scope))

    def show_scope(self, scope: BookingScope) -> None:
        if scope is not self.state.scope:
            self._show(replace(self.state, phase=Phase.LOADING, scope=scope, first=None))
            self.load()

    def need_page(self, offset: int) -> None:
        run = self.state.run
        self._tasks.once(f"bookings {run} {offset}", self._page(run, self.state.scope, offset))

    async def _load(self, scope: BookingScope) -> None:
        self._show(replace(self.state, phase=Phase.LOADING, problem=None, run=self.state.run + 1))
        try:
            first = await self._rows(scope, 0)
        except DriveSphereError as problem:
            self._show(replace(self.state, phase=Phase.FAILED, problem=problem))
        else:
            self._show(replace(self.state, phase=Phase.READY, first=first))
            if await self._go_on_with(first):
                await self._load(scope)

    async def _go_on_with(self, first: BookingRows) -> bool:
        """Ask Stripe about what still waits for its payment: this desk may have been closed while it was paid."""
        moved = False
        for booking in first.rows:
            if booking.standing is not Standing.PENDING:
                continue
            try:
                settled = await self._desk.call(partial(self._desk.payment.settle, self._desk.actor, booking.id))
            except DriveSphereError:
                continue  # the sweeper comes back to it, and so does whoever opens it
            moved = moved or settled.version != booking.version
        return moved

    async def _page(self, run: int, scope: BookingScope, offset: int) -> None:
        try:
            rows = await self._rows(scope, offset)
        except DriveSphereError as problem:
            self.page_failed.emit(run, offset, problem)
        else:
            self.page_arrived.emit(run, offset, rows)

    async def _rows(self, scope: BookingScope, offset: int) -> BookingRows:
        query = BookingQuery(scope, offset=offset)
        return await self._desk.call(lambda: self._desk.listing.page(self._desk.actor, query))

    def _show(self, state: BookingsState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
