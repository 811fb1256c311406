"""What is open, and what the ledger gets of it, whatever the parts are that it is paid in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.booking.balance import NothingOpen, balance, sound_reference, with_given_back, with_taken
from engine.domain.booking.booking import paid_at_the_counter
from engine.domain.booking.states import BookingState
from engine.domain.money.ledger import LedgerKind, counter_rows, moved_rows, rentals_in
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, Payment, Purpose, Refund
from engine.domain.money.tender import AT_THE_COUNTER, Taken, Tender
from engine.domain.shared.errors import InvalidText, MoveRefused


@pytest.fixture
def promised(make_booking):
    booking = make_booking(state=BookingState.CONFIRMED)
    return replace(booking, payments=(paid_at_the_counter(booking.id, booking.price),))


def test_parts_that_reach_the_price_have_exactly_its_shares(promised, noon):
    @given(st.data())
    def check(data):
        booking, rows = promised, []
        price = booking.price.minor
        while (left := balance(booking).open.minor) and len(booking.payments) < 20:
            last = len(booking.payments) == 19
            part = left if last else data.draw(st.integers(1, left))
            tender = data.draw(st.sampled_from(AT_THE_COUNTER))
            posted = len(booking.payments) > 1
            after = with_taken(booking, tender, Money(part, "EUR"), Taken(noon, "clerk"))
            rows += counter_rows(booking, after.payments[-1], noon, posted=posted)
            booking = after
        sums = {kind: sum(row.amount.minor for row in rows if row.kind is kind) for kind in LedgerKind}
        platform = booking.price.share(booking.quote.commission_bp).minor
        assert (price, platform, price - platform) == tuple(
            sums[kind] for kind in (LedgerKind.CHARGE, LedgerKind.PLATFORM_SHARE, LedgerKind.OWNER_SHARE)
        )
        charges = [row for row in rows if row.kind is LedgerKind.CHARGE]
        assert 1 == sum(rentals_in(row.source_id, row.amount.minor) for row in charges)
        assert len(rows) == len({(row.source_id, row.kind) for row in rows})

    check()


def test_what_goes_back_is_what_its_tender_brought(promised, noon):
    half = with_taken(promised, Tender.CASH, Money(promised.price.minor // 2, "EUR"), Taken(noon, "clerk"))
    with pytest.raises(NothingOpen):
        with_given_back(half, Tender.TERMINAL, Money(1, "EUR"), Taken(noon, "clerk"))
    back = with_given_back(half, Tender.CASH, half.payments[1].amount, Taken(noon, "clerk"))
    assert promised.price == balance(back).open
    with pytest.raises(NothingOpen):
        with_given_back(back, Tender.CASH, Money(1, "EUR"), Taken(noon, "clerk"))


@pytest.mark.parametrize("state", [BookingState.CANCELLED, BookingState.NO_SHOW, BookingState.HELD])
def test_for_what_is_over_or_not_begun_nothing_is_taken(promised, noon, state):
    with pytest.raises(MoveRefused):
        with_taken(replace(promised, state=state), Tender.CASH, Money(1, "EUR"), Taken(noon, "clerk"))


def test_what_was_driven_too_far_is_open_beside_the_price(promised):
    assert promised.price + Money(25_00, "EUR") == balance(promised, Money(25_00, "EUR")).open


def test_money_of_the_counter_goes_along_to_another_car(promised, noon):
    paid = with_taken(promised, Tender.CASH, promised.price, Taken(noon, "clerk"))
    after = replace(paid, car_id="car-2", owner_id="owner-2", version=paid.version + 1)
    rows = moved_rows(paid, after, noon)
    assert 6 == len(rows)
    assert 0 == sum(row.amount.minor for row in rows)
    charges = {row.car_id: row for row in rows if row.kind is LedgerKind.CHARGE}
    assert {paid.car_id: -1, "car-2": 1} == {
        car: rentals_in(row.source_id, row.amount.minor) for car, row in charges.items()
    }


@pytest.mark.parametrize("text", ["4242424242424242", "4242 4242 4242 4242", "card 4242-4242-4242", "\u0664" * 12])
def test_a_cards_number_is_never_kept(text):
    with pytest.raises(InvalidText):
        sound_reference(text)


@pytest.mark.parametrize(("text", "kept"), [("", ""), ("  ", ""), (" AC 123 456 ", "AC 123 456")])
def test_an_approval_code_is_kept_as_it_is_read(text, kept):
    assert kept == sound_reference(text)


@pytest.mark.parametrize("state", list(BookingState))
def test_a_row_in_several_currencies_ends_no_sum(make_booking, noon, state):
    booking = make_booking(state=state)
    attempt = replace(booking.payment.attempt, state=AttemptState.PAID, amount=Money(1, "JPY"))
    odd = replace(booking.payment, amount=Money(1, "JPY"), attempts=(attempt,), refunds=(Refund(Money(1, "USD")),))
    cash = Payment("b1:2", Purpose.RENTAL, Tender.CASH, Money(1, "KWD"), (), taken=Taken(noon, "clerk"))
    told = balance(replace(booking, payments=(odd, cash)))
    assert {"EUR"} == {each.currency for each in (told.charged, told.paid, told.at_counter, told.open)}
