"""From the first frame to a signed-in desk, and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from desktop.tasks import TaskScope
from desktop.viewmodels.state import StateViewModel
from engine.domain.people.accounts import sign_in_name
from engine.domain.people.copy_pin import CopyLocked
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.reports.copying import CopyHead
from engine.domain.shared.errors import DriveSphereError, PasswordMustChange, Unavailable
from engine.domain.shared.remark import Remark
from engine.words.problems import told


class SessionPhase(Enum):
    STARTING = auto()  #: the servers come up
    BROKEN = auto()  #: they do not; ``problem`` says why
    SIGNED_OUT = auto()
    SIGNING_IN = auto()
    SIGNED_IN = auto()
    CHOOSING = auto()  #: another password, before anything else


@dataclass(frozen=True, slots=True)
class OfferedAccount:
    """An account of the demo, whose password is no secret."""

    account: str
    password: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class SessionState:
    """Everything there is to draw.

    Attributes:
        progress: What the servers are doing.
        offered: Empty outside the demo.
        account: Whose password is chosen.
        knows_old: The old password was just typed, and need not be asked for again.
        busy: The chosen password is on its way.
        copies: What can be opened with no network.
        locked: The account whose copy asks for its PIN now; empty otherwise.
    """

    phase: SessionPhase = SessionPhase.STARTING
    progress: str = ""
    problem: DriveSphereError | None = None
    offered: tuple[OfferedAccount, ...] = ()
    actor: Actor | None = None
    account: str = ""
    knows_old: bool = False
    busy: bool = False
    copies: tuple[CopyHead, ...] = ()
    locked: str = ""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the session asks of whoever holds the engine.

    Attributes:
        choose: Change a password: account, old, new.
        copies: The copies of owners' books on this computer; ``open_copy`` opens one without the servers, with its PIN
            where it has one; ``forget_copy`` removes one.
    """

    start: Callable[[Callable[[Remark], None]], Awaitable[tuple[OfferedAccount, ...]]]
    sign_in: Callable[[str, str], Awaitable[Actor]]
    sign_out: Callable[[], Awaitable[None]]
    choose: Callable[[str, str, str], Awaitable[None]]
    copies: Callable[[], Awaitable[tuple[CopyHead, ...]]] | None = None
    open_copy: Callable[[AccountName, str], Awaitable[Actor]] | None = None
    forget_copy: Callable[[AccountName], Awaitable[None]] | None = None


