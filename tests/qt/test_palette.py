"""The command palette: every command of the window, by keyboard, with its key beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import RENTER, make_car
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from view_builders import NOW, fed_workspace, make_booking

from desktop.commands import Command, Commands
from desktop.tasks import TaskScope
from desktop.viewmodels.lookup import Found, LookupViewModel
from desktop.views.palette import ITSELF, CommandPalette
from desktop.widgets.palette import ROW_PX
from desktop.widgets.roles import ROW_ROLE
from engine.domain.accounts import Person, PersonRow, Post
from engine.domain.errors import Unavailable
from engine.domain.people import AccountName, Role

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


@pytest.fixture
def lookup(palette):
    """Answered by the test; attached, with what was opened."""
    lookup = LookupViewModel(fed_workspace(TaskScope()).desk, TaskScope())
    lookup.asked, lookup.opened = [], []
    lookup.ask = lookup.asked.append
    palette.attach(lookup, lookup.opened.append)
    palette.toggle()
    return lookup


def current(palette):
    return palette.widget.list.currentIndex().data(ROW_ROLE).title


def everything(**changes):
    found = Found(
        (make_booking(1), make_booking(2)), 7, cars=(make_car(1), make_car(2)), renters=(RENTER,),
        people=(PersonRow(person()),),
    )  # fmt: skip
    return replace(found, **changes)


def person():
    return Person(AccountName("vera"), "Vera Vogel", "v@example.org", "+4930123456", Post(Role.ADMIN), NOW)


def test_bookings_are_found_and_opened_and_answers_to_older_letters_are_dropped(palette, lookup):
    QTest.keyClicks(palette.widget.field, "G8ET")
    lookup.found.emit("G8E", Found((make_booking(2),), 1))
    assert [] == titles(palette)
    lookup.found.emit("G8ET", Found((make_booking(1),), 1))
    assert ["Bookings", "G8ET-6JAM-Q001 · Volkswagen Golf · B-DS 1"] == titles(palette)
    assert palette.widget.model.lines[1].detail.startswith("Ada Moreau · ")
    assert ((0, 4),) == palette.widget.model.lines[1].marked
    press(palette, Qt.Key.Key_Return)

    assert ["G", "G8", "G8E", "G8ET"] == lookup.asked
    assert [make_booking(1)] == lookup.opened


def test_every_kind_has_its_heading_and_count_and_headings_are_passed_over(palette, lookup):
    QTest.keyClicks(palette.widget.field, "zzz")
    lookup.found.emit("zzz", everything())
    lines = palette.widget.model.lines
    heads = [(line.title, line.group) for line in lines if line.heading]
    assert [("Renters", "1"), ("Bookings", "2 of 7"), ("Cars", "2"), ("Accounts", "1")] == heads

    seen = [current(palette)]
    for _ in range(6):
        press(palette, Qt.Key.Key_Down)
        seen.append(current(palette))
    assert [line.title for line in lines if not line.heading] == seen[:-1]
    assert seen[0] == seen[-1]
    firsts = []
    for _ in range(4):
        press(palette, Qt.Key.Key_Tab)
        firsts.append(current(palette))
    assert [seen[1], seen[3], seen[5], seen[0]] == firsts
    press(palette, Qt.Key.Key_Backtab)
    assert seen[5] == current(palette)
    press(palette, Qt.Key.Key_Return)
    assert [PersonRow(person())] == lookup.opened


@pytest.mark.parametrize(
    ("typed", "name", "first"),
    [
        ("ada", "Ada Moreau", "Renters"),
        ("fad", "Fadila Benali", "Renters"),
        ("fadila", "Fádila Benali", "Renters"),
        ("find", "Find Andersen", "Find a car"),
        ("so", "Anna Sorel", "Renters"),
        ("boo", "Boo Radley", "Bookings"),
        ("zzz", "Ada Moreau", "Renters"),
    ],
)
def test_a_name_stands_before_commands_that_fit_less_only(palette, lookup, typed, name, first):
    QTest.keyClicks(palette.widget.field, typed)
    lookup.found.emit(typed, Found(renters=(replace(RENTER, name=name),)))

    assert first == titles(palette)[0]
    assert {"Renters", name} <= set(titles(palette))


@pytest.mark.parametrize(
    ("found", "note", "nothing"),
    [
        (Found(), "", "Nothing found for “zzz”. Try a part of it."),
        (everything(slip=True), "Nothing is spelt “zzz”. These differ by one slip.", ""),
        (everything(stored=True), "From the stored copy.", ""),
        (Found(problem=Unavailable("mongodb")), "Not everything could be searched", "Nothing was found where it could"),
        (everything(problem=Unavailable("mongodb")), "Not everything could be searched", ""),
    ],
)
def test_what_is_empty_nearly_spelt_stored_or_failed_says_so(palette, lookup, found, note, nothing):
    QTest.keyClicks(palette.widget.field, "zzz")
    lookup.asking.emit("zzz")
    assert "Searching …" == palette.widget.nothing.text()
    lookup.found.emit("zzz", found)

    assert palette.widget.note.text().startswith(note)
    assert bool(note) == palette.widget.note.isVisible()
    assert bool(nothing) == palette.widget.nothing.isVisible()
    assert palette.widget.nothing.text().startswith(nothing)
    QTest.keyClicks(palette.widget.field, "z")
    assert not palette.widget.note.isVisible()


def test_nothing_of_a_session_stays_after_it(palette):
    lookup = LookupViewModel(fed_workspace(TaskScope()).desk, TaskScope())
    palette.attach(lookup, lambda _: None)
    palette.toggle()
    palette.detach()

    assert not palette.widget.isVisible()
    assert palette._things == {}


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
