"""A drawer's day in the real window: opened, a booking paid in cash, counted, closed with its reason."""

from __future__ import annotations

import gc

import pytest
from gestures import asked
from person import person_at
from PySide6.QtCore import Qt

from desktop.viewmodels.booking.panel_state import PanelStage
from desktop.viewmodels.phases import Phase
from engine.domain.counter.shift import ShiftState


@pytest.fixture
def clerk(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def gives_one_back(person, panel):
    """Enter leads from field to field and answers nothing before the last."""
    panel.aftercare.give_back.click()
    await person.until(lambda: asked() is not None)
    person.type("1")
    person.press(Qt.Key.Key_Return)
    assert asked().form.lines["reason"].hasFocus()
    person.press(Qt.Key.Key_Return)
    assert asked() is not None
    person.type("counted wrong")
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: panel.vm.state.booking.version == 3)


async def test_a_booking_is_paid_in_cash_with_three_typed_fields_and_the_drawer_is_closed(clerk, world):
    async with clerk() as person:
        await person.sign_in()
        person.view.go("shift")
        shift = person.view.page("shift")
        await person.until(lambda: shift.vm.state.phase is Phase.READY and shift.begin.isVisible())
        person.press(Qt.Key.Key_Return)
        person.type("150")
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: shift.count.isVisible() and not shift.open_panel.is_open)

        person.view.go("find")
        await person.find()
        person.press(Qt.Key.Key_B)
        panel = person.view.client.panel
        await person.until(panel.isVisible)
        person.type("ada")
        await person.until(lambda: panel.renters.list.model().rowCount() > 0 and not panel.vm.state.searching)
        person.press(Qt.Key.Key_Return)
        await person.until(panel.may_reserve)
        person.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        await person.until(lambda: panel.vm.state.stage is PanelStage.CONFIRMED)
        person.press(Qt.Key.Key_F9)
        await person.until(lambda: asked() is not None)
        price = panel.vm.state.booking.price
        person.press(Qt.Key.Key_Return)
        assert (f"{price.minor // 100}.00", 1) == (asked().form.value("received"), panel.vm.state.booking.version)
        person.type("1000")
        assert "Change" in asked().change.text()
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: panel.vm.state.booking.version == 2)
        assert f"Paid {price.minor // 100}.00 EUR." == panel.status.sentence.text()

        await gives_one_back(person, panel)

        person.view.go("shift")
        await person.until(lambda: shift.vm.state.now is not None and len(shift.vm.state.now.moves) == 2)
        shift.count.click()
        shift.count_panel.lines[100_00].setText("1")
        assert "100.00 EUR" == shift.count_panel.total.text()
        shift.count_panel.save.click()
        await person.until(lambda: shift.differs.is_open)
        shift.differs.save.click()
        assert shift.differs.form.mistakes["reason"].text()
        person.type("a note was torn")
        person.press(Qt.Key.Key_Return)
        await person.until(shift.begin.isVisible)

    row = world.db.shifts.find_one()
    assert (ShiftState.CLOSED, 100_00, "a note was torn") == (row["state"], row["counted"]["minor"], row["reason"])
    assert [price.minor, -1_00] == [move["amount"]["minor"] for move in row["moves"]]
    assert 6 == world.db.ledger.count_documents({})


async def test_without_the_database_nothing_is_opened_or_counted(clerk, world):
    async with clerk() as person:
        await person.sign_in()
        person.view.go("shift")
        shift = person.view.page("shift")
        await person.until(lambda: shift.vm.state.phase is Phase.READY and shift.begin.isVisible())
        shift.set_online(online=False)
        assert not shift.begin.isEnabled()
        shift.next_step()
        assert not shift.open_panel.is_open
        shift.set_online(online=True)
        shift.next_step()
        assert shift.open_panel.is_open


async def test_what_cannot_be_taken_is_told_before_it_is_pressed(clerk, world):
    async with clerk() as person:
        await person.sign_in()
        await person.find()
        person.press(Qt.Key.Key_B)
        panel = person.view.client.panel
        await person.until(panel.isVisible)
        person.type("ada")
        await person.until(lambda: panel.renters.list.model().rowCount() > 0 and not panel.vm.state.searching)
        person.press(Qt.Key.Key_Return)
        await person.until(panel.may_reserve)
        panel.second.click()
        await person.until(lambda: panel.vm.state.stage is PanelStage.CONFIRMED)
        person.press(Qt.Key.Key_F9)
        await person.until(lambda: asked() is not None)
        box = asked()
        for name, text, told in (
            ("received", "1", "still missing"),
            ("amount", "99999", ""),
            ("amount", "", ""),
            ("amount", "-5", ""),
        ):
            box.form.put(name, text)
            assert told in box.change.text()
            assert not box.yes.isEnabled()
            assert box.yes.toolTip()
        box.tender.setCurrentIndex(1)
        box.form.put("amount", "10")
        box.form.put("reference", "4242 4242 4242 4242")
        box.yes.click()
        assert asked() is box
        assert "" == box.form.value("reference")
        assert "card" in box.form.mistakes["reference"].text()
        box.tender.setCurrentIndex(0)
        box.form.put("received", "")
        box.yes.click()
        await person.until(lambda: panel.vm.state.problem is not None)
        assert "counter.no_shift" == panel.vm.state.problem.code
    assert 0 == world.db.ledger.count_documents({})
