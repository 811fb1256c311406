"""Stripe's books, bookings and ledger side by side: what each says of one booking, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, auto

from engine.domain.booking import Booking, BookingState
from engine.domain.money import Money
from engine.domain.payment import PaymentFacts

#: What Stripe calls a payment that is held and not taken.
AUTHORISED = "requires_capture"
#: States in which a booking knows of its payment.
KNOWS = frozenset(
    {
        BookingState.CONFIRMED,
        BookingState.COMPLETED,
        BookingState.CANCELLED,
        BookingState.REFUND_DUE,
        BookingState.REFUNDED,
    }
)
MUST_BE_PAID = frozenset({BookingState.CONFIRMED, BookingState.COMPLETED})

#: Currency -> minor units, without zeros.
Sums = dict[str, int]


class DifferenceKind(StrEnum):
    PAID_UNBOOKED = auto()  #: money taken or authorised, and no booking that counts on it
    BOOKED_UNPAID = auto()  #: a booking that stands, and nothing taken or authorised for it
    PAID_TWICE = auto()  #: a further payment beside the one the booking knows
    AMOUNT_DIFFERS = auto()  #: taken less given back is not what the ledger says


@dataclass(frozen=True, slots=True)
class Difference:
    """Attributes: ``state`` is the booking's, or empty if there is no such booking."""

    kind: DifferenceKind
    booking_id: str
    state: str
    payment_intent: str
    at_stripe: tuple[Money, ...]
    in_ledger: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class BookedMoney:
    """A booking and what the ledger says about it.

    Attributes:
        posted: Charges and refunds added up, one amount for each currency.
        drawn: Made up for the demo; Stripe never heard of it.
    """

    booking: Booking
    posted: tuple[Money, ...]
    drawn: bool = False

    @property
    def intents(self) -> frozenset[str]:
        return frozenset(attempt.payment_intent for attempt in self.booking.attempts if attempt.payment_intent)


def live(payment: PaymentFacts) -> bool:
    """Whether the renter's money is held or taken, and not all of it given back."""
    return payment.status == AUTHORISED or payment.captured.minor > payment.refunded.minor


def counts_on(booked: BookedMoney | None, payment: PaymentFacts) -> bool:
    return booked is not None and booked.booking.state in KNOWS and payment.payment_intent in booked.intents


def kind_of_stray(booked: BookedMoney | None) -> DifferenceKind:
    """What it is called when the booking that a payment names does not count on it."""
    counts_on_another = booked is not None and booked.booking.state in KNOWS and booked.intents
    return DifferenceKind.PAID_TWICE if counts_on_another else DifferenceKind.PAID_UNBOOKED


def agrees(booked: BookedMoney, net: Sums) -> bool:
    """The ledger, or the ledger after a refund that Stripe has begun and has not ended."""
    posted = sums_of(booked.posted)
    if net == posted:
        return True
    refund = booked.booking.refund
    if refund is None or not booked.booking.refund_waits:
        return False
    return net == sums_of((*booked.posted, -refund.amount))


def net_of(payments: Iterable[PaymentFacts]) -> Sums:
    return sums_of(part for payment in payments for part in (payment.captured, -payment.refunded))


def sums_of(moneys: Iterable[Money]) -> Sums:
    total: Counter[str] = Counter()
    for money in moneys:
        total[money.currency] += money.minor
    return without_zeros(total)


def without_zeros(total: Counter[str]) -> Sums:
    return {currency: minor for currency, minor in total.items() if minor}


def moneys(sums: Sums) -> tuple[Money, ...]:
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def difference(
    kind: DifferenceKind, booking_id: str, booked: BookedMoney | None, payment_intent: str, at_stripe: tuple[Money, ...]
) -> Difference:
    state = booked.booking.state.value if booked else ""
    return Difference(kind, booking_id, state, payment_intent, at_stripe, booked.posted if booked else ())
