"""A clock that nobody can set and that goes on while the computer sleeps; waiting by it, and ending those who wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

#: An event loop's own timers stop while the computer sleeps: no wait by them is longer than this.
STEP_S = 5.0
#: Clocks that drift apart by more than this since the last look did not do so by themselves.
JUMP_S = 2.0
_CANCEL_AGAIN_S = 1.0


def since_boot() -> float:
    """Seconds since the computer was started, its sleep included, where the system tells them."""
    if (boot := getattr(time, "CLOCK_BOOTTIME", None)) is not None:  # Linux; elsewhere the monotonic clock goes on
        return time.clock_gettime(boot)
    clock = getattr(time, "CLOCK_MONOTONIC", None)  # macOS, where Python's own monotonic clock stops
    return time.monotonic() if clock is None else time.clock_gettime(clock)


async def rest(seconds: float, clock: Callable[[], float] = since_boot) -> None:
    """As ``asyncio.sleep``, but a computer that slept meanwhile is not waited for once more."""
    heed_cancellation()
    until = clock() + seconds
    while (left := until - clock()) > 0:  # noqa: ASYNC110 -- time itself is waited for, which sets no event
        await asyncio.sleep(min(left, STEP_S))


def heed_cancellation() -> None:
    """End where this task was cancelled and a driver kept that to itself, because an answer came in the same moment.

    Whoever leaves a group of tasks asks each of them once only: a task that goes on would be waited for for ever.

    Raises: asyncio.CancelledError.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel *tasks* until they have ended.

    Drivers, and Python 3.11's ``wait_for``, keep a cancellation to themselves where an answer comes in the same moment.
    """
    every = tuple(tasks)
    while alive := [task for task in every if not task.done()]:
        for task in alive:
            task.cancel()
        await asyncio.wait(alive, timeout=_CANCEL_AGAIN_S)


@dataclass(slots=True)
class JumpWatch:
    """Tells whether a clock jumped since the last look: the computer slept, or somebody set its clock.

    Attributes:
        clocks: Seconds by clocks that otherwise run alike; the last look's readings are kept.
    """

    clocks: tuple[Callable[[], float], ...] = (since_boot, time.monotonic, time.time)
    _last: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._last = self._read()

    def jumped(self) -> bool:
        before, self._last = self._last, self._read()
        passed = [now - then for now, then in zip(self._last, before, strict=True)]
        return max(passed) - min(passed) > JUMP_S

    def _read(self) -> tuple[float, ...]:
        return tuple(clock() for clock in self.clocks)
