"""What is done again and again: how often it was, and whether the last time is too long ago."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from engine.domain.shared.boot_clock import since_boot

#: As many pauses without a round that came to its end are too many.
_PAUSES = 3


@dataclass(frozen=True, slots=True)
class Round:
    """How one kind of round goes.

    Attributes:
        age: Seconds since the last that came to its end, or since the first could begin.
        late: Whether that is too long.
        needed: Without it nobody is at work.
    """

    name: str
    done: int
    failed: int
    age: float
    late: bool
    needed: bool


@dataclass(slots=True)
class _Kept:
    pause: float
    needed: bool
    at: float
    done: int = 0
    failed: int = 0


@dataclass(slots=True)
class Rounds:
    """Attributes: ``clock`` in seconds, going on while the computer sleeps."""

    clock: Callable[[], float] = since_boot
    _kept: dict[str, _Kept] = field(default_factory=dict)

    def expect(self, name: str, pause: timedelta, *, needed: bool = False) -> None:
        """Rounds *name* follow each other after *pause* from now on."""
        self._kept[name] = _Kept(pause.total_seconds(), needed, self.clock())

    def did(self, name: str) -> None:
        kept = self._kept[name]
        kept.done, kept.at = kept.done + 1, self.clock()

    def missed(self, name: str) -> None:
        self._kept[name].failed += 1

    def told(self) -> list[Round]:
        now = self.clock()
        return [
            Round(name, each.done, each.failed, now - each.at, now - each.at > _PAUSES * each.pause, each.needed)
            for name, each in self._kept.items()
        ]
