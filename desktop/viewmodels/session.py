"""From the first frame to a signed-in desk, and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from engine.domain.errors import DriveSphereError, Unavailable
from engine.domain.people import Actor, Role


class SessionPhase(Enum):
    STARTING = auto()  #: the servers come up
    BROKEN = auto()  #: they do not; ``problem`` says why
    SIGNED_OUT = auto()
    SIGNING_IN = auto()
    SIGNED_IN = auto()


@dataclass(frozen=True, slots=True)
class OfferedAccount:
    """An account of the demo, whose password is no secret."""

    account: str
    password: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class SessionState:
    """Attributes: ``progress`` is what the servers are doing; ``offered`` is empty outside the demo."""

    phase: SessionPhase = SessionPhase.STARTING
    progress: str = ""
    problem: DriveSphereError | None = None
    offered: tuple[OfferedAccount, ...] = ()
    actor: Actor | None = None


class SessionViewModel(QObject):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
    """

    changed = Signal(object)

    def __init__(
        self,
        start: Callable[[Callable[[str], None]], Awaitable[tuple[OfferedAccount, ...]]],
        sign_in: Callable[[str, str], Awaitable[Actor]],
        sign_out: Callable[[], Awaitable[None]],
        tasks: TaskScope,
    ) -> None:
        super().__init__()
        self._start_servers, self._sign_in_there, self._sign_out_there = start, sign_in, sign_out
        self._tasks = tasks
        self.state = SessionState()

    def start(self) -> None:
        """Bring the servers up; again after a failure."""
        self._tasks.once("start", self._start())

    def sign_in(self, account: str, password: str) -> None:
        self._tasks.once("sign in", self._sign_in(account.strip(), password))

    def sign_out(self, problem: DriveSphereError | None = None) -> None:
        """*problem* is what the sign-in screen then says, for example that the account was disabled."""
        self._tasks.once("sign out", self._sign_out(problem))

    async def _start(self) -> None:
        self._show(SessionState())
        try:
            offered = await self._start_servers(self._progress)
        except DriveSphereError as problem:
            self._show(SessionState(SessionPhase.BROKEN, problem=problem))
        except Exception as bug:
            self._show(SessionState(SessionPhase.BROKEN, problem=Unavailable("embedded", type(bug).__name__)))
            raise
        else:
            self._show(SessionState(SessionPhase.SIGNED_OUT, offered=offered))

    async def _sign_in(self, account: str, password: str) -> None:
        self._show(replace(self.state, phase=SessionPhase.SIGNING_IN, problem=None))
        try:
            actor = await self._sign_in_there(account, password)
        except DriveSphereError as problem:
            self._show(replace(self.state, phase=SessionPhase.SIGNED_OUT, problem=problem))
        except Exception:
            self._show(replace(self.state, phase=SessionPhase.SIGNED_OUT))
            raise
        else:
            self._show(replace(self.state, phase=SessionPhase.SIGNED_IN, actor=actor))

    async def _sign_out(self, problem: DriveSphereError | None) -> None:
        await self._sign_out_there()
        self._show(replace(self.state, phase=SessionPhase.SIGNED_OUT, actor=None, problem=problem))

    def _progress(self, text: str) -> None:
        if self.state.phase is SessionPhase.STARTING:
            self._show(replace(self.state, progress=text))

    def _show(self, state: SessionState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
