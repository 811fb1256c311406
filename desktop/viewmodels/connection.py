"""Whether the servers answer, and when they last did; never "live" without proof."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from PySide6.QtCore import Signal

from desktop.bridge import EngineThread
from desktop.tasks import TaskScope
from desktop.viewmodels.state import StateViewModel
from engine.domain.firm.events import Pulse
from engine.domain.shared.errors import DriveSphereError, RuleBroken, Unavailable

#: An account that was changed by an administrator is told so within five seconds.
_EVERY_S = 3.0
#: Pauses between two tries while nobody answers; the last one again and again.
_WHEN_AWAY_S = (1.0, 2.0, 4.0, 8.0)
#: The driver itself would go on hoping for longer than a person should be left in the dark.
_ANSWER_S = 3.0
#: The change streams say something every second; whoever was silent for longer may have died.
FRESH = timedelta(seconds=4)
#: Most answers to let pass before what keeps failing is tried once more.
_MOST_PASSED = 15
#: Answers without a doubt between them after which all is well again; longer than a slow question takes to fail.
_CALM = 5


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """Everything there is to draw.

    Attributes:
        heard_at: Server time (UTC) of the last answer; None before the first.
        problem: Why there is no answer now; None while there is one.
        cache: Whether Redis answers; bookings go on without it.
        streaming: The change streams are open as far as anybody knows, so that what is shown follows other desks.
    """

    heard_at: datetime | None = None
    problem: DriveSphereError | None = None
    cache: bool = True
    streaming: bool = False

    def live(self, now: datetime) -> bool:
        """Whether there is proof that nothing shown is older than a moment (X5)."""
        heard = self.heard_at is not None and now - self.heard_at <= FRESH
        return heard and self.streaming and self.problem is None


class ConnectionViewModel(StateViewModel[ConnectionState]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        revoked: The account may not sign in any more; carries the problem.
        back: The servers answer again after they did not, or for the first time since a clock jumped.
        retry: The servers answer, and somebody got no answer of them a moment ago: an outage too short to be seen from
            here, or one slow query. What could not be loaded may be asked for again.
    """

    revoked = Signal(object)
    back = Signal()
    retry = Signal()

    def __init__(
        self,
        bridge: EngineThread,
        probe: Callable[[], Awaitable[tuple[datetime, bool]]],
        tasks: TaskScope,
    ) -> None:
        """*probe* runs in the engine: the server's time now, and whether Redis answers; raises what is wrong."""
        super().__init__(ConnectionState())
        self._bridge, self._probe, self._tasks = bridge, probe, tasks
        self._distrusted = False
        self._doubted, self._calm, self._spacing, self._to_pass = False, 0, 0, 0

    def watch(self) -> None:
        self._tasks.once("connection", self._watch())

    def look_now(self) -> None:
        self._tasks.latest("connection", self._watch())

    def distrust(self) -> None:
        """A clock jumped: what is shown may be of another time. Nothing is live until an answer says so anew."""
        self._distrusted = True
        self.feed(replace(self.state, heard_at=None))
        self.look_now()

    def suspect(self) -> None:
        """Somebody got no answer of the database; the next look tells whether it is worth to ask once more."""
        self._doubted = True

    def on_pulse(self, pulse: Pulse) -> None:
        """Word of the change streams; when they break or come back, the servers are asked at once."""
        turned = pulse.streaming is not self.state.streaming
        heard_at = self.state.heard_at
        if pulse.streaming and pulse.heard_at is not None:
            heard_at = pulse.heard_at if heard_at is None else max(heard_at, pulse.heard_at)
        self.feed(replace(self.state, streaming=pulse.streaming, heard_at=heard_at))
        if turned and pulse.streaming is (self.state.problem is not None):
            self.look_now()

    async def _watch(self) -> None:
        tries = 0
        while True:
            away = self.state.problem is not None
            try:
                heard_at, cache = await self._bridge.call(self._probing)
            except RuleBroken as problem:
                self.revoked.emit(problem)
                return
            except DriveSphereError as problem:
                tries += 1
                self.feed(replace(self.state, problem=problem))
            else:
                tries = 0
                self.feed(replace(self.state, heard_at=heard_at, problem=None, cache=cache))
                self._encourage(away=away)
            await asyncio.sleep(_WHEN_AWAY_S[min(tries, len(_WHEN_AWAY_S)) - 1] if tries else _EVERY_S)

    def _encourage(self, *, away: bool) -> None:
        """Have what failed asked for again, and less often while it goes on failing."""
        if away or self._distrusted:
            self._doubted = self._distrusted = False
            self.back.emit()
            return
        due, self._to_pass = not self._to_pass, max(self._to_pass - 1, 0)
        if not self._doubted:
            self._calm += 1
            if self._calm > self._spacing + _CALM:
                self._spacing = 0
        elif due:
            self._doubted, self._calm = False, 0
            self._spacing = self._to_pass = min(2 * self._spacing + 1, _MOST_PASSED)
            self.retry.emit()

    async def _probing(self) -> tuple[datetime, bool]:
        try:
            async with asyncio.timeout(_ANSWER_S):
                return await self._probe()
        except TimeoutError:
            raise Unavailable("mongodb", "no answer in time") from None
