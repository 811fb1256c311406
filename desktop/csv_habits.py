"""How this person's spreadsheet expects CSV files: as it was set here, else as in the system's language.

API: default_habits(), habits_of(preferences), keep(preferences, habits or None), example(habits).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from desktop.words.figures import custom
from engine.domain.money.money import Money
from engine.domain.shared.csv_text import CsvHabits, DateShape

if TYPE_CHECKING:
    from desktop.preferences import Preferences

#: They part decimals by a point, but lists by a semicolon.
_SEMICOLON = frozenset({QLocale.Country.Switzerland, QLocale.Country.Liechtenstein})
_SHAPES = {("d", "."): DateShape.DOTS, ("d", "/"): DateShape.SLASHES, ("M", "/"): DateShape.MONTH_FIRST}
_MOMENT = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)


def default_habits() -> CsvHabits:
    """Those of the system's locale; a shape of days that we do not write is written as every spreadsheet reads it."""
    user = custom()
    comma = user.decimalPoint() == ","
    separator = ";" if comma or QLocale().territory() in _SEMICOLON else ","
    return CsvHabits(separator, "," if comma else ".", _shape(QLocale().dateFormat(QLocale.FormatType.ShortFormat)))


def habits_of(preferences: Preferences) -> CsvHabits:
    """What was set on this computer; what cannot be read counts as not set."""
    kept = preferences.csv
    try:
        return CsvHabits(kept["separator"], kept["decimal"], DateShape(kept["dates"]))
    except (KeyError, ValueError):
        return default_habits()


def keep(preferences: Preferences, habits: CsvHabits | None) -> None:
    """None: as the system's from now on, also when that changes."""
    fields = {"separator": habits.separator, "decimal": habits.decimal, "dates": habits.dates.value} if habits else {}
    preferences.csv = fields


def example(habits: CsvHabits) -> str:
    """A line as it will stand in the files."""
    cells = ("Golf", habits.wall_time(_MOMENT, UTC), "Vogel; Ada", habits.amount(Money(-125_050, "EUR")), "EUR")
    return habits.line(cells).rstrip("\r\n")


def _shape(pattern: str) -> DateShape:
    """*pattern* is one of Qt's, such as ``dd.MM.yy``; ``d. M. yyyy`` counts as dots, ``yyyy`` first as none of ours."""
    letters = [letter for letter in pattern if letter in "dMy"]
    signs = {sign for sign in pattern if not sign.isalpha() and not sign.isspace()}
    if "y" not in letters or letters[0] == "y" or "MMM" in pattern or len(signs) != 1:
        return DateShape.ISO
    return _SHAPES.get((letters[0], signs.pop()), DateShape.ISO)
