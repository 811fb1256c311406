"""Why money goes back: what is kept of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.booking.refund_reason import LONGEST_SAID, RefundReason, UsualReason, sound_reason, told_of
from engine.domain.shared.errors import InvalidText

ALL = list(UsualReason)
NAMED = [each for each in UsualReason if each is not UsualReason.OTHER]
BLANKS = st.text(" \t\n\u00a0\u2003\u200b\u3000\ufeff", max_size=40)
CONTROLS = st.sampled_from(["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\ud800", "\ue000", "\U0010ffff"])


@given(st.sampled_from(ALL), st.text(max_size=LONGEST_SAID))
def test_what_is_said_is_kept_as_every_text_or_refused_at_its_field(usual, said):
    try:
        kept = sound_reason(RefundReason(usual, said))
    except InvalidText as problem:
        refused = problem
    else:
        refused = None
        _is_fit_to_keep(usual, kept)

    assert refused is None or "said" == refused.field


def _is_fit_to_keep(usual, kept):
    assert usual is kept.usual
    assert sound_reason(kept) == kept
    assert len(kept.said) <= LONGEST_SAID
    assert not any(unicodedata.category(sign)[0] == "C" and sign not in "\u200c\u200d" for sign in kept.said)


@given(BLANKS)
def test_another_reason_has_to_be_said_and_a_usual_one_need_not(blanks):
    for usual in NAMED:
        assert RefundReason(usual) == sound_reason(RefundReason(usual, blanks))
    with pytest.raises(InvalidText) as refused:
        sound_reason(RefundReason(UsualReason.OTHER, blanks))
    assert "said" == refused.value.field


@given(st.sampled_from(ALL), st.text("abc", max_size=9), CONTROLS)
def test_signs_that_cannot_be_shown_are_refused(usual, before, control):
    with pytest.raises(InvalidText) as refused:
        sound_reason(RefundReason(usual, f"{before}{control}x"))
    assert "said" == refused.value.field


@given(st.sampled_from(ALL), st.integers(LONGEST_SAID + 1, 10_000))
def test_a_novel_is_refused(usual, length):
    with pytest.raises(InvalidText) as refused:
        sound_reason(RefundReason(usual, "x" * length))
    assert "said" == refused.value.field


@pytest.mark.parametrize("wrong", [None, "twice", {"$gt": ""}, RefundReason("twice"), RefundReason({"$ne": 1}, "x")])
def test_what_is_no_reason_is_refused_before_it_is_stored(wrong):
    with pytest.raises(InvalidText) as refused:
        sound_reason(wrong)
    assert "reason" == refused.value.field


@pytest.mark.parametrize("said", [{"$gt": ""}, ["x"], 7, None])
def test_an_operator_is_no_text(said):
    with pytest.raises(InvalidText):
        sound_reason(RefundReason(UsualReason.TWICE, said))


def test_it_is_told_in_one_line_and_not_where_nobody_was_asked():
    assert "twice: paid by phone, too" == RefundReason(UsualReason.TWICE, "paid by phone, too").text
    assert "car" == RefundReason(UsualReason.CAR).text
    assert {"reason": "car"} == told_of(RefundReason(UsualReason.CAR))
    assert {} == told_of(None)
