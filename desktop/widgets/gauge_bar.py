"""How full a car is, drawn: eight cells of a tank, or one bar of a battery.

API: GaugeBar(theme): show_level(level, most, cells).
"""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import BORDER, GRID

_HEIGHT = 3 * GRID
_GAP = 3
_ROUND = 2


class GaugeBar(QWidget):
    """Says nothing by itself: the field above it has the number."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level, self._most, self._cells = 0, 1, 1
        self.setFixedHeight(_HEIGHT)

    def show_level(self, level: int, most: int, cells: int) -> None:
        """*level* of *most*, in so many *cells*."""
        self._level, self._most, self._cells = level, most, cells
        self.update()

    # Qt names below.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = (self.width() - (self._cells - 1) * _GAP) / self._cells
        lit = self._level * self._cells / self._most
        for cell in range(self._cells):
            at = self._cells - 1 - cell if self.isRightToLeft() else cell
            whole = QRectF(at * (wide + _GAP), 0, wide, _HEIGHT).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setBrush(QColor(tokens.surface))
            painter.setPen(QPen(QColor(tokens.control_border), BORDER))
            painter.drawRoundedRect(whole, _ROUND, _ROUND)
            part = min(max(lit - cell, 0.0), 1.0)
            if part > 0:
                filled = QRectF(whole)
                filled.setWidth(whole.width() * part)
                if self.isRightToLeft():
                    filled.moveRight(whole.right())
                painter.setBrush(QColor(tokens.accent))
                painter.setPen(QPen(QColor(tokens.accent), BORDER))
                painter.drawRoundedRect(filled, _ROUND, _ROUND)
        painter.end()
