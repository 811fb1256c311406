"""Bars as they are painted: each state by its shape and its colour.

API: Placed (a bar with its place and labels), BarPainter(theme): paint(painter, placed, top, height), width(text).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from engine.domain.booking.board import Bar, BarShape

RADIUS = 4.0
_MARK_PX, _INSET = 3, 2 * GRID
#: Narrower days have no mark at the end of a buffer.
_TICK_FROM_PX = 20
_ARROW_PX, _CHEVRON_PX = 15, 7
#: Between two labels.
_APART_PX = 12
#: What stands before the first label.
_BEFORE = MappingProxyType({BarShape.MISSED: _ARROW_PX - GRID, BarShape.AT_RISK: 15})


class Placed(NamedTuple):
    """A bar in px from the left edge of the rows.

    Attributes:
        left, right: Of its period, cut to what is shown.
        free: Where its buffer ends; ``late`` where a late one ends now.
        starts, ends: Whether its beginning and its end are shown.
        label, tail: What is said in it; empty where it has no room for that.
    """

    bar: Bar
    shape: BarShape
    left: float
    right: float
    free: float
    late: float
    starts: bool
    ends: bool
    label: str
    tail: str
    label_at: float
    tail_at: float

    @property
    def last(self) -> float:
        return max(self.right, self.late)


class BarPainter:
    """Knows the colours and pens of a theme, made once for each."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._widths: dict[tuple[str, bool], int] = {}
        self._ways = {
            BarShape.HELD: self._held,
            BarShape.CONFIRMED: self._confirmed,
            BarShape.MISSED: self._missed,
            BarShape.AT_RISK: self._at_risk,
            BarShape.OUT: self._out,
            BarShape.LATE: self._late,
            BarShape.SERVICE: self._service,
            BarShape.TRANSFER: self._transfer,
            BarShape.LEASE: self._lease,
            BarShape.RESERVED: self._service,
        }
        self.dress()

    def dress(self) -> None:
        """Other tokens are in force."""
        tokens = self._theme.tokens
        self.accent, self.text, self.muted = QColor(tokens.accent), QColor(tokens.text), QColor(tokens.muted)
        self.tint, self.raised, self.on_accent = (
            QColor(tokens.accent_tint),
            QColor(tokens.raised),
            QColor(tokens.on_accent),
        )
        self.danger, self.danger_tint = QColor(tokens.danger), QColor(tokens.danger_tint)
        self.warning, self.warning_tint = QColor(tokens.warning), QColor(tokens.warning_tint)
        self.edge = QColor(tokens.accent)
        self.edge.setAlphaF(0.45)
        self.rib = QColor(tokens.control_border)
        self.on_danger = QColor("#ffffff" if tokens.name == "light" else tokens.sunken)
        self.font, self.bold = self._theme.font(TypeSize.SMALL), self._theme.font(TypeSize.SMALL, bold=True)
        self.metrics, self.bold_metrics = QFontMetrics(self.font), QFontMetrics(self.bold)
        self._widths.clear()
        self._hatch, self._ribs = self._hatched(), self._ribbed()
        self._edge_pen = QPen(self.edge, 1.0)
        self._dashes = QPen(self.accent, 1.0)
        self._dashes.setDashPattern([4, 2])
        self._dots = QPen(self.accent, 1.0)
        self._dots.setDashPattern([1, 2])

    def width(self, text: str, *, bold: bool = False) -> int:
        key = (text, bold)
        if key not in self._widths:
            self._widths[key] = (self.bold_metrics if bold else self.metrics).horizontalAdvance(text)
        return self._widths[key]

    def labels(self, name: str, tail: str, room: float, shape: BarShape) -> tuple[str, str]:
        """Whole or not at all: name and tail, or the family name, or what matters more than names."""
        family = name.rpartition(" ")[2]
        sides = 2 * _INSET + _BEFORE.get(shape, 0)
        both = [(name, tail), (family, tail)] if tail else []
        first = shape in (BarShape.HELD, BarShape.LATE)
        alone = [("", tail), (name, ""), (family, "")] if first and tail else [(name, ""), (family, "")]
        for one, other in (*both, *alone):
            wide = self.width(one) + self.width(other) + (_APART_PX if one and other else 0)
            if one + other and wide + sides <= room:
                return one, other
        return "", ""

    def paint(self, painter: QPainter, placed: Placed, top: float, height: float, day_px: int) -> None:
        rect = QRectF(placed.left, top, max(placed.right - placed.left, 2.0), height)
        if placed.free > placed.right and placed.shape is not BarShape.LATE:
            self._buffer(painter, placed, rect, day_px)
        self._ways[placed.shape](painter, placed, rect)

    def outline(self, painter: QPainter, placed: Placed, top: float, height: float) -> None:
        """The ring of the bar that is selected, 2 px outside of it."""
        ring = QRectF(placed.left - 2, top - 2, placed.last - placed.left + 4, height + 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.accent, 2.0))
        painter.drawRoundedRect(ring, RADIUS + 2, RADIUS + 2)

    def _body(self, painter: QPainter, placed: Placed, rect: QRectF, ground: QColor | QBrush, pen: QPen | None) -> None:
        """What goes on beyond the window is cut square there."""
        painter.setPen(pen if pen is not None else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        inner = rect.adjusted(0.5, 0.5, -0.5, -0.5) if pen is not None else rect
        if placed.starts and placed.ends:
            painter.drawRoundedRect(inner, RADIUS, RADIUS)
        else:
            painter.drawPath(_cut(inner, placed.starts, placed.ends))

    def _side_mark(self, painter: QPainter, placed: Placed, rect: QRectF, colour: QColor) -> None:
        # Whole pixels: there are hundreds of these on a screen, and what lies between pixels costs twice as much.
        if placed.starts and placed.right - placed.left >= 2 * _MARK_PX:
            painter.fillRect(round(placed.left) + 2, round(rect.top()) + 3, _MARK_PX, int(rect.height()) - 6, colour)

    def _arrowhead(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        if not placed.starts:
            return
        path = QPainterPath(rect.topLeft())
        tip = min(_ARROW_PX, rect.width() + _INSET)
        for x, y in ((tip * 0.55, 0), (tip, rect.height() / 2), (tip * 0.55, rect.height()), (0, rect.height())):
            path.lineTo(rect.left() + x, rect.top() + y)
        path.closeSubpath()
        painter.fillPath(path, self.warning)

    def _out(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        self._body(painter, placed, rect, self.accent, None)
        self._labels(painter, placed, rect, self.on_accent)

    def _confirmed(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        self._body(painter, placed, rect, self.tint, self._edge_pen)
        self._side_mark(painter, placed, rect, self.accent)
        self._labels(painter, placed, rect, self.text)

    def _missed(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        self._body(painter, placed, rect, self.tint, self._edge_pen)
        self._arrowhead(painter, placed, rect)
        self._labels(painter, placed, rect, self.text)

    def _at_risk(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        self._body(painter, placed, rect, self.warning_tint, QPen(self.warning, 1.0))
        self._side_mark(painter, placed, rect, self.warning)
        if placed.tail or placed.label:
            self._triangle(painter, QPointF(placed.left + GRID + 4, rect.center().y()))
        self._labels(painter, placed, rect, self.text)

    def _triangle(self, painter: QPainter, at: QPointF) -> None:
        path = QPainterPath(QPointF(at.x(), at.y() + 5))
        path.lineTo(at.x() + 6, at.y() - 6)
        path.lineTo(at.x() + 12, at.y() + 5)
        path.closeSubpath()
        painter.setPen(QPen(self.warning, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.fillRect(QRectF(at.x() + 5.4, at.y() - 2.5, 1.3, 4), self.warning)
        painter.fillRect(QRectF(at.x() + 5.4, at.y() + 2.6, 1.3, 1.3), self.warning)

    def _lease(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        self._body(painter, placed, rect, self.raised, self._dots)
        self._labels(painter, placed, rect, self.text)

    def _held(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        self._body(painter, placed, rect, self.tint, None)
        painter.setBrushOrigin(QPointF(0, 0))
        self._body(painter, placed, rect, self._hatch, self._dashes)
        if placed.label or placed.tail:
            wide = self.width(placed.label) + self.width(placed.tail, bold=True) + 2 * GRID
            wide += _APART_PX if placed.label and placed.tail else 0
            painter.fillRect(QRectF(placed.label_at - GRID, rect.top() + 2, wide, rect.height() - 4), self.raised)
        self._labels(painter, placed, rect, self.text, self.accent)

    def _late(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        """To the promised end, and with a pattern and a point from there to now: it grows."""
        if placed.late > rect.right():
            more = QRectF(rect.right(), rect.top(), placed.late - rect.right(), rect.height())
            self._chevrons(painter, more)
        if placed.right > placed.left:
            self._body(painter, placed._replace(ends=False), rect, self.danger, None)
            painter.fillRect(QRectF(rect.right() - 1, rect.top() - 1, 1.5, rect.height() + 2), self.text)
        self._labels(painter, placed, rect, self.on_danger if placed.right - placed.left > 1 else self.danger)

    def _chevrons(self, painter: QPainter, rect: QRectF) -> None:
        tip = min(rect.height() / 2, rect.width())
        path = QPainterPath(rect.topLeft())
        for point in (
            QPointF(rect.right() - tip, rect.top()),
            QPointF(rect.right(), rect.center().y()),
            QPointF(rect.right() - tip, rect.bottom()),
            rect.bottomLeft(),
        ):
            path.lineTo(point)
        path.closeSubpath()
        painter.setPen(QPen(self.danger, 1.0))
        painter.setBrush(self.danger_tint)
        painter.drawPath(path)
        half, at = rect.height() / 2 - 3, rect.left() + 3.0
        while at + half < rect.right() and at < rect.left() + 4_000:
            top, middle, bottom = rect.top() + 3, rect.center().y(), rect.bottom() - 3
            painter.drawLine(QLineF(at, top, at + half, middle))
            painter.drawLine(QLineF(at + half, middle, at, bottom))
            at += _CHEVRON_PX

    def _service(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        self._body(painter, placed, rect, self._ribs, QPen(self.rib, 1.0))
        if placed.label:
            wide = self.width(placed.label) + 2 * GRID
            painter.fillRect(QRectF(placed.label_at - GRID, rect.top() + 2, wide, rect.height() - 4), self.raised)
        self._labels(painter, placed, rect, self.text)

    def _transfer(self, painter: QPainter, placed: Placed, rect: QRectF) -> None:
        tip = min(rect.height() / 2, rect.width() / 2)
        path = QPainterPath(rect.topLeft())
        path.lineTo(rect.right() - tip, rect.top())
        path.lineTo(rect.right(), rect.center().y())
        path.lineTo(rect.right() - tip, rect.bottom())
        path.lineTo(rect.bottomLeft())
        path.closeSubpath()
        painter.setPen(QPen(self.text, 1.0))
        painter.setBrush(self.raised)
        painter.drawPath(path)
        self._labels(painter, placed, rect, self.text)

    def _buffer(self, painter: QPainter, placed: Placed, rect: QRectF, day_px: int) -> None:
        left, free, middle = round(placed.right), round(placed.free), round(rect.top() + rect.height() / 2)
        painter.fillRect(left, middle - 1, max(free - left, 1), 3, self.rib)
        if day_px >= _TICK_FROM_PX:
            painter.fillRect(free - 1, middle - 4, 2, 8, self.rib)

    def _labels(
        self, painter: QPainter, placed: Placed, rect: QRectF, ink: QColor, tail_ink: QColor | None = None
    ) -> None:
        base = rect.center().y() + (self.metrics.ascent() - self.metrics.descent()) / 2
        if placed.label:
            painter.setFont(self.font)
            painter.setPen(ink)
            painter.drawText(QPointF(placed.label_at, base), placed.label)
        if placed.tail:
            painter.setFont(self.bold if tail_ink is not None else self.font)
            muted = placed.shape is BarShape.CONFIRMED
            painter.setPen(tail_ink if tail_ink is not None else self.muted if muted else ink)
            painter.drawText(QPointF(placed.tail_at, base), placed.tail)

    def _hatched(self) -> QBrush:
        """45 degrees, lines of 2.4 px in 7, in a third of the accent."""
        side = 7
        tile = QPixmap(side * 2, side * 2)
        tile.fill(Qt.GlobalColor.transparent)
        line = QColor(self._theme.tokens.accent)
        line.setAlphaF(0.34)
        painter = QPainter(tile)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(line, 2.4))
        for n in range(-2, 5):
            painter.drawLine(QLineF(n * side, side * 2, n * side + side * 2, 0))
        painter.end()
        return QBrush(tile)

    def _ribbed(self) -> QBrush:
        """Upright, 2 px in 6."""
        tile = QPixmap(6, 6)
        tile.fill(QColor(self._theme.tokens.raised))
        painter = QPainter(tile)
        painter.fillRect(0, 0, 2, 6, QColor(self._theme.tokens.border))
        painter.end()
        return QBrush(tile)


def _cut(rect: QRectF, starts: bool, ends: bool) -> QPainterPath:  # noqa: FBT001 -- two sides
    path = QPainterPath()
    left, right = (RADIUS if starts else 0.0), (RADIUS if ends else 0.0)
    path.moveTo(rect.left() + left, rect.top())
    path.lineTo(rect.right() - right, rect.top())
    path.quadTo(rect.right(), rect.top(), rect.right(), rect.top() + right)
    path.lineTo(rect.right(), rect.bottom() - right)
    path.quadTo(rect.right(), rect.bottom(), rect.right() - right, rect.bottom())
    path.lineTo(rect.left() + left, rect.bottom())
    path.quadTo(rect.left(), rect.bottom(), rect.left(), rect.bottom() - left)
    path.lineTo(rect.left(), rect.top() + left)
    path.quadTo(rect.left(), rect.top(), rect.left() + left, rect.top())
    return path


def label_places(
    painter: BarPainter, texts: tuple[str, str], left: float, right: float, shape: BarShape
) -> tuple[float, float]:
    """Where name and tail begin, in px; a hold's countdown follows its name."""
    name, tail = texts
    start = left + _INSET + _BEFORE.get(shape, 0)
    if shape is BarShape.HELD:
        after = painter.width(name) + _APART_PX if name else 0
        return start, start + after
    return start, right - _INSET - painter.width(tail)
