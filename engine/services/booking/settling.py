"""As a rental with several cars is closed, each of them has what its days cost."""

from __future__ import annotations

from datetime import datetime

from engine.domain.agreement.agreement import Agreement, AgreementState
from engine.domain.agreement.legs import leg_rows
from engine.domain.booking.booking import Booking
from engine.ports.bookings import Transaction


async def settle_legs(work: Transaction, before: Agreement, after: Agreement, booking: Booking, at: datetime) -> None:
    """Where *after* is closed, and *before* never was: what was paid later is paid for the last car."""
    never = all(step.state is not AgreementState.CLOSED for step in before.history)
    if after.state is AgreementState.CLOSED and never and (rows := leg_rows(booking, at)):
        await work.post(rows)
