"""In how many of our files code runs while one car is booked: from the press of "Book" to the row in the list.

A clerk's real window on the demo's servers, in both of its threads; the list is the page behind. What runs without
a press too (keeping time, change streams, the status bar) is told apart. ``--list`` names the files of the press.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from live import window
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop
from window import until

from desktop.app import Program
from desktop.bridge import EngineThread
from desktop.viewmodels.booking.booking import PanelStage

_ROOT = Path(__file__).resolve().parents[2]
_OURS = (str(_ROOT / "engine"), str(_ROOT / "desktop"))
#: How long it is looked on before the press.
_IDLE_S = 3.0


class Run:
    """Attributes: ``files`` in which a function was called, or a coroutine went on, in the threads that are watched;
    ``unasked`` are those in which code runs while nobody presses anything.
    """

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.unasked: set[str] = set()

    def begin(self) -> None:
        """What ran until now runs unasked."""
        self.unasked = self.files.copy()
        self.files.clear()

    def heard(self, frame: FrameType, event: str, _told: object) -> None:
        if event == "call":
            self.files.add(frame.f_code.co_filename)

    async def watch_here(self) -> None:
        sys.setprofile(self.heard)

    async def leave_here(self) -> None:
        sys.setprofile(None)

    def ours(self) -> list[str]:
        return sorted(os.path.relpath(name, _ROOT) for name in self.files.copy() if name.startswith(_OURS))

    def pressed(self) -> list[str]:
        return [name for name in self.ours() if str(_ROOT / name) not in self.unasked]

    def told(self) -> str:
        rooms = Counter("/".join(name.split("/")[:2]) for name in self.ours())
        own = f", {len(self.pressed())} of them by the press" if self.unasked else ""
        return f"code in {len(self.ours())} files{own}; " + ", ".join(
            f"{room} {count}" for room, count in rooms.items()
        )


async def book(program: Program, *, by_name: bool) -> None:
    workspace = program.window.workspace
    desk, view = workspace.workspace, workspace.client
    workspace.go("bookings")
    await until(lambda: view.bookings.vm.state.first is not None)
    workspace.go("find")
    grid, panel = view.search.results.model, desk.panel
    await until(lambda: grid.row_at(0) is not None)
    found = grid.row_at(0)
    view.side.open_offer(found.found, desk.search.state.wish.period, desk.search.state.branch)
    panel.find_renter("vogel jo")
    await until(lambda: panel.state.found.rows)
    panel.choose(panel.state.found.rows[0])
    await until(view.panel.may_book)
    await asyncio.sleep(1)  # what was asked before has come: nothing of it is counted

    run, bridge = Run(), program.bridge
    await watch(bridge, run)
    await asyncio.sleep(_IDLE_S)
    print(f"in {_IDLE_S:.0f} s without a press: {run.told()}")
    run.begin()
    view.panel.book()
    await until(lambda: panel.state.booking is not None)
    made = panel.state.booking.id
    print(f"until the booking is in its panel: {run.told()}")
    rows = view.bookings.model
    await until(lambda: rows.find(lambda row: row.booking.id == made) is not None)
    print(f"until its row is in the list: {run.told()}")
    if by_name:
        print("\n".join(run.pressed()))
    await until(lambda: panel.state.checkout_ready)
    print(f"until its payment page is made too: {run.told()}")
    await bridge.call(run.leave_here)
    sys.setprofile(None)
    panel.give_up()
    await until(lambda: panel.state.stage is PanelStage.RELEASED)


async def watch(bridge: EngineThread, run: Run) -> None:
    await bridge.call(run.watch_here)
    await run.watch_here()


async def measure(app: QApplication, folder: Path) -> None:
    async with window(app, folder, "files") as program:
        await book(program, by_name="--list" in sys.argv)


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(measure(app, Path(folder)))
