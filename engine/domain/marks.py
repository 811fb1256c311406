"""Which signs of what is shown are those that were sought."""

from __future__ import annotations

from engine.domain.sought import folded_signs, guesses, joined, words

#: Shorter parts of words would mark half of a line.
_LEAST = 2


def marks(shown: str, typed: str, *, slip: bool = False) -> tuple[tuple[int, int], ...]:
    """Half-open spans of *shown*; with *slip* those that differ from *typed* by one sign.

    What stands between letters and digits does not count: ``zj3866`` marks all of ``ZJ 3866``.
    """
    signs = folded_signs(shown)
    text = "".join(sign for sign, _ in signs)
    found = [span for word in _looked_for(typed, slip=slip) if (span := _span(text, signs, word)) is not None]
    return tuple(found[:1]) if slip else _apart(found)


def _looked_for(typed: str, *, slip: bool) -> list[str]:
    if slip:
        near = {each for guess in guesses(typed) for each in guess.instead}
        return sorted(near, key=len, reverse=True)
    whole = joined(typed)
    return [whole, *(word for word in words(typed) if len(word) >= _LEAST or word == whole)] if whole else []


def _span(text: str, signs: list[tuple[str, int]], word: str) -> tuple[int, int] | None:
    at = text.find(word) if word else -1
    return (signs[at][1], signs[at + len(word) - 1][1] + 1) if at >= 0 else None


def _apart(found: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    kept: list[tuple[int, int]] = []
    for span in sorted(found):
        if kept and span[0] < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], span[1]))
        else:
            kept.append(span)
    return tuple(kept)
