"""What is marked is what was typed, whatever stands between."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.shared.marks import marks, near_words
from engine.domain.shared.sought import joined

_SHOWN = st.text(st.sampled_from("abcXYZ019 -.\u00e9\u00df\u0410@"), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("shown", "typed", "slip", "wanted"),
    [
        ("B-ZJ 3866", "zj3866", False, "ZJ 3866"),
        ("+49 30 23125010", "30 2312", False, "30 2312"),
        ("Jonas Vogel", "vog jon", False, "Jon|Vog"),
        ("Jonas Vogel", "vogle", True, "Vogel"),
        ("j.vogel@example.com", "vogle", True, "vogel"),
        ("Ada Moreau ada@example.org", "moreua", True, "Moreau"),
        ("Stra\u00dfe", "strasse", False, "Stra\u00dfe"),
        ("Ada", "", False, ""),
    ],
)
def test_marks_by_hand(shown, typed, slip, wanted):
    assert wanted == "|".join(shown[begin:end] for begin, end in marks(shown, typed, slip=slip))


@given(_SHOWN, st.data())
def test_any_part_is_marked_and_spans_lie_apart_within_the_text(shown, data):
    begin = data.draw(st.integers(0, len(shown) - 1))
    part = shown[begin : data.draw(st.integers(begin + 1, len(shown)))]
    spans = marks(shown, part)

    assert bool(spans) == bool(joined(part))
    assert all(0 <= left < right <= len(shown) for left, right in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert not spans or joined(part) in "".join(joined(shown[left:right]) for left, right in spans)


@given(
    st.sampled_from(["Vogel", "Moreau", "\u0160koda"]), st.integers(0, 3), st.sampled_from(["Ada ", "", "Jonas Ole "])
)
def test_what_was_meant_is_told_in_whole_words_as_they_are_written(word, at, before):
    typed = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    lines = [f"{before}{word} {word[-2]}da@example.org +49 30 1", f"{word}, {before}", f"{word}s"]

    assert near_words(lines, typed) in ((word, f"{word}s"), ())[joined(typed) == joined(word) :]
    assert () == near_words(["Quisling"], typed)
