"""The engine's own thread: a plain asyncio loop that knows nothing of Qt, and the way across.

API: EngineThread with start(), await call(make_coroutine), await hold(make_context), await stop().
"""

from __future__ import annotations

import asyncio
import sys
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from contextlib import AbstractAsyncContextManager
    from typing import Any

T = TypeVar("T")


class Across(Protocol):
    """Whoever brings work to the engine's thread."""

    async def call(self, make_coroutine: Callable[[], Coroutine[Any, Any, T]], /) -> T:
        """Run it over there and wait for its answer here."""


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
        the engine's clean-up goes on by itself, and whatever it ends with is nobody's any more.

        Raises:
            RuntimeError: The thread is not running.
        """
        if self._loop is None or self._stopping or self._ended.done():
            raise RuntimeError("the engine thread is not running")

        async def over_there() -> T:
            if (task := asyncio.current_task()) is not None:
                task.add_done_callback(_heard)
            return await make_coroutine()

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(over_there(), self._loop))

    async def hold(self, make_context: Callable[[], AbstractAsyncContextManager[T]]) -> Held[T]:
        """Enter an async context over there and keep it open until ``Held.aclose``; one task enters and leaves it."""
        held: Held[T] = Held(self)
        await held.enter(make_context)
        return held

    async def stop(self) -> None:
        """Cancel what is left over there, wait until it has unwound, end the thread. May be called twice."""
        if self._loop is None or self._thread is None:
            return
        if not self._stopping and not self._ended.done():
            self._stopping = True
            self._loop.call_soon_threadsafe(self._leave.set)
        await asyncio.shield(asyncio.wrap_future(self._ended))
        self._thread.join()

    def cut_off(self) -> bool:
        """As ``stop``, for whoever has no loop left to wait in; False where the thread had ended, or never began."""
        if self._loop is None or self._thread is None or self._ended.done():
            return False
        if not self._stopping:
            self._stopping = True
            self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join()
        return True

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(self._stay())
        finally:
            self._ended.set_result(None)

    async def _stay(self) -> None:
        await self._leave.wait()


class Held(Generic[T]):
    """Something the engine thread keeps open for the window: servers, or a signed-in desk."""

    def __init__(self, thread: EngineThread) -> None:
        self._thread = thread
        self._leave: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._value: T | None = None

    @property
    def value(self) -> T:
        if self._value is None:
            raise RuntimeError("nothing is held")
        return self._value

    async def enter(self, make_context: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._value = await self._thread.call(lambda: self._enter(make_context))

    async def aclose(self) -> None:
        """Leave the context and wait until it is left; an exception on the way out crosses."""
        await self._thread.call(self._exit)

    async def _enter(self, make_context: Callable[[], AbstractAsyncContextManager[T]]) -> T:
        entered: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._leave = asyncio.Event()
        self._task = asyncio.create_task(self._keep(make_context, entered, self._leave), name="held")
        try:
            return await entered
        except asyncio.CancelledError:
            self._task.cancel()
            raise

    async def _keep(
        self,
        make_context: Callable[[], AbstractAsyncContextManager[T]],
        entered: asyncio.Future[T],
        leave: asyncio.Event,
    ) -> None:
        try:
            async with make_context() as value:
                if not entered.done():
                    entered.set_result(value)
                await leave.wait()
        except Exception as problem:
            if entered.done():
                raise
            entered.set_exception(problem)

    async def _exit(self) -> None:
        if self._leave is not None and self._task is not None:
            self._leave.set()
            await self._task


def _heard(task: asyncio.Task[object]) -> None:
    """Whoever waited may be gone; asyncio would complain that nobody asked how it ended."""
    if not task.cancelled():
        task.exception()


def _plain_loop() -> asyncio.AbstractEventLoop:
    """A loop without Qt; under qasync ``asyncio.new_event_loop()`` would hand out a second Qt loop."""
    if sys.platform == "win32":
        return asyncio.ProactorEventLoop()
    return asyncio.SelectorEventLoop()
