"""Tells when what was put on the screen has come there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget


class Painted(QObject):
    """Signals: ``painted`` after the first painting that follows a call of ``expect``."""

    painted = Signal()

    def __init__(self, parent: QObject, *watched: QWidget) -> None:
        super().__init__(parent)
        self._expected = False
        for widget in watched:
            widget.installEventFilter(self)

    def expect(self) -> None:
        self._expected = True

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._expected and event.type() == QEvent.Type.Paint:
            self._expected = False
            # The filter sees the event before the widget paints it.
            QTimer.singleShot(0, self, self.painted.emit)
        return super().eventFilter(watched, event)
