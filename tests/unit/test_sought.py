"""Finding by any part of what is shown, one slip forgiven, and nothing else."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from builders import RENTER
from hypothesis import example, given
from hypothesis import strategies as st

from engine.domain.people.phone import phone_beginnings, phone_spellings, phone_text
from engine.domain.shared.sought import LEAST_FORGIVEN, folded, forgiven, guesses, joined, parts, sought, words

_SIGNS = st.characters(categories=("L", "M", "N", "P", "S", "Z"), max_codepoint=0x2FFFF)
_TEXTS = st.text(_SIGNS, min_size=1, max_size=30)
_WORDS = st.text(string.ascii_lowercase + string.digits, min_size=LEAST_FORGIVEN, max_size=14)


def _part(draw, text: str) -> str:
    begin = draw(st.integers(0, len(text) - 1))
    return text[begin : draw(st.integers(begin + 1, len(text)))]


@st.composite
def texts_and_parts(draw):
    text = draw(_TEXTS)
    return text, _part(draw, text)


@st.composite
def slips(draw):
    """A word, and the same with one sign wrong, missing, too many, or in its neighbour's place."""
    word = draw(_WORDS)
    at, other = draw(st.integers(0, len(word) - 1)), draw(st.sampled_from(string.ascii_lowercase + string.digits))
    kind = draw(st.sampled_from(["wrong", "missing", "extra", "swapped"]))
    if kind == "swapped":
        at = min(at, len(word) - 2)
        typed = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    else:
        typed = word[:at] + {"wrong": other, "missing": "", "extra": other + word[at]}[kind] + word[at + 1 :]
    return word, typed


@given(texts_and_parts())
@example(("Jonas.Vogel@example.com", "s.Vogel@ex"))
@example(("O'Brien-Łuczak", "'Brien-Łu"))
@example(("Αθηνά 4321", "ηνά 43"))
def test_any_part_of_a_text_finds_it(drawn):
    text, part = drawn

    found = sought(part)

    assert found.found_in(parts((text,))) or not joined(part)
    assert found.ways or not joined(part)


@given(texts_and_parts())
def test_any_part_of_a_number_or_plate_finds_it_with_or_without_what_stands_between(drawn):
    text, part = drawn
    stored = parts((joined(text),))

    assert not joined(part) or (sought(part).found_in(stored) and sought(joined(part)).found_in(stored))


@given(_TEXTS)
def test_folding_twice_changes_nothing(text):
    assert folded(text) == folded(folded(text))
    assert words(text) == words(" ".join(words(text)))


@given(slips())
@example(("43m812pxsesm", "43m8-12px-sems"))
@example(("vogel", "Vogle"))
def test_one_slip_is_forgiven(drawn):
    word, typed = drawn

    if len(joined(typed)) >= LEAST_FORGIVEN:
        keys = parts((word,))
        assert sought(typed).found_in(keys) or forgiven(typed, [keys]).found_in(keys)


@given(_WORDS, _WORDS)
def test_more_than_a_slip_is_not(typed, word):
    """What is found has a part that becomes what was typed by one change."""
    for guess in guesses(typed):
        assert all(_one_apart(typed, each) for each in guess.instead)
    for way in forgiven(typed, [parts((word,))]).ways:
        assert all(any(key.startswith(each) for key in parts((word,))) for each in way[0])


def _one_apart(left: str, right: str) -> bool:
    if len(left) == len(right):
        differing = [at for at, pair in enumerate(zip(left, right, strict=True)) if pair[0] != pair[1]]
        swapped = len(differing) == 2 and left[differing[0]] == right[differing[1]]
        return len(differing) <= 1 or (swapped and differing[1] - differing[0] == 1)
    short, long = sorted((left, right), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


@pytest.mark.parametrize(
    ("e164", "country"),
    [
        ("+493023125010", "DE"), ("+442079460958", "GB"), ("+33142685300", "FR"), ("+390612345678", "IT"),
        ("+79123456789", "RU"), ("+3612345678", "HU"), ("+14155552671", "US"), ("+5491123456789", "AR"),
        ("+5511987654321", "BR"), ("+37061234567", "LT"), ("+46701234567", "SE"), ("+351912345678", "PT"),
        ("+525512345678", "MX"), ("+819012345678", "JP"), ("+493023125010;ext=12", "DE"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("here", ["", "DE", "US"])
def test_a_number_is_found_by_all_its_spellings_and_their_parts(e164, country, here):
    stored = replace(RENTER, phone=e164).parts

    for shown in (phone_text(e164, country), phone_text(e164), e164, *phone_spellings(e164)):
        for begin in range(0, len(shown), 3):
            part = shown[begin : begin + 9]
            for typed in (shown, part):
                found = sought(typed, phone_beginnings(typed, here))
                assert found.found_in(stored) or not joined(typed), typed


def test_what_holds_no_letter_and_no_digit_finds_nothing():
    assert () == sought("{ $ } -").ways == guesses("--")


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_taken_apart_as_beside_other_letters(text):
    assert [*words(text), "ж"] == words(f"{text} ж")
    assert joined(text) + "ж" == joined(f"{text}ж")
