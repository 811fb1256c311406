"""What is asked of Stripe for a booking, what Stripe said, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import NewType

from engine.domain.money.money import Money
from engine.domain.money.tender import Taken, Tender
from engine.domain.money.trouble import Trouble
from engine.domain.shared.errors import Forbidden, MoveRefused, PaymentMismatch
from engine.domain.shared.period import RentalPeriod

PaymentId = NewType("PaymentId", str)

#: Stripe refuses an ``expires_at`` less than 30 minutes after creation; one minute is for the way there.
PAGE_LIFETIME = timedelta(minutes=31)


class StripeMode(StrEnum):
    """Which of Stripe's two worlds a key, and a firm, belongs to. In ``TEST`` no money moves."""

    TEST = auto()
    LIVE = auto()


class NoStripeKey(Forbidden):
    """This desk has none, so it asks Stripe nothing; a desk that has one may."""

    code = "payment.no_key"


class AttemptState(StrEnum):
    PREPARED = auto()  #: stored, Stripe not asked or its answer lost
    OPEN = auto()  #: the page exists and can be paid
    PAID = auto()
    EXPIRED = auto()  #: Stripe's word that it can no longer be paid
    VOID = auto()  #: never came to be
    LAPSED = auto()  #: authorised, and nobody took the money while it could be taken


@dataclass(frozen=True, slots=True)
class Stay:
    """What is paid for, in words that a database which lost the booking can make it of again; nothing of a person.

    Attributes:
        rate: For a day, as the car's terms were.
    """

    car_id: str
    period: RentalPeriod
    rate: Money


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
    stay: Stay


class RefundState(StrEnum):
    DUE = auto()  #: Stripe not asked yet, or its answer lost
    PENDING = auto()  #: on its way to the renter's bank
    DONE = auto()
    FAILED = auto()  #: Stripe could not; a person must


@dataclass(frozen=True, slots=True)
class Refund:
    """What is given back of a booking's payment, at most once.

    Attributes:
        amount: Positive.
        refund_id: Stripe's, once it has answered; empty before.
    """

    amount: Money
    state: RefundState = RefundState.DUE
    refund_id: str = ""

    def told(self, facts: RefundFacts) -> Refund:
        """The refund after Stripe's word on it."""
        state = {"succeeded": RefundState.DONE, "failed": RefundState.FAILED, "canceled": RefundState.FAILED}
        return replace(self, refund_id=facts.refund_id, state=state.get(facts.status, RefundState.PENDING))


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


class Purpose(StrEnum):
    """What a payment is for."""

    RENTAL = auto()
    GIVE_BACK = auto()  #: money that was taken at the counter goes back to the renter


