"""Payments that a bank takes back: written down beside their bookings, until Stripe says how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from engine.domain.booking.booking import BookingId
from engine.domain.money.dispute import LOOKED_BACK, Dispute, DisputedCase, DisputedCases, DisputeFacts
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import PaymentRefused
from engine.ports.bookings import BookingStore
from engine.ports.local import Clock
from engine.ports.payments import DisputeBook, PaymentGateway
from engine.services.input_guard import gated
from engine.services.payment.mode import ModeGuard

log = structlog.get_logger(__name__)

_AHEAD = timedelta(minutes=5)
#: One round asks about so many of those that are not decided, the longest unasked first.
_AT_ONCE = 100
_NO_SUCH = 404


@gated
@dataclass(frozen=True, slots=True)
class DisputeService:
    book: DisputeBook
    store: BookingStore
    gateway: PaymentGateway
    clock: Clock
    mode: ModeGuard

    async def heard(self, dispute_id: str) -> None:
        """An event told of it: what is true now is asked of Stripe, and written down. Asks nobody's leave.

        Raises:
            Unavailable: Stripe or MongoDB does not answer.
            Forbidden: The key may not read disputes, or the account may not write them down.
        """
        await self.mode.must_fit()
        try:
            facts = await self.gateway.dispute(dispute_id)
        except PaymentRefused as refusal:
            if refusal.status != _NO_SUCH:
                raise
            return
        await self._note(facts, (await self.book.known([dispute_id])).get(dispute_id))

    async def look(self) -> int:
        """Ask Stripe for all new ones and for those not decided; how many changed. Asks nobody's leave.

        Raises:
            Unavailable, Forbidden: As ``heard``.
        """
        await self.mode.must_fit()
        now = self.clock.now()
        told = {each.dispute_id: each for each in await self.gateway.disputes_created(now - LOOKED_BACK, now + _AHEAD)}
        for waiting in await self.book.longest_unasked(_AT_ONCE):
            if waiting.facts.dispute_id not in told:
                told[waiting.facts.dispute_id] = await self.gateway.dispute(waiting.facts.dispute_id)
        known = await self.book.known(list(told))
        changed = 0
        for dispute_id, facts in told.items():
            changed += await self._note(facts, known.get(dispute_id))
        return changed

    async def cases(self, actor: Actor, *, offset: int = 0, limit: int = 50) -> DisputedCases:
        """Those that are not decided, each with its booking; what must be answered soonest first.

        Raises:
            Forbidden: Only the head office sees all bookings.
        """
        actor.must(Deed.SEE_ALL_BOOKINGS)
        page, total = await self.book.undecided(offset, limit)
        found = await self.store.bookings_among([BookingId(each.booking_id) for each in page])
        bookings = {str(booking.id): booking for booking in found}
        return DisputedCases(tuple(DisputedCase(each, bookings.get(each.booking_id)) for each in page), total)

    async def _note(self, facts: DisputeFacts, known: Dispute | None) -> bool:
        looked_at = self.clock.now()
        if known is None:
            booking_id = await self._booking_of(facts)
            if not booking_id:
                return False
            log.warning("dispute.opened", booking=booking_id, dispute=facts.dispute_id, reason=facts.reason)
        else:
            booking_id = known.booking_id
        await self.book.note(Dispute(facts, booking_id, looked_at))
        return known is None or known.facts != facts

    async def _booking_of(self, facts: DisputeFacts) -> str:
        """By its payment's own tags; empty for a payment that is none of ours."""
        if not facts.payment_intent:
            return ""
        try:
            intent = await self.gateway.intent(facts.payment_intent)
        except PaymentRefused:
            return ""
        return intent.tags.get("booking", "")
