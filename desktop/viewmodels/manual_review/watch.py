"""What was written past the program: by the watch of this window, and by workers' words of the last days."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from engine.domain.booking.watch import FOUND
from engine.domain.firm.audit import AuditQuery
from engine.domain.shared.errors import DriveSphereError
from engine.words.health import written

#: So far back a worker's word is told once more to whoever was not there.
_DAYS = timedelta(days=3)
_AGAIN_S = 5.0


class WatchViewModel(QObject):
    """Signals: ``told`` carries how many lines there are, and the newest; empty where a worker left them."""

    told = Signal(int, str)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks

    def watch(self) -> None:
        """Tell while the session lasts."""
        self._tasks.once("watch found", self._watch())

    async def _watch(self) -> None:
        if noted := await self._noted():
            self.told.emit(noted, "")
        watch, seen = self._desk.services.admin.watch, 0
        while True:
            new = await self._desk.call(partial(watch.next, seen))
            seen += len(new)
            self.told.emit(noted + seen, written(new[-1].says))

    async def _noted(self) -> int:
        query = AuditQuery(what=FOUND, since=self._desk.now() - _DAYS)
        while True:
            try:
                page = await self._desk.call(lambda: self._desk.services.admin.audit.page(self._desk.actor, query))
            except DriveSphereError:
                await asyncio.sleep(_AGAIN_S)  # the status bar says what is wrong with the connection
            else:
                return page.total
