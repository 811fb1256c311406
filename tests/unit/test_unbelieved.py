"""How a booking that is not believed ends, what the ledger takes back, and what is saved of a damaged row."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hostile import VALUES, paths, with_value
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.mongo.codec.bookings import booking_document, booking_of
from engine.adapters.mongo.codec.reading import read
from engine.adapters.mongo.queries.unbelieved import saved
from engine.domain.booking.belief import DecidedByHand, Doubt
from engine.domain.booking.booking import Step
from engine.domain.booking.changed_car import BookedCar
from engine.domain.booking.states import BLOCKING, MOVES, BookingState
from engine.domain.booking.successor import attempts_are_lawful
from engine.domain.booking.unbelieved import (
    AtStripe,
    KeptCar,
    PaymentNow,
    StoredBooking,
    ended,
    is_payable,
)
from engine.domain.booking.unbelieved import (
    given as given_back,
)
from engine.domain.money.ledger import LedgerKind, Posted, charge_rows, fact_of, leg_row, refund_rows
from engine.domain.money.money import Money
from engine.domain.money.payment import (
    AttemptState,
    IntentFacts,
    PageFacts,
    PageStatus,
    Refund,
    RefundFacts,
    RefundState,
)
from engine.domain.money.taken_back import refund_postings
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import NotBelieved

HUNDRED = Money(100_00, "EUR")
MONEY = {
    "nothing": None,
    "let go": ("canceled", 0, 0),
    "taken": ("succeeded", 100_00, 0),
    "half back": ("succeeded", 100_00, 50_00),
    "all back": ("succeeded", 100_00, 100_00),
}


def at_stripe(told, booking_id="b1"):
    if told is None:
        return AtStripe()
    status, taken, back = told
    intent = IntentFacts("pi_1", status, Money(100_00, "EUR"), Money(taken, "EUR"), "ch_1", {"booking": booking_id})
    refunds = (RefundFacts("re_1", "pi_1", "succeeded", Money(back, "EUR")),) if back else ()
    return AtStripe((), (PaymentNow(intent, refunds),))


def honest(make_booking, make_attempt, noon, state):
    """One that stands there by the shortest way that there is, with an attempt that fits."""
    ways = {BookingState.HELD: (BookingState.HELD,)}
    while state not in ways:
        ways |= {after: (*way, after) for before, way in list(ways.items()) for after in MOVES[before] - ways.keys()}
    history = tuple(Step(each, noon + timedelta(seconds=n), "x") for n, each in enumerate(ways[state]))
    named = {"session_id": "cs_1"}
    paid = {"state": AttemptState.PAID, "payment_intent": "pi_1", **named}
    fitting = {
        BookingState.HELD: {"state": AttemptState.OPEN, **named},
        BookingState.AWAITING_FUNDS: {"state": AttemptState.OPEN, **named},
        BookingState.RELEASING: {"state": AttemptState.OPEN, **named},
        BookingState.RELEASED: {"state": AttemptState.EXPIRED, **named},
    }.get(state, paid)
    return make_booking(state=state, history=history, attempts=(make_attempt(**fitting),))


@pytest.mark.parametrize("money", MONEY)
@pytest.mark.parametrize("state", BookingState)
def test_it_ends_by_moves_that_there_are_with_what_stripe_says(make_booking, make_attempt, noon, state, money):
    booking, facts = honest(make_booking, make_attempt, noon, state), at_stripe(MONEY[money])
    later = noon + timedelta(hours=1)

    after = ended(booking, facts, Doubt.RULES, now=later, by="admin")

    assert after.state not in BLOCKING
    steps = after.history
    assert booking.history == steps[: len(booking.history)]
    assert after.state is steps[-1].state
    assert all(there.state in MOVES[here.state] for here, there in pairwise(steps))
    assert (booking.version + 1, None) == (after.version, after.due_at)
    assert after.person_at is not None
    assert after.person_at <= later
    assert attempts_are_lawful(after), (after.state, after.payment.attempt)
    assert not after.money_waits
    back = facts.given_back[0] if facts.given_back else None
    assert (back and Refund(back, RefundState.DONE, "re_1")) == after.payment.refund
    assert booking_of(booking_document(after)) == after


@given(
    captured=st.integers(1, 10**7),
    commission=st.integers(0, 10_000),
    parts=st.lists(st.integers(1, 10**7), max_size=4),
    known=st.booleans(),
)
def test_the_ledger_takes_back_what_it_posted_to_the_cent(make_booking, noon, captured, commission, parts, known):
    """Whatever was given back before, in however many parts, and whatever the row says of shares by now."""
    booking = make_booking(Money(captured, "EUR"), commission)
    posted, refunds, before = list(charge_rows(booking, "ch_1", noon)) if known else [], [], Money(0, "EUR")
    for n, part in enumerate(parts):
        if before.minor + part < captured and known:
            amount = Money(part, "EUR")
            posted += refund_rows(booking, f"re_{n}", amount, noon, refunded_before=before)
            refunds.append(RefundFacts(f"re_{n}", "pi_1", "succeeded", amount))
            before += amount
    rest = Money(captured, "EUR") - before
    refunds = [RefundFacts("re_rest", "pi_1", "succeeded", rest), *reversed(refunds)]
    intent = IntentFacts("pi_1", "succeeded", Money(captured, "EUR"), Money(captured, "EUR"), "ch_1", {"booking": "b1"})
    told = make_booking(Money(captured, "EUR"), commission if not known else 0)
    stored = StoredBooking(told, "mark", posted=tuple(posted))

    new = refund_postings(stored, PaymentNow(intent, tuple(refunds)), own=True, now=noon)

    rows = [*posted, *new]
    for kinds in ((LedgerKind.CHARGE, LedgerKind.REFUND), (LedgerKind.OWNER_SHARE,), (LedgerKind.PLATFORM_SHARE,)):
        assert 0 == sum(row.amount.minor for row in rows if row.kind in kinds)
    assert -rest.minor == sum(row.amount.minor for row in new if row.kind is LedgerKind.REFUND)
    again = StoredBooking(told, "mark", posted=tuple(rows))
    assert () == refund_postings(again, PaymentNow(intent, tuple(refunds)), own=True, now=noon)


def test_of_a_rental_with_several_cars_each_gives_back_what_it_has(make_booking, noon):
    first = make_booking(Money(100_01, "EUR"), 1500)
    other = BookedCar("car-9", "Golf · B 9", "owner-9")
    charged = charge_rows(first, "ch_1", noon)
    moved = [
        row
        for car, sign in ((first.car, -1), (other, 1))
        for row in leg_row(first, car, 1, Posted(Money(sign * 33_34, "EUR"), Money(sign * 5_00, "EUR")), noon)
    ]
    stored = StoredBooking(first, "mark", posted=(*charged, *moved))
    whole = Money(100_01, "EUR")
    intent = IntentFacts("pi_1", "succeeded", whole, whole, "ch_1", {"booking": "b1"})
    back = (RefundFacts("re_1", "pi_1", "succeeded", whole),)

    new = refund_postings(stored, PaymentNow(intent, back), own=True, now=noon)

    sums = Counter()
    for row in (*stored.posted, *new):
        kind = LedgerKind.CHARGE if row.kind is LedgerKind.REFUND else row.kind
        sums[row.car_id, row.owner_id, kind] += row.amount.minor
    assert {0} == set(sums.values()), sums
    assert 6 == len({(row.kind, row.source_id) for row in new}) == len(new)
    assert {"re_1"} == {fact_of(row.source_id) for row in new}


def test_of_somebody_elses_payment_nothing_is_posted(make_booking, noon):
    facts = at_stripe(MONEY["all back"])

    assert () == refund_postings(StoredBooking(make_booking(), "mark"), facts.payments[0], own=False, now=noon)


def test_an_order_by_hand_is_for_a_payment_that_stripe_calls_the_bookings_own():
    mine, other = (at_stripe(MONEY["taken"], each).payments[0].intent for each in ("b1", "b2"))
    by_hand = DecidedByHand("b1")

    assert ("pi_1", "hand:rf:b1:pi_1") == (
        by_hand.give_back(mine, HUNDRED).payment_intent,
        by_hand.give_back(mine, HUNDRED).key,
    )
    for order in (lambda: by_hand.give_back(other, HUNDRED), lambda: by_hand.void(other)):
        with pytest.raises(NotBelieved):
            order()


def test_given_back_what_was_due_for_want_of_a_car_is_refunded(make_booking, make_attempt, noon):
    due = honest(make_booking, make_attempt, noon, BookingState.REFUND_DUE)
    stood = honest(make_booking, make_attempt, noon, BookingState.COMPLETED)
    facts = at_stripe(MONEY["all back"])

    assert BookingState.REFUNDED is given_back(due, facts, Doubt.RULES, now=noon, by="admin").state
    assert BookingState.COMPLETED is given_back(stood, facts, Doubt.RULES, now=noon, by="admin").state


@pytest.mark.parametrize(
    ("status", "intent", "payable"),
    [
        (PageStatus.OPEN, "", True),
        (PageStatus.OPEN, "requires_capture", False),
        (PageStatus.COMPLETE, "requires_capture", False),
        (PageStatus.EXPIRED, "", False),
    ],
)
def test_what_can_still_be_paid_is_an_open_page(make_page, status, intent, payable):
    page: PageFacts = replace(make_page(), status=status, paid=False, intent_status=intent)

    assert payable is is_payable(page)


def test_of_every_damaged_row_something_is_saved_that_can_be_written_and_ended(make_booking, make_attempt, noon):
    """Every field of an honest row, with every hostile value there is: thousands of rows."""
    whole = booking_document(replace(honest(make_booking, make_attempt, noon, BookingState.CONFIRMED), priced=None))
    car = KeptCar("c9", "Golf · B-DS 9", make_booking().period)
    damaged = 0
    for path in paths(whole):
        for value in VALUES:
            row = with_value(whole, path, value)
            if not isinstance(read("bookings", row, booking_of), Damaged):
                continue
            damaged += 1
            for cars in ((), (car,)):
                made = saved(row, cars, noon)
                assert booking_of(booking_document(made)) == made
                assert made.payment.attempt.amount == made.price
                after = ended(made, AtStripe(), Doubt.DAMAGED, now=noon, by="admin")
                assert booking_of(booking_document(after)) == after
                assert not after.blocking
    assert damaged > 500
