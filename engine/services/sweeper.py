"""Going on for whoever stopped: holds that ran out, releases begun, captures waiting."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from engine.domain.booking import BookingId
from engine.domain.errors import DriveSphereError
from engine.ports import Clock, Leases, Store
from engine.services.payment import PaymentService

log = structlog.get_logger(__name__)

_EVERY = timedelta(minutes=1)
_LEASE = timedelta(minutes=2)
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Sweeper:
    store: Store
    payment: PaymentService
    leases: Leases
    clock: Clock

    async def run(self) -> None:
        """Sweep every minute until cancelled; a round that fails is told in the log and followed by the next."""
        while True:
            try:
                await self.sweep()
            except DriveSphereError as problem:
                log.warning("sweeper.round_failed", code=problem.code)
            await asyncio.sleep(_EVERY.total_seconds())

    async def sweep(self) -> int:
        """Settle what is due, if nobody else is at it; how many bookings were looked at.

        Raises:
            Unavailable: MongoDB does not answer.
        """
        async with self.leases.alone("sweeper", _LEASE) as mine:
            if not mine:
                return 0
            now, seen = self.clock.now(), set[BookingId]()
            # What waits for a person stays the oldest: ask for as many more, so that it hides nobody.
            while due := [each for each in await self.store.unsettled(now, len(seen) + _BATCH) if each not in seen]:
                for booking_id in due:
                    await self._settle(booking_id)
                seen.update(due)
            return len(seen)

    async def _settle(self, booking_id: BookingId) -> None:
        try:
            await self.payment.carry_on(booking_id)
        except DriveSphereError as problem:
            # One booking that cannot go on must not keep the others waiting.
            log.warning("sweeper.left", booking=booking_id, code=problem.code)
        except Exception:
            # A row that nobody foresaw, perhaps written by a hostile desk, must not end the sweeping of all others.
            log.exception("sweeper.bug", booking=booking_id)
