"""Looking for text that was typed on another keyboard, in parts, or without its accents."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.alike import folded, in_scripts, pattern, plate_pattern

#: Capitals of three keyboards that are painted alike.
ALIKE = ["A\u0391\u0410", "B\u0392\u0412", "E\u0395\u0415", "H\u0397\u041d", "I\u0399\u0406", "K\u039a\u041a"]
ALIKE += ["M\u039c\u041c", "O\u039f\u041e", "P\u03a1\u0420", "T\u03a4\u0422", "X\u03a7\u0425", "Y\u03a5\u0423"]
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def holds(word, text):
    return re.search(pattern(word), text, re.IGNORECASE) is not None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Citroe\u0308n", "Citro\u00ebn"),
        ("citroen", "Citroe\u0308n"),
        ("skoda", "\u0160koda"),
        ("\u0160KODA", "Skoda"),
        ("\u0399\u039d\u03a1-4321", "INP-4321"),
        ("INP-4321", "\u0399\u039d\u03a1-4321"),
        ("\u0410\u0406 1234 \u0412\u041d", "AI 1234 BH"),
        ("AI", "\u0410\u0406 1234 \u0412\u041d"),
        ("\uff33\uff2b\uff2f\uff24\uff21", "\u0160koda"),
        ("strasse", "Stra\u00dfe"),
        ("Stra\u00dfe", "STRASSE"),
        ("sko\u200bda", "\u0160koda"),
    ],
)
def test_a_word_is_found_however_it_was_typed(typed, stored):
    assert holds(typed, stored)


@given(
    st.text("A\u00c9\u0160\u0142\u00f8z\u03a3\u03b4\u0439\u0448\u00df7 .*({$", min_size=1, max_size=12),
    st.sampled_from(FORMS),
    st.sampled_from(FORMS),
)
def test_any_form_of_a_text_finds_any_other_form_of_it(text, typed, stored):
    here, there = unicodedata.normalize(typed, text), unicodedata.normalize(stored, text)

    assert folded(here) == folded(there)
    assert holds(here, there)
    assert holds(here.swapcase(), there) or "\u00df" in text
    assert holds(folded(here), there)


@given(st.text(st.characters(), min_size=1, max_size=10))
def test_whatever_is_typed_is_a_pattern_that_finds_itself_folded(text):
    assert holds(text, folded(text))


@given(st.lists(st.tuples(st.sampled_from(ALIKE), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=8))
def test_a_plate_typed_on_three_keyboards_is_looked_for_as_one(letters):
    here = "".join(signs[at] for signs, at, _ in letters)
    there = "".join(signs[at] for signs, _, at in letters)
    latin = "".join(signs[0] for signs, _, _ in letters)

    assert folded(here) == folded(there)
    assert re.fullmatch(plate_pattern(f"{here}-12"), f"{there}12", re.IGNORECASE)
    assert {latin, *("".join(signs[each] for signs, _, _ in letters) for each in (1, 2))} <= set(in_scripts(f"{latin}"))
    assert latin in in_scripts(here)


def test_a_plate_that_one_keyboard_cannot_type_is_looked_for_as_typed():
    assert ("BDS12",) == in_scripts("BDS12")
