"""The same proof at the counter: many clients hand one car over at one moment, and take it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine.adapters.mongo.client import Document
from engine.domain.booking.belief import DRAWN_REQUEST
from engine.domain.booking.booking import Booking, BookingId, Priced, Step, rental_payment
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarTerms
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.payment import PAGE_LIFETIME, Attempt, AttemptState
from engine.domain.money.pricing import quote
from engine.domain.people.people import AccountName, Renter
from engine.domain.shared.period import RentalPeriod

_LENGTH = timedelta(hours=20)


def promised(terms: CarTerms, renter: Renter, by: AccountName, now: datetime) -> Booking:
    """A paid booking of that car whose renter is expected now."""
    booking_id = BookingId(f"bk-{terms.car_id}")
    period = RentalPeriod(now, now + _LENGTH)
    price = quote(terms.daily_rate, period, zone=ZoneInfo(terms.zone), commission_bp=FirmSettings().commission_bp)
    attempt = Attempt(
        n=1,
        request=DRAWN_REQUEST,
        amount=price.total,
        expires_at=now + PAGE_LIFETIME,
        state=AttemptState.PAID,
        session_id=f"cs_{booking_id}",
        payment_intent=f"pi_{booking_id}",
        captured_at=now,
    )
    return Booking(
        id=booking_id,
        car_id=terms.car_id,
        car_label=terms.label,
        owner_id=terms.owner_id,
        branch_id=terms.branch_id,
        return_branch_id=terms.branch_id,
        zone=terms.zone,
        renter_id=renter.id,
        renter_name=renter.name,
        booked_by=by,
        period=period,
        state=BookingState.CONFIRMED,
        hold_until=now,
        created_at=now,
        quote=price,
        payments=(rental_payment(booking_id, price.total, attempt),),
        intent_key=booking_id,
        history=(Step(BookingState.HELD, now, by), Step(BookingState.CONFIRMED, now, by)),
        cancellation=FirmSettings().cancellation,
        priced=Priced(terms.car_id, terms.n),
    )


def times_of(booking: Document, state: BookingState) -> int:
    """How often it came to *state*, as its row tells."""
    return sum(step["state"] == state for step in booking["history"])
