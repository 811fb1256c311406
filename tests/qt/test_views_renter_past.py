"""The page of one renter in the real window: its three lists, its notes, and until when a block holds."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import RENTER, make_car
from look_over import faults_in_small
from payments import opened, stripe_of
from person import person_at
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.viewmodels.paged import PagedState
from desktop.viewmodels.phases import Phase
from desktop.widgets.frame.question_box import QuestionBox
from desktop.words.figures import desk_zone
from engine.adapters.mongo.codec.documents import renter_document
from engine.domain.people.people import RenterId
from engine.domain.shared.errors import Unavailable
from engine.domain.shared.wall import on_wall, wall_of

OTHER = replace(RENTER, id=RenterId("renter-2"), name="Bea Lund", email="bea@example.org", phone="+46701740605")


@pytest.fixture
def counter(qapp, world, tmp_path):
    world.db.renters.insert_one(renter_document(OTHER))
    world.add_cars(make_car(4))
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def _page_of(person, renter=RENTER):
    person.view.client.open_renter(renter.id)
    page = person.view.client.renters
    await person.until(lambda: page.vm.state.look is not None and page.vm.state.look.file.id == renter.id)
    await person.until(page.one.new.hasFocus)
    return page


def _cells(found, row):
    return [found.model.index(row, column).data() for column in range(found.model.columnCount())]


async def test_payments_and_changes_are_a_tab_away_and_a_payment_opens_its_booking(counter, world):
    async def paid():
        async with world.desk() as desk, stripe_of(world) as stripe:
            made = await opened(desk)
            await stripe.pay(made)
            return await desk.payment.settle(desk.actor, made.id)

    async with counter() as person:
        await person.sign_in()
        made = await person.program.bridge.call(paid)
        page = await _page_of(person)
        past = page.one.past
        await person.until(lambda: past.tabs[0].text() == "Bookings 1")
        past.tabs[0].setFocus()
        person.press(Qt.Key.Key_Right)
        await person.until(lambda: past.payments.isVisible() and past.payments.model.row_at(0) is not None)
        assert past.tabs[1].isChecked()
        told = _cells(past.payments, 0)
        assert any(cell.startswith("Paid ") for cell in told)
        assert any("EUR" in cell for cell in told)
        assert not await faults_in_small(person.window, {RENTER.name})
        past.payments.focus_first()
        person.press(Qt.Key.Key_Return)
        detail = person.view.client.detail
        await person.until(lambda: detail.isVisible() and detail.vm.state.booking is not None)
        assert made.id == detail.vm.state.booking.id
        detail.leave()

        past.tabs[2].setFocus()
        person.press(Qt.Key.Key_Space)
        await person.until(past.changes.content.empty.isVisible)
        page.vm.note("asked for a child seat")
        await person.until(lambda: past.changes.model.row_at(0) is not None)
        assert ["Note", "clerk", "remark"][:2] == _cells(past.changes, 0)[1:3]
        assert "asked for a child seat" in _cells(past.changes, 0)[3]
        await _page_of(person, OTHER)
        assert past.tabs[0].isChecked()


@pytest.mark.parametrize("at", [1, 2])
async def test_a_list_says_that_it_loads_is_empty_failed_or_is_the_one_of_before(counter, at):
    async with counter() as person:
        await person.sign_in()
        page = await _page_of(person)
        past, vm = page.one.past, (page.vm.history, page.vm.payments, page.vm.changes)[at]
        assert 0 == vm.state.run
        past.tabs[at].setChecked(True)
        assert vm.state.phase is Phase.LOADING
        found = past.lists[at]
        await person.until(found.content.empty.isVisible)
        vm.feed(PagedState(vm.state.query, Phase.FAILED, run=9, problem=Unavailable("mongodb")))
        await person.until(lambda: found.content.empty.title.text() == "No connection")
        page.set_online(online=False)
        assert not page.one.new.isEnabled()
        assert not page.one.notes.field.isEnabled()
        page.set_online(online=True)
        await person.until(page.one.notes.field.isEnabled)


async def test_a_note_is_added_by_enter_kept_while_one_looks_elsewhere_and_not_lost_without_asking(counter, world):
    async with counter() as person:
        await person.sign_in()
        page = await _page_of(person)
        notes = page.one.notes
        notes.field.setFocus()
        person.press(Qt.Key.Key_Return)
        await person.until(notes.mistake.isVisible)
        person.type("drives with a dog")
        await _page_of(person, OTHER)
        assert "" == notes.field.text()
        assert page.unsaved() is not None
        await _page_of(person)
        assert "drives with a dog" == notes.field.text()
        notes.field.setFocus()
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: notes.field.text() == "" and notes._shown and len(notes._shown) == 1)
        stored = world.db.renters.find_one({"_id": RENTER.id})["notes"]
        assert [("drives with a dog", "clerk")] == [(note["text"], note["by"]) for note in stored]
        assert page.unsaved() is None
        assert not isinstance(QApplication.activeModalWidget(), QuestionBox)


@pytest.mark.parametrize(("typed", "days"), [("+30d", 30), ("+3d 18:00", 3)])
async def test_a_block_holds_until_the_moment_that_was_typed(counter, world, typed, days):
    async with counter() as person:
        await person.sign_in()
        page = await _page_of(person)
        page.one.block.click()
        await person.until(page.block.reason.hasFocus)
        person.type("owes 340.00 EUR")
        person.press(Qt.Key.Key_Return)
        assert page.block.until.hasFocus()
        assert not page.block.moment.isVisible()
        person.press(Qt.Key.Key_Down)
        assert page.block.moment.isVisible()
        page.block.moment.edit.setFocus()
        page.block.moment.edit.selectAll()
        person.type("nonsense")
        page.block.act.click()
        assert page.block.is_open
        assert "block" not in world.db.renters.find_one({"_id": RENTER.id})
        page.block.moment.edit.setFocus()
        page.block.moment.edit.selectAll()
        person.type(typed)
        person.press(Qt.Key.Key_Return)
        await person.until(page.block.act.hasFocus)
        held = on_wall(page.block.moment.moment(), desk_zone()).moment
        person.press(Qt.Key.Key_Space)
        await person.until(lambda: not page.block.is_open)
        stored = world.db.renters.find_one({"_id": RENTER.id})["block"]
        assert held == stored["until"]
        since, until = (wall_of(stored[name], desk_zone()).date() for name in ("since", "until"))
        assert timedelta(days=days) == until - since
