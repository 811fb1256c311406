"""All that the words of one line may be, alone and beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.domain.counter.chips import Chosen, RentsNew, Stay
from engine.domain.counter.clock import is_bare
from engine.domain.counter.line_cut import Word
from engine.domain.counter.matches import MOST_WORDS, WHOLE, Family, Lexicon, Match
from engine.domain.counter.pieces import PieceReader

#: ``from tue 15 dec at 10 am to thu 17 dec at 9 pm`` has fourteen.
_MOST_TIMES = 14


class LineMatches:
    """Of the words of one line."""

    def __init__(self, words: Sequence[Word], lexicon: Lexicon, times: PieceReader) -> None:
        self._words, self._lexicon, self._pieces = words, lexicon, times

    def found(self, chosen: Sequence[Chosen]) -> list[Match]:
        """At most one of each family for the same words; without those that a decision rules out."""
        best = dict[tuple[int, int, Family], Match]()
        for each in (*self._named(), *self._times(), *self._new(chosen)):
            key = (each.begin, each.end, each.family)
            best[key] = _better(best[key], each) if key in best else each
        found = list(best.values())
        for choice in chosen:
            found = self._decided(found, choice)
        return found

    def text(self, begin: int, end: int) -> str:
        return " ".join(word.text for word in self._words[begin:end])

    def _named(self) -> Iterator[Match]:
        for begin, first in enumerate(self._words):
            if not first.text and first.readable:
                yield Match(begin, begin + 1, Family.FILLER, 1)
            for end in range(begin + 1, min(begin + MOST_WORDS, len(self._words)) + 1):
                last = self._words[end - 1]
                if not (last.text and last.readable) or (end > begin + 1 and last.text[0] in "@>+"):
                    break
                for read in self._lexicon.read(self.text(begin, end)):
                    worth = read.worth * (end - begin)
                    yield Match(begin, end, read.family, worth, read.said, read.sure)

    def _times(self) -> Iterator[Match]:
        for begin in range(len(self._words)):
            for end in range(begin + 1, min(begin + _MOST_TIMES, len(self._words)) + 1):
                last = self._words[end - 1]
                if not last.readable or not self._pieces.may_be(last.text):
                    break
                text = self.text(begin, end)
                if ways := self._pieces.pieces(text):
                    worth = 1 if is_bare(text.removeprefix("+")) else WHOLE * (end - begin)
                    yield Match(begin, end, Family.TIMES, worth, pieces=ways)

    def _new(self, chosen: Sequence[Chosen]) -> Iterator[Match]:
        """Whom somebody decided to add."""
        for choice in chosen:
            if isinstance(choice.said, RentsNew):
                length = len(choice.words.split())
                for begin in range(len(self._words) - length + 1):
                    if self.text(begin, begin + length) == choice.words:
                        yield Match(begin, begin + length, Family.RENTER, WHOLE * length, (choice.said,))

    def _decided(self, found: list[Match], choice: Chosen) -> list[Match]:
        meant = [each for each in found if self._is_of(each, choice)]
        if not meant:
            return found
        within = [each for each in meant if any(_is_part(each, other) for other in meant)]
        taken = meant if isinstance(choice.said, Stay) else [each for each in meant if each not in within]
        others = [each for each in found if each not in taken and not self._ruled_out(each, taken, choice)]
        return [*others, *(_only(each, choice) for each in taken)]

    def _ruled_out(self, each: Match, taken: Sequence[Match], choice: Chosen) -> bool:
        if isinstance(choice.said, Stay) and each.family is Family.TIMES:
            return False
        return any(each.overlaps(other) for other in taken)

    def _is_of(self, each: Match, choice: Chosen) -> bool:
        """A rival of what was asked about may go beyond its words."""
        text = self.text(each.begin, each.end)
        if isinstance(choice.said, Stay):
            return each.family is Family.TIMES and f" {text} " in f" {choice.words} "
        return choice.said in each.said and not set(text.split()).isdisjoint(choice.words.split())


def _is_part(each: Match, other: Match) -> bool:
    return each.nests_with(other) and each.end - each.begin < other.end - other.begin


def _only(each: Match, choice: Chosen) -> Match:
    if each.family is Family.TIMES:
        return each
    return Match(each.begin, each.end, each.family, WHOLE * (each.end - each.begin), (choice.said,))


def _better(one: Match, other: Match) -> Match:
    if one.worth != other.worth:
        return max(one, other, key=lambda each: each.worth)
    said = tuple(dict.fromkeys((*one.said, *other.said)))
    return Match(one.begin, one.end, one.family, one.worth, said, one.sure and other.sure, one.pieces)
