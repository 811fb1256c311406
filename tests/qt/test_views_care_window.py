"""What was done about a booking, half typed, is not lost without a question; in the real window."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from builders import wish
from gestures import asked
from person import person_at
from PySide6.QtCore import Qt

from desktop.views.areas.oversight import OversightArea

NOTE = "Refunded in cash"


@pytest.fixture
def admin(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def _list(person, world):
    """Two that need a person, listed."""
    async with world.desk() as clerk:
        held = [await clerk.booking.hold(clerk.actor, wish(clerk, car=car, key=car)) for car in ("car-1", "car-2")]
    long_ago = held[0].created_at - timedelta(hours=1)
    world.db.bookings.update_many({}, {"$set": {"person_at": long_ago}})
    await person.sign_in("admin")
    office = person.view.area(OversightArea)
    office.show_care()
    await person.until(lambda: office.care.there.list.model.row_at(1) is not None)
    office.care.there.note.setFocus()
    return office.care.there


async def _stay(person, care, note):
    await person.until(asked)
    assert note in asked().told
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: asked() is None and not care.questions.running("lose"))
    assert (True, note) == (care.is_open, care.note.text())


@pytest.mark.parametrize("note", [NOTE, "x", "שולם במזומן"])
async def test_a_note_half_typed_is_asked_about_before_the_panel_goes(admin, world, note):
    async with admin() as person:
        care = await _list(person, world)
        care.note.setText(f" {note} ")
        person.press(Qt.Key.Key_Escape)
        await person.until(asked)
        assert care.list.row().booking.plate in asked().told
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: asked() is None and not care.questions.running("lose"))
        care.note.setText(note)
        care._close.click()
        await _stay(person, care, note)
        care.list.table.setFocus()
        person.press(Qt.Key.Key_Return)
        await _stay(person, care, note)
        assert person.view.area(OversightArea).unsaved() is not None
        care.note.setFocus()
        person.press(Qt.Key.Key_Escape)
        await person.until(asked)
        asked().yes.click()
        await person.until(lambda: not care.is_open)
        assert "" == care.note.text()
        assert person.view.area(OversightArea).unsaved() is None


async def test_without_a_note_nothing_is_asked(admin, world):
    async with admin() as person:
        care = await _list(person, world)
        care.note.setText("  ")
        person.press(Qt.Key.Key_Escape)
        await person.until(lambda: not care.is_open)
        assert asked() is None
