"""How somebody writes numbers, and what a typed number may mean. Nothing is guessed where two readings are possible."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2019\u02bc\uff07`\u00b4\u066c", "'"),  # thousands: apostrophes, and the Arabic sign
        **dict.fromkeys("\u060c\uff0c", ","),  # commas: Arabic, full width
        "\uff0e": ".",
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"),
    }
)
#: The Arabic sign that parts decimals and nothing else.
_DECIMAL = "\u066b"
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([ ',.])[0-9]{3})(?:\1[0-9]{3})*|[1-9][0-9]?(?:([ ',.])[0-9]{2})+\2[0-9]{3}")
#: More digits than any amount or counter has.
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Numerals:
    """Attributes: ``point`` parts decimals, ``group`` thousands; each as its country writes it."""

    point: str = "."
    group: str = ","


@dataclass(frozen=True, slots=True)
class TwoReadings:
    """Both that are possible, in the units that were asked for; the larger one reads the sign as one of thousands."""

    thousands: int
    decimals: int


def read_number(text: str, places: int, habits: Numerals) -> int | TwoReadings | None:
    """What was typed, in units of ``10 ** -places``; None for what is no such number.

    Digits of every script, spaces and apostrophes between thousands, both kinds of points. *habits* decide only what a
    person of that country cannot mean otherwise: its own decimal sign parts decimals.
    """
    plain = _plain(text)
    minus = plain.startswith("-")
    read = _unsigned(plain.removeprefix("-").lstrip(), places, _plain(habits.point))
    if not minus or read is None:
        return read
    return TwoReadings(-read.thousands, -read.decimals) if isinstance(read, TwoReadings) else -read


def digits_of(text: str) -> str:
    """*text* with the digits of every script as ``0`` to ``9`` and without signs that cannot be seen."""
    return "".join(_sign(each) for each in text)


def _plain(text: str) -> str:
    return digits_of(text).translate(_SIGNS).strip()


def _sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) == "Cf" else sign


def _unsigned(text: str, places: int, point: str) -> int | TwoReadings | None:
    marks = [sign for sign, _ in groupby(each for each in text if each in ".,")]
    count = sum(text.count(sign) for sign in ".,")
    if _DECIMAL in text:
        return _parted(text, _DECIMAL, places)
    if len(marks) > 1:
        # The last kind parts decimals, and stands there once: "1.250,00", "1,250.00".
        return _parted(text, marks[-1], places)
    if count != 1:
        return _whole(text, places)
    mark = marks[0]
    as_decimals, as_thousands = _parted(text, mark, places), _whole(text, places)
    if mark == point and (places or as_thousands is None):
        return as_decimals
    if as_decimals is None or as_thousands is None:
        return as_thousands if as_decimals is None else as_decimals
    return TwoReadings(as_thousands, as_decimals)


def _parted(text: str, mark: str, places: int) -> int | None:
    head, _, tail = text.partition(mark)
    if len(tail) > places or not (head or tail) or (tail and not _are_digits(tail)):
        return None
    units = _whole(head, 0) if head else 0
    return None if units is None else units * 10**places + int(tail.ljust(places, "0") or "0")


def _whole(text: str, places: int) -> int | None:
    plain = text if _are_digits(text) else re.sub("[ ',.]", "", text) if _GROUPED.fullmatch(text) else ""
    return int(plain) * 10**places if plain and len(plain) <= _MOST_DIGITS else None


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()
