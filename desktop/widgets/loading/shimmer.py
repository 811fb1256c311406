"""The light that runs over placeholders: one clock, one timer, one band for the whole window.

API: ShimmerClock(theme): join(client), leave(client), running, brush(width), sweep(widget), swept(width); Shimmering.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QLinearGradient

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from desktop.theme.theme import Theme

FRAME_MS = 33
SWEEP_S = 1.4
BAND_PX = 180


class Shimmering(Protocol):
    """Something with a skeleton on the screen."""

    def shimmer_step(self) -> None:
        """Repaint what the band left and reached since the last frame, and nothing else."""


class ShimmerClock(QObject):
    """Ticks while somebody visible shimmers and stands still otherwise.

    Reduced motion stops the light; skeletons stay.
    """

    def __init__(self, theme: Theme, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(theme)
        self._theme = theme
        self._now = now
        self._clients: list[Shimmering] = []
        self._before = self._at = 0.0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=FRAME_MS)
        self._timer.timeout.connect(self.step)
        theme.changed.connect(self._set_going)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    @property
    def position(self) -> float:
        """Where the sweep stands, 0 to 1."""
        return self._at

    def join(self, client: Shimmering) -> None:
        if client not in self._clients:
            self._clients.append(client)
            self._set_going()

    def leave(self, client: Shimmering) -> None:
        if client in self._clients:
            self._clients.remove(client)
            self._set_going()

    def step(self) -> None:
        """One frame; called by the timer, and by tests."""
        self._before, self._at = self._at, (self._now() % SWEEP_S) / SWEEP_S
        for client in tuple(self._clients):
            client.shimmer_step()

    def swept(self, width: int) -> tuple[int, int]:
        """Left and right edge of what changed since the last frame in a surface of *width* px."""
        left, right = self._band(self._before, width)[0], self._band(self._at, width)[1]
        if self._at < self._before:
            # The sweep began anew: the old band has to go, the new one is still outside on the left.
            right = self._band(self._before, width)[1]
        return max(int(left), 0), min(int(right) + 1, width)

    def sweep(self, widget: QWidget) -> None:
        """Repaint of *widget*, which shimmers over its whole width, what changed since the last frame."""
        left, right = self.swept(widget.width())
        widget.update(left, 0, right - left, widget.height())

    def brush(self, width: int, origin: int = 0) -> QBrush:
        """What fills a part of a skeleton. *origin* is the left edge of the surface in the painter's coordinates."""
        tokens = self._theme.tokens
        if not self.running:
            return QBrush(QColor(tokens.skeleton))
        left, right = self._band(self._at, width)
        gradient = QLinearGradient(origin + left, 0, origin + right, 0)
        gradient.setColorAt(0, QColor(tokens.skeleton))
        gradient.setColorAt(0.5, QColor(tokens.skeleton_glow))
        gradient.setColorAt(1, QColor(tokens.skeleton))
        return QBrush(gradient)

    def _band(self, position: float, width: int) -> tuple[float, float]:
        left = position * (width + BAND_PX) - BAND_PX
        return left, left + BAND_PX

    def _set_going(self) -> None:
        wanted = bool(self._clients) and not self._theme.reduced_motion
        if wanted and not self._timer.isActive():
            self._before = self._at = (self._now() % SWEEP_S) / SWEEP_S
            self._timer.start()
        elif not wanted:
            self._timer.stop()
