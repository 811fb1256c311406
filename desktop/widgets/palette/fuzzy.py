"""How well a few typed letters fit a line of words.

API: fit(typed, words) -> a number, larger is better, or None.
"""

from __future__ import annotations

import re

_BEGINNING, _WORD_START, _INSIDE, _SCATTERED, _SLIPPED = 10, 8, 4, 2, 1
_BETWEEN_WORDS = re.compile(r"[ :()-]+")
#: In shorter ones two letters changing places is the only slip that still means something.
_LONG_ENOUGH = 4


def fit(typed: str, words: str) -> int | None:
    """Each typed word must be found: best at the beginning, then at a word, inside, as letters in order, with a slip.

    None when one of them is not there at all; 0 for nothing typed.
    """
    line = words.casefold()
    total = 0
    for part in typed.casefold().split():
        found = _fit_one(part, line)
        if found is None:
            return None
        total += found * len(part)
    return total


def _fit_one(part: str, line: str) -> int | None:
    if line.startswith(part):
        return _BEGINNING
    if any(f"{before}{part}" in line for before in " -:("):
        return _WORD_START
    if part in line:
        return _INSIDE
    if _in_order(part, line):
        return _SCATTERED
    return _SLIPPED if any(_slipped(part, word) for word in _BETWEEN_WORDS.split(line)) else None


def _in_order(part: str, line: str) -> bool:
    """Letters in that order, the first of them at the start of a word: ``gtb`` finds "Go to bookings"."""
    starts = [at for at in range(len(line)) if line[at] == part[0] and (at == 0 or line[at - 1] in " -:(")]
    return any(_follows(part, line[at:]) for at in starts)


def _follows(part: str, line: str) -> bool:
    rest = iter(line)
    return all(letter in rest for letter in part)


def _slipped(part: str, word: str) -> bool:
    """Whether *word* begins like *part* but for two letters that changed places, one too many, or a wrong one."""
    length = len(part)
    swapped = (f"{part[:at]}{part[at + 1]}{part[at]}{part[at + 2 :]}" for at in range(length - 1))
    if length >= _LONG_ENOUGH - 1 and any(word.startswith(meant) for meant in swapped):
        return True
    if length < _LONG_ENOUGH:
        return False
    one_less = (part[:at] + part[at + 1 :] for at in range(length))
    wrong = len(word) >= length and sum(map(str.__ne__, part, word)) == 1
    return wrong or any(word.startswith(meant) for meant in one_less)
