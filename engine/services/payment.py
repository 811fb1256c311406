"""The payment protocol: one step at a time, by any engine, from the stored rows alone.

The rows are those of ``docs/payments.md``; each step reads the booking, asks Stripe at most one thing, and stores what
follows with a compare-and-set. A step that was overtaken has lost nothing: the next one starts from what is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from engine.domain.booking import Booking, BookingId, BookingState
from engine.domain.errors import Forbidden, Overtaken, PaymentMismatch, PaymentRefused
from engine.domain.ledger import charge_rows
from engine.domain.payment import PAGE_LIFETIME, Attempt, AttemptState, PageFacts, PageStatus
from engine.ports import Clock, PaymentGateway, Store, Work

log = structlog.get_logger(__name__)

#: Steps one booking can take in a row at most; more means that two engines undo each other, which no row allows.
_LONGEST_WAY = 8


@dataclass(frozen=True, slots=True)
class PaymentService:
    """Attributes: ``desk`` is the name under which this engine signs a booking's history."""

    store: Store
    gateway: PaymentGateway
    clock: Clock
    desk: str

    async def settle(self, booking_id: BookingId) -> Booking:
        """Take every step that can be taken now; the booking as it is stored afterwards.

        Raises:
            Unavailable: Stripe or MongoDB gave no answer; what is stored stays true, and another call goes on from it.
            PaymentMismatch: Stripe's facts are not those of the booking; nothing was changed.
        """
        booking = await self.store.booking(booking_id)
        for _ in range(_LONGEST_WAY):
            before = booking.version
            try:
                booking = await self._step(booking)
            except Overtaken:
                booking = await self.store.booking(booking_id)
                continue
            except Forbidden:
                # This desk's key may not, or it has none. The booking stays due for an engine whose key may.
                log.warning("payment.left_to_others", booking=booking_id, state=booking.state)
                break
            if booking.version == before:
                break
        return booking

    async def give_up(self, booking_id: BookingId) -> Booking:
        """The renter does not want it any more: release it, on Stripe's word (row 8).

        A page that was paid meanwhile wins: the booking comes back confirmed.
        """
        booking = await self.store.booking(booking_id)
        if booking.state is BookingState.HELD:
            try:
                await self._move(booking, BookingState.RELEASING)
            except Overtaken:
                log.info("payment.overtaken", booking=booking_id)
        return await self.settle(booking_id)

    async def _step(self, booking: Booking) -> Booking:
        attempt = booking.attempt
        match booking.state:
            case BookingState.HELD if booking.hold_over(self.clock.now()):
                return await self._move(booking, BookingState.RELEASING)
            case BookingState.HELD if attempt.state is AttemptState.PREPARED:
                return await self._open(booking)
            case BookingState.HELD | BookingState.AWAITING_FUNDS if attempt.state is AttemptState.OPEN:
                return await self._look(booking)
            case BookingState.RELEASING:
                return await self._close(booking)
            case BookingState.CONFIRMED if attempt.state is AttemptState.PAID and attempt.captured_at is None:
                return await self._capture(booking)
            case _:
                return booking

    # Rows 2 and 3: the page.

    async def _open(self, booking: Booking) -> Booking:
        attempt = booking.attempt
        try:
            page = await self.gateway.open_page(attempt.request, f"co:{booking.id}:{attempt.n}")
        except PaymentRefused as refusal:
            if refusal.param != "expires_at":
                raise
            return await self._begin_again(booking)
        page.must_belong_to(booking.id, attempt, livemode=self.gateway.livemode)
        return await self._store(booking.with_attempt(attempt.opened(page)))

    async def _begin_again(self, booking: Booking) -> Booking:
        """Row 3: nothing was created under the old key, so a new attempt with a new deadline is the only page."""
        old = booking.attempt
        expires_at = self.clock.now() + PAGE_LIFETIME
        request = self.gateway.refreeze(old.request, old.n + 1, expires_at)
        voided = booking.with_attempt(old.ended(AttemptState.VOID))
        fresh = Attempt(old.n + 1, request, old.amount, expires_at)
        return await self._store(replace(voided, attempts=(*voided.attempts, fresh)))

    # Rows 4 to 7: looking.

    async def _look(self, booking: Booking) -> Booking:
        page = await self._page(booking)
        if page.secured:
            return await self._confirm(booking, page)
        if page.status is PageStatus.COMPLETE and booking.state is BookingState.HELD:
            return await self._move(booking, BookingState.AWAITING_FUNDS)
        if page.unpaid_for_good:
            return await self._move(booking, BookingState.RELEASING)
        return booking

    async def _page(self, booking: Booking) -> PageFacts:
        page = await self.gateway.page(booking.attempt.session_id)
        page.must_belong_to(booking.id, booking.attempt, livemode=self.gateway.livemode)
        return page

    async def _confirm(self, booking: Booking, page: PageFacts) -> Booking:
        return await self._move(booking, BookingState.CONFIRMED, booking.attempt.paid(page))

    # Rows 8 to 12: letting go.

    async def _close(self, booking: Booking) -> Booking:
        """Only Stripe's own word frees the car; an error says nothing about the page, so look at it."""
        if booking.attempt.state is AttemptState.PREPARED:
            return await self._open_to_close(booking)
        if booking.attempt.state in (AttemptState.VOID, AttemptState.EXPIRED):
            return await self._move(booking, BookingState.RELEASED)
        try:
            await self.gateway.close_page(booking.attempt.session_id)
        except PaymentRefused as refusal:
            log.info("payment.close_refused", booking=booking.id, status=refusal.status)
        page = await self._page(booking)
        if page.secured:
            return await self._confirm(booking, page)
        if page.unpaid_for_good:
            return await self._move(booking, BookingState.RELEASED, booking.attempt.ended(AttemptState.EXPIRED))
        return booking

    async def _open_to_close(self, booking: Booking) -> Booking:
        """Row 12: the page may or may not exist; asking with its key again tells which it is, and then it is closed."""
        attempt = booking.attempt
        try:
            page = await self.gateway.open_page(attempt.request, f"co:{booking.id}:{attempt.n}")
        except PaymentRefused as refusal:
            if refusal.param != "expires_at":
                raise
            return await self._store(booking.with_attempt(attempt.ended(AttemptState.VOID)))
        page.must_belong_to(booking.id, attempt, livemode=self.gateway.livemode)
        return await self._store(booking.with_attempt(attempt.opened(page)))

    # Row 16: taking the money, once the car is theirs.

    async def _capture(self, booking: Booking) -> Booking:
        attempt = booking.attempt
        try:
            intent = await self.gateway.capture(
                attempt.payment_intent, attempt.amount, f"cap:{booking.id}:{attempt.payment_intent}"
            )
        except PaymentRefused:
            # Captured before and the answer lost, or lapsed; the intent itself tells.
            intent = await self.gateway.intent(attempt.payment_intent)
        if intent.status != "succeeded":
            return booking
        if intent.captured != attempt.amount:
            raise PaymentMismatch(f"{attempt.payment_intent}: asked for {attempt.amount}, received {intent.captured}")
        now = self.clock.now()
        done = booking.with_attempt(attempt.captured(now))

        async def post(work: Work) -> Booking:
            await work.replace(done)
            await work.post(charge_rows(booking, intent.charge or attempt.payment_intent, now))
            return done

        return await self.store.transact(post)

    async def _move(self, booking: Booking, wanted: BookingState, attempt: Attempt | None = None) -> Booking:
        return await self._store(booking.become(wanted, now=self.clock.now(), by=self.desk, attempt=attempt))

    async def _store(self, booking: Booking) -> Booking:
        await self.store.replace(booking)
        return booking
