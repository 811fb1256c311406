"""A map of more and less: rows by columns, five shades, the figure in each cell where it fits.

API: HeatMap(theme, clock); its height follows its rows. Values are shares from 0 to 1.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from desktop.theme.ramp import ink_on, ramp, step_of
from desktop.theme.tokens import BORDER, GRID
from desktop.widgets.charts.chart import LABELS, Cell, Chart, ChartPhase
from desktop.widgets.charts.data import ChartData, Point

ROW = 7 * GRID
_NAMES_SHARE, _NAMES_MOST = 0.28, 200
_GAP = 2.0
_RADIUS = 4.0
_BONE, _BONE_SHARES = 10.0, (0.8, 0.62, 0.72)
_WAITING_ROWS, _WAITING_COLUMNS = 6, 12


class HeatMap(Chart):
    """Arrow keys walk in four directions. A cell without a figure is outlined and says so."""

    def _cells(self, rect: QRectF) -> tuple[Cell, ...]:
        names = self._names_width(rect)
        columns = max(self._data.columns, 1)
        slot = (rect.width() - names) / columns

        def cell(n: int, point: Point) -> Cell:
            row, column = divmod(n, columns)
            area = QRectF(names + column * slot, LABELS + row * ROW, slot, ROW)
            return Cell(point, self._mirrored(area), self._mirrored(area.adjusted(_GAP, _GAP, -_GAP, -_GAP)))

        return tuple(cell(n, point) for n, point in enumerate(self._data.points))

    def _paint(self, painter: QPainter, cells: tuple[Cell, ...]) -> None:
        tokens, waiting = self._theme.tokens, self._phase is ChartPhase.SKELETON
        shades, columns = ramp(tokens), max(self._data.columns, 1)
        fits = bool(cells) and self._text_width([cell.point.short for cell in cells]) <= cells[0].mark.width()
        for cell in cells:
            point = cell.point
            if waiting or point.value is not None:
                shade = shades[step_of(point.value or 0.0)]
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._bone_brush() if waiting else QColor(shade))
                painter.drawRoundedRect(cell.mark, _RADIUS, _RADIUS)
                if fits and not waiting:
                    self._write(painter, cell.mark, point.short, ink_on(tokens, shade))
            else:
                painter.setPen(QPen(QColor(tokens.border), BORDER, Qt.PenStyle.DashLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(cell.mark, _RADIUS, _RADIUS)
        if waiting:
            self._paint_name_skeleton(painter)
        else:
            self._paint_names(painter, cells, columns)

    def _paint_name_skeleton(self, painter: QPainter) -> None:
        painter.setBrush(self._bone_brush())
        painter.setPen(Qt.PenStyle.NoPen)
        width = self._names_width(QRectF(self.rect()))
        for n in range(len(self._data.rows)):
            top = LABELS + n * ROW + (ROW - _BONE) / 2
            painter.drawRoundedRect(self._mirrored(QRectF(0, top, width * _BONE_SHARES[n % 3], _BONE)), GRID, GRID)

    def _paint_names(self, painter: QPainter, cells: tuple[Cell, ...], columns: int) -> None:
        tokens, names = self._theme.tokens, self._names_width(QRectF(self.rect()))
        for n, name in enumerate(self._data.rows):
            place = self._mirrored(QRectF(0, LABELS + n * ROW, names - 2 * GRID, ROW))
            side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
            self._write(painter, place, name, tokens.text, side=side | Qt.AlignmentFlag.AlignAbsolute)
        slot = cells[0].area.width() if cells else 1.0
        every = max(1, -(-(self._text_width([cell.point.label for cell in cells[:columns]]) + 2) // int(slot or 1)))
        for cell in cells[:columns:every]:
            wide = slot * every
            self._write(
                painter, QRectF(cell.area.center().x() - wide / 2, 0, wide, LABELS), cell.point.label, tokens.muted
            )

    def _names_width(self, rect: QRectF) -> float:
        return min(rect.width() * _NAMES_SHARE, _NAMES_MOST)

    def _waiting_data(self) -> ChartData:
        points = tuple(Point("", 0.0, "") for _ in range(_WAITING_ROWS * _WAITING_COLUMNS))
        return ChartData("", "", points, rows=("",) * _WAITING_ROWS)

    def _step(self, key: Qt.Key) -> int | None:
        by = {Qt.Key.Key_Down: self._data.columns, Qt.Key.Key_Up: -self._data.columns}.get(key)
        if by is None:
            return super()._step(key)
        return self._at + by if 0 <= self._at + by < len(self._data.points) else self._at

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(480, LABELS + ROW * max(len(self._data.rows), 1) + GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())
