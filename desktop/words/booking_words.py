"""What the window says of each state of a booking, told in one place.

A new state is red in mypy until each function here has it. What a state means to the engine stands in
``engine/domain/booking/states.py``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import assert_never

from desktop.theme.tokens import Tone
from desktop.words.figures import amount, days_text, whole
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState, Standing
from engine.domain.money.payment import AttemptState, RefundState
from engine.domain.money.pricing import LineKind, LineUnit, QuoteLine

STANDINGS = MappingProxyType(
    {
        Standing.PENDING: "Pending",
        Standing.CONFIRMED: "Confirmed",
        Standing.COMPLETED: "Completed",
        Standing.EXPIRED: "Expired",
        Standing.CANCELLED: "Cancelled",
    }
)


def line_name(kind: LineKind) -> str:
    match kind:
        case LineKind.RENTAL:
            return "Rental"
        case LineKind.EXTRA:
            return "Extra"
    assert_never(kind)


def line_words(line: QuoteLine) -> str:
    """How many of what, and what one of them costs."""
    match line.kind.unit:
        case LineUnit.DAY:
            count = days_text(line.count)
        case LineUnit.PIECE:
            count = whole(line.count)
        case _:
            assert_never(line.kind.unit)
    return f"{count} × {amount(line.unit)}"  # noqa: RUF001 -- times


def by_a_person(state: BookingState) -> bool:
    """Whether people bring it about; every other state is the clock's or Stripe's doing."""
    match state:
        case BookingState.HELD | BookingState.COMPLETED | BookingState.CANCELLED:
            return True
        case BookingState.AWAITING_FUNDS | BookingState.RELEASING | BookingState.RELEASED | BookingState.CONFIRMED:
            return False
        case BookingState.REFUND_DUE | BookingState.REFUNDED:
            return False
    assert_never(state)


def step_words(state: BookingState) -> tuple[str, Tone]:  # noqa: PLR0911 -- one for each state
    """What happened when a booking came to *state*, as its history tells it."""
    match state:
        case BookingState.HELD:
            return "Car held", Tone.ACCENT
        case BookingState.AWAITING_FUNDS:
            return "Payment on its way", Tone.ACCENT
        case BookingState.RELEASING:
            return "Given up before it was paid", Tone.NEUTRAL
        case BookingState.RELEASED:
            return "Car set free, nothing charged", Tone.NEUTRAL
        case BookingState.CONFIRMED:
            return "Paid and confirmed", Tone.POSITIVE
        case BookingState.COMPLETED:
            return "Car came back", Tone.POSITIVE
        case BookingState.CANCELLED:
            return "Cancelled", Tone.DANGER
        case BookingState.REFUND_DUE:
            return "Paid without a car; the money goes back", Tone.WARNING
        case BookingState.REFUNDED:
            return "Money given back", Tone.NEUTRAL
    assert_never(state)


def end_words(booking: Booking) -> tuple[str, str]:
    """A title, and what became of the money, where nothing more is to be done."""
    back = amount(booking.payment.refund.amount if booking.payment.refund else booking.price)
    done = refunded_words(booking.payment.refund.state) if booking.payment.refund else ""
    match booking.state:
        case BookingState.COMPLETED:
            return "Completed", f"The car is back. {paid_words(booking)}"
        case BookingState.CANCELLED:
            return "Cancelled", f"{back} {done}." if booking.payment.refund else "Nothing was refunded."
        case BookingState.REFUND_DUE:
            return "Cancelled", f"{back} {done or 'will be refunded'}."
        case BookingState.REFUNDED:
            return "Cancelled", f"{back} {done or 'was refunded'}."
        case BookingState.HELD | BookingState.AWAITING_FUNDS | BookingState.RELEASING | BookingState.RELEASED:
            return "The hold is over", "Nothing was charged, and the car is free again."
        case BookingState.CONFIRMED:
            return "Confirmed", paid_words(booking)
    assert_never(booking.state)


def paid_words(booking: Booking) -> str:
    if booking.payment.attempt.state is AttemptState.LAPSED:
        return f"Not paid: the card's approval of {amount(booking.price)} ran out before it was taken."
    return f"Paid {amount(booking.price)}."


def refunded_words(state: RefundState) -> str:
    """The end of a sentence that begins with the amount."""
    match state:
        case RefundState.DUE | RefundState.PENDING:
            return "is being refunded"
        case RefundState.DONE:
            return "was refunded"
        case RefundState.FAILED:
            return "could not be refunded; head office sees to it"
    assert_never(state)
