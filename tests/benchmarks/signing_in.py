"""What signing in costs, for each account of the demo: processor time of the window's thread, and widgets.

``python tests/benchmarks/signing_in.py [--rounds 5]``. The turn is the one in which the desk is built; times depend on
what else the machine does, widgets do not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget
from qasync import QEventLoop
from window import until

from desktop.app import Program
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from desktop.viewmodels.session.session import OfferedAccount, SessionPhase
from desktop.views.parts.view_context import Workspace
from engine.config import load

_SETTLED_S = 1.0


class Measured:
    """A program that notes how long the turn took in which a desk was built."""

    def __init__(self, program: Program) -> None:
        self.program, self.turn_ms = program, 0.0
        self._open = program.window.open_workspace
        program.window.open_workspace = self._opened  # type: ignore[method-assign]  # looked at from outside

    def _opened(self, workspace: Workspace) -> None:
        began = time.thread_time()
        self._open(workspace)
        self.turn_ms = (time.thread_time() - began) * 1000

    async def sign_in(self, account: OfferedAccount) -> tuple[float, float, int]:
        """ms of the turn, ms until a second after it, widgets of the window."""
        session, window = self.program.session, self.program.window
        began = time.thread_time()
        session.sign_in(account.account, account.password)
        await until(lambda: window.workspace is not None)
        await asyncio.sleep(_SETTLED_S)
        cost = (time.thread_time() - began) * 1000
        widgets = len(window.findChildren(QWidget))
        session.sign_out()
        await until(lambda: session.state.phase is SessionPhase.SIGNED_OUT and window.workspace is None)
        return self.turn_ms, cost, widgets


async def measure(program: Program, rounds: int) -> None:
    measured = Measured(program)
    living = asyncio.create_task(program.live())
    await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)
    print(f"{'account':>14}  {'turn ms':>8}  {'in all ms':>9}  {'widgets':>7}")
    for account in program.session.state.offered:
        got = [await measured.sign_in(account) for _ in range(rounds)]
        turn, cost = (statistics.median(column) for column in list(zip(*got, strict=True))[:2])
        print(f"{account.account:>14}  {turn:>8.0f}  {cost:>9.0f}  {got[-1][2]:>7}")
    program.leave()
    await living


if __name__ == "__main__":
    reader = argparse.ArgumentParser()
    reader.add_argument("--rounds", type=int, default=5)
    rounds = reader.parse_args().rounds
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        settings = load(Path(folder) / "data", environ={}, cwd=Path(folder))
        preferences = Preferences(Path(folder) / "preferences.ini")
        runner.run(measure(Program(app, settings, preferences, Stopwatch()), rounds))
