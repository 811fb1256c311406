"""The door to Stripe."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Protocol

from engine.domain.booking.belief import Capture, Evidence, GiveBack, OpenPage, VoidPayment
from engine.domain.booking.booking import BookingId
from engine.domain.booking.restored import RestoredPayment
from engine.domain.booking.successor import Reached
from engine.domain.car.car import BranchId
from engine.domain.car.opening_hours import Fee
from engine.domain.firm.audit import AuditRow
from engine.domain.firm.settings import Revision
from engine.domain.health.backup import Epoch
from engine.domain.money.dispute import Dispute, DisputeFacts
from engine.domain.money.payment import (
    IntentFacts,
    PageFacts,
    PageOrder,
    PaymentFacts,
    RefundFacts,
    StripeMode,
    StripeNews,
)
from engine.domain.money.trouble import Trouble
from engine.domain.reports.books import BookedMoney, BookEntry
from engine.domain.shared.damage import Damaged


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


class RestoredBook(Protocol):
    """Raises Unavailable("mongodb")."""

    async def epoch(self) -> Epoch | None: ...

    async def looking_back(self) -> object:
        """Something while payments are still to be looked for, else None."""

    async def note_looked(self, epoch: Epoch, by: str, at: datetime) -> None:
        """From here on cars may be booked."""

    async def open_payments(self, offset: int = 0, limit: int = 0) -> list[RestoredPayment]:
        """Those that wait for a person, the oldest first; all of them without a *limit*."""

    async def count_open(self) -> int:
        """How many wait for a person."""

    async def payment(self, payment_intent: str) -> RestoredPayment:
        """Raises: NotFound."""


class Witnesses(Protocol):
    """What others than those who write bookings wrote down. Raises Unavailable("mongodb")."""

    async def revisions(self, *, anew: bool = False) -> Sequence[Revision]:
        """The firm's rules; at most half a minute old, or read *anew*."""

    async def return_pages(self, *, anew: bool = False) -> frozenset[str]:
        """Where live payers are sent back to, as administrators recorded it; at most half a minute old."""

    async def reached(self) -> Sequence[Reached]:
        """When the deployment came to which schema version."""

    async def is_demo(self) -> bool:
        """Whether provisioning marked the deployment as the demo."""

    async def came_back(self, booking_id: BookingId) -> bool:
        """Whether a counter wrote down that the car came back from it."""

    async def taken_at(self, booking_id: BookingId) -> datetime | None:
        """When its money was first posted. Raises: Forbidden, for an account that may not read the ledger."""

    async def fees(self, branches: frozenset[BranchId]) -> frozenset[Fee]:
        """What those branches ask for handing over a car, or did once."""

    async def was_settled(self, booking_id: BookingId, trouble: Trouble) -> bool:
        """Whether an administrator, and nobody else, settled exactly this by hand."""


class DisputeBook(Protocol):
    """Raises Unavailable("mongodb") and Forbidden."""

    async def note(self, dispute: Dispute) -> None:
        """Over what is known of it, unless somebody asked Stripe later."""

    async def known(self, dispute_ids: Collection[str]) -> dict[str, Dispute]:
        """Those of them that are written down."""

    async def undecided(self, offset: int, limit: int) -> tuple[list[Dispute], int]:
        """One page, those that must be answered soonest first; and how many there are in all."""

    async def longest_unasked(self, limit: int) -> list[Dispute]:
        """Those not decided, in the order in which Stripe was last asked about them."""


class ReturnPageBook(Protocol):
    """Raises Unavailable("mongodb") and Forbidden."""

    async def pages(self) -> list[str]:
        """The one recorded last comes first."""

    async def add(self, url: str, row: AuditRow) -> bool:
        """False when it was there."""

    async def remove(self, url: str, row: AuditRow) -> bool:
        """False when it was not there."""


class FirmBooks(Protocol):
    """Raises Unavailable("mongodb") and Forbidden."""

    async def of(self, booking_ids: Collection[BookingId]) -> list[BookedMoney | Damaged]:
        """Those of them that exist."""

    def created(self, since: datetime, until: datetime) -> AsyncIterator[list[BookedMoney | Damaged]]:
        """Bookings created in ``[since, until)``, a page at a time."""

    def every(self) -> AsyncIterator[list[BookedMoney | Damaged]]:
        """All bookings there are, a page at a time, whatever they say of their dates."""

    def entries(self) -> AsyncIterator[list[BookEntry | Damaged]]:
        """All rows of the ledger, a page at a time."""

    async def entries_among(self, row_ids: Collection[object]) -> list[BookEntry | Damaged]:
        """Those rows of the ledger, by the database's own numbers."""

    async def evidence(self, now: datetime, *, live: bool) -> Evidence:
        """What others than those who write bookings wrote down."""
