"""Every door between the engine and the world, on one page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from engine.domain.audit import AuditRow
from engine.domain.booking import Booking, BookingId
from engine.domain.car import Branch, BranchId, Car, CarId, CarTerms
from engine.domain.catalogue import CarWish, Facets
from engine.domain.freshness import Lookup, Namespace
from engine.domain.ledger import LedgerRow
from engine.domain.listing import BookingQuery, BookingRows
from engine.domain.money import Money
from engine.domain.payment import IntentFacts, PageFacts, PageOrder, PaymentFacts, RefundFacts, StripeNews
from engine.domain.people import Actor, Renter, RenterId
from engine.domain.period import RentalPeriod
from engine.domain.settings import FirmSettings

T = TypeVar("T")


class Clock(Protocol):
    def now(self) -> datetime:
        """The server's time in UTC, whole milliseconds; never this desk's own clock."""


class Turns(Protocol):
    """Once-gate and lease. Courtesy: they save wasted transactions, the database decides."""

    def take(self, car_id: CarId, intent_key: str, booking_id: BookingId) -> AbstractAsyncContextManager[None]:
        """Pass the gate and own the car's lease inside the block, both in one round trip.

        The gate's key outlives a block that ends well and is gone after one that fails. A lease that was lost
        meanwhile is left alone. Without a Redis the block is entered all the same.

        Raises:
            AlreadyAsked: The intent key was used before; carries that booking's id.
            Contended: Somebody else is being served for this car.
        """


class Leases(Protocol):
    def alone(self, name: str, ttl: timedelta) -> AbstractAsyncContextManager[bool]:
        """Try to be the only one doing *name*; the block is entered either way and told whether it is."""


class Cache(Protocol):
    """Answers kept for a while and shared between desks. Without a working Redis every answer is loaded anew."""

    async def read(self, lookup: Lookup[T], load: Callable[[], Awaitable[T]]) -> T:
        """The kept answer, else what *load* finds; never one older than this desk's own last ``bump``.

        The actor is checked before: what a role or an account may not see must be in ``lookup.asked``.
        """

    async def bump(self, namespaces: Iterable[Namespace]) -> None:
        """Something of these changed. After the commit, never before; ``Store`` does it for all that it writes."""


class Work(Protocol):
    """One transaction: majority write concern, snapshot read, all or nothing."""

    async def claim(self, car_id: CarId, period: RentalPeriod, booking_id: BookingId, now: datetime) -> CarTerms:
        """Enter *period* in the car's fence, which refuses what overlaps, and make every other claim conflict.

        A rental that ended before *now* and was not returned is overdue: its car is refused for pick-ups within
        ``OVERDUE_AHEAD``.

        Raises:
            CarNotRentable: The car is not active.
            NotFound: There is no such car.
            PeriodTaken: A blocking booking overlaps.
        """

    async def add(self, booking: Booking) -> None:
        """Raises: AlreadyAsked, when its intent key is stored already."""

    async def replace(self, booking: Booking) -> None:
        """Store the next version. Raises: Overtaken, when the stored one is not the version before."""

    async def post(self, rows: Iterable[LedgerRow]) -> None:
        """Append to the ledger. Raises: Overtaken, when one of the facts is posted already."""

    async def audit(self, row: AuditRow) -> None:
        """Append to the audit, together with the change it tells of."""


class Store(Protocol):
    """Raises Unavailable("mongodb") from every method when the database does not answer in time."""

    async def transact(self, change: Callable[[Work], Awaitable[T]]) -> T:
        """Run *change* in a transaction, again from its start when it lost a conflict; commit its result."""

    async def replace(self, booking: Booking) -> None:
        """Compare-and-set; one that blocks no longer leaves the car's fence in the same transaction.

        Raises:
            Overtaken: The stored one is not the version before.
        """

    async def booking(self, booking_id: BookingId) -> Booking:
        """Raises: NotFound."""

    async def asked(self, intent_key: str) -> BookingId | None:
        """The booking that an earlier press with this key made."""

    async def bookings(self, query: BookingQuery) -> BookingRows: ...

    async def unsettled(self, now: datetime, limit: int) -> list[BookingId]:
        """Bookings with a step due: holds run out, releases begun, payments not captured; oldest first."""

    async def branches(self) -> list[Branch]: ...
    async def settings(self) -> FirmSettings:
        """The firm's rules, at most half a minute old."""

    async def facets(self, branch_id: BranchId) -> Facets: ...

    async def free_cars(self, wish: CarWish, now: datetime, offset: int, limit: int) -> tuple[list[Car], int]:
        """One page of the active cars that nothing keeps from the wished period, and how many there are in all."""

    async def car(self, car_id: CarId) -> Car:
        """Raises: NotFound."""

    async def renter(self, renter_id: RenterId) -> Renter:
        """Raises: NotFound."""

    async def renters(self, beginnings: Sequence[str], limit: int) -> list[Renter]:
        """Those one of whose ``keys`` begins with one of *beginnings*, by key; nothing in them is a pattern."""

    async def add_renter(self, renter: Renter) -> None: ...

    async def audit(self, row: AuditRow) -> None:
        """Append to the audit what no transaction of ours can hold, such as a change of an account."""


class PaymentGateway(Protocol):
    """Stripe. Every method but ``freeze`` talks to it.

    Raises:
        Unavailable: ``stripe`` gave no usable answer (connection, 5xx, 409, 429); what happened there is unknown.
        PaymentRefused: Stripe understood and said no; nothing was done there.
        Forbidden: The key is refused, or may not do this; somebody else's engine may.
    """

    @property
    def livemode(self) -> bool: ...

    def freeze(self, order: PageOrder) -> str:
        """The exact request as canonical JSON; pure, the same order gives the same bytes."""

    def refreeze(self, request: str, attempt: int, expires_at: datetime) -> str:
        """The same order as a further attempt with a later deadline; pure."""

    async def open_page(self, request: str, key: str) -> PageFacts:
        """Create the session, or be told of the one that *key* made before; *request* comes from ``freeze``."""

    async def page(self, session_id: str) -> PageFacts: ...

    async def close_page(self, session_id: str) -> None:
        """Ask Stripe to expire it, under a fresh idempotency key each time."""

    async def capture(self, payment_intent: str, amount: Money, key: str) -> IntentFacts: ...

    async def intent(self, payment_intent: str) -> IntentFacts: ...

    async def void(self, payment_intent: str, key: str) -> IntentFacts:
        """Cancel an authorised payment before any money moved."""

    async def refund(self, payment_intent: str, amount: Money, key: str) -> RefundFacts: ...

    async def refunds(self, payment_intent: str) -> list[RefundFacts]:
        """All of one payment, newest first."""

    async def pages_created(self, since: datetime, until: datetime) -> list[PageFacts]:
        """Every session created in ``[since, until)``; those that are not ours are left out."""

    async def payments_created(self, since: datetime, until: datetime) -> list[PaymentFacts]:
        """Every PaymentIntent created in ``[since, until)`` that names a booking."""

    def news(self, body: bytes, signature: str, now: datetime) -> StripeNews:
        """A webhook's event, believed because of its signature.

        Raises:
            Forbidden: Wrong signature, or a stamp more than five minutes old or in the future.
        """


class Accounts(Protocol):
    async def whoami(self) -> Actor:
        """Who the open connection belongs to.

        Raises:
            AccountDisabled: It exists and has no role.
        """


class Browser(Protocol):
    def __call__(self, url: str) -> None:
        """Open the system's browser on *url*."""
