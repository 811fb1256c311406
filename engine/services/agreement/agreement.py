"""The agreement of a booking, and what is known of its car before somebody reads it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.agreement.agreement import Agreement, AgreementState
from engine.domain.agreement.reading import YARD_KM, ReadBefore, gauge_of, most_driven
from engine.domain.booking.booking import BookingId
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DamagedRow
from engine.ports.agreements import AgreementBook
from engine.services.booking.booking import BookingService
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class AgreementService:
    book: AgreementBook
    bookings: BookingService

    async def agreement(self, actor: Actor, booking_id: BookingId) -> Agreement | None:
        """None where its car never went out, or went out before there were agreements.

        Raises: Forbidden, NotFound, DamagedRow.
        """
        actor.must(Deed.HAND_OVER)
        await self.bookings.booking(actor, booking_id)
        found = await self.book.agreement(booking_id)
        if isinstance(found, Damaged):
            raise DamagedRow(found.collection, found.id, found.reason)
        return found

    async def read_before(self, actor: Actor, booking_id: BookingId) -> ReadBefore:
        """What was read off the booking's car last; of one that nobody has read, what its owner says.

        Raises: Forbidden, NotFound, DamagedRow.
        """
        actor.must(Deed.HAND_OVER)
        booking = await self.bookings.booking(actor, booking_id)
        agreement = await self.book.agreement(booking_id)
        if isinstance(agreement, Agreement) and agreement.state is AgreementState.OUT:
            leg, now = agreement.leg, self.bookings.clock.now()
            return ReadBefore(leg.gauge, leg.out.km, leg.out.km + most_driven(leg.out.at, now), leg.out.reading.full)
        car = await self.bookings.store.car(booking.car_id)
        known = await self.book.read_last(car.id)
        if known is None:
            return ReadBefore(gauge_of(car.fuel), car.odometer_km)
        return ReadBefore(gauge_of(car.fuel), known, known + YARD_KM)
