import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import InvalidText
from engine.domain.text import clean, normal_plate


@pytest.mark.parametrize(
    "value",
    [
        "a\0b",
        "line\nbreak",
        "line\u2028break",
        "\ud800",
        "a\udfffb",
        "pay\u202eyap",
        "\u2066isolate",
        "\u200eleft",
        "\x9b31m",
        "\ue000",
        "",
        "   ",
        "\u200b\ufeff",
        "\u0301",
        "x" * 41,
        "x" * 10_000_000,
        "\u0958" * 40,
    ],
    ids=[
        "NUL",
        "newline",
        "line separator",
        "high surrogate",
        "low surrogate",
        "RTL override",
        "isolate",
        "LTR mark",
        "terminal escape",
        "private",
        "empty",
        "blank",
        "zero width only",
        "a mark only",
        "one too long",
        "ten megabytes",
        "longer once composed",
    ],
)
def test_text_that_cannot_be_kept_or_shown_is_refused(value):
    with pytest.raises(InvalidText) as caught:
        clean("name", value, longest=40)

    assert "name" == caught.value.field


@pytest.mark.parametrize("value", [{"$gt": ""}, ["a"], 1, None, b"abc"], ids=repr)
def test_S9_only_strings_are_text(value):
    with pytest.raises(InvalidText):
        clean("name", value, longest=40)


@pytest.mark.parametrize(
    "value", [".*", "$where", '{"$gt": ""}', "a'; drop", "%_", "(", "O'Sullivan", "Łukasz", "李雷", "نادية"]
)
def test_S9_text_that_means_something_elsewhere_is_kept_as_it_is(value):
    assert value == clean("name", value, longest=40)


def test_text_is_trimmed_and_composed():
    assert "Zo\u00eb" == clean("name", "  Zoe\u0308 ", longest=40)


def test_an_optional_field_may_be_empty():
    assert clean("note", "  ", longest=40, required=False) == ""


@given(st.text(st.characters(), max_size=60))
def test_cleaned_text_is_short_composed_trimmed_and_stays_as_it_is(value):
    try:
        text = clean("name", value, longest=40)
    except InvalidText:
        return

    assert 0 < len(text) <= 40
    assert text == text.strip()
    assert unicodedata.is_normalized("NFC", text)
    assert text == clean("name", text, longest=40)
    text.encode()


@pytest.mark.parametrize(
    ("plate", "key"),
    [
        ("B-DS 1234", "BDS1234"),
        (" b ds1234", "BDS1234"),
        ("AA-12-BC", "AA12BC"),
        ("IAB-1234", "IAB1234"),
        ("\u0399\u0391\u0392-1234", "IAB1234"),
        ("\uff22-12", "B12"),
        ("MÜ·X 7", "MÜX7"),
    ],
)
def test_I6_a_plate_has_one_normal_form_however_it_is_painted_or_typed(plate, key):
    assert key == normal_plate(plate)


@pytest.mark.parametrize("plate", ["", "-- --", "\0", "B" * 17, "\u00df" * 16, "1\n2"], ids=repr)
def test_what_is_no_plate_is_refused(plate):
    with pytest.raises(InvalidText):
        normal_plate(plate)


@given(st.text("abcXYZ0189 -./\u00e4\u00d6\u00df", min_size=1, max_size=8).map(lambda text: f"B{text}"))
def test_the_normal_form_of_a_plate_is_its_own(plate):
    key = normal_plate(plate)

    assert key.isalnum()
    assert key == normal_plate(key)
    assert key == normal_plate(plate.lower()) or plate.lower().upper() != plate.upper()
