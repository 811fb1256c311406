"""Telephone numbers as people write them."""

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.domain.people.phone import looks_like_phone, phone_beginnings, phone_text, read_phone
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import name_keys, search_key
from engine.domain.shared.zones import country_of
from engine.words.errors import sentence


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
        ("030 901820, Durchwahl 12", "DE", "+4930901820;ext=12"),
        ("+33 1 23 45 67 89 poste 7", "DE", "+33123456789;ext=7"),
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
        ("tel:", "DE", "no telephone number"),
        ({"$gt": ""}, "DE", "must be text"),
    ],
)
def test_what_is_no_number_says_why(typed, country, problem):
    with pytest.raises(InvalidText) as caught:
        read_phone(typed, country)

    assert "phone" == caught.value.field
    assert problem in sentence(caught.value)


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


REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
EXTENSIONS = ["", " ext. 12", " x7", ";ext=301", ", Durchwahl 12", " DW: 4", " poste 30", " dahili 5", " доб. 77"]
FORMS = [
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.RFC3966,
]


@st.composite
def spellings(draw):
    """A number of some country as it is written there or abroad, pasted with what copying brings along."""
    country = draw(st.sampled_from(REGIONS))
    kinds = st.sampled_from([phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE])
    number = phonenumbers.example_number_for_type(country, draw(kinds)) or phonenumbers.example_number(country)
    text = phonenumbers.format_number(number, draw(st.sampled_from(FORMS)))
    text = text.replace(" ", draw(st.sampled_from([" ", "\u00a0", "\u202f", "\u2009"])))
    text = text.replace("-", draw(st.sampled_from(["-", "\u2011", "\u2013"])))
    before, behind = draw(
        st.sampled_from([("", ""), ("\u2068", "\u2069"), ("\u202d", "\u202c"), ("\u200b", "\ufeff"), (" ", "\n")])
    )
    return f"{before}{text}{behind}{draw(st.sampled_from(EXTENSIONS))}", country, number


@given(spellings())
def test_whatever_is_read_is_found_by_the_same_text(spelling):
    text, country, number = spelling
    try:
        kept = read_phone(text, country)
    except InvalidText:
        assume(not phonenumbers.is_possible_number(number))
        raise

    assert kept in phone_beginnings(text, country)
    assert kept == read_phone(phone_text(kept, country), country)
    assert looks_like_phone(text)


@given(st.text("0123456789+ -()/.x;ext=\u2011\u202d\u0661", max_size=18), st.sampled_from(REGIONS))
def test_any_text_that_is_read_is_found(text, country):
    try:
        kept = read_phone(text, country)
    except InvalidText:
        return

    assert kept in phone_beginnings(text, country)


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("+49 (0)30 901820", "PT", "+4930901820"),
        ("tel:+49-30-901820", "", "+4930901820"),
        ("\u2068030\u202f90\u201118\u201320\u2069", "DE", "+4930901820"),
        ("\uff0b49 30 901820", "", "+4930901820"),
        ("030 901820 ext. 12", "DE", "+4930901820;ext=12"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("06 1 234 5678", "HU", "+3612345678"),
    ],
)
def test_pasted_and_national_numbers_are_read_and_found(typed, country, kept):
    assert kept == read_phone(typed, country)
    assert kept in phone_beginnings(typed, country)


def test_a_number_is_found_while_its_national_prefix_is_being_typed():
    assert "+4930" in phone_beginnings("+49 (0)30", "DE")
    assert "+49" in phone_beginnings("+49 (0", "DE")
