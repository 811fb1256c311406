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
        self.rule = LoadingRule(now)
        self._showing = Showing()
        self.timer = QTimer(self, singleShot=True)
        self.timer.timeout.connect(self.look)

    @property
    def showing(self) -> Showing:
        return self._showing

    @property
    def holds_back(self) -> bool:
        """Whether the answer is there, and not on the screen before the skeleton had its time."""
        return self.rule.settled and self._showing.look is not WaitLook.CONTENT

    def begin(self, *, has_rows: bool) -> None:
        self.rule.begin(has_rows=has_rows)
        self.look()

    def settle(self) -> None:
        self.rule.settle()
        self.look()

    def fail(self) -> None:
        self.rule.fail()
        self.look()

    def look(self) -> None:
        """What the clock says by now."""
        wait = self.rule.next_change()
        if wait is None:
            self.timer.stop()
        else:
            self.timer.start(math.ceil(wait * 1000))
        showing = self.rule.showing()
        if showing != self._showing:
            self._showing = showing
            self.changed.emit(showing)
