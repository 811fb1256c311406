"""Notices that the computer slept, or that its clock or its time zone was changed while the window is open."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from engine.domain.shared.boot_clock import JumpWatch

_EVERY_MS = 1_000


class Waking(QObject):
    """Signals: ``jumped`` when whatever counts has to be asked again; ``zone_changed`` when times read otherwise."""

    jumped = Signal()
    zone_changed = Signal()

    def __init__(self, watch: JumpWatch | None = None, zone: Callable[[], object] | None = None) -> None:
        super().__init__()
        self._watch, self._zone = watch or JumpWatch(), zone or _zone
        self._in = self._zone()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def look(self) -> None:
        """Called by the timer, and by tests."""
        before, self._in = self._in, self._zone()
        if self._watch.jumped():
            self.jumped.emit()
        if before != self._in:
            self.zone_changed.emit()


def _zone() -> object:
    """Names and offsets of this computer's own zone; the C library looks at the system's setting only when told to."""
    if hasattr(time, "tzset"):
        time.tzset()
    return (time.tzname, time.timezone, time.altzone)
