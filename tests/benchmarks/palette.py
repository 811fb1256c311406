"""How long Ctrl+K takes until the palette is painted, and a letter until the list has narrowed; in milliseconds.

Offscreen, software painting, with as many commands as an administrator with every view has. It is built before
it is wanted, a while after signing in.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.commands import Command, Commands
from desktop.theme.theme import Scheme, Theme
from desktop.views.frame.palette import CommandPalette

_COMMANDS = 120
_TURNS = 30
_BUDGET_MS = 50.0


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """On the clock, and on the processor: on a busy machine only the second one is the program's own."""
    begun, busy = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - begun) * 1000, (time.process_time() - busy) * 1000


def main() -> int:
    app = QApplication(sys.argv[:1])
    window = QWidget()
    window.resize(1920, 1080)
    window.show()
    theme = Theme(app, Scheme.LIGHT)
    commands = Commands(window)
    words = ("Show only confirmed", "Find a car", "Sort: pick-up, earliest first", "Export this list")
    commands.add(
        *(
            Command(f"c{n}", f"{words[n % len(words)]} {n}", lambda: None, group=f"Group {n // 12}")
            for n in range(_COMMANDS)
        )
    )
    palette = CommandPalette(theme, window, commands)

    def open_it() -> None:
        palette.toggle()
        palette.widget.repaint()

    app.processEvents()
    built = timed(palette._prepare)
    first = timed(open_it)
    opened, typed = [], []
    for _ in range(_TURNS):
        palette.widget.leave()
        app.processEvents()
        opened.append(timed(open_it))
        app.processEvents()
        typed.append(timed(lambda: QTest.keyClick(palette.widget.field, "s")))
    print(f"{_COMMANDS} commands, {_TURNS} turns, milliseconds; the budget of opening is {_BUDGET_MS:.0f}")
    print(f"{'':>14}  {'p50':>7}  {'worst':>7}  {'processor p50':>14}")
    rows = (("built unseen", [built]), ("opened first", [first]), ("opened again", opened), ("a letter", typed))
    for name, times in rows:
        walls, own = zip(*times, strict=True)
        print(f"{name:>14}  {statistics.median(walls):>7.1f}  {max(walls):>7.1f}  {statistics.median(own):>14.1f}")
    return 0 if statistics.median(own for _, own in opened) < _BUDGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
