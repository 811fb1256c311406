"""What seldom changes, remembered for a moment so that a booking need not ask for it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from engine.domain.shared.boot_clock import since_boot

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
