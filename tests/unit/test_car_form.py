from __future__ import annotations

from dataclasses import replace

import pytest
from builders import BERLIN, make_car
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.car.body_type import BodyType
from engine.domain.car.fleet import FleetQuery, FleetRow
from engine.domain.car.form import CarForm, CarRules, checked, facts_of, mistakes, reason_for
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidText
from engine.words.errors import sentence

RULES = CarRules(2026, "EUR", frozenset({BERLIN.id}))
FORM = CarForm.of(make_car(1))


def test_a_sound_form_has_no_mistakes_and_comes_out_trimmed():
    form = replace(FORM, plate=" B-DS 1 ", brand=" Volkswagen ", colour="#AABBCC")

    assert {} == mistakes(form, RULES)
    assert ("B-DS 1", "Volkswagen", "#aabbcc") == (
        checked(form, RULES).plate,
        checked(form, RULES).brand,
        checked(form, RULES).colour,
    )


def test_a_plate_is_kept_in_capitals_with_single_spaces():
    assert "B-Ä 77 É" == checked(replace(FORM, plate="  b-ä   77 é "), RULES).plate


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("year", 1949, "must be between 1950 and 2027"),
        ("odometer_km", -1, "must be between 0 and 2,000,000"),
        ("daily_rate", Money(0, "EUR"), "must be at least 0.50, the smallest amount a card is charged"),
        ("daily_rate", Money(100_000_000, "EUR"), "must be at most 999999.99"),
    ],
)
def test_a_mistake_says_what_would_do(field, value, told):
    assert told in sentence(mistakes(replace(FORM, **{field: value}), RULES)[field])


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (Money(0, "JPY"), "must be at least 50, the smallest amount a card is charged"),
        (Money(12_345, "KWD"), "must be an amount that can be paid, such as 49.500"),
        (Money(49_50, "ISK"), "must be an amount that can be paid, such as 49.00"),
        (Money(1_000_000, "UGX"), "must be at most 999999"),
    ],
)
def test_what_would_do_is_told_in_the_rates_own_currency(rate, told):
    rules = replace(RULES, currency=rate.currency)

    assert told in sentence(mistakes(replace(FORM, daily_rate=rate), rules)["daily_rate"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("plate", "--"),
        ("plate", ""),
        ("plate", {"$gt": ""}),
        ("brand", "  "),
        ("brand", "x" * 61),
        ("model", "Golf\0GTI"),
        ("year", 1949),
        ("year", 2028),
        ("year", True),
        ("year", 2020.0),
        ("body", "sedan"),
        ("colour", "red"),
        ("colour", "#12345"),
        ("colour", None),
        ("seats", 0),
        ("seats", 61),
        ("odometer_km", -1),
        ("odometer_km", 2_000_001),
        ("daily_rate", Money(0, "EUR")),
        ("daily_rate", Money(50_00, "USD")),
        ("daily_rate", Money(100_000_000, "EUR")),
        ("daily_rate", 50),
        ("branch_id", "br-nowhere"),
        ("branch_id", {"$ne": None}),
    ],
)
def test_I1_each_field_says_what_is_wrong_with_it(field, value):
    form = replace(FORM, **{field: value})

    assert [field] == list(mistakes(form, RULES))
    with pytest.raises(InvalidText) as caught:
        checked(form, RULES)
    assert field == caught.value.field


def test_next_years_model_is_a_car_already():
    assert {} == mistakes(replace(FORM, year=2027), RULES)


def test_all_mistakes_are_told_at_once_and_the_first_in_the_order_of_the_form():
    form = replace(FORM, plate="", seats=0, year=1)

    assert ["plate", "year", "seats"] == list(mistakes(form, RULES))


def test_P3_a_rate_in_a_currency_of_thousandths_must_be_chargeable():
    rules = replace(RULES, currency="KWD")

    assert {} == mistakes(replace(FORM, daily_rate=Money(12_500, "KWD")), rules)
    assert ["daily_rate"] == list(mistakes(replace(FORM, daily_rate=Money(12_505, "KWD")), rules))


def test_an_odometer_goes_forward_without_a_word_and_back_only_with_one():
    assert "" == reason_for(100, 100, "why?")
    assert "typing mistake" == reason_for(100, 99, " typing mistake ")
    with pytest.raises(InvalidText) as caught:
        reason_for(100, 99, "  ")
    assert "reason" == caught.value.field


def test_a_form_changes_what_it_holds_and_nothing_else():
    car = make_car(1, image_ids=("im-1",))

    assert replace(car, body=BodyType.VAN) == replace(CarForm.of(car), body=BodyType.VAN).on(car)


def test_the_audit_reads_money_as_people_write_it():
    assert "50.00 EUR" == facts_of(make_car(1))["daily_rate"]
    assert "5000 JPY" == facts_of(make_car(1, daily_rate=Money(5000, "JPY")))["daily_rate"]
    assert "5.000 KWD" == facts_of(make_car(1, daily_rate=Money(5000, "KWD")))["daily_rate"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"owner_id": {"$ne": None}},
        {"branch_id": 1},
        {"text": {"$gt": ""}},
        {"statuses": ["active"]},
        {"statuses": frozenset({"active"})},
        {"order": "name"},
        {"offset": -1},
        {"limit": 201},
        {"limit": True},
    ],
)
def test_S9_a_query_holds_values_of_its_types_only(wrong):
    with pytest.raises(InvalidText):
        FleetQuery(**wrong)


def test_a_car_for_rent_has_nothing_to_move():
    assert not FleetRow(make_car(1), coming=3).to_move
    assert FleetRow(make_car(1, status="retired"), coming=1).to_move
    assert not FleetRow(make_car(1, status="retired")).to_move


#: As painted in Germany, Greece, Ukraine, Japan, Thailand, Morocco, France and by hand.
@pytest.mark.parametrize(
    ("plate", "country"),
    [
        ("B-DS 12", "DE"),
        ("\u0399\u039d\u03a1-4321", "GR"),
        ("\u0410\u0406 1234 \u0412\u041d", "UA"),
        ("\u54c1\u5ddd 300 \u3042 12-34", "JP"),
        ("\u0e01\u0e31\u0e1a 12", "TH"),
        ("12345|\u0623|6", "MA"),
        ("EF\u00b7123.GH", "FR"),
        ("A/B \u2022 1", ""),
    ],
)
def test_what_countries_paint_on_plates_is_taken(plate, country):
    assert {} == mistakes(replace(FORM, plate=plate, country=country), RULES)


@given(
    st.text("AB12 -", max_size=5), st.sampled_from('{}$"<>:;\\%&=?!@#^~`*+_()[],\u2603'), st.text("AB12 -", max_size=5)
)
def test_what_no_country_paints_on_plates_is_refused(before, sign, after):
    assert "plate" in mistakes(replace(FORM, plate=f"A{before}{sign}{after}1"), RULES)
