# ruff: noqa: RUF001 -- digits and signs of other scripts are read too
"""What typed numbers mean: every script's digits, every habit of parting them, and no guess where there are two."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.shared.numerals import Numerals, TwoReadings, digits_of, read_number

ENGLISH, GERMAN, FRENCH, SWISS = (Numerals(*each) for each in (".,", ",.", ",\u202f", ".\u2019"))
ZEROS = [chr(code) for code in range(0x20000) if unicodedata.decimal(chr(code), None) == 0]
SPACES = [" ", "\u00a0", "\u2009", "\u202f"]


@pytest.mark.parametrize(
    ("text", "places", "habits", "meant"),
    [
        ("1,250", 3, ENGLISH, TwoReadings(1_250_000, 1_250)),
        ("1.250", 3, GERMAN, TwoReadings(1_250_000, 1_250)),
        ("1.250", 3, FRENCH, TwoReadings(1_250_000, 1_250)),
        ("1.250", 3, ENGLISH, 1_250),
        ("1,250", 3, GERMAN, 1_250),
        ("0,250", 3, ENGLISH, 250),
        ("1,250", 2, ENGLISH, 125_000),
        ("1,250", 2, GERMAN, None),
        ("1.250", 2, GERMAN, 125_000),
        ("1.250", 0, ENGLISH, 1250),
        ("1.25", 0, ENGLISH, None),
        ("1.250,5", 2, ENGLISH, 125_050),
        ("1,250.5", 2, GERMAN, 125_050),
        ("1,250,000", 3, ENGLISH, 1_250_000_000),
        ("12,34,567", 2, ENGLISH, 123_456_700),
        ("1,25,0", 2, ENGLISH, None),
        ("1 2", 0, ENGLISH, None),
        ("12 345,5", 2, FRENCH, 1_234_550),
        ("1’250.50", 2, SWISS, 125_050),
        ("١٢٥٠", 2, ENGLISH, 125_000),
        ("١٬٢٥٠٫٥", 2, ENGLISH, 125_050),
        ("１２．５", 2, ENGLISH, 1_250),
        ("−5", 0, ENGLISH, -5),
        ("-1,250", 3, ENGLISH, TwoReadings(-1_250_000, -1_250)),
        ("\u200e-5", 0, ENGLISH, -5),
        ("1e3", 2, ENGLISH, None),
        ("", 2, ENGLISH, None),
        (".", 2, ENGLISH, None),
        ("-", 2, ENGLISH, None),
        ("1..5", 2, ENGLISH, None),
        ("½", 2, ENGLISH, None),
        ("nan", 2, ENGLISH, None),
        ("9" * 5000, 2, ENGLISH, None),
    ],
)
def test_what_is_typed_is_read_or_both_readings_are_told(text, places, habits, meant):
    assert meant == read_number(text, places, habits)


@given(st.integers(0, 10**15), st.sampled_from(ZEROS), st.integers(0, 3))
def test_digits_of_every_script_count(number, zero, places):
    typed = "".join(chr(ord(zero) + int(each)) for each in str(number))

    assert str(number) == digits_of(typed)
    assert number * 10**places == read_number(typed, places, ENGLISH)


@given(st.integers(1000, 10**12), st.sampled_from(SPACES), st.sampled_from([ENGLISH, GERMAN, FRENCH, SWISS]))
def test_any_space_parts_thousands_and_nothing_else(number, space, habits):
    assert number == read_number(f"{number:,}".replace(",", space), 0, habits)
    assert read_number(f"1{space}{number}", 0, habits) in (None, int(f"1{number}"))


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from([ENGLISH, GERMAN, FRENCH, SWISS]))
def test_one_sign_before_three_digits_is_never_guessed(head, tail, habits):
    for sign in ",.":
        read = read_number(f"{head}{sign}{tail:03d}", 3, habits)
        expected = head * 1000 + tail
        assert read == (expected if sign == habits.point else TwoReadings(expected * 1000, expected))


@given(st.text(alphabet="0123456789.,' -\u202f\u066b\u066c\u0661x", max_size=14), st.integers(0, 3))
def test_any_text_is_a_number_or_none_and_never_more_than_its_digits(text, places):
    for habits in (ENGLISH, GERMAN, FRENCH, SWISS):
        read = read_number(text, places, habits)
        values = (read.thousands, read.decimals) if isinstance(read, TwoReadings) else (read,)
        for value in values:
            shown = "".join(filter(str.isdigit, digits_of(text))).lstrip("0")
            assert value is None or str(abs(value)).rstrip("0") == shown.rstrip("0") or value == 0 == int(shown or 0)
