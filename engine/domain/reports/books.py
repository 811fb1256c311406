"""Stripe's books, bookings and ledger side by side: what each says of one booking, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, auto

from engine.domain.booking.balance import balance
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import FACTS, MoneyExpected
from engine.domain.car.car import CarTerms
from engine.domain.money.ledger import LedgerKind, fact_of, is_of_the_counter
from engine.domain.money.money import Money
from engine.domain.money.payment import PaymentFacts
from engine.domain.money.tender import Tender

#: What Stripe calls a payment that is held and not taken.
AUTHORISED = "requires_capture"
MUST_BE_PAID = frozenset(state for state, facts in FACTS.items() if facts.money is MoneyExpected.PAID)
#: States in which a booking knows of its payment.
KNOWS = MUST_BE_PAID | {state for state, facts in FACTS.items() if facts.money is MoneyExpected.RETURNED}

#: What moved as a whole; the other kinds are the shares of it.
WHOLE = frozenset({LedgerKind.CHARGE, LedgerKind.REFUND})
#: States in which money is, or will be, somebody's business; the others say that nothing was paid.
HOLDS_MONEY = frozenset(state for state, facts in FACTS.items() if facts.money is not MoneyExpected.NONE)

#: Currency -> minor units, without zeros.
Sums = dict[str, int]


class DifferenceKind(StrEnum):
    PAID_UNBOOKED = auto()  #: money taken or authorised, and no booking that counts on it
    BOOKED_UNPAID = auto()  #: a booking that stands, and nothing taken or authorised for it
    PAID_TWICE = auto()  #: a further payment beside the one the booking knows
    AMOUNT_DIFFERS = auto()  #: taken less given back is not what the ledger says
    UNSOURCED = auto()  #: a ledger row names a payment or refund that Stripe does not have for this booking
    SHARES_DIFFER = auto()  #: the shares of a payment do not add up to it, or are not those agreed on
    POSTED_NOWHERE = auto()  #: a ledger row of a booking that does not exist
    POSTED_ASTRAY = auto()  #: a ledger row for another car, owner or branch than its booking has
    DISPUTED = auto()  #: its bank took the money back, and nobody knows yet who keeps it
    DISPUTE_LOST = auto()  #: the bank keeps it; the ledger still counts it as taken
    DOUBTED = auto()  #: a booking that the program does not write like this


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the books are not of one mind.

    Attributes:
        state: The booking's, or empty if there is no such booking.
        detail: Which doubt, or which source; empty where the kind says it all.
    """

    kind: DifferenceKind
    booking_id: str
    state: str
    payment_intent: str
    at_stripe: tuple[Money, ...]
    in_ledger: tuple[Money, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BookEntry:
    """A row of the ledger, with what it says of the booking it names.

    Attributes:
        day: That of its time in UTC, ``2026-11-30``.
        fits: Whether car, owner and branch are the booking's, or were; None where there is no such booking.
        car_id: Of which car it tells.
    """

    booking_id: str
    kind: LedgerKind
    source_id: str
    amount: Money
    day: str
    fits: bool | None = True
    car_id: str = ""


@dataclass(frozen=True, slots=True)
class BookedMoney:
    """A booking and what the ledger says about it.

    Attributes:
        drawn: Made up for the demo, in a deployment that provisioning marked as one; Stripe never heard of it.
        settled: An administrator, and nobody else, saw to it by hand.
        terms: Those of the car's series that it names, if they held when it was made.
        moved_by: See ``belief.Evidence``.
        older_than_terms: By its own word it was made before the series began; its price is compared with itself.
    """

    booking: Booking
    entries: tuple[BookEntry, ...] = ()
    drawn: bool = False
    settled: bool = False
    terms: CarTerms | None = None
    older_than_terms: bool = True
    moved_by: tuple[CarTerms | None, ...] = ()

    @property
    def posted(self) -> tuple[Money, ...]:
        """Charges and refunds of pages added up, one amount for each currency."""
        return moneys(sums_of(each.amount for each in self._on_pages if each.kind in WHOLE))

    @property
    def counter_agrees(self) -> bool:
        """Whether the ledger has of what was taken at the counter what the booking has."""
        at_counter = (each for each in self.entries if is_of_the_counter(each.source_id, self.booking.id))
        return sums_of(each.amount for each in at_counter if each.kind in WHOLE) == sums_of(
            [balance(self.booking).at_counter]
        )

    @property
    def _on_pages(self) -> tuple[BookEntry, ...]:
        return tuple(each for each in self.entries if not is_of_the_counter(each.source_id, self.booking.id))

    @property
    def sources(self) -> frozenset[str]:
        """Stripe's payments and refunds that its rows name, without the marks of what became of them."""
        return frozenset(fact_of(each.source_id) for each in self._on_pages)

    @property
    def must_be_paid(self) -> bool:
        """Whether Stripe must know of money for it."""
        return self.booking.state in MUST_BE_PAID and self.booking.payment.tender is Tender.CHECKOUT

    @property
    def gave_back(self) -> bool:
        return any(each.kind is LedgerKind.REFUND for each in self._on_pages)

    @property
    def intents(self) -> frozenset[str]:
        return frozenset(attempt.payment_intent for attempt in self.booking.payment.attempts if attempt.payment_intent)


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
    refund = booked.booking.payment.refund
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


def odd_share(booked: BookedMoney) -> str:
    """The first source whose shares are not those of its charge or refund; empty where all are."""
    of_source: dict[str, list[BookEntry]] = {}
    for each in booked.entries:
        of_source.setdefault(each.source_id, []).append(each)
    for source, rows in sorted(of_source.items()):
        whole = sums_of(each.amount for each in rows if each.kind in WHOLE)
        if whole != sums_of(each.amount for each in rows if each.kind not in WHOLE):
            return source
        charge = next((each.amount for each in rows if each.kind is LedgerKind.CHARGE), None)
        platform = next((each.amount for each in rows if each.kind is LedgerKind.PLATFORM_SHARE), None)
        # Whose row is not believed, and was settled by an administrator, has no share agreed on to compare with.
        at_counter = is_of_the_counter(source, booked.booking.id)
        agreed = (
            None
            if charge is None or booked.settled or at_counter
            else _agreed(charge, booked.booking.quote.commission_bp)
        )
        if agreed is not None and platform != agreed:
            return source
    return _odd_at_counter(booked) or left_behind(booked)


def _odd_at_counter(booked: BookedMoney) -> str:
    """The newest source of the counter, where the shares of all that was taken there are not those agreed on."""
    rows = [each for each in booked.entries if is_of_the_counter(each.source_id, booked.booking.id)]
    taken, shares = (
        sums_of(each.amount for each in rows if each.kind in kinds) for kinds in (WHOLE, {LedgerKind.PLATFORM_SHARE})
    )
    bp = booked.booking.quote.commission_bp
    agreed = sums_of(Money(minor, currency).share(bp) for currency, minor in taken.items())
    return max((each.source_id for each in rows), default="") if shares != agreed and not booked.settled else ""


def _agreed(charge: Money, commission_bp: int) -> Money:
    """The platform's share of it; of one that is taken back the same, the other way round."""
    return charge.share(commission_bp) if charge.minor >= 0 else -(-charge).share(commission_bp)


def left_behind(booked: BookedMoney) -> str:
    """The first source on a car that its booking has no more, where not all of it went along; empty where all did."""
    of_car: dict[tuple[str, LedgerKind], list[BookEntry]] = {}
    exchanged = {step.change.before.car_id for step in booked.booking.exchanges if step.change is not None}
    # What was exchanged while it was out keeps what its days cost.
    former = {change.before.car_id for change in booked.booking.changes} - {booked.booking.car_id} - exchanged
    for each in booked.entries:
        if each.car_id in former:
            of_car.setdefault((each.car_id, each.kind), []).append(each)
    left = (rows for rows in of_car.values() if sums_of(row.amount for row in rows))
    return min((rows[0].source_id for rows in left), default="")


def difference(
    kind: DifferenceKind,
    booking_id: str,
    booked: BookedMoney | None,
    payment_intent: str = "",
    at_stripe: tuple[Money, ...] = (),
    detail: str = "",
) -> Difference:
    state = booked.booking.state.value if booked else ""
    return Difference(kind, booking_id, state, payment_intent, at_stripe, booked.posted if booked else (), detail)
