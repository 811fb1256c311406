"""How smooth the window is while data loads: gaps between turns of its event loop, on the demo's servers.

A turn that comes late is a frame that comes late. Prints the gaps over signing in, searches and switches, beside
those of the idle window in the same run: these machines are noisy, and what the idle window shows is the machine.
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
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from desktop.app import Program
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session import SessionPhase
from engine.config import load
from engine.domain.catalogue import CarOrder

_TICK_S = 0.001


async def gaps(during: Callable[[], Awaitable[None]]) -> list[float]:
    """Milliseconds by which turns of the loop came late while *during* ran."""
    late: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_S)
            late.append((time.perf_counter() - before - _TICK_S) * 1000)

    watching = asyncio.create_task(watch())
    await during()
    watching.cancel()
    await asyncio.wait({watching})
    return late


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 -- no event of asyncio's stands behind a widget
        await asyncio.sleep(0.005)


async def measure(program: Program) -> None:
    living = asyncio.create_task(program.live())
    session = program.session
    await until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)

    async def idle() -> None:
        await asyncio.sleep(1.0)

    async def sign_in() -> None:
        clerk = session.state.offered[0]
        session.sign_in(clerk.account, clerk.password)
        await until(lambda: session.state.phase is SessionPhase.SIGNED_IN)
        search = program.window.workspace._workspace.search
        await until(lambda: search.state.phase is Phase.READY and search.state.first)
        await asyncio.sleep(0.2)

    async def search() -> None:
        search = program.window.workspace._workspace.search
        orders = list(CarOrder)
        for n in range(20):
            branch = search.state.branches[n % len(search.state.branches)].id
            search.search(replace(search.state.form, branch_id=branch, order=orders[n % len(orders)]))
            await until(lambda: search.state.phase is Phase.READY)
            await asyncio.sleep(0.05)

    async def switch() -> None:
        for n in range(20):
            program.window.workspace.go("bookings" if n % 2 == 0 else "find")
            await asyncio.sleep(0.05)

    print(f"{'while':>10}  {'p50 ms':>7}  {'p99 ms':>7}  {'worst ms':>8}  {'over 16 ms':>10}")
    for name, work in (("idle", idle), ("signing in", sign_in), ("searching", search), ("switching", switch)):
        late = await gaps(work)
        cuts = statistics.quantiles(late, n=100)
        print(f"{name:>10}  {cuts[49]:>7.2f}  {cuts[98]:>7.2f}  {max(late):>8.1f}  {sum(gap > 16 for gap in late):>10}")
    program.leave()
    await living


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    sys.setswitchinterval(0.0005)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        preferences = Preferences(Path(folder) / "preferences.ini")
        settings = load(Path(folder) / "data", environ={}, cwd=Path(folder))
        runner.run(measure(Program(app, settings, preferences, Stopwatch())))
