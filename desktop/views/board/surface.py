"""What the board is painted on: an item view of rows of one height, whose cells are cars and bars.

API: BoardSurface(context): table, density, scale, placing, show_skeleton(), bar_under(point), row_at(y).
"""

from __future__ import annotations

from datetime import UTC, date, tzinfo

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QFrame, QTableView

from desktop.views.board.bones import paint_bones
from desktop.views.board.lines import Words
from desktop.views.board.model import BoardModel
from desktop.views.board.placing import Placing
from desktop.views.board.rows_painter import RowsPainter, Seen
from desktop.views.board.scale import Density, TimeScale
from desktop.views.parts.view_context import ViewContext
from engine.words.tr import tr

AnyIndex = QModelIndex | QPersistentModelIndex
_LONG_AGO = date(2000, 1, 1)


class BoardSurface(QTableView):
    """Attributes: ``placing`` is where all stands; None before the first board."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._clock = context.shimmer
        self.table = BoardModel()
        self.density, self.painting = Density.NORMAL, RowsPainter(context.theme)
        self.skeleton = True
        self.placing: Placing | None = None
        self._first, self._days = _LONG_AGO, 14
        self._zone: tzinfo = UTC
        self.scale = TimeScale(self._first, self._days, self._zone, 1, 100)
        self.setModel(self.table)
        # A table for a screen reader; what it looks like is all our own.
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
        self.setShowGrid(False)
        # What is chosen is brought into sight where a person went to it, and nowhere else.
        self.setAutoScroll(False)
        # Whatever lies over the rows, seen or not, keeps them from being moved when they are scrolled.
        for corner in self.findChildren(QAbstractButton):
            corner.hide()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("board")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        # Time goes from left to right in every language here.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Board"))
        self.viewport().setAutoFillBackground(False)
        # Every pixel is painted here, so that what is scrolled is moved and not painted anew.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        context.theme.changed.connect(self._dress)

    def seen(self) -> Seen | None:
        """What is painted; None before the first board."""
        raise NotImplementedError

    def show_skeleton(self, words: Words) -> None:
        """Days and the line of now are true; what is not known yet is bones."""
        self.skeleton = True
        self.table.put([], words)
        self._measure()
        if self.isVisible():
            self._clock.join(self)

    def _measure(self) -> None:
        width = self.viewport().width()
        self.scale = TimeScale(self._first, self._days, self._zone, self.density.car_px(width), width)
        if self.table.words is not None:
            self.placing = Placing(self.scale, self.painting.bars, self.table.words)
        self.viewport().update()

    def _dress(self) -> None:
        self.painting.dress()
        self._measure()

    def shimmer_step(self) -> None:
        self._clock.sweep(self.viewport())

    def bar_under(self, at: QPoint) -> str:
        n = self.row_at(at.y())
        if n < 0 or self.placing is None or at.x() < self.scale.left:
            return ""
        placed = self.placing.bars(self.table.lines[n])
        return next((each.bar.id for each in placed if each.left - 1 <= at.x() <= each.last + 1), "")

    def row_at(self, y: int) -> int:
        n = (y + self.verticalScrollBar().value()) // self.density.row_px
        return n if 0 <= n < len(self.table.lines) else -1

    # Qt names below.

    def visualRect(self, index: AnyIndex) -> QRect:
        """Of the car's cell, or of a bar."""
        if not index.isValid() or index.row() >= len(self.table.lines):
            return QRect()
        row_px = self.density.row_px
        top = index.row() * row_px - self.verticalScrollBar().value()
        bar = self.table.bar(index)
        if bar is None or self.placing is None:
            return QRect(0, top, self.scale.left, row_px) if index.column() == 0 else QRect()
        placed = self.placing.bars(self.table.lines[index.row()])
        one = next((each for each in placed if each.bar.id == bar.id), None)
        return QRect() if one is None else QRect(int(one.left), top, max(int(one.last - one.left), 1), row_px)

    def indexAt(self, point: QPoint) -> QModelIndex:
        n = self.row_at(point.y())
        if n < 0:
            return QModelIndex()
        ids = [bar.id for bar in self.table.lines[n].bars]
        under = self.bar_under(point)
        return self.table.index(n, ids.index(under) + 1 if under in ids else 0)

    def scrollTo(
        self, index: AnyIndex, _hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        row_px, bar = self.density.row_px, self.verticalScrollBar()
        top, seen = index.row() * row_px, self.viewport().height()
        # The head of the group comes into sight with its first car.
        above = row_px if index.row() > 0 and self.table.lines[index.row() - 1].head else 0
        if top - above < bar.value():
            bar.setValue(top - above)
        elif top + row_px > bar.value() + seen:
            bar.setValue(top + row_px - seen)

    def moveCursor(self, _action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        return self.currentIndex()

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _index: AnyIndex) -> bool:
        return False

    def setSelection(self, _rect: QRect, _command: object) -> None:
        pass

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:
        return QRegion()

    def updateGeometries(self) -> None:
        """Rows of one height; the table's own sections have no say."""
        row_px, seen = self.density.row_px, self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(len(self.table.lines) * row_px - seen, 0))
        bar.setPageStep(seen)
        bar.setSingleStep(row_px)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        seen = self.seen()
        if self.skeleton or seen is None:
            paint_bones(painter, event.rect(), self.scale, self.density, self._clock.brush(self.viewport().width()))
            if self.placing is not None:
                self.painting.paint_now(painter, event.rect(), self.placing)
        else:
            for area in _rects(event.region()):
                painter.save()
                painter.setClipRect(area)
                self.painting.paint(painter, area, seen)
                painter.restore()
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != self.scale.width:
            self._measure()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.skeleton:
            self._clock.join(self)

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.leave(self)
        super().hideEvent(event)


def _rects(region: QRegion) -> list[QRect]:
    """PySide's stubs do not tell that a region can be gone through."""
    return [*region]  # type: ignore[misc]
