"""The table of bookings: two lines where one would be too wide, and a skeleton in the same places."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from types import MappingProxyType

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QHideEvent, QPainter, QShowEvent

from desktop.models.rows import ROW_ROLE, AnyIndex, Column
from desktop.models.slices import SlicesModel
from desktop.theme.theme import Theme
from desktop.theme.tokens import TypeSize
from desktop.views.booking.list_row import BookingRow
from desktop.views.parts.damage import damage_of
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.cards.car_card import FAILED_TEXT, RETRY_TEXT, badge_width, paint_badge
from desktop.widgets.column_widths import in_two
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.widgets.table.record_table import RecordTable
from desktop.widgets.table.two_lines import ROW_PX, TwoLineRow, two_lines
from engine.domain.booking.listing import BookingOrder, BookingQuery
from engine.words.tr import tr

_TICK_MS = 1000
_BADGE_PX = 18
_NUMBER, _CAR, _BESIDE, _TIMES, _STANDING, _PRICE = range(6)
#: What the columns take before a row is there, in px.
_USUAL = MappingProxyType({_NUMBER: 160, _CAR: 140, _BESIDE: 140, _TIMES: 204, _STANDING: 108, _PRICE: 120})
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
_SKELETON = MappingProxyType({_NUMBER: (0.8, 0.9), _CAR: (0.75, 0.5), _BESIDE: (0.6, 0.7), _TIMES: (0.8, 0.8)})


def columns_of(now: Callable[[], datetime], beside: str = tr("Renter")) -> list[Column[BookingRow]]:
    """*beside* is the heading of ``BookingRow.beside``."""

    def column(
        title: str,
        text: Callable[[BookingRow], str],
        *,
        numeric: bool = False,
        tone: Callable[[BookingRow], str] | None = None,
        spare: bool = False,
    ) -> Column[BookingRow]:
        return Column(title, text, text, numeric, tone, spare=spare)

    return [
        column(tr("Booking"), lambda row: row.number, spare=True),
        column(tr("Car"), lambda row: f"{row.car}, {row.plate}"),
        column(beside, lambda row: row.beside[0]),
        column(
            tr("Pick-up and return"),
            lambda row: tr("{pick_up} to {drop_off}", pick_up=row.pick_up, drop_off=row.drop_off),
        ),
        column(tr("Standing"), lambda row: row.standing_text(now()), tone=lambda row: row.tone.value),
        column(tr("Price"), lambda row: row.price, numeric=True, spare=True),
    ]


class BookingTable(RecordTable):
    """A record table whose holds count down and whose headings sort.

    Signals:
        sorted: A heading was pressed; carries the BookingOrder.
    """

    skeleton_need = _USUAL
    narrow_px = 0

    sorted = Signal(object)

    def __init__(
        self,
        context: ViewContext,
        model: SlicesModel[BookingRow],
        now: Callable[[], datetime],
        orders: Collection[BookingOrder] = tuple(BookingOrder),
    ) -> None:
        """*orders* are those the list may be asked for; other headings do not sort."""
        super().__init__(context.theme, context.shimmer)
        self._orders = {column: order for column, order in _ORDERS.items() if order in orders}
        self._row = BookingCells(context.theme, context.shimmer, self, now)
        self.setItemDelegate(self._row)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._repaint_holds)
        self.setModel(model)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.setAccessibleName(tr("Bookings"))
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

    def _room(self) -> int:
        # Room for the scroll bar is kept whether it shows or not: its coming must not move the columns.
        return self.width() - self.verticalScrollBar().sizeHint().width() - 2

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch_holds()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick.stop()
        super().hideEvent(event)


class BookingCells(TwoLineRow):
    """Car and plate, pick-up and return, standing and what is left of a hold stand one above the other."""

    bones = _SKELETON

    def __init__(self, theme: Theme, clock: ShimmerClock, view: BookingTable, now: Callable[[], datetime]) -> None:
        super().__init__(theme, clock, view)
        self._now = now

    def _value(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        row: BookingRow = index.data(ROW_ROLE)
        upper, lower = two_lines(rect)
        tokens = self._theme.tokens
        if index.column() == _CAR and damage_of(row) is not None and self._view.isColumnHidden(_NUMBER):
            self.pair(painter, rect, row.number, row.car, bold=True)
        elif index.column() == _NUMBER:
            self.line(painter, upper, row.number, tokens.text)
            self.line(painter, lower, row.booked, tokens.muted)
        elif index.column() == _BESIDE:
            self.pair(painter, rect, *row.beside)
        elif index.column() == _CAR:
            self.pair(painter, rect, row.car, row.plate, bold=True)
        elif index.column() == _TIMES:
            self.line(painter, upper, row.pick_up, tokens.text)
            self.line(painter, lower, row.drop_off, tokens.muted)
        elif index.column() == _STANDING:
            place = (
                upper if row.held else QRect(upper.left(), rect.center().y() - _BADGE_PX // 2, rect.width(), _BADGE_PX)
            )
            paint_badge(painter, self._theme, place, row.standing, row.tone, chosen=self._chosen(index))
            self.line(painter, lower, row.hold_left(self._now()), tokens.warning)
        else:
            super()._value(painter, rect, index)

    def needs(self, index: AnyIndex) -> tuple[int, int]:
        """Names may go on in the second line, before what stands there; nothing else is ever cut."""
        row: BookingRow = index.data(ROW_ROLE)
        plain = QFontMetrics(self._theme.font(TypeSize.BODY))
        if index.column() in (_BESIDE, _CAR):
            name, below = row.beside if index.column() == _BESIDE else (row.car, row.plate or row.number)
            metrics = QFontMetrics(self._theme.font(TypeSize.BODY, bold=index.column() == _CAR))
            whole = max(metrics.horizontalAdvance(name), plain.horizontalAdvance(below))
            # A branch may be cut, the panel tells it too; a plate never.
            kept = plain.horizontalAdvance(below) if index.column() == _CAR else 0
            return whole + 1, min(whole, max(in_two(metrics, name), kept)) + 1
        if index.column() == _STANDING:
            width = max(badge_width(self._theme, row.standing), plain.horizontalAdvance(row.hold_left(self._now())))
            return width, width
        lines = {_NUMBER: (row.number, row.booked), _TIMES: (row.pick_up, row.drop_off)}
        width = max(plain.horizontalAdvance(line) for line in lines.get(index.column(), (row.price,)))
        return width, width

    def _failure(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        words = {_CAR: FAILED_TEXT, _BESIDE: RETRY_TEXT}.get(index.column(), "")
        self.line(painter, rect, words, self._theme.tokens.danger)
