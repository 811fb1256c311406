"""Letters that are painted alike are one, whichever keyboard they were typed on."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from engine.domain.shared.alike import as_latin, as_latin_capitals
from engine.domain.shared.sought import parts, sought

_PAINTED = {
    "A": "\u0391\u0410", "B": "\u0392\u0412", "E": "\u0395\u0415", "I": "\u0399\u0406", "K": "\u039a\u041a",
    "M": "\u039c\u041c", "O": "\u039f\u041e", "P": "\u03a1\u0420", "T": "\u03a4\u0422", "X": "\u03a7\u0425",
}  # fmt: skip
_LETTERS = st.text("".join(_PAINTED), min_size=1, max_size=8)


@given(_LETTERS, st.sampled_from([0, 1]), st.booleans())
def test_a_plate_typed_on_another_keyboard_is_found_and_reads_the_same(plate, keyboard, small):
    typed = "".join(_PAINTED[sign][keyboard] for sign in plate)

    assert plate == as_latin_capitals(typed) == as_latin(typed).upper()
    assert sought(typed.lower() if small else typed).found_in(parts((plate,)))


@given(st.sampled_from(["Citroën C3", "Škoda Octavia", "Łódź", "Peugeot é-208", "\u0399\u039d\u03a1-4321"]), st.data())
def test_what_is_typed_with_or_without_accents_whole_or_in_parts_is_found(name, data):
    form = data.draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
    bare = "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign))

    for typed in (unicodedata.normalize(form, name), bare, bare.upper(), bare.casefold()):
        assert sought(typed).found_in(parts((name,)))
