"""News from other desks, brought to the window's thread without making it wait."""

from __future__ import annotations

import asyncio
import time

from PySide6.QtCore import QObject, Signal

from desktop.bridge import EngineThread
from desktop.tasks import TaskScope
from engine.domain.firm.events import Fact, Pulse, Resync
from engine.services.firm.live import LiveService, Subscription

#: So long news may keep the window busy before it may draw again; half of a frame at 60 a second.
_SLICE_S = 0.008


class LiveViewModel(QObject):
    """Signals: all of them are about what happened in the database, by this desk or another.

    Signals:
        happened: One thing changed; carries the Fact.
        resync: Something was missed: what is shown has to be asked for again.
        pulse_changed: How far one may believe that nothing has changed; carries the Pulse, every second or so.
    """

    happened = Signal(object)
    resync = Signal()
    pulse_changed = Signal(object)

    def __init__(self, bridge: EngineThread, live: LiveService, tasks: TaskScope) -> None:
        super().__init__()
        self._bridge, self._live, self._tasks = bridge, live, tasks

    def listen(self) -> None:
        self._tasks.once("live", self._listen())

    async def _listen(self) -> None:
        listener = await self._bridge.call(self._subscribe)
        while True:
            news = await self._bridge.call(listener.next)
            self.pulse_changed.emit(news.pulse)
            await self._tell(news.facts)

    async def _subscribe(self) -> Subscription:
        return self._live.subscribe()

    async def _tell(self, facts: tuple[Fact, ...]) -> None:
        began = time.perf_counter()
        for fact in facts:
            if isinstance(fact, Resync):
                self.resync.emit()
            else:
                self.happened.emit(fact)
            if time.perf_counter() - began > _SLICE_S:
                await asyncio.sleep(0)
                began = time.perf_counter()


__all__ = ["Fact", "LiveViewModel", "Pulse"]
