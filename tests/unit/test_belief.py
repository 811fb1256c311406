"""Which rows are believed, over generated ones: hostile values of the right type in every field that is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from altered import altered
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.booking.belief import Doubt, Evidence, believe, doubt_of, terms_then
from engine.domain.booking.booking import Booking, BookingId, Priced, Step, rental_payment
from engine.domain.booking.cancellation import CancellationRule
from engine.domain.booking.frozen import TAG_SETS, freeze, order_of, version_of
from engine.domain.booking.giving_back import Reason, given_back, owed
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.states import MOVES, BookingState
from engine.domain.booking.successor import MOVES_SINCE, SLACK, Reached, moves_at
from engine.domain.car.car import BranchId, CarId, CarTerms, OwnerId, TermsSince
from engine.domain.firm.settings import BEGINNING, FirmSettings, Revision
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, AttemptState, IntentFacts, PageOrder, Refund, RefundState, Stay
from engine.domain.money.pricing import LineKind, Quote, QuoteLine
from engine.domain.money.trouble import FURTHEST_DUE, Trouble, Why
from engine.domain.people.people import AccountName, RenterId
from engine.domain.shared.errors import NotBelieved
from engine.domain.shared.period import RentalPeriod

MADE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOW = MADE + timedelta(minutes=5)
RULES = FirmSettings()
PAGE = "https://firm.example/paid"
EVIDENCE = Evidence(
    now=NOW,
    revisions=(Revision(1, BEGINNING, RULES, AccountName("admin"), BEGINNING),),
    return_pages=frozenset({PAGE}),
)
STAY = Stay(CarId("car-1"), RentalPeriod(MADE + timedelta(days=5), MADE + timedelta(days=7)), Money(50_00, "EUR"))
ORDER = PageOrder(
    booking_id="B1",
    attempt=1,
    amount=Money(100_00, "EUR"),
    title="VW Golf · B-DS 1",
    renter_email="ada@example.org",
    expires_at=MADE + timedelta(minutes=31),
    return_url=f"{PAGE}?booking=B1",
    stay=STAY,
)


def booking(**changes: object) -> Booking:
    """Held and prepared, as the program writes it."""
    price = ORDER.amount
    made = Booking(
        id=BookingId("B1"),
        car_id=CarId("car-1"),
        car_label="VW Golf · B-DS 1",
        owner_id=OwnerId("owner-1"),
        branch_id=BranchId("br"),
        return_branch_id=BranchId("br"),
        zone="Europe/Berlin",
        renter_id=RenterId("r"),
        renter_name="Ada Moreau",
        booked_by=AccountName("clerk"),
        period=ORDER.stay.period,
        state=BookingState.HELD,
        hold_until=MADE + RULES.hold,
        created_at=MADE,
        quote=Quote((QuoteLine(LineKind.RENTAL, 2, Money(50_00, "EUR")),), RULES.commission_bp),
        payments=(rental_payment(BookingId("B1"), price, Attempt(1, freeze(ORDER), price, ORDER.expires_at)),),
        intent_key="k",
        history=(Step(BookingState.HELD, MADE, "clerk"),),
        cancellation=RULES.cancellation,
    )
    return altered(made, **changes)


def terms(**changes: object) -> TermsSince:
    """What the honest booking was priced by, held since a day before."""
    made = {"car_id": CarId("car-1"), "label": ORDER.title, "owner_id": OwnerId("owner-1"), "branch_id": BranchId("br")}
    agreed = CarTerms(**{**made, "zone": "Europe/Berlin", "daily_rate": STAY.rate, "n": 2, **changes})
    return TermsSince(agreed, "owner", MADE - timedelta(days=1), MADE + timedelta(days=1))


def priced_by(row, named, first=None):
    held, older = terms_then(row, named, first)
    return replace(EVIDENCE, terms=held, older_than_terms=older)


PRICED = Priced(CarId("car-1"), 2)


def test_a_price_of_more_lines_than_are_sold_is_doubted_and_ends_nothing():
    day = QuoteLine(LineKind.RENTAL, 1, Money(50_00, "EUR"))
    row = booking(quote=Quote((day, day), RULES.commission_bp))

    assert booking().quote.total == row.quote.total
    assert Doubt.OWN_PRICE is doubt_of(row, EVIDENCE)


def test_a_booking_is_priced_by_the_terms_that_it_names():
    row = booking(priced=PRICED)

    assert doubt_of(row, priced_by(row, terms())) is None
    for strange in (
        {"daily_rate": Money(50_01, "EUR")},
        {"owner_id": OwnerId("owner-2")},
        {"label": "VW Golf · B-DS 2"},
        {"branch_id": BranchId("other")},
        {"zone": "Europe/Paris"},
        {"car_id": CarId("car-2")},
        {"n": 3},
    ):
        assert Doubt.PRICE == doubt_of(row, priced_by(row, terms(**strange)))


def test_terms_that_did_not_hold_then_price_nothing():
    row, held = booking(priced=PRICED), terms()
    for when in (
        replace(held, at=MADE + timedelta(minutes=1)),
        replace(held, until=MADE - timedelta(minutes=1)),
    ):
        assert Doubt.PRICE == doubt_of(row, priced_by(row, when))
    assert Doubt.PRICE == doubt_of(row, priced_by(row, None)), "it names terms that there are not"


def test_only_what_is_older_than_the_series_is_compared_with_itself():
    older = replace(terms(), at=MADE + timedelta(days=1))

    assert doubt_of(booking(), priced_by(booking(), None, older)) is None
    assert doubt_of(booking(), priced_by(booking(), None, None)) is None
    assert Doubt.PRICE == doubt_of(booking(), priced_by(booking(), None, terms()))
    own = booking(quote=Quote((QuoteLine(LineKind.RENTAL, 3, Money(50_00, "EUR")),), RULES.commission_bp))
    assert Doubt.OWN_PRICE == doubt_of(own, priced_by(own, None, older))


def gone_on(*states: BookingState, attempt: dict | None = None, **changes: object) -> Booking:
    """As it stands after those moves, a second apart, with its page opened and paid."""
    made = booking()
    steps = [Step(state, MADE + timedelta(seconds=n + 1), "sweeper") for n, state in enumerate(states)]
    paid = {"state": AttemptState.PAID, "session_id": "cs_1", "payment_intent": "pi_1"} | (attempt or {})
    attempts = (replace(made.payment.attempt, **paid),)
    return altered(made, state=states[-1], history=(*made.history, *steps), attempts=attempts, **changes)


CONFIRMED = gone_on(BookingState.CONFIRMED)
CANCELLED = gone_on(BookingState.CONFIRMED, BookingState.CANCELLED, refund=Refund(Money(100_00, "EUR")))
GONE = gone_on(BookingState.RELEASING, BookingState.RELEASED, BookingState.REFUND_DUE)
HONEST = {"held": booking(), "confirmed": CONFIRMED, "cancelled": CANCELLED, "gone": GONE}
INTENT = IntentFacts("pi_1", "requires_capture", Money(100_00, "EUR"), Money(0, "EUR"), "", TAG_SETS[2](ORDER))


@pytest.mark.parametrize("name", HONEST)
def test_what_the_program_writes_is_believed(name):
    assert doubt_of(HONEST[name], EVIDENCE) is None


TEXT = st.text(max_size=30)
TIMES = st.datetimes(datetime(1970, 1, 2), datetime(9998, 1, 1), timezones=st.just(UTC))
COUNTS = st.integers(-(2**63), 2**63 - 1)
MONEY = st.builds(Money, COUNTS, st.sampled_from(("EUR", "USD", "JPY")))
STEPS = st.lists(st.builds(Step, st.sampled_from(BookingState), TIMES, TEXT), max_size=6).map(tuple)
RULE = st.builds(CancellationRule, st.integers(0, 10**6), st.integers(0, 10_000))
LINE = st.builds(QuoteLine, st.sampled_from(("day", "night", "")), st.integers(1, 10**9), MONEY)


def in_attempt(**changes: st.SearchStrategy) -> st.SearchStrategy:
    return st.fixed_dictionaries(changes).map(
        lambda changed: lambda row: altered(row, attempts=(replace(row.payment.attempt, **changed),))
    )


def in_row(**changes: st.SearchStrategy) -> st.SearchStrategy:
    return st.fixed_dictionaries(changes).map(lambda changed: lambda row: altered(row, **changed))


def in_payment(**changes: st.SearchStrategy) -> st.SearchStrategy:
    return st.fixed_dictionaries(changes).map(
        lambda changed: lambda row: row.with_payment(replace(row.payment, **changed))
    )


#: Each field that is read before money moves, with any value of its type.
FIELDS = {
    "state": in_row(state=st.sampled_from(BookingState)),
    "history": in_row(history=STEPS),
    "created_at": in_row(created_at=TIMES),
    "hold_until": in_row(hold_until=TIMES.filter(lambda at: at > MADE + RULES.hold + SLACK)),
    "zone": in_row(zone=TEXT),
    "car_label": in_row(car_label=TEXT),
    "cancellation": in_row(cancellation=st.lists(RULE, max_size=4).map(tuple)),
    "quote.lines": in_row(quote=st.builds(Quote, st.lists(LINE, max_size=3).map(tuple), st.just(RULES.commission_bp))),
    "quote.commission_bp": in_row(
        quote=st.builds(replace, st.just(booking().quote), commission_bp=st.integers(0, 10_000))
    ),
    "payments.amount": in_payment(amount=MONEY),
    "payments": st.integers(2, 9).map(
        lambda n: lambda row: replace(row, payments=(*row.payments, replace(row.payment, id=f"{row.id}:{n}")))
    ),
    "attempts.n": in_attempt(n=st.integers(1, 2**40)),
    "attempts.request": in_attempt(request=TEXT),
    "attempts.amount": in_attempt(amount=MONEY),
    "attempts.state": in_attempt(state=st.sampled_from(AttemptState)),
    "attempts.expires_at": in_attempt(expires_at=TIMES),
    "attempts.captured_at": in_attempt(captured_at=TIMES.filter(lambda at: at < MADE - SLACK)),
    "refund": in_row(
        refund=st.builds(Refund, MONEY, st.sampled_from((RefundState.DUE, RefundState.PENDING)), st.just(""))
    ),
}


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", HONEST)
def test_a_hostile_value_is_doubted_or_changes_nothing_about_the_money(name, field, data):
    row = HONEST[name]
    hostile = data.draw(FIELDS[field])(row)

    try:
        believed = believe(hostile, EVIDENCE)
    except NotBelieved:
        return

    # What is believed all the same asks Stripe for the same as before, under the same key.
    assert (row.price, row.payment.attempt.request) == (hostile.price, hostile.payment.attempt.request)
    assert believed.page().key == "co:B1:1"
    if hostile.refund_waits:
        assert hostile.payment.refund.amount == owed(row) == owed(hostile)
    assert owed(hostile).minor <= owed(row).minor or hostile.state is not row.state


def steps_to(*states):
    return tuple(Step(state, MADE + timedelta(seconds=n), "x") for n, state in enumerate(states))


@given(st.lists(st.sampled_from(BookingState), min_size=1, max_size=6))
def test_a_story_is_believed_only_along_the_table(states):
    row = replace(booking(), state=states[-1], history=steps_to(*states))
    along = states[0] is BookingState.HELD and all(b in MOVES[a] for a, b in pairwise(states))

    assert along == (doubt_of(row, EVIDENCE) is not Doubt.HISTORY)


def test_a_step_is_judged_by_the_table_of_its_days(monkeypatch):
    from engine.domain.booking import successor  # noqa: PLC0415 -- its tables are changed below

    first = MOVES_SINCE[1]
    later = {**MOVES, BookingState.COMPLETED: frozenset({BookingState.CANCELLED})}
    monkeypatch.setattr(successor, "MOVES_SINCE", {**MOVES_SINCE, 7: later})
    reached = (Reached(3, MADE), Reached(8, MADE + timedelta(days=1)))

    assert first == moves_at(MADE, reached) == moves_at(MADE)
    assert later == moves_at(MADE + timedelta(days=2), reached)


@pytest.mark.parametrize(
    ("starts_in", "rules", "back"),
    [
        (timedelta(hours=49), RULES.cancellation, 100_00),
        (timedelta(hours=47), RULES.cancellation, 50_00),
        (timedelta(0), RULES.cancellation, 0),
        (timedelta(hours=-1), (CancellationRule(0, 10_000),), 0),
        (timedelta(hours=49), (), 0),
    ],
)
def test_one_function_says_what_is_given_back(starts_in, rules, back):
    period = RentalPeriod(NOW + starts_in, NOW + starts_in + timedelta(days=2))
    row = replace(CONFIRMED, period=period, cancellation=rules)

    assert Money(back, "EUR") == given_back(row, Reason.CANCELLED, NOW)
    assert row.price == given_back(row, Reason.CAR_GONE, NOW)


def test_a_cancellation_is_late_only_while_something_is_to_be_given_back():
    after = replace(EVIDENCE, now=CANCELLED.period.starts_at + timedelta(days=1))
    taken = (replace(CANCELLED.payment.attempt, captured_at=MADE + timedelta(seconds=2)),)
    unheard = altered(CANCELLED, attempts=taken)
    done = altered(unheard, refund=Refund(CANCELLED.payment.refund.amount, RefundState.DONE, "re_1"))

    assert Doubt.CAR_WAS_OUT == doubt_of(unheard, after)
    assert doubt_of(done, after) is doubt_of(altered(unheard, refund=None), after) is None


def test_every_reason_has_its_rule():
    from engine.domain.booking.giving_back import GIVEN_BACK  # noqa: PLC0415 -- the table itself

    assert set(Reason) == set(GIVEN_BACK)


@pytest.mark.parametrize(
    "told",
    [
        {"tags": {"booking": "B2", "attempt": "1"}},
        {"tags": {"booking": "B1", "attempt": "2"}},
        {"tags": {}},
        {"tags": {"booking": "B1", "attempt": "1", "car": "x"}},
        {"tags": TAG_SETS[2](ORDER) | {"from": "2026-12-01T09:00:00.000+00:00"}},
        {"tags": TAG_SETS[2](ORDER) | {"price": "1 EUR"}},
        {"amount": Money(1, "EUR")},
        {"amount": Money(100_00, "USD")},
        {"payment_intent": "pi_2"},
    ],
)
def test_another_payment_gets_no_order(told):
    intent = replace(INTENT, **told)
    for row, order in (
        (CONFIRMED, lambda believed: believed.capture(intent)),
        (CANCELLED, lambda believed: believed.void(intent)),
        (CANCELLED, lambda believed: believed.give_back(CANCELLED.payment.refund, intent)),
    ):
        with pytest.raises(NotBelieved) as caught:
            order(believe(row, EVIDENCE))
        assert Doubt.PAYMENT == caught.value.doubt


@given(MONEY)
def test_no_other_amount_gets_an_order_to_be_given_back(amount):
    believed = believe(CANCELLED, EVIDENCE)
    if amount == Money(100_00, "EUR"):
        assert amount == believed.give_back(Refund(amount), INTENT).amount
    else:
        with pytest.raises(NotBelieved):
            believed.give_back(Refund(amount), INTENT)


@pytest.mark.parametrize("version", TAG_SETS)
@given(title=TEXT, email=TEXT, minor=st.integers(50, 10**6), expires_at=TIMES)
def test_what_is_frozen_is_known_again_byte_for_byte(version, title, email, minor, expires_at):
    amount, stay = Money(minor, "EUR"), Stay(STAY.car_id, STAY.period, Money(minor, "EUR"))
    order = replace(ORDER, amount=amount, title=title, renter_email=email or "a@b", expires_at=expires_at, stay=stay)
    frozen = freeze(order, version)

    assert version == version_of(order, frozen)
    for other in (frozen + " ", " " + frozen, frozen.replace('"mode"', '"mode":"setup","mode"'), frozen[:-1]):
        assert version_of(order, other) is None
    quote = Quote((QuoteLine(LineKind.RENTAL, 1, Money(minor, "EUR")),), 0)
    row = booking(attempts=(Attempt(1, frozen, order.amount, expires_at),), quote=quote, car_label=title)
    told = order_of(row, row.payment.attempt)
    assert told is None or version_of(told, frozen) == version


@given(TIMES, TIMES)
def test_no_stored_time_silences_a_booking(again_at, since):
    row = altered(booking(), trouble=Trouble(Why.STUCK, since, 1, again_at)).tamed(NOW)

    assert row.trouble.again_at <= NOW + FURTHEST_DUE
    assert row.trouble.since <= NOW


@given(st.none() | st.builds(RefundReason, st.sampled_from(list(UsualReason)), st.text(max_size=60)))
def test_whatever_is_said_the_same_goes_back_and_the_row_is_believed(reason):
    last = replace(CANCELLED.history[-1], reason=reason)
    told = replace(CANCELLED, history=(*CANCELLED.history[:-1], last))

    assert owed(told) == owed(CANCELLED)
    assert doubt_of(told, EVIDENCE) is None
    order, same = (believe(each, EVIDENCE).give_back(each.payment.refund, INTENT) for each in (told, CANCELLED))
    assert order == same
