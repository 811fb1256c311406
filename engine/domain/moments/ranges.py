"""From one day to another in one text: ``1.11. - 30.11.``, ``1 Nov to 30 Nov``, ``2026-11-01 bis 2026-11-30``."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from engine.domain.moments.read import read_moment
from engine.domain.moments.reading import AskedBack, Reading

_BETWEEN = re.compile(r"\s+(?:to|until|till|bis)\s+|\s*[-–—]\s*|\s*\.{2,3}\s*", re.IGNORECASE)  # noqa: RUF001 -- dashes
#: Of which month it is, only the other half would say.
_NO_MONTH = re.compile(r"\s*\d{1,2}\s*(?:\.|st|nd|rd|th)?\s*", re.IGNORECASE)


def read_days(text: str, asked: AskedBack) -> tuple[date, date] | None:
    """First and last day. None where *text* is no range, or one that could be parted in two ways."""
    days_only = replace(asked, days_only=True)
    found = {
        (first, last)
        for between in _BETWEEN.finditer(text)
        if (first := _day(text[: between.start()], days_only)) is not None
        and (last := _day(text[between.end() :], days_only)) is not None
        and first <= last
    }
    return found.pop() if len(found) == 1 else None


def _day(text: str, asked: AskedBack) -> date | None:
    if _NO_MONTH.fullmatch(text):
        return None
    read = read_moment(text, asked)
    return read.at.date() if isinstance(read, Reading) else None
