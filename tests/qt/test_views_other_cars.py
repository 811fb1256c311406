"""A booking whose car left service gets another one in the window, by keyboard, and goes back; on real servers."""

from __future__ import annotations

from builders import make_car, wish
from gestures import asked
from look_over import faults_in_small
from payments import opened, stripe_of
from person import person_at
from PySide6.QtCore import Qt

from desktop.views.areas.oversight import OversightArea
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import CarStatus


async def stranded(world):
    """A paid booking on car-1, which is in the workshop since."""
    world.add_cars(make_car(8, body=BodyType.SUV))
    async with world.desk("admin") as desk, stripe_of(world) as stripe:
        booking = await opened(desk)
        await stripe.pay(booking)
        booking = await desk.payment.settle(desk.actor, booking.id)
        car = await desk.fleet.car(desk.actor, booking.car_id)
        await desk.fleet.set_status(desk.actor, car, CarStatus.MAINTENANCE, seen=frozenset({booking.id}))
    return booking


async def told_of(person):
    await person.sign_in("admin")
    person.view.go("overview")
    office = person.view.area(OversightArea)
    await person.until(lambda: office.overview._filled is not None)
    assert "1" == office.overview.tiles["Needs a person"].value
    office.overview.tiles["Needs a person"].click()
    await person.until(lambda: office.care.there.list.model.row_at(0) is not None)
    assert "Its car left service" in office.care.there.list.table.model().index(0, 1).data()
    office.care.there.list.table.setFocus()
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: office.detail.is_visible and office.detail.there.others.ask.isVisible())
    return office.detail.there


async def other_cars(person, part):
    part.ask.setFocus()
    person.press(Qt.Key.Key_Space)
    await person.until(part.table.isVisible)


async def agree(person, words):
    await person.until(lambda: asked() is not None)
    box = asked()
    told = box.told
    next(each for each in (box.yes, box.no) if each.text().startswith(words)).click()
    return told


async def test_it_is_moved_by_keyboard_from_what_needs_a_person_and_back(qapp, world, tmp_path):
    booking = await stranded(world)
    async with person_at(qapp, world, tmp_path) as person:
        detail = await told_of(person)
        part = detail.others
        assert detail.banner.text.startswith("B-DS 1 left service. Move the booking")
        await other_cars(person, part)
        assert ["B-DS 2", "B-DS 3"] == [car.plate for car in part.model.rows]
        assert "2 free hatchbacks" in part.words.text()
        assert not await faults_in_small(person.window, {"B-DS 1", "B-DS 2", "B-DS 3", booking.renter_name})
        person.press(Qt.Key.Key_Down)
        person.press(Qt.Key.Key_Return)
        told = await agree(person, "Move to B-DS 3")
        await person.until(lambda: "Undo: back to B-DS 1" == part.undo.text() and part.undo.isEnabled())
        moved = world.stored(booking)["car_id"]
        await person.until(detail.banner.isHidden)
        tiles = person.view.area(OversightArea).overview.tiles
        await person.until(lambda: "0" == tiles["Needs a person"].value)
        part.undo.click()
        await person.until(lambda: "car-1" == world.stored(booking)["car_id"])
        await person.until(lambda: "B-DS 1" == detail.vm.state.booking.plate)

    assert "car-3" == moved
    assert all(each in told for each in ("B-DS 1", "B-DS 3", "Ada Moreau", "100.00 EUR"))


async def test_enter_keeps_the_car_and_undo_says_by_whom_it_was_taken(qapp, world, tmp_path):
    booking = await stranded(world)
    async with person_at(qapp, world, tmp_path) as person:
        part = (await told_of(person)).others
        await other_cars(person, part)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: asked() is not None)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: asked() is None and not part.tasks.running("move"))
        kept = world.stored(booking)["car_id"]
        part.table.setFocus()
        person.press(Qt.Key.Key_Return)
        await agree(person, "Move to B-DS 2")
        await person.until(lambda: part.undo.isVisible() and part.undo.isEnabled())
        async with world.desk("admin") as desk:
            car = await desk.fleet.car(desk.actor, booking.car_id)
            await desk.fleet.set_status(desk.actor, car, CarStatus.ACTIVE)
            await desk.booking.hold(desk.actor, wish(desk, key="meanwhile"))
        part.undo.click()
        await person.until(part.problem.isVisible)
        told = part.problem.text()

    assert "car-1" == kept
    assert "B-DS 1 was taken meanwhile: Ada Moreau" in told
    assert "by admin" in told
    assert "car-2" == world.stored(booking)["car_id"]
