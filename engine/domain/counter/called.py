"""Finding what goes by a name: by all of it, by its words, by how it begins, or with one slip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from engine.domain.counter.line_words import spelt_out
from engine.domain.shared.sought import words

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_LEAST_BEGUN, _LEAST_SLIP = 3, 4
#: What nouns of both languages may end in where there are several.
_PLURALS = ("s", "e", "n", "en", "er", "es")


class Fit(IntEnum):
    """How well words fit a name; the higher the better."""

    NEAR = 1  #: one slip in one of its words
    SLIP = 2
    BEGUN = 3
    WORDS = 4
    EXACT = 5


@dataclass(frozen=True, slots=True)
class Called(Generic[T_co]):
    """Attributes: ``names`` are all forms of all names, word by word as compared."""

    what: T_co
    names: tuple[tuple[str, ...], ...]


def called(what: T, names: Iterable[str]) -> Called[T]:
    return Called(what, tuple(dict.fromkeys(form for name in names for form in forms(name))))


def forms(text: str) -> tuple[tuple[str, ...], ...]:
    """*text* as compared, and as it is where umlauts are spelt out; none is empty."""
    return tuple(filter(None, dict.fromkeys((tuple(words(text)), tuple(words(spelt_out(text)))))))


def found(typed: str, among: Iterable[Called[T]], least: Fit = Fit.NEAR) -> tuple[Fit, tuple[T, ...]] | None:
    """All that *typed* fits best, and how well; none that it fits worse than *least*."""
    wanted, best, fitting = forms(typed), least, list[T]()
    for each in among:
        fit = max((_fit(word, name) for word in wanted for name in each.names), default=0)
        if fit < best:
            continue
        if fit > best:
            best, fitting = Fit(fit), []
        fitting.append(each.what)
    return (best, tuple(dict.fromkeys(fitting))) if fitting else None


def _fit(typed: tuple[str, ...], name: tuple[str, ...]) -> int:
    as_one, whole = "".join(typed), "".join(name)
    if as_one == whole or any(as_one == whole + ending for ending in _PLURALS if len(whole) >= _LEAST_BEGUN):
        return Fit.EXACT
    if all(_word_of(word, name) for word in typed):
        return Fit.WORDS
    if len(as_one) >= _LEAST_BEGUN and (whole.startswith(as_one) or _all_begin(typed, name)):
        return Fit.BEGUN
    if len(as_one) < _LEAST_SLIP:
        return 0
    if _one_slip(as_one, whole):
        return Fit.SLIP
    return Fit.NEAR if any(_one_slip(as_one, each) for each in name) else 0


def _word_of(typed: str, name: tuple[str, ...]) -> bool:
    return typed in name or any(typed == word + end for word in name for end in _PLURALS if len(word) > _LEAST_SLIP)


def _all_begin(typed: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return all(any(word.startswith(begun) for word in name) for begun in typed)


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one sign is wrong, missing, too many, or has changed places with its neighbour."""
    if abs(len(typed) - len(meant)) > 1 or len(meant) < _LEAST_SLIP:
        return False
    at = next((n for n, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None)
    if at is None:
        return True
    rest, wanted = typed[at:], meant[at:]
    swapped = len(rest) > 1 and len(wanted) > 1 and rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
