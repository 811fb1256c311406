from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.money.charging import CHARGED, Uncharged, least, most, must_be_chargeable, received, sent, why_not
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidMoney, NotChargeable

currencies = st.sampled_from(sorted(CHARGED))


@pytest.mark.parametrize(
    ("minor", "currency", "reason"),
    [
        (50, "EUR", None),
        (49, "EUR", Uncharged.TOO_LITTLE),
        (0, "EUR", Uncharged.TOO_LITTLE),
        (-100, "EUR", Uncharged.TOO_LITTLE),
        (99_999_999, "EUR", None),
        (100_000_000, "EUR", Uncharged.TOO_MUCH),
        (49, "JPY", Uncharged.TOO_LITTLE),
        (100_000_000, "JPY", None),
        (12_345, "KWD", Uncharged.FRACTION),
        (12_340, "KWD", None),
        (1, "UGX", None),
        (999_999, "UGX", None),
        (1_000_000, "UGX", Uncharged.TOO_MUCH),
        (150, "ISK", Uncharged.FRACTION),
        (200, "ISK", None),
        (17_499, "HUF", Uncharged.TOO_LITTLE),
        (9_999_999_999_999, "HUF", None),
        (1_000, "XXX", Uncharged.CURRENCY),
    ],
)
def test_P3_only_what_stripe_takes_is_chargeable(minor, currency, reason):
    assert reason is why_not(Money(minor, currency))


def test_P3_shillings_are_sent_in_hundredths():
    assert 50_000 == sent(Money(500, "UGX"))
    assert Money(500, "UGX") == received(50_000, "ugx")
    with pytest.raises(InvalidMoney):
        received(50_001, "ugx")


@given(currencies, st.integers(-(10**15), 10**15))
def test_P3_what_is_sent_comes_back_as_it_was(currency, minor):
    money = Money(minor, currency)

    assert money == received(sent(money), currency.lower())


@given(currencies)
def test_P3_least_and_most_are_the_edges(currency):
    assert why_not(least(currency)) is None
    assert why_not(most(currency)) is None
    assert Uncharged.TOO_LITTLE is why_not(least(currency) - Money(1, currency))
    assert Uncharged.TOO_MUCH is why_not(most(currency) + Money(1, currency))


def test_a_refusal_names_the_limit():
    with pytest.raises(NotChargeable) as caught:
        must_be_chargeable(Money(10, "EUR"))

    assert ("too_little", "EUR", 50) == (caught.value.reason, caught.value.currency, caught.value.limit_minor)
