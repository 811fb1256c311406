"""Each state of a booking, its payment, its refund and its trouble has its words at every place that tells of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from altered import altered
from view_builders import NOW, make_booking

from desktop.viewmodels.booking.panel_state import PanelStage, PanelState, stage_of
from desktop.views.booking.history import moments_of, payments_of, trouble_words
from desktop.views.booking.payment_status import status_words
from desktop.words.booking_words import (
    STANDINGS,
    by_a_person,
    end_words,
    line_name,
    line_words,
    refunded_words,
    step_words,
)
from desktop.words.figures import amount
from desktop.words.renter_words import payment_words, refund_words
from engine.domain.booking.booking import Step
from engine.domain.booking.states import FACTS, BookingState, MoneyExpected
from engine.domain.money import pricing, trouble
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, Refund, RefundState
from engine.domain.money.trouble import Trouble


@pytest.mark.parametrize("state", BookingState)
def test_every_state_of_a_booking_is_told_at_every_place(state):
    booking = make_booking(state=state, history=(Step(BookingState.HELD, NOW, "cleo"), Step(state, NOW, "cleo")))
    stage, facts = stage_of(state), FACTS[state]

    assert all(step_words(state)[0] and each for each in end_words(booking))
    assert status_words(PanelState(stage, booking=booking)).sentence
    assert moments_of(booking, NOW)[-1].title
    assert STANDINGS[facts.standing]
    assert isinstance(by_a_person(state), bool)
    # What is said of the car and of the money is what holds of them.
    assert ("the car is free" in end_words(booking)[1]) <= (not facts.blocks or stage is not PanelStage.OVER)
    assert (stage is PanelStage.RELEASED) == (facts.money is MoneyExpected.NONE)
    assert ("Nothing was charged" in status_words(PanelState(stage, booking=booking)).sentence) == (
        facts.money is MoneyExpected.NONE
    )


@pytest.mark.parametrize("state", AttemptState)
def test_every_state_of_a_payment_is_told(state):
    booking = make_booking()
    booking = altered(booking, attempts=(replace(booking.payment.attempt, state=state),))

    assert payment_words(booking, NOW)
    assert payments_of(booking, NOW)[0].detail


@pytest.mark.parametrize("state", RefundState)
def test_every_state_of_a_refund_is_told(state):
    back = Money(100, "EUR")
    booking = altered(make_booking(state=BookingState.CANCELLED), refund=Refund(back, state))

    assert refund_words(booking)
    assert refunded_words(amount(back), state) == end_words(booking)[1]
    assert payments_of(booking, NOW)[-1].detail


@pytest.mark.parametrize("why", trouble.Why)
def test_every_trouble_is_told(why):
    booking = altered(make_booking(), trouble=Trouble(why, NOW, 1, NOW))

    assert trouble_words(booking)
    assert trouble.put_off(trouble.put_off(booking.trouble, why, NOW), why, NOW).tries == 3


@pytest.mark.parametrize("kind", pricing.LineKind)
def test_every_kind_of_line_is_told_by_what_it_counts(kind):
    line = pricing.QuoteLine(kind, 2, Money(15_00, "EUR"))

    assert line_name(kind)
    assert ("day" in line_words(line)) == (kind.unit is pricing.LineUnit.DAY)
    assert pricing.Quote((line,), 0).days == (2 if kind is pricing.LineKind.RENTAL else 0)
