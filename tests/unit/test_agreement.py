"""What is read off a car: what may be, what is likely, and what an agreement makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.domain.agreement.agreement import AgreementState, handed_over
from engine.domain.agreement.reading import (
    Gauge,
    Reading,
    ReadingUnlikely,
    Seen,
    follows,
    gauge_of,
    most_driven,
    sound_reading,
)
from engine.domain.car.car import BranchId, Fuel
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import InvalidText, MoveRefused

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
BERLIN = BranchId("br-berlin")


def seen(km, full=8, at=NOW, reason=""):
    return Seen(Reading(km, full, reason), at, AccountName("vera"))


@pytest.mark.parametrize(
    ("reading", "field"),
    [
        (Reading(-1, 8), "odometer_km"),
        (Reading(2_000_001, 8), "odometer_km"),
        (Reading(True, 8), "odometer_km"),  # noqa: FBT003
        (Reading(10.5, 8), "odometer_km"),
        (Reading(10, 9), "full"),
        (Reading(10, -1), "full"),
        (Reading(10, 8, "x" * 201), "reason"),
        (Reading(10, 8, "a\x07b"), "reason"),
    ],
)
def test_a_reading_that_cannot_be_names_its_field(reading, field):
    with pytest.raises(InvalidText) as caught:
        sound_reading(reading, Gauge.EIGHTHS)

    assert field == caught.value.field


def test_a_battery_says_per_cent_and_a_tank_eighths():
    assert Reading(10, 100) == sound_reading(Reading(10, 100), gauge_of(Fuel.ELECTRIC))
    assert {Gauge.EIGHTHS} == {gauge_of(fuel) for fuel in Fuel if fuel is not Fuel.ELECTRIC}


@pytest.mark.parametrize(
    ("km", "before", "allowed", "expected"),
    [(10, None, 0, True), (10, 10, 0, True), (110, 10, 100, True), (9_999, 10, None, True)],
)
def test_what_is_to_be_expected_needs_no_reason(km, before, allowed, expected):
    assert expected is follows(Reading(km, 8), before, allowed)


@pytest.mark.parametrize(("km", "before", "allowed"), [(9, 10, 100), (111, 10, 100), (9, 10, None)])
def test_what_is_not_needs_one(km, before, allowed):
    with pytest.raises(ReadingUnlikely) as caught:
        follows(Reading(km, 8), before, allowed)

    assert (before, km < before) == (caught.value.before_km, caught.value.falls)
    assert not follows(Reading(km, 8, "new instrument"), before, allowed)


@pytest.mark.parametrize(("hours", "km"), [(0.1, 2_000), (24, 2_000), (24.1, 4_000), (-1, 2_000)])
def test_each_day_that_has_begun_allows_two_thousand_kilometres(hours, km):
    assert km == most_driven(NOW, NOW + timedelta(hours=hours))


def test_an_agreement_begins_with_the_price_and_ends_once(make_booking):
    booking = make_booking()
    agreement = handed_over(booking, Gauge.EIGHTHS, seen(10_000))
    back = seen(10_310, 6, NOW + timedelta(days=1))
    over = agreement.returned(back, BERLIN)

    assert (booking.quote.lines, 0, AgreementState.OUT) == (agreement.lines, agreement.km, agreement.state)
    assert (310, AgreementState.RETURNED, BERLIN, 2) == (over.km, over.state, over.returned_to, over.version)
    with pytest.raises(MoveRefused):
        over.returned(back, BERLIN)


def test_kilometres_that_fell_count_as_none(make_booking):
    agreement = handed_over(make_booking(), Gauge.EIGHTHS, seen(10_000))

    assert 0 == agreement.returned(seen(12, reason="new instrument"), BERLIN).km
