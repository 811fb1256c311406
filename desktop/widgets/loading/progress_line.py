"""The thin line over content that is being loaded again: it takes no room and moves nothing.

API: ProgressLine(theme, clock): set_active(active).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.words.tr import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

HEIGHT = 2
_RUNNER_SHARE = 0.28


class ProgressLine(QWidget):
    """Always two pixels high; empty while nothing is under way."""

    def __init__(self, theme: Theme, clock: ShimmerClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = clock
        self._active = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(tr("Loading"))
        theme.changed.connect(self.update)

    def set_active(self, *, active: bool) -> None:
        if active != self._active:
            self._active = active
            self._join()
            self.update()

    def shimmer_step(self) -> None:
        self.update()

    def _join(self) -> None:
        if self._active and self.isVisible():
            self._clock.join(self)
        else:
            self._clock.leave(self)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._join()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.leave(self)
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._active:
            return
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._clock.running:
            painter.fillRect(self.rect(), QColor(tokens.accent_tint))
            runner = self.width() * _RUNNER_SHARE
            left = self._clock.position * (self.width() + runner) - runner
            painter.fillRect(QRectF(left, 0, runner, HEIGHT), QColor(tokens.accent))
        else:
            painter.fillRect(self.rect(), QColor(tokens.accent))
        painter.end()
