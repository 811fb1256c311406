"""Asking for an account from the sign-in screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from desktop.tasks import TaskScope
from desktop.viewmodels.state import StateViewModel
from engine.domain.people.account_requests import NewRequest, read_request
from engine.domain.shared.errors import DriveSphereError


@dataclass(frozen=True, slots=True)
class AskingState:
    """Attributes: ``filed`` once an administrator can see the request."""

    busy: bool = False
    filed: bool = False
    problem: DriveSphereError | None = None


class AccountRequestViewModel(StateViewModel[AskingState]):
    """Signals: ``changed`` carries the new state."""

    def __init__(self, ask: Callable[[NewRequest], Awaitable[None]], tasks: TaskScope) -> None:
        super().__init__(AskingState())
        self._ask, self._tasks = ask, tasks

    def begin(self) -> None:
        self.feed(AskingState())

    def file(self, name: str, email: str, phone: str, note: str) -> None:
        if not self.state.busy:
            self._tasks.latest("ask for an account", self._file(name, email, phone, note))

    async def _file(self, name: str, email: str, phone: str, note: str) -> None:
        self.feed(AskingState(busy=True))
        try:
            await self._ask(read_request(name, email, phone, note))
        except DriveSphereError as problem:
            self.feed(AskingState(problem=problem))
        except Exception:
            self.feed(AskingState())
            raise
        else:
            self.feed(replace(self.state, busy=False, filed=True))
