"""An owner sees to the fleet in the real window, by keyboard, on a real engine and real servers."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from builders import RATE, make_car, wish
from person import person_at
from pictures import SVG, photo
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from desktop.viewmodels.fleet.car_state import FleetCarStage
from desktop.viewmodels.phases import Phase
from desktop.widgets.frame.question_box import QuestionBox
from engine.domain.car.car import CarStatus, OwnerId
from engine.domain.car.form import CarForm
from engine.domain.shared.errors import Overtaken, PlateTaken

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def owner(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def at_the_fleet(person):
    await person.sign_in("owner")
    page = person.view.page("fleet").shown
    await person.until(lambda: page.fleet.state.phase is Phase.READY)
    await person.until(lambda: page.rows.model.rowCount() == page.fleet.state.first.total)
    return page


def stored(world, car_id="car-1"):
    return world.db.cars.find_one({"_id": car_id})


async def test_a_car_is_added_without_a_mouse_and_stands_in_the_list(owner, world):
    async with owner() as person:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_N)
        await person.until(lambda: page.car.state.form is not None)
        await person.until(page.panel.form.fields["plate"].hasFocus)
        for typed in ("B-NE 77", None, "Skoda", "Octavia", "2024", None, None, None, "5", "61.50", "1200"):
            if typed:
                person.focused.selectAll()
                person.type(typed)
            person.press(Qt.Key.Key_Tab)
        person.press(Qt.Key.Key_Return, CTRL)
        await person.until(lambda: page.car.state.stage is FleetCarStage.SHOWN)
        await person.until(lambda: page.rows.model.rowCount() == 4)
        assert "Skoda Octavia · B-NE 77 is added and can be booked." == page.toast.text

    car = world.db.cars.find_one({"plate": "B-NE 77"})
    assert ("Skoda", "Octavia", 2024, 5, 1200, 6150, "owner-1") == (
        car["brand"],
        car["model"],
        car["year"],
        car["seats"],
        car["odometer_km"],
        car["daily_rate"]["minor"],
        car["owner_id"],
    )


async def test_what_is_wrong_is_told_at_its_field_and_nothing_is_saved(owner, world):
    async with owner() as person:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_Return)
        await person.until(page.panel.main.isEnabled)
        person.press(Qt.Key.Key_Return)
        form = page.panel.form
        await person.until(form.fields["plate"].hasFocus)
        assert not any(each.text() for each in form.mistakes.values())
        person.focused.selectAll()
        person.type("-")
        assert "Plate must hold letters or digits." == form.mistakes["plate"].text()
        form.fields["odometer_km"].setFocus()
        person.focused.selectAll()
        person.type("9")
        person.press(Qt.Key.Key_Return, CTRL)
        assert "must say why" in form.mistakes["reason"].text()
        await person.until(form.fields["plate"].hasFocus)
        person.focused.selectAll()
        person.type("b ds 2")
        form.reason.setFocus()
        person.type("a digit too many")
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: isinstance(page.car.state.problem, PlateTaken))
        assert "This plate is that of Volkswagen Golf · B-DS 2 already." == form.mistakes["plate"].text()
        assert form.fields["plate"].hasFocus()
        assert not page.panel.banner.isVisible()
        page.car.back()

    assert ("B-DS 1", 10_000) == (stored(world)["plate"], stored(world)["odometer_km"])


async def test_a_car_with_bookings_goes_to_maintenance_only_after_they_were_told_and_they_stay(owner, world):
    async with world.desk() as clerk:
        booking = await clerk.booking.hold(clerk.actor, wish(clerk))
    async with owner() as person:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: page.car.state.outlook is not None)
        page.panel.status[CarStatus.MAINTENANCE].click()
        assert FleetCarStage.ASKED is page.car.state.stage
        assert "The booking below stays as it is" in page.panel.details.warning.text
        assert "active" == stored(world)["status"]
        await person.until(page.panel.main.hasFocus)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: page.car.state.car.status is CarStatus.MAINTENANCE)
        await person.until(page.to_move.isVisible)
        assert "1 to move" == page.rows.model.row_at(0).status
        page.to_move.acted.emit()
        await person.until(lambda: page.rows.model.rowCount() == 1)
        page.toast.acted.emit()
        await person.until(lambda: page.car.state.car.status is CarStatus.ACTIVE)

    assert ("active", 1) == (stored(world)["status"], world.blocking("car-1"))
    assert booking.id == world.db.fences.find_one({"_id": "car-1"})["claims"][0]["id"]
    assert ["car.sent_to_maintenance", "car.activated"] == [row["what"] for row in world.db.audit.find().sort("_id")]


async def test_a_car_nobody_counts_on_is_retired_at_once_and_brought_back_by_undo(owner, world):
    async with owner() as person:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: page.car.state.outlook is not None)
        page.panel.status[CarStatus.RETIRED].click()
        await person.until(lambda: page.car.state.car.status is CarStatus.RETIRED)
        assert "retired" == stored(world)["status"]
        person.press(Qt.Key.Key_Z, CTRL)
        await person.until(lambda: page.car.state.car.status is CarStatus.ACTIVE)

    assert "active" == stored(world)["status"]


async def test_B10_a_booking_made_while_the_panel_is_open_is_shown_before_anything_is_done(owner, world):
    async with owner() as person, world.desk() as clerk:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: page.car.state.outlook is not None)
        person.desk.live.happened.disconnect()  # the news is slower than the press
        await clerk.booking.hold(clerk.actor, wish(clerk))
        page.panel.status[CarStatus.RETIRED].click()
        await person.until(lambda: page.car.state.stage is FleetCarStage.ASKED)
        assert isinstance(page.car.state.problem, Overtaken)
        assert 1 == len(page.car.state.outlook.first)
        assert "active" == stored(world)["status"]
        person.press(Qt.Key.Key_Escape)
        await person.until(lambda: page.car.state.stage is FleetCarStage.SHOWN)

    assert ("active", 1) == (stored(world)["status"], world.blocking("car-1"))


async def test_a_change_at_another_desk_is_taken_in_without_losing_what_was_filled_in(owner, world):
    async with owner() as person, world.desk("admin") as admin:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_Return)
        await person.until(page.panel.main.isEnabled)
        page.car.edit()
        page.car.fill(seats=4)
        shown = page.car.state.car
        await admin.fleet.set_status(admin.actor, shown, CarStatus.MAINTENANCE)
        page.panel.save()
        await person.until(lambda: isinstance(page.car.state.problem, Overtaken))
        page.panel.banner.acted.emit()
        await person.until(lambda: page.car.state.problem is None)
        page.panel.save()
        await person.until(lambda: page.car.state.stage is FleetCarStage.SHOWN)

    assert (4, "maintenance") == (stored(world)["seats"], stored(world)["status"])


async def test_S10_dropped_files_become_photos_in_the_wanted_order_and_others_are_named(owner, world, tmp_path):
    (tmp_path / "one.jpg").write_bytes(photo())
    (tmp_path / "two.png").write_bytes(photo("PNG", 300, 200))
    (tmp_path / "three.jpg").write_bytes(SVG)
    async with owner() as person:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_Return)
        await person.until(page.panel.main.isEnabled)
        page.car.edit()
        files = [tmp_path / "one.jpg", tmp_path / "two.png", tmp_path / "three.jpg", tmp_path / "gone.jpg"]
        drop(page.panel, files)
        await person.until(lambda: page.car.state.refused)
        assert ["one.jpg", "two.png"] == [each.name for each in page.car.state.photos]
        told = page.panel.photos.refused.text()
        assert "three.jpg, gone.jpg: The file is no photo we can read." in told
        strip = page.panel.photos.strip
        strip.setFocus()
        person.press(Qt.Key.Key_Right, CTRL)
        assert ["two.png", "one.jpg"] == [each.name for each in page.car.state.photos]
        assert 1 == strip.current
        page.panel.save()
        await person.until(lambda: page.car.state.stage is FleetCarStage.SHOWN)
        await person.until(lambda: page.rows.model.row_at(0).photo_id)
        line = page.rows.model.row_at(0)
        await person.until(lambda: page.rows._photo(line) is not None)
        page.car.edit()
        strip.setFocus()
        person.press(Qt.Key.Key_Delete)
        assert 1 == len(page.car.state.photos)
        assert "Save and remove 1 photo" == page.panel.main.text()
        person.press(Qt.Key.Key_Z, CTRL)
        await person.until(lambda: len(page.car.state.photos) == 2)
        assert "Save" == page.panel.main.text()
        assert not page.panel.photos.back.isVisible()
        person.press(Qt.Key.Key_Delete)
        page.panel.photos.back.click()
        assert 2 == len(page.car.state.photos)
        person.press(Qt.Key.Key_Delete)
        page.panel.save()
        await person.until(lambda: len(stored(world)["image_ids"]) == 1)
        await person.until(lambda: world.db["images.files"].count_documents({}) == 2)

    assert stored(world)["image_ids"] == [line.row.car.image_ids[0]]


async def test_closing_a_form_that_was_filled_in_asks_first(owner, world):
    async with owner() as person:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_Return)
        await person.until(page.panel.main.isEnabled)
        page.car.edit()
        page.car.fill(seats=2)
        page.panel.close_panel()
        boxes = lambda: [box for box in person.window.findChildren(QuestionBox) if box.isVisible()]  # noqa: E731
        await person.until(boxes)
        (box,) = boxes()
        next(each for each in (box.yes, box.no) if "lose" in each.text()).click()
        await person.until(lambda: page.car.state.stage is FleetCarStage.CLOSED)

    assert 5 == stored(world)["seats"]


async def test_what_is_half_filled_in_survives_a_look_at_another_page_and_no_other_car_takes_its_place(owner, world):
    async with owner() as person:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_Return)
        await person.until(page.panel.main.isEnabled)
        page.car.edit()
        page.car.fill(seats=2)
        person.view.go("bookings")
        assert not page.panel.isVisible()
        person.view.go("fleet")
        assert page.panel.isVisible()
        page.panel.open_car(page.rows.model.row_at(1).row.car)
        boxes = lambda: [box for box in person.window.findChildren(QuestionBox) if box.isVisible()]  # noqa: E731
        await person.until(boxes)
        next(each for each in (boxes()[0].yes, boxes()[0].no) if "Go on" in each.text()).click()
        await person.until(lambda: not boxes())
        assert (2, "car-1") == (page.car.state.form.seats, page.car.state.car.id)
        page.car.close()


async def test_a_change_that_was_changed_again_is_not_undone_and_says_so(owner, world):
    async with owner() as person, world.desk("admin") as admin:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: page.car.state.outlook is not None)
        page.panel.status[CarStatus.RETIRED].click()
        await person.until(lambda: page._saved is not None)
        shown = await admin.fleet.car(admin.actor, page._saved.after.id)
        await admin.fleet.edit(admin.actor, shown, replace(CarForm.of(shown), seats=2))
        page.toast.acted.emit()
        await person.until(lambda: page.toast.text.startswith("Not undone."))

    assert ("retired", 2) == (stored(world)["status"], stored(world)["seats"])


async def test_the_list_is_searched_and_shown_as_a_table_and_the_choice_is_kept(owner, world):
    world.add_cars(make_car(4, brand="Audi", model="A3"))
    async with owner() as person:
        page = await at_the_fleet(person)
        person.press(Qt.Key.Key_T, CTRL)
        assert page.rows.as_table
        assert page.rows.table.hasFocus()
        person.press(Qt.Key.Key_Slash)
        person.type("audi")
        await person.until(lambda: page.rows.model.rowCount() == 1)
        assert "Audi A3" == page.rows.model.index(0, 0).data()
        assert "table" == person.program._preferences.fleet_view
        page.filters.clear.click()
        await person.until(lambda: page.rows.model.rowCount() == 4)
        assert "" == page.filters.words.text()


def drop(widget, files):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    widget.dragEnterEvent(enter)
    assert enter.isAccepted()
    widget.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))


async def test_from_a_car_to_all_its_bookings_and_to_no_others(owner, world):
    async with world.desk() as clerk:
        mine = await clerk.booking.hold(clerk.actor, wish(clerk))
        await clerk.booking.hold(clerk.actor, wish(clerk, car="car-2", key="k2"))
    async with owner() as person:
        page = await at_the_fleet(person)
        page.panel.open_car(page.rows.model.row_at(0).row.car)
        await person.until(lambda: page.car.state.outlook is not None)
        page.panel.details.all_bookings.click()
        bookings = person.view.page("bookings").shown
        await person.until(lambda: bookings.vm.state.phase is Phase.READY)

        assert bookings is person.view.pages.currentWidget().shown
        assert [mine.id] == [booking.id for booking in bookings.vm.state.first.rows]
        assert "Car: Volkswagen Golf · B-DS 1" == bookings.vm.state.only
        assert "A. M." == bookings.vm.state.first.rows[0].renter_name


async def test_what_happens_at_another_desk_shows_in_the_list_and_in_the_open_panel(owner, world):
    async with owner() as person, world.desk() as clerk, world.desk("admin") as admin:
        page = await at_the_fleet(person)
        page.panel.open_car(page.rows.model.row_at(0).row.car)
        await person.until(lambda: page.car.state.outlook is not None)
        booking = await clerk.booking.hold(clerk.actor, wish(clerk))
        await person.until(lambda: page.car.state.outlook is not None and page.car.state.outlook.seen == {booking.id})
        await person.until(lambda: page.rows.model.row_at(0).row.coming == 1)
        shown = await admin.fleet.car(admin.actor, page.car.state.car.id)
        await admin.fleet.set_status(admin.actor, shown, CarStatus.MAINTENANCE, seen=frozenset({booking.id}))
        await person.until(lambda: page.car.state.car.status is CarStatus.MAINTENANCE)
        await person.until(lambda: page.rows.model.row_at(0).status == "1 to move")


async def test_an_administrator_adds_a_car_to_an_owner_and_hears_what_happens_to_any(owner, world):
    async with owner() as person, world.desk() as clerk:
        await person.sign_in("admin")
        person.view.go("all-cars")
        page = person.view.page("all-cars")
        await person.until(lambda: page.rows.model.rowCount() == 3)
        page.add.click()
        await person.until(lambda: page.car.state.form is not None)
        page.car.fill(plate="B-NE 77", brand="Skoda", model="Fabia", daily_rate=RATE)
        page.panel.save()
        assert "Owner must be chosen." == page.panel.form.mistakes["owner"].text()
        page.car.choose_owner(OwnerId("owner-1"))
        page.panel.save()
        await person.until(lambda: page.rows.model.rowCount() == 4)
        assert "Olga Owner" in {page.rows.model.index(row, 2).data() for row in range(4)}
        await clerk.booking.hold(clerk.actor, wish(clerk))
        await person.until(lambda: 1 in {page.rows.model.row_at(row).row.coming for row in range(4)})
        page.panel.open_car(next(line.row.car for line in map(page.rows.model.row_at, range(4)) if line.row.coming))
        await person.until(lambda: page.car.state.outlook is not None)
        page.panel.details.all_bookings.click()
        bookings = person.view.page("all-bookings")
        await person.until(lambda: bookings.vm.state.phase is Phase.READY and bookings.vm.state.only)
        assert 1 == bookings.vm.state.first.total

    added = world.db.cars.find_one({"plate": "B-NE 77"})
    assert ("owner-1", "admin") == (added["owner_id"], world.db.audit.find_one({"what": "car.added"})["by"])


async def test_the_slash_searches_the_page_that_is_looked_at(owner, world):
    async with owner() as person:
        page = await at_the_fleet(person)
        person.view.go("bookings")
        bookings = person.view.page("bookings").shown
        await person.until(lambda: bookings.vm.state.phase is Phase.READY)
        person.press(Qt.Key.Key_Slash)
        assert bookings is person.view.pages.currentWidget().shown
        assert bookings.isAncestorOf(person.focused)
        person.view.go("earnings")
        person.press(Qt.Key.Key_Slash)
        # Nothing is searched there, and a key leads to no other page.
        assert person.view.page("earnings") is person.view.pages.currentWidget()
        person.view.go("fleet")
        person.press(Qt.Key.Key_Slash)
        assert page.filters.words.hasFocus()
