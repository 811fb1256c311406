"""Tables as text that any spreadsheet opens and none runs (RFC 4180, UTF-8 with its mark, CRLF)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from fractions import Fraction

from engine.domain.money.money import Money

#: Without it Excel takes the file for an older encoding.
BOM = "\ufeff"
SEPARATORS = (",", ";", "\t")
DECIMALS = (".", ",")
#: A cell that begins so is a formula to Excel, LibreOffice or Google Sheets, also in its full-width form.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBERS = {sign: re.compile(rf"-?[0-9]+({re.escape(sign)}[0-9]+)?") for sign in DECIMALS}
#: Every separator, whichever is written: a spreadsheet that expects another one must not see a cell where none begins.
_QUOTED = re.compile(r'[",;\r\n\t]')


class DateShape(StrEnum):
    ISO = "iso"  #: 2026-11-24, which spreadsheets of every language read
    DOTS = "dots"  #: 24.11.2026
    SLASHES = "slashes"  #: 24/11/2026
    MONTH_FIRST = "month first"  #: 11/24/2026


_DAYS = {
    DateShape.ISO: "{0.year:04d}-{0.month:02d}-{0.day:02d}",
    DateShape.DOTS: "{0.day:02d}.{0.month:02d}.{0.year:04d}",
    DateShape.SLASHES: "{0.day:02d}/{0.month:02d}/{0.year:04d}",
    DateShape.MONTH_FIRST: "{0.month:02d}/{0.day:02d}/{0.year:04d}",
}


@dataclass(frozen=True, slots=True)
class CsvHabits:
    """How one spreadsheet expects its files: what parts the cells, what parts decimals, how days are written.

    Raises ValueError for signs that are none of these, and where one sign would be both.
    """

    separator: str = ","
    decimal: str = "."
    dates: DateShape = DateShape.ISO

    def __post_init__(self) -> None:
        if self.separator not in SEPARATORS or self.decimal not in DECIMALS or self.separator == self.decimal:
            raise ValueError(f"no habits: {self.separator!r} between cells and {self.decimal!r} before decimals")

    def line(self, cells: Iterable[str]) -> str:
        """Texts as they are; numbers and days as the methods below write them."""
        return self.separator.join(map(self._cell, cells)) + "\r\n"

    def amount(self, money: Money | None) -> str:
        """``-1250.00``: digits and one sign, for a cell beside its currency; never through a float; empty for None."""
        if money is None:
            return ""
        units, rest = divmod(abs(money.minor), 10**money.exponent)
        sign = "-" if money.minor < 0 else ""
        return f"{sign}{units}" + (f"{self.decimal}{rest:0{money.exponent}d}" if money.exponent else "")

    def number(self, exact: Fraction | None) -> str:
        """Two places, rounded half up; empty where there is no figure."""
        if exact is None:
            return ""
        hundredths = (abs(exact) * 100 + Fraction(1, 2)).__floor__()
        sign = "-" if exact < 0 and hundredths else ""
        return f"{sign}{hundredths // 100}{self.decimal}{hundredths % 100:02d}"

    def day(self, on: date) -> str:
        return _DAYS[self.dates].format(on)

    def wall_time(self, at: datetime, zone: tzinfo) -> str:
        """``2026-11-24 10:05`` on the wall in *zone*, for a row that names the zone."""
        local = at.astimezone(zone)
        return f"{self.day(local)} {local:%H:%M}"

    def stamp(self, at: datetime) -> str:
        """``2026-11-24 10:05:07``, for a column that says UTC."""
        local = at.astimezone(UTC)
        return f"{self.day(local)} {local:%H:%M:%S}"

    def fine_stamp(self, at: datetime) -> str:
        """The same with milliseconds behind this spreadsheet's decimal sign."""
        return f"{self.stamp(at)}{self.decimal}{at.microsecond // 1000:03d}"

    def _cell(self, text: str) -> str:
        """A text that would be run gets an apostrophe before it; a number stays one.

        So does one that begins with apostrophes before such a text: taking one away always gives back what was written.
        """
        if _NUMBERS[self.decimal].fullmatch(text):
            return text
        if text.lstrip("'").lstrip(" ").startswith(_FORMULA):
            text = f"'{text}"
        return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


#: As programs read such files, and as all files were written before there was a choice.
PLAIN = CsvHabits()
