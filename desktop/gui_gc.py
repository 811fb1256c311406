"""Garbage is collected in the window's thread only.

Python collects in whichever thread happens to allocate. A cycle may hold a QObject, and Qt destroys one safely only in
the thread where it was born: collected in the engine's thread, it ends the program.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

COLLECTOR = "collector"
"""Name of the timer; it runs as long as the window does."""
_LOOK_MS = 100
#: What Python takes as a sign that a generation is worth a look; the oldest is the dearest and waits longer.
_YOUNG, _MIDDLE, _OLD = 700, 10, 40


@contextmanager
def collecting_here() -> Iterator[None]:
    """Inside the block nobody collects but a timer of this thread; leave it in the thread that entered it."""
    was_on = gc.isenabled()
    gc.disable()
    timer = QTimer(interval=_LOOK_MS)
    timer.setObjectName(COLLECTOR)
    timer.timeout.connect(_look)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        # What the window leaves behind must not be found by another thread later.
        gc.collect()
        if was_on:
            gc.enable()


def _look() -> None:
    young, middle, old = gc.get_count()
    if old > _OLD:
        gc.collect()
    elif middle > _MIDDLE:
        gc.collect(1)
    elif young > _YOUNG:
        gc.collect(0)
