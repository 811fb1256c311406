"""How files are written: as the system's language has it, or as a person set it by keyboard, kept on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from locales import desk_in
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.csv_habits import default_habits, example, habits_of, keep
from desktop.preferences import Preferences
from desktop.viewmodels.export import ExportPhase, ExportState
from desktop.views.parts.csv_dialog import CsvDialog
from desktop.words import figures
from engine.domain.shared.csv_text import DECIMALS, SEPARATORS, CsvHabits, DateShape

_ANY = (QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry)
EVERY = [
    CsvHabits(separator, decimal, dates)
    for separator in SEPARATORS
    for decimal in DECIMALS
    if separator != decimal
    for dates in DateShape
]


@pytest.mark.parametrize(
    ("name", "separator", "decimal", "dates"),
    [
        ("de_DE", ";", ",", DateShape.DOTS),
        ("fr_FR", ";", ",", DateShape.SLASHES),
        ("en_US", ",", ".", DateShape.MONTH_FIRST),
        ("en_GB", ",", ".", DateShape.SLASHES),
        ("de_CH", ";", ".", DateShape.DOTS),
        ("pt_BR", ";", ",", DateShape.SLASHES),
        ("sv_SE", ";", ",", DateShape.ISO),
        ("nl_NL", ";", ",", DateShape.ISO),
        ("ar_EG", ",", ".", None),
    ],
)
def test_files_are_written_as_in_the_systems_language(tmp_path, name, separator, decimal, dates):
    with desk_in(name):
        habits = habits_of(Preferences(tmp_path / "desk.ini"))

    assert (separator, decimal) == (habits.separator, habits.decimal)
    assert dates in (habits.dates, None)


def test_in_every_locale_files_have_the_decimals_of_the_screen():
    for name in sorted({each.name() for each in QLocale.matchingLocales(*_ANY)}):
        with desk_in(name):
            shown = figures.custom().decimalPoint()
            assert default_habits().decimal == (shown if shown in DECIMALS else "."), name


@given(st.sampled_from(EVERY))
def test_what_was_set_is_there_at_the_next_start_whatever_the_language(tmp_path_factory, habits):
    file = tmp_path_factory.mktemp("desk") / "desk.ini"
    before = Preferences(file)
    keep(before, habits)
    before.save()

    with desk_in("de_DE"):
        assert habits == habits_of(Preferences(file))
        keep(after := Preferences(file), None)
        assert default_habits() == habits_of(after)


@pytest.mark.parametrize(
    "rubbish",
    [
        "{broken",
        '{"separator": ","}',
        '{"separator": ",", "decimal": ",", "dates": "iso"}',
        '{"separator": "|", "decimal": ".", "dates": "iso"}',
        '{"separator": ";", "decimal": ".", "dates": "moon"}',
    ],
)
def test_what_cannot_be_read_counts_as_not_set(tmp_path, rubbish):
    preferences = Preferences(tmp_path / "desk.ini")
    preferences._settings.setValue("export/csv", rubbish)

    assert default_habits() == habits_of(preferences)


async def opened(window, until, how):
    how()
    await until(lambda: isinstance(QApplication.activeModalWidget(), CsvDialog))
    box = QApplication.activeModalWidget()
    await until(box.separator.hasFocus)
    return box


def press(*keys):
    for key in keys:
        QTest.keyClick(QApplication.focusWidget(), key)


async def test_they_are_set_by_keyboard_with_a_line_that_shows_them(window, view, until):
    with desk_in("en_US"):
        box = await opened(window, until, lambda: window.commands.run("window.csv"))
        assert example(default_habits()) == box.example.text()
        press(Qt.Key.Key_Tab, Qt.Key.Key_Down)
        told = box.example.text()
        press(Qt.Key.Key_Tab, Qt.Key.Key_Home)
        press(Qt.Key.Key_Return)
        await until(lambda: not window.tasks.running("csv"))

        assert told == 'Golf;11/24/2026 14:05;"Vogel; Ada";-1250,50;EUR'
        assert CsvHabits(";", ",", DateShape.ISO) == habits_of(window.context.preferences)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from(["separator", "decimal", "dates"]), st.integers(0, 3)), max_size=8))
def test_no_choice_makes_one_sign_both_and_the_last_one_stays(moves, window):
    box = CsvDialog(window.context, window)
    for name, at in moves:
        combo = getattr(box, name)
        combo.setCurrentIndex(min(at, combo.count() - 1))
        chosen = combo.currentData()
        combo.activated.emit(combo.currentIndex())

        assert box.habits.separator != box.habits.decimal
        assert chosen == combo.currentData() == getattr(box.habits, name)
        shown = CsvHabits(box.separator.currentData(), box.decimal.currentData(), box.dates.currentData())
        assert box.habits == shown
    box.deleteLater()


@pytest.mark.parametrize("end", [Qt.Key.Key_Escape, None])
async def test_thinking_better_of_it_changes_nothing(window, view, until, end):
    box = await opened(window, until, view.account.csv_wanted.emit)
    press(Qt.Key.Key_Tab, Qt.Key.Key_Down)
    if end is None:
        box.no.click()
    else:
        press(end)
    await until(lambda: not window.tasks.running("csv"))

    assert {} == window.context.preferences.csv


async def test_they_are_offered_where_one_exports(window, view, until):
    view.go("bookings")
    page = view._made["bookings"]
    page.vm.export.feed(ExportState(ExportPhase.DONE, Path("bookings.csv"), 3))
    assert page.export.habits.isVisible()
    box = await opened(window, until, page.export.habits.click)
    box.separator.setCurrentIndex(box.separator.findData("\t"))
    box.separator.activated.emit(box.separator.currentIndex())
    assert "\t" not in box.example.text()
    box.yes.click()
    await until(lambda: not page.export.tasks.running("habits"))

    assert "\t" == habits_of(window.context.preferences).separator
