"""How smooth the window is while data loads: gaps between turns of its event loop, on the demo's servers.

A turn that comes late is a frame that comes late. Prints the gaps over signing in, searches and switches, then as owner
over twelve months of earnings, beside those of the idle window in the same run: these machines are noisy, and what the
idle window shows is the machine.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from desktop.app import Program
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from desktop.viewmodels.earnings.earnings import EarningsState, EarningsViewModel
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.search.search import SearchState
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.areas.owner import OwnerArea
from engine.config import load
from engine.domain.car.catalogue import CarOrder
from engine.domain.people.people import Role
from engine.domain.shared.boot_clock import end_tasks

_TICK_S = 0.001
_DAY = timedelta(days=1)
#: For a step of the walk. One that takes longer is told, and the others are not waited for.
_STEP_S = 60.0


async def gaps(during: Callable[[], Awaitable[None]]) -> list[float]:
    """Milliseconds by which turns of the loop came late while *during* ran."""
    late: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_S)
            late.append((time.perf_counter() - before - _TICK_S) * 1000)

    watching = asyncio.create_task(watch())
    try:
        async with asyncio.timeout(_STEP_S):
            await during()
    finally:
        await end_tasks([watching])
    return late


class Failed(Exception):
    """What was waited for will not come."""


async def until(condition: Callable[[], object]) -> None:
    """Raises: Failed, from within *condition*."""
    while not condition():  # noqa: ASYNC110 -- no event of asyncio's stands behind a widget
        await asyncio.sleep(0.005)


def there(state: SearchState | EarningsState) -> bool:
    if state.phase is Phase.FAILED:
        raise Failed(str(state.problem))
    return state.phase is Phase.READY


class Walk:
    """What a person does, step by step; each step ends when what it asked for is there."""

    def __init__(self, program: Program) -> None:
        self.program, self.session = program, program.session

    async def idle(self) -> None:
        await asyncio.sleep(1.0)

    async def sign_in(self) -> None:
        await self._sign_in(Role.CLIENT)
        self.program.window.workspace.go("find")
        search = self.program.window.workspace.workspace.search
        await until(lambda: there(search.state) and search.state.first)
        await asyncio.sleep(0.2)

    async def search(self) -> None:
        search = self.program.window.workspace.workspace.search
        orders = list(CarOrder)
        # The wall clock is the branch's: the next hour here is past further east, where nothing can be searched then.
        form = search.state.form
        form = replace(form, pick_up=form.pick_up + _DAY, drop_off=form.drop_off + _DAY)
        for n in range(20):
            branch = search.state.branches[n % len(search.state.branches)].id
            search.search(replace(form, branch_id=branch, order=orders[n % len(orders)]))
            await until(lambda: there(search.state))
            await asyncio.sleep(0.05)

    async def switch(self) -> None:
        for n in range(20):
            self.program.window.workspace.go("bookings" if n % 2 == 0 else "find")
            await asyncio.sleep(0.05)

    async def as_owner(self) -> None:
        self.session.sign_out()
        await until(lambda: self.session.state.phase is SessionPhase.SIGNED_OUT)
        await self._sign_in(Role.OWNER)
        self.program.window.workspace.go("earnings")
        await until(lambda: there(self._figures().state))
        await asyncio.sleep(0.2)

    async def earnings(self) -> None:
        for _ in range(12):
            self._figures().step(-1)
            await until(lambda: there(self._figures().state))
            await asyncio.sleep(0.05)

    async def _sign_in(self, role: Role) -> None:
        account = next(each for each in self.session.state.offered if each.role is role)
        self.session.sign_in(account.account, account.password)
        await until(lambda: self.program.window.workspace is not None)

    def _figures(self) -> EarningsViewModel:
        return self.program.window.workspace.area(OwnerArea).earnings.vm


async def measure(program: Program) -> None:
    """Raises: Failed, TimeoutError, where a step does not come to its end; the program is left all the same."""
    living = asyncio.create_task(program.live())
    try:
        async with asyncio.timeout(_STEP_S):
            await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)
        await told(Walk(program))
    finally:
        program.leave()
        async with asyncio.timeout(_STEP_S):
            await living


async def told(walk: Walk) -> None:
    print(f"{'while':>10}  {'p50 ms':>7}  {'p99 ms':>7}  {'worst ms':>8}  {'over 16 ms':>10}")
    for name, work in (
        ("idle", walk.idle),
        ("signing in", walk.sign_in),
        ("searching", walk.search),
        ("switching", walk.switch),
        ("as owner", walk.as_owner),
        ("earnings", walk.earnings),
    ):
        try:
            late = await gaps(work)
        except (Failed, TimeoutError) as problem:
            print(f"{name:>10}  did not come to its end in {_STEP_S:.0f} s: {problem}")
            raise
        cuts = statistics.quantiles(late, n=100)
        print(f"{name:>10}  {cuts[49]:>7.2f}  {cuts[98]:>7.2f}  {max(late):>8.1f}  {sum(gap > 16 for gap in late):>10}")


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    sys.setswitchinterval(0.0005)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        preferences = Preferences(Path(folder) / "preferences.ini")
        settings = load(Path(folder) / "data", environ={}, cwd=Path(folder))
        runner.run(measure(Program(app, settings, preferences, Stopwatch())))
