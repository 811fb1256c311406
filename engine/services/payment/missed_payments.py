"""Paid pages that nobody heard of: Stripe's own list, held against the bookings (row 14 of the payment protocol)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from engine.domain.booking.booking import BookingId
from engine.domain.money.payment import PageFacts
from engine.domain.shared.errors import DriveSphereError, NotFound, Unavailable
from engine.ports.bookings import BookingStore
from engine.ports.local import Clock
from engine.ports.payments import PaymentGateway
from engine.services.payment.payment import PaymentService

log = structlog.get_logger(__name__)

#: A page lives 24 hours at most; the rest is for whoever was asleep meanwhile.
_BACK = timedelta(hours=26)
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class MissedPayments:
    store: BookingStore
    gateway: PaymentGateway
    payment: PaymentService
    clock: Clock
    _known: set[str] = field(default_factory=set)

    async def look(self) -> int:
        """Settle every booking whose page was paid and who does not know; how many there were.

        Raises:
            Unavailable: Stripe or MongoDB does not answer, or did not for one of them; the others are settled first.
            Forbidden: The Stripe key may not list pages.
        """
        now = self.clock.now()
        pages = await self.gateway.pages_created(now - _BACK, now + _AHEAD)
        self._known.intersection_update(page.session_id for page in pages)
        found, silent = 0, list[Unavailable]()
        for page in pages:
            if page.secured and page.session_id not in self._known:
                try:
                    found += await self._is_news(page)
                except Unavailable as problem:
                    log.warning(
                        "missed_payments.left", booking=page.booking_id, session=page.session_id, code=problem.code
                    )
                    silent.append(problem)
        if silent:
            raise silent[0]
        return found

    async def _is_news(self, page: PageFacts) -> bool:
        try:
            booking = await self.store.booking(BookingId(page.booking_id))
            if any(attempt.payment_intent == page.payment_intent for attempt in booking.payment.attempts):
                # From here on it is due by its own row, and the sweeper's.
                self._known.add(page.session_id)
                return False
            booking = await self.payment.heard(booking.id, page.session_id)
        except NotFound:
            log.error(  # noqa: TRY400 -- a fact for a person, not a bug
                "missed_payments.paid_for_nothing", booking=page.booking_id, session=page.session_id
            )
            self._known.add(page.session_id)
            return False
        except Unavailable:
            raise
        except DriveSphereError as problem:
            log.warning("missed_payments.left", booking=page.booking_id, session=page.session_id, code=problem.code)
            return False
        log.info("missed_payments.settled", booking=page.booking_id, state=booking.state.value)
        return True
