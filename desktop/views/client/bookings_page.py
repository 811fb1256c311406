"""Bookings: mine, or those picked up at my branch."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from desktop.messages import plural, say
from desktop.models.pages import PAGE_SIZE, PagesModel, PageTicket
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.bookings import BookingsState
from desktop.viewmodels.phases import Phase
from desktop.views.area import Page
from desktop.views.client.booking_row import BookingRow, row_of
from desktop.views.client.booking_table import BookingTable, columns_of
from desktop.views.content import Content
from desktop.views.tools import Tools, Workspace
from desktop.widgets.loading import Loading
from desktop.widgets.page_header import PageHeader
from desktop.widgets.phases import Look, Showing, Word
from engine.domain.booking import Booking
from engine.domain.listing import BookingScope

_BONES = 20
_SCOPES = {BookingScope.MINE: "Booked by me", BookingScope.BRANCH: "Picked up at my branch"}
_TITLE = "Bookings"


class BookingsPage(Page):
    """Signals: ``opened`` carries the Booking; ``search_wanted`` is the first step when there is none."""

    opened = Signal(object)
    search_wanted = Signal()

    def __init__(self, tools: Tools, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vm, self._now = workspace.bookings, workspace.now
        self._shown: BookingScope | None = None
        self._filled: BookingsState | None = None
        self._bones = False
        self._run = 0
        self._orders: dict[int, PageTicket] = {}
        self.loading = Loading(self)
        self.model: PagesModel[BookingRow] = PagesModel(columns_of(workspace.now), self._order, PAGE_SIZE)
        self.table = BookingTable(tools, self.model, workspace.now)
        self.content = Content(tools, self.table)
        self.header = PageHeader(tools.theme, _TITLE, " ")
        self.scope = QComboBox()
        self.scope.setAccessibleName("Which bookings")
        for scope, words in _SCOPES.items():
            self.scope.addItem(words, scope)
        self.header.add_action(self.scope)
        # Not before it has its place: a widget without a parent would come up as a window of its own.
        self.scope.setVisible(workspace.actor.branch_id is not None)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addWidget(self.content, 1)
        self._connect()

    def draw(self, state: BookingsState) -> None:
        blocked = QSignalBlocker(self.scope)
        self.scope.setCurrentIndex(list(_SCOPES).index(state.scope))
        del blocked
        if state.phase is Phase.LOADING:
            if state.run != self._run:
                self._run = state.run
                self.loading.begin(has_rows=self._shown is state.scope)
        elif state.phase is Phase.READY:
            self.loading.settle()
        else:
            self.loading.fail()
        if state.phase is not Phase.LOADING and self.loading.showing.look is Look.CONTENT:
            self._fill(state)

    def focus_first(self) -> None:
        self.content.take_focus()

    def show_change(self, booking: Booking) -> None:
        """A booking changed at this desk: its line is replaced in place; a new one asks for the list again."""
        for number in range(0, self.model.rowCount(), PAGE_SIZE):
            rows = [self.model.row_at(at) for at in range(number, number + PAGE_SIZE)]
            page = [row for row in rows if row is not None]
            if any(row.booking.id == booking.id for row in page):
                new = [row_of(booking, self._now()) if row.booking.id == booking.id else row for row in page]
                self.model.put_page(self.model.ticket(number // PAGE_SIZE), new)
                return
        self._vm.load()

    def _look(self, showing: Showing) -> None:
        state = self._vm.state
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
            self.header.say(_TITLE, "Loading")

    def _fill(self, state: BookingsState) -> None:
        if state is self._filled:
            return
        self._filled, self._bones = state, False
        if state.phase is Phase.FAILED:
            self._fail(state)
        elif state.first is not None and state.first.total:
            self._put(state)
        else:
            self._shown = state.scope
            self.model.reset(0)
            self.header.say(_TITLE, " ")
            words = "A booking shows up here as soon as a car is held for a renter."
            self.content.show_empty(Icon.BOOKINGS, "No bookings yet", words, "Find a car")

    def _put(self, state: BookingsState) -> None:
        if state.first is None:
            return
        current = self.model.row_at(self.table.currentIndex().row())
        scrolled = self.table.verticalScrollBar().value() if self._shown is state.scope else 0
        self._shown = state.scope
        self._orders.clear()
        self.model.reset(state.first.total)
        rows = [row_of(booking, self._now()) for booking in state.first.rows]
        self.model.put_page(self.model.ticket(0), rows)
        self.content.show_rows()
        wanted = current.booking.id if current else None
        at = next((at for at, row in enumerate(rows) if row.booking.id == wanted), 0)
        self.table.selectRow(at)
        self.table.verticalScrollBar().setValue(scrolled)
        self.header.say(_TITLE, f"{plural(state.first.total, 'booking')}, newest first")

    def _fail(self, state: BookingsState) -> None:
        if state.problem is None:
            return
        if self._shown is state.scope and self.model.rowCount():
            for ticket in self._orders.values():
                self.model.page_failed(ticket)
            self.content.tell_stale(f"{say(state.problem).text} This list is the one loaded before.")
        else:
            self._shown = None
            self.model.reset(0)
            self.header.say(_TITLE, " ")
            self.content.show_problem(state.problem, "The list did not come")

    def _open(self, row: BookingRow) -> None:
        self.opened.emit(row.booking)

    def _stepped(self) -> None:
        if self._vm.state.phase is Phase.FAILED:
            self._vm.load()
        else:
            self.search_wanted.emit()

    def _order(self, ticket: PageTicket) -> None:
        """Only while the answer is there: until then nobody knows which query the rows belong to."""
        if self._shown is None:
            return
        self._orders[ticket.first_row] = ticket
        if self._vm.state.phase is not Phase.LOADING:
            self._vm.need_page(ticket.first_row)

    def _page_arrived(self, run: int, offset: int, page: object) -> None:
        ticket = self._orders.pop(offset, None) if run == self._vm.state.run else None
        if ticket is not None:
            self.model.put_page(ticket, [row_of(booking, self._now()) for booking in getattr(page, "rows", ())])

    def _page_failed(self, run: int, offset: int, _problem: object) -> None:
        ticket = self._orders.pop(offset, None) if run == self._vm.state.run else None
        if ticket is not None:
            self.model.page_failed(ticket)

    def _rescope(self) -> None:
        self._vm.show_scope(BookingScope(self.scope.currentData()))

    def _connect(self) -> None:
        self.table.visible_rows.connect(self.model.want_rows)
        self.table.retry_wanted.connect(self.model.retry)
        self.table.chosen.connect(self._open)
        self.content.stepped.connect(self._stepped)
        self.content.retried.connect(self._vm.load)
        self.loading.changed.connect(self._look)
        self.scope.currentIndexChanged.connect(self._rescope)
        self._vm.changed.connect(self.draw)
        self._vm.page_arrived.connect(self._page_arrived)
        self._vm.page_failed.connect(self._page_failed)
