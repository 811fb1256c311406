"""What can be done with a booking that exists: only what makes sense, and only after a yes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import BERLIN, make_car
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from view_builders import CLERK, NOW, PERIOD, fed_workspace, make_booking

from desktop.tasks import TaskScope
from desktop.viewmodels.booking.booking import PanelStage, PanelState
from desktop.viewmodels.booking.one_booking import Change
from desktop.views.agreement.extend_dialog import ExtendDialog
from desktop.views.agreement.reading_form import ReadingDialog
from desktop.views.booking.aftercare import Aftercare
from desktop.views.booking.refund_reason import ReasonDialog
from desktop.views.marks.marks_dialog import MarksDialog
from desktop.widgets.frame.question_box import FINAL, QuestionBox
from desktop.words.messages import amount, booking_number
from engine.domain.agreement.agreement import handed_over
from engine.domain.agreement.charges import AS_PROPOSED, Charging
from engine.domain.agreement.checks import Check, Finding, Severity
from engine.domain.agreement.fees import RentalFees
from engine.domain.agreement.reading import Gauge, ReadBefore, Reading, Seen
from engine.domain.booking.booking import BookingId
from engine.domain.booking.cancellation import RefundQuote
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.car.body_parts import PartId, part_named
from engine.domain.car.condition import CarMarks, Found, MarkId, MarkKind, NewMark, written
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind
from engine.domain.people.people import Role
from engine.domain.shared.period import RentalPeriod

BEGUN = RentalPeriod(NOW - timedelta(hours=5), NOW + timedelta(days=1))
SOON = RentalPeriod(NOW + timedelta(hours=2), NOW + timedelta(days=1))
LATER = RentalPeriod(NOW + timedelta(hours=25), NOW + timedelta(days=3))
PAST = RentalPeriod(NOW - timedelta(days=3), NOW - timedelta(minutes=1))


FEES = RentalFees("EUR", late_hour=10_00, late_day=60_00, free_km=200, km=25, eighth=12_00, cleaning=45_00)
CAR = make_car(1)
ROOF, BONNET = (part_named(CAR.body, PartId(name)) for name in ("roof", "bonnet"))
DENT = written(NewMark(ROOF.at, ROOF.id, MarkKind.DENT, 2), MarkId("m1"), CAR.id, 4, Found("clerk", NOW))
BEFORE = ReadBefore(Gauge.EIGHTHS, 57_702, 57_702 + 4_000, 8)


@pytest.fixture
def care(qtbot, theme, monkeypatch):
    workspace = fed_workspace(TaskScope())
    care = Aftercare(theme, workspace.panel, workspace.now, at_counter=True)
    qtbot.addWidget(care)

    async def read_before(_booking_id):
        return BEFORE

    async def agreement_of(_booking_id):
        out = Seen(Reading(57_702, 8), NOW - timedelta(days=1), CLERK.account)
        return handed_over(care.vm.state.booking, Gauge.EIGHTHS, out, FEES)

    async def check(_booking_id):
        return care.found

    async def marks_of(_car_id):
        return care.marks

    care.found, care.marks = (), CarMarks(CAR, (DENT,))
    monkeypatch.setattr(care.vm, "check", check)
    monkeypatch.setattr(care.vm, "marks_of", marks_of)
    monkeypatch.setattr(care.vm, "read_before", read_before)
    monkeypatch.setattr(care.vm, "agreement_of", agreement_of)
    return care


def _offered(care):
    return [button.text() for button in care.buttons if not button.isHidden()]


@pytest.mark.parametrize(
    ("stage", "period", "offered"),
    [
        (PanelStage.PAYING, PERIOD, []),
        (PanelStage.CONFIRMED, LATER, ["Cancel booking …"]),
        (PanelStage.CONFIRMED, SOON, ["Hand over …", "Cancel booking …"]),
        (PanelStage.CONFIRMED, BEGUN, ["Hand over …", "Nobody came …", "Cancel booking …"]),
        (PanelStage.CONFIRMED, PAST, ["Nobody came …", "Cancel booking …"]),
        (PanelStage.OUT, BEGUN, ["Take the car back …", "Extend …"]),
        (PanelStage.OUT, PAST, ["Take the car back …", "Extend …"]),
        (PanelStage.RELEASED, PERIOD, ["Take up again"]),
        (PanelStage.OVER, PERIOD, []),
    ],
)
def test_each_stage_offers_what_makes_sense(care, stage, period, offered):
    booking = make_booking(state=BookingState.CONFIRMED, period=period)
    care.draw(PanelState(stage=stage, booking=booking), online=True)

    assert offered == _offered(care)
    assert care.isHidden() == (not offered)


def test_offline_nothing_that_writes_can_be_pressed(care):
    state = PanelState(stage=PanelStage.CONFIRMED, booking=make_booking(state=BookingState.CONFIRMED))
    care.draw(state, online=False)

    assert not care.cancel.isEnabled()


@pytest.mark.parametrize("agreed", [True, False])
async def test_money_goes_back_only_after_a_yes_to_its_amount(care, until, monkeypatch, agreed):
    cancelled = []
    monkeypatch.setattr(care.vm, "cancel", lambda *told: cancelled.append(told))
    care.show()
    care.vm.state = PanelState(PanelStage.CONFIRMED, booking=make_booking(state=BookingState.CONFIRMED))
    care.vm.refund_quoted.emit(RefundQuote(Money(36_00, "EUR"), Money(36_00, "EUR")))
    await until(lambda: care.window().findChildren(QuestionBox))
    box = care.window().findChildren(QuestionBox)[0]
    assert "Cancel and refund 36.00 EUR" in [button.text() for button in (box.yes, box.no)]
    box.usual.setCurrentText("Booked or paid twice")
    box.said.setText("paid by phone, too")
    next(each for each in (box.yes, box.no) if each.text().startswith("Cancel and" if agreed else "Keep")).click()
    await until(lambda: not care.tasks.running("cancel"))

    said = RefundReason(UsualReason.TWICE, "paid by phone, too")
    assert ([(Money(36_00, "EUR"), said)] if agreed else []) == cancelled


async def test_a_refund_is_asked_about_by_its_booking_and_wants_a_reason(care, until, monkeypatch):
    cancelled = []
    monkeypatch.setattr(care.vm, "cancel", lambda *told: cancelled.append(told))
    booking = make_booking(state=BookingState.CONFIRMED)
    box = await _asked_about(care, until, booking, 36_00)
    told = box.told
    for named in (booking.plate, booking.renter_name, booking_number(booking.id), "Refund now: 36.00 EUR"):
        assert named in told
    assert booking.car_label.startswith(box.wording.about.car)

    assert (False, "Choose a reason first.") == (box.yes.isEnabled(), box.yes.toolTip())
    box.usual.setCurrentText("Another reason")
    assert (False, "Say the reason in words first.") == (box.yes.isEnabled(), box.yes.toolTip())
    box.said.setText(" \u2003 ")
    assert not box.yes.isEnabled()
    box.said.setText("a flight was cancelled\x07")
    box.yes.click()
    assert (True, True) == (box.isVisible(), box.form.mistakes["said"].isVisible())
    assert "The reason in words" in box.form.mistakes["said"].text()
    box.said.setText("a flight was cancelled")
    assert not box.form.mistakes["said"].isVisible()
    box.yes.click()
    await until(lambda: not care.tasks.running("cancel"))

    assert [(Money(36_00, "EUR"), RefundReason(UsualReason.OTHER, "a flight was cancelled"))] == cancelled


@pytest.mark.parametrize("chosen", [-1, 0, 6])
@pytest.mark.parametrize("presses", [1, 3, 7])
async def test_enter_alone_never_gives_money_back(care, until, monkeypatch, chosen, presses):
    cancelled = []
    monkeypatch.setattr(care.vm, "cancel", lambda *told: cancelled.append(told))
    box = await _asked_about(care, until, make_booking(state=BookingState.CONFIRMED), 36_00)
    box.usual.setCurrentIndex(chosen)
    box.said.setText("said")
    for _ in range(presses):
        if box.isVisible():
            QTest.keyClick(box.focusWidget(), Qt.Key.Key_Return)
    thrown_away = not box.isVisible()
    box.reject()
    await until(lambda: not care.tasks.running("cancel"))

    assert ([], presses > 1) == (cancelled, thrown_away)


async def test_a_renters_own_account_is_asked_for_no_reason(care, until, monkeypatch):
    cancelled = []
    monkeypatch.setattr(care.vm, "cancel", lambda *told: cancelled.append(told))
    monkeypatch.setattr(care.vm._desk, "actor", replace(care.vm._desk.actor, role=Role.RENTER))
    box = await _asked_about(care, until, make_booking(state=BookingState.CONFIRMED), 36_00)
    assert not isinstance(box, ReasonDialog)
    box.yes.click()
    await until(lambda: not care.tasks.running("cancel"))

    assert [(Money(36_00, "EUR"), None)] == cancelled


async def _asked_about(care, until, booking, back):
    care.show()
    care.vm.state = PanelState(PanelStage.CONFIRMED, booking=booking)
    care.vm.refund_quoted.emit(RefundQuote(Money(back, "EUR"), Money(0, "EUR")))
    await until(lambda: care.window().findChildren(QuestionBox))
    return care.window().findChildren(QuestionBox)[0]


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
    care.vm.state = PanelState(PanelStage.CONFIRMED, booking=make_booking(state=BookingState.CONFIRMED))
    care.vm.refund_quoted.emit(RefundQuote(Money(back, "EUR"), Money(kept, "EUR")))
    await until(lambda: care.window().findChildren(QuestionBox))
    box = care.window().findChildren(QuestionBox)[0]

    asked = box.told
    box.reject()
    await until(lambda: not care.tasks.running("cancel"))

    assert told in asked
    assert untold not in asked


@pytest.mark.parametrize("presses", [1, 3, 7])
async def test_enter_and_enter_and_enter_never_end_a_rental(care, until, monkeypatch, presses):
    """Each Enter goes to whatever has the keyboard, as a held or impatient key does."""
    ended = []
    monkeypatch.setattr(care.vm, "change", lambda *told: ended.append(told))
    state = PanelState(PanelStage.OUT, booking=make_booking(state=BookingState.OUT, period=BEGUN))
    care.vm.state = state
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
    await until(lambda: not care.tasks.running("change"))

    assert [] == ended


async def test_a_return_is_asked_about_by_car_plate_renter_and_amount(care, until):
    booking = make_booking(state=BookingState.OUT, period=BEGUN)
    care.vm.state = PanelState(PanelStage.OUT, booking=booking)
    care.show()
    care.draw(care.vm.state, online=True)
    care.returned.click()
    await until(lambda: care.window().findChildren(ReadingDialog))
    box = care.window().findChildren(ReadingDialog)[0]

    told = "\n".join([box.told, *_sums(box)])
    box.reject()
    await until(lambda: not care.tasks.running("change"))

    for named in (booking.plate, booking.renter_name, booking_number(booking.id), amount(booking.price), FINAL):
        assert named in told


def type_into(box, km, full):
    box.fields.km.setText(km)
    box.fields.full.setText(full)


async def _asked_to_read(care, until, booking, button="returned"):
    stage = PanelStage.OUT if booking.state is BookingState.OUT else PanelStage.CONFIRMED
    care.vm.state = PanelState(stage, booking=booking)
    care.show()
    care.window().activateWindow()
    care.draw(care.vm.state, online=True)
    getattr(care, button).click()
    await until(lambda: [each for each in care.window().findChildren(ReadingDialog) if each.isVisible()])
    return care.window().findChildren(ReadingDialog)[-1]


async def test_a_return_is_kilometres_fuel_and_enter(care, until, monkeypatch):
    taken = []
    monkeypatch.setattr(care.vm, "change", lambda *told: taken.append(told))
    box = await _asked_to_read(care, until, make_booking(state=BookingState.OUT, period=BEGUN))
    assert (box.fields.km, "") == (box.focusWidget(), box.fields.km.text())

    QTest.keyClicks(box.focusWidget(), "58,314")
    assert "612 km since 57,702" == box.fields.since.text()
    QTest.keyClick(box.focusWidget(), Qt.Key.Key_Return)
    QTest.keyClicks(box.focusWidget(), "7")
    QTest.keyClick(box.focusWidget(), Qt.Key.Key_Return)
    await until(lambda: not care.tasks.running("change"))

    assert [(Change.RETURNED, Reading(58_314, 7), BERLIN.id, AS_PROPOSED, ())] == taken


async def test_what_a_return_costs_appears_as_it_is_typed(care, until):
    box = await _asked_to_read(care, until, make_booking(state=BookingState.OUT, period=PAST))
    assert _sums(box)[-2:] == ["Paid: -100.00 EUR", "To pay: 0.00 EUR"]

    type_into(box, "58,314", "7")
    # Two billed days have 400 km; the car is a minute late.
    assert [LineKind.KM, LineKind.FUEL] == list(box.charges.boxes)
    assert "Kilometres beyond, 212 km" in box.charges.boxes[LineKind.KM].text()
    assert "To pay: 65.00 EUR" == _sums(box)[-1]
    assert not box.findChild(QScrollArea).verticalScrollBar().isVisible(), "it is as high as what it holds"
    box.charges.cleaning.setChecked(True)
    assert "To pay: 110.00 EUR" == _sums(box)[-1]
    box.fields.km.setText("")
    assert "To pay: 0.00 EUR" == _sums(box)[-1]
    box.reject()
    await until(lambda: not care.tasks.running("change"))


def _sums(box):
    return [f"{each.label}: {each.value}" for each in box.charges.amounts]


async def test_a_charge_is_left_out_with_a_reason(care, until, monkeypatch):
    taken = []
    monkeypatch.setattr(care.vm, "change", lambda *told: taken.append(told))
    box = await _asked_to_read(care, until, make_booking(state=BookingState.OUT, period=PAST))
    type_into(box, "58,314", "7")
    box.charges.boxes[LineKind.KM].click()
    assert ("To pay: 12.00 EUR", box.charges.reason) == (_sums(box)[-1], box.focusWidget())
    box.yes.click()
    assert box.isVisible()
    assert "The reason must not be empty" in box.charges.why.mistakes["reason"].text().replace("Reason", "The reason")

    QTest.keyClicks(box.charges.reason, "towed home")
    QTest.keyClick(box.charges.reason, Qt.Key.Key_Return)
    await until(lambda: not care.tasks.running("change"))
    waived = Charging(waived=((LineKind.KM, "towed home"),))
    assert [(Change.RETURNED, Reading(58_314, 7), BERLIN.id, waived, ())] == taken


async def test_what_goes_out_mostly_shows_what_was_read_last(care, until, monkeypatch):
    given = []
    monkeypatch.setattr(care.vm, "change", lambda *told: given.append(told))
    box = await _asked_to_read(care, until, make_booking(state=BookingState.CONFIRMED, period=BEGUN), "hand_over")
    assert ("57,702", "57,702", "As read last") == (
        box.fields.km.text(),
        box.fields.km.selectedText(),
        box.fields.since.text(),
    )

    QTest.keyClick(box.focusWidget(), Qt.Key.Key_Return)
    QTest.keyClick(box.focusWidget(), Qt.Key.Key_Return)
    assert box.isVisible()
    assert "between 0 and 8" in box.fields.form.mistakes["full"].text()
    QTest.keyClicks(box.focusWidget(), "8")
    QTest.keyClick(box.focusWidget(), Qt.Key.Key_Return)
    await until(lambda: not care.tasks.running("change"))

    assert [(Change.HAND_OVER, Reading(57_702, 8), (), frozenset())] == given


async def test_what_the_firm_only_warns_of_is_told_before_and_gone_on_with(care, until, monkeypatch):
    given = []
    monkeypatch.setattr(care.vm, "change", lambda *told: given.append(told))
    care.found = (
        Finding(Check.AGE, Severity.WARN, date(2008, 3, 14), wanted=21),
        Finding(Check.BALANCE, Severity.WARN, open=Money(72_00, "EUR")),
    )
    box = await _asked_to_read(care, until, make_booking(state=BookingState.CONFIRMED, period=BEGUN), "hand_over")
    assert "The renter was born on 14 Mar 2008; the firm wants 21 years.\n72.00 EUR is not paid yet." in box.told
    assert "Hand it over all the same" == box.yes.text()
    type_into(box, "57,702", "8")
    box.yes.click()
    await until(lambda: not care.tasks.running("change"))
    assert [(Change.HAND_OVER, Reading(57_702, 8), (), frozenset({Check.AGE, Check.BALANCE}))] == given


async def test_what_the_firm_keeps_the_car_for_is_told_and_nothing_is_read(care, until, monkeypatch):
    given = []
    monkeypatch.setattr(care.vm, "change", lambda *told: given.append(told))
    care.found = (
        Finding(Check.LICENCE_VALID, Severity.BLOCK),
        Finding(Check.BALANCE, Severity.WARN, open=Money(72_00, "EUR")),
    )
    booking = make_booking(state=BookingState.CONFIRMED, period=BEGUN)
    care.vm.state = PanelState(PanelStage.CONFIRMED, booking=booking)
    care.show()
    care.draw(care.vm.state, online=True)
    care.hand_over.click()
    await until(lambda: [each for each in care.window().findChildren(QuestionBox) if each.isVisible()])
    box = care.window().findChildren(QuestionBox)[-1]
    assert (booking.plate in box.wording.title, "") == (True, box.wording.no)
    assert "Nobody has written down until when the licence holds." == box.wording.text
    QTest.keyClick(box, Qt.Key.Key_Return)
    await until(lambda: not care.tasks.running("change"))
    assert [] == given


@pytest.mark.parametrize(("km", "said"), [("57701", "Below 57,702"), ("61703", "4,001 km more")])
async def test_kilometres_that_are_not_to_be_expected_ask_why(care, until, monkeypatch, km, said):
    taken = []
    monkeypatch.setattr(care.vm, "change", lambda *told: taken.append(told))
    box = await _asked_to_read(care, until, make_booking(state=BookingState.OUT, period=BEGUN))
    assert box.fields.reason.isHidden()
    QTest.keyClicks(box.fields.km, km)
    QTest.keyClicks(box.fields.full, "7")
    box.fields.full.setFocus()
    QTest.keyClick(box.focusWidget(), Qt.Key.Key_Return)

    assert (True, box.fields.reason) == (box.isVisible(), box.focusWidget())
    assert said in box.fields.form.mistakes["odometer_km"].text()
    QTest.keyClicks(box.focusWidget(), "new instrument")
    QTest.keyClick(box.focusWidget(), Qt.Key.Key_Return)
    await until(lambda: not care.tasks.running("change"))
    assert [(Change.RETURNED, Reading(int(km), 7, "new instrument"), BERLIN.id, AS_PROPOSED, ())] == taken


@pytest.mark.parametrize(
    ("button", "state", "typed"),
    [("hand_over", BookingState.CONFIRMED, "57,702"), ("returned", BookingState.OUT, "58,314")],
)
async def test_what_is_found_on_the_car_is_given_along(care, until, monkeypatch, button, state, typed):
    given = []
    monkeypatch.setattr(care.vm, "change", lambda *told: given.append(told))
    box = await _asked_to_read(care, until, make_booking(state=state, period=BEGUN), button)
    assert "1 known mark" == box.marks.known.text()
    QTest.keyClicks(box.fields.km, "m")
    (marks,) = (each for each in box.findChildren(MarksDialog) if each.isVisible())
    assert "Known mark 4: Roof, Dent, 2" == marks.form.list.item(0).text()
    QTest.keyClicks(marks.form.line, "bonnet, chip, 1")
    QTest.keyClick(marks.form.line, Qt.Key.Key_Return)
    QTest.keyClick(marks.form.line, Qt.Key.Key_Return)
    assert "1 new: Bonnet: Chip, 1" == box.marks.found.text()
    assert not box.findChild(QScrollArea).verticalScrollBar().isVisible(), "it is as high as what it holds"

    type_into(box, typed, "8")
    box.yes.click()
    await until(lambda: not care.tasks.running("change"))

    (told,) = given
    assert (NewMark(BONNET.at, BONNET.id, MarkKind.CHIP, 1),) in told
    assert "m" not in box.fields.km.text()


async def test_a_no_in_the_marks_leaves_what_was_set_before(care, until):
    box = await _asked_to_read(care, until, make_booking(state=BookingState.OUT, period=BEGUN))
    for line, answer in (("bonnet, chip, 1", "yes"), ("roof, dent, 1", "no")):
        box.marks.ask()
        marks = next(each for each in box.findChildren(MarksDialog) if each.isVisible())
        marks.form.line.setText(line)
        marks.form.take()
        getattr(marks, answer).click()
        await until(lambda: not any(each.isVisible() for each in box.findChildren(MarksDialog)))

    assert ["bonnet"] == [each.part for each in box.new_marks]
    box.reject()
    await until(lambda: not care.tasks.running("change"))


async def test_a_car_goes_out_though_its_marks_do_not_come(care, until, monkeypatch):
    given = []
    monkeypatch.setattr(care.vm, "change", lambda *told: given.append(told))
    care.marks = None
    box = await _asked_to_read(care, until, make_booking(state=BookingState.CONFIRMED, period=BEGUN), "hand_over")
    QTest.keyClicks(box.fields.km, "m")
    type_into(box, "57,702", "8")
    box.yes.click()
    await until(lambda: not care.tasks.running("change"))

    assert (box.marks, [(Change.HAND_OVER, Reading(57_702, 8), (), frozenset())]) == (None, given)


async def test_a_battery_is_read_in_per_cent(care, until, monkeypatch):
    taken = []

    async def nothing(_booking_id):
        """It went out before there were agreements."""

    async def electric(_booking_id):
        return ReadBefore(Gauge.PERCENT, 20_000)

    monkeypatch.setattr(care.vm, "read_before", electric)
    monkeypatch.setattr(care.vm, "agreement_of", nothing)
    monkeypatch.setattr(care.vm, "change", lambda *told: taken.append(told))
    box = await _asked_to_read(care, until, make_booking(state=BookingState.OUT, period=BEGUN))
    type_into(box, "90 000", "81 %")
    box.yes.click()
    await until(lambda: not care.tasks.running("change"))

    assert [(Change.RETURNED, Reading(90_000, 81), None, AS_PROPOSED, ())] == taken


async def test_another_end_is_typed_and_says_what_it_costs(care, until, monkeypatch):
    agreed = []
    monkeypatch.setattr(care.vm, "extend", lambda *told: agreed.append(told))
    booking = make_booking(state=BookingState.OUT, period=BEGUN)
    care.vm.state = PanelState(PanelStage.OUT, booking=booking)
    care.show()
    care.window().activateWindow()
    care.draw(care.vm.state, online=True)
    care.extend.click()
    await until(lambda: [each for each in care.window().findChildren(ExtendDialog) if each.isVisible()])
    box = care.window().findChildren(ExtendDialog)[-1]
    assert (False, "As it is agreed now.") == (box.yes.isEnabled(), box.outcome.text())

    box.field.edit.setText("+2")
    QTest.keyClick(box.field.edit, Qt.Key.Key_Return)
    await until(lambda: not care.tasks.running("change"))

    # Two days were billed for one and a bit; two more are two more.
    assert [(booking, booking.period.ends_at + timedelta(days=2))] == agreed
    assert "2 days later" in box.outcome.text()


async def test_an_answer_is_for_the_booking_that_was_asked_about(care, until, monkeypatch):
    ended = []
    monkeypatch.setattr(care.vm, "change", lambda *told: ended.append(told))
    booking = make_booking(state=BookingState.OUT, period=BEGUN)
    box = await _asked_to_read(care, until, booking)
    type_into(box, "58314", "7")
    care.vm.state = PanelState(PanelStage.OUT, booking=replace(booking, id=BookingId("another")))
    box.yes.click()
    await until(lambda: not care.tasks.running("change"))

    assert [] == ended
