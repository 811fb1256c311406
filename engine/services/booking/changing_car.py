"""A booking goes on with another car: the one command that moves it (docs/decisions/0039)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.changed_car import CarIsOut, NotAlike, as_booked, suited_first
from engine.domain.booking.other_cars import OtherCars
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import Readiness
from engine.domain.car.car import CarId
from engine.domain.car.catalogue import CarWish
from engine.domain.firm.audit import AuditRow
from engine.domain.money.ledger import moved_rows
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import MoveRefused, Overtaken
from engine.ports.bookings import Store, Transaction
from engine.ports.leases import BookingLock
from engine.services.booking.booking import BookingService
from engine.services.input_guard import gated

#: Free cars that are looked at; more alike ones than this stand at no branch.
_MOST = 200


@gated
@dataclass(frozen=True, slots=True)
class ChangingCarService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    bookings: BookingService
    booking_lock: BookingLock
    desk: str

    @property
    def store(self) -> Store:
        return self.bookings.store

    async def other_cars(self, actor: Actor, booking_id: BookingId) -> OtherCars:
        """Raises: Forbidden, NotFound; CarIsOut or MoveRefused for a booking that goes on with no other car."""
        actor.must(Deed.CHANGE_CAR)
        booking = await self._movable(actor, booking_id)
        car = await self.store.car(booking.car_id)
        wish = CarWish(booking.branch_id, booking.period, bodies=frozenset({car.body}))
        # It takes as long to be made ready as on the day of booking.
        ready = Readiness(booking.free_at)
        found = await self.store.free_cars(wish, ready, self.bookings.clock.now(), 0, _MOST)
        others = [each for each in found.cars if each.id != car.id]
        return OtherCars(booking, car, tuple(suited_first(others, car)), found.damaged)

    async def change(self, actor: Actor, booking_id: BookingId, car_id: CarId, *, seen: int) -> Booking:
        """Go on with that car: times, price and payment as sold; who owns it has the owner's share from now on.

        *seen* is the version that the person looked at.

        Raises:
            Forbidden, NotFound: As for every booking.
            CarIsOut: The rental has begun.
            MoveRefused: It is not confirmed, or has this car already.
            NotAlike: The car is of another body type, or stands at another branch.
            Overtaken: The booking changed meanwhile; look again.
            PeriodTaken, CarNotRentable, Contended, LookingBack, Unavailable: As for every booking.
            NotBelieved: The row is not one that the program writes; it is listed for a person instead.
        """
        actor.must(Deed.CHANGE_CAR)
        booking = await self._seen(actor, booking_id, seen)
        now_has, wanted = await self.store.car(booking.car_id), await self.store.car(car_id)
        # What the row says of the branch is what was sold; the car in it may have been brought elsewhere.
        if wanted.branch_id != booking.branch_id or wanted.body is not now_has.body:
            raise NotAlike(car_id)
        return await self._change(actor, booking, car_id)

    async def change_back(self, actor: Actor, booking_id: BookingId, *, seen: int) -> Booking:
        """Undo the last change: back to the car before, also where that is out of service by now.

        Raises:
            MoveRefused: The last thing that happened to the booking is no change of its car.
            PeriodTaken: Somebody else has that car meanwhile.
            And as for ``change``.
        """
        actor.must(Deed.CHANGE_CAR)
        booking = await self._seen(actor, booking_id, seen)
        last = booking.history[-1].change
        if last is None:
            raise MoveRefused(booking.state, "on the car before")
        return await self._change(actor, booking, last.before.car_id, back=True)

    async def _change(self, actor: Actor, booking: Booking, car_id: CarId, *, back: bool = False) -> Booking:
        await self.bookings.payment.mode.must_know_payments()
        # Its money goes along, so its row is held against what others wrote first.
        await self.bookings.payment.belief.judge(booking)
        now = self.bookings.clock.now()

        async def move(work: Transaction) -> Booking:
            terms = await work.move_claim(booking, car_id, now, back=back)
            if terms.branch_id != booking.branch_id:
                raise NotAlike(car_id)
            after = booking.on(as_booked(terms), terms.n, now=now, by=actor.account)
            await work.replace(after)
            if moved := moved_rows(booking, after, now):
                await work.post(moved)
            was, told = {"car": booking.car_label}, {"car": after.car_label}
            subject = f"booking:{booking.id}"
            await work.audit(AuditRow(now, actor.account, self.desk, "booking.car_changed", subject, was, told))
            return after

        async with in_both_turns(self.booking_lock, booking, car_id):
            return await self.store.transact(move)

    async def _seen(self, actor: Actor, booking_id: BookingId, seen: int) -> Booking:
        booking = await self._movable(actor, booking_id)
        if booking.version != seen:
            raise Overtaken(f"booking {booking_id} was changed by somebody else")
        return booking

    async def _movable(self, actor: Actor, booking_id: BookingId) -> Booking:
        booking = await self.bookings.booking(actor, booking_id)
        if booking.state is BookingState.OUT:
            raise CarIsOut(booking_id)
        if booking.state is not BookingState.CONFIRMED or booking.period.ends_at <= self.bookings.clock.now():
            raise MoveRefused(booking.state, "on another car")
        return booking


@asynccontextmanager
async def in_both_turns(booking_lock: BookingLock, booking: Booking, car_id: CarId) -> AsyncIterator[None]:
    """Both cars' turns, always in the same order."""
    key = f"car of {booking.id} at {booking.version}"
    async with AsyncExitStack() as both:
        for each in sorted({booking.car_id, car_id}):
            await both.enter_async_context(booking_lock.take(each, key, booking.id, once=False))
        yield
