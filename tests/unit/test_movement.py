"""Periods of service: how they are cut, and which move follows which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.car.availability import ClaimKind, Stretch, just
from engine.domain.car.car import BranchId, CarId, OwnerId
from engine.domain.car.movement import (
    Movement,
    MovementId,
    MovementKind,
    MovementState,
    claim_name,
    movement_named,
    parts_of,
)
from engine.domain.health.claims import Away, FenceClaims, movement_faults
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import InvalidPeriod, MoveRefused
from engine.domain.shared.period import LONGEST, RentalPeriod
from engine.words.health import written

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def period(first: int, last: int) -> RentalPeriod:
    return RentalPeriod(NOW + first * HOUR, NOW + last * HOUR)


def movement(first: int, last: int, state: MovementState = MovementState.PLANNED) -> Movement:
    there = BranchId("br-1")
    told = (MovementKind.SERVICE, state, period(first, last), there, there, "Brakes", AccountName("olga"), NOW)
    return Movement(MovementId("mv-1"), CarId("car-1"), OwnerId("owner-1"), *told)


spans = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda each: period(each[0], each[0] + each[1]))


@given(spans, st.lists(spans, max_size=6))
def test_the_parts_are_each_hour_of_it_that_nothing_takes(wanted, taken):
    parts = parts_of(wanted, [just(each).whole for each in taken])

    assert list(parts) == sorted(parts, key=lambda each: each.starts_at)
    for hour in range(80):
        at = period(hour, hour + 1)
        free = at.overlaps(wanted) and not any(at.overlaps(each) for each in taken)
        assert free == any(at.overlaps(part) for part in parts)


@given(spans, st.lists(spans, max_size=6), st.integers(0, 5))
def test_the_doctor_is_calm_about_its_parts_and_names_any_that_lacks(wanted, taken, lost):
    claims = {f"b{n}": (ClaimKind.TURN, just(each)) for n, each in enumerate(taken)}
    named = enumerate(parts_of(wanted, [just(each).whole for each in taken]), 1)
    parts = {claim_name(MovementId("mv-1"), n): (ClaimKind.MOVEMENT, just(part)) for n, part in named}
    away = [Away("mv-1", "owner-1", wanted)]

    def told(claimed):
        fence = FenceClaims("car-1", 1, {**claims, **claimed}, owner_id="owner-1")
        return [written(each) for each in movement_faults(fence, away)]

    if parts:
        assert [] == told(parts)
        gone = list(parts)[lost % len(parts)]
        assert told({each: part for each, part in parts.items() if each != gone})
        assert ["car-1: claimed by mv-2/1, which is no open movement of it"] == told(
            {**parts, "mv-2/1": (ClaimKind.MOVEMENT, just(period(90, 91)))}
        )
    else:
        assert told({})


@given(st.integers(1, 9))
def test_a_claim_says_whose_it_is(n):
    assert "mv-1" == movement_named(claim_name(MovementId("mv-1"), n))


@pytest.mark.parametrize(
    ("first", "last", "state", "may"),
    [
        (2, 5, MovementState.PLANNED, {"change", "cancel"}),
        (-2, 5, MovementState.PLANNED, {"change", "end"}),
        (-2, 5, MovementState.UNDER_WAY, {"change", "end"}),
        (-5, -2, MovementState.PLANNED, set()),
        (-2, 5, MovementState.ARRIVED, set()),
        (2, 5, MovementState.CANCELLED, set()),
    ],
)
def test_which_move_follows_which(first, last, state, may):
    one = movement(first, last, state)
    moves = {
        "change": lambda: one.changed(period(first, last + 1), "Tyres", NOW),
        "end": lambda: one.ended(NOW),
        "cancel": lambda: one.cancelled(NOW),
    }

    for name, move in moves.items():
        if name in may:
            assert 2 == move().version
        else:
            with pytest.raises(MoveRefused):
                move()


def test_one_that_has_begun_keeps_its_beginning_and_ends_ahead():
    one = movement(-2, 5)

    with pytest.raises(MoveRefused):
        one.changed(period(-1, 5), "Tyres", NOW)
    with pytest.raises(InvalidPeriod):
        one.changed(period(-2, 0), "Tyres", NOW)
    assert period(-2, 1) == one.changed(period(-2, 1), "Tyres", NOW).period


def test_a_rental_of_the_longest_time_and_what_makes_its_car_ready_are_cut_out_like_any_other():
    year = RentalPeriod(NOW - LONGEST + HOUR, NOW + HOUR)
    taken = Stretch(year.starts_at, year.ends_at, year.ends_at + HOUR)
    wanted, part = movement(0, 5), period(2, 5)
    fence = FenceClaims(
        "car-1",
        1,
        {"b1": (ClaimKind.BOOKING, taken), claim_name(wanted.id, 1): (ClaimKind.MOVEMENT, just(part))},
        owner_id="owner-1",
    )

    assert (part,) == parts_of(wanted.period, [taken.whole])
    assert [] == list(movement_faults(fence, [Away("mv-1", "owner-1", wanted.period)]))
