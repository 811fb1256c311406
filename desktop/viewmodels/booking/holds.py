"""Which cars this account holds at the moment, whatever list is on the screen; the status bar counts them down."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.booking.states import BookingState, Standing
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError

_QUERY = BookingQuery(BookingScope.MINE, standings=frozenset({Standing.PENDING}))


class HoldsViewModel(QObject):
    """Signals: ``changed`` when a hold came or went; ``settled`` carries a Booking that was found paid or over."""

    changed = Signal()
    settled = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks
        self._held: dict[str, Booking] = {}

    def load(self) -> None:
        self._tasks.latest("holds", self._load())

    def note(self, booking: Booking) -> bool:
        """Take over a change; says whether the booking was an open hold of this account before."""
        before = self._held.pop(booking.id, None)
        if self._counts(booking):
            self._held[booking.id] = booking
        if self._held.get(booking.id) != before:
            self.changed.emit()
        return before is not None

    def open(self) -> tuple[Booking, ...]:
        """Those that are not over yet, the one that ends first first."""
        now = self._desk.now()
        still = [booking for booking in self._held.values() if not booking.hold_over(now)]
        return tuple(sorted(still, key=lambda booking: booking.hold_until))

    def standing(self) -> tuple[int, float]:
        """How many are open, and the seconds until the first of them is over."""
        left = [booking.hold_left(self._desk.now()).total_seconds() for booking in self._held.values()]
        still = [seconds for seconds in left if seconds > 0]
        return len(still), min(still, default=0.0)

    async def _load(self) -> None:
        try:
            found = await self._desk.call(lambda: self._desk.services.listing.page(self._desk.actor, _QUERY))
        except DriveSphereError:
            return  # the page that was asked for at the same time says so
        readable = [row for row in found.rows if not isinstance(row, Damaged)]
        self._held = {booking.id: booking for booking in readable if self._counts(booking)}
        self.changed.emit()
        for booking in readable:
            await self._go_on_with(booking)

    async def _go_on_with(self, booking: Booking) -> None:
        """Ask Stripe about what still waits for its payment: this desk may have been closed while it was paid."""
        try:
            settled = await self._desk.call(partial(self._desk.services.payment.settle, self._desk.actor, booking.id))
        except DriveSphereError:
            return  # the sweeper comes back to it, and so does whoever opens it
        if settled.version != booking.version:
            self.settled.emit(settled)

    def _counts(self, booking: Booking) -> bool:
        return booking.state is BookingState.HELD and booking.booked_by == self._desk.actor.account
