"""A line over time with its ends and its peak named, and the period before as a dashed one.

API: LineChart(theme, clock).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from desktop.theme.tokens import BORDER, GRID
from desktop.widgets.charts.bars import plot_scale
from desktop.widgets.charts.chart import LABELS, Cell, Chart, ChartPhase
from desktop.widgets.charts.data import ChartData, Point

if TYPE_CHECKING:
    from collections.abc import Iterable

_WAITING = (0.3, 0.42, 0.36, 0.55, 0.5, 0.64, 0.58, 0.72, 0.66, 0.6, 0.7, 0.62)
_DOT = 4.0
_WIDTH = 2.0
_FEW = 40
"""With more points than this only the named ones get a dot."""


class LineChart(Chart):
    def _cells(self, rect: QRectF) -> tuple[Cell, ...]:
        points, plot = self._data.points, self._plot(rect)
        slot, scale = plot.width() / len(points), plot_scale(points)

        def cell(n: int, point: Point) -> Cell:
            area = QRectF(plot.left() + n * slot, rect.top(), slot, rect.height())
            height = plot.bottom() - scale.share(point.value or 0.0) * plot.height()
            mark = QRectF(area.center().x() - _DOT, height - _DOT, 2 * _DOT, 2 * _DOT)
            return Cell(point, self._mirrored(area), self._mirrored(mark))

        return tuple(cell(n, point) for n, point in enumerate(points))

    def _paint(self, painter: QPainter, cells: tuple[Cell, ...]) -> None:
        tokens, plot = self._theme.tokens, self._plot(QRectF(self.rect()))
        scale = plot_scale(self._data.points)
        nought = plot.bottom() - scale.share(0.0) * plot.height()
        painter.fillRect(QRectF(plot.left(), nought, plot.width(), BORDER), QColor(tokens.border))
        if self._phase is ChartPhase.SKELETON:
            self._stroke(painter, (cell.mark.center() for cell in cells), QPen(self._bone_brush(), 3 * _WIDTH))
            return
        dashed = QPen(QColor(tokens.control_border), _WIDTH, Qt.PenStyle.DashLine)
        compared = (
            QPointF(cell.area.center().x(), plot.bottom() - scale.share(cell.point.before) * plot.height())
            for cell in cells
            if cell.point.before is not None
        )
        self._stroke(painter, compared, dashed)
        known = [cell for cell in cells if cell.point.value is not None]
        self._stroke(painter, (cell.mark.center() for cell in known), QPen(QColor(tokens.accent), _WIDTH))
        named = self._named(known)
        for cell in known:
            if len(known) <= _FEW or cell in named:
                painter.setPen(QPen(QColor(tokens.raised), _WIDTH))
                painter.setBrush(QColor(tokens.accent))
                painter.drawEllipse(cell.mark)
        for cell in named:
            self._write_over(painter, cell.mark.center().x(), cell.mark.top(), cell.point.short)
        self._paint_names(painter, cells, plot)

    def _named(self, known: list[Cell]) -> list[Cell]:
        if not known:
            return []
        named = [known[-1].point, max((cell.point for cell in known), key=lambda point: point.value or 0.0)]
        if self.hasFocus():
            named.append(self.current or known[-1].point)
        return [cell for cell in known if cell.point in named]

    def _paint_names(self, painter: QPainter, cells: tuple[Cell, ...], plot: QRectF) -> None:
        slot = cells[0].area.width()
        every = max(1, -(-(self._text_width([cell.point.label for cell in cells]) + GRID) // int(slot or 1)))
        for cell in cells[::every]:
            wide = slot * every
            place = QRectF(cell.area.center().x() - wide / 2, plot.bottom() + 2, wide, LABELS)
            self._write(painter, place, cell.point.label, self._theme.tokens.muted)

    def _stroke(self, painter: QPainter, points: Iterable[QPointF], pen: QPen) -> None:
        path = QPainterPath()
        for n, point in enumerate(points):
            if n:
                path.lineTo(point)
            else:
                path.moveTo(point)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _plot(self, rect: QRectF) -> QRectF:
        return rect.adjusted(GRID, LABELS, -GRID, -LABELS - 2)

    def _waiting_data(self) -> ChartData:
        return ChartData("", "", tuple(Point("", share, "") for share in _WAITING))
