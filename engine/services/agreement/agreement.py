"""The agreement of a booking: what was read, what is known of a car before it is read, and another end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.agreement.agreement import Agreement, AgreementState
from engine.domain.agreement.extending import NewEnd, new_end
from engine.domain.agreement.reading import YARD_KM, ReadBefore, gauge_of, most_driven
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import Branch, branch_among
from engine.domain.car.handing_over import fee_lines, return_fee
from engine.domain.firm.audit import AuditRow
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DamagedRow, MoveRefused, Overtaken
from engine.ports.agreements import AgreementBook
from engine.ports.bookings import Transaction
from engine.services.booking.booking import BookingService
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class AgreementService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    book: AgreementBook
    bookings: BookingService
    desk: str

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

    async def quote_end(self, actor: Actor, booking_id: BookingId, ends_at: datetime) -> NewEnd:
        """What it would be to end at *ends_at*; whether the car is free until then is told by ``extend``.

        Raises: As ``extend``, but for PeriodTaken.
        """
        actor.must(Deed.HAND_OVER)
        booking = await self.bookings.booking(actor, booking_id)
        agreement = must_have_agreement(booking, await self.book.agreement(booking_id))
        branches = await self.bookings.store.branches()
        return self._new_end(actor, booking, agreement, ends_at, branch_among(branches, booking.return_branch_id))

    async def extend(self, actor: Actor, booking_id: BookingId, ends_at: datetime, *, seen: int) -> Booking:
        """Let the rental, whose car is out, end at *ends_at*: later, or earlier. What that costs is a line.

        *seen* is the version of the booking that the person looked at.

        Raises:
            Forbidden, NotFound: As for every booking.
            MoveRefused: Its car is not out, it has no agreement, or that is the end already, or over.
            InvalidPeriod: It would be longer than a rental may be.
            ClosedThen: The branch is closed then, and its rules allow no return.
            PeriodTaken: Somebody else is promised the car before it would be free again.
            NotBelieved: The row is not one that the program writes.
            Overtaken: The booking changed meanwhile; look again.
        """
        actor.must(Deed.HAND_OVER)
        booking = await self.bookings.booking(actor, booking_id)
        if booking.version != seen:
            raise Overtaken(f"booking {booking_id} was changed by somebody else")
        await self.bookings.payment.belief.judge(booking)

        async def extend(work: Transaction) -> Booking:
            agreement = must_have_agreement(booking, await work.agreement(booking_id))
            back = await work.branch(booking.return_branch_id)
            told = self._new_end(actor, booking, agreement, ends_at, back)
            await work.move_end(booking, told.booking)
            await work.replace(told.booking)
            await work.replace_agreement(told.agreement)
            await work.audit(self._row(actor, booking, told))
            return told.booking

        return await self.bookings.store.transact(extend)

    def _new_end(self, actor: Actor, booking: Booking, agreement: Agreement, ends_at: datetime, back: Branch) -> NewEnd:
        """With what the branch asks for a return then. Raises: ClosedThen, and as ``new_end``."""
        fee = return_fee(back, ends_at)
        asked = {line.kind for line in agreement.lines}
        fees = () if fee is None else tuple(line for line in fee_lines((fee,)) if line.kind not in asked)
        now = self.bookings.clock.now()
        return new_end(booking, agreement, ends_at, now=now, by=actor.account, fees=fees)

    def _row(self, actor: Actor, booking: Booking, told: NewEnd) -> AuditRow:
        before = {"ends_at": f"{booking.period.ends_at:%Y-%m-%d %H:%M} UTC"}
        costs = f"{told.costs.minor} {told.costs.currency}"
        after = {"ends_at": f"{told.booking.period.ends_at:%Y-%m-%d %H:%M} UTC", "costs": costs}
        at, what = told.booking.history[-1].at, "booking.extended" if told.by > timedelta(0) else "booking.shortened"
        return AuditRow(at, actor.account, self.desk, what, f"booking:{booking.id}", before, after)


def must_have_agreement(booking: Booking, agreement: Agreement | Damaged | None) -> Agreement:
    """Raises: MoveRefused, where it has none; DamagedRow."""
    if isinstance(agreement, Damaged):
        raise DamagedRow(agreement.collection, agreement.id, agreement.reason)
    if agreement is None:
        raise MoveRefused(booking.state, "without an agreement")
    return agreement
