"""The command palette: every command of the window, by keyboard, with its key beside it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from view_builders import fed_workspace, make_booking

from desktop.commands import Command, Commands
from desktop.tasks import TaskScope
from desktop.viewmodels.lookup import LookupViewModel
from desktop.views.palette import ITSELF, CommandPalette
from desktop.widgets.palette import ROW_PX

ran = []


@pytest.fixture
def window(qtbot):
    window = QWidget()
    column = QVBoxLayout(window)
    window.field, window.other = QLineEdit(), QLineEdit()
    column.addWidget(window.field)
    column.addWidget(window.other)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.field.setFocus()
    return window


@pytest.fixture
def commands(window):
    ran.clear()
    made = Commands(window)

    def command(name, title, group, key="", when=lambda: True):
        return Command(name, title, lambda: ran.append(name), key=key, group=group, when=when)

    made.add(
        command(ITSELF, "All commands", "Window", "Ctrl+K"),
        command("go.find", "Find a car", "Go to", "Ctrl+1"),
        command("go.bookings", "Bookings", "Go to", "Ctrl+2"),
        command("book", "Book", "Panel", "Ctrl+Return", when=lambda: False),
        command("leave", "Sign out", "Window"),
    )
    return made


@pytest.fixture
def palette(theme, window, commands):
    return CommandPalette(theme, window, commands)


def titles(palette):
    return [line.title for line in palette.widget.model.lines]


def press(palette, key):
    QTest.keyClick(palette.widget.field, key)


def test_every_command_is_there_but_itself_and_what_makes_no_sense_stands_last(palette):
    palette.toggle()

    assert ["Find a car", "Bookings", "Sign out", "Book"] == titles(palette)
    assert "Ctrl+1" == palette.widget.model.lines[0].key
    assert palette.widget.field.hasFocus()


def test_letters_narrow_and_enter_runs_with_the_focus_back_where_it_was(palette, window):
    palette.toggle()
    QTest.keyClicks(palette.widget.field, "book")
    assert ["Bookings", "Book"] == titles(palette)
    press(palette, Qt.Key.Key_Return)

    assert ["go.bookings"] == ran
    assert not palette.widget.isVisible()
    assert window.field.hasFocus()


def test_arrows_walk_round_and_a_disabled_line_is_not_run(palette):
    palette.toggle()
    press(palette, Qt.Key.Key_Up)
    press(palette, Qt.Key.Key_Return)
    assert [] == ran
    assert palette.widget.isVisible()
    press(palette, Qt.Key.Key_Up)
    press(palette, Qt.Key.Key_Return)

    assert ["leave"] == ran


def test_what_was_run_last_comes_first(palette):
    palette.toggle()
    QTest.keyClicks(palette.widget.field, "sign")
    press(palette, Qt.Key.Key_Return)
    palette.toggle()

    assert ["Sign out", "Find a car", "Bookings", "Book"] == titles(palette)


def test_escape_gives_the_focus_back_and_another_field_takes_it(palette, window):
    palette.toggle()
    press(palette, Qt.Key.Key_Escape)
    assert window.field.hasFocus()
    palette.toggle()
    window.other.setFocus()

    assert not palette.widget.isVisible()
    assert window.other.hasFocus()


def test_the_same_key_closes_it(palette):
    palette.toggle()
    palette.toggle()

    assert not palette.widget.isVisible()


def test_bookings_are_found_and_opened_and_answers_to_older_letters_are_dropped(palette):
    lookup, opened, asked = LookupViewModel(fed_workspace(TaskScope()).desk, TaskScope()), [], []
    lookup.ask = asked.append
    palette.attach(lookup, opened.append)
    palette.toggle()
    QTest.keyClicks(palette.widget.field, "G8ET")
    lookup.found.emit("G8E", (make_booking(2),))
    assert [] == titles(palette)
    lookup.found.emit("G8ET", (make_booking(1),))
    assert ["G8ET-6JAM-Q001 · Volkswagen Golf · B-DS 1 · Ada Moreau"] == titles(palette)
    press(palette, Qt.Key.Key_Return)

    assert ["G", "G8", "G8E", "G8ET"] == asked
    assert [make_booking(1)] == opened


def test_nothing_of_a_session_stays_after_it(palette):
    lookup = LookupViewModel(fed_workspace(TaskScope()).desk, TaskScope())
    palette.attach(lookup, lambda _: None)
    palette.toggle()
    palette.detach()

    assert not palette.widget.isVisible()
    assert palette._bookings == {}


def test_it_keeps_inside_a_small_window(palette, window):
    palette.toggle()
    window.resize(1024, 640)

    assert window.rect().contains(palette.widget.geometry())
    assert palette.widget.list.visualRect(palette.widget.model.index(0, 0)).height() == ROW_PX


def test_the_palette_is_built_after_signing_in_and_before_it_is_wanted(palette, qtbot):
    palette._soon.setInterval(0)
    palette.prepare_soon()
    qtbot.waitUntil(lambda: palette.widget is not None)
    assert palette.widget.isHidden()
    built = palette.widget
    palette.toggle()

    assert built is palette.widget
    assert built.isVisible()
    assert titles(palette)[0] == "Find a car"
