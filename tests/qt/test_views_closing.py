"""A rental whose car is back: closed, opened again with a reason, charged otherwise; each only where it makes sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BERLIN
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from view_builders import CLERK, NOW, fed_workspace, make_booking

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.viewmodels.booking.booking import PanelStage, PanelState
from desktop.views.agreement.agreement_part import AgreementPart
from desktop.views.agreement.closing import ChargesDialog, ReopenDialog
from desktop.views.booking.aftercare import Aftercare
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.agreement.agreement import handed_over
from engine.domain.agreement.charges import Charging, Due, charged
from engine.domain.agreement.closing import closed, reopened
from engine.domain.agreement.fees import RentalFees
from engine.domain.agreement.reading import Gauge, Reading, Seen
from engine.domain.booking.states import BookingState
from engine.domain.money.payment import AttemptState
from engine.domain.money.pricing import LineKind
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.shared.period import RentalPeriod

FEES = RentalFees("EUR", late_hour=10_00, free_km=200, km=25, eighth=12_00, cleaning=45_00)
ADMIN = Actor(AccountName("admin"), "Ada Admin", Role.ADMIN)
BACK = NOW - timedelta(minutes=20)


def returned(booking, full=8, charging=None):
    out = Seen(Reading(57_702, 8), NOW - timedelta(days=3), CLERK.account)
    back = Seen(Reading(57_800, full), BACK, CLERK.account)
    agreement = handed_over(booking, Gauge.EIGHTHS, out, FEES)
    due = Due(BACK, booking.return_branch_id)
    return agreement.returned(back, BERLIN.id, *charged(agreement, back, BERLIN.id, due, charging or Charging()))


ATTEMPT = replace(make_booking().payment.attempt, state=AttemptState.PAID, payment_intent="pi_1", captured_at=NOW)
BOOKING = make_booking(
    state=BookingState.COMPLETED, period=RentalPeriod(NOW - timedelta(days=3), BACK), attempts=(ATTEMPT,)
)
PAID = returned(BOOKING)
CLOSED = closed(PAID, BOOKING, NOW, CLERK.account)
REOPENED = reopened(CLOSED, NOW, CLERK.account, "the tank was full")
OWING = returned(BOOKING, full=7)


@pytest.fixture(params=[CLERK])
def care(request, qtbot, theme):
    workspace = fed_workspace(TaskScope(), actor=request.param)
    care = Aftercare(theme, workspace.panel, workspace.now, at_counter=True)
    qtbot.addWidget(care)
    return care


def shown(care, agreement):
    care.vm.state = PanelState(
        PanelStage.OVER, booking=BOOKING, agreement=agreement, further=agreement.total - BOOKING.price
    )
    care.show()
    care.window().activateWindow()
    care.draw(care.vm.state, online=True)


@pytest.mark.parametrize(
    ("care", "agreement", "offered"),
    [
        (CLERK, PAID, ["Close the rental …", "Correct the charges …"]),
        (CLERK, OWING, ["Take money …", "Correct the charges …"]),
        (CLERK, CLOSED, []),
        (CLERK, REOPENED, ["Close the rental …", "Correct the charges …"]),
        (ADMIN, CLOSED, ["Open it again …"]),
    ],
    indirect=["care"],
)
def test_what_is_offered_follows_how_the_rental_stands(care, agreement, offered):
    shown(care, agreement)
    assert offered == [button.text() for button in care.buttons if not button.isHidden()]


async def asked(care, until, button, kind=QuestionBox):
    button.click()
    await until(lambda: [each for each in care.window().findChildren(kind) if each.isVisible()])
    return care.window().findChildren(kind)[-1]


@pytest.mark.parametrize("presses", [1, 3])
async def test_enter_alone_closes_nothing(care, until, monkeypatch, presses):
    done = []
    monkeypatch.setattr(care.vm, "close_rental", done.append)
    shown(care, PAID)
    box = await asked(care, until, care.close_it)
    assert BOOKING.plate in box.told
    for _ in range(presses):
        QTest.keyClick(box.focusWidget() or box, Qt.Key.Key_Return)
    await until(lambda: not care.tasks.running("change"))
    assert [] == done

    box = await asked(care, until, care.close_it)
    box.yes.click()
    await until(lambda: not care.tasks.running("change"))
    assert [BOOKING] == done


@pytest.mark.parametrize("care", [ADMIN], indirect=True)
async def test_it_is_opened_again_with_a_reason_and_not_by_enter(care, until, monkeypatch):
    done = []
    monkeypatch.setattr(care.vm, "reopen_rental", lambda *told: done.append(told))
    shown(care, CLOSED)
    box = await asked(care, until, care.reopen, ReopenDialog)
    assert (box.reason, False, "Say why first.") == (box.focusWidget(), box.yes.isEnabled(), box.yes.toolTip())
    QTest.keyClicks(box.reason, "the tank was full")
    QTest.keyClick(box.reason, Qt.Key.Key_Return)
    assert (box.no, True) == (box.focusWidget(), box.isVisible())
    box.yes.click()
    await until(lambda: not care.tasks.running("change"))
    assert [(BOOKING, "the tank was full")] == done


async def test_charges_begin_as_they_are_and_are_corrected_with_a_reason(care, until, monkeypatch):
    done = []
    monkeypatch.setattr(care.vm, "recharge", lambda *told: done.append(told))
    shown(care, OWING)
    box = await asked(care, until, care.recharge, ChargesDialog)
    assert (False, [LineKind.FUEL], True) == (
        box.yes.isEnabled(),
        list(box.part.boxes),
        box.part.boxes[LineKind.FUEL].isChecked(),
    )
    assert "To pay" == box.part.amounts[-1].label
    box.part.boxes[LineKind.FUEL].click()
    assert box.yes.isEnabled()
    box.yes.click()
    assert (True, True) == (box.isVisible(), box.part.why.mistakes["reason"].isVisible())
    QTest.keyClicks(box.part.reason, "misread")
    box.yes.click()
    await until(lambda: not care.tasks.running("change"))
    assert [(BOOKING, Charging(waived=((LineKind.FUEL, "misread"),)))] == done


async def test_what_was_waived_before_stays_with_its_reason(care, until, monkeypatch):
    done = []
    monkeypatch.setattr(care.vm, "recharge", lambda *told: done.append(told))
    waived = Charging(waived=((LineKind.FUEL, "misread"),))
    shown(care, returned(BOOKING, 7, waived))
    box = await asked(care, until, care.recharge, ChargesDialog)
    assert (False, "misread") == (box.part.boxes[LineKind.FUEL].isChecked(), box.part.reason.text())
    box.part.cleaning.setChecked(True)
    box.yes.click()
    await until(lambda: not care.tasks.running("change"))
    assert [(BOOKING, replace(waived, cleaning=True))] == done


def test_the_agreement_tells_when_it_was_closed_and_why_it_was_opened_again(qtbot, theme, tmp_path):
    part = AgreementPart(ViewContext(theme, ShimmerClock(theme), Preferences(tmp_path / "p.ini")))
    qtbot.addWidget(part)
    part.draw(REOPENED, NOW)
    told = {each.label: each.value for each in part.legs.fields}
    assert told["Closed"].endswith("by clerk")
    assert told["Opened again"].endswith("· the tank was full")
