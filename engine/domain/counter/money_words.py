"""Money in a walk-in line: a deposit and a discount. An amount that can be two is told as both."""

from __future__ import annotations

import re

from engine.domain.counter.chips import Discount, WithDeposit
from engine.domain.counter.known import Known
from engine.domain.money.money import Money
from engine.domain.shared.numerals import TwoReadings, read_number
from engine.domain.shared.sought import joined

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_AMOUNT = re.compile(r"([€$£¥]|[A-Za-z]{3})?\s*(\d[\d.,'\u2019]*(?: \d{3})*)(?:[.,][-\u2013])?\s*([€$£¥]|[A-Za-z]{3})?")
_WORD_AHEAD = re.compile(r"([^\W\d_]+)\s*[:=]?\s*(\S.*)")
_WORD_BEHIND = re.compile(r"(.*\S)\s+([^\W\d_]+)")
_PER_CENT = re.compile(
    r"([-\u2010-\u2015\u2212]?)\s?(\d[\d.,]*) ?%(?:[:,]?([^\W\d]\S*)|[:,]?\s*([\"(„“”»«][^\"()„“”»«]*[\")“”»«]))?"
)
_QUOTES = '"()„“”»«'
_ALL_BP = 10_000


def deposits(text: str, known: Known) -> tuple[WithDeposit, ...]:
    """Every amount that ``dep500``, ``dep 500 €`` or ``500 Kaution`` may mean; none where it is no deposit."""
    typed = _AMOUNT.fullmatch(_beside(text, known.words.deposit))
    if typed is None or (typed[1] and typed[3]):
        return ()
    named = typed[1] or typed[3] or known.currency
    if _SIGNS.get(named, named.upper()) != known.currency:
        return ()
    places = Money(0, known.currency).exponent
    return tuple(WithDeposit(Money(units, known.currency)) for units in _readings(typed[2], places, known))


def discounts(text: str, known: Known) -> tuple[Discount, ...]:
    """``-10%``, ``-10% "regular guest"``, ``Rabatt 10%``. A reason that is not in quotes is found later."""
    worded = _beside(text, known.words.discount)
    typed = _PER_CENT.fullmatch(worded or text)
    if typed is None or not (worded or typed[1]):
        return ()
    reason = (typed[3] or typed[4] or "").strip(_QUOTES + " ")
    return tuple(Discount(bp, reason) for bp in _readings(typed[2], 2, known) if 0 < bp <= _ALL_BP)


def _beside(text: str, words: frozenset[str]) -> str:
    """What stands before or behind one of *words*; empty where none of them is there."""
    ahead, behind = _WORD_AHEAD.fullmatch(text), _WORD_BEHIND.fullmatch(text)
    if ahead is not None and joined(ahead[1]) in words:
        return ahead[2]
    return behind[1] if behind is not None and joined(behind[2]) in words else ""


def _readings(digits: str, places: int, known: Known) -> tuple[int, ...]:
    read = read_number(digits, places, known.numerals)
    if isinstance(read, TwoReadings):
        return (read.decimals, read.thousands)
    return () if read is None else (read,)
