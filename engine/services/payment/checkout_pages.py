"""Payment pages: opened once, looked at often, closed on Stripe's word (rows 2 to 12 of the payment protocol)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from engine.domain.booking.belief import Believed, Doubt
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.frozen import again, order_of
from engine.domain.booking.states import BookingState
from engine.domain.money.payment import PAGE_LIFETIME, Attempt, AttemptState, Decline, PageFacts, PageStatus, Payment
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import NotBelieved, PaymentRefused
from engine.ports.bookings import BookingStore
from engine.ports.local import Clock
from engine.ports.payments import PaymentGateway

log = structlog.get_logger(__name__)

#: Stripe keeps an idempotency key for 24 hours at least; an hour less is certain.
_KEY_LIVES = timedelta(hours=23)
_MARGIN = timedelta(minutes=5)
#: More refused deadlines than this mean that the database's clock is wrong, which no further attempt mends.
_MOST_ATTEMPTS = 5
#: What Stripe names when it refuses what a booking is made of; all of it was frozen with the booking.
_FROZEN_FIELDS = ("customer_email", "line_items")
_NOT_UNDERSTOOD = 400
#: The key was used for other bytes: something exists under it that we do not know.
_OTHER_REQUEST = "idempotency_error"


@dataclass(frozen=True, slots=True)
class CheckoutPages:
    """Each method takes one step and returns the booking as it is stored then; Overtaken means: read it anew.

    Attributes:
        declines: Of bookings that this engine looks after, the card that was refused last.
    """

    store: BookingStore
    gateway: PaymentGateway
    clock: Clock
    account: AccountName
    declines: dict[BookingId, Decline]

    async def open(self, believed: Believed) -> Booking:
        """Rows 2 and 3. A retry sends the same bytes under the same key, so there is one page however often.

        Raises:
            PaymentRefused: Stripe made no page. If it never will for this booking, the car is free again.
        """
        booking, payment = believed.booking, believed.payment
        try:
            page = await self.gateway.open_page(believed.page())
        except PaymentRefused as refusal:
            if _says_never(refusal):
                await self._let_go(believed)
            if refusal.param != "expires_at" or payment.attempt.n >= _MOST_ATTEMPTS:
                raise
            return await self._begin_again(believed)
        page.must_belong_to(booking.id, payment.attempt, livemode=self.gateway.livemode)
        if believed.outdated and not page.secured:
            return await self._supersede(believed, page)
        return await self._store(booking.paying(payment.with_attempt(payment.attempt.opened(page))))

    async def _let_go(self, believed: Believed) -> None:
        """Row 3: nothing was created, and nothing will be, so nobody waits for the hold's end."""
        booking, payment = believed.booking, believed.payment
        log.warning("payment.refused_for_good", booking=booking.id)
        voided = payment.with_attempt(payment.attempt.ended(AttemptState.VOID))
        await self.move(await self.move(booking, BookingState.RELEASING, voided), BookingState.RELEASED)

    async def _supersede(self, believed: Believed, page: PageFacts) -> Booking:
        """Row 3: a release asks for more than the one that froze this attempt, whose page nobody was shown.

        The old page is closed on Stripe's word before there is a next, so there is one that can be paid.
        """
        booking, payment = believed.booking, believed.payment
        with suppress(PaymentRefused):
            await self.gateway.close_page(page.session_id)
        page = await self.gateway.page(page.session_id)
        page.must_belong_to(booking.id, payment.attempt, livemode=self.gateway.livemode)
        if page.unpaid_for_good:
            return await self._begin_again(believed)
        return await self._store(booking.paying(payment.with_attempt(payment.attempt.opened(page))))

    async def look(self, believed: Believed) -> Booking:
        """Rows 4 to 7."""
        booking, payment = believed.booking, believed.payment
        page = await self.page(believed)
        self.declines.pop(booking.id, None)
        if page.secured:
            return await self.move(booking, BookingState.CONFIRMED, payment.with_attempt(payment.attempt.paid(page)))
        if page.unpaid_for_good:
            return await self.move(booking, BookingState.RELEASING)
        if page.decline is not None:
            self.declines[booking.id] = page.decline
        if page.status is PageStatus.COMPLETE and booking.state is BookingState.HELD:
            return await self.move(booking, BookingState.AWAITING_FUNDS)
        return booking

    async def let_run_out(self, believed: Believed) -> Booking:
        """Row 8. The car stays blocked until the page is closed."""
        return await self.move(believed.booking, BookingState.RELEASING)

    async def close(self, believed: Believed) -> Booking:
        """Rows 8 to 12: only Stripe's own word frees the car. An error says nothing about the page, so look at it."""
        booking, payment = believed.booking, believed.payment
        if payment.attempt.state is AttemptState.PREPARED:
            return await self._find_out(believed)
        if payment.attempt.state in (AttemptState.VOID, AttemptState.EXPIRED):
            return await self.move(booking, BookingState.RELEASED)
        try:
            await self.gateway.close_page(payment.attempt.session_id)
        except PaymentRefused as refusal:
            log.info("payment.close_refused", booking=booking.id, status=refusal.status)
        page = await self.page(believed)
        if page.secured:
            return await self.move(booking, BookingState.CONFIRMED, payment.with_attempt(payment.attempt.paid(page)))
        if page.unpaid_for_good:
            over = payment.with_attempt(payment.attempt.ended(AttemptState.EXPIRED))
            return await self.move(booking, BookingState.RELEASED, over)
        return booking

    async def move(self, booking: Booking, wanted: BookingState, payment: Payment | None = None) -> Booking:
        return await self._store(booking.move_to(wanted, now=self.clock.now(), by=self.account, payment=payment))

    async def _begin_again(self, believed: Believed) -> Booking:
        """Nothing was created under the old key, so a new attempt with a new deadline is the only page."""
        booking, payment = believed.booking, believed.payment
        old = payment.attempt
        expires_at = self.clock.now() + PAGE_LIFETIME
        order = order_of(booking, old)
        if order is None:
            raise NotBelieved(booking.id, Doubt.REQUEST)
        request = self.gateway.freeze(again(order, old.n + 1, expires_at))
        fresh = Attempt(old.n + 1, request, old.amount, expires_at)
        voided = payment.with_attempt(old.ended(AttemptState.VOID))
        return await self._store(booking.paying(voided.with_attempt(fresh)))

    async def _find_out(self, believed: Believed) -> Booking:
        """Row 12: nobody knows whether there is a page. Asking with its key again tells; then it can be closed."""
        booking, payment = believed.booking, believed.payment
        if self.clock.now() - booking.created_at > _KEY_LIVES:
            return await self._search(believed)
        try:
            page = await self.gateway.open_page(believed.page())
        except PaymentRefused as refusal:
            if refusal.stripe_code == _OTHER_REQUEST:
                raise
            # Nothing was done; and had the page been made before, its key would have told of it.
            log.warning("payment.never_opened", booking=booking.id, param=refusal.param, stripe=refusal.stripe_code)
            return await self._store(booking.paying(payment.with_attempt(payment.attempt.ended(AttemptState.VOID))))
        page.must_belong_to(booking.id, payment.attempt, livemode=self.gateway.livemode)
        return await self._store(booking.paying(payment.with_attempt(payment.attempt.opened(page))))

    async def _search(self, believed: Believed) -> Booking:
        """Stripe has forgotten the key: asking again would make a second page, so look through those there are."""
        booking, payment, attempt = believed.booking, believed.payment, believed.payment.attempt
        made = await self.gateway.pages_created(booking.created_at - _MARGIN, self.clock.now() + _MARGIN)
        for page in made:
            if page.booking_id == booking.id and page.attempt == attempt.n:
                page.must_belong_to(booking.id, attempt, livemode=self.gateway.livemode)
                return await self._store(booking.paying(payment.with_attempt(attempt.opened(page))))
        return await self._store(booking.paying(payment.with_attempt(attempt.ended(AttemptState.VOID))))

    async def page(self, believed: Believed) -> PageFacts:
        """The newest attempt's page as it is now. Raises: PaymentMismatch, when it is another booking's."""
        attempt = believed.payment.attempt
        page = await self.gateway.page(attempt.session_id)
        page.must_belong_to(believed.booking.id, attempt, livemode=self.gateway.livemode)
        return page

    async def _store(self, booking: Booking) -> Booking:
        await self.store.replace(booking)
        return booking


def _says_never(refusal: PaymentRefused) -> bool:
    """Whether what is refused belongs to the booking itself, not to the firm's account or to the moment."""
    own = refusal.param.startswith(_FROZEN_FIELDS) or refusal.stripe_code.startswith("amount_")
    return own and refusal.status == _NOT_UNDERSTOOD and refusal.stripe_code != _OTHER_REQUEST
