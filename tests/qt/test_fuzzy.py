"""A few letters find the right command, and the best fit comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.widgets.palette.fuzzy import fit

LINES = [
    "All bookings Go to",
    "Find a car Go to",
    "Bookings Go to",
    "Search bookings Bookings",
    "Sort: Price, lowest first Bookings",
    "Sign out",
]


def best(typed):
    found = [(fit(typed, line), line) for line in LINES]
    return [line for score, line in sorted(found, key=lambda pair: -(pair[0] or -1)) if score is not None]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("bo", "Bookings Go to"),
        ("bookings go to", "Bookings Go to"),
        ("all", "All bookings Go to"),
        ("search bo", "Search bookings Bookings"),
        ("price", "Sort: Price, lowest first Bookings"),
        ("low pri", "Sort: Price, lowest first Bookings"),
        ("fac", "Find a car Go to"),
        ("SIGN", "Sign out"),
        ("out", "Sign out"),
    ],
)
def test_the_best_fit_is_first(typed, first):
    assert first == best(typed)[0]


@pytest.mark.parametrize(
    ("typed", "meant", "first"),
    [
        ("sign otu", "sign out", "Sign out"),
        ("sigm", "sign", "Sign out"),
        ("siggn", "sign", "Sign out"),
        ("pirce", "price", "Sort: Price, lowest first Bookings"),
        ("saerch bo", "search bo", "Search bookings Bookings"),
    ],
)
def test_one_slip_of_the_fingers_is_forgiven_and_never_comes_before_what_was_typed(typed, meant, first):
    assert first == best(typed)[0]
    assert (fit(typed, first) or 0) < (fit(meant, first) or 0)


@pytest.mark.parametrize("typed", ["zz", "price zz", "tuo ngis"])
def test_what_is_not_there_is_not_found(typed):
    assert [] == best(typed)


def test_nothing_typed_keeps_everything_in_its_order():
    assert LINES == best("")


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_text_is_taken_and_a_line_finds_itself(typed, words):
    fit(typed, words)

    assert fit(words, words) is not None
