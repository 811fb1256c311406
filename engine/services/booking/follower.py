"""Waiting for a payment: ask often at first, then seldom, and at once when the browser comes back."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.domain.booking.booking import Booking, BookingId
from engine.domain.money.payment import Decline
from engine.domain.people.people import Actor
from engine.ports.local import Clock
from engine.services.input_guard import gated
from engine.services.payment.payment import PaymentService

_EAGER = timedelta(minutes=1)
_OFTEN_S, _SELDOM_S, _JITTER = 2.0, 5.0, 0.2


@gated
@dataclass(frozen=True, slots=True)
class Follower:
    """Polls one booking at a time for each desk that looks at it (row 4 of the payment protocol).

    Attributes:
        often_s, seldom_s: Seconds between two looks in a booking's first minute, and afterwards.
    """

    payment: PaymentService
    clock: Clock
    often_s: float = _OFTEN_S
    seldom_s: float = _SELDOM_S
    _arrivals: dict[str, asyncio.Event] = field(default_factory=dict)

    def arrived(self, booking_id: str) -> None:
        """The browser came back from the payment page. It proves nothing; it is a good moment to look."""
        if (waiting := self._arrivals.get(booking_id)) is not None:
            waiting.set()

    async def next_change(
        self, actor: Actor, booking_id: BookingId, seen: int, declined: Decline | None = None
    ) -> Booking:
        """The booking as soon as its version is not *seen*, or another card than *declined* was refused.

        Raises:
            Forbidden, NotFound: As for ``PaymentService.settle``.
            Unavailable: One round got no answer; call again to go on.
        """
        booking = await self.payment.settle(actor, booking_id)
        while booking.version == seen and self.payment.declined(booking_id) == declined:
            await self._pause(booking)
            booking = await self.payment.settle(actor, booking_id)
        return booking

    async def look_again(self, actor: Actor, booking: Booking) -> Booking:
        """*booking* a while later, or as soon as the browser comes back. Raises: as ``next_change``."""
        await self._pause(booking)
        return await self.payment.settle(actor, booking.id)

    async def _pause(self, booking: Booking) -> None:
        arrival = self._arrivals.setdefault(booking.id, asyncio.Event())
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(arrival.wait(), self._pace(booking, self.clock.now()))
        finally:
            self._arrivals.pop(booking.id, None)

    def _pace(self, booking: Booking, now: datetime) -> float:
        base = self.often_s if now - booking.created_at < _EAGER else self.seldom_s
        return base * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 -- spreads the load, guards nothing
