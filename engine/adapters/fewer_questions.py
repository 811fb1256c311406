"""Questions that cost a server, and this process, less: those of many callers are one, and an answer is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from engine.domain.shared.boot_clock import since_boot

Q = TypeVar("Q")
A = TypeVar("A")


class Together(Generic[Q, A]):
    """A question is never answered by what was read before it was asked: it goes alone, or with the next ones."""

    def __init__(self, ask: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]], most: int) -> None:
        """*ask* answers at most *most* questions in their order, with an error in the place of an answer or for all."""
        self._ask, self._most = ask, most
        self._waiting: list[tuple[Q, asyncio.Future[A | Exception]]] = []
        self._under_way: asyncio.Task[None] | None = None
        self._busy = False

    async def answer(self, question: Q) -> A:
        """Raises: What its own answer is, or what the questions that it went with have failed with."""
        answer = await (self._after_others(question) if self._busy else self._at_once(question))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _after_others(self, question: Q) -> A | Exception:
        # An error is an answer too: whoever is cancelled meanwhile leaves none behind that nobody hears of.
        answered: asyncio.Future[A | Exception] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answered))
        return await answered

    async def _at_once(self, question: Q) -> A | Exception:
        self._busy = True
        try:
            (answer,) = await self._ask((question,))
        finally:
            self._go_on()
        return answer

    def _go_on(self) -> None:
        self._busy = bool(self._waiting)
        if self._busy:
            # In a context of its own: the deadline of whoever was first is not that of the others.
            self._under_way = asyncio.create_task(self._ask_waiting(), context=Context())

    async def _ask_waiting(self) -> None:
        try:
            while asked := self._next():
                answers = await self._answers([question for question, _ in asked])
                for (_, answered), answer in zip(asked, answers, strict=True):
                    if not answered.done():
                        answered.set_result(answer)
        finally:
            for _, answered in self._waiting:
                answered.cancel()
            self._waiting.clear()
            self._busy = False

    async def _answers(self, questions: Sequence[Q]) -> Sequence[A | Exception]:
        try:
            return await self._ask(questions)
        except Exception as problem:  # noqa: BLE001 -- each of those who asked is told
            return [problem] * len(questions)

    def _next(self) -> list[tuple[Q, asyncio.Future[A | Exception]]]:
        """Those who still wait, without whoever left meanwhile."""
        there = [each for each in self._waiting if not each[1].done()]
        self._waiting = there[self._most :]
        return there[: self._most]


K = TypeVar("K")
V = TypeVar("V")

_FOR_S = 30.0
_MOST = 500


class Remembered(Generic[K, V]):
    """Values at most *for_s* seconds old, by default half a minute. A failed read is not remembered."""

    def __init__(self, for_s: float = _FOR_S) -> None:
        self._for_s = for_s
        self._known: dict[K, tuple[float, V]] = {}

    async def get(self, key: K, read: Callable[[K], Awaitable[V]]) -> V:
        now = since_boot()
        if (known := self._known.get(key)) is not None and now - known[0] < self._for_s:
            return known[1]
        value = await read(key)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (now, value)
        return value

    def forget(self) -> None:
        self._known.clear()
