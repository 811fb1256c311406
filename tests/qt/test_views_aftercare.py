"""What can be done with a booking that exists: only what makes sense, and only after a yes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from view_builders import NOW, PERIOD, fed_workspace, make_booking

from desktop.messages import amount, booking_number
from desktop.tasks import TaskScope
from desktop.viewmodels.booking import PanelState, Stage
from desktop.views.client.aftercare import Aftercare
from desktop.widgets.question_box import FINAL, QuestionBox
from engine.domain.booking import BookingId, BookingState
from engine.domain.cancellation import RefundQuote
from engine.domain.money import Money
from engine.domain.period import RentalPeriod

BEGUN = RentalPeriod(NOW - timedelta(hours=5), NOW + timedelta(days=1))


@pytest.fixture
def care(qtbot, theme):
    workspace = fed_workspace(TaskScope())
    care = Aftercare(theme, workspace.panel, workspace.now, takes_back=True)
    qtbot.addWidget(care)
    return care


def _offered(care):
    return [button.text() for button in (care.again, care.returned, care.cancel) if not button.isHidden()]


@pytest.mark.parametrize(
    ("stage", "period", "offered"),
    [
        (Stage.PAYING, PERIOD, []),
        (Stage.CONFIRMED, PERIOD, ["Cancel booking …"]),
        (Stage.CONFIRMED, BEGUN, ["Take the car back …"]),
        (Stage.RELEASED, PERIOD, ["Take up again"]),
        (Stage.OVER, PERIOD, []),
    ],
)
def test_each_stage_offers_what_makes_sense(care, stage, period, offered):
    booking = make_booking(state=BookingState.CONFIRMED, period=period)
    care.draw(PanelState(stage=stage, booking=booking), online=True)

    assert offered == _offered(care)
    assert care.isHidden() == (not offered)


def test_offline_nothing_that_writes_can_be_pressed(care):
    state = PanelState(stage=Stage.CONFIRMED, booking=make_booking(state=BookingState.CONFIRMED))
    care.draw(state, online=False)

    assert not care.cancel.isEnabled()


@pytest.mark.parametrize("agreed", [True, False])
async def test_money_goes_back_only_after_a_yes_to_its_amount(care, until, monkeypatch, agreed):
    cancelled = []
    monkeypatch.setattr(care._vm, "cancel", cancelled.append)
    care.show()
    care._vm.state = PanelState(Stage.CONFIRMED, booking=make_booking(state=BookingState.CONFIRMED))
    care._vm.refund_quoted.emit(RefundQuote(Money(36_00, "EUR"), Money(36_00, "EUR")))
    await until(lambda: care.window().findChildren(QuestionBox))
    box = care.window().findChildren(QuestionBox)[0]
    assert "Cancel and refund 36.00 EUR" in [button.text() for button in (box.yes, box.no)]
    next(each for each in (box.yes, box.no) if each.text().startswith("Cancel and" if agreed else "Keep")).click()
    await until(lambda: not care._tasks.running("cancel"))

    assert ([Money(36_00, "EUR")] if agreed else []) == cancelled


@pytest.mark.parametrize(
    ("back", "kept", "told", "untold"),
    [
        (72_00, 0, "Refund now: 72.00 EUR", "Kept"),
        (36_00, 36_00, "Kept by the rules: 36.00 EUR\nRefund now: 36.00 EUR", "nothing"),
        (0, 72_00, "By the rules nothing goes back to the renter.", "goes back to the card"),
    ],
)
async def test_what_is_asked_names_no_sum_of_nothing(care, until, back, kept, told, untold):
    care.show()
    care._vm.state = PanelState(Stage.CONFIRMED, booking=make_booking(state=BookingState.CONFIRMED))
    care._vm.refund_quoted.emit(RefundQuote(Money(back, "EUR"), Money(kept, "EUR")))
    await until(lambda: care.window().findChildren(QuestionBox))
    box = care.window().findChildren(QuestionBox)[0]

    asked = box.told
    box.reject()
    await until(lambda: not care._tasks.running("cancel"))

    assert told in asked
    assert untold not in asked


@pytest.mark.parametrize("presses", [1, 3, 7])
async def test_enter_and_enter_and_enter_never_end_a_rental(care, until, monkeypatch, presses):
    """Each Enter goes to whatever has the keyboard, as a held or impatient key does."""
    ended = []
    monkeypatch.setattr(care._vm, "returned", lambda: ended.append(1))
    state = PanelState(Stage.CONFIRMED, booking=make_booking(state=BookingState.CONFIRMED, period=BEGUN))
    care._vm.state = state
    care.show()
    care.window().activateWindow()
    care.draw(state, online=True)
    care.returned.setFocus()
    for _ in range(presses):
        box = next((each for each in care.window().findChildren(QuestionBox) if each.isVisible()), None)
        QTest.keyClick(box.focusWidget() if box else care.returned, Qt.Key.Key_Return)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    for box in care.window().findChildren(QuestionBox):
        box.reject()
    await until(lambda: not care._tasks.running("returned"))

    assert [] == ended


async def test_a_return_is_asked_about_by_car_plate_renter_and_amount(care, until):
    booking = make_booking(state=BookingState.CONFIRMED, period=BEGUN)
    care._vm.state = PanelState(Stage.CONFIRMED, booking=booking)
    care.show()
    care.draw(care._vm.state, online=True)
    care.returned.click()
    await until(lambda: care.window().findChildren(QuestionBox))
    box = care.window().findChildren(QuestionBox)[0]

    told = box.told
    box.reject()
    await until(lambda: not care._tasks.running("returned"))

    for named in (booking.plate, booking.renter_name, booking_number(booking.id), amount(booking.price), FINAL):
        assert named in told


async def test_an_answer_is_for_the_booking_that_was_asked_about(care, until, monkeypatch):
    ended = []
    monkeypatch.setattr(care._vm, "returned", lambda: ended.append(1))
    booking = make_booking(state=BookingState.CONFIRMED, period=BEGUN)
    care._vm.state = PanelState(Stage.CONFIRMED, booking=booking)
    care.show()
    care.draw(care._vm.state, online=True)
    care.returned.click()
    await until(lambda: care.window().findChildren(QuestionBox))
    care._vm.state = PanelState(Stage.CONFIRMED, booking=replace(booking, id=BookingId("another")))
    care.window().findChildren(QuestionBox)[0].yes.click()
    await until(lambda: not care._tasks.running("returned"))

    assert [] == ended
