"""What needs a person, bookings and restored payments: which, why, since when, and saying that it was seen to."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.paged import PagedViewModel
from engine.domain.booking import Booking
from engine.domain.care import Case
from engine.domain.catalogue import PAGE_SIZE
from engine.domain.damage import Damaged
from engine.domain.errors import DriveSphereError
from engine.domain.restored import RestoredCase


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """Attributes: ``total`` counts all of them, not only this page's."""

    rows: tuple[Case | RestoredCase | Damaged, ...]
    total: int


class CareViewModel(QObject):
    """Signals: ``settled`` carries a Booking that a person saw to; ``refused`` the problem where that did not work."""

    settled = Signal(object)
    refused = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks
        self.list: PagedViewModel[str] = PagedViewModel(tasks, "care", self._read, "")

    def settle(self, booking: Booking, note: str) -> None:
        """Take it from the list; *note* says what was done, for the audit."""
        self._tasks.once("settle by hand", self._settle(booking, note))

    async def _settle(self, booking: Booking, note: str) -> None:
        care, actor = self._desk.head_office.care, self._desk.actor
        try:
            done = await self._desk.call(lambda: care.settle_by_hand(actor, booking.id, note, seen=booking.version))
        except DriveSphereError as problem:
            self.refused.emit(problem)
        else:
            self.settled.emit(done)
        self.list.load()

    async def _read(self, _query: str, offset: int) -> NeedsPerson:
        """Restored payments stand before the bookings: their cars are kept from everybody."""
        care, restored, actor = self._desk.head_office.care, self._desk.restored, self._desk.actor

        async def page() -> NeedsPerson:
            paid = await restored.cases(actor, offset=offset, limit=PAGE_SIZE)
            left = PAGE_SIZE - len(paid.rows)
            # Asked for at least one, for the total.
            rest = await care.waiting(actor, offset=max(offset - paid.total, 0), limit=max(left, 1))
            return NeedsPerson((*paid.rows, *rest.rows[:left]), paid.total + rest.total)

        return await self._desk.call(page)
