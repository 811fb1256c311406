"""Which of the matches explain a whole line, and which others explain it as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.domain.counter.matches import Family, Match

#: More ways than this to part words of time are no reading of them.
MOST_TILINGS = 48


@dataclass(frozen=True, slots=True)
class Cover:
    """One of the matches that a line is read by.

    Attributes:
        rivals: They read some of ``match``'s words otherwise in a line that is explained as well.
        tilings: Of the first of neighbouring words of time all ways to part them that are as good.
    """

    match: Match
    rivals: tuple[Match, ...] = ()
    tilings: tuple[tuple[Match, ...], ...] = ()


def cover(words: int, matches: Sequence[Match]) -> tuple[Cover, ...]:
    """The matches that are worth most and do not overlap, of equal ones the fewest; in order.

    A longer reading beats its own parts. One of another family, or one that parts the words at another place, does
    not lose to it: it is a rival.
    """
    ahead, behind = _sums(words, matches), _sums_behind(words, matches)
    viable = [each for each in matches if ahead[each.begin][0] + each.worth + behind[each.end][0] == behind[0][0]]
    as_short = {id(each) for each in viable if ahead[each.begin][1] - 1 + behind[each.end][1] == behind[0][1]}
    chosen, at = list[Match](), 0
    while at < words:
        taken = next((each for each in viable if each.begin == at and _is_best(each, behind)), None)
        if taken is not None and behind[at] == _with(taken, behind):
            chosen.append(taken)
        at = taken.end if taken is not None else at + 1
    rivals = [tuple(other for other in viable if _rivals(each, other, chosen, as_short)) for each in chosen]
    timely = [each for each in viable if each.family is Family.TIMES and id(each) in as_short]
    return tuple(
        Cover(each, others, _parted(each, chosen, timely)) for each, others in zip(chosen, rivals, strict=True)
    )


def _parted(first: Match, chosen: list[Match], timely: list[Match]) -> tuple[tuple[Match, ...], ...]:
    own = [each for each in chosen if each.family is Family.TIMES]
    if first not in own or any(each.end == first.begin for each in own):
        return ()
    end = first.end
    while following := [each for each in own if each.begin == end]:
        end = following[0].end
    return tuple(islice(_tilings(first.begin, end, timely), MOST_TILINGS))


def _tilings(begin: int, end: int, timely: list[Match]) -> Iterator[tuple[Match, ...]]:
    if begin == end:
        yield ()
    for each in timely:
        if each.begin == begin and each.end <= end:
            yield from ((each, *rest) for rest in _tilings(each.end, end, timely))


def _rivals(taken: Match, other: Match, chosen: list[Match], as_short: set[int]) -> bool:
    if not taken.overlaps(other) or other in chosen:
        return False
    if taken.family is not other.family:
        return True
    return taken.said != other.said and not taken.nests_with(other) and id(other) in as_short


_Sum = tuple[int, int]


def _with(each: Match, behind: list[_Sum]) -> _Sum:
    worth, fewer = behind[each.end]
    return worth + each.worth, fewer - 1


def _is_best(each: Match, behind: list[_Sum]) -> bool:
    return _with(each, behind) == behind[each.begin]


def _sums(words: int, matches: Sequence[Match]) -> list[_Sum]:
    """Up to each word what it is worth at the most, and by how few matches (negative)."""
    sums: list[_Sum] = [(0, 0)] * (words + 1)
    ending = dict[int, list[Match]]()
    for each in matches:
        ending.setdefault(each.end, []).append(each)
    for end in range(1, words + 1):
        befores = ((sums[each.begin], each.worth) for each in ending.get(end, ()))
        sums[end] = max([sums[end - 1], *((worth + more, fewer - 1) for (worth, fewer), more in befores)])
    return sums


def _sums_behind(words: int, matches: Sequence[Match]) -> list[_Sum]:
    """From each word on what it is worth at the most, and by how few matches (negative)."""
    sums: list[_Sum] = [(0, 0)] * (words + 1)
    beginning = dict[int, list[Match]]()
    for each in matches:
        beginning.setdefault(each.begin, []).append(each)
    for begin in range(words - 1, -1, -1):
        sums[begin] = max([sums[begin + 1], *(_with(each, sums) for each in beginning.get(begin, ()))])
    return sums
