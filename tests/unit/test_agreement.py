"""What is read off a car: what may be, what is likely, and what an agreement makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.agreement.agreement import AgreementState, handed_over
from engine.domain.agreement.charges import Charging, Due, charged, charged_right, return_lines
from engine.domain.agreement.fees import RentalFees, sound_fees
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
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind
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


FEES = RentalFees(
    "EUR",
    late_hour=10_00,
    late_day=60_00,
    free_km=100,
    km=25,
    eighth=12_00,
    percent=1_50,
    cleaning=45_00,
    one_way=80_00,
)
DAY = timedelta(days=1)


def lines_of(make_booking, back, *, fees=FEES, gauge=Gauge.EIGHTHS, place="br1", cleaning=False, late=timedelta(0)):
    """A rental of one day."""
    booking = make_booking()
    agreement = handed_over(booking, gauge, Seen(Reading(10_000, gauge.most), booking.period.starts_at, "vera"), fees)
    seen_back = replace(back, at=booking.period.ends_at + late)
    due = Due(booking.period.ends_at, booking.return_branch_id)
    return {
        line.kind.value: (line.count, line.amount.minor)
        for line in return_lines(agreement, seen_back, BranchId(place), due, cleaning=cleaning)
    }


@pytest.mark.parametrize(
    ("told", "charged_"),
    [
        ({"back": seen(10_100, 8)}, {}),
        ({"back": seen(10_112, 8)}, {"km": (12, 3_00)}),
        ({"back": seen(10_000, 5)}, {"fuel": (3, 36_00)}),
        ({"back": seen(10_000, 95), "gauge": Gauge.PERCENT}, {"battery": (5, 7_50)}),
        ({"back": seen(10_000, 8), "cleaning": True}, {"cleaning": (1, 45_00)}),
        ({"back": seen(10_000, 8), "place": "br2"}, {"one_way": (1, 80_00)}),
        ({"back": seen(9_000, 8, reason="new instrument")}, {}),
        ({"back": seen(10_000, 8), "late": timedelta(minutes=30)}, {}),
        ({"back": seen(10_000, 8), "late": timedelta(minutes=31)}, {"late_hour": (1, 10_00)}),
        ({"back": seen(10_000, 8), "late": timedelta(minutes=61)}, {"late_hour": (2, 20_00)}),
        ({"back": seen(10_000, 8), "late": timedelta(hours=6)}, {"late_day": (1, 60_00)}),
        ({"back": seen(10_000, 8), "late": timedelta(hours=26)}, {"late_day": (1, 60_00), "late_hour": (2, 20_00)}),
        ({"back": seen(10_000, 8), "late": -DAY}, {}),
        ({"back": seen(99_000, 0), "fees": RentalFees("EUR")}, {}),
        ({"back": seen(99_000, 0), "fees": None}, {}),
        (
            {"back": seen(10_000, 8), "late": timedelta(hours=26), "fees": RentalFees("EUR", late_hour=10_00)},
            {"late_hour": (26, 260_00)},
        ),
        (
            {"back": seen(10_000, 8), "late": timedelta(hours=26), "fees": RentalFees("EUR", late_day=60_00)},
            {"late_day": (1, 60_00)},
        ),
    ],
)
def test_what_a_return_costs(make_booking, told, charged_):
    assert charged_ == lines_of(make_booking, **told)


@given(late=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_an_hour_later_never_costs_less(make_booking, late):
    def cost(after):
        return sum(amount for _, amount in lines_of(make_booking, seen(10_000, 8), late=after).values())

    assert cost(late) <= cost(late + timedelta(hours=1))


def test_what_is_waived_is_kept_with_its_reason_and_adds_up(make_booking):
    booking = make_booking()
    due = Due(booking.period.ends_at, booking.return_branch_id)
    agreement = handed_over(booking, Gauge.EIGHTHS, seen(10_000, at=booking.period.starts_at), FEES)
    back = seen(10_112, 5, at=booking.period.ends_at)
    lines, waived = charged(agreement, back, due.branch_id, due, Charging(waived=((LineKind.KM, " towed "),)))
    over = agreement.returned(back, due.branch_id, lines, waived)

    assert ([LineKind.FUEL], [(LineKind.KM, "towed")]) == (
        [line.kind for line in lines],
        [(each.line.kind, each.reason) for each in waived],
    )
    assert booking.price + Money(36_00, "EUR") == over.total
    assert charged_right(over, due)
    assert not charged_right(replace(over, waived=()), due)
    assert not charged_right(replace(over, lines=booking.quote.lines), due)
    with pytest.raises(InvalidText):
        charged(agreement, back, due.branch_id, due, Charging(waived=((LineKind.KM, " "),)))
    with pytest.raises(MoveRefused):
        charged(agreement, back, due.branch_id, due, Charging(waived=((LineKind.CLEANING, "clean"),)))


@pytest.mark.parametrize(
    "fees",
    [
        (RentalFees("EUR"), RentalFees("EUR", km=1)),
        (RentalFees("XXX"),),
        (RentalFees("EUR", km=-1),),
        (RentalFees("EUR", free_km=100_001),),
    ],
)
def test_fees_that_cannot_be_are_refused(fees):
    with pytest.raises(InvalidText):
        sound_fees(fees)
