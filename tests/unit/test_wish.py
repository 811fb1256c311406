"""What a wish says: read as it was written, refused for whatever no program of ours writes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.booking.wish import (
    WISH_AHEAD,
    WISH_LIVES,
    CancelWish,
    GiveUpWish,
    HoldWish,
    Wish,
    WishId,
    WishKind,
    body_of,
    kind_of,
)
from engine.domain.booking.wish_answer import facts_of, problem_of
from engine.domain.booking.wish_errors import WishRefused
from engine.domain.car.handing_over import ClosedThen
from engine.domain.money.money import Money
from engine.domain.shared import errors
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.period import RentalPeriod

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
IDS = st.text("abcXYZ019-_.", min_size=1, max_size=40)
AMOUNTS = st.builds(Money, st.integers(0, 10**9), st.sampled_from(["EUR", "JPY", "KWD"]))
STARTS = st.integers(0, 10**6).map(lambda minutes: NOW + timedelta(minutes=minutes))
PERIODS = st.builds(
    lambda start, hours: RentalPeriod(start, start + timedelta(hours=hours)), STARTS, st.integers(1, 24 * 300)
)
WISHES = (
    st.builds(HoldWish, IDS, PERIODS, IDS, AMOUNTS, st.none() | IDS)
    | st.builds(CancelWish, IDS, AMOUNTS)
    | st.builds(GiveUpWish, IDS)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@given(body=st.text(max_size=300) | JSON.map(json.dumps), kind=st.sampled_from([*WishKind, "", "x"]))
def test_every_body_is_refused_or_read_and_nothing_else_is_raised(body, kind):
    made = Wish(WishId("w-1"), "renter", kind, body, 1)
    try:
        made.asked()
    except WishRefused:
        return
    assert made.kind in set(WishKind)


@given(asked=WISHES)
def test_what_was_wished_is_read_as_it_was_written(asked):
    assert asked == Wish(WishId("w-1"), "renter", kind_of(asked), body_of(asked), 1).asked()


@given(asked=WISHES, junk=JSON, data=st.data())
def test_a_field_that_is_missing_changed_or_new_is_refused_or_read_and_nothing_else(asked, junk, data):
    fields = json.loads(body_of(asked))
    name = data.draw(st.sampled_from([*fields, "more"]))
    for body in (fields | {name: junk}, {key: value for key, value in fields.items() if key != name}):
        made = Wish(WishId("w-1"), "renter", kind_of(asked), json.dumps(body), 1)
        try:
            read = made.asked()
        except WishRefused:
            continue
        assert body == json.loads(body_of(read)) or set(body) == set(fields)


@pytest.mark.parametrize("body", ["[" * 1900, "9" * 1900, '{"a":' * 300, "\ud800", "NaN", '{"booking_id":"\\ud800"}'])
def test_a_body_that_is_hard_to_read_is_refused(body):
    with pytest.raises(WishRefused):
        Wish(WishId("w-1"), "renter", WishKind.GIVE_UP, body, 1).asked()


@given(first=WISHES, at_ms=st.integers(0, 2**53))
def test_whatever_differs_is_signed(first, at_ms):
    made = Wish(WishId("w-1"), "renter", kind_of(first), body_of(first), at_ms)
    others = (
        Wish(WishId("w-2"), "renter", made.kind, made.body, at_ms),
        Wish(WishId("w-1"), "other", made.kind, made.body, at_ms),
        Wish(WishId("w-1"), "renter", "other", made.body, at_ms),
        Wish(WishId("w-1"), "renter", made.kind, made.body + " ", at_ms),
        Wish(WishId("w-1"), "renter", made.kind, made.body, at_ms + 1),
    )

    assert made.signed_bytes not in [other.signed_bytes for other in others]


@pytest.mark.parametrize("off", [-WISH_LIVES, timedelta(0), WISH_AHEAD])
def test_a_wish_lives_a_minute(off):
    def at(moment):
        return Wish(WishId("w-1"), "renter", "hold", "", round(moment.timestamp() * 1000))

    at(NOW + off).must_be_current(NOW)
    for dead in (NOW - WISH_LIVES - timedelta(milliseconds=1), NOW + WISH_AHEAD + timedelta(milliseconds=1)):
        with pytest.raises(WishRefused):
            at(dead).must_be_current(NOW)


@pytest.mark.parametrize(
    "problem",
    [
        errors.PeriodTaken("car-1", NOW, ("b-1",)),
        errors.PeriodTaken("car-1"),
        ClosedThen("pickup", "br-1", "Mitte", "Europe/Berlin", NOW, NOW),
        ClosedThen("return", "br-1", "Mitte", "Europe/Berlin", NOW),
        errors.PriceChanged("1, 2"),
        errors.CarNotRentable("car-1"),
        errors.MoveRefused("a", "b"),
        errors.NotFound("car", "car-1"),
        errors.InvalidPeriod("period.too_long", days=90),
        errors.InvalidText("body", "field.too_long", longest=9),
        errors.Forbidden("no"),
        errors.InvalidMoney("no"),
        errors.PaymentMismatch("no"),
        WishRefused("signature"),
    ],
)
def test_an_error_reaches_the_renters_window_as_what_it_is(problem):
    told = problem_of(problem.code, facts_of(problem))

    assert (type(problem), problem.code) == (type(told), told.code)
    assert "b-1" not in str(facts_of(problem))
    for name in ("until", "current", "wanted", "kind", "key", "field", "said", "why"):
        assert getattr(problem, name, None) == getattr(told, name, None)


@given(code=st.text(max_size=20), facts=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4))
def test_an_answer_of_a_release_that_knows_more_is_an_error_all_the_same(code, facts):
    assert isinstance(problem_of(code, facts), DriveSphereError)
