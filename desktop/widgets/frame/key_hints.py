"""A line of keys and what they do, as at the foot of the search over everything.

API: KeyHints(theme): show_hints(hints), a sequence of (key, what it does); the last one stands at the reading end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme.tokens import BORDER, GRID, TypeSize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.theme.theme import Theme

_HEIGHT = 9 * GRID
_CAP_PX = 20
_SIDE, _GAP = 3 * GRID, 5 * GRID


class KeyHints(QWidget):
    """Those that do not fit are left out, the last one never."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.hints: tuple[tuple[str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        if self.hints != tuple(hints):
            self.hints = tuple(hints)
            self.setAccessibleName(", ".join(f"{key}: {words}" for key, words in hints))
            self.update()

    def _width(self, hint: tuple[str, str]) -> int:
        metrics = QFontMetrics(self._theme.font(TypeSize.SMALL))
        return sum(map(metrics.horizontalAdvance, hint)) + 4 * GRID

    def _paint_one(self, painter: QPainter, left: int, hint: tuple[str, str]) -> None:
        key, words = hint
        metrics, tokens = QFontMetrics(self._theme.font(TypeSize.SMALL)), self._theme.tokens
        cap = QRect(left, (self.height() - _CAP_PX) // 2, metrics.horizontalAdvance(key) + 2 * GRID, _CAP_PX)
        rest = QRect(cap.right() + 2 * GRID, 0, metrics.horizontalAdvance(words) + GRID, self.height())
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            cap.moveRight(self.width() - cap.left())
            rest.moveRight(self.width() - rest.left())
        painter.setPen(QPen(QColor(tokens.border), BORDER))
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(QRectF(cap).adjusted(0.5, 0.5, -0.5, -0.5), GRID, GRID)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
        painter.drawText(rest, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(0, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.tokens.border), BORDER))
        painter.drawLine(0, 0, self.width(), 0)
        painter.setFont(self._theme.font(TypeSize.SMALL))
        if self.hints:
            last = self.width() - _SIDE - self._width(self.hints[-1])
            self._paint_one(painter, last, self.hints[-1])
            left = _SIDE
            for hint in self.hints[:-1]:
                if left + self._width(hint) + _GAP > last:
                    break
                self._paint_one(painter, left, hint)
                left += self._width(hint) + _GAP
        painter.end()
