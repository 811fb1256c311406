"""The door to Stripe."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from engine.domain.booking.belief import Capture, GiveBack, OpenPage, VoidPayment
from engine.domain.money.dispute import DisputeFacts
from engine.domain.money.payment import (
    IntentFacts,
    PageFacts,
    PageOrder,
    PaymentFacts,
    RefundFacts,
    StripeMode,
    StripeNews,
)


class PaymentGateway(Protocol):
    """Stripe. Every method but ``freeze`` talks to it. What moves money takes an order, which only ``Believed`` makes.

    Raises:
        Unavailable: ``stripe`` gave no usable answer (connection, 5xx, 409, 429); what happened there is unknown.
        PaymentRefused: Stripe understood and said no; nothing was done there.
        Forbidden: The key is refused, or may not do this; somebody else's engine may.
    """

    @property
    def livemode(self) -> bool: ...

    @property
    def mode(self) -> StripeMode | None:
        """That of the key; None without a key."""

    @property
    def sandbox(self) -> str:
        """Address of the local sandbox; empty for Stripe itself."""

    def freeze(self, order: PageOrder) -> str:
        """The exact request as canonical JSON; pure, the same order gives the same bytes."""

    async def open_page(self, order: OpenPage) -> PageFacts:
        """Create the session, or be told of the one that its key made before."""

    async def page(self, session_id: str) -> PageFacts: ...

    async def close_page(self, session_id: str) -> None:
        """Ask Stripe to expire it, under a fresh idempotency key each time."""

    async def capture(self, order: Capture) -> IntentFacts: ...

    async def intent(self, payment_intent: str) -> IntentFacts: ...

    async def void(self, order: VoidPayment) -> IntentFacts:
        """Cancel an authorised payment before any money moved."""

    async def refund(self, order: GiveBack) -> RefundFacts: ...

    async def refunds(self, payment_intent: str) -> list[RefundFacts]:
        """All of one payment, newest first."""

    async def refunds_undone(self, since: datetime, until: datetime) -> list[tuple[str, RefundFacts]]:
        """Refunds created in ``[since, until)`` that failed or were cancelled, each with the booking that it names."""

    async def dispute(self, dispute_id: str) -> DisputeFacts: ...

    async def disputes_created(self, since: datetime, until: datetime) -> list[DisputeFacts]:
        """Every dispute created in ``[since, until)``, also those of payments that are not ours."""

    async def pages_created(self, since: datetime, until: datetime) -> list[PageFacts]:
        """Every session created in ``[since, until)``; those that are not ours are left out."""

    async def payments_created(self, since: datetime, until: datetime) -> list[PaymentFacts]:
        """Every PaymentIntent created in ``[since, until)`` that names a booking."""

    async def payments_of(self, booking_id: str) -> list[IntentFacts]:
        """Those whose tags name that booking; one of the last minutes may be missing."""

    def news(self, body: bytes, signature: str, now: datetime) -> StripeNews:
        """A webhook's event, believed because of its signature.

        Raises:
            Forbidden: Wrong signature, or a stamp more than five minutes old or in the future.
        """
