"""The payment protocol: one step at a time, by any engine, from the stored rows alone.

Each step reads the booking, asks Stripe at most one thing, and stores what follows with a compare-and-set. A step that
was overtaken has lost nothing: the next one starts from what is stored.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from engine.domain.booking.belief import Believed
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.states import BookingState
from engine.domain.car.places import NotHere
from engine.domain.money.addresses import PageAddress, page_address
from engine.domain.money.payment import AttemptState, Decline, PageFacts, PageStatus
from engine.domain.people.people import AccountName, Actor, Deed
from engine.domain.shared.errors import (
    CarNotRentable,
    Forbidden,
    NotBelieved,
    NotFound,
    Overtaken,
    PaymentMismatch,
    PeriodTaken,
)
from engine.ports.bookings import Store, Transaction
from engine.ports.local import Clock
from engine.ports.payments import PaymentGateway
from engine.services.input_guard import gated
from engine.services.payment.belief import Belief
from engine.services.payment.capture_and_refund import CaptureAndRefund
from engine.services.payment.checkout_pages import CheckoutPages
from engine.services.payment.mode import ModeGuard

log = structlog.get_logger(__name__)

#: Steps one booking can take in a row at most; more means that two engines undo each other, which no row allows.
_LONGEST_WAY = 10


@gated
@dataclass(frozen=True, slots=True)
class PaymentService:
    """See the verbs.

    Attributes:
        account: The name under which this engine signs a booking's history.
    """

    store: Store
    gateway: PaymentGateway
    clock: Clock
    account: AccountName
    mode: ModeGuard
    belief: Belief
    _declines: dict[BookingId, Decline] = field(default_factory=dict)

    def declined(self, booking_id: BookingId) -> Decline | None:
        """The card that was refused last on a page that stays open for another, as far as this engine looked."""
        return self._declines.get(booking_id)

    @property
    def opens_pages(self) -> bool:
        """Whether this desk can ask Stripe for a payment page; without a key it can hold a car, and nobody can pay."""
        return self.gateway.mode is not None

    async def settle(self, actor: Actor, booking_id: BookingId) -> Booking:
        """``carry_on`` for somebody at a desk.

        Raises:
            Forbidden: The actor's role neither books nor takes payments.
            NotFound: There is no such booking, or the actor may not see it.
        """
        if not actor.may(Deed.BOOK):
            actor.must(Deed.CAPTURE)
        return await self._carry_on(await self._seen(actor, booking_id))

    async def page_address(self, actor: Actor, booking_id: BookingId) -> PageAddress:
        """Where the booking can be paid, as Stripe tells it now; what its row says of that is not looked at.

        Raises:
            Forbidden: The actor's role neither books nor takes payments, or this desk's key may not look.
            NotFound: There is no such booking, the actor may not see it, or there is no page that can be paid (any
                more).
            NotBelieved, PaymentMismatch: The row, or the page that it names, is not this booking's.
            StrangeAddress: Stripe's answer names no page of its own.
        """
        if not actor.may(Deed.BOOK):
            actor.must(Deed.CAPTURE)
        booking = await self._seen(actor, booking_id)
        if not booking.blocking or not booking.payment.comes_to(AttemptState.OPEN):
            raise NotFound("page", booking_id)
        await self.mode.must_fit()
        page = await self._pages.page(await self.belief.judge(booking))
        if page.status is not PageStatus.OPEN or not page.url:
            raise NotFound("page", booking_id)
        return page_address(page.url, self.gateway.sandbox)

    async def _seen(self, actor: Actor, booking_id: BookingId) -> Booking:
        booking = await self._read(booking_id)
        if not booking.visible_to(actor):
            raise NotFound("booking", booking_id)
        return booking

    async def _read(self, booking_id: BookingId) -> Booking:
        return (await self.store.booking(booking_id)).tamed(self.clock.now())

    async def carry_on(self, booking_id: BookingId, *, leave: bool = True) -> Booking:
        """Take every step that can be taken now, whoever's booking it is; as it is stored afterwards.

        For the engine's own use: it asks nobody's leave. With *leave* off, a step that this engine's Stripe key may
        not take is told as Forbidden, instead of being left to others in silence.

        Raises:
            Unavailable: Stripe or MongoDB gave no answer; what is stored stays true, and another call goes on from it.
            PaymentMismatch: Stripe's facts are not those of the booking; nothing was changed.
            NotBelieved: The row is not one that the program writes; it is listed for a person instead.
            WrongStripeMode: This engine's key is of the other mode; Stripe was not asked.
        """
        return await self._carry_on(await self._read(booking_id), leave=leave)

    async def _carry_on(self, booking: Booking, *, leave: bool = True) -> Booking:
        booking_id = booking.id
        for _ in range(_LONGEST_WAY):
            before = booking.version
            try:
                booking = await self._step(booking)
            except NotBelieved as problem:
                # Written down by the judge already; doubts that only Stripe's answer raises are written down here.
                await self.belief.doubt(booking, problem)
                raise
            except Overtaken:
                booking = await self._read(booking_id)
                continue
            except Forbidden:
                if not leave:
                    raise
                # This desk's key may not, or it has none. The booking stays due for an engine whose key may.
                log.warning("payment.left_to_others", booking=booking_id, state=booking.state)
                break
            if booking.version == before:
                break
        return booking

    async def give_up(self, booking_id: BookingId) -> Booking:
        """The renter does not want it any more: release it, on Stripe's word (row 8). Asks nobody's leave either.

        A page that was paid meanwhile wins: the booking comes back confirmed.
        """
        for _ in range(_LONGEST_WAY):
            booking = await self._read(booking_id)
            if booking.state is not BookingState.HELD:
                break
            try:
                await self._pages.let_run_out(await self.belief.judge(booking))
            except Overtaken:
                # Somebody opened the page or looked at it just now: it is given up all the same.
                log.info("payment.overtaken", booking=booking_id)
            else:
                break
        return await self.carry_on(booking_id)

    async def heard(self, booking_id: BookingId, session_id: str) -> Booking:
        """Somebody said that this session was paid: look, and find a place for money that nobody expected (row 14).

        Raises:
            NotFound: There is no such booking.
        """
        booking = await self.carry_on(booking_id)
        if not session_id:
            return await self._doubt(booking)
        newest = booking.payment.newest
        if newest is not None and newest.session_id == session_id and booking.blocking:
            return booking
        await self.mode.must_fit()
        page = await self.gateway.page(session_id)
        if not page.secured:
            return booking
        believed = await self.belief.judge(booking)
        if page.booking_id != booking_id:
            raise PaymentMismatch(f"session {session_id} pays for {page.booking_id}, not for {booking_id}")
        if booking.state is BookingState.RELEASED and newest is not None and page.attempt == newest.n:
            try:
                await self._late(believed, page)
            except Overtaken:
                log.info("payment.overtaken", booking=booking_id)
            return await self.carry_on(booking_id)
        if page.payment_intent not in booking.payment.intents:
            # A second page of a booking that has been paid or given back: its money is not taken.
            own = await self._capture.own(believed) if newest is not None and newest.payment_intent else None
            await self.gateway.void(believed.void_stray(own, page))
            log.error("payment.stray_voided", booking=booking_id, session=session_id)
        return booking

    async def _doubt(self, booking: Booking) -> Booking:
        """What is told of no page may be of a refund."""
        if booking.payment.refund is None:
            return booking
        await self.mode.must_fit()
        try:
            return await self._capture.doubt(await self.belief.judge(booking))
        except Overtaken:
            return await self.store.booking(booking.id)

    async def _late(self, believed: Believed, page: PageFacts) -> None:
        """Paid after the car was let go: the same car if it is still free, else the money goes back."""
        booking = believed.booking
        page.must_belong_to(booking.id, booking.payment.attempt, livemode=self.gateway.livemode)
        now = self.clock.now()
        paid = booking.payment.with_attempt(booking.payment.attempt.opened(page).paid(page))

        async def claim_again(work: Transaction) -> None:
            await work.claim_again(booking, now)
            await work.replace(booking.move_to(BookingState.CONFIRMED, now=now, by=self.account, payment=paid))

        try:
            if booking.period.ends_at > now:
                await self.store.transact(claim_again)
                return
            log.warning("payment.too_late", booking=booking.id)
        except (PeriodTaken, CarNotRentable, NotHere) as problem:
            log.warning("payment.car_lost", booking=booking.id, why=problem.code)
        await self.store.replace(booking.move_to(BookingState.REFUND_DUE, now=now, by=self.account, payment=paid))

    async def _step(self, booking: Booking) -> Booking:
        payment, pages, capture = booking.payment, self._pages, self._capture
        step: Callable[[Believed], Awaitable[Booking]] | None = None
        match booking.state:
            case BookingState.HELD if booking.hold_over(self.clock.now()):
                step = pages.let_run_out
            case BookingState.HELD if payment.comes_to(AttemptState.PREPARED):
                step = pages.open
            case BookingState.HELD | BookingState.AWAITING_FUNDS if payment.comes_to(AttemptState.OPEN):
                step = pages.look
            case BookingState.RELEASING:
                step = pages.close
            case BookingState.REFUND_DUE:
                step = capture.give_back
            case _ if booking.money_waits:
                step = capture.take
            case BookingState.CANCELLED if booking.refund_waits:
                step = capture.refund
        if step is None and not booking.refund_waits:
            return booking
        await self.mode.must_fit()
        believed = await self.belief.judge(booking)
        return booking if step is None else await step(believed)

    @property
    def _pages(self) -> CheckoutPages:
        return CheckoutPages(self.store, self.gateway, self.clock, self.account, self._declines)

    @property
    def _capture(self) -> CaptureAndRefund:
        return CaptureAndRefund(self.store, self.gateway, self.clock, self.account)
