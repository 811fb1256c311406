"""Builders for domain records; a test names only what it is about."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from altered import altered
from hypothesis import settings

from engine.domain.booking.booking import HOLD, Booking, Step, rental_payment
from engine.domain.booking.states import BookingState
from engine.domain.money.money import Money
from engine.domain.money.payment import PAGE_LIFETIME, Attempt, PageFacts, PageStatus
from engine.domain.money.pricing import LineKind, Quote, QuoteLine
from engine.domain.shared.period import RentalPeriod

# A shared machine may be slow; how long an example takes proves nothing.
# On CI the examples are the same each time, so that a red run can be repeated; a person's runs go on exploring.
settings.register_profile("calm", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("calm")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HUNDRED = Money(100_00, "EUR")


@pytest.fixture(scope="session")
def noon():
    return NOON


@pytest.fixture(scope="session")
def make_attempt():
    def make(price=HUNDRED, **changes):
        return Attempt(**{"n": 1, "request": "{}", "amount": price, "expires_at": NOON + PAGE_LIFETIME} | changes)

    return make


@pytest.fixture(scope="session")
def make_booking(make_attempt):
    def make(price=HUNDRED, commission_bp=1500, **changes):
        plain = {
            "id": "b1",
            "car_id": "c1",
            "car_label": "Golf · B-DS 1",
            "owner_id": "o1",
            "branch_id": "br1",
            "return_branch_id": "br1",
            "zone": "Europe/Berlin",
            "renter_id": "r1",
            "renter_name": "Ada",
            "booked_by": "clerk",
            "period": RentalPeriod(NOON, NOON + timedelta(days=1)),
            "state": BookingState.HELD,
            "hold_until": NOON + HOLD,
            "created_at": NOON,
            "quote": Quote((QuoteLine(LineKind.RENTAL, 1, price),), commission_bp),
            "payments": (rental_payment("b1", price, make_attempt(price)),),
            "intent_key": "i1",
            "history": (Step(BookingState.HELD, NOON, "clerk"),),
        }
        return altered(Booking(**plain), **changes)

    return make


@pytest.fixture(scope="session")
def make_page():
    def make(**changes):
        plain = {
            "session_id": "cs_1",
            "url": "",
            "status": PageStatus.COMPLETE,
            "paid": True,
            "payment_intent": "pi_1",
            "intent_status": "succeeded",
            "amount": HUNDRED,
            "livemode": False,
            "booking_id": "b1",
            "attempt": 1,
            "expires_at": NOON + PAGE_LIFETIME,
        }
        return PageFacts(**plain | changes)

    return make
