"""A rental goes on with another car while the renter has the one before: both are read, both fences written at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.domain.agreement.agreement import Agreement, Leg
from engine.domain.agreement.exchange import Exchange
from engine.domain.agreement.reading import (
    LONGEST_REASON,
    YARD_KM,
    ReadBefore,
    Reading,
    Seen,
    follows,
    gauge_of,
    most_driven,
    sound_reading,
)
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.changed_car import NotAlike, as_booked, suited_first
from engine.domain.booking.handing_over import CameBack
from engine.domain.booking.other_cars import OtherCars
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import Readiness
from engine.domain.car.car import Car, CarId
from engine.domain.car.catalogue import CarWish
from engine.domain.car.condition import Found, FoundWhen
from engine.domain.firm.audit import AuditRow
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import MoveRefused, Overtaken
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import clean
from engine.ports.agreements import AgreementBook
from engine.ports.bookings import Transaction
from engine.ports.leases import BookingLock
from engine.services.agreement.agreement import must_have_agreement
from engine.services.booking.booking import BookingService
from engine.services.booking.changing_car import in_both_turns
from engine.services.input_guard import gated
from engine.services.marks.marking import note_marks

#: Free cars that are looked at.
_MOST = 200


@gated
@dataclass(frozen=True, slots=True)
class ExchangingService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    book: AgreementBook
    bookings: BookingService
    booking_lock: BookingLock
    desk: str

    async def other_cars(self, actor: Actor, booking_id: BookingId) -> OtherCars:
        """Free ones of the branch until the agreed end, those of the same type first.

        Raises: Forbidden, NotFound; MoveRefused where its car is not out, or should be back by now.
        """
        actor.must(Deed.HAND_OVER)
        booking = await self.bookings.booking(actor, booking_id)
        left, store = self._left(booking), self.bookings.store
        car = await store.car(booking.car_id)
        wish = CarWish(booking.branch_id, left)
        found = await store.free_cars(wish, Readiness(booking.free_at), left.starts_at, 0, _MOST)
        others = suited_first([each for each in found.cars if each.id != car.id], car)
        return OtherCars(booking, car, tuple(sorted(others, key=lambda each: each.body is not car.body)), found.damaged)

    async def read_before(self, actor: Actor, car_id: CarId) -> ReadBefore:
        """What is known of a car that stands here before it is read. Raises: Forbidden, NotFound."""
        actor.must(Deed.HAND_OVER)
        car, known = await self.bookings.store.car(car_id), await self.book.read_last(car_id)
        if known is None:
            return ReadBefore(gauge_of(car.fuel), car.odometer_km)
        return ReadBefore(gauge_of(car.fuel), known, known + YARD_KM)

    async def exchange(
        self, actor: Actor, booking_id: BookingId, car_id: CarId, exchange: Exchange, *, seen: int
    ) -> Booking:
        """Take the car back and let that one go out instead, now: times, price and payment stay as they are.

        *seen* is the version that the person looked at.

        Raises:
            Forbidden, NotFound: As for every booking.
            MoveRefused: Its car is not out, should be back by now, has no agreement, or money is being taken for it.
            NotAlike: The car belongs to another branch.
            InvalidText: A field of a reading, or ``why``.
            ReadingUnlikely: The kilometres of one of both do not follow, and its reading gives no reason.
            PeriodTaken, CarNotRentable, NotHere, StillOut: The car cannot be had until the agreed end.
            NotBelieved: The row is not one that the program writes.
            Overtaken, Contended: Somebody else changed it at the same moment; look again.
        """
        actor.must(Deed.HAND_OVER)
        booking = await self.bookings.booking(actor, booking_id)
        if booking.version != seen:
            raise Overtaken(f"booking {booking_id} was changed by somebody else")
        now, why = self._left(booking).starts_at, clean("why", exchange.why, longest=LONGEST_REASON)
        if booking.money_waits:
            raise MoveRefused("money is being taken", "with another car")
        store = self.bookings.store
        before, wanted = await store.car(booking.car_id), await store.car(car_id)
        out = sound_reading(exchange.out, gauge_of(wanted.fuel))
        await self.bookings.payment.mode.must_know_payments()
        await self.bookings.payment.belief.judge(booking)

        async def change(work: Transaction) -> Booking:
            agreement = must_have_agreement(booking, await work.agreement(booking_id))
            back = sound_reading(exchange.back, agreement.leg.gauge)
            came = CameBack(booking.branch_id, back.odometer_km)
            terms, last = await work.exchange_claim(booking, car_id, now, came, out.odometer_km)
            if terms.branch_id != booking.branch_id:
                raise NotAlike(car_id)
            after = booking.exchanged(as_booked(terms), terms.n, now=now, by=actor.account)
            read = await self._read(work, actor, (before, back), agreement, FoundWhen.BACK, now)
            given = await self._read(work, actor, (wanted, out), agreement, FoundWhen.OUT, now)
            await self._expected(work, agreement, read, booking)
            known, yard = (wanted.odometer_km, None) if last is None else (last, YARD_KM)
            if not follows(out, known, yard):
                await work.audit(self._unlikely(booking, given, known))
            await work.replace(after)
            leg = Leg(after.car, gauge_of(wanted.fuel), given, why=why)
            await work.replace_agreement(agreement.exchanged(read, leg))
            await work.audit(self._row(actor, booking, after, why, now))
            return after

        async with in_both_turns(self.booking_lock, booking, car_id):
            return await store.transact(change)

    def _left(self, booking: Booking) -> RentalPeriod:
        """From now to its end. Raises: MoveRefused."""
        now = self.bookings.clock.now()
        if booking.state is not BookingState.OUT or booking.period.ends_at <= now:
            raise MoveRefused("over" if booking.state is BookingState.OUT else booking.state, "with another car")
        return RentalPeriod(now, booking.period.ends_at)

    async def _read(
        self,
        work: Transaction,
        actor: Actor,
        what: tuple[Car, Reading],
        agreement: Agreement,
        when: FoundWhen,
        now: datetime,
    ) -> Seen:
        """With the marks that the car shows then."""
        (car, reading), n = what, len(agreement.legs) + (when is FoundWhen.OUT)
        shown = await note_marks(work, car, (), Found(actor.account, now, agreement.booking_id, n, when))
        return Seen(reading, now, actor.account, shown.open)

    async def _expected(self, work: Transaction, agreement: Agreement, read: Seen, booking: Booking) -> None:
        """Raises: ReadingUnlikely."""
        went = agreement.leg.out
        if not follows(read.reading, went.km, most_driven(went.at, read.at)):
            await work.audit(self._unlikely(booking, read, went.km))

    def _unlikely(self, booking: Booking, seen: Seen, before_km: int) -> AuditRow:
        what, subject = "agreement.reading", f"booking:{booking.id}"
        after = {"odometer_km": str(seen.km), "reason": seen.reading.reason}
        return AuditRow(seen.at, seen.by, self.desk, what, subject, {"odometer_km": str(before_km)}, after)

    def _row(self, actor: Actor, before: Booking, after: Booking, why: str, now: datetime) -> AuditRow:
        was, told = {"car": before.car_label}, {"car": after.car_label, "why": why}
        return AuditRow(now, actor.account, self.desk, "booking.exchanged", f"booking:{before.id}", was, told)
