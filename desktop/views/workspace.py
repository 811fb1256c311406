"""The signed-in desk: rail, pages, booking panel, status bar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.commands import Command
from desktop.messages import booking_number
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.bookings import BookingsState, Scope
from desktop.viewmodels.search import SearchState
from desktop.views.account_menu import AccountButton
from desktop.views.client.booking_panel import BookingPanel
from desktop.views.client.bookings_page import BookingsPage
from desktop.views.client.search_page import SearchPage
from desktop.views.connection import ConnectionLook
from desktop.views.holds import OpenHolds
from desktop.views.later import LaterPage
from desktop.views.tools import Tools, Workspace
from desktop.widgets.banner import Banner
from desktop.widgets.help_sheet import HelpLine
from desktop.widgets.rail import Rail, RailItem
from desktop.widgets.status_bar import StatusBar
from desktop.widgets.toast import Toast
from engine.domain.booking import Booking, BookingState
from engine.domain.people import Deed

FIND, BOOKINGS = "find", "bookings"
#: Keys that the lists handle themselves; the F1 sheet names them too.
KEYS_OF_LISTS = (
    HelpLine("In lists", "Next", "J or Down"),
    HelpLine("In lists", "Previous", "K or Up"),
    HelpLine("In lists", "Open", "Enter"),
    HelpLine("In the panel", "Back to the list", "Esc"),
)


class WorkspaceView(QWidget):
    """Signals: ``result_painted`` after each search result that came to the screen."""

    sign_out_wanted = Signal()
    keys_wanted = Signal()
    result_painted = Signal()
    task_failed = Signal(object)

    def __init__(self, tools: Tools, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.rail = Rail(tools.theme)
        self.banner = Banner(tools.theme)
        self._inset = QWidget()
        self._paid_elsewhere: Booking | None = None
        self.status = StatusBar(tools.theme)
        self.pages = QStackedWidget()
        self._holds = OpenHolds(workspace.actor.account)
        self._connection = ConnectionLook(workspace, self.status, self.banner, self._inset)
        self.account = AccountButton(tools, workspace.actor)
        self._lay_out()
        self.books = workspace.actor.may(Deed.BOOK)
        if self.books:
            self._build_client(tools)
        else:
            self.pages.addWidget(LaterPage(tools.theme, workspace.actor))
        self.account.sign_out_wanted.connect(self.sign_out_wanted)
        self.account.keys_wanted.connect(self.keys_wanted)
        self.banner.acted.connect(workspace.connection.look_now)

    def start(self) -> None:
        """Ask for what the pages show first."""
        self._workspace.connection.watch()
        if self.books:
            self.search.open()
            self._workspace.bookings.load()
            self.search.focus_first()

    def stop(self) -> None:
        """Let go of dialogs and clocks before the view is deleted."""
        self.status.set_holds(0)
        if self.books:
            self.panel.stop()

    def commands(self) -> tuple[Command, ...]:
        common = (Command("session.leave", "Sign out", self.sign_out_wanted.emit, key="Ctrl+Shift+Q", group="Window"),)
        if not self.books:
            return common
        return (
            Command("go.find", "Find a car", lambda: self.go(FIND), key="Ctrl+1", group="Go to"),
            Command("go.bookings", "Bookings", lambda: self.go(BOOKINGS), key="Ctrl+2", group="Go to"),
            Command("search.form", "Search form", self._to_form, key="/", group="Find a car"),
            Command("search.cards", "Cars found", self._to_cards, key="Ctrl+Down", group="Find a car"),
            Command("booking.new", "New booking", self._to_form, key="N", group="Find a car"),
            Command("page.reload", "Load again", self._reload, key="F5", group="Go to"),
            Command(
                "booking.book", "Book", self.panel.book, key="Ctrl+Return", when=self.panel.may_book, group="Panel"
            ),
            Command(
                "booking.pay", "Pay in browser", self.panel.pay, key="Ctrl+B", when=self.panel.may_pay, group="Panel"
            ),
            *common,
        )

    def go(self, name: str) -> None:
        page = self.search if name == FIND else self.bookings
        self.rail.select(name)
        if self.pages.currentWidget() is not page:
            self.panel.leave()
            self.pages.setCurrentWidget(page)
        page.focus_first()

    def _build_client(self, tools: Tools) -> None:
        workspace = self._workspace
        self.search = SearchPage(tools, workspace)
        self.bookings = BookingsPage(tools, workspace)
        self.panel = BookingPanel(tools, workspace, self.pages)
        self.panel.task_failed.connect(self.task_failed)
        self.toast = Toast(tools.theme, self.pages)
        self.toast.acted.connect(self._show_paid)
        for page in (self.search, self.bookings):
            self.pages.addWidget(page)
        self.rail.set_items(
            [
                RailItem(FIND, "Find a car", Icon.FIND_CAR, "Ctrl+1"),
                RailItem(BOOKINGS, "Bookings", Icon.BOOKINGS, "Ctrl+2"),
            ]
        )
        self.rail.select(FIND)
        self.rail.chosen.connect(self.go)
        self.search.chosen.connect(self.panel.open_offer)
        self.search.result_painted.connect(self.result_painted)
        self.bookings.opened.connect(self._open_booking)
        self.bookings.search_wanted.connect(lambda: self.go(FIND))
        self.panel.similar_wanted.connect(self.search.show_similar)
        self.panel.search_wanted.connect(self._search_again)
        self.status.holds_pressed.connect(lambda: self.go(BOOKINGS))
        self.status.countdown.ended.connect(workspace.bookings.load)
        workspace.panel.booked.connect(self._booked)
        workspace.panel.car_lost.connect(workspace.search.again)
        workspace.bookings.changed.connect(self._bookings_changed)
        workspace.search.changed.connect(self._search_changed)
        workspace.connection.changed.connect(self._connection_changed)
        workspace.connection.back.connect(self._reload)

    def _open_booking(self, booking: Booking) -> None:
        branches = self._workspace.search.state.branches
        branch = next((known for known in branches if known.id == booking.branch_id), None)
        self.panel.open_booking(booking, branch)

    def _show_paid(self) -> None:
        if self._paid_elsewhere is not None:
            self._open_booking(self._paid_elsewhere)

    def _search_again(self, booking: Booking) -> None:
        self.go(FIND)
        self.search.search_like(booking)

    def _booked(self, booking: Booking) -> None:
        was_open = self._holds.note(booking)
        if was_open and booking.state is BookingState.CONFIRMED and not self.panel.isVisible():
            self._paid_elsewhere = booking
            self.toast.tell(f"Booking {booking_number(booking.id)} is paid and confirmed.", "Show")
        self._show_holds()
        self.bookings.show_change(booking)
        if booking.version == 1 or not booking.blocking:
            # A car was taken or set free by this desk: what the search shows is no longer true.
            self._workspace.search.again()

    def _bookings_changed(self, state: BookingsState) -> None:
        if state.first is not None and state.scope is Scope.MINE:
            self._holds.replace_all(state.first.rows)
            self._show_holds()

    def _show_holds(self) -> None:
        self.status.set_holds(*self._holds.standing(self._workspace.now()))

    def _search_changed(self, state: SearchState) -> None:
        self._connection.know_branches(state.branches)

    def _connection_changed(self) -> None:
        self.panel.set_online(online=self._workspace.connection.state.problem is None)

    def _reload(self) -> None:
        self._workspace.bookings.load()
        self._workspace.search.again()

    def _to_form(self) -> None:
        self.go(FIND)
        self.search.focus_form()

    def _to_cards(self) -> None:
        self.go(FIND)
        self.search.focus_cards()

    def _lay_out(self) -> None:
        self.rail.add_at_foot(self.account)
        content = QVBoxLayout()
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        inset = QHBoxLayout(self._inset)
        inset.setContentsMargins(6 * GRID, 3 * GRID, 6 * GRID, 0)
        inset.addWidget(self.banner)
        content.addWidget(self._inset)
        content.addWidget(self.pages, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(content, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.pages.setFocusPolicy(Qt.FocusPolicy.NoFocus)
