from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.money.cash import counted, denominations, in_coins, smallest
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidMoney


@pytest.mark.parametrize(
    ("minor", "currency", "country", "paid"),
    [
        (12_34, "EUR", "DE", 12_34), (12_32, "EUR", "FI", 12_30), (12_33, "EUR", "FI", 12_35),
        (12_37, "EUR", "BE", 12_35), (12_38, "EUR", "NL", 12_40), (2, "EUR", "EE", 0),
        (12_34, "CHF", "CH", 12_35), (99_49, "SEK", "SE", 99_00), (99_50, "SEK", "SE", 100_00),
        (1250, "HUF", "HU", 1500), (1234, "KWD", "KW", 1234),
    ],
)  # fmt: skip
def test_cash_is_rounded_to_the_nearest_coin(minor, currency, country, paid):
    assert paid == in_coins(Money(minor, currency), country).minor


@given(st.integers(0, 10**9), st.sampled_from(["EUR", "CHF", "SEK", "JPY", "HUF"]), st.sampled_from(["FI", "DE", "CH"]))
def test_rounding_moves_no_amount_by_more_than_half_a_coin(minor, currency, country):
    paid, step = in_coins(Money(minor, currency), country).minor, smallest(currency, country)
    assert paid % step == 0
    assert abs(paid - minor) * 2 <= step


@given(st.sampled_from(["EUR", "GBP", "USD", "CHF", "SEK", "JPY", "KWD", "HUF"]), st.data())
def test_whatever_is_counted_in_what_there_is_adds_up(currency, data):
    known = denominations(currency, "FI")
    assert list(known) == sorted(set(known), reverse=True)
    pieces = [(each, data.draw(st.integers(0, 500))) for each in known]
    assert sum(each * count for each, count in pieces) == counted(currency, pieces).minor


@pytest.mark.parametrize("pieces", [[(100, -1)], [(100, 1.5)], [(100, True)], [(0, 1)], [(-5, 1)], [(100, 10**9)]])
def test_what_nobody_can_count_is_refused(pieces):
    with pytest.raises(InvalidMoney):
        counted("EUR", pieces)
