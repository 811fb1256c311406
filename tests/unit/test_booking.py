from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.booking.booking import HOLD, Step
from engine.domain.booking.states import BLOCKING, MOVES, STANDING, BookingState, Standing
from engine.domain.money.payment import AttemptState
from engine.domain.shared.errors import MoveRefused

S = BookingState

#: Written down a second time on purpose: a new state has to be thought about here before the tests pass again.
BLOCKS_THE_CAR = {
    S.HELD: True,
    S.RELEASING: True,
    S.AWAITING_FUNDS: True,
    S.CONFIRMED: True,
    S.RELEASED: False,
    S.COMPLETED: False,
    S.CANCELLED: False,
    S.REFUND_DUE: False,
    S.REFUNDED: False,
    S.OUT: True,
    S.NO_SHOW: False,
}
ALLOWED = {
    (S.HELD, S.CONFIRMED),
    (S.HELD, S.RELEASING),
    (S.HELD, S.AWAITING_FUNDS),
    (S.AWAITING_FUNDS, S.CONFIRMED),
    (S.AWAITING_FUNDS, S.RELEASING),
    (S.RELEASING, S.RELEASED),
    (S.RELEASING, S.CONFIRMED),
    (S.RELEASED, S.CONFIRMED),
    (S.RELEASED, S.REFUND_DUE),
    (S.REFUND_DUE, S.REFUNDED),
    (S.CONFIRMED, S.OUT),
    (S.CONFIRMED, S.NO_SHOW),
    (S.NO_SHOW, S.CONFIRMED),
    (S.OUT, S.COMPLETED),
    (S.CONFIRMED, S.CANCELLED),
}
states = st.sampled_from(S)


def test_X4_every_state_is_known_to_block_or_not():
    assert set(S) == set(BLOCKS_THE_CAR)


@pytest.mark.parametrize("state", S)
def test_X4_the_one_tuple_of_blocking_states_is_right(state, make_booking):
    assert BLOCKS_THE_CAR[state] == (state in BLOCKING)
    assert BLOCKS_THE_CAR[state] == make_booking(state=state).blocking


def test_every_state_is_in_every_table():
    assert set(S) == set(MOVES) == set(STANDING)
    assert set(Standing) == set(STANDING.values())


def test_only_the_moves_of_the_protocol_exist():
    assert {(origin, goal) for origin, goals in MOVES.items() for goal in goals} == ALLOWED


def test_every_state_can_be_reached():
    reached = {S.HELD}
    while new := {goal for origin in reached for goal in MOVES[origin]} - reached:
        reached |= new

    assert set(S) == reached


def test_B6_what_is_over_never_blocks_again_but_by_a_late_payment_or_a_late_renter():
    back = {(origin, goal) for origin, goal in ALLOWED if not BLOCKS_THE_CAR[origin] and BLOCKS_THE_CAR[goal]}

    assert {(S.RELEASED, S.CONFIRMED), (S.NO_SHOW, S.CONFIRMED)} == back


def test_no_car_is_set_free_from_a_payable_page_but_through_releasing():
    free_again = {origin for origin, goal in ALLOWED if goal is S.RELEASED}

    assert {S.RELEASING} == free_again


@given(origin=states, goal=states)
def test_a_move_is_made_or_refused_as_the_table_says(origin, goal, make_booking, noon):
    booking = make_booking(state=origin)
    if (origin, goal) not in ALLOWED:
        with pytest.raises(MoveRefused):
            booking.move_to(goal, now=noon, by="ada")
        return

    moved = booking.move_to(goal, now=noon, by="ada")

    assert goal is moved.state
    assert booking.version + 1 == moved.version
    assert (*booking.history, Step(goal, noon, "ada")) == moved.history
    assert origin is booking.state


def test_a_move_replaces_the_newest_attempt_only(make_booking, make_attempt, noon):
    void, second = make_attempt(state=AttemptState.VOID), make_attempt(n=2)
    booking = make_booking(attempts=(void, second))

    moved = booking.move_to(
        S.RELEASING, now=noon, by="ada", payment=booking.payment.with_attempt(second.ended(AttemptState.OPEN))
    )

    assert (void, second.ended(AttemptState.OPEN)) == moved.payment.attempts


def test_with_attempt_changes_the_newest_or_adds_the_next(make_booking, make_attempt):
    payment = make_booking().payment

    voided = payment.with_attempt(payment.attempt.ended(AttemptState.VOID))
    second = voided.with_attempt(make_attempt(n=2))

    assert [AttemptState.VOID] == [attempt.state for attempt in voided.attempts]
    assert [1, 2] == [attempt.n for attempt in second.attempts]
    with pytest.raises(MoveRefused):
        second.with_attempt(payment.attempt)


def test_a_hold_lasts_ten_minutes(make_booking, noon):
    booking = make_booking()

    assert timedelta(minutes=10) == HOLD
    assert timedelta(milliseconds=1) == booking.hold_left(noon + HOLD - timedelta(milliseconds=1))
    assert not booking.hold_over(noon + HOLD - timedelta(milliseconds=1))
    assert booking.hold_over(noon + HOLD)
    assert timedelta(0) == booking.hold_left(noon + 2 * HOLD)


@pytest.mark.parametrize("state", S)
def test_only_what_waits_for_somebody_is_due(state, make_booking, make_attempt, noon):
    settled = make_booking(state=state, attempts=(make_attempt(state=AttemptState.PAID, captured_at=noon),))
    waiting = {S.HELD, S.RELEASING, S.AWAITING_FUNDS, S.REFUND_DUE}

    assert (state in waiting) == (settled.due_at is not None)


def test_a_confirmed_booking_is_due_until_its_payment_is_captured(make_booking, make_attempt, noon):
    secured = make_attempt(state=AttemptState.PAID, payment_intent="pi_1")

    assert noon == make_booking(state=S.CONFIRMED, attempts=(secured,)).due_at
    assert make_booking(state=S.CONFIRMED, attempts=(secured.captured(noon),)).due_at is None
