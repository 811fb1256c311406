"""A table over a paged view-model in all its phases: bones, rows, nothing, the error; pages asked for as they are seen.

API: PagedList(tools, vm, columns, words, name, key): opened, filled, stepped; focus_first(), row(), words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.messages import say
from desktop.models.pages import PAGE_SIZE, PagesModel, PageTicket
from desktop.models.rows import Column
from desktop.theme.icons import Icon
from desktop.viewmodels.paged import PagedState, PagedViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.content import Content
from desktop.views.tools import Tools
from desktop.widgets.loading import Loading
from desktop.widgets.phases import Look, Showing, Word
from desktop.widgets.record_table import RecordTable

_BONES = 20
#: No query, not even the None of a list that is never narrowed.
_UNASKED = object()


@dataclass(frozen=True, slots=True)
class ListWords:
    """What is said where there is nothing, and what did not work."""

    icon: Icon
    nothing: str
    sentence: str
    step: str
    failed: str


class PagedList(QWidget):
    """Rows, the empty list, the error: one of them.

    Signals:
        opened: A row was opened; carries the record.
        filled: How many there are in all; -1 while nobody knows.
        stepped: The button of the empty list was pressed.
    """

    opened = Signal(object)
    filled = Signal(int)
    stepped = Signal()

    def __init__(
        self,
        tools: Tools,
        vm: PagedViewModel[Any],
        columns: Sequence[Column[Any]],
        words: ListWords,
        name: str,
        key: Callable[[Any], object] = lambda row: row,
    ) -> None:
        """*name* is what a screen reader calls the table; *key* a row's identity, by which the chosen one stays so."""
        super().__init__()
        self.vm, self.words, self._key = vm, words, key
        self._shown: object = _UNASKED
        self._filled: PagedState[Any] | None = None
        self._bones, self._run = False, 0
        self._orders: dict[int, PageTicket] = {}
        self.loading = Loading(self)
        self.model: PagesModel[Any] = PagesModel(columns, self._order, PAGE_SIZE)
        self.table = RecordTable(tools.theme, tools.shimmer)
        self.table.setAccessibleName(name)
        self.table.setModel(self.model)
        self.content = Content(tools, self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.content)
        self._connect()

    def focus_first(self) -> None:
        self.content.take_focus()

    def row(self) -> Any:
        """The row that is chosen now; None if there is none."""
        return self.model.row_at(self.table.currentIndex().row())

    def draw(self, state: PagedState[Any]) -> None:
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

    def _look(self, showing: Showing) -> None:
        state = self.vm.state
        self.content.line.set_active(active=showing.progress)
        if state.phase is not Phase.FAILED:
            self.content.tell_stuck(stuck=showing.word is Word.OFFER_RETRY and state.phase is Phase.LOADING)
        if showing.look is Look.BONES and not self._bones:
            self._bones, self._shown = True, _UNASKED
            self._orders.clear()
            self.model.reset(_BONES)
            self.content.show_rows()
            self.filled.emit(-1)
        elif showing.look is Look.CONTENT and state.phase is not Phase.LOADING:
            self._fill(state)

    def _fill(self, state: PagedState[Any]) -> None:
        if state is self._filled:
            return
        self._filled, self._bones = state, False
        if state.phase is Phase.FAILED:
            self._fail(state)
            return
        first, chosen = state.first, self.row()
        total = first.total if first is not None else 0
        self._orders.clear()
        if first is None or not total:
            self._shown = state.query
            self.model.reset(0)
            self.content.show_empty(self.words.icon, self.words.nothing, self.words.sentence, self.words.step)
        else:
            if self._shown == state.query:
                self.model.renew(total)
            else:
                self.model.reset(total)
            self._shown = state.query
            self.model.put_page(self.model.ticket(0), first.rows)
            self.content.show_rows()
            self._choose(first.rows, chosen)
        self.filled.emit(total)

    def _choose(self, rows: Sequence[Any], before: Any) -> None:
        """The one chosen before, wherever it stands now on the first page; one on a later page is not looked for."""
        wanted = None if before is None else self._key(before)
        at = next((at for at, row in enumerate(rows) if self._key(row) == wanted), None)
        if at is not None:
            self.table.selectRow(at)
        elif self.table.currentIndex().row() < len(rows):
            self.table.selectRow(0)

    def _fail(self, state: PagedState[Any]) -> None:
        if state.problem is None:
            return
        if self._shown == state.query and self.model.rowCount():
            for ticket in self._orders.values():
                self.model.page_failed(ticket)
            self.content.tell_stale(f"{say(state.problem).text} This list is the one loaded before.")
        else:
            self._shown = _UNASKED
            self.model.reset(0)
            self.content.show_problem(state.problem, self.words.failed)
            self.filled.emit(0)

    def _order(self, ticket: PageTicket) -> None:
        """Only while the answer is there: until then nobody knows which query the rows belong to."""
        if self._shown is _UNASKED:
            return
        self._orders[ticket.first_row] = ticket
        if self.vm.state.phase is not Phase.LOADING:
            self.vm.need_page(ticket.first_row)

    def _page_arrived(self, run: int, offset: int, page: object) -> None:
        ticket = self._orders.pop(offset, None) if run == self.vm.state.run else None
        if ticket is not None:
            self.model.put_page(ticket, getattr(page, "rows", ()))

    def _page_failed(self, run: int, offset: int, _problem: object) -> None:
        ticket = self._orders.pop(offset, None) if run == self.vm.state.run else None
        if ticket is not None:
            self.model.page_failed(ticket)

    def _stepped(self) -> None:
        if self.vm.state.phase is Phase.FAILED:
            self.vm.load()
        else:
            self.stepped.emit()

    def _connect(self) -> None:
        self.table.visible_rows.connect(self.model.want_rows)
        self.table.retry_wanted.connect(self.model.retry)
        self.table.chosen.connect(self.opened)
        self.content.stepped.connect(self._stepped)
        self.content.retried.connect(self.vm.load)
        self.loading.changed.connect(self._look)
        self.vm.changed.connect(self.draw)
        self.vm.page_arrived.connect(self._page_arrived)
        self.vm.page_failed.connect(self._page_failed)
