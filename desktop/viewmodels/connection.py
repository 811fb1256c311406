"""Whether the servers answer, and when they last did; never "live" without proof."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from desktop.bridge import EngineThread
from desktop.tasks import TaskScope
from engine.domain.errors import DriveSphereError, RuleBroken

#: An account that was changed by an administrator is told so within five seconds.
_EVERY_S, _WHEN_AWAY_S = 3.0, 2.0


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """Everything there is to draw.

    Attributes:
        heard_at: Server time (UTC) of the last answer; None before the first.
        problem: Why there is no answer now; None while there is one.
        cache: Whether Redis answers; bookings go on without it.
    """

    heard_at: datetime | None = None
    problem: DriveSphereError | None = None
    cache: bool = True


class ConnectionViewModel(QObject):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        revoked: The account may not sign in any more; carries the problem.
        back: The servers answer again after they did not.
    """

    changed = Signal(object)
    revoked = Signal(object)
    back = Signal()

    def __init__(
        self,
        bridge: EngineThread,
        probe: Callable[[], Awaitable[tuple[datetime, bool]]],
        tasks: TaskScope,
    ) -> None:
        """*probe* runs in the engine: the server's time now, and whether Redis answers; raises what is wrong."""
        super().__init__()
        self._bridge, self._probe, self._tasks = bridge, probe, tasks
        self.state = ConnectionState()

    def watch(self) -> None:
        self._tasks.once("connection", self._watch())

    def look_now(self) -> None:
        self._tasks.latest("connection", self._watch())

    async def _watch(self) -> None:
        while True:
            away = self.state.problem is not None
            try:
                heard_at, cache = await self._bridge.call(self._probing)
            except RuleBroken as problem:
                self.revoked.emit(problem)
                return
            except DriveSphereError as problem:
                self._show(replace(self.state, problem=problem))
            else:
                self._show(ConnectionState(heard_at, None, cache))
                if away:
                    self.back.emit()
            await asyncio.sleep(_WHEN_AWAY_S if self.state.problem else _EVERY_S)

    async def _probing(self) -> tuple[datetime, bool]:
        return await self._probe()

    def _show(self, state: ConnectionState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
