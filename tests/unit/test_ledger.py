import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.money.charging import most
from engine.domain.money.ledger import LedgerKind, charge_rows, refund_rows
from engine.domain.money.money import Money
from engine.domain.shared.errors import CurrencyMismatch, InvalidMoney

prices = st.integers(1, most("EUR").minor)
rates = st.integers(0, 10_000)


def total(rows, *kinds):
    return sum(row.amount.minor for row in rows if row.kind in kinds)


def moved(rows):
    return total(rows, LedgerKind.CHARGE, LedgerKind.REFUND)


def shared(rows):
    return total(rows, LedgerKind.OWNER_SHARE, LedgerKind.PLATFORM_SHARE)


@given(price=prices, rate=rates)
def test_the_shares_of_a_charge_add_up_to_it(price, rate, make_booking, noon):
    rows = charge_rows(make_booking(Money(price, "EUR"), rate), "ch_1", noon)

    assert price == moved(rows) == shared(rows)
    assert all(row.amount.minor >= 0 for row in rows)


@given(price=prices, rate=rates, data=st.data())
def test_P9_refunds_in_parts_give_back_exactly_what_the_charge_gave(price, rate, data, make_booking, noon):
    booking = make_booking(Money(price, "EUR"), rate)
    first = data.draw(st.integers(1, price))
    rows = [*charge_rows(booking, "ch_1", noon), *refund_rows(booking, "re_1", Money(first, "EUR"), noon)]
    assert price - first == moved(rows) == shared(rows)

    if first < price:
        rest, before = Money(price - first, "EUR"), Money(first, "EUR")
        rows += refund_rows(booking, "re_2", rest, noon, refunded_before=before)

    assert 0 == total(rows, LedgerKind.OWNER_SHARE) == total(rows, LedgerKind.PLATFORM_SHARE) == moved(rows)


@given(price=prices, rate=rates, data=st.data())
def test_everything_about_a_refund_is_negative(price, rate, data, make_booking, noon):
    back = Money(data.draw(st.integers(1, price)), "EUR")

    rows = refund_rows(make_booking(Money(price, "EUR"), rate), "re_1", back, noon)

    assert all(row.amount.minor <= 0 for row in rows)


def test_R1_shares_are_those_of_the_commission_agreed_on(make_booking, noon):
    charge, owner, platform = charge_rows(make_booking(Money(333_33, "EUR"), 1750), "ch_1", noon)

    assert Money(333_33, "EUR") == charge.amount
    assert Money(58_33, "EUR") == platform.amount
    assert Money(275_00, "EUR") == owner.amount


def test_P7_rows_of_one_stripe_fact_differ_in_kind_only(make_booking, noon):
    rows = charge_rows(make_booking(), "ch_1", noon)

    assert {("b1", "ch_1", "c1", "o1", "br1", noon)} == {
        (row.booking_id, row.source_id, row.car_id, row.owner_id, row.branch_id, row.at) for row in rows
    }
    assert 3 == len({row.kind for row in rows})


@pytest.mark.parametrize(("amount", "before"), [(0, 0), (-1, 0), (10_001, 0), (1, 10_000), (1, -1)])
def test_P9_nothing_or_more_than_was_charged_is_not_refunded(amount, before, make_booking, noon):
    with pytest.raises(InvalidMoney):
        refund_rows(make_booking(), "re_1", Money(amount, "EUR"), noon, refunded_before=Money(before, "EUR"))


def test_a_refund_in_another_currency_is_refused(make_booking, noon):
    with pytest.raises(CurrencyMismatch):
        refund_rows(make_booking(), "re_1", Money(1, "USD"), noon)
