"""What a change on the board would do, told before anything is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from board_builders import AT, HOUR, bar, row, service
from builders import LISBON

from engine.domain.booking.board_plan import PlanKind, WhyNot, plan_end, plan_move, plan_new
from engine.domain.booking.states import BookingState
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import CarStatus

OUT = BookingState.OUT
SOLD = bar(1, 10, 30, turn=HOUR)


def move(one=SOLD, *bars, **changes):
    return plan_move(one, row(1, one), row(2, *bars, **changes), AT)


def test_a_booking_moves_to_a_car_that_is_free_and_the_time_left_around_it_is_told():
    plan = move(SOLD, bar(2, 0, 6, turn=HOUR), bar(3, 33, 40))

    assert (PlanKind.MOVE, None, ()) == (plan.kind, plan.why, plan.conflicts)
    assert (3 * HOUR, 2 * HOUR) == (plan.before, plan.after)
    assert (SOLD.taken, "car-2") == (plan.bar.taken, plan.row.car_id)


@pytest.mark.parametrize(
    "other",
    [
        bar(2, 5, 10.5),
        bar(2, 5, 9.5, turn=HOUR),
        bar(2, 30.5, 40),
        service(2, 20, 22),
        bar(2, 29, 50, BookingState.HELD),
    ],
)
def test_whoever_has_the_car_in_that_time_or_while_it_is_made_ready_is_named(other):
    plan = move(SOLD, other)

    assert (WhyNot.SOLD, (other.id,)) == (plan.why, tuple(each.id for each in plan.conflicts))


def test_a_car_that_is_late_is_in_the_way_for_the_next_hours():
    late = bar(2, -30, -2, OUT)
    assert WhyNot.SOLD is move(SOLD, late).why
    assert move(bar(1, 30, 50), late).possible


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"body": BodyType.SUV}, WhyNot.OTHER_BODY),
        ({"branch_id": LISBON.id}, WhyNot.OTHER_BRANCH),
        ({"status": CarStatus.MAINTENANCE}, WhyNot.IN_SERVICE),
        ({"unread": 1}, WhyNot.UNREAD),
        ({"at": LISBON.id}, WhyNot.ELSEWHERE),
    ],
)
def test_what_claiming_would_refuse_is_told_beforehand(changes, why):
    assert why is move(SOLD, **changes).why


@pytest.mark.parametrize("state", [BookingState.HELD, OUT, BookingState.AWAITING_FUNDS])
def test_only_what_is_promised_and_not_fetched_moves(state):
    assert WhyNot.NOT_CONFIRMED is move(bar(1, 10, 30, state)).why


def test_on_its_own_car_nothing_changes_and_what_is_over_moves_no_more():
    assert WhyNot.SAME is plan_move(SOLD, row(1, SOLD), row(1, SOLD), AT).why
    assert WhyNot.NOT_CONFIRMED is move(bar(1, -30, -1)).why


def test_who_came_early_moves_for_the_times_that_were_agreed():
    early = replace(SOLD, taken=replace(SOLD.taken, starts_at=AT - HOUR))

    assert SOLD.taken == move(early).bar.taken


def end(hours, *others, state=OUT, turn=HOUR):
    one = bar(1, -10, 30, state, turn=turn)
    return plan_end(one, row(1, one, *others), AT + hours * HOUR, AT)


def test_another_end_takes_as_long_to_be_made_ready_and_stops_at_the_next_promise():
    next_one = bar(2, 50, 60)
    plan = end(40, next_one)
    assert (None, AT + 41 * HOUR, 9 * HOUR) == (plan.why, plan.bar.taken.free_at, plan.after)
    assert end(49, next_one).possible
    plan = end(49.5, next_one)
    assert (WhyNot.SOLD, (next_one.id,)) == (plan.why, tuple(each.id for each in plan.conflicts))
    assert end(20, next_one).possible


@pytest.mark.parametrize(
    ("hours", "state", "why"),
    [
        (30, OUT, WhyNot.SAME),
        (-1, OUT, WhyNot.PAST),
        (-11, OUT, WhyNot.PAST),
        (40, BookingState.CONFIRMED, WhyNot.NOT_OUT),
    ],
)
def test_an_end_that_is_none_is_told_as_such(hours, state, why):
    assert why is end(hours, state=state).why


def test_a_new_booking_is_judged_by_the_same_rules_and_not_in_the_past():
    wished = bar(9, 2, 20, id="", booking=None)
    assert plan_new(row(1, bar(1, 20, 30)), wished, AT).possible
    assert WhyNot.SOLD is plan_new(row(1, bar(1, 19, 30)), wished, AT).why
    old = bar(9, -3, 2, id="", booking=None)
    assert WhyNot.PAST is plan_new(row(1), old, AT).why
    assert plan_new(row(1), replace(old, taken=bar(9, -0.25, 2).taken), AT + timedelta(0)).possible
