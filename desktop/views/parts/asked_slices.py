"""A windowed model whose later pages come from a view-model.

API: AskedSlices(columns, vm, rows_of, size), a SlicesModel: forget(skeleton), begin(total, rows, again), fail_asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import Signal

from desktop.models.rows import Column
from desktop.models.slices import PAGE_SIZE, PageTicket, SlicesModel
from desktop.viewmodels.phases import Phase

Row = TypeVar("Row")


class AnswersPages(Protocol):
    """A view-model with ``page_arrived(run, offset, page)`` and ``page_failed(run, offset, problem)``."""

    @property
    def state(self) -> Any: ...  # with phase and run
    @property
    def slice_arrived(self) -> Any: ...  # a signal
    @property
    def slice_failed(self) -> Any: ...  # a signal

    def need_slice(self, offset: int) -> None: ...


class AskedSlices(SlicesModel[Row]):
    """Signals: ``came`` when a later page took its place."""

    came = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        vm: AnswersPages,
        rows_of: Callable[[Any], Sequence[Row]],
        size: int = PAGE_SIZE,
    ) -> None:
        super().__init__(columns, self._order, size)
        self.vm, self._rows_of = vm, rows_of
        self._orders: dict[int, PageTicket] = {}
        self._known = False
        vm.slice_arrived.connect(self._arrived)
        vm.slice_failed.connect(self._did_not_come)

    def forget(self, skeleton: int = 0) -> None:
        """Nobody knows which query the rows belong to: no page is ordered until the list begins."""
        self._known = False
        self._orders.clear()
        self.reset(skeleton)

    def begin(self, total: int, rows: Sequence[Row], *, again: bool = False) -> None:
        """The first page, and how many there are; *again* if it is the query of before."""
        self._known = True
        self._orders.clear()
        (self.renew if again else self.reset)(total)
        self.put_slice(self.ticket(0), rows)

    def fail_asked(self) -> None:
        """The rows that were asked for say in their places that they did not come."""
        for ticket in self._orders.values():
            self.slice_failed(ticket)

    def _order(self, ticket: PageTicket) -> None:
        """While the list is loaded again nothing is asked, but whoever ordered may be told that it failed."""
        if self._known:
            self._orders[ticket.first_row] = ticket
            if self.vm.state.phase is not Phase.LOADING:
                self.vm.need_slice(ticket.first_row)

    def _arrived(self, run: int, offset: int, page: object) -> None:
        ticket = self._pop(run, offset)
        if ticket is not None:
            self.put_slice(ticket, self._rows_of(page))
            self.came.emit()

    def _did_not_come(self, run: int, offset: int, _problem: object) -> None:
        ticket = self._pop(run, offset)
        if ticket is not None:
            self.slice_failed(ticket)

    def _pop(self, run: int, offset: int) -> PageTicket | None:
        return self._orders.pop(offset, None) if run == self.vm.state.run else None
