"""Which cars this account holds at the moment; the status bar counts them down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from engine.domain.booking import Booking, BookingState
from engine.domain.people import AccountName


class OpenHolds:
    def __init__(self, account: AccountName) -> None:
        self._account = account
        self._held: dict[str, Booking] = {}

    def replace_all(self, bookings: Iterable[Booking]) -> None:
        """The newest of the account's bookings; a hold lasts minutes, so every open one is among them."""
        self._held = {booking.id: booking for booking in bookings if self._counts(booking)}

    def note(self, booking: Booking) -> bool:
        """Take over a change; says whether the booking was an open hold before."""
        before = self._held.pop(booking.id, None)
        if self._counts(booking):
            self._held[booking.id] = booking
        return before is not None

    def standing(self, now: datetime) -> tuple[int, float]:
        """How many are open, and the seconds until the first of them is over."""
        left = [booking.hold_left(now).total_seconds() for booking in self._held.values()]
        still = [seconds for seconds in left if seconds > 0]
        return len(still), min(still, default=0.0)

    def _counts(self, booking: Booking) -> bool:
        return booking.state is BookingState.HELD and booking.booked_by == self._account
