"""Who asks for an account, and how many wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.paged import ListViewModel, PagedState
from desktop.viewmodels.phases import Phase
from engine.domain.people.account_requests import AccountRequest, RequestPage
from engine.domain.shared.errors import DriveSphereError

#: Requests are filed by people without an account, so nobody announces them: they are asked for again and again, and
#: drawn anew where something is another.
_EVERY_S = 3.0


class RequestsViewModel(QObject):
    """The list, and declining.

    Signals:
        waiting: How many wait, whenever that is known anew.
        declined: So many are gone.
        failed: Declining did not work; carries the problem.
    """

    waiting = Signal(int)
    declined = Signal(int)
    failed = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks
        self.listing: ListViewModel[None] = ListViewModel(tasks, "requests", self._rows, None)
        self.listing.changed.connect(self._count)

    def watch(self) -> None:
        """Keep the number true while the session lasts."""
        self._tasks.once("watch requests", self._watch())

    def decline(self, requests: Sequence[AccountRequest]) -> None:
        self._tasks.once("decline", self._decline(tuple(requests)))

    async def _watch(self) -> None:
        self.listing.load()
        while True:
            await asyncio.sleep(_EVERY_S)
            before = self.listing.state
            try:
                page = await self._rows(None, 0)
            except DriveSphereError:
                continue  # the status bar says what is wrong with the connection
            if self.listing.state is before and page != before.first:
                self.listing.load()

    async def _decline(self, requests: tuple[AccountRequest, ...]) -> None:
        try:
            await self._desk.call(lambda: self._desk.services.admin.requests.decline(self._desk.actor, requests))
        except DriveSphereError as problem:
            self.failed.emit(problem)
        else:
            self.declined.emit(len(requests))
        self.listing.load()

    async def _rows(self, _query: None, offset: int) -> RequestPage:
        return await self._desk.call(lambda: self._desk.services.admin.requests.page(self._desk.actor, offset=offset))

    def _count(self, state: PagedState[None]) -> None:
        if state.phase is Phase.READY and state.first is not None:
            self.waiting.emit(state.first.total)
