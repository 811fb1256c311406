"""A table over a paged view-model in all its phases: skeleton, rows, nothing, the error; pages come as they are seen.

API: PagedList(context, vm, columns, words, name, key): opened, filled, stepped; focus_first(), row(), words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.rows import Column
from desktop.theme.icons import Icon
from desktop.viewmodels.paged import ListViewModel, PagedState
from desktop.viewmodels.phases import Phase
from desktop.views.parts.asked_slices import AskedSlices
from desktop.views.parts.content import Content
from desktop.views.parts.damage import DamageBox, damage_of
from desktop.views.parts.view_context import ViewContext
from desktop.views.parts.waiting import Waiting
from desktop.widgets.table.record_table import RecordTable
from desktop.words.messages import say
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

_SKELETON = 20
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
        context: ViewContext,
        vm: ListViewModel[Any],
        columns: Sequence[Column[Any]],
        words: ListWords,
        name: str,
        key: Callable[[Any], object] = lambda row: row,
    ) -> None:
        """*name* is what a screen reader calls the table; *key* a row's identity, by which the chosen one stays so."""
        super().__init__()
        self.vm, self.words = vm, words
        self._key: Callable[[Any], object] = lambda row: row if isinstance(row, Damaged) else key(row)
        self._shown: object = _UNASKED
        self.model: AskedSlices[Any] = AskedSlices(columns, vm, lambda page: page.rows)
        self.table = RecordTable(context.theme, context.shimmer)
        self.table.setAccessibleName(name)
        self.table.setModel(self.model)
        self.content = Content(context, self.table)
        self.loading = Waiting(
            self,
            vm,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda state: self._shown == state.query,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.content)
        self.damage = DamageBox(self)
        self._connect()

    def focus_first(self) -> None:
        self.content.take_focus()

    def row(self) -> Any:
        """The row that is chosen now; None if there is none, or it cannot be read."""
        row = self.model.row_at(self.table.currentIndex().row())
        return None if damage_of(row) is not None else row

    def _put_up_skeleton(self) -> None:
        self._shown = _UNASKED
        self.model.forget(_SKELETON)
        self.content.show_rows()
        self.filled.emit(-1)

    def _fill(self, state: PagedState[Any]) -> None:
        if state.phase is Phase.FAILED:
            self._fail(state)
            return
        first, place = state.first, self.table.currentIndex().row()
        chosen = self.model.row_at(place)
        total = first.total if first is not None else 0
        again, self._shown = self._shown == state.query, state.query
        if first is None or not total:
            self.model.forget()
            self.content.show_empty(self.words.icon, self.words.nothing, self.words.sentence, self.words.step)
        else:
            self.model.begin(total, first.rows, again=again)
            self.content.show_rows()
            self._choose(first.rows, chosen, place if again else 0)
        self.filled.emit(total)

    def _choose(self, rows: Sequence[Any], before: Any, place: int) -> None:
        """The one chosen before, wherever it stands now on the first page; one on a later page is not looked for.

        Where it is gone, the one that came to its *place*: a list that is worked off is not begun anew each time.
        """
        wanted = None if before is None else self._key(before)
        at = next((at for at, row in enumerate(rows) if self._key(row) == wanted), None)
        if at is not None:
            self.table.selectRow(at)
        elif self.table.currentIndex().row() < len(rows):
            self.table.selectRow(min(max(place, 0), len(rows) - 1))

    def _fail(self, state: PagedState[Any]) -> None:
        if state.problem is None:
            return
        if self._shown == state.query and self.model.rowCount():
            self.model.fail_asked()
            self.content.tell_stale(
                tr("{problem} This list is the one loaded before.", problem=say(state.problem).text)
            )
        else:
            self._shown = _UNASKED
            self.model.forget()
            self.content.show_problem(state.problem, self.words.failed)
            self.filled.emit(0)

    def _open(self, row: Any) -> None:
        if (damaged := damage_of(row)) is not None:
            self.damage.tell(damaged)
        else:
            self.opened.emit(row)

    def _stepped(self) -> None:
        if self.vm.state.phase is Phase.FAILED:
            self.vm.load()
        else:
            self.stepped.emit()

    def _connect(self) -> None:
        self.table.visible_rows.connect(self.model.want_rows)
        self.table.retry_wanted.connect(self.model.retry)
        self.table.chosen.connect(self._open)
        self.content.stepped.connect(self._stepped)
        self.content.retried.connect(self.vm.load)
        self.vm.changed.connect(self.loading.draw)
