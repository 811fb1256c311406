"""Check, lock, reserve: a car is promised once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import structlog

from engine.domain.booking.booking import Booking, BookingId, Priced, Step, paid_at_the_counter, rental_payment
from engine.domain.booking.listing import told_to
from engine.domain.booking.paying import PayFirst
from engine.domain.booking.states import BookingState
from engine.domain.car.car import BranchId, CarId, CarTerms
from engine.domain.car.handing_over import fee_lines, fees_of_stay
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.money import Money
from engine.domain.money.payment import PAGE_LIFETIME, Attempt, PageOrder, Payment, Stay
from engine.domain.money.pricing import Quote, quote
from engine.domain.money.tender import Tender
from engine.domain.people.people import Actor, Deed, Renter, RenterId, Role
from engine.domain.shared.boot_clock import end_tasks
from engine.domain.shared.errors import (
    AlreadyAsked,
    DriveSphereError,
    Forbidden,
    InvalidText,
    MoveRefused,
    NotFound,
    PeriodTaken,
    PriceChanged,
)
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import clean
from engine.domain.shared.zones import zone_of
from engine.ports.bookings import Store, Transaction
from engine.ports.leases import BookingLock
from engine.ports.local import Clock
from engine.ports.payments import PaymentGateway
from engine.services.input_guard import gated
from engine.services.payment.payment import PaymentService

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HoldCar:
    """A press of "Book".

    Attributes:
        intent_key: Made when the form opened; a second press sends the same one.
        shown_price: What the person saw and agreed to.
        pays: On a page, now, or at the counter, later: nothing is held then, the car is promised at once.
    """

    intent_key: str
    car_id: CarId
    period: RentalPeriod
    renter_id: RenterId
    shown_price: Money
    return_branch_id: BranchId | None = None
    pays: Tender = Tender.CHECKOUT


@dataclass(frozen=True, slots=True)
class Sold:
    """What a car was let for, as its transaction found it. Attributes: ``free_at`` is when the next one may have it."""

    terms: CarTerms
    price: Quote
    free_at: datetime


@dataclass(frozen=True, slots=True)
class Carriage:
    """Somebody else's desk does it for the actor (decision 0027).

    Attributes:
        by: What the history says instead of the actor's account.
        seal: What has to be written in the same transaction.
    """

    by: str
    seal: Callable[[Transaction, Booking], Awaitable[None]]


@gated
@dataclass(frozen=True, slots=True)
class BookingService:
    """Attributes: ``return_url`` is where Stripe sends the browser after paying; it proves nothing."""

    store: Store
    booking_lock: BookingLock
    clock: Clock
    gateway: PaymentGateway
    payment: PaymentService
    next_id: Callable[[], BookingId]
    return_url: Callable[[BookingId], str]

    async def hold(self, actor: Actor, wish: HoldCar, *, also: Carriage | None = None) -> Booking:
        """Promise the car for the hold time and prepare its payment; *also* says who carries it out for the actor.

        Raises:
            Forbidden: The actor's role may not book, or it is a renter's own account and somebody else is to drive,
                or nothing is to be paid now.
            PayFirst: The pick-up is further away than the firm promises a car without being paid.
            InvalidPeriod: The pick-up lies in the past.
            UnknownZone: This desk does not know the zone in which the car's days are counted.
            Contended: Another desk is being served for this car; nothing was done.
            AlreadyAsked: This press of "Book" was served before; carries the first booking's id.
            PeriodTaken: A blocking booking overlaps.
            NotHere: The car will stand at another branch then, or is promised there next.
            CarNotRentable: The car is in maintenance or retired.
            RenterBlocked: Nothing new is booked for the renter.
            ClosedThen: Nobody hands out or takes back a car there then.
            PriceChanged: The price is no longer the one shown.
            LookingBack: The database was restored, and the payments made since are not known yet.
            Unavailable: MongoDB gave no answer. Asking again with the same key is safe.
        """
        actor.must(Deed.BOOK)
        if wish.intent_key != clean("intent key", wish.intent_key, longest=80):
            raise InvalidText("intent key", "field.plain_key")
        await self.payment.mode.must_know_payments()
        now = self.clock.now()
        wish.period.refuse_past(now)
        self._must_drive(actor, wish.renter_id)
        settings = await self.store.settings(now)
        _must_pay(actor, wish, settings, now)
        async with meanwhile(self.store.bookable(wish.renter_id, now)) as renter:
            try:
                return await self._hold(actor, wish, renter, settings, now, also)
            except PeriodTaken as taken:
                if not await self._let_go_of(taken, now):
                    raise
            return await self._hold(actor, wish, renter, settings, now, also)

    def _must_drive(self, actor: Actor, renter_id: RenterId) -> None:
        if actor.role is Role.RENTER and (actor.renter is None or actor.renter.id != renter_id):
            raise Forbidden("a renter's own account books for nobody else")

    async def _hold(
        self,
        actor: Actor,
        wish: HoldCar,
        renter: asyncio.Task[Renter],
        settings: FirmSettings,
        now: datetime,
        also: Carriage | None,
    ) -> Booking:
        booking_id = self.next_id()

        async def claim(work: Transaction) -> Booking:
            terms = await work.claim(wish.car_id, wish.period, booking_id, now, wish.return_branch_id)
            sold = await self._sold(work, booking_id, wish, terms, settings)
            booking = self._held(booking_id, actor, wish, sold, renter.result(), settings, now)
            if also is not None:
                booking = replace(booking, history=(Step(BookingState.HELD, now, also.by),))
            await work.add(booking)
            if also is not None:
                await also.seal(work, booking)
            return booking

        try:
            return await self._in_turn(wish, booking_id, renter, claim)
        except AlreadyAsked as said:
            # Redis only hints: anybody who reaches it may have put the key there.
            if first := await self.store.asked(wish.intent_key):
                raise AlreadyAsked(first) from said
            log.warning("booking.asked_and_unknown", intent=wish.intent_key)
        return await self._in_turn(wish, booking_id, renter, claim, once=False)

    async def _in_turn(
        self,
        wish: HoldCar,
        booking_id: BookingId,
        allowed: Awaitable[object],
        claim: Callable[[Transaction], Awaitable[Booking]],
        *,
        once: bool = True,
    ) -> Booking:
        async with self.booking_lock.take(wish.car_id, wish.intent_key, booking_id, once=once) as turn:
            await allowed
            try:
                return await self.store.transact(claim, turn)
            except PeriodTaken as taken:
                # What is in the way may be what this very press booked before, if Redis or the answer was lost.
                if first := await self.store.asked(wish.intent_key):
                    raise AlreadyAsked(first) from taken
                raise

    async def _let_go_of(self, taken: PeriodTaken, now: datetime) -> bool:
        """Whether all that was in the way were holds that had run out and are released now, on Stripe's word."""
        if not taken.booking_ids:
            return False
        try:
            # A booking committed this moment may not be readable yet; then it has not run out either.
            ways = [await self.store.booking(BookingId(booking_id)) for booking_id in taken.booking_ids]
            if not all(_lapsed(way, now) for way in ways):
                return False
            settled = [await self.payment.carry_on(way.id) for way in ways]
        except DriveSphereError as problem:
            # Their trouble is not that of whoever asks for the car now.
            log.warning("booking.way_not_cleared", bookings=taken.booking_ids, code=problem.code)
            return False
        return not any(way.blocking for way in settled)

    async def must_have_somebody(self, actor: Actor) -> None:
        """Whether anybody is there to book for *actor*: this desk is. Raises: Forbidden."""
        actor.must(Deed.BOOK)

    async def booking(self, actor: Actor, booking_id: BookingId) -> Booking:
        """Raises: NotFound, also for one that the actor may not see."""
        booking = await self.store.booking(booking_id)
        if not booking.visible_to(actor):
            raise NotFound("booking", booking_id)
        return told_to(actor, booking)

    async def _sold(
        self, work: Transaction, booking_id: BookingId, wish: HoldCar, terms: CarTerms, settings: FirmSettings
    ) -> Sold:
        """By the hours that are in force where it is written: no booking stands outside of them.

        Raises:
            ClosedThen, PriceChanged, UnknownZone, CurrencyMismatch: As for ``hold``.
            NotFound: The branch of its return is gone.
            PeriodTaken: The car is not ready in time for whoever has it next.
        """
        out = back = await work.branch(terms.branch_id)
        if wish.return_branch_id is not None and wish.return_branch_id != out.id:
            back = await work.branch(wish.return_branch_id)
        zone, fees = zone_of(terms.zone), fee_lines(fees_of_stay(out, back, wish.period))
        share = settings.commission_bp
        price = quote(terms.daily_rate, wish.period, zone=zone, commission_bp=share, fees=fees)
        if price.total != wish.shown_price:
            raise PriceChanged(f"shown {wish.shown_price.minor}, now {price.total.minor} {price.total.currency}")
        return Sold(terms, price, await work.make_ready(terms.car_id, booking_id, back, wish.period.ends_at))

    def _held(
        self,
        booking_id: BookingId,
        actor: Actor,
        wish: HoldCar,
        sold: Sold,
        renter: Renter,
        settings: FirmSettings,
        now: datetime,
    ) -> Booking:
        terms, price = sold.terms, sold.price
        at_counter = wish.pays is Tender.COUNTER
        states = (BookingState.HELD, BookingState.CONFIRMED) if at_counter else (BookingState.HELD,)
        return Booking(
            id=booking_id,
            car_id=terms.car_id,
            car_label=terms.label,
            owner_id=terms.owner_id,
            branch_id=terms.branch_id,
            return_branch_id=wish.return_branch_id or terms.branch_id,
            zone=terms.zone,
            renter_id=renter.id,
            renter_name=renter.name,
            booked_by=actor.account,
            period=wish.period,
            state=states[-1],
            hold_until=now + settings.hold,
            created_at=now,
            quote=price,
            payments=(self._payment(booking_id, wish, sold, renter, now),),
            intent_key=wish.intent_key,
            history=tuple(Step(state, now, actor.account) for state in states),
            cancellation=settings.cancellation,
            priced=Priced(terms.car_id, terms.n),
            turn_minutes=-(-int((sold.free_at - wish.period.ends_at).total_seconds()) // 60),
        )

    def _payment(self, booking_id: BookingId, wish: HoldCar, sold: Sold, renter: Renter, now: datetime) -> Payment:
        amount, terms = sold.price.total, sold.terms
        if wish.pays is Tender.COUNTER:
            return paid_at_the_counter(booking_id, amount)
        stay, expires_at = Stay(wish.car_id, wish.period, terms.daily_rate), now + PAGE_LIFETIME
        back = self.return_url(booking_id)
        order = PageOrder(booking_id, 1, amount, terms.label, renter.email, expires_at, back, stay)
        return rental_payment(booking_id, amount, Attempt(1, self.gateway.freeze(order), amount, expires_at))


def _must_pay(actor: Actor, wish: HoldCar, settings: FirmSettings, now: datetime) -> None:
    """Raises: Forbidden, PayFirst; MoveRefused for what is no way to promise a car."""
    if wish.pays is Tender.CHECKOUT:
        return
    actor.must(Deed.HAND_OVER)
    if wish.pays is not Tender.COUNTER:
        raise MoveRefused("new", wish.pays)
    if wish.period.starts_at > now + settings.unpaid_ahead:
        raise PayFirst(settings.unpaid_days)


@asynccontextmanager
async def meanwhile(asked: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
    """It is on its way from here on, and ended with the block, whatever came of it."""
    task = asyncio.create_task(asked)
    try:
        yield task
    finally:
        if not task.done():
            await end_tasks([task])
        elif not task.cancelled():
            task.exception()  # told where it was waited for, if it was


def _lapsed(booking: Booking, now: datetime) -> bool:
    return booking.state is BookingState.RELEASING or (booking.state is BookingState.HELD and booking.hold_over(now))
