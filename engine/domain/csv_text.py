"""Tables as text that any spreadsheet opens and none runs (RFC 4180, UTF-8 with its mark, CRLF)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo

from engine.domain.money import Money

#: Without it Excel takes the file for an older encoding.
BOM = "\ufeff"
#: A cell that begins so is a formula to Excel, LibreOffice or Google Sheets, also in its full-width form.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_QUOTED = re.compile(r'[",;\r\n\t]')


def csv_line(cells: Iterable[str]) -> str:
    return ",".join(_cell(cell) for cell in cells) + "\r\n"


def plain_amount(money: Money) -> str:
    """``-1250.00``: digits and a point, for a cell beside its currency; never through a float."""
    units, rest = divmod(abs(money.minor), 10**money.exponent)
    sign = "-" if money.minor < 0 else ""
    return f"{sign}{units}" + (f".{rest:0{money.exponent}d}" if money.exponent else "")


def wall_time(at: datetime, zone: tzinfo) -> str:
    """``2026-11-24 10:05`` on the wall in *zone*, for a row that names the zone."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _cell(text: str) -> str:
    """A text that would be run gets an apostrophe before it; a number stays one."""
    if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
