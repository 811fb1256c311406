"""How well a few typed letters fit a line of words.

API: fit(typed, words) -> a number, larger is better, or None.
"""

from __future__ import annotations

_BEGINNING, _WORD_START, _INSIDE, _SCATTERED = 10, 8, 4, 1


def fit(typed: str, words: str) -> int | None:
    """Each typed word must be found: best at the beginning, then at a word, inside, or as letters in order.

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
    return _SCATTERED if _in_order(part, line) else None


def _in_order(part: str, line: str) -> bool:
    """Letters in that order, the first of them at the start of a word: ``gtb`` finds "Go to bookings"."""
    starts = [at for at in range(len(line)) if line[at] == part[0] and (at == 0 or line[at - 1] in " -:(")]
    return any(_follows(part, line[at:]) for at in starts)


def _follows(part: str, line: str) -> bool:
    rest = iter(line)
    return all(letter in rest for letter in part)
