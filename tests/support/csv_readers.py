"""Exported files read as a spreadsheet with given habits reads them."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime

from engine.domain.shared.csv_text import BOM, CsvHabits, DateShape

GERMAN = CsvHabits(";", ",", DateShape.DOTS)
TABBED = CsvHabits("\t", ",", DateShape.MONTH_FIRST)
_DAYS = {
    DateShape.ISO: ("%Y-%m-%d", r"\d{4}-\d\d-\d\d"),
    DateShape.DOTS: ("%d.%m.%Y", r"\d\d\.\d\d\.\d{4}"),
    DateShape.SLASHES: ("%d/%m/%Y", r"\d\d/\d\d/\d{4}"),
    DateShape.MONTH_FIRST: ("%m/%d/%Y", r"\d\d/\d\d/\d{4}"),
}


def rows_of(text, habits):
    """Every row, with numbers and days as ``PLAIN`` writes them."""
    assert text.startswith(BOM)
    lines = csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=habits.separator, strict=True)
    return [[_plain(cell, habits) for cell in line] for line in lines]


def _plain(cell, habits):
    shape, looks = _DAYS[habits.dates]
    day = re.match(rf"({looks})(?= |$)", cell)
    if day is not None:
        cell = f"{datetime.strptime(day[1], shape):%Y-%m-%d}{cell[day.end() :]}"  # noqa: DTZ007 -- a day
        return re.sub(rf"(\d\d:\d\d:\d\d){re.escape(habits.decimal)}(\d\d\d)$", r"\1.\2", cell)
    if re.fullmatch(rf"-?\d+{re.escape(habits.decimal)}\d+", cell):
        return cell.replace(habits.decimal, ".")
    return cell
