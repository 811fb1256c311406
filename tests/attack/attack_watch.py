"""Who tells of it by itself, and when: a worker's watch and an administrator's window's, run as the program does."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from statistics import median
from time import perf_counter

from attack_cells import Cell
from attack_run import Tried, outcome

from engine.bootstrap import Engine
from engine.services.firm.watch import EVERY
from engine.wiring.background import at_work
from engine.words.health import written

WORKER, WINDOW = "worker's watch", "administrator's watch"
#: What must be told within a minute of its writing is, in a long run, which has the machine for itself; a short one
#: runs beside other tests, and insists that it is told.
LIMIT_S = 60.0 if os.environ.get("ATTACK") == "long" else 300.0
_LEFT_LYING = "paid_unbooked"
#: detector -> who has it look, when nobody asks.
BY_ITSELF = {
    WORKER: f"by itself, every {EVERY.seconds} s, told at the second look",
    WINDOW: f"by itself while the window is open, every {EVERY.seconds} s, with no worker too",
    "sweep": "by itself, every minute, by a worker and by each open desk",
    "desk": "at the act, before Stripe is asked",
    "list": "when a person opens it",
    "export": "when a person asks for it",
    "reconcile": "when a person runs it; what it tells of one row the watches tell too",
    "doctor": "when a person runs it or opens Health; what it tells of one row the watches tell too",
}


class Heard:
    """What the watches told: (when, whose, line)."""

    def __init__(self, worker: Engine, admin: Engine) -> None:
        self.lines: list[tuple[float, str, str, str]] = []
        self._engines = {WORKER: worker, WINDOW: admin}

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        async with at_work([lambda: self._run(WORKER), lambda: self._run(WINDOW)]):
            yield

    async def _run(self, who: str) -> None:
        office = self._engines[who].admin

        async def tell(found) -> None:
            self.lines += [
                (perf_counter(), who, each.area.value, f"{each.subject} {written(each.says)}") for each in found
            ]
            if who == WORKER:
                await office.watch_notes.note(found)

        await office.watch.run(tell)

    async def told(self) -> None:
        """Until each has looked at all that was written, as often as it takes; or the minute is over."""
        watches = [each.admin.watch for each in self._engines.values()]
        ends, before = perf_counter() + LIMIT_S, [each.looks for each in watches]
        while perf_counter() < ends:
            await asyncio.sleep(0.2)
            if all(each.settled and each.looks >= was + 2 for each, was in zip(watches, before, strict=True)):
                return

    def lay_down(self, every: Iterable[Tried]) -> None:
        for each in every:
            known = bool({"doctor", "reconcile"} & each.by.keys())
            for at, who, area, line in self.lines:
                # Nobody sweeps in the run: of a hold that ran out and was paid it is told after two minutes, rightly,
                # and where these were over before a desk let go of it, the others know nothing of it any more.
                if _LEFT_LYING in line and not known:
                    continue
                if who not in each.by and any(mark in line for mark in each.marks):
                    each.by[who], each.seconds[who] = area, at - each.written


def late(tried: Tried, *, only_window: bool) -> list[str]:
    """Who had to tell of it within the minute and did not: whatever doctor or reconcile know of one row."""
    if tried.refused or tried.door or not {"doctor", "reconcile"} & tried.by.keys():
        return []
    return [
        f"{who}: {tried.seconds[who]:.1f} s" if who in tried.seconds else f"{who}: never"
        for who in ([WINDOW] if only_window else [WORKER, WINDOW])
        if tried.seconds.get(who, LIMIT_S + 1) > LIMIT_S
    ]


def times(every: Iterable[Tried]) -> list[str]:
    """A line for each detector: how many cells, the median and the worst of their seconds, and who has it look."""
    took: dict[str, list[float]] = {}
    for each in every:
        for who, seconds in each.seconds.items():
            took.setdefault(who, []).append(seconds)
    return [
        f"{who} | {len(took[who])} cells | median {median(took[who]):.2f} s | worst {max(took[who]):.2f} s | {by}"
        for who, by in BY_ITSELF.items()
        if who in took
    ]


def record(every: Iterable[Tried], reason: Callable[[Cell], str]) -> Iterator[str]:
    """A line of JSON for each cell."""
    for each in every:
        cell, took = each.cell, {who: round(seconds, 2) for who, seconds in each.seconds.items()}
        told = {"place": cell.place, "role": cell.role, "act": cell.act, "value": repr(each.value)[:80]}
        yield json.dumps({**told, "outcome": outcome(each, reason), "seconds": took})
