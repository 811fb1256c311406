"""Owned background work: every coroutine the window starts has a name and an owner.

API: TaskScope with once(name, work), latest(name, work), await ended(name), aclose(); signals failed, idle_changed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog
from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

if TYPE_CHECKING:
    from collections.abc import Coroutine

log = structlog.get_logger(__name__)


class TaskScope(QObject):
    """Tasks that live no longer than the screen that started them.

    Signals:
        failed: A task ended with an exception; carries it.
        idle_changed: The scope ran dry (True) or got busy (False).
    """

    failed = Signal(object)
    idle_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._alive: set[asyncio.Task[None]] = set()
        self._by_name: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._alive

    def running(self, name: str) -> bool:
        # Work that has ended stays listed until the loop's next turn.
        return (task := self._by_name.get(name)) is not None and not task.done()

    def once(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Start unless *name* is already running: for commands such as "pay"."""
        if self.running(name):
            work.close()
        else:
            self._start(name, work)

    def latest(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Start and drop the older run of *name*: for queries such as "search"."""
        self.stop(name)
        self._start(name, work)

    def stop(self, name: str) -> None:
        """Cancel *name* if it runs; cancelled work is no failure."""
        if (older := self._by_name.pop(name, None)) is not None:
            _cancel(older)

    async def ended(self, name: str) -> None:
        """Wait until no *name* runs; a failure of it is told by ``failed`` alone."""
        while (running := self._by_name.get(name)) is not None:
            await asyncio.wait({running})
            await asyncio.sleep(0)  # the done-callback runs one turn later

    async def aclose(self) -> None:
        """Cancel everything, wait until it has unwound, and start nothing any more."""
        self._closed = True
        mine = asyncio.current_task()
        while others := {task for task in self._alive if task is not mine}:
            for task in others:
                _cancel(task)
            await asyncio.wait(others)
            # The done-callbacks run one turn later; without it this loop would spin.
            await asyncio.sleep(0)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if self._closed:
            work.close()
            return
        was_idle = self.idle
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._alive.add(task)
        self._by_name[name] = task
        task.add_done_callback(self._done)
        if was_idle:
            self.idle_changed.emit(self.idle)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._alive.discard(task)
        if self._by_name.get(task.get_name()) is task:
            del self._by_name[task.get_name()]
        problem = None if task.cancelled() else task.exception()
        if not isValid(self):
            # Its widget was deleted while the task unwound: nobody hears a signal any more.
            if problem is not None:
                log.error("tasks.failed_unheard", task=task.get_name(), exc_info=problem)
            return
        if problem is not None:
            self.failed.emit(problem)
        if self.idle:
            self.idle_changed.emit(self.idle)


def _cancel(task: asyncio.Task[None]) -> None:
    """Cancel once; a second cancel would interrupt the clean-up of the first."""
    if not task.cancelling():
        task.cancel()
