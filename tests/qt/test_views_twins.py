"""In the panel: the same person twice, somebody who is blocked, and how the renter is reached."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from builders import RENTER, wish
from person import person_at
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from engine.services.people.renters import NewRenter

NEW = NewRenter("Bea Ortiz", "bea@example.org", "030 90 18 20", "L-1")


@pytest.fixture
def counter(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def _open(person):
    await person.sign_in()
    await person.find()
    person.press(Qt.Key.Key_B)
    await person.until(person.view.client.panel.renters.field.hasFocus)
    return person.view.client.panel, person.desk.panel


def _fill(panel, new):
    panel.renters.new.click()
    for name, field in panel.renters.form.fields.items():
        field.setText(getattr(new, name))
    panel.renters.form.save.click()


async def test_somebody_with_the_same_telephone_is_told_with_both_to_choose_from(counter, world):
    async with counter() as person:
        panel, vm = await _open(person)
        _fill(panel, NEW)
        await person.until(panel.renters.twins.isVisible)
        told = [button.text() for button in panel.renters.twins.buttons]
        assert ["Take Ada Moreau"] == told
        assert "Add Bea Ortiz as somebody else" == panel.renters.twins.keep.text()
        assert 1 == world.db.renters.count_documents({})
        panel.renters.twins.keep.click()
        await person.until(lambda: vm.state.renter is not None and vm.state.renter.name == "Bea Ortiz")
        assert not panel.renters.twins.isVisible()
        assert vm.state.may_book
        assert 2 == world.db.renters.count_documents({})

        vm.choose(None)
        _fill(panel, replace(NEW, name="Ada Moreau", phone="+4930231250", email="ADA@example.org"))
        await person.until(panel.renters.twins.isVisible)
        panel.renters.twins.buttons[0].click()
        await person.until(lambda: vm.state.renter == RENTER)
        assert 2 == world.db.renters.count_documents({})
        assert not panel.renters.twins.isVisible()


async def test_another_desk_that_adds_the_same_person_is_told_to_the_first_one(counter, world):
    async with counter() as person:
        panel, vm = await _open(person)
        _fill(panel, replace(NEW, phone="+4930231250"))
        await person.until(lambda: vm.state.renter is not None)

        async def elsewhere():
            async with world.desk("admin") as other:
                known = (vm.state.renter.id,)
                added = await other.renters.add(
                    other.actor, replace(NEW, name="B. Ortiz", phone="030 231250"), "DE", known
                )
                world.db.renters.update_one({"_id": added.renter.id}, {"$unset": {"not_same": ""}})

        # As a desk that added at the same moment and so knew of nobody.
        stream = person.view.workspace.live.happened
        heard = []
        stream.connect(heard.append)
        await person.program.bridge.call(elsewhere)
        await person.until(lambda: any(getattr(fact, "file", None) for fact in heard))
        fact = next(fact for fact in heard if getattr(fact, "file", None))
        vm.apply(type(fact)(replace(fact.file, not_same=())))

        assert ["Take B. Ortiz"] == [button.text() for button in panel.renters.twins.buttons]
        assert "Keep Bea Ortiz" == panel.renters.twins.keep.text()
        assert not panel.main.isEnabled()
        panel.renters.twins.keep.click()
        await person.until(panel.main.isEnabled)
        assert "Bea Ortiz" == vm.state.renter.name


async def test_a_blocked_renter_is_told_before_booking_and_is_reached_by_copying(counter, world):
    async def block(*, lift):
        async with world.desk("admin") as other:
            file = await other.renters.file(other.actor, RENTER.id)
            if lift:
                await other.renters.unblock(other.actor, RENTER.id, file.version, "paid")
            else:
                await other.renters.block(other.actor, RENTER.id, file.version, "owes 340.00 EUR")

    async with counter() as person:
        panel, vm = await _open(person)
        vm.choose(RENTER)
        await person.until(panel.main.isEnabled)
        panel.renters.phone.button.click()
        assert "+49 30 901820" == QGuiApplication.clipboard().text()
        panel.renters.email.button.click()
        assert RENTER.email == QGuiApplication.clipboard().text()

        await person.program.bridge.call(lambda: block(lift=False))
        await person.until(panel.renters.blocked.isVisible)
        assert "owes 340.00 EUR" in panel.renters.blocked.text
        assert not panel.main.isEnabled()
        assert not panel.may_book()
        vm.choose(None)
        vm.choose(RENTER)
        await person.until(panel.renters.blocked.isVisible)

        await person.program.bridge.call(lambda: block(lift=True))
        await person.until(panel.main.isEnabled)
        assert not panel.renters.blocked.isVisible()


async def test_details_that_were_refused_are_mended_not_added_once_more(counter, world):
    async with counter() as person:
        panel, vm = await _open(person)
        panel.renters.correct(RENTER, "DE")
        panel.renters.form.fields["email"].setText("ada.moreau@example.org")
        panel.renters.form.save.click()
        await person.until(lambda: vm.state.renter is not None)

        assert (1, "ada.moreau@example.org") == (
            world.db.renters.count_documents({}),
            world.db.renters.find_one({"_id": RENTER.id})["email"],
        )


async def test_the_panel_of_a_booking_has_telephone_and_address_to_copy(counter, world):
    async with world.desk() as desk:
        made = await desk.booking.hold(desk.actor, wish(desk))
    async with counter() as person:
        await person.sign_in()
        person.view.client.open_booking(made)
        detail = person.view.client.detail
        await person.until(detail.phone.isVisible)
        detail.email.button.click()
        assert RENTER.email == QGuiApplication.clipboard().text()
        detail.phone.button.click()
        assert "+49 30 901820" == QGuiApplication.clipboard().text()
