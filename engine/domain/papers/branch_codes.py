"""What a branch is called by in the numbers of its papers: chosen once, and never changed after its first paper."""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.domain.papers.series import BRANCH_CODE
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean, search_key

_CODE = re.compile(BRANCH_CODE)
_LETTERS = 3
_MOST = 100


def sound_code(code: object) -> str:
    """*code* in capitals. Raises: InvalidText, ``code``."""
    text = clean("code", code, longest=5).upper()
    if _CODE.fullmatch(text) is None:
        raise InvalidText("code", "field.branch_code")
    return text


def proposed_code(city: str, taken: Collection[str]) -> str:
    """The first letters of *city*, such as BER for Berlin; with a number where that is *taken*."""
    letters = "".join(sign for sign in search_key(city).upper() if sign.isascii() and sign.isalpha())
    base = f"{letters}XXX"[:_LETTERS]
    codes = [base, *(f"{base[:2]}{n}" for n in range(2, _MOST))]
    return next(code for code in codes if code not in taken)
