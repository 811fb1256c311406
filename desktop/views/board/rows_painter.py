"""The rows of the board as they are painted: ground, closed hours, heads, cars, bars, cursor and the line of now.

API: RowsPainter(theme): paint(painter, area, seen).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from desktop.theme.theme import Theme
from desktop.theme.tokens import FOCUS, GRID, TypeSize
from desktop.views.board.bars import BarPainter
from desktop.views.board.ghost import Ghost, GhostPainter
from desktop.views.board.lines import BoardLine, Words
from desktop.views.board.placing import Placing
from desktop.views.board.scale import Density, TimeScale
from desktop.words.figures import whole
from desktop.words.messages import DAMAGED
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

_ICON_PX = 16
_PLATE_AT, _INDENT = 8 * GRID, 3 * GRID
#: Narrower days tell no number of free cars.
_FREE_FROM_PX = 52
_WEEK_FROM_DAYS = 28


@dataclass(frozen=True)
class Seen:
    """What is painted: the lines and where they stand.

    Attributes:
        top: Where the first line begins, in px; ``cursor`` the line and the moment of the cell that is chosen.
        bar: The id of the bar that is chosen; "" while it is a cell.
        free: What can be had there, for the words in the cell; None where nothing can.
    """

    lines: list[BoardLine]
    placing: Placing
    density: Density
    top: int
    cursor: tuple[int, datetime] | None
    bar: str
    free: bool
    focused: bool
    ghost: Ghost | None = None

    @property
    def scale(self) -> TimeScale:
        return self.placing.scale

    @property
    def words(self) -> Words:
        return self.placing.words


class RowsPainter:
    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.bars = BarPainter(theme)
        self.ghosts = GhostPainter(self.bars)
        self.dress()

    def dress(self) -> None:
        tokens = self._theme.tokens
        self.bars.dress()
        self._unknown = QColor(tokens.skeleton)
        self._ground, self._closed, self._border = QColor(tokens.raised), QColor(tokens.surface), QColor(tokens.border)
        self._head, self._tint, self._accent = (
            QColor(tokens.neutral_tint),
            QColor(tokens.accent_tint),
            QColor(tokens.accent),
        )
        self._text, self._muted, self._warning = QColor(tokens.text), QColor(tokens.muted), QColor(tokens.warning)
        self._body, self._strong = self._theme.font(TypeSize.BODY), self._theme.font(TypeSize.BODY, bold=True)

    def paint(self, painter: QPainter, area: QRect, seen: Seen) -> None:
        row_px, scale = seen.density.row_px, seen.scale
        first = max((area.top() - seen.top) // row_px, 0)
        last = min((area.bottom() - seen.top) // row_px, len(seen.lines) - 1)
        painter.fillRect(area, self._ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = range(first, last + 1)
        self._days(painter, area, seen, rows)
        times = QRect(scale.left, area.top(), scale.width - scale.left, area.height())
        painter.save()
        painter.setClipRect(times.intersected(area))
        bar_px = seen.density.bar_px
        for n in rows:
            top = seen.top + n * row_px + (row_px - bar_px) / 2
            for placed in seen.placing.bars(seen.lines[n]):
                if placed.last >= area.left() and placed.left <= area.right() + 1:
                    self.bars.paint(painter, placed, top, bar_px, scale.day_px)
        bottom = min(area.bottom() + 1, seen.top + len(seen.lines) * row_px)
        for since, until in seen.placing.unknown:
            painter.fillRect(round(since), area.top(), round(until - since), bottom - area.top(), self._unknown)
        if seen.ghost is None:
            self._cursor(painter, seen)
        else:
            self.ghosts.paint(painter, seen.ghost, seen.density, seen.top, seen.placing)
        self.paint_now(painter, area, seen.placing)
        painter.restore()
        if area.left() < scale.left:
            for n in rows:
                self._car(painter, QRect(0, seen.top + n * row_px, scale.left, row_px), seen, n)

    def _days(self, painter: QPainter, area: QRect, seen: Seen, rows: range) -> None:
        """The ground: closed hours, heads, and the lines between days and rows."""
        row_px, scale = seen.density.row_px, seen.scale
        for n in rows:
            line, top = seen.lines[n], seen.top + n * row_px
            if line.head:
                painter.fillRect(QRect(0, top, scale.width, row_px), self._head)
                self._free(painter, QRect(0, top, scale.width, row_px), seen, line)
            elif line.car is not None:
                for since, until in seen.placing.closed(line.car.branch_id):
                    painter.fillRect(round(since), top, round(until) - round(since), row_px, self._closed)
            painter.fillRect(area.left(), top + row_px - 1, area.width(), 1, self._border)
        bottom = seen.top + len(seen.lines) * row_px
        height = min(area.bottom(), bottom) - area.top() + 1
        for n in range(scale.days + 1):
            weekly = scale.days >= _WEEK_FROM_DAYS and n < scale.days and scale.day(n).weekday() != 0
            if not weekly:
                painter.fillRect(scale.left + n * scale.day_px, area.top(), 1, height, self._border)

    def _free(self, painter: QPainter, rect: QRect, seen: Seen, line: BoardLine) -> None:
        """How many of the group could be had on each day."""
        scale = seen.scale
        if scale.day_px < _FREE_FROM_PX or not line.cars:
            return
        for n, day in enumerate(seen.placing.days(line.cars)):
            if day is None:
                continue
            none = not day.free
            painter.setFont(self.bars.bold if none else self.bars.font)
            painter.setPen(self._warning if none else self._muted)
            words = tr("None free") if none else tr("{count} free", count=whole(day.free))
            if none and self.bars.width(words, bold=True) > scale.day_px - 2 * GRID:
                words = whole(0)
            at = QRect(scale.left + n * scale.day_px + 2 * GRID, rect.top(), scale.day_px - 2 * GRID, rect.height())
            painter.drawText(at, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _car(self, painter: QPainter, rect: QRect, seen: Seen, n: int) -> None:
        line = seen.lines[n]
        chosen = seen.cursor is not None and seen.cursor[0] == n
        painter.fillRect(rect, self._tint if chosen else self._head if line.head else self._ground)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self._border)
        painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), self._border)
        base = rect.center().y() + (self.bars.metrics.ascent() - self.bars.metrics.descent()) / 2 + 1
        if line.head:
            self._head_words(painter, rect, seen, line, base)
            return
        row = line.car
        if row is None:
            words = f"{DAMAGED}: {line.row.id}" if isinstance(line.row, Damaged) else line.key
            self._write(painter, QPointF(_INDENT, base), words, self._warning, rect.width() - 2 * _INDENT)
            return
        mark = seen.words.mark(row)
        large = seen.density is Density.LARGE
        side = rect.right() - _ICON_PX - 2 * GRID if large else _INDENT
        place = QRect(side, rect.top() + (rect.height() - _ICON_PX) // 2, _ICON_PX, _ICON_PX)
        if large:
            place.moveTop(rect.top() + 3)
        ratio = painter.device().devicePixelRatioF()
        ink = self._theme.tokens.ink(mark.tone)
        painter.drawPixmap(place, self._theme.icons.pixmap(mark.icon, ink, _ICON_PX, ratio))
        painter.setFont(self.bars.bold)
        painter.setPen(self._text)
        if large:
            middle = rect.center().y()
            painter.drawText(QPointF(_INDENT, middle - 1), row.plate)
            self._write(painter, QPointF(_INDENT, middle + 13), row.title, self._muted, rect.width() - _INDENT - GRID)
            return
        painter.drawText(QPointF(_PLATE_AT, base), row.plate)
        after = _PLATE_AT + max(self.bars.width(row.plate, bold=True) + 2 * GRID, 21 * GRID)
        if seen.density is Density.NORMAL:
            self._write(painter, QPointF(after, base), row.title, self._muted, rect.width() - after - GRID)

    def _head_words(self, painter: QPainter, rect: QRect, seen: Seen, line: BoardLine, base: float) -> None:
        painter.setFont(self._strong)
        painter.setPen(self._text)
        painter.drawText(QPointF(_INDENT, base), line.title)
        after = _INDENT + painter.fontMetrics().horizontalAdvance(line.title) + 2 * GRID
        if line.cars:
            room = rect.width() - after - GRID
            self._write(painter, QPointF(after, base), seen.words.free_now(line.cars), self._muted, room)

    def _write(self, painter: QPainter, at: QPointF, text: str, ink: QColor, room: float) -> None:
        """Whole or not at all."""
        if self.bars.width(text) <= room:
            painter.setFont(self.bars.font)
            painter.setPen(ink)
            painter.drawText(at, text)

    def _cursor(self, painter: QPainter, seen: Seen) -> None:
        if seen.cursor is None:
            return
        n, at = seen.cursor
        row_px, bar_px, scale = seen.density.row_px, seen.density.bar_px, seen.scale
        top = seen.top + n * row_px + (row_px - bar_px) / 2
        if seen.bar:
            placed = next((each for each in seen.placing.bars(seen.lines[n]) if each.bar.id == seen.bar), None)
            if placed is not None:
                self.bars.outline(painter, placed, top, bar_px)
            return
        since, until = scale.cell_of(at)
        cell = QRectF(scale.x(since) + 1, top, scale.x(until) - scale.x(since) - 2, bar_px)
        painter.setPen(QPen(self._accent, FOCUS if seen.focused else 1))
        painter.setBrush(self._tint)
        painter.drawRoundedRect(cell, GRID, GRID)
        words = tr("Book here")
        if seen.free and self.bars.width(words, bold=True) + 4 * GRID <= cell.width():
            painter.setFont(self.bars.bold)
            painter.setPen(self._accent)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, words)

    def paint_now(self, painter: QPainter, area: QRect, placing: Placing) -> None:
        scale, now = placing.scale, placing.words.now
        if scale.since <= now < scale.until:
            painter.fillRect(QRectF(scale.x(now) - 0.75, area.top(), 1.5, area.height()), self._text)
