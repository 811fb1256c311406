"""Waiting for a window: one way for every test that looks at the running program.

API: await until(condition).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication
from within import WITHIN_S

from desktop.widgets.loading.loading import Loading

_LOOK_EVERY_S = 0.01


async def until(condition: Callable[[], object], every_s: float = _LOOK_EVERY_S) -> None:
    """Until *condition* holds **and** the screen shows it: a view keeps the skeleton up for a moment after the answer.

    The loop keeps turning meanwhile; a window announces itself to nobody. With 0 for *every_s* each turn is looked at.
    """
    deadline = time.monotonic() + WITHIN_S
    while not (condition() and _shown()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {WITHIN_S:.0f} s; the focus is on {QApplication.focusWidget()}")
        await asyncio.sleep(every_s)  # no event of asyncio's stands behind a widget


def _shown() -> bool:
    windows = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
    return not any(wait.holds_back for window in windows for wait in window.findChildren(Loading))
