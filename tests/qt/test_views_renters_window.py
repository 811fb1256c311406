"""The renters' page in the real window: found, opened, mended, blocked, merged and booked for."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import LISBON, RENTER, make_car, wish
from look_over import faults_in_small
from person import person_at
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.commands import Command
from desktop.viewmodels.phases import Phase
from desktop.widgets.frame.question_box import QuestionBox
from engine.adapters.mongo.codec.documents import renter_document
from engine.domain.people.people import RenterId
from engine.services.people.renters import NewRenter

TWIN = replace(RENTER, id=RenterId("renter-2"), name="A. Moreau", email="a.m@example.org", licence="L-2")
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def counter(qapp, world, tmp_path):
    world.db.renters.insert_one(renter_document(TWIN))
    world.add_cars(make_car(4, branch_id=LISBON.id))
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def _book(world, *renter_ids):
    async with world.desk() as desk:
        for number, renter_id in enumerate(renter_ids, 1):
            press = wish(desk, car=f"car-{number}", key=f"k{number}", renter_id=renter_id)
            await desk.booking.hold(desk.actor, press)


async def _to_page(person, account="clerk"):
    await person.sign_in(account)
    if account == "clerk":
        person.press(Qt.Key.Key_3, CTRL)
    else:
        person.view.go("renters")
    page = person.view.client.renters
    await person.until(lambda: page.everybody.list.model.rowCount() > 1)
    return page


async def _open(person, page, name):
    page.focus_search()
    person.type(name)
    await person.until(lambda: page.vm.listing.state.query.text == name and page.vm.listing.state.phase is Phase.READY)
    await person.until(lambda: page.everybody.list.model.rowCount() == page.vm.listing.state.first.total)
    person.press(Qt.Key.Key_Down)
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: page.vm.state.look is not None and page.one.isVisible())
    await person.until(lambda: person.window.focusWidget() is page.one.new)


async def test_a_renter_is_found_by_a_part_opened_copied_mended_and_left_by_keyboard(counter, world):
    await _book(world, RENTER.id)
    async with counter() as person:
        page = await _to_page(person)
        await _open(person, page, "B072")
        await person.until(lambda: page.one.history.model.rowCount() == 1)
        await person.until(lambda: person.window.focusWidget() is page.one.new)
        assert "1 booking" in page.one.header.subtitle.text()
        page.one.phone.button.click()
        assert "+49 30 901820" == QGuiApplication.clipboard().text()

        await person.until(page.one.change.isEnabled)
        person.press(Qt.Key.Key_E)
        form = page.details.form
        await person.until(form.fields["name"].hasFocus)
        for name, text in {"name": " ", "email": "x", "phone": "1", "born": "3/4/1990", "vat_id": "1"}.items():
            form.fields[name].setText(text)
        form.save.click()
        assert ["name", "email", "phone", "born", "vat_id"] == [
            name for name, word in form.mistakes.items() if word.isVisible()
        ]
        person.press(Qt.Key.Key_Escape)
        await person.until(lambda: isinstance(QApplication.activeModalWidget(), QuestionBox))
        person.press(Qt.Key.Key_Escape)
        await person.until(lambda: QApplication.activeModalWidget() is None)
        assert page.details.is_open
        right = {"name": "Ada Moreau-Lund", "email": "ada@example.org", "phone": "030 901821"}
        days = {"born": "14.3.1990", "licence_until": "2036-04-01", "licence": "B072RRE2I55"}
        for name, text in {**right, **days, "vat_id": "FR 123456", "street": "1 rue A", "town": "Lyon"}.items():
            form.fields[name].setText(text)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: not page.details.is_open)
        await person.until(lambda: page.one.header.title.text() == "Ada Moreau-Lund")
        row = world.db.renters.find_one({"_id": RENTER.id})
        assert ("Ada Moreau-Lund", "+4930901821", 2) == (row["name"], row["phone"], row["version"])
        assert ("1 rue A", "FR123456") == (row["street"], row["vat_id"])
        assert ("1990-03-14", "2036-04-01", False) == (row["born"], row["licence_until"], "licence_since" in row)
        assert "Born 14 Mar 1990 · licence until 1 Apr 2036" == page.one.driving.text()
        assert "1 rue A\nLyon\nVAT id FR123456" == page.one.bill_to.text()
        page.one.back.setFocus()
        person.press(Qt.Key.Key_Escape)
        await person.until(page.everybody.isVisible)
        await _open(person, page, "B072")
        page.one.back.setFocus()
        person.press(Qt.Key.Key_Space)
        await person.until(page.everybody.isVisible)


async def test_a_key_counts_from_the_moment_in_which_its_command_makes_sense(counter):
    """Nobody tells the window that a page has loaded what the command is for."""
    may, ran = [False], []
    probe = Command("probe", "Probe", lambda: ran.append(1), key="Ctrl+Shift+F9", when=lambda: may[0])
    async with counter() as person:
        await person.sign_in()
        person.window._install(probe)
        for now in (False, True, False):
            may[0] = now
            person.press(Qt.Key.Key_F9, CTRL | Qt.KeyboardModifier.ShiftModifier)
        assert [1] == ran


async def test_who_mends_what_another_desk_changed_is_told_by_whom(counter, world):
    async def elsewhere():
        async with world.desk("admin") as other:
            await other.renters.mend(other.actor, RENTER.id, 1, NewRenter("Ada M.", "a@e.org", "+4930901820", "L"))

    async with counter() as person:
        page = await _to_page(person)
        await _open(person, page, "ada")
        page.change()
        page.details.form.fields["name"].setText("Ada Lund")
        # What was looked at is from before the other's change, as if its news were still on the way.
        page.vm.apply = lambda _fact: None
        await person.program.bridge.call(elsewhere)
        page.details.form.save.click()
        await person.until(page.details.banner.isVisible)
        assert "admin changed this renter" in page.details.banner.text
        assert "Ada Lund" == page.details.form.fields["name"].text()


async def test_what_another_desk_does_shows_by_itself(counter, world):
    async def elsewhere():
        async with world.desk("admin") as other:
            await other.renters.block(other.actor, RENTER.id, 1, "owes 340.00 EUR")

    async with counter() as person:
        page = await _to_page(person)
        await _open(person, page, "ada")
        await person.program.bridge.call(elsewhere)
        await person.until(page.one.blocked.isVisible)
        assert "admin" in page.one.blocked.text
        assert not page.one.new.isEnabled()
        await person.program.bridge.call(lambda: _book(world, TWIN.id))
        page.to_list()
        await person.until(lambda: "Blocked" in {page.everybody.list.model.index(n, 5).data() for n in range(2)})


async def test_a_renter_is_blocked_with_a_reason_and_the_block_lifted(counter, world):
    await _book(world, RENTER.id)
    async with counter() as person:
        page = await _to_page(person)
        await _open(person, page, "ada")
        page.one.block.click()
        await person.until(lambda: "1 booking" in page.block.standing.text())
        page.block.act.click()
        await person.until(page.block.form.mistakes["reason"].isVisible)
        page.block.reason.setText("Damage to B-DS 1")
        page.block.until.setCurrentIndex(1)
        page.block.act.click()
        await person.until(lambda: not page.block.is_open)
        await person.until(page.one.blocked.isVisible)
        stored = world.db.renters.find_one({"_id": RENTER.id})["block"]
        assert ("Damage to B-DS 1", "clerk") == (stored["reason"], stored["by"])
        assert stored["until"] > stored["since"] + timedelta(days=5)
        assert 1 == world.blocking("car-1")

        await person.until(lambda: page.one.block.isEnabled() and page.one.block.text() == "Lift block …")
        page.one.block.click()
        page.block.reason.setText("bill paid")
        page.block.act.click()
        await person.until(lambda: not page.one.blocked.isVisible())
        row = world.db.renters.find_one({"_id": RENTER.id})
        assert "block" not in row
        assert "bill paid" == row["past_blocks"][0]["note"]


async def test_two_are_compared_with_nothing_chosen_and_merged_after_a_question(counter, world):
    await _book(world, RENTER.id, TWIN.id)
    async with counter() as person:
        page = await _to_page(person)
        await _open(person, page, "ada moreau")
        await person.until(page.one.doubt.isVisible)
        assert "A. Moreau" in page.one.doubt.text
        page.one.doubt.acted.emit()
        await person.until(lambda: page.vm.state.other is not None)
        groups = page.two._groups
        assert {"name": -1, "email": -1, "licence": -1} == {n: g.checkedId() for n, g in groups.items()}
        assert not page.two.merge.isEnabled()
        for name, side in {"name": 0, "email": 1, "licence": 0}.items():
            groups[name].button(side).click()
        assert page.two.merge.isEnabled()
        assert "1 booking of A. Moreau" in page.two.word.text()
        assert not await faults_in_small(person.window, {RENTER.name, TWIN.name})
        page.two.merge.click()
        await person.until(lambda: isinstance(QApplication.activeModalWidget(), QuestionBox))
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: QApplication.activeModalWidget() is None)
        assert 2 == world.db.renters.count_documents({"merged_into": {"$exists": False}})

        await person.until(lambda: not page.two.tasks.running("merge"))
        page.two.merge.click()
        await person.until(lambda: isinstance(QApplication.activeModalWidget(), QuestionBox))
        QApplication.activeModalWidget().yes.click()
        await person.until(page.one.isVisible)
        await person.until(lambda: page.one.history.model.rowCount() == 2)
        await person.until(lambda: not page.one.doubt.isVisible())
        row = world.db.renters.find_one({"_id": RENTER.id})
        assert ("Ada Moreau", TWIN.email) == (row["name"], row["email"])
        assert 2 == world.db.bookings.count_documents({"renter_id": RENTER.id})


async def test_esc_asks_before_choices_are_lost_and_somebody_else_is_remembered(counter, world):
    async with counter() as person:
        page = await _to_page(person)
        await _open(person, page, "ada moreau")
        await person.until(page.one.doubt.isVisible)
        page.one.doubt.acted.emit()
        await person.until(lambda: page.vm.state.other is not None)
        page.two._groups["name"].button(1).click()
        page.two.back.setFocus()
        person.press(Qt.Key.Key_Escape)
        await person.until(lambda: isinstance(QApplication.activeModalWidget(), QuestionBox))
        QApplication.activeModalWidget().yes.click()
        await person.until(page.one.isVisible)
        page.one.apart.click()
        await person.until(lambda: not page.one.doubt.isVisible())
        assert [TWIN.id] == world.db.renters.find_one({"_id": RENTER.id})["not_same"]


async def test_the_next_car_is_for_the_renter_whose_page_it_was(counter, world):
    async with counter() as person:
        page = await _to_page(person)
        await _open(person, page, "ada")
        person.press(Qt.Key.Key_N)
        await person.find()
        assert "Ada Moreau" in person.view.client.search.for_whom.text
        person.view.client.search.focus_cards()
        person.press(Qt.Key.Key_B)
        await person.until(lambda: person.desk.panel.state.renter == RENTER)
        await person.until(person.view.client.panel.main.isEnabled)


async def test_a_booking_of_the_history_opens_and_leads_back_to_the_renter(counter, world):
    await _book(world, RENTER.id)
    async with counter() as person:
        page = await _to_page(person)
        await _open(person, page, "ada")
        await person.until(lambda: page.one.history.model.rowCount() == 1)
        page.one.history.focus_first()
        person.press(Qt.Key.Key_Return)
        detail = person.view.client.detail
        await person.until(detail.renter.isVisible)
        page.to_list()
        detail.renter.click()
        await person.until(lambda: page.vm.state.look is not None and page.vm.state.look.file.id == RENTER.id)
        assert page.one.isVisible()


async def test_somebody_new_is_added_on_the_page_and_told_who_is_known(counter, world):
    async with counter() as person:
        page = await _to_page(person, "admin")
        page.everybody.new.click()
        await person.until(lambda: page.details.is_open)
        for name, text in {"name": "Nele", "email": "nele@e.org", "phone": "+49 30 901820", "licence": "L"}.items():
            page.details.form.fields[name].setText(text)
        page.details.form.save.click()
        await person.until(page.details.twins.isVisible)
        assert 2 == len(page.details.twins.buttons)
        page.details.twins.keep.click()
        await person.until(lambda: page.vm.state.look is not None)
        assert "Nele" == page.one.header.title.text()
        assert () == page.vm.state.look.twins
        assert not page.details.is_open
