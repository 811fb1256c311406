"""A page of bookings: whose they are is the view-model's business; counter, owner and admin place the same page.

API: BookingsPage(tools, vm, now, title, first_step): opened(Booking), first_step_wanted; focus_first(), show_change(b).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from desktop.messages import branch_name, say
from desktop.models.pages import PAGE_SIZE, PagesModel, PageTicket
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.bookings import BookingsState, BookingsViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.area import Page
from desktop.views.bookings.export import ExportBar
from desktop.views.bookings.filters import BookingFilters
from desktop.views.bookings.row import NO_NAMES, BookingRow, row_of
from desktop.views.bookings.table import BookingTable, columns_of
from desktop.views.bookings.words import SCOPES, count_line, empty_words, orders_for
from desktop.views.content import Content
from desktop.views.tools import Tools
from desktop.widgets.button import Button
from desktop.widgets.loading import Loading
from desktop.widgets.page_header import PageHeader
from desktop.widgets.phases import Look, Showing, Word
from engine.domain.booking import Booking
from engine.domain.car import BranchId
from engine.domain.listing import BookingQuery, BookingScope

_BONES = 20
_CLEAR = "Clear all"


class BookingsPage(Page):
    """A list with its search, filters and order.

    Signals:
        opened: A row was opened; carries the Booking.
        first_step_wanted: The button of an empty list was pressed.
        task_failed: Work of the page ended with an exception nobody foresaw; carries it.
    """

    #: See ``BookingRow.beside``.
    beside = "Renter"

    opened = Signal(object)
    first_step_wanted = Signal()
    task_failed = Signal(object)

    def __init__(
        self,
        tools: Tools,
        vm: BookingsViewModel,
        now: Callable[[], datetime],
        *,
        title: str = "Bookings",
        first_step: str = "",
        stamp: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """*first_step* is what an empty list offers; the list is asked for when the page is first shown.

        *stamp* says what the rows are, where they are not those of the database now.
        """
        super().__init__(parent)
        self.vm, self._now, self._title, self._first_step = vm, now, title, first_step
        self._stamp = stamp
        self._shown: BookingQuery | None = None
        self._filled: BookingsState | None = None
        self._bones = False
        self._run = 0
        self._orders: dict[int, PageTicket] = {}
        self._chosen = ""
        self.loading = Loading(self)
        self.model: PagesModel[BookingRow] = PagesModel(columns_of(now, self.beside), self._order, PAGE_SIZE)
        self.table = BookingTable(tools, self.model, now, {order for order, _ in orders_for(vm.scopes)})
        self.content = Content(tools, self.table)
        self.header = PageHeader(tools.theme, title, " ")
        self.scope = QComboBox()
        self.scope.setAccessibleName("Which bookings")
        for scope in vm.scopes:
            self.scope.addItem(SCOPES[scope], scope)
        self.save = Button(tools.theme, "Export …", icon=Icon.DOWNLOAD)
        self.filters = BookingFilters(tools.theme, vm)
        self.export = ExportBar(tools.theme, vm, title)
        self._lay_out()
        self._connect()

    def draw(self, state: BookingsState) -> None:
        blocked = QSignalBlocker(self.scope)
        self.scope.setCurrentIndex(self.scope.findData(state.query.scope))
        del blocked
        self.filters.draw(state)
        if state.phase is Phase.LOADING:
            if state.run != self._run:
                self._run = state.run
                self.loading.begin(has_rows=self._shown == state.query)
        elif state.phase is Phase.READY:
            self.loading.settle()
        else:
            self.loading.fail()
        if state.phase is not Phase.LOADING and self.loading.showing.look is Look.CONTENT:
            self._fill(state)

    def focus_first(self) -> None:
        self.content.take_focus()

    def focus_search(self) -> None:
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def show_change(self, booking: Booking) -> None:
        """A booking came to be or changed, at this desk or another: its line is replaced in place."""
        self.vm.took(booking)

    def branch_names(self) -> dict[BranchId, str]:
        return {branch.id: branch_name(branch) for branch in self.vm.state.branches}

    def stop(self) -> None:
        """The session ends."""
        self.vm.stop()
        self.export.stop()

    def _row_changed(self, booking: Booking) -> None:
        at = self.model.find(lambda row: row.booking.id == booking.id)
        if at is None:
            self.vm.missing(booking)
            return
        before = self.model.row_at(at)
        if before is None or before.booking.version <= booking.version:
            self.model.replace_row(at, self._row(booking))

    def _look(self, showing: Showing) -> None:
        state = self.vm.state
        self.content.line.set_active(active=showing.progress)
        if state.phase is not Phase.FAILED:
            self.content.tell_stuck(stuck=showing.word is Word.OFFER_RETRY and state.phase is Phase.LOADING)
        if showing.look is Look.BONES:
            self._put_up_bones()
        elif showing.look is Look.CONTENT and state.phase is not Phase.LOADING:
            self._fill(state)

    def _put_up_bones(self) -> None:
        if not self._bones:
            self._bones, self._shown = True, None
            self._orders.clear()
            self.model.reset(_BONES)
            self.content.show_rows()
            self._head("Loading")

    def _fill(self, state: BookingsState) -> None:
        if state is self._filled:
            return
        self._filled, self._bones = state, False
        self.save.setEnabled(state.phase is Phase.READY and state.first is not None and state.first.total > 0)
        if state.phase is Phase.FAILED:
            self._fail(state)
        elif state.first is not None and state.first.total:
            self._put(state)
        else:
            self._shown = state.query
            self.model.reset(0)
            self._head()
            step = _CLEAR if state.narrowed else self._first_step
            self.content.show_empty(Icon.BOOKINGS, *self._empty(state), step)

    def _put(self, state: BookingsState) -> None:
        if state.first is None:
            return
        self._orders.clear()
        if self._shown == state.query:
            self.model.renew(state.first.total)
        else:
            self._chosen = ""
            self.model.reset(state.first.total)
        self._shown = state.query
        self.model.put_page(self.model.ticket(0), [self._row(booking) for booking in state.first.rows])
        self.content.show_rows()
        self._head(count_line(state, state.first))
        self.table.show_order(state.query)
        self._choose_again()
        self.table.look_again()

    def _choose_again(self) -> None:
        """The line that was chosen stays so wherever it stands now; at first it is the top one."""
        at = self.model.find(lambda row: row.booking.id == self._chosen)
        if at is not None and at != self.table.currentIndex().row():
            scrolled = self.table.verticalScrollBar().value()
            self.table.selectRow(at)
            self.table.verticalScrollBar().setValue(scrolled)
        elif not self._chosen:
            self.table.selectRow(0)

    def _fail(self, state: BookingsState) -> None:
        if state.problem is None:
            return
        if self._shown == state.query and self.model.rowCount():
            for ticket in self._orders.values():
                self.model.page_failed(ticket)
            self.content.tell_stale(f"{say(state.problem).text} This list is the one loaded before.")
        else:
            self._shown = None
            self.model.reset(0)
            self._head()
            self.content.show_problem(state.problem, "The list did not come")

    def _row(self, booking: Any) -> BookingRow:
        """Of a row as the view-model's desk tells them."""
        alike = self.vm.state.query.scope is BookingScope.BRANCH
        return row_of(booking, self._now(), NO_NAMES if alike else self.branch_names())

    def _empty(self, state: BookingsState) -> tuple[str, str]:
        """Title and sentence of a list without rows."""
        return empty_words(state)

    def _head(self, words: str = "") -> None:
        told = " · ".join(filter(None, (words, self._stamp))) or " "
        self.header.say(self._title, f"{told[0].upper()}{told[1:]}")

    def _open(self, row: BookingRow) -> None:
        self.opened.emit(row.booking)

    def _stepped(self) -> None:
        if self.vm.state.phase is Phase.FAILED:
            self.vm.load()
        elif self.vm.state.narrowed:
            self.filters.reset()
        else:
            self.first_step_wanted.emit()

    def _order(self, ticket: PageTicket) -> None:
        """Only while the answer is there: until then nobody knows which query the rows belong to."""
        if self._shown is None:
            return
        self._orders[ticket.first_row] = ticket
        if self.vm.state.phase is not Phase.LOADING:
            self.vm.need_page(ticket.first_row)

    def _page_arrived(self, run: int, offset: int, page: object) -> None:
        ticket = self._orders.pop(offset, None) if run == self.vm.state.run else None
        if ticket is not None:
            self.model.put_page(ticket, [self._row(booking) for booking in getattr(page, "rows", ())])
            self._choose_again()

    def _page_failed(self, run: int, offset: int, _problem: object) -> None:
        ticket = self._orders.pop(offset, None) if run == self.vm.state.run else None
        if ticket is not None:
            self.model.page_failed(ticket)

    def _note_chosen(self) -> None:
        row = self.model.row_at(self.table.currentIndex().row())
        if row is not None:
            self._chosen = row.booking.id

    def _rescope(self) -> None:
        self.vm.show_scope(BookingScope(self.scope.currentData()))

    def _lay_out(self) -> None:
        self.header.add_action(self.scope)
        # Not before it has its place: a widget without a parent would come up as a window of its own.
        self.scope.setVisible(self.scope.count() > 1)
        self.header.add_action(self.save)
        self.save.setEnabled(False)
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        for part in (self.header, self.filters, self.export):
            column.addWidget(part)
        column.addWidget(self.content, 1)

    def _connect(self) -> None:
        self.table.visible_rows.connect(self.model.want_rows)
        self.table.retry_wanted.connect(self.model.retry)
        self.table.chosen.connect(self._open)
        self.table.sorted.connect(self.vm.sort_by)
        self.table.selectionModel().currentRowChanged.connect(self._note_chosen)
        self.content.stepped.connect(self._stepped)
        self.content.retried.connect(self.vm.load)
        self.filters.search.stepped_down.connect(self.content.take_focus)
        self.loading.changed.connect(self._look)
        self.scope.currentIndexChanged.connect(self._rescope)
        self.save.clicked.connect(self.export.ask)
        self.export.task_failed.connect(self.task_failed)
        self.vm.changed.connect(self.draw)
        self.vm.page_arrived.connect(self._page_arrived)
        self.vm.page_failed.connect(self._page_failed)
        self.vm.row_changed.connect(self._row_changed)
