"""Named moments of a desk's work at which it can be killed or stopped, put around the engine from outside.

A point is ``before X`` or ``after X``, where X is one of

``turn``                      the once-gate and the car's lease, taken
``transact NAME``             a whole transaction, by the name of its function (``claim`` is that of a hold)
``work STATE ATTEMPT``        a booking written inside a transaction, not committed yet
``add_agreement``             an agreement written inside a transaction, not committed yet
``issue``                     a paper written inside a transaction, not committed yet
``post``, ``move``            rows of the ledger and a drawer's cash, written and not committed yet
``store STATE ATTEMPT``       a compare-and-set, for example ``store held open``: the session's id is stored
``stripe METHOD``             a call of the gateway
``browser``                   the browser, opened on the page
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from engine.adapters.mongo.marks.book import MongoMarksOfCars
from engine.adapters.mongo.shifts import MongoDrawers
from engine.adapters.mongo.store import MongoStore
from engine.adapters.mongo.transaction import MongoTransaction
from engine.adapters.redis.leases import RedisBookingLock
from engine.adapters.stripe.gateway import StripeGateway
from engine.domain.booking.booking import Booking


def stage(booking: Booking) -> str:
    """Its state, and that of its newest attempt, or how it is paid without one."""
    newest = booking.payment.newest
    return f"{booking.state} {booking.payment.tender if newest is None else newest.state}"


ACTIONS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


@dataclass
class Points:
    """One process's points; ``tell`` sends an event to the suite."""

    tell: Callable[..., Awaitable[None]]
    seen: Counter[str] = field(default_factory=Counter)
    _armed: dict[str, tuple[str, int]] = field(default_factory=dict)
    _slow: dict[str, float] = field(default_factory=dict)

    def arm(self, point: str, action: str, nth: int) -> None:
        """The *nth* time from now that *point* is reached, ``kill`` or ``stop`` this process there."""
        self._armed[point] = action, self.seen[point] + nth

    def delay(self, point: str, seconds: float) -> None:
        """Linger at *point* once."""
        self._slow[point] = seconds

    async def reach(self, point: str) -> None:
        self.seen[point] += 1
        if point in self._slow:
            await asyncio.sleep(self._slow.pop(point))
        action, at = self._armed.get(point, ("", 0))
        if at == self.seen[point]:
            await self.tell("point", name=point, action=action)
            os.kill(os.getpid(), ACTIONS[action])

    @asynccontextmanager
    async def around(self, name: str) -> AsyncIterator[None]:
        await self.reach(f"before {name}")
        yield
        await self.reach(f"after {name}")

    def install(self) -> None:
        """Wrap the adapters' methods of this process."""
        self._wrap(MongoStore, "transact", lambda change, *_: f"transact {change.__name__}")
        self._wrap(MongoStore, "replace", lambda booking: f"store {stage(booking)}")
        self._wrap(MongoTransaction, "add", lambda booking: f"work {stage(booking)}")
        self._wrap(MongoTransaction, "replace", lambda booking, *_: f"work {stage(booking)}")
        self._wrap(MongoTransaction, "post", lambda *_: "post")
        self._wrap(MongoDrawers, "move", lambda *_: "move")
        self._wrap(MongoMarksOfCars, "add", lambda *_: "mark")
        self._wrap(MongoTransaction, "add_agreement", lambda *_: "add_agreement")
        self._wrap(MongoTransaction, "replace_agreement", lambda *_: "replace_agreement")
        self._wrap(MongoTransaction, "exchange_claim", lambda *_: "exchange_claim")
        self._wrap(MongoTransaction, "issue", lambda *_: "issue")
        for name, _ in inspect.getmembers(StripeGateway, inspect.iscoroutinefunction):
            if not name.startswith("_") and name != "aclose":
                self._wrap(StripeGateway, name, lambda *_, at=name: f"stripe {at}")
        self._wrap_turn()

    def _wrap(self, adapter: type, name: str, label: Callable[..., str]) -> None:
        real = getattr(adapter, name)

        @wraps(real)
        async def watched(this: Any, *args: Any, **options: Any) -> Any:
            async with self.around(label(*args, **options)):
                return await real(this, *args, **options)

        setattr(adapter, name, watched)

    def _wrap_turn(self) -> None:
        """Also tells the suite who was inside which car's critical section, and when, by the machine's one clock."""
        real, points = RedisBookingLock.take, self

        @asynccontextmanager
        async def take(
            this: RedisBookingLock, car_id: str, intent_key: str, booking_id: str, **options: bool
        ) -> AsyncIterator[Any]:
            asked = time.monotonic()
            async with real(this, car_id, intent_key, booking_id, **options) as turn:
                ended = points.watch_end(turn, booking_id, car_id)
                inside = {"car": car_id, "asked": asked, "entered": time.monotonic(), "leased": this._line.alive}
                await points.tell("entered", booking=booking_id, **inside)
                await points.reach("after turn")
                try:
                    yield turn
                finally:
                    await ended()

        RedisBookingLock.take = take

    def watch_end(self, turn: Any, booking_id: str, car_id: str) -> Callable[[], Awaitable[None]]:
        """Tell once that the section is left: before the block gives the turn back, which may be before it ends."""
        told = False

        async def ended() -> None:
            nonlocal told
            if not told:
                told = True
                await self.tell("left", booking=booking_id, car=car_id, at=time.monotonic())
                await self.reach("before leaving the turn")

        if turn is not None:
            leave = turn.leave

            async def watched(*args: Any) -> Any:
                await ended()
                return await leave(*args)

            turn.leave = watched
        return ended
