"""A set choice that can be taken away again: its words and a cross, in a pill.

API: Chip(theme, name): set_words(words), fitting(); clicked, as every button.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QStyle, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import FOCUS, GRID, TypeSize
from engine.words.tr import tr

if TYPE_CHECKING:
    from desktop.theme.theme import Theme

HEIGHT = 7 * GRID
_CROSS = 14
_SIDE = 3 * GRID


class Chip(QPushButton):
    """Enter, Space and a click anywhere on it take it away."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._name = theme, name
        self.setFont(theme.font(TypeSize.SMALL))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(True)
        theme.changed.connect(self.update)

    def set_words(self, words: str) -> None:
        said = f"{self._name}: {words}" if self._name else words
        self.setText(said)
        self.setAccessibleName(tr("Remove filter {said}", said=said))
        self.setToolTip(tr("Remove this filter"))
        self.updateGeometry()

    def fitting(self) -> str:
        """As much of the words as there is room for."""
        room = self.width() - 2 * _SIDE - _CROSS - GRID
        return QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    # Qt names below.

    def sizeHint(self) -> QSize:
        # Rounded up: half a pixel too few would cost the last letters.
        words = math.ceil(QFontMetricsF(self.font()).horizontalAdvance(self.text()))
        return QSize(words + 2 * _SIDE + _CROSS + GRID, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _SIDE + _CROSS, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(self.layoutDirection())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.hover if self.isDown() else tokens.accent_tint))
        painter.drawRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.focus), FOCUS))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), HEIGHT / 2, HEIGHT / 2)
        words = QRect(_SIDE, 0, self.width() - 2 * _SIDE - _CROSS - GRID, self.height())
        cross = QRect(self.width() - _SIDE - _CROSS, (self.height() - _CROSS) // 2, _CROSS, _CROSS)
        words, cross = (QStyle.visualRect(self.layoutDirection(), self.rect(), place) for place in (words, cross))
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.accent))
        painter.drawText(words, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, self.fitting())
        self._theme.icons.paint(painter, cross, Icon.CLOSE, tokens.accent)
        painter.end()
