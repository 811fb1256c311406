"""What can be done with a booking that exists: only what makes sense, and only after a yes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QMessageBox
from view_builders import NOW, PERIOD, fed_workspace, make_booking

from desktop.tasks import TaskScope
from desktop.viewmodels.booking import PanelState, Stage
from desktop.views.client.aftercare import Aftercare
from engine.domain.booking import BookingState
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
        (Stage.CONFIRMED, BEGUN, ["Car is back …"]),
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
    care._vm.refund_quoted.emit(RefundQuote(Money(36_00, "EUR"), Money(36_00, "EUR")))
    await until(lambda: care.window().findChildren(QMessageBox))
    box = care.window().findChildren(QMessageBox)[0]
    assert "Refund 36.00 EUR now" in [button.text() for button in box.buttons()]
    next(each for each in box.buttons() if each.text().startswith("Refund" if agreed else "Keep")).click()
    await until(lambda: not care._tasks.running("cancel"))

    assert ([Money(36_00, "EUR")] if agreed else []) == cancelled


@pytest.mark.parametrize(
    ("back", "kept", "told"),
    [
        (72_00, 0, "All of it, 72.00 EUR, goes back to the renter now."),
        (36_00, 36_00, "36.00 EUR goes back to the renter now, 36.00 EUR is kept by the rules."),
        (0, 72_00, "By the rules nothing goes back to the renter; 72.00 EUR is kept."),
    ],
)
async def test_what_is_asked_names_no_sum_of_nothing(care, until, back, kept, told):
    care.show()
    care._vm.refund_quoted.emit(RefundQuote(Money(back, "EUR"), Money(kept, "EUR")))
    await until(lambda: care.window().findChildren(QMessageBox))
    box = care.window().findChildren(QMessageBox)[0]

    asked = box.text()
    box.reject()
    await until(lambda: not care._tasks.running("cancel"))

    assert told == asked
