"""The table of bookings: two-line rows, and their bones in the same places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHideEvent, QKeyEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from desktop.models.pages import PagesModel
from desktop.models.rows import ROW_ROLE, STATE_ROLE, AnyIndex, Column
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.client.booking_row import BookingRow
from desktop.views.tools import Tools
from desktop.widgets.car_card import FAILED_TEXT, RETRY_TEXT, paint_badge
from desktop.widgets.shimmer import ShimmerClock
from desktop.widgets.visible_rows import VisibleRows

ROW_PX = 12 * GRID
_TICK_MS = 1000
_BADGE = 20
_NUMBER, _CAR, _RENTER, _TIMES, _STANDING, _PRICE, _LEFT = range(7)
#: Width of each column in px; 0 shares what is left.
_WIDTHS = (132, 0, 0, 196, 108, 104, 58)
#: How much of a cell its bones take, upper and lower line; 0 is none.
_BONES = ((0.8, 0), (0.75, 0.5), (0.7, 0), (0.8, 0.8), (0.6, 0), (0.7, 0), (0, 0))
_BONE_PX = 10


@dataclass(frozen=True, slots=True)
class CellPlaces:
    """Where the one line, or the two lines, of a cell stand; bones begin where the text begins."""

    upper: QRect
    lower: QRect

    def bones(self, column: int, *, flush_end: bool) -> list[QRect]:
        shares = zip((self.upper, self.lower), _BONES[column], strict=True)
        return [_bone(place, share, flush_end=flush_end) for place, share in shares if share]


def cell_places(cell: QRect, column: int) -> CellPlaces:
    """The one layout of text and bones."""
    inner = cell.adjusted(2 * GRID, GRID, -2 * GRID, -GRID)
    if column not in (_CAR, _TIMES):
        return CellPlaces(inner, QRect())
    half = inner.height() // 2
    return CellPlaces(inner.adjusted(0, 0, 0, -half), inner.adjusted(0, half, 0, 0))


def columns_of(now: Callable[[], datetime]) -> list[Column[BookingRow]]:
    def column(title: str, text: Callable[[BookingRow], str], *, numeric: bool = False) -> Column[BookingRow]:
        return Column(title, text, text, numeric)

    return [
        column("Booking", lambda row: row.number),
        column("Car", lambda row: f"{row.car}, {row.plate}"),
        column("Renter", lambda row: row.renter),
        column("Pick-up and return", lambda row: f"{row.pick_up} to {row.drop_off}"),
        column("Standing", lambda row: row.standing),
        column("Price", lambda row: row.price, numeric=True),
        column("Hold", lambda row: row.hold_left(now()), numeric=True),
    ]


class BookingTable(QTableView):
    """Signals: ``opened`` carries a Booking, ``retry_wanted`` a row of a page that failed; ``visible_rows`` as ever."""

    opened = Signal(object)
    retry_wanted = Signal(int)
    visible_rows = Signal(int, int)

    def __init__(self, tools: Tools, model: PagesModel[BookingRow], now: Callable[[], datetime]) -> None:
        super().__init__()
        self._clock = tools.shimmer
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._repaint_holds)
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(tools.theme, tools.shimmer, now, self))
        self._dress()
        seen = VisibleRows(self)
        seen.changed.connect(self.visible_rows)
        seen.changed.connect(self._look)
        model.dataChanged.connect(self._look)
        self.activated.connect(self._open)
        tools.theme.changed.connect(self.viewport().update)

    def shimmer_step(self) -> None:
        left, right = self._clock.swept(self.viewport().width())
        self.viewport().update(left, 0, right - left, self.viewport().height())

    def _look(self) -> None:
        """Light while a row on the screen waits, a tick while one is held."""
        rows = self._rows_on_screen()
        model = self.model()
        waiting = any(model.index(row, 0).data(STATE_ROLE) == "waiting" for row in rows)
        if waiting and self.isVisible():
            self._clock.join(self)
        else:
            self._clock.leave(self)
        held = any(model.index(row, _LEFT).data() for row in rows)
        if held and self.isVisible():
            self._tick.start()
        else:
            self._tick.stop()

    def _rows_on_screen(self) -> range:
        count = self.model().rowCount()
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        return range(min(first, count), count if last < 0 else last + 1)

    def _repaint_holds(self) -> None:
        self.viewport().update(self.columnViewportPosition(_LEFT), 0, self.columnWidth(_LEFT), self.viewport().height())

    def _open(self, index: AnyIndex) -> None:
        row = index.data(ROW_ROLE)
        if row is not None:
            self.opened.emit(row.booking)
        elif index.data(STATE_ROLE) == "failed":
            self.retry_wanted.emit(index.row())

    def _dress(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAccessibleName("Bookings")
        down = self.verticalHeader()
        down.hide()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(ROW_PX)
        across = self.horizontalHeader()
        across.setHighlightSections(False)
        across.setSectionsClickable(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    # Qt names below.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Room for the scroll bar is kept whether it shows or not: its coming must not move the columns.
        room = self.width() - self.verticalScrollBar().sizeHint().width() - 2
        share = max((room - sum(_WIDTHS)) // _WIDTHS.count(0), 80)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width or share)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}
        if event.key() in steps and not event.modifiers() and self.model().rowCount():
            row = self.currentIndex().row() + steps[Qt.Key(event.key())]
            self.selectRow(min(max(row, 0), self.model().rowCount() - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, they do not jump to a row."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.leave(self)
        self._tick.stop()
        super().hideEvent(event)


class _RowDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, clock: ShimmerClock, now: Callable[[], datetime], view: QTableView) -> None:
        super().__init__(view)
        self._theme, self._clock, self._now, self._view = theme, clock, now, view

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        tokens = self._theme.tokens
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(tokens.accent_tint))
            if self._view.hasFocus():
                painter.fillRect(QRect(0, option.rect.top(), 3, option.rect.height()), QColor(tokens.focus))
        line = QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1)
        painter.fillRect(line, QColor(tokens.border))

    def _bones(self, painter: QPainter, option: QStyleOptionViewItem, column: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._clock.brush(self._view.viewport().width()))
        for bone in cell_places(option.rect, column).bones(column, flush_end=column in (_PRICE, _LEFT)):
            painter.drawRoundedRect(QStyle.visualRect(option.direction, option.rect, bone), GRID, GRID)

    def _cell(self, painter: QPainter, option: QStyleOptionViewItem, column: int, row: BookingRow) -> None:
        places, tokens = cell_places(option.rect, column), self._theme.tokens
        if column == _STANDING:
            badge = QRect(places.upper.left(), 0, places.upper.width(), _BADGE)
            badge.moveTop(option.rect.center().y() - _BADGE // 2)
            paint_badge(painter, self._theme, badge, row.standing, row.tone)
        elif column == _CAR:
            self._write(painter, places.upper, row.car, tokens.text, bold=True)
            self._write(painter, places.lower, row.plate, tokens.muted, TypeSize.SMALL)
        elif column == _TIMES:
            self._write(painter, places.upper, row.pick_up, tokens.text)
            self._write(painter, places.lower, row.drop_off, tokens.muted)
        elif column == _LEFT:
            self._write(painter, places.upper, row.hold_left(self._now()), tokens.warning, bold=True, end=True)
        else:
            words = {_NUMBER: row.number, _RENTER: row.renter, _PRICE: row.price}[column]
            self._write(painter, places.upper, words, tokens.text, end=column == _PRICE)

    def _write(
        self,
        painter: QPainter,
        place: QRect,
        text: str,
        colour: str,
        size: TypeSize = TypeSize.BODY,
        *,
        bold: bool = False,
        end: bool = False,
    ) -> None:
        font = self._theme.font(size, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignTrailing if end else Qt.AlignmentFlag.AlignLeading
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, words)

    # Qt names below.

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        self._ground(painter, option)
        row, column = index.data(ROW_ROLE), index.column()
        if row is not None:
            self._cell(painter, option, column, row)
        elif index.data(STATE_ROLE) == "waiting":
            self._bones(painter, option, column)
        elif column in (_CAR, _RENTER):
            words = FAILED_TEXT if column == _CAR else RETRY_TEXT
            self._write(painter, cell_places(option.rect, _RENTER).upper, words, self._theme.tokens.danger)
        painter.restore()


def _bone(place: QRect, share: float, *, flush_end: bool) -> QRect:
    bone = QRect(0, 0, round(place.width() * share), _BONE_PX)
    bone.moveCenter(place.center())
    if flush_end:
        bone.moveRight(place.right())
    else:
        bone.moveLeft(place.left())
    return bone
