"""The bookings that need a person: which, why, since when, and saying that it was seen to."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.paged import PagedViewModel
from engine.domain.booking import Booking
from engine.domain.care import Cases
from engine.domain.errors import DriveSphereError


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

    async def _read(self, _query: str, offset: int) -> Cases:
        care, actor = self._desk.head_office.care, self._desk.actor
        return await self._desk.call(lambda: care.waiting(actor, offset=offset))
