"""The command palette: every command of the window, by keyboard, with its key beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import RENTER, make_car
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from view_builders import NOW, fed_workspace, make_booking

from desktop.commands import PALETTE, Command, Commands
from desktop.tasks import TaskScope
from desktop.viewmodels.search.lookup import Hit, HitKind, HitRows, LookupViewModel
from desktop.views.frame.found_lines import Offers
from desktop.views.frame.palette import CommandPalette, Finds
from desktop.widgets.palette.order import in_order
from desktop.widgets.palette.palette import ROW_PX, PaletteLine
from desktop.widgets.roles import ROW_ROLE
from engine.domain.booking.listing import BookingScope
from engine.domain.people.accounts import Person, PersonRow, Post
from engine.domain.people.people import AccountName, Role
from engine.domain.shared.errors import Unavailable

ran = []
OFFERS = Offers({HitKind.BOOKINGS: "→ all {count} bookings"}, booking=True)


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
        command(PALETTE, "All commands", "Window", "Ctrl+K"),
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


def press(palette, key, *modifiers):
    QTest.keyClick(palette.widget.field, key, *modifiers)


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
    lookup.asked, lookup.opened, lookup.all_of, lookup.booked = [], [], [], []
    lookup.ask = lookup.asked.append
    palette.attach(
        lookup, Finds(lookup.opened.append, lambda *all_of: lookup.all_of.append(all_of), lookup.booked.append, OFFERS)
    )
    palette.toggle()
    return lookup


def current(palette):
    return palette.widget.list.currentIndex().data(ROW_ROLE).title


def rows(*rows, total=0, slip=False):
    return HitRows(rows, max(total, len(rows)), slip)


def slipped():
    found = everything()
    return Hit(**{name: replace(getattr(found, name), slip=True) for name in ("bookings", "cars", "renters", "people")})


def everything(**changes):
    found = Hit(
        rows(make_booking(1), make_booking(2), total=7), cars=rows(make_car(1), make_car(2)), renters=rows(RENTER),
        people=rows(PersonRow(person())),
    )  # fmt: skip
    return replace(found, **changes)


def person():
    return Person(AccountName("vera"), "Vera Vogel", "v@example.org", "+4930123456", Post(Role.ADMIN), NOW)


def test_bookings_are_found_and_opened_and_answers_to_older_letters_are_dropped(palette, lookup):
    QTest.keyClicks(palette.widget.field, "G8ET")
    lookup.found.emit("G8E", Hit(rows(make_booking(2))))
    assert [] == titles(palette)
    lookup.found.emit("G8ET", Hit(rows(make_booking(1))))
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
    for _ in range(7):
        press(palette, Qt.Key.Key_Down)
        seen.append(current(palette))
    assert [line.title for line in lines if not line.heading] == seen[:-1]
    assert seen[0] == seen[-1]
    firsts = []
    for _ in range(4):
        press(palette, Qt.Key.Key_Tab)
        firsts.append(current(palette))
    assert [seen[1], seen[4], seen[6], seen[0]] == firsts
    press(palette, Qt.Key.Key_Backtab)
    assert seen[6] == current(palette)
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
    lookup.found.emit(typed, Hit(renters=rows(replace(RENTER, name=name))))

    assert first == titles(palette)[0]
    assert {"Renters", name} <= set(titles(palette))


@pytest.mark.parametrize(
    ("found", "note", "nothing"),
    [
        (Hit(), "", "Nothing found for “zzz”. Try a part of it."),
        (slipped(), "Nothing is spelt “zzz”. These differ by one slip.", ""),
        (everything(stored=True), "From the stored copy.", ""),
        (Hit(problem=Unavailable("mongodb")), "Not everything could be searched", "Nothing was found where it could"),
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


def hints(palette):
    return dict(palette.widget.hints.hints)


def test_where_there_is_more_a_last_line_leads_to_the_page_with_the_same_text(palette, lookup):
    QTest.keyClicks(palette.widget.field, "zzz")
    lookup.found.emit("zzz", everything(scope=BookingScope.BRANCH))
    assert ["→ all 7 bookings"] == [title for title in titles(palette) if title.startswith("→")]
    while current(palette) != "→ all 7 bookings":
        press(palette, Qt.Key.Key_Down)
    press(palette, Qt.Key.Key_Return)

    assert [(HitKind.BOOKINGS, BookingScope.BRANCH, "zzz")] == lookup.all_of
    assert [] == lookup.opened


def test_ctrl_enter_books_for_a_renter_and_for_nothing_else(palette, lookup, window):
    window.taken = []
    act = QAction(window, shortcut="Ctrl+Return")
    act.triggered.connect(window.taken.append)
    window.addAction(act)
    QTest.keyClicks(palette.widget.field, "zzz")
    lookup.found.emit("zzz", everything())
    press(palette, Qt.Key.Key_Down)
    assert "Ctrl+Enter" not in hints(palette)
    press(palette, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert ([], [], True) == (lookup.booked, lookup.opened, palette.widget.isVisible())
    press(palette, Qt.Key.Key_Up)
    assert "Book for this renter" == hints(palette)["Ctrl+Enter"]
    press(palette, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert ([RENTER], []) == (lookup.booked, lookup.opened)
    assert not palette.widget.isVisible()
    assert [] == window.taken


@pytest.mark.parametrize("name", ["Sign", "Nia", "Fca", "Book", "Boo"])
def test_an_exact_name_stands_before_a_command_that_fits_loosely_and_behind_one_that_is_meant(palette, lookup, name):
    QTest.keyClicks(palette.widget.field, name)
    lookup.found.emit(name, Hit(renters=rows(replace(RENTER, name=name))))
    shown = [line.title for line in palette.widget.model.lines if not line.heading and line.enabled]

    assert name == shown[0]
    lookup.found.emit(name, Hit(renters=rows(replace(RENTER, name=f"{name} Lund"))))
    shown = [line.title for line in palette.widget.model.lines if not line.heading and line.enabled]
    meant = {"Sign": "Sign out", "Book": "Bookings", "Boo": "Bookings"}
    assert meant.get(name, f"{name} Lund") == shown[0]


def test_whoever_stepped_to_a_line_stays_on_it_when_more_is_found(palette, lookup):
    QTest.keyClicks(palette.widget.field, "o")
    press(palette, Qt.Key.Key_Down)
    chosen = current(palette)
    lookup.found.emit("o", everything())
    assert chosen == current(palette)


@given(st.permutations(["Renters", "Bookings", "Cars"]), st.integers(0, 2), st.text("abkn", max_size=5))
def test_lines_stay_below_their_heading_and_none_is_lost(kinds, exact, typed):
    found = [
        line
        for at, kind in enumerate(kinds)
        for line in (
            PaletteLine("", "", kind, enabled=False, heading=True),
            PaletteLine(kind, "", f"{kind} 1", exact=at == exact),
        )
    ]
    commands = [PaletteLine("c", "", "Book a car"), PaletteLine("d", "", "Bank", enabled=False)]
    shown = in_order(typed, commands, found)

    assert set(found) <= set(shown)
    assert all(shown[shown.index(line) + 1].id == line.title for line in found if line.heading)
    assert kinds[exact] == next(line.title for line in shown if line.heading)


def test_nothing_of_a_session_stays_after_it(palette):
    lookup = LookupViewModel(fed_workspace(TaskScope()).desk, TaskScope())
    palette.attach(lookup, Finds())
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
