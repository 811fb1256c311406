"""Bars with their figures written on them, beside the outlined bars of the period before.

API: BarChart(theme, clock); plot_scale(points) -> Scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from desktop.theme.tokens import BORDER, GRID
from desktop.widgets.charts.chart import LABELS, Cell, Chart, ChartPhase
from desktop.widgets.charts.data import ChartData, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

_WAITING = (0.45, 0.62, 0.38, 0.74, 0.56, 0.83, 0.68, 0.9, 0.6, 0.5, 0.7, 0.42)
_WIDEST = 56
_RADIUS = 5.0
_LEAST = 2.0
_LINE = 4 * GRID


@dataclass(frozen=True, slots=True)
class Scale:
    """From value to height; nought is always in it, so that a bar's length is its value."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """0 at the foot of the plot, 1 at its top."""
        return (value - self.low) / ((self.high - self.low) or 1.0)


def plot_scale(points: Sequence[Point]) -> Scale:
    values = [value for point in points for value in (point.value, point.before) if value is not None]
    return Scale(min([0.0, *values]), max([0.0, *values]))


class BarChart(Chart):
    """Every bar's cell takes the whole height, so that small ones can be pressed too."""

    def _cells(self, rect: QRectF) -> tuple[Cell, ...]:
        points = self._data.points
        plot = self._plot(rect)
        slot = plot.width() / len(points)
        scale = plot_scale(points)
        width = min(slot * (0.52 if self._data.before else 0.66), _WIDEST)

        def cell(n: int, point: Point) -> Cell:
            area = QRectF(plot.left() + n * slot, rect.top(), slot, rect.height())
            shift = width * 0.22 if self._data.before else 0.0
            mark = self._bar(plot, scale, point.value or 0.0, area.center().x() + shift, width)
            return Cell(point, self._mirrored(area), self._mirrored(mark))

        return tuple(cell(n, point) for n, point in enumerate(points))

    def _paint(self, painter: QPainter, cells: tuple[Cell, ...]) -> None:
        plot, scale = self._plot(QRectF(self.rect())), plot_scale(self._data.points)
        tokens = self._theme.tokens
        waiting = self._phase is ChartPhase.SKELETON
        nought = plot.bottom() - scale.share(0.0) * plot.height()
        painter.fillRect(QRectF(plot.left(), nought, plot.width(), BORDER), QColor(tokens.border))
        fits = self._text_width([cell.point.short for cell in cells]) <= (cells[0].area.width() if cells else 0)
        every = self.told_every(cells[0].area.width() if cells else 1.0)
        top = max(cells, key=lambda cell: cell.point.value or 0.0, default=None)
        for n, cell in enumerate(cells):
            if not waiting and cell.point.before is not None:
                self._paint_before(painter, cell, plot, scale)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._bone_brush() if waiting else QColor(tokens.accent))
            if cell.point.value is not None and cell.mark.height() > 0:
                painter.drawPath(_rounded(cell.mark, up=cell.mark.center().y() <= nought))
            if not waiting:
                shown = fits or cell is top or (self.hasFocus() and n == self._at)
                if n % every == 0:
                    self._paint_name(painter, cell, plot, every)
                if shown and cell.point.short:
                    self._write_over(painter, cell.mark.center().x(), cell.mark.top(), cell.point.short)

    def _paint_before(self, painter: QPainter, cell: Cell, plot: QRectF, scale: Scale) -> None:
        mirrored = self.isRightToLeft()
        shift = cell.mark.width() * (0.44 if not mirrored else -0.44)
        centre = cell.mark.center().x() - shift
        bar = self._bar(plot, scale, cell.point.before or 0.0, centre, cell.mark.width())
        painter.setPen(QPen(QColor(self._theme.tokens.control_border), BORDER))
        painter.setBrush(QColor(self._theme.tokens.neutral_tint))
        painter.drawPath(_rounded(bar.adjusted(0.5, 0.5, -0.5, 0), up=(cell.point.before or 0.0) >= 0))

    def _paint_name(self, painter: QPainter, cell: Cell, plot: QRectF, every: int) -> None:
        """A name that stands for several slots may reach into its neighbours'."""
        wide = cell.area.width() * every
        room = QRectF(cell.area.center().x() - wide / 2, plot.bottom() + 2, wide, LABELS)
        for n, words in enumerate(self.name_lines(cell.point.label, wide)):
            self._write(painter, room.translated(0, n * _LINE), words, self._theme.tokens.muted)

    def told_every(self, slot: float) -> int:
        """Which names are told where not all of them have room: every second, or every third."""
        if self._data.apart:
            return 1
        widest = self._text_width([point.label for point in self._data.points])
        return max(1, -(-(widest + GRID) // int(slot or 1)))

    def name_lines(self, name: str, room: float) -> tuple[str, ...]:
        """*name* in two lines where it is too long for *room* px and has a gap to break it at."""
        words = name.split(" ")
        if not self._data.apart or len(words) == 1 or self._text_width([name]) <= room:
            return (name,)
        # As much as fits goes into the first.
        starts = [" ".join(words[:count]) for count in range(1, len(words))]
        first = max((start for start in starts if self._text_width([start]) <= room), key=len, default=starts[0])
        return first, name[len(first) + 1 :]

    def _plot(self, rect: QRectF) -> QRectF:
        slot = rect.width() / max(len(self._data.points), 1)
        lines = max((len(self.name_lines(point.label, slot)) for point in self._data.points), default=1)
        return rect.adjusted(0, LABELS, 0, -LABELS - 2 - (lines - 1) * _LINE)

    def _bar(self, plot: QRectF, scale: Scale, value: float, centre: float, width: float) -> QRectF:
        nought = plot.bottom() - scale.share(0.0) * plot.height()
        end = plot.bottom() - scale.share(value) * plot.height()
        if value and abs(end - nought) < _LEAST:
            end = nought - _LEAST if value > 0 else nought + _LEAST
        return QRectF(centre - width / 2, min(nought, end), width, abs(nought - end))

    def _waiting_data(self) -> ChartData:
        return ChartData("", "", tuple(Point("", share, "") for share in _WAITING))


def _rounded(bar: QRectF, *, up: bool) -> QPainterPath:
    """Round at the free end, square on the base line."""
    radius = min(_RADIUS, bar.width() / 2, bar.height())
    foot, end, shoulder = bar.bottom(), bar.top(), bar.top() + radius
    if not up:
        foot, end, shoulder = bar.top(), bar.bottom(), bar.bottom() - radius
    path = QPainterPath(QPointF(bar.left(), foot))
    path.lineTo(bar.left(), shoulder)
    path.quadTo(bar.left(), end, bar.left() + radius, end)
    path.lineTo(bar.right() - radius, end)
    path.quadTo(bar.right(), end, bar.right(), shoulder)
    path.lineTo(bar.right(), foot)
    path.closeSubpath()
    return path
