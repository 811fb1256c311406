"""Taking the money and giving it back, each once (rows 15 and 16 of the payment protocol)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from engine.domain.booking import Booking, BookingState
from engine.domain.errors import PaymentMismatch, PaymentRefused
from engine.domain.ledger import LedgerRow, charge_rows, failed_refund_rows, refund_rows
from engine.domain.payment import AttemptState, IntentFacts, Refund, RefundFacts, RefundState
from engine.domain.trouble import Trouble, Why
from engine.ports import Clock, PaymentGateway, Store, Work

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Takings:
    """Each method takes one step and returns the booking as it is stored then; Overtaken means: read it anew."""

    store: Store
    gateway: PaymentGateway
    clock: Clock
    desk: str

    async def take(self, booking: Booking) -> Booking:
        """Row 16: capture what is authorised; a booking cancelled in full is let go instead, which costs nothing."""
        if booking.refund is not None and booking.refund.amount == booking.price:
            return await self._let_go(booking)
        attempt = booking.attempt
        try:
            intent = await self.gateway.capture(
                attempt.payment_intent, attempt.amount, f"cap:{booking.id}:{attempt.payment_intent}"
            )
        except PaymentRefused:
            # Captured before and the answer lost, or lapsed; the intent itself tells.
            intent = await self.gateway.intent(attempt.payment_intent)
        if intent.status == "canceled":
            return await self._lapsed(booking)
        if intent.status != "succeeded":
            log.error("payment.not_captured", booking=booking.id, intent=attempt.payment_intent, status=intent.status)
            return booking
        return await self._taken(booking, intent)

    async def give_back(self, booking: Booking) -> Booking:
        """Row 15: a payment without a car. Void it; if the money was taken after all, refund it."""
        attempt = booking.attempt
        if attempt.captured_at is None:
            return await self._let_go(booking)
        if booking.refund is None:
            return await self._store(booking.with_refund(Refund(attempt.amount)))
        return await self.refund(booking)

    async def refund(self, booking: Booking) -> Booking:
        """Ask Stripe once, under one key; what it says is stored, and posted when the money is back."""
        refund = booking.refund
        if refund is None or refund.state not in (RefundState.DUE, RefundState.PENDING):
            return booking
        facts = await self._refund_facts(booking, refund)
        told = refund.told(facts)
        if facts.amount != refund.amount:
            raise PaymentMismatch(f"{facts.refund_id}: asked for {refund.amount}, Stripe gives back {facts.amount}")
        if told == refund:
            return booking
        now = self.clock.now()
        if told.state is RefundState.FAILED:
            log.error("payment.refund_failed", booking=booking.id, refund=told.refund_id)
            return await self._store(booking.with_refund(told, trouble=Trouble(Why.REFUND_FAILED, now)))
        after = booking.with_refund(told)
        if told.state is not RefundState.DONE:
            return await self._store(after)
        rows = refund_rows(booking, told.refund_id, told.amount, now)
        if booking.state is BookingState.REFUND_DUE:
            after = booking.become(BookingState.REFUNDED, now=now, by=self.desk, refund=told)
        return await self._post(after, rows)

    async def doubt(self, booking: Booking) -> Booking:
        """A refund that was done may come back from the renter's bank, weeks later: then it failed after all."""
        refund = booking.refund
        let_go = refund is not None and refund.refund_id == booking.attempt.payment_intent
        if refund is None or refund.state is not RefundState.DONE or let_go:
            return booking
        told = refund.told(await self._refund_facts(booking, refund))
        if told.state is not RefundState.FAILED:
            return booking
        log.error("payment.refund_came_back", booking=booking.id, refund=told.refund_id)
        now = self.clock.now()
        rows = failed_refund_rows(booking, told.refund_id, told.amount, now)
        return await self._post(booking.with_refund(told, trouble=Trouble(Why.REFUND_FAILED, now)), rows)

    async def _refund_facts(self, booking: Booking, refund: Refund) -> RefundFacts:
        intent = booking.attempt.payment_intent
        made = await self.gateway.refunds(intent)
        if refund.refund_id:
            known = [each for each in made if each.refund_id == refund.refund_id]
            if not known:
                raise PaymentMismatch(f"{intent}: Stripe does not know the refund {refund.refund_id}")
            return known[0]
        # Made before and the answer lost: Stripe forgets the key after a day, but not the refund.
        if given := [each for each in made if each.status not in ("failed", "canceled")]:
            return given[0]
        return await self.gateway.refund(intent, refund.amount, f"rf:{booking.id}:{intent}")

    async def _lapsed(self, booking: Booking) -> Booking:
        """Stripe ended the authorisation, seven days old: nothing was taken, and nothing is left to give back."""
        attempt = booking.attempt
        log.error("payment.lapsed", booking=booking.id, intent=attempt.payment_intent)
        back = None if booking.refund is None else Refund(attempt.amount, RefundState.DONE, attempt.payment_intent)
        trouble = Trouble(Why.LAPSED, self.clock.now())
        return await self._store(booking.with_attempt(attempt.ended(AttemptState.LAPSED), refund=back, trouble=trouble))

    async def _let_go(self, booking: Booking) -> Booking:
        """Cancel the authorisation. Nothing moved, so nothing is posted."""
        attempt = booking.attempt
        try:
            intent = await self.gateway.void(attempt.payment_intent, f"void:{booking.id}:{attempt.payment_intent}")
        except PaymentRefused:
            intent = await self.gateway.intent(attempt.payment_intent)
        if intent.status == "succeeded":
            return await self._taken(booking, intent)
        if intent.status != "canceled":
            return booking
        voided = attempt.ended(AttemptState.VOID)
        if booking.state is BookingState.REFUND_DUE:
            now = self.clock.now()
            return await self._store(booking.become(BookingState.REFUNDED, now=now, by=self.desk, attempt=voided))
        done = Refund(attempt.amount, RefundState.DONE, attempt.payment_intent)
        return await self._store(booking.with_attempt(voided, refund=done))

    async def _taken(self, booking: Booking, intent: IntentFacts) -> Booking:
        attempt = booking.attempt
        if intent.captured != attempt.amount:
            raise PaymentMismatch(f"{attempt.payment_intent}: asked for {attempt.amount}, received {intent.captured}")
        now = self.clock.now()
        rows = charge_rows(booking, intent.charge or attempt.payment_intent, now)
        return await self._post(booking.with_attempt(attempt.captured(now)), rows)

    async def _post(self, booking: Booking, rows: Iterable[LedgerRow]) -> Booking:
        """The booking and its ledger rows, both or neither."""

        async def post(work: Work) -> Booking:
            await work.replace(booking)
            await work.post(rows)
            return booking

        return await self.store.transact(post)

    async def _store(self, booking: Booking) -> Booking:
        await self.store.replace(booking)
        return booking
