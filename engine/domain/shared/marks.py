"""Which signs of what is shown are those that were sought."""

from __future__ import annotations

from collections.abc import Iterable

from engine.domain.shared.sought import folded_signs, guesses, joined, words

#: Shorter parts of words would mark half of a line.
_LEAST = 2


def marks(shown: str, typed: str, *, slip: bool = False) -> tuple[tuple[int, int], ...]:
    """Half-open spans of *shown*; with *slip* those that differ from *typed* by one sign.

    What stands between letters and digits does not count: ``zj3866`` marks all of ``ZJ 3866``.
    """
    signs = folded_signs(shown)
    text = "".join(sign for sign, _ in signs)
    found = [span for word in _looked_for(typed, slip=slip) if (span := _span(text, signs, word)) is not None]
    if slip:
        return (_least_torn(shown, found),) if found else ()
    return _apart(found)


def _least_torn(shown: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """The longest of those that reach into the fewest words: ``vogel`` and not ``vogel@e`` of ``vogel@example``."""

    def torn(span: tuple[int, int]) -> int:
        return sum(not _counts(sign) for sign in shown[slice(*span)])

    return min(spans, key=lambda span: (torn(span), span[0] - span[1]))


def _counts(sign: str) -> bool:
    return bool(joined(sign))


def is_exactly(typed: str, words: Iterable[str]) -> bool:
    """Whether *typed* is all of one of *words*, compared as text is that is looked for."""
    wanted = joined(typed)
    return bool(wanted) and any(joined(each) == wanted for each in words)


def near_words(lines: Iterable[str], typed: str, most: int = 3) -> tuple[str, ...]:
    """The words of *lines*, as they are shown, that differ from *typed* by one sign; the first *most* of them."""
    wanted, found = _looked_for(typed, slip=True), dict[str, None]()
    for shown in lines:
        signs = folded_signs(shown)
        text = "".join(sign for sign, _ in signs)
        spans = [span for word in wanted if (span := _span(text, signs, word)) is not None]
        if spans:
            found[_whole(shown, *_least_torn(shown, spans))] = None
        if len(found) == most:
            break
    return tuple(found)


def _whole(shown: str, begin: int, end: int) -> str:
    """With the rest of the words that the span begins and ends in."""
    while begin and _counts(shown[begin - 1]):
        begin -= 1
    while end < len(shown) and _counts(shown[end]):
        end += 1
    return shown[begin:end]


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
