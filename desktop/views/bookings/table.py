"""The table of bookings: two lines where one would be too wide, and their bones in the same places."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from types import MappingProxyType

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from desktop.models.pages import PagesModel
from desktop.models.rows import ROW_ROLE, AnyIndex, Column
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.bookings.row import BookingRow
from desktop.views.tools import Tools
from desktop.widgets.car_card import FAILED_TEXT, RETRY_TEXT, paint_badge
from desktop.widgets.record_row import RecordRow
from desktop.widgets.record_table import RecordTable
from desktop.widgets.shimmer import ShimmerClock
from engine.domain.listing import BookingOrder, BookingQuery

ROW_PX = 12 * GRID
_TICK_MS = 1000
_BONE_PX, _BADGE_PX = 10, 18
_NUMBER, _CAR, _BESIDE, _TIMES, _STANDING, _PRICE = range(6)
#: What the columns with words of one length take, in px; the others share what is left.
_FIXED = MappingProxyType({_NUMBER: 160, _TIMES: 204, _STANDING: 108, _PRICE: 120})
#: Less than this for each of the others, and a column is left out: the first of these, then the second.
_ROOMY, _LEFT_OUT = 140, (_PRICE, _NUMBER)
_NARROWEST = 500
#: What a heading sorts by.
_ORDERS = MappingProxyType(
    {
        _NUMBER: BookingOrder.CREATED,
        _BESIDE: BookingOrder.RENTER,
        _TIMES: BookingOrder.PICK_UP,
        _PRICE: BookingOrder.PRICE,
    }
)
#: How much of the upper and of the lower line a bone takes.
_BONES = MappingProxyType({_NUMBER: (0.8, 0.9), _CAR: (0.75, 0.5), _BESIDE: (0.6, 0.7), _TIMES: (0.8, 0.8)})


def columns_of(now: Callable[[], datetime], beside: str = "Renter") -> list[Column[BookingRow]]:
    """*beside* is the heading of ``BookingRow.beside``."""

    def column(
        title: str,
        text: Callable[[BookingRow], str],
        *,
        numeric: bool = False,
        tone: Callable[[BookingRow], str] | None = None,
    ) -> Column[BookingRow]:
        return Column(title, text, text, numeric, tone)

    return [
        column("Booking", lambda row: row.number),
        column("Car", lambda row: f"{row.car}, {row.plate}"),
        column(beside, lambda row: row.beside[0]),
        column("Pick-up and return", lambda row: f"{row.pick_up} to {row.drop_off}"),
        column("Standing", lambda row: row.standing_text(now()), tone=lambda row: row.tone.value),
        column("Price", lambda row: row.price, numeric=True),
    ]


def two_lines(cell: QRect) -> tuple[QRect, QRect]:
    """The upper and the lower line of *cell*, for words and for bones."""
    inner = cell.adjusted(0, GRID, 0, -GRID)
    half = inner.height() // 2
    return inner.adjusted(0, 0, 0, -half), inner.adjusted(0, half, 0, 0)


class BookingTable(RecordTable):
    """A record table whose holds count down and whose headings sort.

    Signals:
        sorted: A heading was pressed; carries the BookingOrder.
    """

    sorted = Signal(object)

    def __init__(
        self,
        tools: Tools,
        model: PagesModel[BookingRow],
        now: Callable[[], datetime],
        orders: Collection[BookingOrder] = tuple(BookingOrder),
    ) -> None:
        """*orders* are those the list may be asked for; other headings do not sort."""
        super().__init__(tools.theme, tools.shimmer)
        self._orders = {column: order for column, order in _ORDERS.items() if order in orders}
        self._row = BookingCells(tools.theme, tools.shimmer, self, now)
        self.setItemDelegate(self._row)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._repaint_holds)
        self.setModel(model)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.setAccessibleName("Bookings")
        self.setMinimumWidth(_NARROWEST)
        self.visible_rows.connect(self._watch_holds)
        model.dataChanged.connect(self._watch_holds)
        heads = self.horizontalHeader()
        heads.setSectionsClickable(True)
        heads.sectionClicked.connect(self._sort)

    def show_order(self, query: BookingQuery) -> None:
        """An arrow at the heading the list is sorted by; none for an order that no heading stands for."""
        column = next((column for column, order in self._orders.items() if order is query.order), -1)
        heads = self.horizontalHeader()
        # Qt's arrow for an ascending order points down; people read it the other way round.
        side = Qt.SortOrder.AscendingOrder if query.descending else Qt.SortOrder.DescendingOrder
        heads.setSortIndicatorShown(column >= 0)
        heads.setSortIndicator(column, side)

    def _sort(self, column: int) -> None:
        if column in self._orders:
            self.sorted.emit(self._orders[column])

    def _watch_holds(self) -> None:
        """Tick only while a hold is on the screen."""
        model = self.model()
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        rows = range(first, model.rowCount() if last < 0 else last + 1)
        shown = (model.index(row, 0).data(ROW_ROLE) for row in rows)
        if self.isVisible() and any(row is not None and row.held for row in shown):
            self._tick.start()
        else:
            self._tick.stop()

    def _repaint_holds(self) -> None:
        left, width = self.columnViewportPosition(_STANDING), self.columnWidth(_STANDING)
        self.viewport().update(left, 0, width, self.viewport().height())

    def _share_width(self) -> None:
        # Room for the scroll bar is kept whether it shows or not: its coming must not move the columns.
        room = self.width() - self.verticalScrollBar().sizeHint().width() - 2
        fixed, others = dict(_FIXED), self.model().columnCount() - len(_FIXED)
        for column in _LEFT_OUT:
            hidden = room - sum(fixed.values()) < others * _ROOMY
            self.setColumnHidden(column, hidden)
            if hidden:
                del fixed[column]
        share = (room - sum(fixed.values())) // others
        for column in range(self.model().columnCount()):
            if not self.isColumnHidden(column):
                self.setColumnWidth(column, fixed.get(column, share))
        self.stay_on_shown_column()

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch_holds()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick.stop()
        super().hideEvent(event)


class BookingCells(RecordRow):
    """Car and plate, pick-up and return, standing and what is left of a hold stand one above the other."""

    def __init__(self, theme: Theme, clock: ShimmerClock, view: BookingTable, now: Callable[[], datetime]) -> None:
        super().__init__(theme, clock, view)
        self._now = now

    def _value(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        row: BookingRow = index.data(ROW_ROLE)
        upper, lower = two_lines(rect)
        tokens = self._theme.tokens
        if index.column() == _NUMBER:
            self._line(painter, upper, row.number, tokens.text)
            self._line(painter, lower, row.booked, tokens.muted)
        elif index.column() == _BESIDE:
            self._line(painter, upper, row.beside[0], tokens.text)
            self._line(painter, lower, row.beside[1], tokens.muted)
        elif index.column() == _CAR:
            self._line(painter, upper, row.car, tokens.text, bold=True)
            self._line(painter, lower, row.plate, tokens.muted)
        elif index.column() == _TIMES:
            self._line(painter, upper, row.pick_up, tokens.text)
            self._line(painter, lower, row.drop_off, tokens.muted)
        elif index.column() == _STANDING:
            place = (
                upper if row.held else QRect(upper.left(), rect.center().y() - _BADGE_PX // 2, rect.width(), _BADGE_PX)
            )
            paint_badge(painter, self._theme, place, row.standing, row.tone)
            self._line(painter, lower, row.hold_left(self._now()), tokens.warning)
        else:
            super()._value(painter, rect, index)

    def _failure(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        words = {_CAR: FAILED_TEXT, _BESIDE: RETRY_TEXT}.get(index.column(), "")
        self._line(painter, rect, words, self._theme.tokens.danger)

    def _bone(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        if index.column() not in _BONES:
            super()._bone(painter, rect, option, index)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._clock.brush(self._view.viewport().width()))
        for line, share in zip(two_lines(rect), _BONES[index.column()], strict=True):
            bone = QRect(0, 0, round(line.width() * share), _BONE_PX)
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawRoundedRect(QStyle.alignedRect(option.direction, side, bone.size(), line), GRID, GRID)

    def _line(self, painter: QPainter, place: QRect, text: str, colour: str, *, bold: bool = False) -> None:
        font = self._theme.font(TypeSize.BODY, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)
