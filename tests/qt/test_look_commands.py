"""Light, dark and motion by Ctrl+K, in the real window."""

from __future__ import annotations

import gc

import pytest
from person import person_at
from PySide6.QtCore import Qt

from desktop.theme.theme import Scheme

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def counter(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def _by_name(person, typed):
    person.press(Qt.Key.Key_K, CTRL)
    palette = person.window.finder.widget
    await person.until(palette.field.hasFocus)
    person.type(typed)
    await person.until(lambda: palette.model.lines and palette.list.currentIndex().row() == 0)
    first = palette.model.lines[0].title
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: not palette.isVisible())
    return first


async def test_dark_light_and_the_systems_look_are_words_of_the_search_over_everything(counter):
    async with counter() as person:
        await person.sign_in()
        theme, kept = person.program.theme, person.window.context.preferences
        for typed, scheme in (("dark", Scheme.DARK), ("light", Scheme.LIGHT), ("system", Scheme.SYSTEM)):
            told = await _by_name(person, typed)
            assert typed in told
            assert (scheme, scheme) == (theme.scheme, kept.scheme)
            lines = {line.id: line.enabled for line in person.window.commands.listing() if line.id.startswith("look.")}
            assert [f"look.{scheme.value}"] == [name for name, enabled in lines.items() if not enabled]


async def test_motion_is_reduced_and_allowed_again(counter):
    async with counter() as person:
        await person.sign_in()
        before = person.program.theme.reduced_motion
        for wanted in (not before, before):
            assert "motion" in await _by_name(person, "motion")
            assert (wanted, wanted) == (
                person.program.theme.reduced_motion,
                person.window.context.preferences.reduced_motion,
            )
