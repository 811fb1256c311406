"""A cardholder's bank takes a payment back: what Stripe calls a dispute (https://docs.stripe.com/disputes)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.booking.booking import Booking
from engine.domain.money.money import Money

#: What Stripe calls one that is decided, whoever won (https://docs.stripe.com/api/disputes/object, ``status``).
OVER = frozenset({"won", "lost", "warning_closed", "prevented"})
LOST = "lost"
#: How far back new ones are looked for; longer than any firm leaves all its engines off.
LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """A dispute as Stripe tells it.

    Attributes:
        payment_intent: Whose payment; empty for one that Stripe made without a PaymentIntent.
        reason: Stripe's word, for example ``fraudulent``.
        due_by: Until when the firm may answer (UTC); None once nothing can be sent any more.
    """

    dispute_id: str
    payment_intent: str
    amount: Money
    reason: str
    status: str
    due_by: datetime | None
    created_at: datetime
    livemode: bool

    @property
    def over(self) -> bool:
        return self.status in OVER


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute of a booking's payment, as it was when Stripe was last asked.

    Attributes:
        booking_id: By the payment's own tags, which nobody writes but the engine that opened its page.
        looked_at: When that was (server time, UTC).
    """

    facts: DisputeFacts
    booking_id: str
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class DisputedCase:
    """Attributes: ``booking`` is None where none of that number exists, or it cannot be read."""

    dispute: Dispute
    booking: Booking | None = None


@dataclass(frozen=True, slots=True)
class DisputedCases:
    """Attributes: ``total`` counts all that are not decided, not only this page's."""

    rows: tuple[DisputedCase, ...] = ()
    total: int = 0
