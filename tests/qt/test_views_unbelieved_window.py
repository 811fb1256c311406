"""An administrator decides in the window on bookings that are not believed, on real servers (docs/decisions/0045)."""

from __future__ import annotations

import pytest
from gestures import asked
from look_over import faults_in_small
from payments import opened, stripe_of
from person import person_at
from PySide6.QtCore import Qt

from desktop.views.areas.oversight import OversightArea
from engine.domain.booking.refund_reason import UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.shared.errors import DamagedRow, NotBelieved


async def doubted(world):
    """One whose money was taken, under rules that the firm never had; and one that cannot be read."""
    async with world.desk() as desk, stripe_of(world) as stripe:
        booking = await opened(desk, car="car-2", key="doubted")
        await stripe.pay(booking)
        await desk.payment.settle(desk.actor, booking.id)
        now = desk.clock.now()
        world.db.bookings.update_one({"_id": booking.id}, {"$set": {"quote.commission_bp": 9_000, "due_at": now}})
        with pytest.raises(NotBelieved):
            await desk.payment.belief.judge(await desk.payment.store.booking(booking.id))
        torn = await opened(desk, car="car-1", key="torn")
        torn_row = {"$set": {"history": [], "due_at": now}}
        world.db.bookings.update_one({"_id": torn.id}, torn_row, bypass_document_validation=True)
        with pytest.raises(DamagedRow):
            await desk.payment.carry_on(torn.id)
        await desk.sweeper.sweep()
    return booking, torn


def taken(office):
    return [office.care.there.list.model.index(row, 0).data() for row in range(office.care.there.list.model.rowCount())]


async def open_row(person, office, at):
    await person.until(lambda: office.care.is_open and office.care.there.list.model.row_at(at) is not None)
    office.care.there.list.table.selectRow(at)
    office.care.there.list.table.setFocus()
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: office.unbelieved.is_open)
    panel = office.unbelieved.there
    await person.until(lambda: panel.vm.state.found is not None and not panel.vm.state.busy)
    return panel


async def esc_asks(person, panel, reason):
    """Before what somebody found out is lost."""
    person.press(Qt.Key.Key_Escape)
    await person.until(asked)
    assert reason in asked().told
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: asked() is None and not panel.questions.running("lose"))
    assert (True, reason) == (panel.is_open, panel.reason.text())


def every_page_has_a_key(person):
    """Nobody's rail is longer than an administrator's."""
    keys = {command.id: command.key for command in person.view.commands() if command.id.startswith("go.")}
    assert len(person.view.entries) == len(keys) == len(set(keys.values()) - {""})


async def test_its_car_and_its_money_go_after_the_question_and_never_by_enter(qapp, world, tmp_path):
    booking, torn = await doubted(world)
    async with person_at(qapp, world, tmp_path) as person:
        await person.sign_in("admin")
        office = person.view.area(OversightArea)
        office.show_care()
        await person.until(lambda: office.care.there.list.model.rowCount() == 2)
        lines = [office.care.there.list.model.index(row, 1).data() for row in range(2)]
        assert {"Not the firm's rules", "Damaged"} == set(lines)
        at = lines.index("Not the firm's rules")

        panel = await open_row(person, office, at)
        assert "were never the firm's" in panel.why.text()
        assert not await faults_in_small(person.window, {booking.plate, booking.renter_name})
        assert "Give back 100.00 EUR" == panel.give_back.text()
        assert panel.give_back.isEnabled()
        assert not panel.let_go.isEnabled()
        person.type("The renter never came")
        assert panel.let_go.isEnabled()
        await esc_asks(person, panel, "The renter never came")
        panel.give_back.click()
        await person.until(asked)
        told = asked().told
        for part in (booking.plate, booking.renter_name, "100.00 EUR", "cannot be undone"):
            assert part in told, told
        assert ("The renter never came", False) == (asked().said.text(), asked().yes.isEnabled())
        for _ in range(3):
            person.press(Qt.Key.Key_Return)
        await person.until(lambda: asked() is None and not panel.tasks.running("decide"))
        assert 1 == len(world.db.fences.find_one({"_id": "car-2"})["claims"])
        panel.give_back.click()
        await person.until(asked)
        asked().usual.setCurrentIndex(asked().usual.findData(UsualReason.SUSPECT))
        asked().yes.click()
        await person.until(lambda: office.care.is_open and office.care.there.list.model.rowCount() == 1)
        assert [f"damaged: {torn.id}"] == taken(office)

        panel = await open_row(person, office, 0)
        assert "cannot be read as a booking" in panel.why.text()
        person.type("Torn by a disk")
        panel.let_go.click()
        await person.until(asked)
        asked().yes.click()
        await person.until(lambda: office.care.is_open and office.care.there.list.model.rowCount() == 0)
        office.care.there.close_panel()
        every_page_has_a_key(person)

    rows = {row["_id"]: row for row in world.db.bookings.find()}
    why = {"usual": "suspect", "said": "The renter never came"}
    assert why in [step["reason"] for step in rows[booking.id]["history"] if "reason" in step]
    assert BookingState.CANCELLED == rows[booking.id]["state"]
    assert BookingState.RELEASED == rows[torn.id]["state"]
    assert [] == [claim for fence in world.db.fences.find() for claim in fence["claims"]]
    async with stripe_of(world) as stripe:
        assert [100_00] == [charge["refunded"] for charge in await stripe.charges(booking)]
        assert "expired" == (await stripe.page(torn))["status"]
