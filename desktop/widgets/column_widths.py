"""How wide columns are: numbers, plates and money whole, names in two lines at most, spare columns go first.

API: Need(natural, least, spare, weight), share(room, needs) -> widths (0 is left out);
in_two(metrics, text, after, most) -> the width two lines need; two_lines_of(metrics, text, after, width) -> the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_PROSE = 240


class Measures(Protocol):
    """What Qt's font metrics are, as far as it is needed here."""

    def horizontalAdvance(self, text: str, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Need:
    """Of one column, in px: *natural* is all of it in one line, *least* what it must not go below."""

    natural: int
    least: int
    spare: bool = False
    weight: int = 1


def share(room: int, needs: Sequence[Need]) -> list[int]:
    """Widths that fill *room*. Spare columns go, the last first, until the least of the others fits."""
    shown = list(range(len(needs)))
    for at in reversed([at for at in shown if needs[at].spare]):
        if sum(needs[each].least for each in shown) <= room:
            break
        shown.remove(at)
    widths = {at: needs[at].least for at in shown}
    left = room - sum(widths.values())
    if left < 0:
        return _squeezed(room, widths, len(needs))
    left -= _grow(widths, {at: max(needs[at].natural - needs[at].least, 0) for at in shown}, left)
    _grow(widths, {at: max(needs[at].weight, 1) * room for at in shown}, left)
    if shown:
        widths[shown[0]] += room - sum(widths.values())
    return [widths.get(at, 0) for at in range(len(needs))]


def _grow(widths: dict[int, int], wanted: dict[int, int], left: int) -> int:
    """Give at most *left* px, in proportion to what is *wanted*; how much was given."""
    whole, given = sum(wanted.values()), 0
    for at, want in wanted.items():
        more = min(want, left * want // whole) if whole else 0
        widths[at] += more
        given += more
    return given


def _squeezed(room: int, widths: dict[int, int], count: int) -> list[int]:
    """Even the least is too much: nothing is left but to cut all alike."""
    whole = max(sum(widths.values()), 1)
    return [widths.get(at, 0) * room // whole for at in range(count)]


def in_two(metrics: Measures, text: str, after: str = "", most: int = MOST_PROSE) -> int:
    """The least width in which *text*, and *after* behind it, stand in two lines, or *most* for longer ones."""
    if not after and " " not in text:
        return min(metrics.horizontalAdvance(text), most)
    splits = (_split(text, after, words) for words in range(1, len(_words(text)) + 1))
    widths = (max(metrics.horizontalAdvance(line) for line in lines) for lines in splits)
    return min(min(widths, default=0), most)


def two_lines_of(metrics: Measures, text: str, after: str, width: int) -> tuple[str, str]:
    """As many words of *text* as fit, and what is left of it with *after*."""
    count = len(_words(text))
    for words in range(count, 0, -1):
        lines = _split(text, after, words)
        if metrics.horizontalAdvance(lines[0]) <= width:
            return lines
    return _split(text, after, 1)


def _split(text: str, after: str, words: int) -> tuple[str, str]:
    parts = _words(text)
    return " ".join(parts[:words]), " · ".join(filter(None, (" ".join(parts[words:]), after)))


def _words(text: str) -> list[str]:
    """What a line may end between: a no-break space, as in a plate, is no such place."""
    return [word for word in text.split(" ") if word]
