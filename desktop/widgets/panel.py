"""A raised surface with a border: what forms, lists and messages lie on.

API: Panel(theme): a QWidget with a body layout (QVBoxLayout); paint_panel(painter, rect, ground, edge);
paint_popup(popup, tokens).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.tokens import BORDER, GRID, RADIUS_CARD

if TYPE_CHECKING:
    from desktop.theme.theme import Theme
    from desktop.theme.tokens import Tokens


class Panel(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None, padding: int = 5 * GRID) -> None:
        super().__init__(parent)
        self._theme = theme
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(padding, padding, padding, padding)
        self.body.setSpacing(2 * GRID)
        theme.changed.connect(self.update)

    # Qt names below.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_panel(painter, self.rect(), self._theme.tokens.raised, self._theme.tokens.border)
        painter.end()


def paint_panel(painter: QPainter, rect: QRect, ground: str, edge: str, radius: float = RADIUS_CARD) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(edge), BORDER))
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def paint_popup(popup: QWidget, tokens: Tokens, radius: float = RADIUS_CARD) -> None:
    """The ground of a window of its own, whose corners nothing behind shines through."""
    painter = QPainter(popup)
    painter.fillRect(popup.rect(), QColor(tokens.raised))
    paint_panel(painter, popup.rect(), tokens.raised, tokens.control_border, radius)
    painter.end()
