"""Bookings that are not believed, and the two ways out of each: its car is let go, or its money is given back too.

What Stripe says of them counts; their rows only name what they seem to be (docs/decisions/0045).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from engine.domain.booking.booking import Booking
from engine.domain.booking.refund_reason import RefundReason
from engine.domain.booking.states import TOOK_PLACE, BookingState
from engine.domain.car.car import CarId
from engine.domain.money.ledger import LedgerRow
from engine.domain.money.money import Money
from engine.domain.money.payment import (
    Attempt,
    AttemptState,
    IntentFacts,
    PageFacts,
    PageStatus,
    Refund,
    RefundFacts,
    RefundState,
)
from engine.domain.money.pricing import LineKind, Quote, QuoteLine
from engine.domain.money.trouble import Trouble, Why
from engine.domain.people.people import AccountName
from engine.domain.reports.books import AUTHORISED, moneys, sums_of
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import RuleBroken
from engine.domain.shared.period import RentalPeriod

#: What the audit calls the first half of a decision, after which the second may be asked for again.
CAR_LET_GO = "booking.car_let_go"
_FAILED = frozenset({"failed", "canceled"})


class RefundNotMade(RuleBroken):
    """Stripe did not give the money back, and asking again under the same key changes nothing."""

    code = "payment.refund_not_made"


@dataclass(frozen=True, slots=True)
class PaymentNow:
    """One payment of the booking, by Stripe's own tags, and what became of it."""

    intent: IntentFacts
    refunds: tuple[RefundFacts, ...] = ()

    @property
    def held(self) -> bool:
        """Authorised on the renter's card and not taken."""
        return self.intent.status == AUTHORISED

    @property
    def moving(self) -> bool:
        """A bank has not said yet whether it is paid."""
        return self.intent.status == "processing"

    @property
    def made(self) -> tuple[RefundFacts, ...]:
        """The refunds that did not fail."""
        return tuple(each for each in self.refunds if each.status not in _FAILED)

    @property
    def given_back(self) -> Money:
        return Money(sum(each.amount.minor for each in self.made), self.intent.captured.currency)

    @property
    def left(self) -> Money:
        """Taken and not given back."""
        return self.intent.captured - self.given_back


@dataclass(frozen=True, slots=True)
class AtStripe:
    """All that Stripe has for one booking, as it tells it now. Attributes: ``pages`` are those that can be paid."""

    pages: tuple[PageFacts, ...] = ()
    payments: tuple[PaymentNow, ...] = ()

    @property
    def quiet(self) -> bool:
        """Whether nothing can be paid any more and nothing is held on a card."""
        return not self.pages and not any(each.held or each.moving for each in self.payments)

    @property
    def held(self) -> tuple[Money, ...]:
        return _sums(each.intent.amount for each in self.payments if each.held)

    @property
    def taken(self) -> tuple[Money, ...]:
        return _sums(each.intent.captured for each in self.payments)

    @property
    def given_back(self) -> tuple[Money, ...]:
        return _sums(each.given_back for each in self.payments)

    @property
    def left(self) -> tuple[Money, ...]:
        """What would be given back, one amount for each currency."""
        return _sums(each.left for each in self.payments)

    @property
    def on_its_way(self) -> bool:
        """Whether a bank still has a refund in its hands."""
        return any(each.status in ("pending", "requires_action") for one in self.payments for each in one.made)

    def of(self, booking: Booking) -> PaymentNow | None:
        """The payment that the booking counts on: the one that it names, if that is its own; else where money is."""
        named = {attempt.payment_intent for attempt in booking.payment.attempts}
        ordered = sorted(self.payments, key=lambda each: (each.intent.captured.minor > 0, _names(each, named)))
        return ordered[-1] if ordered else None


@dataclass(frozen=True, slots=True)
class KeptCar:
    """A car that the booking claims, whatever its row says. Attributes: ``label`` ends with the plate."""

    car_id: CarId
    label: str
    period: RentalPeriod


@dataclass(frozen=True, slots=True)
class StoredBooking:
    """A booking's row as it lies there.

    Attributes:
        booking: As it can be read; of a damaged row what can be saved of it, and the rest made up.
        damaged: Set where it cannot be read.
        mark: Tells one stored state of it from all others.
        cars: What it claims.
        posted: What the ledger says of it.
        begun: The audit tells that an administrator has let its car go.
    """

    booking: Booking
    mark: str
    damaged: Damaged | None = None
    cars: tuple[KeptCar, ...] = ()
    posted: tuple[LedgerRow, ...] = ()
    begun: bool = False


@dataclass(frozen=True, slots=True)
class UnbelievedCase:
    """What a person decides by.

    Attributes:
        doubt: A value of ``belief.Doubt``.
        settled: An administrator decided on it before.
    """

    stored: StoredBooking
    doubt: str
    money: AtStripe
    settled: bool = False

    @property
    def booking(self) -> Booking:
        return self.stored.booking

    @property
    def keeps_car(self) -> bool:
        return self.booking.blocking or bool(self.stored.cars)


_RELEASED = (BookingState.RELEASING, BookingState.RELEASED)
_CANCELLED = (BookingState.CONFIRMED, BookingState.CANCELLED)


