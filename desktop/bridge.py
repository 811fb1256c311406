"""The engine's own thread: a plain asyncio loop that knows nothing of Qt, and the way across.

API: EngineThread with start(), await call(make_coroutine), await stop().
"""

from __future__ import annotations

import asyncio
import sys
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

T = TypeVar("T")


class EngineThread:
    """Runs coroutines beside the window, so that neither can stall the other.

    What crosses are frozen records. The thread is no daemon: whoever starts it has to stop it,
    because what it holds (servers, money in flight) must be wound up and not cut off.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._leave = asyncio.Event()
        self._stopping = False
        self._ended: Future[None] = Future()

    def start(self) -> None:
        """Start once; a stopped thread is not started again."""
        if self._thread is not None:
            raise RuntimeError("the engine thread was started before")
        self._loop = _plain_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name="engine", daemon=False)
        self._thread.start()

    async def call(self, make_coroutine: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run the coroutine in the engine's loop and wait for its answer in this one.

        *make_coroutine* is called over there, so what it creates is born in that loop. An exception
        crosses as it is. Cancelling the waiting task cancels the engine's task and returns at once;
        the engine's clean-up goes on by itself.

        Raises:
            RuntimeError: The thread is not running.
        """
        if self._loop is None or self._stopping or self._ended.done():
            raise RuntimeError("the engine thread is not running")

        async def over_there() -> T:
            return await make_coroutine()

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(over_there(), self._loop))

    async def stop(self) -> None:
        """Cancel what is left over there, wait until it has unwound, end the thread. May be called twice."""
        if self._loop is None or self._thread is None:
            return
        if not self._stopping and not self._ended.done():
            self._stopping = True
            self._loop.call_soon_threadsafe(self._leave.set)
        await asyncio.shield(asyncio.wrap_future(self._ended))
        self._thread.join()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(self._stay())
        finally:
            self._ended.set_result(None)

    async def _stay(self) -> None:
        await self._leave.wait()


def _plain_loop() -> asyncio.AbstractEventLoop:
    """A loop without Qt; under qasync ``asyncio.new_event_loop()`` would hand out a second Qt loop."""
    if sys.platform == "win32":
        return asyncio.ProactorEventLoop()
    return asyncio.SelectorEventLoop()
