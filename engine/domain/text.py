"""Text that people type, made safe to keep and to compare."""

from __future__ import annotations

import unicodedata

from engine.domain.errors import InvalidText

#: Controls, lone surrogates, private and unassigned characters, line and paragraph separators.
_FORBIDDEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_LONGEST_PLATE = 16
_GREEK = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
_CYRILLIC = "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"
#: Capitals on plates that look like a Latin letter.
_AS_LATIN = str.maketrans(_GREEK + _CYRILLIC, "ABEZHIKMNOPTYX" + "ABEKMHOPCTYX")


def clean(field: str, value: object, *, longest: int, required: bool = True) -> str:
    """*value* trimmed and in Unicode's composed form (NFC).

    Raises:
        InvalidText: Not a string, without anything visible though required, over *longest* characters, or holding
            control characters, line breaks, lone surrogates or marks that turn the direction of the text.
    """
    if not isinstance(value, str):
        raise InvalidText(field, "must be text")
    if len(value) > 4 * longest:
        raise InvalidText(field, f"longer than {longest} characters")
    if any(sign in _BIDI or unicodedata.category(sign) in _FORBIDDEN for sign in value):
        raise InvalidText(field, "holds characters that cannot be shown")
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > longest:
        raise InvalidText(field, f"longer than {longest} characters")
    if required and not any(unicodedata.category(sign)[0] in "LNPS" for sign in text):
        raise InvalidText(field, "must not be empty")
    return text


def normal_plate(plate: str) -> str:
    """The form under which a plate is unique: upper case, letters and digits only, lookalikes as Latin letters.

    A Greek plate reads the same whichever keyboard it was typed on.

    Raises:
        InvalidText: Nothing is left, or it is no plate by any measure.
    """
    text = unicodedata.normalize("NFKC", clean("plate", plate, longest=_LONGEST_PLATE)).upper()
    kept = "".join(sign for sign in text if sign.isalnum()).translate(_AS_LATIN)
    if not kept or len(kept) > _LONGEST_PLATE:
        raise InvalidText("plate", "must hold letters or digits, and not too many")
    return kept


#: Letters that Unicode does not take apart and people type without their stroke.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})
_JOINS, _DROPPED = str.maketrans("-‐‑–", "    "), str.maketrans("", "", "'’ʼ`´")  # noqa: RUF001 -- signs people type
_MOST_WORDS = 8


def search_key(text: str) -> str:
    """*text* without case, accents, hyphens and apostrophes; what is stored and what is typed meet in this form."""
    folded = text.translate(_JOINS).translate(_DROPPED).casefold().translate(_PLAIN)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(sign))
    return " ".join(bare.split())


def name_keys(name: str) -> tuple[str, ...]:
    """*name* beginning at each of its words, the ones before put behind: the family name may come first."""
    words = search_key(name).split()
    turned = (" ".join((*words[at:], *words[:at])) for at in range(min(len(words), _MOST_WORDS)))
    return tuple(dict.fromkeys(turned))
