"""A windowed model: the number of rows is known, the rows come in pages when they are looked at.

API: SlicesModel(columns, need_slice, size=50): reset(total), renew(total), want_rows(first, last), retry(row),
put_slice(ticket, rows), slice_failed(ticket), state_of(row), replace_row(row, record), find(wanted). A row that is not
there yet answers None for ROW_ROLE.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, Qt

from desktop.models.rows import NOWHERE, STATE_ROLE, AnyIndex, Column, answer
from engine.words.tr import tr

Row = TypeVar("Row")
_Role = Qt.ItemDataRole

PAGE_SIZE = 50
KEEP_PAGES = 20
"""Pages held at once; the longest unseen go first, so that 10,000 rows are never alive together."""


@dataclass(frozen=True, slots=True)
class PageTicket:
    """An order for one page. An answer to the query before last is recognised by its generation."""

    number: int
    size: int
    generation: int

    @property
    def first_row(self) -> int:
        return self.number * self.size


class SlicesModel(QAbstractTableModel, Generic[Row]):
    """Read-only rows behind a window of pages.

    *need_slice* is told once per page; it starts the query and later hands the ticket back to
    :meth:`put_page` or :meth:`page_failed`. It is called from the event loop, never while painting.
    """

    def __init__(
        self, columns: Sequence[Column[Row]], need_slice: Callable[[PageTicket], None], size: int = PAGE_SIZE
    ) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._need_slice = need_slice
        self._size = size
        self._total = 0
        self._generation = 0
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        self._asked: set[int] = set()
        self._failed: set[int] = set()
        self._old: set[int] = set()

    def reset(self, total: int) -> None:
        """A new query with *total* rows; while the number is unknown, give as many as fill the window."""
        self.beginResetModel()
        self._generation += 1
        self._total = total
        self._pages.clear()
        self._asked.clear()
        self._failed.clear()
        self._old.clear()
        self.endResetModel()

    def renew(self, total: int) -> None:
        """The same query asked again: rows that are there stay until theirs come anew, and so does where one looks."""
        self._generation += 1
        self._asked.clear()
        self._failed.clear()
        self._old = set(self._pages)
        if total > self._total:
            self.beginInsertRows(NOWHERE, self._total, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < self._total:
            self.beginRemoveRows(NOWHERE, total, self._total - 1)
            self._total = total
            self._forget_beyond()
            self.endRemoveRows()

    def replace_row(self, row: int, record: Row) -> None:
        """Another record in the place of one that is there."""
        number, offset = divmod(row, self._size)
        page = self._pages.get(number, ())
        if offset < len(page) and page[offset] != record:
            self._pages[number] = (*page[:offset], record, *page[offset + 1 :])
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._columns) - 1))

    def find(self, wanted: Callable[[Row], bool]) -> int | None:
        """The row of the first record on a loaded page that is *wanted*."""
        for number in sorted(self._pages):
            for offset, record in enumerate(self._pages[number]):
                if wanted(record):
                    return number * self._size + offset
        return None

    def ticket(self, number: int) -> PageTicket:
        """For a page that comes together with the total, before any row was looked at."""
        return PageTicket(number, self._size, self._generation)

    def want_rows(self, first: int, last: int) -> None:
        """The rows now visible, ends included; orders the missing pages."""
        if self._total == 0:
            return
        top = max(first, 0) // self._size
        bottom = min(last, self._total - 1) // self._size
        for number in range(top, bottom + 1):
            if number in self._pages and number not in self._old:
                self._pages.move_to_end(number)
            elif number not in self._asked and number not in self._failed:
                self._asked.add(number)
                self._need_slice(self.ticket(number))

    def put_slice(self, ticket: PageTicket, rows: Sequence[Row]) -> None:
        """Fill one page; an answer to an older query is dropped, a short page leaves its tail waiting."""
        if self._stale(ticket):
            return
        number = ticket.number
        old = self._pages.get(number, ())
        self._pages[number] = tuple(rows)
        self._pages.move_to_end(number)
        self._asked.discard(number)
        self._failed.discard(number)
        self._old.discard(number)
        if old != self._pages[number]:
            self._tell(number)
        self._forget_unseen()

    def slice_failed(self, ticket: PageTicket) -> None:
        """The rows of this page say so in place until :meth:`retry`."""
        if self._stale(ticket) or ticket.number in self._pages:
            return
        self._asked.discard(ticket.number)
        self._failed.add(ticket.number)
        self._tell(ticket.number)

    def retry(self, row: int) -> None:
        """Ask again for the failed page this row is on."""
        number = row // self._size
        if number in self._failed:
            self._failed.discard(number)
            self._tell(number)
            self.want_rows(row, row)

    def state_of(self, row: int) -> str:
        if self.row_at(row) is not None:
            return "loaded"
        return "failed" if row // self._size in self._failed else "waiting"

    def row_at(self, row: int) -> Row | None:
        number, offset = divmod(row, self._size)
        page = self._pages.get(number, ())
        return page[offset] if offset < len(page) else None

    def _stale(self, ticket: PageTicket) -> bool:
        return ticket.generation != self._generation or ticket.first_row >= self._total

    def _tell(self, number: int) -> None:
        first = number * self._size
        last = min(first + self._size, self._total) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))

    def _forget_beyond(self) -> None:
        last = (self._total - 1) // self._size
        for number in [number for number in self._pages if number > last]:
            del self._pages[number]
        if self._total and (page := self._pages.get(last)) is not None:
            self._pages[last] = page[: self._total - last * self._size]

    def _forget_unseen(self) -> None:
        while len(self._pages) > KEEP_PAGES:
            number, _ = self._pages.popitem(last=False)
            self._old.discard(number)
            self._tell(number)

    # Qt names below.

    def rowCount(self, parent: AnyIndex = NOWHERE) -> int:
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: AnyIndex = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        return self._columns[section].header(role) if orientation == Qt.Orientation.Horizontal else None

    def data(self, index: AnyIndex, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.row_at(index.row())
        if row is not None:
            return answer(self._columns, index.column(), row, role)
        if role == STATE_ROLE:
            return self.state_of(index.row())
        if role == _Role.TextAlignmentRole:
            return self._columns[index.column()].alignment()
        if role == _Role.AccessibleTextRole:
            return tr("Could not be loaded") if self.state_of(index.row()) == "failed" else tr("Loading")
        return None
