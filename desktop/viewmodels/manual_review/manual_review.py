"""What needs a person: bookings, disputes and restored payments, why, since when; and saying that one was seen to."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.manual_review.unbelieved import UnbelievedRow
from desktop.viewmodels.paged import ListViewModel
from engine.domain.booking.booking import Booking
from engine.domain.booking.manual_review import Case
from engine.domain.booking.restored import RestoredCase
from engine.domain.car.catalogue import PAGE_SIZE
from engine.domain.money.dispute import DisputedCase
from engine.domain.money.trouble import Why
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """Attributes: ``total`` counts all of them, not only this page's."""

    rows: tuple[Case | DisputedCase | RestoredCase | UnbelievedRow, ...]
    total: int


class CareViewModel(QObject):
    """Signals: ``settled`` carries a Booking that a person saw to; ``refused`` the problem where that did not work."""

    settled = Signal(object)
    refused = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks
        self.list: ListViewModel[str] = ListViewModel(tasks, "care", self._read, "")

    def settle(self, booking: Booking, note: str) -> None:
        """Take it from the list; *note* says what was done, for the audit."""
        self._tasks.once("settle by hand", self._settle(booking, note))

    async def _settle(self, booking: Booking, note: str) -> None:
        care, actor = self._desk.services.admin.manual_review, self._desk.actor
        try:
            done = await self._desk.call(lambda: care.settle_by_hand(actor, booking.id, note, seen=booking.version))
        except DriveSphereError as problem:
            self.refused.emit(problem)
        else:
            self.settled.emit(done)
        self.list.load()

    async def _read(self, _query: str, offset: int) -> NeedsPerson:
        """Restored payments first, whose cars are kept from everybody; then disputes, which have a last day."""
        office, restored, actor = self._desk.services.admin, self._desk.services.restored, self._desk.actor

        async def page() -> NeedsPerson:
            rows: list[Case | DisputedCase | RestoredCase | UnbelievedRow] = []
            total, parts = 0, (restored.cases, office.disputes.cases, office.manual_review.waiting)
            for part in parts:
                # Asked for at least one, for the total.
                left = PAGE_SIZE - len(rows)
                found = await part(actor, offset=max(offset - total, 0), limit=max(left, 1))
                rows += map(_row, found.rows[:left])
                total += found.total
            return NeedsPerson(tuple(rows), total)

        return await self._desk.call(page)


def _row(case: Case | DisputedCase | RestoredCase | Damaged) -> Case | DisputedCase | RestoredCase | UnbelievedRow:
    """What is not believed, and what cannot be read, is decided on where it is opened."""
    if isinstance(case, Damaged):
        return UnbelievedRow(damaged=case)
    return UnbelievedRow(case) if isinstance(case, Case) and case.why is Why.DOUBTED else case
