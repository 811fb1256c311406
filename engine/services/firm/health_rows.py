"""Looks of the doctor at all rows: claims and agreements beside bookings, rows beside shapes, papers in series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.health.claims import Walk
from engine.domain.health.health import Finding, HealthArea, Level, told
from engine.domain.shared.remark import Fact, Remark, remark
from engine.ports.health import Hear, Inspection

#: How long each walk may take while somebody waits before a window, and where the command line waits for all of it.
MOST, UNHURRIED = timedelta(seconds=20), timedelta(hours=2)


def _deaf(_: Remark) -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long each walk may take, and who is told how far it came."""

    most: timedelta = MOST
    hear: Hear = _deaf


#: Somebody waits before a window.
HURRIED = Pace()


async def claims(rows: Inspection, now: datetime, pace: Pace) -> Finding:
    walk = await rows.claims_beside_bookings(now, pace.most, pace.hear)
    return _finding(HealthArea.CLAIMS, walk)


async def agreements(rows: Inspection, pace: Pace) -> Finding:
    walk = await rows.agreements_beside_bookings(pace.most, pace.hear)
    return _finding(HealthArea.AGREEMENTS, walk)


async def shifts(rows: Inspection, pace: Pace) -> Finding:
    walk = await rows.shifts_beside_bookings(pace.most, pace.hear)
    return _finding(HealthArea.SHIFTS, walk)


async def marks(rows: Inspection, pace: Pace) -> Finding:
    walk = await rows.marks_of_cars(pace.most, pace.hear)
    return _finding(HealthArea.MARKS, walk)


async def shapes(rows: Inspection, pace: Pace) -> Finding:
    walk = await rows.rows_beside_shapes(pace.most, pace.hear)
    return _finding(HealthArea.ROWS, walk)


async def papers(rows: Inspection, pace: Pace) -> Finding:
    walk = await rows.papers_in_series(pace.most, pace.hear)
    return _finding(HealthArea.PAPERS, walk)


def _finding(area: HealthArea, walk: Walk) -> Finding:
    facts: tuple[tuple[str, Fact], ...] = (("looked_at", remark(f"{area}.looked_at", count=walk.looked)),)
    if walk.wrong:
        says, lines = remark(f"{area}.wrong", count=walk.wrong), ("wrong", told(walk.lines))
        return Finding(area, Level.BAD, says, (*facts, lines), remark("do.past_program"), missed=walk.cut_off)
    if walk.cut_off:
        return Finding(area, Level.UNKNOWN, remark("look.no_time"), facts, remark("do.doctor"), missed=True)
    return Finding(area, Level.GOOD, remark(f"{area}.well"), facts)
