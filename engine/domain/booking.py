"""A booking and the only ways it may change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto
from types import MappingProxyType
from typing import NewType

from engine.domain.cancellation import CancellationRule
from engine.domain.car import BranchId, CarId, OwnerId
from engine.domain.errors import MoveRefused
from engine.domain.money import Money
from engine.domain.payment import Attempt, AttemptState, Refund, RefundState
from engine.domain.people import AccountName, Actor, Deed, RenterId
from engine.domain.period import RentalPeriod
from engine.domain.pricing import Quote

BookingId = NewType("BookingId", str)

#: How long a car is kept for a renter who has not paid yet.
HOLD = timedelta(minutes=10)
#: A desk opens the payment page at once; if it has not by then, any other engine may.
OPEN_WITHIN = timedelta(seconds=15)


class BookingState(StrEnum):
    HELD = auto()
    RELEASING = auto()
    RELEASED = auto()
    AWAITING_FUNDS = auto()
    CONFIRMED = auto()
    COMPLETED = auto()
    CANCELLED = auto()
    REFUND_DUE = auto()
    REFUNDED = auto()


#: States in which nobody else can have the car. The availability query, the overlap check and the index all use this.
BLOCKING = (BookingState.HELD, BookingState.RELEASING, BookingState.AWAITING_FUNDS, BookingState.CONFIRMED)

#: The whole state machine (shared/payments.md): from -> where it may go.
MOVES = MappingProxyType(
    {
        BookingState.HELD: frozenset({BookingState.CONFIRMED, BookingState.RELEASING, BookingState.AWAITING_FUNDS}),
        BookingState.AWAITING_FUNDS: frozenset({BookingState.CONFIRMED, BookingState.RELEASING}),
        BookingState.RELEASING: frozenset({BookingState.RELEASED, BookingState.CONFIRMED}),
        BookingState.RELEASED: frozenset({BookingState.CONFIRMED, BookingState.REFUND_DUE}),
        BookingState.CONFIRMED: frozenset({BookingState.COMPLETED, BookingState.CANCELLED}),
        BookingState.REFUND_DUE: frozenset({BookingState.REFUNDED}),
        BookingState.COMPLETED: frozenset(),
        BookingState.CANCELLED: frozenset(),
        BookingState.REFUNDED: frozenset(),
    }
)


class Standing(StrEnum):
    """A booking's state as people are told it."""

    PENDING = auto()
    CONFIRMED = auto()
    COMPLETED = auto()
    EXPIRED = auto()
    CANCELLED = auto()


STANDING = MappingProxyType(
    {
        BookingState.HELD: Standing.PENDING,
        BookingState.RELEASING: Standing.PENDING,
        BookingState.AWAITING_FUNDS: Standing.PENDING,
        BookingState.CONFIRMED: Standing.CONFIRMED,
        BookingState.COMPLETED: Standing.COMPLETED,
        BookingState.RELEASED: Standing.EXPIRED,
        BookingState.REFUND_DUE: Standing.CANCELLED,
        BookingState.REFUNDED: Standing.CANCELLED,
        BookingState.CANCELLED: Standing.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a booking's history: what it became, when (server time, UTC), by whom."""

    state: BookingState
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Booking:
    """One car promised to one renter for one period.

    Attributes:
        branch_id: Where the car is picked up; its zone is ``zone``.
        zone: IANA name in which the period is shown and its days were counted.
        hold_until: When an unpaid hold is over (server time, UTC). The car stays blocked until the page is closed.
        intent_key: Made when the form opened; the lasting guard against booking twice.
        version: Counts the changes; every change is a compare-and-set on it.
        cancellation: The rules that were in force on the day of booking.
        refund: What is given back, once somebody cancelled.
    """

    id: BookingId
    car_id: CarId
    car_label: str
    owner_id: OwnerId
    branch_id: BranchId
    return_branch_id: BranchId
    zone: str
    renter_id: RenterId
    renter_name: str
    booked_by: AccountName
    period: RentalPeriod
    state: BookingState
    hold_until: datetime
    created_at: datetime
    quote: Quote
    attempts: tuple[Attempt, ...]
    intent_key: str
    history: tuple[Step, ...]
    version: int = 1
    cancellation: tuple[CancellationRule, ...] = ()
    refund: Refund | None = None

    @property
    def attempt(self) -> Attempt:
        """The newest one, the only one that may be payable."""
        return self.attempts[-1]

    @property
    def price(self) -> Money:
        return self.quote.total

    @property
    def blocking(self) -> bool:
        return self.state in BLOCKING

    @property
    def standing(self) -> Standing:
        return STANDING[self.state]

    def visible_to(self, actor: Actor) -> bool:
        """Head office sees all, an owner those of the own cars, a counter its branch's and what it booked itself."""
        if actor.may(Deed.SEE_ALL_BOOKINGS) or self.booked_by == actor.account:
            return True
        if actor.owner_id is not None:
            return self.owner_id == actor.owner_id
        return actor.may(Deed.SEE_BRANCH_BOOKINGS) and self.branch_id == actor.branch_id

    @property
    def due_at(self) -> datetime | None:
        """When some engine should take this booking's next step; None when nothing is left to do."""
        if self.state is BookingState.HELD:
            unopened = self.attempt.state is AttemptState.PREPARED
            return min(self.hold_until, self.created_at + OPEN_WITHIN) if unopened else self.hold_until
        if self.state in (BookingState.RELEASING, BookingState.AWAITING_FUNDS, BookingState.REFUND_DUE):
            return self.history[-1].at
        if self.money_waits or self.refund_waits:
            return self.history[-1].at
        return None

    @property
    def money_waits(self) -> bool:
        """Whether a payment is authorised for a booking that stands or stood, and was not taken yet."""
        standing = (BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.CANCELLED)
        paid = self.attempt.state is AttemptState.PAID and self.attempt.captured_at is None
        return self.state in standing and paid

    @property
    def refund_waits(self) -> bool:
        return self.refund is not None and self.refund.state in (RefundState.DUE, RefundState.PENDING)

    def hold_left(self, now: datetime) -> timedelta:
        """Zero once the hold is over."""
        return max(timedelta(0), self.hold_until - now)

    def hold_over(self, now: datetime) -> bool:
        return now >= self.hold_until

    def become(
        self,
        wanted: BookingState,
        *,
        now: datetime,
        by: str,
        attempt: Attempt | None = None,
        refund: Refund | None = None,
    ) -> Booking:
        """The booking after the move, with its newest attempt and its refund replaced where given.

        Raises:
            MoveRefused: The table has no such move.
        """
        if wanted not in MOVES[self.state]:
            raise MoveRefused(self.state, wanted)
        moved = replace(self, state=wanted, history=(*self.history, Step(wanted, now, by)), version=self.version + 1)
        if attempt is not None:
            moved = replace(moved, attempts=(*self.attempts[:-1], attempt))
        return moved if refund is None else replace(moved, refund=refund)

    def with_attempt(self, attempt: Attempt, *, refund: Refund | None = None) -> Booking:
        """The same state with its newest attempt changed, or a further attempt begun.

        Raises:
            MoveRefused: An older attempt; what it came to is history.
        """
        if attempt.n < self.attempt.n:
            raise MoveRefused(f"at attempt {self.attempt.n}", f"at attempt {attempt.n}")
        kept = self.attempts if attempt.n > self.attempt.n else self.attempts[:-1]
        return replace(self, attempts=(*kept, attempt), refund=refund or self.refund, version=self.version + 1)

    def with_refund(self, refund: Refund) -> Booking:
        return replace(self, refund=refund, version=self.version + 1)
