"""A car that is out is exchanged by keyboard, in the real window and on real servers."""

from __future__ import annotations

from at_counter import confirmed
from builders import FULL
from gestures import asked
from payments import stripe_of
from person import person_at
from PySide6.QtCore import Qt

from desktop.views.agreement.exchange_dialog import ExchangeDialog
from engine.domain.agreement.reading import Reading


async def out(world):
    async with world.desk() as desk, stripe_of(world) as stripe:
        booking = await confirmed(desk, stripe, -0.3, 95.7)
        return await desk.rental.hand_over(desk.actor, booking.id, FULL)


async def looked_at(person, booking):
    await person.sign_in()
    side = person.view.client.side
    side.open_booking(booking)
    await person.until(lambda: side.detail.is_visible and side.detail.wanted().others.may_exchange())
    return side.detail.wanted()


async def chosen(person, part):
    person.press(Qt.Key.Key_F8)
    await person.until(part.table.isVisible)
    await person.until(part.table.hasFocus)
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: isinstance(asked(), ExchangeDialog))
    return asked()


async def test_both_cars_are_read_and_why_is_said_by_keys_alone(qapp, world, tmp_path):
    booking = await out(world)
    async with person_at(qapp, world, tmp_path) as person:
        detail = await looked_at(person, booking)
        part = detail.others
        assert "Exchange the car …" == part.ask.text()
        box = await chosen(person, part)
        assert "2 free cars" in part.words.text()
        assert all(each in box.told for each in ("B-DS 1", "B-DS 2", booking.renter_name, "200.00 EUR"))
        for text in ("10,250", "5", "10,000", "8"):
            person.type(text)
            person.press(Qt.Key.Key_Return)
        assert (box.why, False) == (box.focusWidget(), box.yes.isDefault())
        person.press(Qt.Key.Key_Return)
        assert (True, True) == (box.isVisible(), box.form.mistakes["why"].isVisible())
        person.type("does not start")
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: "car-2" == world.stored(booking)["car_id"])
        await person.until(lambda: "B-DS 2" == detail.vm.state.booking.plate)
        await person.until(lambda: detail.agreement.legs.isVisible() and len(detail.vm.state.agreement.legs) == 2)
        told = [each.value for each in detail.agreement.legs.fields]

    legs = world.db.agreements.find_one({"_id": booking.id})["legs"]
    assert [(10_250, 5), (10_000, 8)] == [
        (read["odometer_km"], read["full"]) for read in (legs[0]["back"], legs[1]["out"])
    ]
    assert any("does not start" in each for each in told)
    assert sum("B-DS" in each for each in told) == 2


async def test_esc_keeps_the_car_and_a_car_that_was_taken_meanwhile_is_named(qapp, world, tmp_path):
    booking = await out(world)
    async with person_at(qapp, world, tmp_path) as person:
        part = (await looked_at(person, booking)).others
        await chosen(person, part)
        person.press(Qt.Key.Key_Escape)
        await person.until(lambda: asked() is None and not part.tasks.running("move"))
        assert "car-1" == world.stored(booking)["car_id"]
        async with world.desk() as desk, stripe_of(world) as stripe:
            await confirmed(desk, stripe, 4, 20, key="meanwhile", car="car-2")
        part.table.setFocus()
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: isinstance(asked(), ExchangeDialog))
        box = asked()
        for fields, reading in ((box.back, Reading(10_250, 5)), (box.out, Reading(10_000, 8))):
            fields.km.setText(str(reading.odometer_km))
            fields.full.setText(str(reading.full))
        box.why.setText("too small")
        box.yes.click()
        await person.until(part.problem.isVisible)
        assert "Nothing was changed." in part.problem.text()
    assert ("car-1", 1) == (
        world.stored(booking)["car_id"],
        len(world.db.agreements.find_one({"_id": booking.id})["legs"]),
    )
