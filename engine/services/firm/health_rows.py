"""Two looks of the doctor at all rows: claims beside bookings, and rows beside their shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.domain.health.claims import Walk
from engine.domain.health.health import Finding, HealthArea, Level, told
from engine.domain.health.words import many

#: How long each walk may take while somebody waits before a window, and where the command line waits for all of it.
MOST, UNHURRIED = timedelta(seconds=20), timedelta(hours=2)
_TODO = "Somebody wrote past the program: look at the audit and at who has accounts, then tell who looks after it."


Hear = Callable[[str], None]


def _deaf(_: str) -> None:
    """Nobody waits."""


class HealthRows(Protocol):
    """Raises Unavailable("mongodb"), and Forbidden where the account may not look."""

    async def claims_beside_bookings(self, now: datetime, most: timedelta, hear: Hear = ...) -> Walk: ...

    async def rows_beside_shapes(self, most: timedelta, hear: Hear = ...) -> Walk: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How long each walk may take, and who is told how far it came."""

    most: timedelta = MOST
    hear: Hear = _deaf


#: Somebody waits before a window.
HURRIED = Pace()


async def claims(rows: HealthRows, now: datetime, pace: Pace) -> Finding:
    walk = await rows.claims_beside_bookings(now, pace.most, pace.hear)
    return _finding(
        HealthArea.CLAIMS, walk, "Every car is claimed by what keeps it, and by nothing else.", "car", "claim"
    )


async def shapes(rows: HealthRows, pace: Pace) -> Finding:
    walk = await rows.rows_beside_shapes(pace.most, pace.hear)
    return _finding(
        HealthArea.ROWS, walk, "Every record is of the shape that its collection has.", "collection", "record"
    )


def _finding(area: HealthArea, walk: Walk, good: str, what: str, fault: str) -> Finding:
    facts: tuple[tuple[str, str], ...] = (("Looked at", many(walk.looked, what)),)
    if walk.wrong:
        says = f"{many(walk.wrong, fault)} not as the program writes it."
        return Finding(area, Level.BAD, says, (*facts, ("Wrong", told(walk.lines))), _TODO, missed=walk.cut_off)
    if walk.cut_off:
        says = "There was no time to look at all of it."
        return Finding(area, Level.UNKNOWN, says, facts, "Run: drivesphere doctor, which takes its time.", missed=True)
    return Finding(area, Level.GOOD, good, facts)