@dataclass(frozen=True, slots=True)
class Payment:
    """Money asked for one purpose, and what became of it; kept within what it belongs to (docs/decisions/0056).

    Attributes:
        amount: What is asked for; positive.
        attempts: Tries at being paid on a page, oldest first; at least one, none where it is paid at the counter.
        refunds: What is given back of it, oldest first.
        taken: How it changed hands at the counter; None for all that is asked for on pages, or still to be paid.
        trouble: What keeps it from its next step; None while it goes well.
    """

    id: PaymentId
    purpose: Purpose
    tender: Tender
    amount: Money
    attempts: tuple[Attempt, ...]
    refunds: tuple[Refund, ...] = ()
    trouble: Trouble | None = None
    taken: Taken | None = None

    @property
    def newest(self) -> Attempt | None:
        """The only attempt that may be payable; None where there is none, as it is paid at the counter."""
        return self.attempts[-1] if self.attempts else None

    @property
    def attempt(self) -> Attempt:
        """The newest, for whoever deals with pages of Stripe's. Raises: MoveRefused, where there is none."""
        if self.newest is None:
            raise MoveRefused(self.tender, Tender.CHECKOUT)
        return self.newest

    @property
    def captured_at(self) -> datetime | None:
        """When money was taken on a page (UTC); None while it was not."""
        return None if self.newest is None else self.newest.captured_at

    def comes_to(self, state: AttemptState) -> bool:
        """Whether its newest attempt stands so."""
        return self.newest is not None and self.newest.state is state

    @property
    def refund(self) -> Refund | None:
        """The newest one; None while nothing is given back."""
        return self.refunds[-1] if self.refunds else None

    @property
    def intents(self) -> frozenset[str]:
        """Stripe's ids of every payment that it was tried by."""
        return frozenset(attempt.payment_intent for attempt in self.attempts if attempt.payment_intent)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Stripe's ids of every page that it was tried on, oldest first."""
        return tuple(attempt.session_id for attempt in self.attempts if attempt.session_id)

    @property
    def authorised(self) -> bool:
        """Whether the money is there for the taking, and was not taken yet."""
        return self.comes_to(AttemptState.PAID) and self.captured_at is None

    @property
    def refund_waits(self) -> bool:
        return self.refund is not None and self.refund.state in (RefundState.DUE, RefundState.PENDING)

    def with_attempt(self, attempt: Attempt) -> Payment:
        """With its newest attempt changed, or a further one begun. Whatever kept it is over.

        Raises:
            MoveRefused: An older attempt; what it came to is history.
        """
        if attempt.n < self.attempt.n:
            raise MoveRefused(f"at attempt {self.attempt.n}", f"at attempt {attempt.n}")
        kept = self.attempts if attempt.n > self.attempt.n else self.attempts[:-1]
        return replace(self, attempts=(*kept, attempt), trouble=None)

    def with_refund(self, refund: Refund) -> Payment:
        """With the newest refund changed, or the first one begun. Whatever kept it is over."""
        return replace(self, refunds=(*self.refunds[:-1], refund), trouble=None)

    def given_back(self, refund: Refund | None) -> Payment:
        """With this refund alone, or with none."""
        return replace(self, refunds=() if refund is None else (refund,))

    def kept_by(self, trouble: Trouble | None) -> Payment:
        return replace(self, trouble=trouble)


@dataclass(frozen=True, slots=True)
class Decline:
    """A card that was refused on a page that stays open for another.

    Attributes:
        code: Stripe's, more exact first: a decline code, else an error code (https://docs.stripe.com/declines/codes).
        charge: Which try it was; empty where Stripe made no charge of it.
    """

    code: str
    charge: str = ""


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
        tags: What the page was opened with.
        decline: What became of the last card, while no other was tried.
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
    tags: Mapping[str, str] = field(default_factory=dict)
    decline: Decline | None = None

    @property
    def secured(self) -> bool:
        """Whether the money is there: taken, or authorised and waiting for the capture."""
        return (self.status is PageStatus.COMPLETE and self.paid) or self.intent_status == "requires_capture"

    @property
    def unpaid_for_good(self) -> bool:
        """Whether Stripe says that this page was not paid and never can be."""
        lapsed = self.status is PageStatus.COMPLETE and self.intent_status in ("canceled", "requires_payment_method")
        moving = self.intent_status in ("requires_capture", "processing", "succeeded")
        return (self.status is PageStatus.EXPIRED or lapsed) and not self.paid and not moving

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
        tags: What its page was opened with: which booking and attempt it pays.
    """

    payment_intent: str
    status: str
    amount: Money
    captured: Money
    charge: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment in Stripe's own books, for comparing them with ours.

    Attributes:
        captured: What was taken in all; zero while it is only authorised or after it was voided.
        refunded: What was given back of it.
        charge: Id of the latest charge; empty while there is none.
    """

    payment_intent: str
    booking_id: str
    status: str
    captured: Money
    refunded: Money
    charge: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund as Stripe tells it.

    Attributes:
        status: ``succeeded``, ``pending``, ``requires_action``, ``failed`` or ``canceled``.
    """

    refund_id: str
    payment_intent: str
    status: str
    amount: Money

    @property
    def undone(self) -> bool:
        """Whether the money did not reach the renter."""
        return self.status in ("failed", "canceled")


@dataclass(frozen=True, slots=True)
class StripeNews:
    """What a signed event is about; what is true now is asked of Stripe, not taken from it.

    Attributes:
        booking_id: From the object's metadata or ``client_reference_id``; empty for what is not ours.
        session_id: Of the Checkout Session, if the event is about one.
        dispute_id: Of the dispute, if it is about one; it names no booking, its payment does.
    """

    event_id: str
    kind: str
    booking_id: str
    session_id: str
    dispute_id: str = ""
