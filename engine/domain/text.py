"""Text that people type, made safe to keep and to compare."""

from __future__ import annotations

import unicodedata

from engine.domain.errors import InvalidText

_FORBIDDEN = frozenset({"Cc", "Cs", "Co", "Cn"})  # controls, lone surrogates, private and unassigned
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def clean(field: str, value: object, *, longest: int, required: bool = True) -> str:
    """*value* trimmed and in Unicode's composed form (NFC).

    Raises:
        InvalidText: Not a string, empty though required, over *longest* characters, or holding control characters,
            lone surrogates or marks that turn the direction of the text.
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
    if required and not text:
        raise InvalidText(field, "must not be empty")
    return text


def normal_plate(plate: str) -> str:
    """The form under which a plate is unique: upper case, letters and digits only.

    Raises:
        InvalidText: Nothing is left, or it is no plate by any measure.
    """
    text = clean("plate", plate, longest=16).upper()
    kept = "".join(sign for sign in text if sign.isalnum())
    if not kept:
        raise InvalidText("plate", "must hold letters or digits")
    return kept
