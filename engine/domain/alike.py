"""Finding text however it is typed: with or without accents, in parts, or in letters of another script that look alike.

For lists that are looked through anyway; what is found by an index is stored folded (``text.search_key``).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from engine.domain.text import earlier_key, search_key, without_unseen

#: Where letters are looked for that people type without their accents: Latin, Greek, Cyrillic and their extensions.
_LETTERS = (range(0xC0, 0x250), range(0x370, 0x530), range(0x1E00, 0x2000))
#: Letters of Greek and Cyrillic beside the Latin one that they are painted like, on plates and in print.
_PAINTED = {
    "\u0391\u0410": "a", "\u0392\u0412": "b", "\u0421\u03f9": "c", "\u0395\u0415": "e", "\u0397\u041d": "h",
    "\u0399\u0406\u04c0": "i", "\u037f\u0408": "j", "\u039a\u041a": "k", "\u039c\u041c": "m", "\u039d": "n",
    "\u039f\u041e": "o", "\u03a1\u0420": "p", "\u0405": "s", "\u03a4\u0422": "t", "\u03a7\u0425": "x",
    "\u03a5\u0423\u04ae": "y", "\u0396": "z",
}  # fmt: skip
_LATIN = str.maketrans({sign: latin for signs, latin in _PAINTED.items() for sign in (signs + signs.lower())})
#: Two letters that are one letter elsewhere: ``Strasse`` and ``Straße``.
_TOGETHER = {"ss": "[ßẞ]", "ae": "[æÆ]", "oe": "[œŒ]", "th": "[þÞ]"}
_PARTS = re.compile("|".join(("sss+", *_TOGETHER, ".")), re.DOTALL)
_LATIN_CAPITALS = str.maketrans({sign: latin.upper() for signs, latin in _PAINTED.items() for sign in signs})
_KEYBOARDS = tuple(
    {
        ord(latin.upper()): found[0]
        for signs, latin in _PAINTED.items()
        if (found := [sign for sign in signs if unicodedata.name(sign).startswith(script)])
    }
    for script in ("GREEK", "CYRILLIC")
)
#: Accents that stand by themselves, as in text that was stored in parts.
_ACCENTS = "[\u0300-\u036f]*"


def pattern(word: str) -> str:
    """A regular expression, of Python and of MongoDB, of the texts that hold *word* by the measure of ``folded``.

    Matched without case; empty where *word* holds nothing to look for.
    """
    return "".join(map(_drawn, _PARTS.findall(folded(word))))


def plate_pattern(word: str) -> str:
    """As ``pattern``, of letters and digits only: for plates without what stands between."""
    return "".join(_drawings(sign) for sign in folded(word) if sign.isalnum())


def folded(text: str) -> str:
    """*text* without case, accents and unseen signs, letters that look Latin as Latin ones."""
    if text.isascii():
        return text.casefold()
    kept = unicodedata.normalize("NFKC", without_unseen(text))
    return "".join(_bare(sign) or sign for sign in kept if not unicodedata.combining(sign)).translate(_LATIN)


def as_latin(text: str) -> str:
    """*text* with each letter of Greek or Cyrillic that is painted like a Latin one as that."""
    return text.translate(_LATIN)


def in_scripts(plate: str) -> tuple[str, ...]:
    """*plate* (capitals and digits) as it is typed on a Latin, a Greek and a Cyrillic keyboard, itself first.

    A keyboard that lacks one of its letters is left out.
    """
    latin = plate.translate(_LATIN_CAPITALS)
    typed = (latin.translate(each) for each in _KEYBOARDS if _all_on(latin, each))
    return tuple(dict.fromkeys((plate, latin, *typed)))


def _all_on(latin: str, keyboard: dict[int, str]) -> bool:
    return all(ord(sign) in keyboard or sign.isdecimal() for sign in latin)


def _bare(sign: str) -> str:
    return sign.casefold() if sign.isascii() else search_key(sign)


def _drawn(part: str) -> str:
    if not part.isalnum():
        return re.escape(part)
    if part.startswith("sss"):  # of which any two may be one
        return f"(?:{_drawings('s')}{_ACCENTS}|{_TOGETHER['ss']}){{{(len(part) + 1) // 2},{len(part)}}}"
    apart = "".join(f"{_drawings(sign)}{_ACCENTS}" for sign in part)
    return f"(?:{apart}|{_TOGETHER[part]})" if part in _TOGETHER else apart


@cache
def _drawings(sign: str) -> str:
    """A set of all letters that fold to *sign*."""
    return f"[{re.escape(sign)}{_others().get(sign, '')}]"


@cache
def _others() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in (code for block in _LETTERS for code in block):
        sign = chr(code)
        if sign.isalpha():
            bare = earlier_key(sign.translate(_LATIN)).translate(_LATIN)
            if len(bare) == 1 and bare != sign:
                found[bare] = found.get(bare, "") + sign
    return found
