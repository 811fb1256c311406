"""A car from all sides with its marks on it: known ones are blue rings, new ones are filled and orange.

API: Dot (frozen), MarkDiagram(theme): show_body(body), show_dots(dots, chosen), light(part), aim(place);
``placed`` carries a Place, ``pressed`` the number of a mark; paint_dot(...) draws one anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import FOCUS, GRID, RADIUS_CARD, Tokens, TypeSize
from desktop.words.figures import counted
from desktop.words.mark_words import part_name
from engine.domain.car.body_parts import FULL, Part, Place, part_at, width_of
from engine.domain.car.body_shapes import CORNERS, HIGH, WIDE
from engine.domain.car.body_type import BodyType
from engine.words.tr import tr

_ACROSS, _DOWN = 2 * WIDE, 3 * HIGH
_LEAST, _BEST = 60 * GRID, 120 * GRID
DOT = 9
_LIT = 90
#: So far from the edge the drawing begins.
_EDGE = 2 * GRID


@dataclass(frozen=True, slots=True)
class Dot:
    """A mark as it is drawn. Attributes: ``new`` ones are not written down yet."""

    n: int
    place: Place
    new: bool = False


@cache
def _drawing(body: BodyType) -> QByteArray:
    return QByteArray((resources.files("resources") / "condition" / f"{body}.svg").read_bytes())


class MarkDiagram(QWidget):
    """Takes no focus: whatever is done on it by mouse is done by words in the line beside it."""

    placed = Signal(object)
    pressed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, places: bool = False) -> None:
        """With *places* a press beside all marks says where a new one lies."""
        super().__init__(parent)
        self._theme, self._places = theme, places
        self._body = BodyType.SEDAN
        self._dots: tuple[Dot, ...] = ()
        self._chosen = 0
        self._lit: Part | None = None
        self._under: Part | None = None
        self._aim: Place | None = None
        self._drawn: tuple[object, QPixmap] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(places)
        if places:
            self.setCursor(Qt.CursorShape.CrossCursor)
        theme.changed.connect(self.update)
        self._tell()

    def show_body(self, body: BodyType) -> None:
        self._body, self._lit, self._under, self._aim = body, None, None, None
        self.update()

    def show_dots(self, dots: Sequence[Dot], chosen: int = 0) -> None:
        """The later ones lie on top; *chosen* is a number, 0 for none."""
        self._dots, self._chosen = tuple(dots), chosen
        self._tell()
        self.update()

    @property
    def dots(self) -> tuple[Dot, ...]:
        return self._dots

    def light(self, part: Part | None) -> None:
        """The part that is spoken of."""
        if part != self._lit:
            self._lit = part
            self.update()

    def aim(self, place: Place | None) -> None:
        """Where a mark is going to lie, while it is not told whole."""
        self._aim = place
        self.update()

    def place_at(self, point: QPointF) -> Place | None:
        """None beside all views."""
        rest = self._room()
        x, y = ((point.x() - rest.x()) * _ACROSS / rest.width(), (point.y() - rest.y()) * _DOWN / rest.height())
        for view, (left, top) in CORNERS.items():
            wide = width_of(view)
            if left <= x < left + wide and top <= y < top + HIGH:
                return Place(view, round((x - left) * FULL / wide), round((y - top) * FULL / HIGH))
        return None

    def point_of(self, place: Place) -> QPointF:
        """In px of this widget."""
        rest, (left, top) = self._room(), CORNERS[place.view]
        across, down = left + place.x * width_of(place.view) / FULL, top + place.y * HIGH / FULL
        return QPointF(rest.x() + across * rest.width() / _ACROSS, rest.y() + down * rest.height() / _DOWN)

    def _room(self) -> QRectF:
        """Of the drawing, as large as fits."""
        inner = QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        scale = min(inner.width() / _ACROSS, inner.height() / _DOWN)
        room = QRectF(0, 0, _ACROSS * scale, _DOWN * scale)
        room.moveCenter(inner.center())
        return room

    def _dot_at(self, point: QPointF) -> Dot | None:
        for dot in reversed(self._dots):
            off = self.point_of(dot.place) - point
            if off.x() ** 2 + off.y() ** 2 <= DOT**2:
                return dot
        return None

    def _tell(self) -> None:
        new = sum(dot.new for dot in self._dots)
        known = counted("{count} known mark", "{count} known marks", len(self._dots) - new)
        self.setAccessibleName(tr("Car from all sides"))
        told = tr("{known}, {new} new", known=known, new=str(new)) if new else known
        self.setAccessibleDescription(told)

    def _polygon(self, part: Part) -> QPolygonF:
        return QPolygonF([self.point_of(Place(part.view, x, y)) for x, y in part.region])

    def _car(self) -> QPixmap:
        """Drawn once for each size: a line that is typed lights up a part at every key."""
        ratio, room = self.devicePixelRatioF(), self._room()
        key = self._body, room.width(), room.height(), ratio
        if self._drawn is None or self._drawn[0] != key:
            picture = QPixmap(QSize(max(1, round(room.width() * ratio)), max(1, round(room.height() * ratio))))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            QSvgRenderer(_drawing(self._body)).render(painter, QRectF(0, 0, room.width(), room.height()))
            painter.end()
            self._drawn = key, picture
        return self._drawn[1]

    # Qt names below.

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round((width - 2 * _EDGE) * _DOWN / _ACROSS) + 2 * _EDGE

    def sizeHint(self) -> QSize:
        return QSize(_BEST, self.heightForWidth(_BEST))

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST, self.heightForWidth(_LEAST))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        under = None if place is None else part_at(self._body, place)
        if under != self._under:
            self._under = under
            self.setToolTip("" if under is None else part_name(under.id))
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._under = None
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        dot, place = self._dot_at(event.position()), self.place_at(event.position())
        if dot is not None:
            self.pressed.emit(dot.n)
        elif self._places and place is not None:
            self.placed.emit(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.picture))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_CARD, RADIUS_CARD)
        painter.drawPixmap(self._room().topLeft(), self._car())
        for part in (self._under, self._lit):
            if part is not None:
                tint = QColor(tokens.warning if part is self._lit else tokens.accent)
                painter.setPen(QPen(tint, 1))
                tint.setAlpha(_LIT)
                painter.setBrush(tint)
                painter.drawPolygon(self._polygon(part))
        if self._aim is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.warning), FOCUS, Qt.PenStyle.DotLine))
            painter.drawEllipse(self.point_of(self._aim), DOT, DOT)
        font = self._theme.font(TypeSize.SMALL, bold=True)
        for dot in self._dots:
            paint_dot(painter, tokens, font, self.point_of(dot.place), dot, chosen=dot.n == self._chosen)
        painter.end()


def paint_dot(painter: QPainter, tokens: Tokens, font: QFont, at: QPointF, dot: Dot, *, chosen: bool = False) -> None:
    """With its number; *chosen* has a second ring around it."""
    colour = QColor(tokens.warning if dot.new else tokens.accent)
    if chosen:
        painter.setPen(QPen(colour, FOCUS))
        painter.setBrush(QColor(tokens.raised))
        painter.drawEllipse(at, DOT + 2 * FOCUS, DOT + 2 * FOCUS)
    painter.setPen(QPen(colour, FOCUS))
    painter.setBrush(colour if dot.new else QColor(tokens.raised))
    painter.drawEllipse(at, DOT, DOT)
    painter.setPen(QColor(tokens.raised) if dot.new else colour)
    painter.setFont(font)
    box = QRectF(at.x() - 2 * DOT, at.y() - DOT, 4 * DOT, 2 * DOT)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(dot.n))
