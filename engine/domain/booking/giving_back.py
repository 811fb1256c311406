"""What is given back of a booking, and why: the one place that says so. A further reason is one more row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum, auto
from types import MappingProxyType
from typing import assert_never

from engine.domain.booking.booking import Booking
from engine.domain.booking.cancellation import refund_for
from engine.domain.booking.states import BookingState
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, Payment


class Reason(StrEnum):
    CANCELLED = auto()  #: the renter, or a desk for the renter, cancelled
    CAR_GONE = auto()  #: paid too late, and the car was somebody else's by then


def _by_the_rules(booking: Booking, at: datetime) -> Money:
    """By the rules frozen in the booking; nothing once its time has begun, and nothing of what was never taken."""
    nothing = Money(0, booking.price.currency)
    if booking.period.starts_at <= at or not _was_paid(booking.payment):
        return nothing
    return refund_for(booking.price, booking.period.starts_at, booking.cancellation, at)


def _was_paid(payment: Payment) -> bool:
    return payment.newest is not None and payment.newest.state is not AttemptState.LAPSED


def _all(booking: Booking, _at: datetime) -> Money:
    return booking.price


#: Reason -> what is given back for it, when it came about at that moment (server time, UTC).
GIVEN_BACK: Mapping[Reason, Callable[[Booking, datetime], Money]] = MappingProxyType(
    {Reason.CANCELLED: _by_the_rules, Reason.CAR_GONE: _all}
)


def given_back(booking: Booking, reason: Reason, at: datetime) -> Money:
    """What *reason* gives back if it comes about at *at*; zero for nothing."""
    return GIVEN_BACK[reason](booking, at)


def reason_of(booking: Booking) -> Reason | None:
    """Why something is to be given back of a booking that stands as it does; None where nothing is."""
    match booking.state:
        case BookingState.CANCELLED:
            return Reason.CANCELLED
        case BookingState.REFUND_DUE | BookingState.REFUNDED:
            return Reason.CAR_GONE
        case BookingState.HELD | BookingState.AWAITING_FUNDS | BookingState.RELEASING | BookingState.RELEASED:
            return None
        case BookingState.CONFIRMED | BookingState.OUT | BookingState.NO_SHOW | BookingState.COMPLETED:
            return None
    assert_never(booking.state)


def owed(booking: Booking) -> Money:
    """What is to be given back of it as it stands, by the moment that its history records; zero for nothing."""
    reason = reason_of(booking)
    nothing = Money(0, booking.price.currency)
    return nothing if reason is None else given_back(booking, reason, booking.since)
