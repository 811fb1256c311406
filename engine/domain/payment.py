"""What is asked of Stripe for a booking, what Stripe said, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto

from engine.domain.errors import PaymentMismatch
from engine.domain.money import Money

#: Stripe refuses an ``expires_at`` less than 30 minutes after creation; one minute is for the way there.
PAGE_LIFETIME = timedelta(minutes=31)


class AttemptState(StrEnum):
    PREPARED = auto()  #: stored, Stripe not asked or its answer lost
    OPEN = auto()  #: the page exists and can be paid
    PAID = auto()
    EXPIRED = auto()  #: Stripe's word that it can no longer be paid
    VOID = auto()  #: never came to be


@dataclass(frozen=True, slots=True)
class PageOrder:
    """What a payment page is to say and charge; the gateway turns it into a frozen request."""

    booking_id: str
    attempt: int
    amount: Money
    title: str
    renter_email: str
    expires_at: datetime
    return_url: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at being paid.

    Attributes:
        n: Counts from 1 within the booking; part of the idempotency key.
        request: The exact request for Stripe as canonical JSON, never recomputed: a retry sends the same bytes.
        amount: What the page charges.
        expires_at: When Stripe closes the page by itself (UTC), as frozen in the request.
        payment_intent: Stripe's id of the payment once there is one; empty before.
        captured_at: When the money moved (UTC); None while it is only authorised.
    """

    n: int
    request: str
    amount: Money
    expires_at: datetime
    state: AttemptState = AttemptState.PREPARED
    session_id: str = ""
    url: str = ""
    payment_intent: str = ""
    captured_at: datetime | None = None

    def opened(self, page: PageFacts) -> Attempt:
        return replace(self, state=AttemptState.OPEN, session_id=page.session_id, url=page.url)

    def paid(self, page: PageFacts) -> Attempt:
        return replace(self, state=AttemptState.PAID, payment_intent=page.payment_intent)

    def captured(self, at: datetime) -> Attempt:
        return replace(self, captured_at=at)

    def ended(self, state: AttemptState) -> Attempt:
        return replace(self, state=state)


class PageStatus(StrEnum):
    OPEN = auto()
    COMPLETE = auto()
    EXPIRED = auto()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A Checkout Session as Stripe tells it, with its PaymentIntent expanded.

    Attributes:
        paid: ``payment_status`` is ``paid``.
        payment_intent: Its id, or empty while there is none.
        intent_status: Stripe's word, for example ``requires_capture`` or ``succeeded``; empty without an intent.
        booking_id: ``client_reference_id``.
        url: The hosted page; empty once the session is no longer open.
    """

    session_id: str
    url: str
    status: PageStatus
    paid: bool
    payment_intent: str
    intent_status: str
    amount: Money
    livemode: bool
    booking_id: str
    attempt: int
    expires_at: datetime

    @property
    def secured(self) -> bool:
        """Whether the money is there: taken, or authorised and waiting for the capture."""
        return self.status is PageStatus.COMPLETE and (self.paid or self.intent_status == "requires_capture")

    @property
    def unpaid_for_good(self) -> bool:
        """Whether Stripe says that this page was not paid and never can be."""
        return self.status is PageStatus.EXPIRED and not self.paid

    def must_belong_to(self, booking_id: str, attempt: Attempt, *, livemode: bool) -> None:
        """Compare before believing (P1).

        Raises:
            PaymentMismatch: Booking, attempt, amount, currency or mode is not what was asked for.
        """
        told = (self.booking_id, self.attempt, self.amount, self.livemode)
        asked = (booking_id, attempt.n, attempt.amount, livemode)
        if told != asked:
            raise PaymentMismatch(f"session {self.session_id}: asked for {asked}, Stripe tells {told}")


@dataclass(frozen=True, slots=True)
class IntentFacts:
    """A PaymentIntent as Stripe tells it.

    Attributes:
        captured: What was received so far.
        charge: Id of the latest charge; empty while there is none.
    """

    payment_intent: str
    status: str
    amount: Money
    captured: Money
    charge: str
