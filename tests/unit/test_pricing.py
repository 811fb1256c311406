from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind, Quote, QuoteLine, quote
from engine.domain.shared.errors import CurrencyMismatch
from engine.domain.shared.period import RentalPeriod

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")

lines = st.lists(
    st.builds(QuoteLine, st.text(), st.integers(1, 366), st.integers(-9999, 9999).map(lambda n: Money(n, "JPY"))),
    min_size=1,
)


def lasting(hours):
    return RentalPeriod(NOON, NOON + timedelta(hours=hours))


@given(lines)
def test_quote_lines_sum_to_the_total(some):
    made = Quote(tuple(some), 1500)

    assert sum(line.count * line.unit.minor for line in some) == made.total.minor
    assert made.total.minor == sum(line.amount.minor for line in made.lines)


@given(st.integers(1, 100_000), st.integers(1, 24 * 366), st.integers(0, 10_000))
def test_P2_the_price_is_the_billed_days_times_the_rate(rate, hours, commission_bp):
    period = lasting(hours)
    made = quote(Money(rate, "EUR"), period, zone=BERLIN, commission_bp=commission_bp)

    assert period.billable_days(BERLIN) == made.days
    assert Money(rate * made.days, "EUR") == made.total
    assert commission_bp == made.commission_bp


def test_P2_36_hours_are_two_days_in_the_price():
    made = quote(Money(4_900, "EUR"), lasting(36), zone=BERLIN, commission_bp=1500)

    assert Money(9_800, "EUR") == made.total


def test_P3_prices_in_yen_and_dinar_are_whole_minor_units():
    yen = quote(Money(7_000, "JPY"), lasting(36), zone=BERLIN, commission_bp=1500)
    dinar = quote(Money(12_340, "KWD"), lasting(36), zone=BERLIN, commission_bp=1500)

    assert Money(14_000, "JPY") == yen.total
    assert Money(24_680, "KWD") == dinar.total


def test_lines_of_two_currencies_have_no_total():
    mixed = Quote((QuoteLine(LineKind.RENTAL, 1, Money(1, "EUR")), QuoteLine(LineKind.EXTRA, 1, Money(1, "USD"))), 0)

    with pytest.raises(CurrencyMismatch):
        mixed.total  # noqa: B018 - reading it is the act
