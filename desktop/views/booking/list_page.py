"""A page of bookings: whose they are is the view-model's business; counter, owner and admin place the same page.

API: BookingsPage(context, vm, now, title, first_step): opened(Booking), first_step_wanted; show_change(booking).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.booking.bookings import BookingsState, BookingsViewModel
from desktop.viewmodels.day_span import DaySpan
from desktop.viewmodels.phases import Phase
from desktop.views.booking.list_filters import BookingFilters
from desktop.views.booking.list_row import NO_NAMES, BookingRow, damaged_row, row_of
from desktop.views.booking.list_table import BookingTable, columns_of
from desktop.views.booking.list_words import SCOPES, count_line, empty_words, orders_for
from desktop.views.parts.area import Page
from desktop.views.parts.asked_slices import AskedSlices
from desktop.views.parts.content import Content
from desktop.views.parts.damage import DamageBox, damage_of
from desktop.views.parts.export_bar import ExportBar, dated
from desktop.views.parts.view_context import ViewContext
from desktop.views.parts.waiting import Waiting
from desktop.widgets.button import Button
from desktop.widgets.combo import Combo
from desktop.widgets.frame.page_header import PageHeader
from desktop.words.messages import branch_name, say
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.car.car import BranchId
from engine.domain.firm.events import BookingChanged, Fact
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import Many, tr

_SKELETON = 20
_CLEAR = tr("Clear all")
_DID_NOT_COME = tr("The list did not come")

_ROWS = Many("{count} booking", "{count} bookings")


class BookingsPage(Page):
    """A list with its search, filters and order.

    Signals:
        opened: A row was opened; carries the Booking.
        first_step_wanted: The button of an empty list was pressed.
        task_failed: Work of the page ended with an exception nobody foresaw; carries it.
    """

    #: See ``BookingRow.beside``.
    beside = tr("Renter")

    opened = Signal(object)
    first_step_wanted = Signal()

    def __init__(
        self,
        context: ViewContext,
        vm: BookingsViewModel,
        now: Callable[[], datetime],
        *,
        title: str = tr("Bookings"),
        first_step: str = "",
        stamp: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """*first_step* is what an empty list offers; the list is asked for when the page is first shown.

        *stamp* says what the rows are, where they are not those of the database now.
        """
        super().__init__(parent)
        self.vm, self._now, self._title, self._first_step = vm, now, title, first_step
        self._stamp, self._preferences = stamp, context.preferences
        vm.begin_with(self._preferences.scopes.get(vm.account, ""))
        self._shown: BookingQuery | None = None
        self._chosen = ""
        self.model: AskedSlices[BookingRow] = AskedSlices(columns_of(now, self.beside), vm, self._rows)
        self.table = BookingTable(context, self.model, now, {order for order, _ in orders_for(vm.scopes)})
        self.content = Content(context, self.table)
        self.loading = Waiting(
            self,
            vm,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda state: self._shown == state.query,
        )
        self.header = PageHeader(context.theme, title, " ")
        self.scope = _scopes(vm.scopes)
        self.save = Button(context.theme, tr("Export …"), icon=Icon.DOWNLOAD)
        self.filters = BookingFilters(context.theme, vm)
        self.export = ExportBar(context, vm.export, vm.save, title=tr("Export bookings"), name=dated(title), rows=_ROWS)
        self.damage = DamageBox(self)
        self._lay_out()
        self._connect()

    def draw(self, state: BookingsState) -> None:
        blocked = QSignalBlocker(self.scope)
        self.scope.setCurrentIndex(self.scope.findData(state.query.scope))
        del blocked
        self.filters.draw(state)
        self.loading.draw(state)

    def focus_first(self) -> None:
        self.content.take_focus()

    def focus_search(self) -> bool:
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()
        return True

    def show_change(self, booking: Booking) -> None:
        """A booking came to be or changed, at this desk or another: its line is replaced in place."""
        self.vm.took(booking)

    def show_found(self, scope: BookingScope, text: str) -> bool:
        """Whatever of *scope* has *text* in it, and nothing else narrows the list; False where that is not offered."""
        if scope not in self.vm.scopes:
            return False
        order, descending = self.vm.state.query.order, self.vm.state.query.descending
        self.vm.ask(BookingQuery(scope, text=text, order=order, descending=descending), DaySpan(), only="")
        return True

    def branch_names(self) -> dict[BranchId, str]:
        return {branch.id: branch_name(branch) for branch in self.vm.state.branches}

    def reload(self) -> None:
        self.vm.load()

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, BookingChanged):
            self.show_change(fact.booking)

    def stop(self) -> None:
        """The session ends."""
        self.vm.stop()
        self.export.stop()
        self.damage.stop()

    def _row_changed(self, booking: Booking) -> None:
        at = self.model.find(lambda row: row.booking.id == booking.id)
        if at is None:
            self.vm.missing(booking)
            return
        before = self.model.row_at(at)
        if before is None or before.booking.version <= booking.version:
            self.model.replace_row(at, self._row(booking))

    def _put_up_skeleton(self) -> None:
        self._shown = None
        self.model.forget(_SKELETON)
        self.content.show_rows()
        self._head(tr("Loading"))

    def _fill(self, state: BookingsState) -> None:
        self.save.setEnabled(state.phase is Phase.READY and state.first is not None and state.first.total > 0)
        if state.phase is Phase.FAILED:
            self._fail(state)
        elif state.first is not None and state.first.total:
            self._put(state)
        else:
            self._shown = state.query
            self.model.forget()
            self._head()
            step = _CLEAR if state.narrowed else self._first_step
            self.content.show_empty(Icon.BOOKINGS, *self._empty(state), step)

    def _put(self, state: BookingsState) -> None:
        if state.first is None:
            return
        again, self._shown = self._shown == state.query, state.query
        if not again:
            self._chosen = ""
        self.model.begin(state.first.total, self._rows(state.first), again=again)
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
            self.model.fail_asked()
            self.content.tell_stale(
                tr("{problem} This list is the one loaded before.", problem=say(state.problem).text)
            )
        else:
            self._shown = None
            self.model.forget()
            self._head()
            self._show_problem(state.problem)

    def _show_problem(self, problem: DriveSphereError) -> None:
        self.content.show_problem(problem, _DID_NOT_COME)

    def _help(self) -> None:
        """The button below a problem was pressed."""
        self.vm.load()

    def _rows(self, page: Any) -> list[BookingRow]:
        return [self._row(booking) for booking in page.rows]

    def _row(self, booking: Any) -> BookingRow:
        """Of a row as the view-model's desk tells them."""
        if isinstance(booking, Damaged):
            return damaged_row(booking)
        alike = self.vm.state.query.scope is BookingScope.BRANCH
        return row_of(booking, self._now(), NO_NAMES if alike else self.branch_names())

    def _empty(self, state: BookingsState) -> tuple[str, str]:
        """Title and sentence of a list without rows."""
        return empty_words(state)

    def _head(self, words: str = "") -> None:
        told = " · ".join(filter(None, (words, self._stamp))) or " "
        self.header.say(self._title, f"{told[0].upper()}{told[1:]}")

    def _open(self, row: BookingRow) -> None:
        if (damaged := damage_of(row)) is not None:
            self.damage.tell(damaged)
        else:
            self.opened.emit(row.booking)

    def _stepped(self) -> None:
        if self.vm.state.phase is Phase.FAILED:
            self._help()
        elif self.vm.state.narrowed:
            self.filters.reset()
        else:
            self.first_step_wanted.emit()

    def _note_chosen(self) -> None:
        row = self.model.row_at(self.table.currentIndex().row())
        if row is not None:
            self._chosen = row.booking.id

    def _rescope(self) -> None:
        scope = BookingScope(self.scope.currentData())
        self._preferences.scopes = {**self._preferences.scopes, self.vm.account: scope.value}
        self.vm.show_scope(scope)

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
        self.scope.currentIndexChanged.connect(self._rescope)
        self.save.clicked.connect(self.export.ask)
        self.export.task_failed.connect(self.task_failed)
        self.damage.task_failed.connect(self.task_failed)
        self.vm.changed.connect(self.draw)
        self.model.came.connect(self._choose_again)
        self.vm.row_changed.connect(self._row_changed)


def _scopes(scopes: Sequence[BookingScope]) -> Combo:
    box = Combo()
    box.setAccessibleName(tr("Which bookings"))
    for scope in scopes:
        box.addItem(SCOPES[scope], scope)
    return box
