"""What a booking costs, what was paid for it, and what is still open; and how money changes hands at the counter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, Payment, PaymentId, Purpose, RefundState
from engine.domain.money.tender import AT_THE_COUNTER, Taken, Tender
from engine.domain.shared.errors import InvalidMoney, InvalidText, MoveRefused, RuleBroken
from engine.domain.shared.text import clean

#: As many as a document holds.
MOST_PAYMENTS = 20
_LONGEST_REFERENCE = 60
#: As many digits in a row as no approval code has and every card's number.
_DIGITS_OF_A_CARD = 12


class NothingOpen(RuleBroken):
    """More than is open was to be taken, or more than was taken at the counter to be given back.

    Attributes: ``most`` is what may be.
    """

    code = "counter.nothing_open"

    def __init__(self, most: Money) -> None:
        super().__init__(f"{most.minor} {most.currency} at most")
        self.most = most


@dataclass(frozen=True, slots=True)
class Balance:
    """Attributes: ``at_counter`` is what of ``paid`` was taken at the counter and not given back."""

    charged: Money
    paid: Money
    at_counter: Money

    @property
    def open(self) -> Money:
        """Still to be paid; less than nothing is owed to the renter."""
        return self.charged - self.paid


def balance(booking: Booking, further: Money | None = None) -> Balance:
    """*further* is what the rental came to cost beyond its price: what was driven too far, came back late."""
    nothing = Money(0, booking.price.currency)
    at_counter = sum(map(_moved, _at_counter(booking)), nothing)
    charged = _charged(booking) + (further or nothing)
    return Balance(charged, _on_pages(booking) + at_counter, at_counter)


def _charged(booking: Booking) -> Money:
    match booking.state:
        case BookingState.CONFIRMED | BookingState.OUT | BookingState.COMPLETED:
            return booking.price
        case BookingState.NO_SHOW | BookingState.CANCELLED | BookingState.REFUND_DUE | BookingState.REFUNDED:
            # What was paid stays paid or goes back by itself; nobody asks the renter for more.
            return _on_pages(booking)
        case BookingState.HELD | BookingState.AWAITING_FUNDS | BookingState.RELEASING | BookingState.RELEASED:
            return _on_pages(booking)
    assert_never(booking.state)


def _on_pages(booking: Booking) -> Money:
    """What was paid on a page, or is asked for on one: no counter takes that.

    A row whose parts are in several currencies is a hostile one; it ends no list, and is not believed.
    """
    payment, nothing = booking.payment, Money(0, booking.price.currency)
    if payment.newest is None or payment.newest.state in _NEVER:
        return nothing
    back = payment.refund
    if back is None or back.state is RefundState.FAILED:
        return Money(payment.amount.minor, nothing.currency)
    return Money(payment.amount.minor - back.amount.minor, nothing.currency)


#: Attempts of which no money came, nor will.
_NEVER = frozenset({AttemptState.LAPSED, AttemptState.EXPIRED, AttemptState.VOID})


def _at_counter(booking: Booking) -> Iterator[Payment]:
    """What changed hands there. In another currency nothing does: only a hostile hand writes that."""
    return (each for each in booking.payments[1:] if each.amount.currency == booking.price.currency)


def _moved(payment: Payment) -> Money:
    return -payment.amount if payment.purpose is Purpose.GIVE_BACK else payment.amount


#: States in which money is taken at the counter.
_TAKES = frozenset({BookingState.CONFIRMED, BookingState.OUT, BookingState.COMPLETED})


def with_taken(booking: Booking, tender: Tender, amount: Money, taken: Taken, further: Money | None = None) -> Booking:
    """The next version, after *amount* was taken at the counter.

    Raises:
        MoveRefused: Nothing is taken for a booking that stands so, or by that tender.
        InvalidMoney: It is nothing, or in another currency.
        NothingOpen: More than is open.
    """
    if booking.state not in _TAKES:
        raise MoveRefused(booking.state, tender)
    return _with(booking, tender, amount, taken, Purpose.RENTAL, balance(booking, further).open)


def with_given_back(booking: Booking, tender: Tender, amount: Money, taken: Taken) -> Booking:
    """The next version, after *amount* of what was taken at the counter went back.

    Raises:
        MoveRefused: By that tender nothing is given back.
        InvalidMoney: It is nothing, or in another currency.
        NothingOpen: More than was taken by it.
    """
    nothing = Money(0, booking.price.currency)
    of_tender = (_moved(each) for each in _at_counter(booking) if each.tender is tender)
    return _with(booking, tender, amount, taken, Purpose.GIVE_BACK, sum(of_tender, nothing))


def _with(booking: Booking, tender: Tender, amount: Money, taken: Taken, purpose: Purpose, most: Money) -> Booking:
    if tender not in AT_THE_COUNTER or len(booking.payments) >= MOST_PAYMENTS:
        raise MoveRefused(booking.payment.tender, tender)
    if amount.currency != booking.price.currency or amount.minor <= 0:
        raise InvalidMoney(f"{amount.minor} {amount.currency} for a booking in {booking.price.currency}")
    if amount.minor > most.minor:
        raise NothingOpen(most)
    name = PaymentId(f"{booking.id}:{len(booking.payments) + 1}")
    payment = Payment(name, purpose, tender, amount, (), taken=taken)
    return replace(booking, payments=(*booking.payments, payment), version=booking.version + 1)


def sound_reference(text: str) -> str:
    """As it is kept. Raises: InvalidText, also for what looks like a card's number, which is never kept."""
    if not text.strip():
        return ""
    reference = clean("reference", text, longest=_LONGEST_REFERENCE)
    if sum(letter.isdigit() for letter in reference) >= _DIGITS_OF_A_CARD:
        raise InvalidText("reference", "field.card_number")
    return reference
