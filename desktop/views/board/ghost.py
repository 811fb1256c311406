"""What is taken up, as it is painted: where it was, where it would be, and whose time it would take.

API: Ghost, GhostPainter(bars): paint(painter, ghost, density, top, placing).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from desktop.theme.tokens import GRID
from desktop.views.board.bars import RADIUS, BarPainter
from desktop.views.board.placing import Placing
from desktop.views.board.scale import Density
from engine.domain.booking.board import BoardRow
from engine.domain.booking.board_plan import Plan, PlanKind, WhyNot
from engine.words.tr import tr


@dataclass(frozen=True)
class Ghost:
    """Attributes: ``source`` and ``target`` are lines; ``row`` is the car that it is taken from."""

    plan: Plan
    source: int
    target: int
    row: BoardRow
    bar_id: str


class GhostPainter:
    def __init__(self, bars: BarPainter) -> None:
        self._bars = bars

    def paint(self, painter: QPainter, ghost: Ghost, density: Density, top: int, placing: Placing) -> None:
        row_px, bar_px = density.row_px, density.bar_px
        inset = (row_px - bar_px) / 2
        if ghost.plan.kind is PlanKind.MOVE:
            self._origin(painter, ghost, top + ghost.source * row_px + inset, bar_px, placing)
        self._ghost(painter, ghost, top + ghost.target * row_px + inset, bar_px, placing)

    def _origin(self, painter: QPainter, ghost: Ghost, top: float, height: int, placing: Placing) -> None:
        """A dashed outline stays where it was."""
        old = next((bar for bar in ghost.row.bars if bar.id == ghost.bar_id), None)
        if old is None:
            return
        left, right = self._span(placing, old.taken.starts_at, old.taken.ends_at)
        rect = QRectF(left, top, right - left, height)
        pen = QPen(self._bars.muted, 1.0, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(self._bars.raised)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        words = tr("lifted")
        if self._bars.width(words) + 4 * GRID <= rect.width():
            painter.setFont(self._bars.font)
            painter.drawText(rect.adjusted(2 * GRID, 0, -2 * GRID, 0), Qt.AlignmentFlag.AlignCenter, words)

    def _ghost(self, painter: QPainter, ghost: Ghost, top: float, height: int, placing: Placing) -> None:
        plan, bars = ghost.plan, self._bars
        # What would not change is neither good nor bad.
        fine = plan.possible or plan.why is WhyNot.SAME
        ink, ground = (bars.accent, bars.tint) if fine else (bars.danger, bars.danger_tint)
        left, right = self._span(placing, plan.bar.taken.starts_at, plan.bar.taken.ends_at)
        rect = QRectF(left, top, max(right - left, 2.0), height)
        painter.setPen(QPen(ink, 2.0, Qt.PenStyle.DashLine))
        painter.setBrush(ground)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        end = rect.left() + 2 * GRID
        name = plan.bar.booking.renter if plan.bar.booking is not None else tr("New booking")
        taken = self._taken(painter, plan, rect, placing)
        if taken is None or taken.left() > end + bars.width(name, bold=True) + 2 * GRID:
            self._write(painter, rect, end, name, bars.text)
            end += bars.width(name, bold=True) + 3 * GRID
        if taken is not None:
            who = placing.words.name(plan.conflicts[0])
            words = tr("{name} has it", name=who) if who else tr("not to be had")
            at = max(taken.left() + 2 * GRID, end)
            painter.fillRect(QRectF(at - GRID, top + 3, bars.width(words, bold=True) + 2 * GRID, height - 6), ground)
            self._write(painter, rect, at, words, bars.danger)

    def _taken(self, painter: QPainter, plan: Plan, rect: QRectF, placing: Placing) -> QRectF | None:
        """Whose time it would take is cross-hatched."""
        if not plan.conflicts:
            return None
        first = plan.conflicts[0].taken
        left, right = self._span(placing, first.starts_at, first.free_at)
        left, right = max(left, rect.left()), min(right, rect.right())
        if right <= left:
            left, right = rect.left(), rect.right()
        over = QRectF(left, rect.top() + 2, right - left, rect.height() - 4)
        line = QColor(self._bars.danger)
        line.setAlphaF(0.5)
        painter.fillRect(over, QBrush(line, Qt.BrushStyle.DiagCrossPattern))
        return over

    def _write(self, painter: QPainter, rect: QRectF, left: float, text: str, ink: QColor) -> None:
        metrics = self._bars.bold_metrics
        base = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2
        painter.setFont(self._bars.bold)
        painter.setPen(ink)
        painter.drawText(QPointF(left, base), text)

    def _span(self, placing: Placing, since: datetime, until: datetime) -> tuple[float, float]:
        scale = placing.scale
        left, right = (scale.x(at) for at in (since, until))
        return max(left, float(scale.left)), min(right, float(scale.width))
