"""How long engines wait between tries, and when a person is asked."""

from datetime import timedelta

import pytest

from engine.domain.booking.states import BookingState as S
from engine.domain.money.payment import AttemptState
from engine.domain.money.trouble import PATIENCE, ByHand, Trouble, Why, put_off

MINUTE = timedelta(minutes=1)


def test_row_11_the_pauses_grow_and_then_stay(noon):
    trouble, now, pauses = None, noon, []
    for _ in range(8):
        trouble = put_off(trouble, Why.STUCK, now)
        pauses.append(trouble.again_at - now)
        now = trouble.again_at

    assert [30, 60, 120, 240, 480, 480, 480, 480] == [pause.total_seconds() for pause in pauses]
    assert (noon, 8) == (trouble.since, trouble.tries)


def test_row_11_a_person_is_asked_after_a_while(noon):
    trouble = put_off(put_off(None, Why.STUCK, noon), Why.STUCK, noon + MINUTE, "unavailable")

    assert noon + timedelta(minutes=15) == trouble.person_at
    assert "unavailable" == trouble.code


def test_a_mismatch_needs_a_person_at_once_and_stays_one(noon):
    trouble = put_off(put_off(None, Why.MISMATCH, noon), Why.STUCK, noon + MINUTE)

    assert (Why.MISMATCH, noon) == (trouble.why, trouble.person_at)


def test_what_gets_worse_is_counted_anew(noon):
    trouble = put_off(put_off(None, Why.STUCK, noon), Why.MISMATCH, noon + MINUTE)

    assert (Why.MISMATCH, noon + MINUTE, 1) == (trouble.why, trouble.since, trouble.tries)


def test_what_a_person_saw_to_asks_for_nobody_and_is_tried_on(noon):
    seen_to = put_off(None, Why.STUCK, noon).settle(ByHand("ari", noon, "called Stripe"))

    again = put_off(seen_to, Why.STUCK, noon + MINUTE)

    assert again.person_at is None
    assert again.again_at > noon + MINUTE


def test_every_reason_has_its_patience():
    assert set(Why) == PATIENCE.keys()


def test_a_hold_ends_in_time_whatever_is_put_off(make_booking, noon):
    booking = make_booking().in_trouble(Trouble(Why.STUCK, noon, again_at=noon + timedelta(hours=1)))

    assert booking.hold_until == booking.due_at


@pytest.mark.parametrize(
    ("state", "trouble", "due"),
    [
        (S.RELEASING, None, timedelta(0)),
        (S.RELEASING, timedelta(minutes=2), timedelta(minutes=2)),
        (S.REFUND_DUE, None, timedelta(0)),
    ],
)
def test_a_step_is_due_when_it_was_put_off_to(make_booking, noon, state, trouble, due):
    kept = trouble and Trouble(Why.STUCK, noon, again_at=noon + trouble)

    assert noon + due == make_booking(state=state, trouble=kept).due_at


def test_no_engine_is_asked_again_where_none_can_help(make_booking, noon):
    failed = make_booking(state=S.REFUND_DUE, trouble=Trouble(Why.REFUND_FAILED, noon))

    assert (None, noon) == (failed.due_at, failed.person_at)


def test_a_step_that_nobody_takes_needs_a_person(make_booking, noon):
    assert noon + timedelta(hours=1) == make_booking(state=S.RELEASING).person_at


def test_progress_ends_the_trouble(make_booking, make_attempt, noon):
    stuck = make_booking(state=S.RELEASING, trouble=Trouble(Why.STUCK, noon, again_at=noon))

    assert stuck.move_to(S.RELEASED, now=noon, by="ada").trouble is None
    assert stuck.payment.with_attempt(make_attempt(state=AttemptState.VOID)).trouble is None


@pytest.mark.parametrize(
    ("state", "wanted", "kept"),
    [
        (S.CONFIRMED, S.OUT, True),
        (S.OUT, S.COMPLETED, True),
        (S.CONFIRMED, S.NO_SHOW, True),
        (S.CONFIRMED, S.CANCELLED, False),
    ],
)
def test_a_car_that_goes_or_comes_back_does_not_pay_for_a_lapsed_booking(make_booking, noon, state, wanted, kept):
    lapsed = make_booking(state=state, trouble=Trouble(Why.LAPSED, noon))

    assert kept == (lapsed.move_to(wanted, now=noon, by="ada").trouble is not None)
