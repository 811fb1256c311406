"""The door to agreements; ``bookings.Transaction`` changes them."""

from __future__ import annotations

from typing import Protocol

from engine.domain.agreement.agreement import Agreement
from engine.domain.booking.booking import BookingId
from engine.domain.car.car import CarId
from engine.domain.shared.damage import Damaged


class AgreementBook(Protocol):
    """Raises Unavailable("mongodb")."""

    async def agreement(self, booking_id: BookingId) -> Agreement | Damaged | None:
        """None where its car never went out, or went out before there were agreements."""

    async def read_last(self, car_id: CarId) -> int | None:
        """The kilometres that were read at a counter last; None where nobody has read any."""
