"""Where nothing is spelt as it was typed, the lists of the real window say so and what they show instead."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from builders import RENTER
from person import person_at
from PySide6.QtCore import Qt

from desktop.viewmodels.phases import Phase
from desktop.widgets.roles import ROW_ROLE
from engine.adapters.mongo.codec.documents import renter_document
from engine.domain.people.people import RenterId

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def counter(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def test_renters_users_cars_and_the_one_to_drive_say_that_a_slip_was_forgiven(counter):
    async with counter() as person:
        await person.sign_in()
        await person.find()
        page = person.view.client.search
        page.form.filters.words.search_for("Volkwsagen")
        await person.until(lambda: "differ by one slip: Volkswagen." in page.count.text())
        page.form.filters.words.search_for("Volkswagen")
        await person.until(lambda: "car" in page.count.text() and "slip" not in page.count.text())
        page.results.take_focus()
        await person.find()
        person.press(Qt.Key.Key_B)
        picker = person.view.client.panel.renters
        await person.until(picker.field.hasFocus)
        person.type("moreua")
        await person.until(lambda: "differ by one slip: Moreau." in picker.word.text())
        assert "Enter takes the marked one." in picker.word.text()

        person.view.client.panel.close_panel()
        person.press(Qt.Key.Key_3, CTRL)
        renters = person.view.client.renters
        for text, told in (("moreua", True), ("moreau", False)):
            renters.everybody.search.search_for(text)
            state = renters.vm.listing
            await person.until(
                lambda text=text, state=state: state.state.query.text == text and state.state.phase is Phase.READY
            )
            await person.until(lambda told=told: told == ("slip: Moreau." in renters.everybody.header.subtitle.text()))
            assert renters.everybody.list.model.row_at(0).renter == RENTER


async def test_users_say_that_a_slip_was_forgiven(counter):
    async with counter() as person:
        await person.sign_in("admin")
        person.view.go("users")
        page = person.view.page("users")
        await person.until(lambda: page.list.model.rowCount() > 1)
        page.search.search_for("clekr")
        await person.until(lambda: "differ by one slip: " in page.header.subtitle.text())
        page.search.search_for("clerk")
        await person.until(lambda: "by name" in page.header.subtitle.text())


def shown_in(palette):
    return [line.id for line in palette.model.lines if line.id]


async def test_ctrl_enter_leads_to_the_cars_with_the_renter_chosen_and_esc_leaves_it(counter):
    async with counter() as person:
        await person.sign_in()
        await person.find()
        for leave in (True, False):
            person.press(Qt.Key.Key_K, CTRL)
            palette = person.window.finder.widget
            await person.until(palette.field.hasFocus)
            person.type("moreau")
            await person.until(lambda palette=palette: f"renter:{RENTER.id}" in shown_in(palette))
            person.press(Qt.Key.Key_Return, CTRL)
            search = person.view.client.search
            await person.until(search.for_whom.isVisible)
            assert "The next booking is for Ada Moreau." in search.for_whom.text
            await person.until(lambda search=search: search.isAncestorOf(person.focused))
            if leave:
                person.press(Qt.Key.Key_Escape)
                await person.until(lambda search=search: not search.for_whom.isVisible())
                assert person.desk.panel.kept is None
        for key in (Qt.Key.Key_B, Qt.Key.Key_B):
            search.focus_cards()
            person.press(key)
            await person.until(lambda: person.desk.panel.state.renter == RENTER)
            person.view.client.panel.close_panel()
        assert search.for_whom.isVisible()
        search.focus_cards()
        person.press(Qt.Key.Key_B)
        await person.until(person.view.client.panel.main.isEnabled)
        person.press(Qt.Key.Key_Return, CTRL)
        await person.until(lambda: person.desk.panel.state.booking is not None)
        assert not search.for_whom.isVisible()


async def test_all_of_a_kind_are_on_its_page_with_the_text_in_its_field(counter, world):
    many = [replace(RENTER, id=RenterId(f"lind-{n}"), name=f"Lind {n}", email=f"l{n}@example.org") for n in range(9)]
    world.db.renters.insert_many([renter_document(renter) for renter in many])
    async with counter() as person:
        await person.sign_in()
        person.press(Qt.Key.Key_K, CTRL)
        palette = person.window.finder.widget
        await person.until(palette.field.hasFocus)
        person.type("lind")
        await person.until(lambda: "all:renters" in shown_in(palette))
        assert "→ all 9 renters" == palette.model.lines[shown_in(palette).index("all:renters") + 1].title
        while palette.list.currentIndex().data(ROW_ROLE).id != "all:renters":
            person.press(Qt.Key.Key_Down)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: person.view.client.renters is not None)
        page = person.view.client.renters
        await person.until(lambda: page.everybody.list.model.rowCount() == 9)
        assert "lind" == page.everybody.search.text()
