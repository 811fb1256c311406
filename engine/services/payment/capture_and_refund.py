"""Taking the money and giving it back, each once (rows 15 and 16 of the payment protocol)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from engine.domain.booking.belief import Believed, Doubt
from engine.domain.booking.booking import Booking
from engine.domain.booking.giving_back import owed
from engine.domain.booking.states import BookingState
from engine.domain.money.ledger import LedgerRow, charge_rows, failed_refund_rows, refund_rows
from engine.domain.money.payment import AttemptState, IntentFacts, Payment, Refund, RefundFacts, RefundState
from engine.domain.money.trouble import Trouble, Why
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import NotBelieved, PaymentMismatch, PaymentRefused
from engine.ports.bookings import BookingStore, Transaction
from engine.ports.local import Clock
from engine.ports.payments import PaymentGateway

log = structlog.get_logger(__name__)

_AUTHORISED = "requires_capture"
_NO_SUCH = 404


@dataclass(frozen=True, slots=True)
class CaptureAndRefund:
    """Each method takes one step and returns the booking as it is stored then; Overtaken means: read it anew."""

    store: BookingStore
    gateway: PaymentGateway
    clock: Clock
    account: AccountName

    async def take(self, believed: Believed) -> Booking:
        """Row 16: capture what is authorised; a booking cancelled in full is let go instead, which costs nothing."""
        booking = believed.booking
        refund = believed.payment.refund
        if refund is not None and refund.amount == believed.payment.amount:
            return await self._let_go(believed)
        intent = await self.own(believed)
        order = believed.capture(intent)
        if intent.status == _AUTHORISED:
            try:
                intent = await self.gateway.capture(order)
            except PaymentRefused:
                # Captured at this moment by another engine, or lapsed; the intent itself tells.
                intent = await self.own(believed)
        if intent.status == "canceled":
            return await self._lapsed(believed)
        if intent.status != "succeeded":
            log.error("payment.not_captured", booking=booking.id, intent=intent.payment_intent, status=intent.status)
            return booking
        return await self._taken(believed, intent)

    async def own(self, believed: Believed) -> IntentFacts:
        """What Stripe says of the payment that the booking names. Raises: NotBelieved, when there is none such."""
        try:
            return await self.gateway.intent(believed.payment.attempt.payment_intent)
        except PaymentRefused as refusal:
            if refusal.status != _NO_SUCH:
                raise
            raise NotBelieved(believed.booking.id, Doubt.PAYMENT) from refusal

    async def give_back(self, believed: Believed) -> Booking:
        """Row 15: a payment without a car. Void it; if the money was taken after all, refund it."""
        booking, payment = believed.booking, believed.payment
        if payment.attempt.captured_at is None:
            return await self._let_go(believed)
        if payment.refund is None:
            return await self._store(booking.paying(payment.with_refund(Refund(owed(booking)))))
        return await self.refund(believed)

    async def refund(self, believed: Believed) -> Booking:
        """Ask Stripe once, under one key; what it says is stored, and posted when the money is back."""
        booking, payment, refund = believed.booking, believed.payment, believed.payment.refund
        if refund is None or refund.state not in (RefundState.DUE, RefundState.PENDING):
            return booking
        facts = await self._refund_facts(believed, refund)
        told = refund.told(facts)
        if facts.amount != refund.amount:
            raise PaymentMismatch(f"{facts.refund_id}: asked for {refund.amount}, Stripe gives back {facts.amount}")
        if told == refund:
            return booking
        now = self.clock.now()
        if told.state is RefundState.FAILED:
            log.error("payment.refund_failed", booking=booking.id, refund=told.refund_id)
            return await self._store(booking.paying(_failed(payment, told, now)))
        after = booking.paying(payment.with_refund(told))
        if told.state is not RefundState.DONE:
            return await self._store(after)
        rows = refund_rows(booking, told.refund_id, told.amount, now)
        if booking.state is BookingState.REFUND_DUE:
            after = booking.move_to(BookingState.REFUNDED, now=now, by=self.account, payment=payment.with_refund(told))
        return await self._post(after, rows)

    async def doubt(self, believed: Believed) -> Booking:
        """A refund that was done may come back from the renter's bank, weeks later: then it failed after all."""
        booking, payment, refund = believed.booking, believed.payment, believed.payment.refund
        let_go = refund is not None and refund.refund_id == payment.attempt.payment_intent
        if refund is None or refund.state is not RefundState.DONE or let_go:
            return booking
        told = refund.told(await self._refund_facts(believed, refund))
        if told.state is not RefundState.FAILED:
            return booking
        log.error("payment.refund_came_back", booking=booking.id, refund=told.refund_id)
        now = self.clock.now()
        rows = failed_refund_rows(booking, told.refund_id, told.amount, now)
        return await self._post(booking.paying(_failed(payment, told, now)), rows)

    async def _refund_facts(self, believed: Believed, refund: Refund) -> RefundFacts:
        intent = believed.payment.attempt.payment_intent
        order = believed.give_back(refund, await self.own(believed))
        made = await self.gateway.refunds(intent)
        if refund.refund_id:
            known = [each for each in made if each.refund_id == refund.refund_id]
            if not known:
                raise PaymentMismatch(f"{intent}: Stripe does not know the refund {refund.refund_id}")
            return known[0]
        # Made before and the answer lost: Stripe forgets the key after a day, but not the refund.
        if given := [each for each in made if not each.undone]:
            return given[0]
        return await self.gateway.refund(order)

    async def _lapsed(self, believed: Believed) -> Booking:
        """Stripe ended the authorisation, seven days old: nothing was taken, and nothing is left to give back."""
        booking, payment, attempt = believed.booking, believed.payment, believed.payment.attempt
        log.error("payment.lapsed", booking=booking.id, intent=attempt.payment_intent)
        lapsed = payment.with_attempt(attempt.ended(AttemptState.LAPSED))
        if payment.refund is not None:
            lapsed = lapsed.with_refund(Refund(attempt.amount, RefundState.DONE, attempt.payment_intent))
        return await self._store(booking.paying(lapsed.kept_by(Trouble(Why.LAPSED, self.clock.now()))))

    async def _let_go(self, believed: Believed) -> Booking:
        """Cancel the authorisation. Nothing moved, so nothing is posted."""
        booking, payment, attempt = believed.booking, believed.payment, believed.payment.attempt
        intent = await self.own(believed)
        order = believed.void(intent)
        if intent.status == _AUTHORISED:
            try:
                intent = await self.gateway.void(order)
            except PaymentRefused:
                intent = await self.own(believed)
        if intent.status == "succeeded":
            return await self._taken(believed, intent)
        if intent.status != "canceled":
            return booking
        voided = payment.with_attempt(attempt.ended(AttemptState.VOID))
        if booking.state is BookingState.REFUND_DUE:
            now = self.clock.now()
            return await self._store(booking.move_to(BookingState.REFUNDED, now=now, by=self.account, payment=voided))
        done = Refund(attempt.amount, RefundState.DONE, attempt.payment_intent)
        return await self._store(booking.paying(voided.with_refund(done)))

    async def _taken(self, believed: Believed, intent: IntentFacts) -> Booking:
        booking, payment, attempt = believed.booking, believed.payment, believed.payment.attempt
        if intent.captured != attempt.amount:
            raise PaymentMismatch(f"{attempt.payment_intent}: asked for {attempt.amount}, received {intent.captured}")
        now = self.clock.now()
        rows = charge_rows(booking, intent.charge or attempt.payment_intent, now)
        return await self._post(booking.paying(payment.with_attempt(attempt.captured(now))), rows)

    async def _post(self, booking: Booking, rows: Iterable[LedgerRow]) -> Booking:
        """The booking and its ledger rows, both or neither."""

        async def post(work: Transaction) -> Booking:
            await work.replace(booking)
            await work.post(rows)
            return booking

        return await self.store.transact(post)

    async def _store(self, booking: Booking) -> Booking:
        await self.store.replace(booking)
        return booking


def _failed(payment: Payment, refund: Refund, now: datetime) -> Payment:
    return payment.with_refund(refund).kept_by(Trouble(Why.REFUND_FAILED, now))
