"""Drives a LoadingRule with one timer and says when the look of a wait changes.

API: Loading(parent): begin(has_rows), settle(), fail(), showing, holds_back, changed(Showing).
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.widgets.loading.phases import LoadingRule, Showing, WaitLook

if TYPE_CHECKING:
    from collections.abc import Callable


class Loading(QObject):
    """One wait of a page.

    Signals:
        changed: What to show is another; carries the Showing.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._rule = LoadingRule(now)
        self._showing = Showing()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)

    @property
    def showing(self) -> Showing:
        return self._showing

    @property
    def holds_back(self) -> bool:
        """Whether the answer is there, and not on the screen before the skeleton had its time."""
        return self._rule.settled and self._showing.look is not WaitLook.CONTENT

    def begin(self, *, has_rows: bool) -> None:
        self._rule.begin(has_rows=has_rows)
        self._look()

    def settle(self) -> None:
        self._rule.settle()
        self._look()

    def fail(self) -> None:
        self._rule.fail()
        self._look()

    def _look(self) -> None:
        wait = self._rule.next_change()
        if wait is None:
            self._timer.stop()
        else:
            self._timer.start(math.ceil(wait * 1000))
        showing = self._rule.showing()
        if showing != self._showing:
            self._showing = showing
            self.changed.emit(showing)
