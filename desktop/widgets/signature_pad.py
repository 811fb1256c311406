"""A place to sign, with a mouse, a pen or a finger; the keyboard passes through it.

API: SignaturePad(theme, most_places): strokes, is_empty; clear(); changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme.tokens import BORDER, GRID, RADIUS_CONTROL
from engine.words.tr import tr

if TYPE_CHECKING:
    from desktop.theme.theme import Theme

Stroke = tuple[tuple[int, int], ...]
_FULL = 10_000
_HEIGHT = 36 * GRID
_NIB = 2.0
#: Places that lie closer together draw nothing more, in px.
_NEAR = 1.5
#: Where the line lies that one signs on, of the height.
_LINE = 0.78


class SignaturePad(QWidget):
    """What is drawn are lines, as sharp on paper as the pen's steps. Qt makes a mouse of pens and fingers.

    Signals:
        changed: Another stroke was drawn, or all were taken away.
    """

    changed = Signal()

    def __init__(self, theme: Theme, most_places: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._most = theme, most_places
        self._drawn: list[list[QPointF]] = []
        self._places = 0
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("Signature"))
        self._describe()
        theme.changed.connect(self.update)

    @property
    def is_empty(self) -> bool:
        return not self._drawn

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """In ten-thousandths of its width."""
        scale = _FULL / max(self.width(), 1)
        return tuple(tuple((_whole(at.x() * scale), _whole(at.y() * scale)) for at in each) for each in self._drawn)

    def clear(self) -> None:
        self._drawn, self._places = [], 0
        self._tell()

    def _take(self, at: QPointF, *, anew: bool) -> None:
        """What goes beyond the edge stays on it; a pad that is full takes no more."""
        if self._places >= self._most:
            return
        place = QPointF(min(max(at.x(), 0), self.width()), min(max(at.y(), 0), self.height()))
        if anew:
            self._drawn.append([place])
        elif (place - self._drawn[-1][-1]).manhattanLength() >= _NEAR:
            self._drawn[-1].append(place)
        else:
            return
        self._places += 1
        self.update()

    def _tell(self) -> None:
        self._describe()
        self.update()
        self.changed.emit()

    def _describe(self) -> None:
        told = tr("Empty. Signed with a mouse, a pen or a finger.") if self.is_empty else tr("Something is drawn.")
        self.setAccessibleDescription(told)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(3 * _HEIGHT, _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._take(event.position(), anew=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._drawn:
            self._take(event.position(), anew=False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._drawn:
            self._tell()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.control_border), BORDER))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL)
        painter.setPen(QPen(QColor(tokens.border), BORDER))
        y = self.height() * _LINE
        painter.drawLine(QPointF(4 * GRID, y), QPointF(self.width() - 4 * GRID, y))
        pen = QPen(QColor(tokens.text), _NIB)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in self._drawn:
            painter.drawPolyline(QPolygonF(stroke)) if len(stroke) > 1 else painter.drawPoint(stroke[0])
        painter.end()


def _whole(place: float) -> int:
    return min(max(round(place), 0), _FULL * 9)
