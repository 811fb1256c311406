"""Telephone numbers as people write them."""

import pytest

from engine.domain.country import country_of
from engine.domain.errors import InvalidText
from engine.domain.phone import phone_beginnings, phone_text, read_phone
from engine.domain.text import name_keys, search_key


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("+49 30 901820", "", "+4930901820"),
        ("030 / 90 18 20", "DE", "+4930901820"),
        ("(030) 901820", "DE", "+4930901820"),
        ("+49 30 901820", "PT", "+4930901820"),
        ("0049 30 901820", "PT", "+4930901820"),
        ("912 345 678", "PT", "+351912345678"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("011 49 30 901820", "US", "+4930901820"),
        ("06 698 12345", "IT", "+390669812345"),
        ("+44 7700 900123", "DE", "+447700900123"),
    ],
)
def test_a_number_is_kept_as_e164(typed, country, kept):
    assert kept == read_phone(typed, country)
    assert kept == read_phone(phone_text(kept, country), country)


@pytest.mark.parametrize(
    ("typed", "country", "problem"),
    [
        ("030 901820", "", "begins with +"),
        ("+999 1234567", "", "begins with +"),
        ("+49", "DE", "no telephone number"),
        ("+49 3", "", "too short"),
        ("03", "DE", "too short"),
        ("+49 30 1234567890123456", "", "too long"),
        ("call me", "DE", "no telephone number"),
        ("0800 FLOWERS", "US", "no telephone number"),
        ("+", "DE", "no telephone number"),
        ("tel:030 901820", "DE", "no telephone number"),
        ({"$gt": ""}, "DE", "must be text"),
    ],
)
def test_what_is_no_number_says_why(typed, country, problem):
    with pytest.raises(InvalidText) as caught:
        read_phone(typed, country)

    assert "phone" == caught.value.field
    assert problem in caught.value.problem


def test_a_number_is_shown_as_it_is_dialled_there():
    assert "030 901820" == phone_text("+4930901820", "DE")
    assert "+49 30 901820" == phone_text("+4930901820", "PT") == phone_text("+4930901820")
    assert "nonsense" == phone_text("nonsense", "DE")


@pytest.mark.parametrize(
    ("typed", "country", "beginnings"),
    [
        ("030 90", "DE", ("+03090", "+493090")),
        ("0049 30", "PT", ("+004930", "+4930", "+351004930")),
        ("+49 (30) 9", "PT", ("+49309",)),
        ("912", "PT", ("+912", "+351912")),
        ("0", "DE", ("+0",)),
        ("912", "", ("+912",)),
        ("ada 9", "DE", ()),
        ("", "DE", ()),
        ("+", "DE", ()),
    ],
)
def test_a_number_typed_half_may_mean_several_beginnings(typed, country, beginnings):
    assert beginnings == phone_beginnings(typed, country)


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Berlin", "DE"), ("Atlantic/Canary", "ES"), ("America/New_York", "US"), ("UTC", ""), ("Nowhere/At", "")],
)
def test_the_country_of_a_zone_is_the_ianas(zone, country):
    assert country == country_of(zone)


def test_a_name_is_found_from_each_of_its_words_on():
    assert ("ada marie moreau", "marie moreau ada", "moreau ada marie") == name_keys("  Ada  Marie Moreau")
    assert ("anna lena brandt", "lena brandt anna", "brandt anna lena") == name_keys("Anna-Lena Brandt")
    assert 8 == len(name_keys(" ".join(map(str, range(60)))))


@pytest.mark.parametrize(
    ("typed", "key"),
    [("ÉLODIE", "elodie"), ("Weiß", "weiss"), ("O'Brien", "obrien"), ("Yılmaz", "yilmaz"), ("Søren  Ł", "soren l")],  # noqa: RUF001
)
def test_text_to_search_has_neither_case_nor_accents(typed, key):
    assert key == search_key(typed)
