"""Asking for an account from the sign-in screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from engine.domain.account_requests import NewRequest, read_request
from engine.domain.errors import DriveSphereError


@dataclass(frozen=True, slots=True)
class AskingState:
    """Attributes: ``filed`` once an administrator can see the request."""

    busy: bool = False
    filed: bool = False
    problem: DriveSphereError | None = None


class AskingViewModel(QObject):
    """Signals: ``changed`` carries the new state."""

    changed = Signal(object)

    def __init__(self, ask: Callable[[NewRequest], Awaitable[None]], tasks: TaskScope) -> None:
        super().__init__()
        self._ask, self._tasks = ask, tasks
        self.state = AskingState()

    def begin(self) -> None:
        self._show(AskingState())

    def file(self, name: str, email: str, phone: str, note: str) -> None:
        if not self.state.busy:
            self._tasks.latest("ask for an account", self._file(name, email, phone, note))

    async def _file(self, name: str, email: str, phone: str, note: str) -> None:
        self._show(AskingState(busy=True))
        try:
            await self._ask(read_request(name, email, phone, note))
        except DriveSphereError as problem:
            self._show(AskingState(problem=problem))
        except Exception:
            self._show(AskingState())
            raise
        else:
            self._show(replace(self.state, busy=False, filed=True))

    def _show(self, state: AskingState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