def _way(state: BookingState, *, taken: bool) -> tuple[BookingState, ...]:
    """The moves that end one that stands so; *taken*: money was."""
    match state:
        case BookingState.HELD | BookingState.AWAITING_FUNDS:
            return _CANCELLED if taken else _RELEASED
        case BookingState.RELEASING:
            return _CANCELLED if taken else _RELEASED[1:]
        case BookingState.RELEASED:
            return _CANCELLED if taken else ()
        case BookingState.CONFIRMED:
            return _CANCELLED[1:]
        case BookingState.OUT:
            return (BookingState.COMPLETED,)
        case (
            BookingState.COMPLETED
            | BookingState.NO_SHOW
            | BookingState.CANCELLED
            | BookingState.REFUND_DUE
            | BookingState.REFUNDED
        ):
            return ()
    assert_never(state)


def ended(
    booking: Booking,
    money: AtStripe,
    doubt: str,
    why: RefundReason | None = None,
    *,
    now: datetime,
    by: AccountName,
) -> Booking:
    """As it stands once its car is let go: by moves that there are, with what Stripe says of its payment.

    *why* is kept with the last of them.

    A person is still asked about it, engines are not.
    """
    paid = money.of(booking)
    booking = _at_its_price(booking, paid)
    taken = paid is not None and paid.intent.captured.minor > 0
    way = _way(booking.state, taken=taken)
    moved = booking
    for state in way:
        moved = moved.move_to(state, now=now, by=by, reason=why if state is way[-1] else None)
    if moved.state is BookingState.REFUND_DUE and not money.left:
        moved = moved.move_to(BookingState.REFUNDED, now=now, by=by, reason=why)
    payment = booking.payment
    if payment.newest is not None:
        payment = payment.with_attempt(_last_attempt(booking, paid if taken else None, moves=bool(way), now=now))
    payment = payment.given_back(_refund(paid)).kept_by(_in_hand(booking, doubt, now))
    return replace(moved.with_payment(payment), version=booking.version + 1)


def _last_attempt(booking: Booking, paid: PaymentNow | None, *, moves: bool, now: datetime) -> Attempt:
    """The newest one as it was *paid*, or as nothing came of it; *moves*: its car was not let go yet."""
    newest = booking.payment.attempt
    if paid is not None:
        session = newest.session_id or next(
            (each.session_id for each in booking.payment.attempts if each.session_id), ""
        )
        return replace(
            newest,
            state=AttemptState.PAID,
            session_id=session,
            payment_intent=paid.intent.payment_intent,
            captured_at=newest.captured_at or now,
        )
    if moves or newest.state is AttemptState.PAID:
        # A rental that took place unpaid, or for which nobody came, stays unpaid.
        unpaid = booking.state in TOOK_PLACE or booking.state is BookingState.NO_SHOW
        over = AttemptState.LAPSED if unpaid else AttemptState.VOID
        return replace(newest, state=over, captured_at=None)
    return newest


def _at_its_price(booking: Booking, paid: PaymentNow | None) -> Booking:
    """At what Stripe charged, where its row says another price: more cannot be given back of a booking than it cost."""
    if (
        paid is None
        or not paid.intent.captured.minor
        or paid.intent.amount == booking.price
        or not booking.payment.attempts
    ):
        return booking
    price = Quote((QuoteLine(LineKind.RENTAL, 1, paid.intent.amount),), booking.quote.commission_bp)
    payment = replace(booking.payment, amount=price.total)
    newest = replace(payment.attempt, amount=price.total)
    return replace(booking.with_payment(replace(payment, attempts=(*payment.attempts[:-1], newest))), quote=price)


def _in_hand(booking: Booking, doubt: str, now: datetime) -> Trouble:
    """A person has it: engines leave it alone."""
    before = booking.trouble
    if before is None or before.why is not Why.DOUBTED:
        return Trouble(Why.DOUBTED, now, 1, None, doubt)
    return Trouble(Why.DOUBTED, min(before.since, now), before.tries, None, doubt)


def given(
    booking: Booking,
    money: AtStripe,
    doubt: str,
    why: RefundReason | None = None,
    *,
    now: datetime,
    by: AccountName,
) -> Booking:
    """The next version after Stripe gave back what it had, for *why*."""
    booking, trouble = _at_its_price(booking, money.of(booking)), _in_hand(booking, doubt, now)
    payment = booking.payment.given_back(_refund(money.of(booking))).kept_by(trouble)
    if booking.state is not BookingState.REFUND_DUE:
        return booking.paying(payment)
    moved = booking.move_to(BookingState.REFUNDED, now=now, by=by, reason=why)
    return moved.with_payment(payment)


def _refund(paid: PaymentNow | None) -> Refund | None:
    """By Stripe's word, never by the row's."""
    if paid is None or not paid.made:
        return None
    pending = any(each.status != "succeeded" for each in paid.made)
    state = RefundState.PENDING if pending else RefundState.DONE
    return Refund(paid.given_back, state, paid.made[0].refund_id)


def is_payable(page: PageFacts) -> bool:
    return page.status is PageStatus.OPEN and not page.secured


def _names(payment: PaymentNow, named: set[str]) -> bool:
    return payment.intent.payment_intent in named


def _sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    return moneys(sums_of(amounts))
