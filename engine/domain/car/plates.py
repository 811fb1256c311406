"""What makes two plates one (docs/decisions/0038): the country, and the signs as the law of that country tells them."""

from __future__ import annotations

import re
import unicodedata

from engine.domain.shared.alike import as_latin_capitals
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean

#: As typed: some countries paint a province or an emirate as well.
LONGEST_PLATE = 40
#: Where ``B-NO 1234`` and ``BN-O 1234`` are two cars: one to three letters of the district stand apart.
_APART = frozenset({"DE"})
_DISTRICT = re.compile(r"([^\W\d_]{1,3})[\W_]+(?=\w)(.+)")
#: Between letters and digits of a plate, over all countries.
_ON_PLATES = frozenset(" -\u2010\u2011\u2013.\u00b7\u2022/|")
#: THW, the federal relief agency, has no district.
_UNCLEAR = re.compile(r"(?!THW)[^\W\d_]{3,5}[\W_]*\d+[EH]?")


def shown_plate(plate: object) -> str:
    """*plate* as it is kept and shown: in capitals, blanks single.

    Raises:
        InvalidText: What no country's plates hold.
    """
    text = " ".join(clean("plate", plate, longest=LONGEST_PLATE).upper().split())
    if len(text) > LONGEST_PLATE:
        raise InvalidText("plate", "field.too_long", longest=LONGEST_PLATE)
    if not all(sign.isalnum() or sign in _ON_PLATES or unicodedata.category(sign)[0] == "M" for sign in text):
        raise InvalidText("plate", "field.plate_signs")
    if not plate_key(text, ""):
        raise InvalidText("plate", "field.plate_empty")
    return text


def plate_key(plate: str, country: str) -> str:
    """The form under which *plate* is unique among those of *country* (ISO 3166, empty where unknown).

    Capitals and digits; letters of Greek and Cyrillic that are painted like Latin ones as those. Accents are kept:
    Würzburg is WÜ. In Germany a blank behind the district, where the plate shows its end.
    """
    text = as_latin_capitals(unicodedata.normalize("NFKC", plate).upper())
    if country in _APART and (found := _DISTRICT.fullmatch(text.strip())):
        return f"{_signs(found[1])} {_signs(found[2])}"
    return _signs(text)


def must_tell_district(plate: str, country: str) -> None:
    """Raises: InvalidText, for a plate of which nobody can say where the district ends."""
    if country in _APART and _UNCLEAR.fullmatch(plate.strip()):
        raise InvalidText("plate", "field.plate_district")


def _signs(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text if sign.isalnum())
