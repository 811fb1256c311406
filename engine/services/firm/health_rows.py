"""Two looks of the doctor at all rows: claims beside bookings, and rows beside their shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.domain.health.claims import Walk
from engine.domain.health.health import Finding, HealthArea, Level, told
from engine.domain.shared.remark import Fact, Remark, remark

#: How long each walk may take while somebody waits before a window, and where the command line waits for all of it.
MOST, UNHURRIED = timedelta(seconds=20), timedelta(hours=2)

Hear = Callable[[Remark], None]


def _deaf(_: Remark) -> None:
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
    return _finding(HealthArea.CLAIMS, walk)


async def shapes(rows: HealthRows, pace: Pace) -> Finding:
    walk = await rows.rows_beside_shapes(pace.most, pace.hear)
    return _finding(HealthArea.ROWS, walk)


def _finding(area: HealthArea, walk: Walk) -> Finding:
    facts: tuple[tuple[str, Fact], ...] = (("looked_at", remark(f"{area}.looked_at", count=walk.looked)),)
    if walk.wrong:
        says, lines = remark(f"{area}.wrong", count=walk.wrong), ("wrong", told(walk.lines))
        return Finding(area, Level.BAD, says, (*facts, lines), remark("do.past_program"), missed=walk.cut_off)
    if walk.cut_off:
        return Finding(area, Level.UNKNOWN, remark("look.no_time"), facts, remark("do.doctor"), missed=True)
    return Finding(area, Level.GOOD, remark(f"{area}.well"), facts)
