"""The counter's own share of a booking: what a clerk waits for between keys, on the demo's servers.

From the cards to the payment page for a known renter, by keyboard: each line is the time from a key until the next one
can be pressed, or until what was asked for is there. Typing and thinking are not counted. 120 ms of the
search are a pause on purpose: the program waits whether another letter comes.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from desktop.app import Program
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from desktop.viewmodels.booking.booking import PanelStage
from desktop.viewmodels.session.session import SessionPhase
from engine.config import load

_ROUNDS = 20


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 -- no event of asyncio's stands behind a widget
        await asyncio.sleep(0.001)


class Clerk:
    def __init__(self, program: Program, opened: list[str]) -> None:
        self.program, self.opened = program, opened
        self.waited: dict[str, list[float]] = defaultdict(list)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.program.window, key)

    async def wait(self, what: str, done: Callable[[], object], act: Callable[[], None] = lambda: None) -> None:
        began = time.perf_counter()
        act()
        await until(done)
        self.waited[what].append((time.perf_counter() - began) * 1000)

    async def book(self) -> None:
        view, desk = self.program.window.workspace.client, self.program.window.workspace.workspace
        panel, results = desk.panel, view.search.results
        await until(lambda: results.current_offer() is not None and not desk.search._tasks.running("search"))
        results.take_focus()
        began, pages = time.perf_counter(), len(self.opened)
        enter = partial(self.press, Qt.Key.Key_Return)
        await self.wait("Enter: the car in detail", view.car.main.hasFocus, enter)
        await self.wait("Enter: the booking panel", view.panel.renters.field.hasFocus, enter)
        QTest.keyClicks(view.panel.renters.field, "vogel jo")
        await self.wait("typed: the renter found", lambda: panel.state.found.rows)
        await self.wait("Enter: the renter chosen", lambda: panel.state.renter is not None, enter)
        await self.wait("Enter: the car held", lambda: panel.state.booking is not None, enter)
        await self.wait("       and its payment page made", lambda: panel.state.checkout_ready)
        await self.wait("Enter: the page opened", lambda: len(self.opened) > pages, enter)
        self.waited["all of it"].append((time.perf_counter() - began) * 1000)
        panel.give_up()
        await until(lambda: panel.state.stage is PanelStage.RELEASED)
        view.panel.close_panel()


async def measure(program: Program, opened: list[str]) -> None:
    living = asyncio.create_task(program.live())
    session = program.session
    await until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)
    offered = session.state.offered[0]
    session.sign_in(offered.account, offered.password)
    await until(lambda: program.window.workspace is not None)
    clerk = Clerk(program, opened)
    for _ in range(_ROUNDS):
        await clerk.book()
    print(f"{'from the key to':<32}  {'p50 ms':>7}  {'worst ms':>8}")
    for what, waits in clerk.waited.items():
        print(f"{what:<32}  {statistics.median(waits):>7.1f}  {max(waits):>8.1f}")
    program.leave()
    await living


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    sys.setswitchinterval(0.0005)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        preferences = Preferences(Path(folder) / "preferences.ini")
        settings = load(Path(folder) / "data", environ={}, cwd=Path(folder))
        pages: list[str] = []
        program = Program(app, settings, preferences, Stopwatch(), open_browser=pages.append)
        runner.run(measure(program, pages))
