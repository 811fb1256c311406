"""A table over a list that comes by pages, with the phases every list has.

API: PagedList(tools, vm, columns, key, words): opened(row), stepped, counted(total or None); focus_first(), row().
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
    """What an empty list says, by the query; and the name of what failed.

    Attributes:
        empty: Icon, title, sentence and step.
    """

    empty: Callable[[Any], tuple[Icon, str, str, str]]
    failed: str = "The list did not come"


class PagedList(QWidget):
    """Rows, the empty list, the error: one of them.

    Signals:
        opened: A row was opened; carries it.
        stepped: The button of the empty list was pressed.
        counted: How many rows there are in all; -1 while nobody knows.
    """

    opened = Signal(object)
    stepped = Signal()
    counted = Signal(int)

    def __init__(
        self,
        tools: Tools,
        vm: PagedViewModel[Any, Any],
        columns: Sequence[Column[Any]],
        key: Callable[[Any], object],
        words: ListWords,
    ) -> None:
        """*key* is a row's identity: the chosen row stays chosen when the list is loaded again."""
        super().__init__()
        self._vm, self._key, self._words = vm, key, words
        self._shown: object = _UNASKED
        self._filled: PagedState[Any, Any] | None = None
        self._run = 0
        self._orders: dict[int, PageTicket] = {}
        self.loading = Loading(self)
        self.model: PagesModel[Any] = PagesModel(columns, self._order, PAGE_SIZE)
        self.table = RecordTable(tools.theme, tools.shimmer)
        self.table.setModel(self.model)
        self.content = Content(tools, self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.content)
        self._connect()

    def draw(self, state: PagedState[Any, Any]) -> None:
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

    def row(self) -> Any:
        """The row that is chosen now; None if there is none."""
        return self.model.row_at(self.table.currentIndex().row())

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
        if self._filled is not None or self.model.rowCount() != _BONES:
            self._filled, self._shown = None, _UNASKED
            self._orders.clear()
            self.model.reset(_BONES)
            self.content.show_rows()
            self.counted.emit(-1)

    def _fill(self, state: PagedState[Any, Any]) -> None:
        if state is self._filled:
            return
        self._filled = state
        if state.phase is Phase.FAILED:
            self._fail(state)
            return
        chosen = self.row()
        scrolled = self.table.verticalScrollBar().value() if self._shown == state.query else 0
        self._shown = state.query
        self._orders.clear()
        self.model.reset(state.total or 0)
        if state.total:
            self.model.put_page(self.model.ticket(0), state.first)
            self.content.show_rows()
            self._choose(state.first, chosen)
            self.table.verticalScrollBar().setValue(scrolled)
        else:
            self.content.show_empty(*self._words.empty(state.query))
        self.counted.emit(state.total or 0)

    def _choose(self, rows: Sequence[Any], before: Any) -> None:
        wanted = None if before is None else self._key(before)
        self.table.selectRow(next((at for at, row in enumerate(rows) if self._key(row) == wanted), 0))

    def _fail(self, state: PagedState[Any, Any]) -> None:
        if state.problem is None:
            return
        if self._shown == state.query and self.model.rowCount():
            for ticket in self._orders.values():
                self.model.page_failed(ticket)
            self.content.tell_stale(f"{say(state.problem).text} This list is the one loaded before.")
        else:
            self._shown = _UNASKED
            self.model.reset(0)
            self.content.show_problem(state.problem, self._words.failed)
            self.counted.emit(0)

    def _stepped(self) -> None:
        if self._vm.state.phase is Phase.FAILED:
            self._vm.load()
        else:
            self.stepped.emit()

    def _order(self, ticket: PageTicket) -> None:
        """Only while the answer is there: until then nobody knows which query the rows belong to."""
        if self._shown is not _UNASKED:
            self._orders[ticket.first_row] = ticket
            if self._vm.state.phase is not Phase.LOADING:
                self._vm.need_page(ticket.first_row)

    def _page_arrived(self, run: int, offset: int, rows: tuple[Any, ...]) -> None:
        if run == self._vm.state.run and (ticket := self._orders.pop(offset, None)) is not None:
            self.model.put_page(ticket, rows)

    def _page_failed(self, run: int, offset: int) -> None:
        if run == self._vm.state.run and (ticket := self._orders.pop(offset, None)) is not None:
            self.model.page_failed(ticket)

    def _connect(self) -> None:
        self.table.visible_rows.connect(self.model.want_rows)
        self.table.retry_wanted.connect(self.model.retry)
        self.table.chosen.connect(self.opened)
        self.content.stepped.connect(self._stepped)
        self.content.retried.connect(self._vm.load)
        self.loading.changed.connect(self._look)
        self._vm.changed.connect(self.draw)
        self._vm.page_arrived.connect(self._page_arrived)
        self._vm.page_failed.connect(self._page_failed)
