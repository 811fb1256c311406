"""What the window says of each state of a booking, told in one place.

A new state is red in mypy until each function here has it. What a state means to the engine stands in
``engine/domain/booking/states.py``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import assert_never

from desktop.theme.tokens import Tone
from desktop.words.figures import amount, counted, days_text, whole
from engine.domain.booking.balance import balance
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState, Standing
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, RefundState
from engine.domain.money.pricing import LineKind, LineUnit, QuoteLine
from engine.domain.money.tender import Tender
from engine.words.tr import tr

STANDINGS = MappingProxyType(
    {
        Standing.PENDING: tr("Pending"),
        Standing.CONFIRMED: tr("Confirmed"),
        Standing.OUT: tr("Out"),
        Standing.COMPLETED: tr("Completed"),
        Standing.NO_SHOW: tr("Not come"),
        Standing.EXPIRED: tr("Expired"),
        Standing.CANCELLED: tr("Cancelled"),
    }
)


def line_name(kind: LineKind) -> str:  # noqa: C901, PLR0911, PLR0912 -- one for each
    match kind:
        case LineKind.RENTAL:
            return tr("Rental")
        case LineKind.EXTRA:
            return tr("Extra")
        case LineKind.PICKUP_CLOSED:
            return tr("Pick-up out of hours")
        case LineKind.RETURN_CLOSED:
            return tr("Return out of hours")
        case LineKind.KEY_BOX:
            return tr("Return by key box")
        case LineKind.SPECIAL_DAY:
            return tr("Special day")
        case LineKind.EXTENDED:
            return tr("Extended")
        case LineKind.SHORTENED:
            return tr("Shortened")
        case LineKind.LATE_DAY | LineKind.LATE_HOUR:
            return tr("Late return")
        case LineKind.KM:
            return tr("Kilometres beyond")
        case LineKind.FUEL:
            return tr("Fuel")
        case LineKind.BATTERY:
            return tr("Charging")
        case LineKind.CLEANING:
            return tr("Cleaning")
        case LineKind.NO_SHOW:
            return tr("Nobody came")
        case LineKind.ONE_WAY:
            return tr("Left at another branch")
    assert_never(kind)


def line_words(line: QuoteLine) -> str:
    """How many of what, and what one of them costs."""
    match line.kind.unit:
        case LineUnit.DAY:
            count = days_text(line.count)
        case LineUnit.PIECE:
            count = whole(line.count)
        case LineUnit.HOUR:
            count = counted("{count} hour", "{count} hours", line.count)
        case LineUnit.KM:
            count = tr("{km} km", km=whole(line.count))
        case LineUnit.EIGHTH:
            count = counted("{count} eighth", "{count} eighths", line.count)
        case LineUnit.PERCENT:
            count = tr("{percent} %", percent=whole(line.count))
        case _:
            assert_never(line.kind.unit)
    return f"{count} × {amount(line.unit)}"  # noqa: RUF001 -- times


def by_a_person(state: BookingState) -> bool:
    """Whether people bring it about; every other state is the clock's or Stripe's doing."""
    match state:
        case BookingState.HELD | BookingState.COMPLETED | BookingState.CANCELLED:
            return True
        case BookingState.OUT | BookingState.NO_SHOW:
            return True
        case BookingState.AWAITING_FUNDS | BookingState.RELEASING | BookingState.RELEASED | BookingState.CONFIRMED:
            return False
        case BookingState.REFUND_DUE | BookingState.REFUNDED:
            return False
    assert_never(state)


def step_words(state: BookingState) -> tuple[str, Tone]:  # noqa: C901, PLR0911 -- one for each state
    """What happened when a booking came to *state*, as its history tells it."""
    match state:
        case BookingState.HELD:
            return tr("Car held"), Tone.ACCENT
        case BookingState.AWAITING_FUNDS:
            return tr("Payment on its way"), Tone.ACCENT
        case BookingState.RELEASING:
            return tr("Given up before it was paid"), Tone.NEUTRAL
        case BookingState.RELEASED:
            return tr("Car set free, nothing charged"), Tone.NEUTRAL
        case BookingState.CONFIRMED:
            return tr("Paid and confirmed"), Tone.POSITIVE
        case BookingState.OUT:
            return tr("Car handed over"), Tone.ACCENT
        case BookingState.NO_SHOW:
            return tr("Nobody came for the car"), Tone.WARNING
        case BookingState.COMPLETED:
            return tr("Car came back"), Tone.POSITIVE
        case BookingState.CANCELLED:
            return tr("Cancelled"), Tone.DANGER
        case BookingState.REFUND_DUE:
            return tr("Paid without a car; the money goes back"), Tone.WARNING
        case BookingState.REFUNDED:
            return tr("Money given back"), Tone.NEUTRAL
    assert_never(state)


#: How money is paid, as a person calls it.
TENDERS = MappingProxyType(
    {
        Tender.CHECKOUT: tr("Payment page"),
        Tender.COUNTER: tr("At the counter"),
        Tender.CASH: tr("Cash"),
        Tender.TERMINAL: tr("Card terminal"),
        Tender.BANK: tr("Bank transfer"),
    }
)


def end_words(booking: Booking, further: Money | None = None) -> tuple[str, str]:  # noqa: PLR0911 -- one for each end
    """A title, and what became of the money, where nothing more is to be done."""
    back = amount(booking.payment.refund.amount if booking.payment.refund else booking.price)
    refunded = refunded_words(back, booking.payment.refund.state) if booking.payment.refund else ""
    match booking.state:
        case BookingState.COMPLETED:
            return tr("Completed"), tr("The car is back. {booking}", booking=paid_words(booking, further))
        case BookingState.CANCELLED:
            at_counter = paid_words(booking) if balance(booking).open.minor < 0 else ""
            return tr("Cancelled"), at_counter or refunded or tr("Nothing was refunded.")
        case BookingState.REFUND_DUE:
            return tr("Cancelled"), refunded or tr("{amount} will be refunded.", amount=back)
        case BookingState.REFUNDED:
            return tr("Cancelled"), refunded or tr("{amount} was refunded.", amount=back)
        case BookingState.HELD | BookingState.AWAITING_FUNDS | BookingState.RELEASING | BookingState.RELEASED:
            return tr("The hold is over"), tr("Nothing was charged, and the car is free again.")
        case BookingState.CONFIRMED:
            return tr("Confirmed"), paid_words(booking, further)
        case BookingState.OUT:
            return tr("Out"), paid_words(booking, further)
        case BookingState.NO_SHOW:
            return tr("Nobody came for the car"), tr(
                "The car is free again. {booking}", booking=paid_words(booking, further)
            )
    assert_never(booking.state)


def paid_words(booking: Booking, further: Money | None = None) -> str:
    """What was paid and what is open; *further* is what it came to cost beyond its price."""
    told = balance(booking, further)
    lapsed = booking.payment.comes_to(AttemptState.LAPSED)
    if told.open.minor < 0:
        return tr("{back} are owed to the renter.", back=amount(-told.open))
    if told.open.minor and told.paid.minor:
        return tr("{paid} paid, {open} open at the counter.", paid=amount(told.paid), open=amount(told.open))
    if told.open.minor and not lapsed:
        return tr("{open} to be paid at the counter.", open=amount(told.open))
    if told.open.minor == 0 and told.paid.minor:
        return tr("Paid {paid}.", paid=amount(told.paid))
    if booking.payment.comes_to(AttemptState.LAPSED):
        return tr("Not paid: the card's approval of {price} ran out before it was taken.", price=amount(booking.price))
    return tr("Paid {price}.", price=amount(booking.price))


def refunded_words(back: str, state: RefundState) -> str:
    """How it stands with the amount *back*."""
    match state:
        case RefundState.DUE | RefundState.PENDING:
            return tr("{amount} is being refunded.", amount=back)
        case RefundState.DONE:
            return tr("{amount} was refunded.", amount=back)
        case RefundState.FAILED:
            return tr("{amount} could not be refunded; head office sees to it.", amount=back)
    assert_never(state)
