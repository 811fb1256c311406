"""Typed text cut into numbers, words and signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from engine.domain.moments.habits import folded

LONGEST = 80
#: Turns what is seen around: whoever reads it reads something else than is there.
_TURNED = "\u202e"
_FULL_WIDTH, _ASCII_OFF = range(0xFF01, 0xFF5F), 0xFEE0
_DASHES = frozenset("‐‑‒–—―−﹣")  # noqa: RUF001 -- these are the signs that are read as a hyphen
_PHRASES = (
    (re.compile(r"\bday\s+after\s+tomorrow\b", re.IGNORECASE), "overmorrow"),
    (re.compile(r"\bday\s+before\s+yesterday\b", re.IGNORECASE), "ereyesterday"),
    (re.compile(r"\bo['’]\s*clock\b", re.IGNORECASE), "oclock"),  # noqa: RUF001 -- so it is typed by some
    (re.compile(r"\baujourd['’]hui\b", re.IGNORECASE), "aujourdhui"),  # noqa: RUF001 -- so it is printed
    (re.compile(r"\bapr[eè]s[\s-]demain\b", re.IGNORECASE), "apresdemain"),
    (re.compile(r"\bpasado\s+ma[nñ]ana\b", re.IGNORECASE), "pasadomanana"),
    (re.compile(r"\bdepois\s+de\s+amanh[aã]\b", re.IGNORECASE), "depoisdeamanha"),
    (re.compile(r"\bi\s(dag|går|morgen|morgon|morron)\b", re.IGNORECASE), r"i\1"),
    (re.compile(r"(?<=[\d\s])([ap])\.\s?m\b\.?", re.IGNORECASE), r"\1m"),
    # 2026年12月2日, 2026년 12월 2일
    (re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]"), r"\1-\2-\3 "),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a word, or one sign.

    Attributes:
        text: Digits as ASCII, a word folded for comparing, a sign itself.
        typed: As it was typed, to name it.
        spaced: There is a space before it.
    """

    text: str
    typed: str
    spaced: bool

    @property
    def is_number(self) -> bool:
        return self.text.isascii() and self.text.isdecimal()

    @property
    def is_word(self) -> bool:
        return _class_of(self.text[:1]) == "word"


def tokens(text: str) -> tuple[Token, ...] | None:
    """None for text that shows itself in another order than it has."""
    if _TURNED in text:
        return None
    plain = "".join(_plain(sign) for sign in text)
    for pattern, instead in _PHRASES:
        plain = pattern.sub(instead, plain)
    return tuple(_cut(plain))


def _cut(text: str) -> Iterator[Token]:
    spaced = False
    for kind, signs in groupby(text, _class_of):
        if kind == "space":
            spaced = True
            continue
        run = "".join(signs)
        for typed in (run,) if kind in ("number", "word") else run:
            yield Token(folded(typed) if kind == "word" else typed, typed, spaced)
            spaced = False


def _class_of(sign: str) -> str:
    if sign.isspace():
        return "space"
    if sign.isascii() and sign.isdecimal():
        return "number"
    return "word" if sign and unicodedata.category(sign)[0] in "LM" else "sign"


def _plain(sign: str) -> str:
    """ASCII digits and signs for those of other scripts; nothing for what cannot be seen."""
    if ord(sign) in _FULL_WIDTH:
        sign = chr(ord(sign) - _ASCII_OFF)
    if sign in _DASHES:
        return "-"
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind in ("Zs", "Cc"):
        return " "
    return "" if kind == "Cf" else {"،": ",", "。": ".", "\u066b": "."}.get(sign, sign)
