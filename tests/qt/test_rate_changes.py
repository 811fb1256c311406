"""A daily rate that changes by much is asked about by car, plate, old and new rate; nothing else is."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from builders import make_car
from hypothesis import given
from hypothesis import strategies as st
from person import person_at
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.viewmodels.fleet.car_state import FleetCarStage, FleetCarState
from desktop.viewmodels.phases import Phase
from desktop.views.fleet.car_questions import to_change_rate
from desktop.widgets.frame.question_box import QuestionBox
from desktop.words.messages import amount
from engine.domain.car.form import CarForm
from engine.domain.money.money import Money

CTRL = Qt.KeyboardModifier.ControlModifier


def changed(old, new, currency="EUR", before="EUR"):
    car = replace(make_car(1), daily_rate=Money(old, before))
    return FleetCarState(
        FleetCarStage.FILLED_IN, car=car, form=replace(CarForm.of(car), daily_rate=Money(new, currency))
    )


@given(st.integers(1, 10**8), st.integers(1, 10**8))
def test_far_is_more_than_three_times_either_way(old, new):
    question = to_change_rate(changed(old, new))

    assert (question is not None) == (max(old, new) > 3 * min(old, new))
    if question is not None:
        told = f"{question.about.spoken} {' '.join(each.value for each in question.amounts)} {question.yes}"
        car = make_car(1)
        for named in (car.title, car.plate, amount(Money(old, "EUR")), amount(Money(new, "EUR"))):
            assert named in told
        assert not question.harmless


def test_another_currency_is_far_and_a_new_car_has_no_rate_before():
    assert to_change_rate(changed(100_00, 100_00, "JPY")) is not None
    assert to_change_rate(replace(changed(1, 100_00), car=None)) is None


def asked():
    boxes = (each for each in QApplication.topLevelWidgets() if isinstance(each, QuestionBox))
    return next((each for each in boxes if each.isVisible()), None)


async def test_121_to_0_01_is_asked_about_and_enter_keeps_it(qapp, world, tmp_path):
    async with person_at(qapp, world, tmp_path) as person:
        await person.sign_in("owner")
        page = person.view.page("fleet").shown
        await person.until(lambda: page.fleet.state.phase is Phase.READY)
        await person.until(lambda: page.rows.model.rowCount() == page.fleet.state.first.total)
        person.press(Qt.Key.Key_Return)
        await person.until(page.panel.main.isEnabled)
        person.press(Qt.Key.Key_Return)
        field = page.panel.form.fields["daily_rate"]
        await person.until(page.panel.form.fields["plate"].hasFocus)
        before = page.car.state.car
        field.setFocus()
        field.selectAll()
        person.type("0.60")
        person.press(Qt.Key.Key_Return, CTRL)
        await person.until(asked)
        QTest.keyClick(asked(), Qt.Key.Key_Return)
        await person.until(lambda: not asked() and not page.panel.tasks.running("rate"))
        kept = world.db.cars.find_one({"_id": before.id})["daily_rate"]["minor"]
        assert FleetCarStage.FILLED_IN is page.car.state.stage
        page.panel.main.click()
        await person.until(asked)
        asked().yes.click()
        await person.until(lambda: page.car.state.stage is FleetCarStage.SHOWN)
        taken = world.db.cars.find_one({"_id": before.id})["daily_rate"]["minor"]

    assert (before.daily_rate.minor, 60) == (kept, taken)
    gc.unfreeze()


@pytest.mark.parametrize("typed", ["1,250", "9,999"])
async def test_a_rate_that_may_be_read_in_two_ways_names_both_at_its_field(qapp, world, tmp_path, typed):
    async with person_at(qapp, world, tmp_path) as person:
        await person.sign_in("owner")
        page = person.view.page("fleet").shown
        await person.until(lambda: page.fleet.state.phase is Phase.READY)
        await person.until(lambda: page.rows.model.rowCount() == page.fleet.state.first.total)
        person.press(Qt.Key.Key_N)
        await person.until(lambda: page.car.state.form is not None)
        page.car.fill(daily_rate=Money(0, "KWD"))
        field = page.panel.form.fields["daily_rate"]
        field.setFocus()
        person.type(typed)
        person.press(Qt.Key.Key_Tab)
        told = page.panel.form.mistakes["daily_rate"]
        await person.until(told.text)
        assert (
            told.text() == f"This may be {typed}.000 KWD or {typed.replace(',', '.')} KWD: write it with its decimals."
        )
        person.press(Qt.Key.Key_Escape)
    gc.unfreeze()
