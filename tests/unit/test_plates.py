"""Which plates are one, by country, and which are none."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.car.plates import LONGEST_PLATE, must_tell_district, plate_key, shown_plate
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.sought import joined, parts, sought

_LATIN = "ABEKMHOPCTX"
_TWINS = ("ABEKMHOPCTX", "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425")
_LETTERS, _DIGITS = st.text(_LATIN, min_size=1, max_size=2), st.text("123456789", min_size=1, max_size=4)
_BETWEEN = st.sampled_from([" ", "-", " - ", "\u2013", "\u00a0", ".", "\u00b7"])


@given(_LETTERS, _BETWEEN, _LETTERS, _DIGITS, st.sampled_from(["DE", "UA", "FR", ""]), st.data())
def test_look_alikes_and_ways_of_typing_are_one_plate(first, between, second, number, country, data):
    plate = f"{first}{between}{second} {number}"
    turn = data.draw(st.sampled_from([
        lambda text: text.translate(str.maketrans(*_TWINS)),
        lambda text: "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() and sign.isascii() else sign for sign in text),
        lambda text: unicodedata.normalize("NFD", text),
        str.lower,
    ]))  # fmt: skip

    assert plate_key(shown_plate(plate), country) == plate_key(shown_plate(turn(plate)), country)
    assert plate_key(plate, country) == plate_key(f"{first}-{second}{number}", country)


@given(_LETTERS, _LETTERS, _DIGITS)
def test_where_the_district_ends_tells_german_plates_apart_and_no_others(first, second, number):
    left, right = f"{first}-{second}{_LATIN[0]} {number}", f"{first}{second}-{_LATIN[0]} {number}"

    assert plate_key(left, "DE") != plate_key(right, "DE")
    assert plate_key(left, "FR") == plate_key(right, "FR")
    assert all(sought(joined(left)).found_in(parts((joined(each),))) for each in (left, right))


def test_accents_are_part_of_a_plate():
    assert plate_key("W\u00dc-A 1", "DE") != plate_key("WU-A 1", "DE")
    assert plate_key("W\u00dc-A 1", "DE") == plate_key(unicodedata.normalize("NFD", "w\u00fc-a 1"), "DE")


_BANGKOK = "\u0e01\u0e02 1234 \u0e01\u0e23\u0e38\u0e07\u0e40\u0e17\u0e1e\u0e21\u0e2b\u0e32\u0e19\u0e04\u0e23"


@pytest.mark.parametrize("plate", [_BANGKOK, "Dubai A 12345 Private", "\u0661\u0662\u0663 \u0623 \u0628"])
def test_a_province_or_an_emirate_has_room(plate):
    assert plate_key(shown_plate(plate), "TH")


@pytest.mark.parametrize("plate", ["", "-- --", "\0", "B" * (LONGEST_PLATE + 1), "\u00df" * LONGEST_PLATE], ids=repr)
def test_what_is_no_plate_is_refused(plate):
    with pytest.raises(InvalidText):
        shown_plate(plate)


@given(st.text("ABCXYZ", min_size=3, max_size=5), _DIGITS)
def test_a_german_plate_shows_where_its_district_ends(letters, number):
    for plate in (f"{letters}{number}", f"{letters} {number}", f"{letters}-{number}E"):
        with pytest.raises(InvalidText):
            must_tell_district(plate, "DE")
        must_tell_district(plate, "FR")
    must_tell_district(f"{letters[0]}-{letters[1:3]} {number}", "DE")


@pytest.mark.parametrize("plate", ["THW 81234", "THW-81234", "THW81234"])
def test_a_plate_without_a_district_by_law_is_taken(plate):
    must_tell_district(plate, "DE")
    with pytest.raises(InvalidText):
        must_tell_district(plate.replace("THW", "BNO"), "DE")
