"""Going on for whoever stopped: holds that ran out, releases begun, captures waiting."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from engine.domain.booking.booking import Booking, BookingId
from engine.domain.money.trouble import Why, put_off
from engine.domain.shared.boot_clock import rest
from engine.domain.shared.errors import (
    DamagedRow,
    DriveSphereError,
    Forbidden,
    NotBelieved,
    Overtaken,
    PaymentMismatch,
    PaymentRefused,
    Unavailable,
)
from engine.ports.bookings import Store
from engine.ports.leases import Leases
from engine.ports.local import Clock
from engine.services.payment.payment import PaymentService

log = structlog.get_logger(__name__)

_EVERY = timedelta(minutes=1)
_LEASE = timedelta(minutes=2)
#: Whoever keeps the lease and sweeps nothing, or seems to, is waited for no longer.
_AT_THE_LATEST = timedelta(minutes=3)
_BATCH = 100
#: Bookings read in each round to see whether they can be: all of a small firm's, a part of a large one's.
_SLICES, _SLICE = 10, 200


@dataclass(frozen=True, slots=True)
class Sweeper:
    store: Store
    payment: PaymentService
    leases: Leases
    clock: Clock
    desk: str = "unnamed"
    _walked: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Sweep every minute until cancelled; a round that fails is told in the log and followed by the next."""
        while True:
            try:
                await self.sweep()
            except DriveSphereError as problem:
                log.warning("sweeper.round_failed", code=problem.code)
            await rest(_EVERY.total_seconds())

    async def sweep(self) -> int:
        """Settle what is due, if nobody else is at it or nobody came to an end; how many bookings were looked at.

        Raises:
            Unavailable: MongoDB does not answer.
        """
        async with self.leases.alone("sweeper", _LEASE) as mine:
            if not mine and await self._swept_lately():
                return 0
            now, seen = self.clock.now(), set[BookingId]()
            # What waits for a person stays the oldest: ask for as many more, so that it hides nobody.
            while due := [each for each in await self.store.unsettled(now, len(seen) + _BATCH) if each not in seen]:
                for booking_id in due:
                    await self._settle(booking_id)
                seen.update(due)
            await self._look_for_damage()
            await self._leave_word(len(seen))
            return len(seen)

    async def _look_for_damage(self) -> None:
        """A slice of all bookings; what cannot be read is written down for a person. Sweeping is none the worse."""
        for _ in range(_SLICES):
            found, last = await self.store.look_for_damage(self._walked[-1] if self._walked else "", _SLICE)
            for each in found:
                await self._note_damaged(each.id, each.reason)
            self._walked[:] = [last]
            if not last:
                return

    async def _note_damaged(self, booking_id: str, reason: str) -> None:
        try:
            await self.store.note_damaged(booking_id, reason, self.clock.now())
        except DriveSphereError as problem:
            log.warning("sweeper.damage_not_noted", booking=booking_id, code=problem.code)

    async def _swept_lately(self) -> bool:
        """By the database's word, not Redis's. A time that lies ahead was not written by a sweep."""
        at = await self.store.last_round("sweeper")
        return at is not None and timedelta() <= self.clock.now() - at < _AT_THE_LATEST

    async def _leave_word(self, count: int) -> None:
        """For whoever asks when somebody swept last; a sweep is none the worse if it cannot be written down."""
        try:
            await self.store.note_round("sweeper", self.payment.account, self.desk, self.clock.now(), count)
        except DriveSphereError as problem:
            log.warning("sweeper.no_word_left", code=problem.code)

    async def _settle(self, booking_id: BookingId) -> None:
        try:
            await self._carry_on(booking_id)
        except Forbidden:
            # This engine's key may not, or it has none: it stays due for one whose key may.
            log.warning("sweeper.left_to_others", booking=booking_id)
        except NotBelieved as problem:
            # It is listed for a person, and due again in an hour.
            log.warning("sweeper.not_believed", booking=booking_id, doubt=problem.doubt)
        except DamagedRow as problem:
            log.warning("sweeper.damaged", booking=booking_id)
            await self._note_damaged(booking_id, problem.reason)
        except DriveSphereError as problem:
            # One booking that cannot go on must not keep the others waiting.
            log.warning("sweeper.left", booking=booking_id, code=problem.code)
        except Exception:
            # A row that nobody foresaw, perhaps written by a hostile desk, must not end the sweeping of all others.
            log.exception("sweeper.bug", booking=booking_id)

    async def _carry_on(self, booking_id: BookingId) -> None:
        try:
            booking = await self.payment.carry_on(booking_id, leave=False)
        except (PaymentMismatch, PaymentRefused, Unavailable) as problem:
            if isinstance(problem, Unavailable) and problem.server != "stripe":
                raise
            why = Why.MISMATCH if isinstance(problem, PaymentMismatch) else Why.STUCK
            await self._put_off((await self.store.booking(booking_id)).tamed(self.clock.now()), why, problem.code)
            raise
        await self._put_off(booking, Why.SLOW if booking.money_moves else Why.STUCK)

    async def _put_off(self, booking: Booking, why: Why, code: str = "") -> None:
        """Row 11: if it is due as before, wait longer before each further try; nothing else about it changes."""
        now = self.clock.now()
        if booking.due_at is None or booking.due_at > now:
            return
        trouble = put_off(booking.trouble, why, now, code)
        with suppress(Overtaken):
            await self.store.replace(booking.in_trouble(trouble))
            log.warning("sweeper.put_off", booking=booking.id, why=trouble.why.value, until=trouble.again_at)
