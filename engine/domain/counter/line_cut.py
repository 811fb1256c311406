"""A walk-in line cut into words, each with where it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from engine.domain.counter.chips import Span
from engine.domain.shared.text import without_unseen

#: In signs. Nobody types more, and what is longer is not looked at.
LONGEST = 300
MOST_WORDS = 40
#: What is between quotes is one word, also with spaces in it.
_WORD = re.compile(r"\"[^\"\s][^\"]*\"|„[^“”\"]*[“”\"]|\([^()]*\)|\S+")
_LED = re.compile(r"(?<=.)(?=[@>])|(?<=[^\W\d_])(?=\+)")
_ENDINGS = ",;"
#: Right-to-left marks, embeddings and overrides: a time among them is seen in another order than it has.
_TURNING = frozenset("\u200f\u061c\u202b\u202d\u202e\u2067\u2068")


@dataclass(frozen=True, slots=True)
class Word:
    """Attributes: ``typed`` without what is unseen; ``text`` also without a comma behind it, empty for a comma alone.

    ``readable`` is False where a control character is in it: what it does to the signs beside it, nobody sees.
    """

    span: Span
    typed: str
    text: str
    readable: bool = True


def is_turned(text: str) -> bool:
    return not _TURNING.isdisjoint(text)


def cut(text: str) -> tuple[Word, ...]:
    """Words with something visible in them."""
    return tuple(word for each in _WORD.finditer(text) for word in _parted(each[0], each.start()))


def _parted(run: str, at: int) -> Iterator[Word]:
    """``@ber>muc`` and ``+seat+gps`` are two words."""
    places = [0, *(each.start() for each in _LED.finditer(run)), len(run)] if run[0] in "@>+" else [0, len(run)]
    for begin, end in pairwise(places):
        shown = without_unseen(run[begin:end])
        typed = "".join(sign for sign in shown if unicodedata.category(sign) != "Cc")
        if typed:
            yield Word(Span(at + begin, at + end), typed, typed.rstrip(_ENDINGS), readable=typed == shown)
