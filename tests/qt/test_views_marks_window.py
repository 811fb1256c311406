"""Marks in the real window: set at the counter without a mouse, closed by an administrator, seen by the owner."""

from __future__ import annotations

import gc

import pytest
from builders import wish
from gestures import asked
from person import person_at
from PySide6.QtCore import Qt

from desktop.viewmodels.phases import Phase
from desktop.views.marks.marks_dialog import MarksDialog
from engine.domain.car.body_parts import PartId, Place
from engine.domain.car.body_shapes import View
from engine.domain.car.condition import MarkKind, NewMark
from engine.domain.money.tender import Tender

SCRATCH = NewMark(Place(View.LEFT, 4000, 6000), PartId("door-front-left"), MarkKind.SCRATCH, 2, 40)
ENTER = Qt.Key.Key_Return


@pytest.fixture
def somebody(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def marked(world, *marks, car="car-1"):
    async with world.desk() as desk:
        return await desk.marks.add(desk.actor, car, marks or (SCRATCH,))


async def test_a_clerk_marks_a_car_by_words_and_sees_it_drawn(somebody, world):
    await marked(world)
    async with somebody() as person:
        await person.sign_in()
        await person.find()
        person.press(ENTER)
        panel = person.view.client.car
        await person.until(lambda: panel.isVisible() and panel.marks.vm.state.known is not None)
        part = panel.marks
        assert ["Known mark 1: Door front left, Scratch, 2 · 40 mm"] == [part.list.item(0).text()]
        assert (True, False, False) == (part.mark.isVisible(), part.repair.isVisible(), part.follow.isVisible())

        person.press(Qt.Key.Key_M)
        await person.until(lambda: asked() is not None and asked().form.line.hasFocus())
        for line in ("bonnet, chip, 1", "wheel front right kerbed 2"):
            person.type(line)
            person.press(ENTER)
        person.press(ENTER)
        await person.until(lambda: part.list.count() == 3)
        assert "1, 2, 3" == ", ".join(str(dot.n) for dot in part.diagram.dots)

        world.db.marks.update_one({"n": 1}, {"$set": {"kind": "hole"}}, bypass_document_validation=True)
        part.vm.load()
        await person.until(part.damaged.isVisible)
        assert (2, True) == (part.list.count(), "marks" in part.damaged.text())
        panel.set_online(online=False)
        assert not part.mark.isEnabled()
        person.press(Qt.Key.Key_M)
        assert asked() is None

    rows = [(row["n"], row["part"], row["severity"], row["found"]["by"]) for row in world.db.marks.find().sort("n", 1)]
    assert [(2, "bonnet", 1, "clerk"), (3, "wheel-front-right", 2, "clerk")] == rows[1:]


async def test_an_administrator_repairs_one_and_replaces_another(somebody, world):
    await marked(world, SCRATCH, SCRATCH)
    async with somebody() as person:
        await person.sign_in("admin")
        person.view.go("all-cars")
        page = person.view.page("all-cars").shown
        await person.until(lambda: page.fleet.state.phase is Phase.READY and page.rows.model.rowCount() > 0)
        page.open_car(next(row.car for row in page.fleet.state.first.rows if row.car.id == "car-1"))
        part = page.panel.marks
        await person.until(lambda: part.isVisible() and part.list.count() == 2)
        assert not part.repair.isVisible()
        part.list.step_to(1)
        assert part.found.text().endswith("by clerk, in the yard")
        part.repair.click()
        await person.until(lambda: asked() is not None)
        person.type("painted")
        asked().yes.click()
        await person.until(lambda: part.list.count() == 1 and not part.vm.state.busy)

        part.list.step_to(2)
        part.follow.click()
        await person.until(lambda: asked() is not None)
        asked().line.setText("door front left, scratch, 3, 90 mm")
        asked().why.setText("longer by now")
        asked().yes.click()
        await person.until(lambda: world.db.marks.count_documents({}) == 3 and part.list.count() == 1)
        await person.until(lambda: part.list.item(0).text() == "Known mark 3: Door front left, Scratch, 3 · 90 mm")
        assert ("2 closed marks", False) == (part.closed.text(), part.past.isVisible())
        part.closed.click()
        assert part.past.isVisible()
        told = part.past.text()
        assert "1 · Door front left: Scratch, 2 · 40 mm. Repaired, " in told
        assert told.endswith("by admin: longer by now")

    states = [(row["n"], row["state"], row.get("ended", {}).get("why")) for row in world.db.marks.find().sort("n", 1)]
    assert [(1, "repaired", "painted"), (2, "superseded", "longer by now"), (3, "open", None)] == states


async def test_an_owner_sees_marks_and_changes_none(somebody, world):
    await marked(world)
    async with somebody() as person:
        await person.sign_in("owner")
        page = person.view.page("fleet").shown
        await person.until(lambda: page.fleet.state.phase is Phase.READY and page.rows.model.rowCount() > 0)
        page.open_car(next(row.car for row in page.fleet.state.first.rows if row.car.id == "car-1"))
        part = page.panel.marks
        await person.until(lambda: part.isVisible() and part.list.count() == 1)
        part.list.step_to(1)

        assert (False, False, False) == tuple(each.isVisible() for each in (part.mark, part.repair, part.follow))


async def test_what_is_found_as_a_car_goes_out_and_comes_back_is_written_with_its_rental(somebody, world):
    await marked(world)
    async with world.desk() as desk:
        booking = await desk.booking.hold(desk.actor, wish(desk, pays=Tender.COUNTER, first=0.01, last=2.01))
    async with somebody() as person:
        await person.sign_in()
        page = person.view.client.today
        await person.until(lambda: page.vm.state.phase is Phase.READY and page.booking is not None)
        for key, km, known, line in (
            (Qt.Key.Key_F2, "10,000", 1, "bonnet, chip, 1"),
            (Qt.Key.Key_F6, "10,100", 2, "wheel front right kerbed 2"),
        ):
            before = page.booking.state
            person.press(key)
            await person.until(asked)
            reading = asked()
            person.press(Qt.Key.Key_M)
            await person.until(lambda box=reading: asked() is not box and asked() is not None)
            assert known == asked().form.list.count()
            person.type(line)
            person.press(ENTER)
            person.press(ENTER)
            await person.until(lambda box=reading: not any(each.isVisible() for each in box.findChildren(MarksDialog)))
            reading.fields.km.setText(km)
            reading.fields.full.setText("8")
            reading.yes.click()
            await person.until(lambda was=before: page.booking.state is not was)
            await person.until(lambda: asked() is None)
            person.window.activateWindow()
            await person.until(person.window.isActiveWindow)

    found = [(row["n"], row["part"], row["found"].get("when")) for row in world.db.marks.find().sort("n", 1)]
    assert [(1, "door-front-left", None), (2, "bonnet", "out"), (3, "wheel-front-right", "back")] == found
    (leg,) = world.db.agreements.find_one({"_id": booking.id})["legs"]
    assert ([1, 2], [1, 2, 3]) == (leg["out"]["marks"], leg["back"]["marks"])
