"""Fields that read numbers take any number of digits for what it is: no number of theirs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.views.fleet import car_form_view
from desktop.views.search import last_search
from desktop.words.figures import minor_of

DIGITS = st.integers(19, 6000).map("9".__mul__)


@given(DIGITS)
def test_the_cars_form(digits):
    assert car_form_view._number(digits) == -1


@given(DIGITS)
def test_the_last_search_of_this_computer(digits):
    assert last_search._number(digits) is None


@given(DIGITS, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount(digits, currency):
    assert minor_of(digits, currency) is None
    assert minor_of(f"1,{digits}", currency) is None
