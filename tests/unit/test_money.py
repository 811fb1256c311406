import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.domain.money.money import THREE_DECIMAL, ZERO_DECIMAL, Money
from engine.domain.shared.errors import CurrencyMismatch, InvalidMoney

currencies = st.sampled_from(["EUR", "USD", "JPY", "KWD"])
minors = st.integers(-(10**12), 10**12)


@given(minors, minors, minors, currencies)
def test_P3_sums_are_exact_in_any_order(a, b, c, currency):
    one, two, three = (Money(minor, currency) for minor in (a, b, c))

    assert (one + two) + three == three + (two + one)
    assert one + two - two == one
    assert Money(0, currency) == one + -one


@given(minors, st.integers(0, 10_000), currencies)
def test_P3_a_share_and_the_rest_are_the_whole(minor, basis_points, currency):
    whole = Money(minor, currency)
    share = whole.share(basis_points)

    assert whole == share + (whole - share)
    assert abs(share.minor * 10_000 - minor * basis_points) <= 5_000


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_no_share_is_negative_or_more_than_the_whole(minor, basis_points):
    assert 0 <= Money(minor, "EUR").share(basis_points).minor <= minor


@pytest.mark.parametrize(
    ("minor", "basis_points", "share"), [(1, 5000, 1), (3, 5000, 2), (333, 1500, 50), (10, 1500, 2)]
)
def test_P3_half_a_cent_is_rounded_up(minor, basis_points, share):
    assert Money(share, "EUR") == Money(minor, "EUR").share(basis_points)


@given(minors, st.integers(0, 1000), currencies)
def test_times_is_repeated_addition(minor, count, currency):
    assert Money(minor * count, currency) == Money(minor, currency).times(count)


@pytest.mark.parametrize("minor", [1.0, 12.5, "100", None, True, {"$gt": ""}], ids=repr)
def test_P3_minor_units_are_integers_only(minor):
    with pytest.raises(InvalidMoney):
        Money(minor, "EUR")


def test_P3_a_float_count_makes_no_money():
    with pytest.raises(InvalidMoney):
        Money(100, "EUR").times(1.5)


@pytest.mark.parametrize("currency", ["eur", "EURO", "EU", "", "E1R", "EUR\n", None, 978], ids=repr)
def test_a_currency_is_an_iso_code(currency):
    with pytest.raises(InvalidMoney):
        Money(1, currency)


@given(currencies, currencies)
def test_currencies_do_not_mix(one, other):
    assume(one != other)

    with pytest.raises(CurrencyMismatch):
        Money(1, one) + Money(1, other)
    with pytest.raises(CurrencyMismatch):
        Money(1, one) - Money(1, other)


@pytest.mark.parametrize(("currency", "places"), [("JPY", 0), ("KRW", 0), ("EUR", 2), ("KWD", 3), ("TND", 3)])
def test_P3_each_currency_has_its_own_decimal_places(currency, places):
    assert places == Money(1, currency).exponent


def test_P3_no_currency_is_in_two_tables():
    assert not ZERO_DECIMAL & THREE_DECIMAL