class SessionViewModel(StateViewModel[SessionState]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
    """

    def __init__(self, doors: Doors, tasks: TaskScope) -> None:
        super().__init__(SessionState())
        self._doors, self._tasks = doors, tasks
        self._up = False
        self._old = ""

    def start(self) -> None:
        """Bring the servers up; again after a failure."""
        self._tasks.once("start", self._start())

    def sign_in(self, account: str, password: str) -> None:
        self._tasks.once("sign in", self._sign_in(sign_in_name(account), password))

    def open_copy(self, account: AccountName) -> None:
        """Work with what is stored on this computer."""
        self._tasks.once("sign in", self._open_copy(account))

    async def unlock_copy(self, pin: str) -> None:
        """The one that asks for it. Raises: whatever keeps it closed; it goes on asking then."""
        if self._doors.open_copy is not None and self.state.locked:
            actor = await self._doors.open_copy(AccountName(self.state.locked), pin)
            self.feed(replace(self.state, phase=SessionPhase.SIGNED_IN, actor=actor, problem=None, locked=""))

    def leave_locked(self) -> None:
        """No PIN after all."""
        self.feed(replace(self.state, locked=""))

    def forget_copy(self, account: AccountName) -> None:
        """Neither it nor its key stays on this computer."""
        self._tasks.once("forget copy", self._forget_copy(account))

    def sign_out(self, problem: DriveSphereError | None = None) -> None:
        """*problem* is what the sign-in screen then says, for example that the account was disabled."""
        self._tasks.once("sign out", self._sign_out(problem))

    def change_password(self) -> None:
        """Of the account that is signed in; it is signed out for it."""
        if self.state.actor is not None:
            self._tasks.once("sign out", self._begin_change(self.state.actor.account))

    def choose(self, new: str, old: str = "") -> None:
        """*new* is the password from now on; *old* is needed where the state does not know it."""
        if self.state.phase is SessionPhase.CHOOSING and not self.state.busy:
            self._tasks.latest("choose", self._choose(self.state.account, old or self._old, new))

    def back(self) -> None:
        """No other password after all."""
        self._old = ""
        self.feed(replace(self.state, phase=SessionPhase.SIGNED_OUT, account="", problem=None))

    async def _start(self) -> None:
        self.feed(SessionState())
        try:
            offered = await self._doors.start(self._progress)
        except DriveSphereError as problem:
            self.feed(SessionState(SessionPhase.BROKEN, problem=problem, copies=await self._copies()))
        except Exception as bug:
            self.feed(SessionState(SessionPhase.BROKEN, problem=Unavailable("embedded", type(bug).__name__)))
            raise
        else:
            self._up = True
            self.feed(SessionState(SessionPhase.SIGNED_OUT, offered=offered, copies=await self._copies()))

    async def _sign_in(self, account: str, password: str) -> None:
        self.feed(replace(self.state, phase=SessionPhase.SIGNING_IN, problem=None))
        try:
            actor = await self._doors.sign_in(account, password)
        except PasswordMustChange:
            self._old = password
            asked = replace(self.state, phase=SessionPhase.CHOOSING, account=account, knows_old=True)
            self.feed(asked)
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=SessionPhase.SIGNED_OUT, problem=problem))
        except Exception:
            self.feed(replace(self.state, phase=SessionPhase.SIGNED_OUT))
            raise
        else:
            self.feed(replace(self.state, phase=SessionPhase.SIGNED_IN, actor=actor))

    async def _begin_change(self, account: str) -> None:
        await self._doors.sign_out()
        chosen = replace(self.state, phase=SessionPhase.CHOOSING, actor=None, account=account, knows_old=False)
        self.feed(replace(chosen, problem=None))

    async def _choose(self, account: str, old: str, new: str) -> None:
        self.feed(replace(self.state, busy=True, problem=None))
        try:
            await self._doors.choose(account, old, new)
        except DriveSphereError as problem:
            self.feed(replace(self.state, busy=False, problem=problem))
        except Exception:
            self.feed(replace(self.state, busy=False))
            raise
        else:
            self._old = ""
            self.feed(replace(self.state, busy=False, account=""))
            await self._sign_in(account, new)

    async def _sign_out(self, problem: DriveSphereError | None) -> None:
        await self._doors.sign_out()
        if not self._up:
            # What was open was a stored copy: with the servers it is begun anew.
            await self._start()
            return
        signed_out = replace(self.state, phase=SessionPhase.SIGNED_OUT, actor=None, problem=problem)
        self.feed(replace(signed_out, copies=await self._copies()))

    async def _open_copy(self, account: AccountName) -> None:
        if self._doors.open_copy is None:
            return
        try:
            actor = await self._doors.open_copy(account, "")
        except CopyLocked:
            self.feed(replace(self.state, problem=None, locked=account))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem, copies=await self._copies()))
        else:
            self.feed(replace(self.state, phase=SessionPhase.SIGNED_IN, actor=actor, problem=None))

    async def _forget_copy(self, account: AccountName) -> None:
        if self._doors.forget_copy is not None:
            await self._doors.forget_copy(account)
        self.feed(replace(self.state, locked="", copies=await self._copies()))

    async def _copies(self) -> tuple[CopyHead, ...]:
        return () if self._doors.copies is None else await self._doors.copies()

    def _progress(self, said: Remark) -> None:
        if self.state.phase is SessionPhase.STARTING:
            self.feed(replace(self.state, progress=told(said)))
