"""The usual paints of cars, to point at or to walk through.

API: ColourDots(theme): show_colour(hex), picked(hex).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktop.theme.paint import PAINTS
from desktop.theme.tokens import BORDER, FOCUS, GRID
from engine.words.tr import tr

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from desktop.theme.theme import Theme

_DOT, _GAP = 18, GRID


class ColourDots(QWidget):
    """Left and Right walk and pick at once, as in a group of radio buttons.

    Signals:
        picked: A colour was chosen; carries ``#rrggbb``.
    """

    picked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colour = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)
        self._tell()

    def show_colour(self, colour: str) -> None:
        if colour != self._colour:
            self._colour = colour
            self._tell()
            self.update()

    def dot(self, at: int) -> QRect:
        plain = QRect(at * (_DOT + _GAP) + 2, 2, _DOT, _DOT)
        return QStyle.visualRect(self.layoutDirection(), self.rect(), plain)

    def _tell(self) -> None:
        name = next((name for name, colour in PAINTS.items() if colour == self._colour), self._colour)
        self.setAccessibleName(tr("Colour, {name}", name=name))

    def _pick(self, at: int) -> None:
        colour = list(PAINTS.values())[at % len(PAINTS)]
        self.show_colour(colour)
        self.picked.emit(colour)

    def _at(self, point: QPoint) -> int | None:
        return next((at for at in range(len(PAINTS)) if self.dot(at).adjusted(-2, -2, 2, 2).contains(point)), None)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(len(PAINTS) * (_DOT + _GAP), _DOT + 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        colours = list(PAINTS.values())
        at = colours.index(self._colour) if self._colour in colours else -1 if step > 0 else 0
        self._pick(at + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position().toPoint())
        if at is not None:
            self._pick(at)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = self._at(event.pos())
            self.setToolTip("" if at is None else list(PAINTS)[at].capitalize())
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, colour in enumerate(PAINTS.values()):
            dot = QRectF(self.dot(at))
            painter.setPen(QPen(QColor(tokens.control_border), BORDER))
            painter.setBrush(QColor(colour))
            painter.drawEllipse(dot.adjusted(1, 1, -1, -1))
            if colour == self._colour:
                painter.setPen(QPen(QColor(tokens.focus if self.hasFocus() else tokens.text), FOCUS))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(dot.adjusted(-1, -1, 1, 1))
        if self.hasFocus() and self._colour not in PAINTS.values():
            painter.setPen(QPen(QColor(tokens.focus), FOCUS))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), GRID, GRID)
        painter.end()
