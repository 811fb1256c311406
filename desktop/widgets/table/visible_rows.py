"""Tells which rows of a table are on the screen, so that a windowed model can order their pages.

API: VisibleRows(table): changed(first, last), look().
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTableView


class VisibleRows(QObject):
    """Attach after the model was set. Flying over rows orders nothing: only where the scrolling rests a turn counts.

    Signals:
        changed: First and last visible row; also after a reset, so that a new query is ordered.
    """

    changed = Signal(int, int)

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.look)
        table.verticalScrollBar().valueChanged.connect(self._look_soon)
        for signal in (table.model().modelReset, table.model().rowsInserted, table.model().rowsRemoved):
            signal.connect(self._look_soon)
        table.viewport().installEventFilter(self)

    def _look_soon(self) -> None:
        # Not connected as ``start``: a scroll bar's value would be taken for the interval.
        self._later.start()

    def look(self) -> None:
        count = self._table.model().rowCount()
        if count == 0 or not self._table.isVisible():
            return
        first = max(self._table.rowAt(0), 0)
        last = self._table.rowAt(self._table.viewport().height() - 1)
        self.changed.emit(first, count - 1 if last < 0 else last)

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._later.start()
        elif event.type() == QEvent.Type.Hide:
            self._later.stop()
        return super().eventFilter(watched, event)
