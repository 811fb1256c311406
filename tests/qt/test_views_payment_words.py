"""One time that counts, one's own hold, what the clock did, and the way from "1 hold" to the hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from altered import altered
from builders import BERLIN
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from view_builders import CLERK, NOW, make_blocked, make_booking

from desktop.views.booking.history import moments_of, payments_of
from desktop.views.search.why_not import WhyNot
from desktop.words.messages import branch_time
from engine.domain.booking.booking import Step
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import WhyTaken
from engine.domain.people.people import AccountName

_SECONDS = st.integers(1, 6 * 3600)
#: What people do; the clock and Stripe do the rest, whoever's desk took note of it.
_DEEDS = {
    BookingState.HELD,
    BookingState.OUT,
    BookingState.NO_SHOW,
    BookingState.COMPLETED,
    BookingState.CANCELLED,
}


@given(hold_s=_SECONDS, page_s=_SECONDS)
def test_a_page_can_be_paid_until_its_hold_is_over_and_no_other_time_is_told(hold_s, page_s):
    booking = make_booking(1)
    until = NOW + timedelta(seconds=hold_s)
    attempt = replace(booking.payment.attempt, expires_at=NOW + timedelta(seconds=page_s))
    detail = payments_of(altered(booking, hold_until=until, attempts=(attempt,)), NOW)[0].detail

    assert f"The page can be paid until {branch_time(until, BERLIN.clock, now=NOW)}" == detail


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (BookingState.RELEASING, "The page is being closed"),
        (BookingState.AWAITING_FUNDS, "The money is on its way"),
        (BookingState.HELD, "The page is being closed"),
    ],
)
def test_a_page_whose_hold_is_over_is_not_said_to_be_payable(state, words):
    booking = replace(make_booking(1, state), hold_until=NOW)

    assert words == payments_of(booking, NOW)[0].detail


@given(state=st.sampled_from(BookingState), after_s=st.integers(-600, 600))
def test_what_the_clock_or_stripe_did_is_nobodys_deed(state, after_s):
    booking = make_booking(1)
    at = booking.hold_until + timedelta(seconds=after_s)
    told = moments_of(replace(booking, state=state, history=(booking.history[0], Step(state, at, "clerk"))), NOW)[1]
    given_up = state is BookingState.RELEASING and after_s < 0

    assert told.detail.endswith(" · by clerk") is (state in _DEEDS or given_up)


@pytest.mark.parametrize("account", ["clerk", "clerk2", "anna.ops"])
@pytest.mark.parametrize("why", WhyTaken)
def test_ones_own_hold_is_called_ones_own(qtbot, theme, account, why):
    words = WhyNot(theme)
    qtbot.addWidget(words)
    blocked = make_blocked(1, why)
    blocked = replace(blocked, obstacle=replace(blocked.obstacle, by=AccountName(account)))
    words.draw(blocked, BERLIN, NOW, 0, CLERK.account)
    own = account == CLERK.account

    assert (words.title.text() == "Held by you, not paid yet") is (own and why is WhyTaken.HELD)
    if blocked.obstacle.period is not None:
        assert (", by you" in words.sentence.text(), f", by {account}" in words.sentence.text()) == (own, not own)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_hold_leads_to_itself_and_several_to_the_list(view, count):
    for number in range(1, count + 1):
        view.workspace.holds.note(make_booking(number))
    opened, gone = [], []
    view.workspace.detail.open = opened.append
    view.client._frame = replace(view.client._frame, go=gone.append)
    QTest.mouseClick(view.status.holds, Qt.MouseButton.LeftButton)

    assert ([make_booking(1)], []) == (opened, gone) if count == 1 else ([], ["bookings"]) == (opened, gone)


def test_several_of_which_one_is_left_lead_to_that_one(view):
    over = replace(make_booking(1), hold_until=NOW - timedelta(seconds=1))
    for booking in (over, make_booking(2)):
        view.workspace.holds.note(booking)
    opened = []
    view.workspace.detail.open = opened.append
    QTest.mouseClick(view.status.holds, Qt.MouseButton.LeftButton)

    assert [make_booking(2)] == opened
