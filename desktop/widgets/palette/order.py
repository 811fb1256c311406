"""In which order commands and what was found stand: the better match first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

from desktop.widgets.palette.fuzzy import fit

if TYPE_CHECKING:
    from desktop.widgets.palette.palette import PaletteLine

#: What is exactly as typed, commands that fit no less than what was found, the found, commands that fit it less.
_SAME, _EXACT, _CLOSE, _FOUND, _LOOSE = range(5)


def in_order(typed: str, commands: Sequence[PaletteLine], found: Sequence[PaletteLine]) -> list[PaletteLine]:
    """All lines that fit; lines of one heading stay together, and what makes no sense now stands last."""
    text = typed.strip()
    fitting = [(score, line) for line in commands if (score := fit(text, f"{line.title} {line.group}")) is not None]
    fitting.sort(key=lambda pair: -pair[0])
    best = max((_fit_found(text, line) for line in found), default=0)
    ranked: list[tuple[int, tuple[PaletteLine, ...]]] = []
    ranked += [(_rank(text, line, loose=score < best), (line,)) for score, line in fitting if line.enabled]
    ranked += [(_EXACT if any(line.exact for line in block) else _FOUND, block) for block in _blocks(found)]
    ranked.sort(key=lambda pair: pair[0])
    disabled = [line for _, line in fitting if not line.enabled]
    return [*chain.from_iterable(block for _, block in ranked), *disabled]


def _rank(text: str, line: PaletteLine, *, loose: bool) -> int:
    return _SAME if line.title.casefold() == text.casefold() else _LOOSE if loose else _CLOSE


def _fit_found(typed: str, line: PaletteLine) -> int:
    """As ``fit`` of a command, whatever the accents; 0 for a heading and for what was found by another spelling."""
    return 0 if line.heading else fit(_bare(typed), _bare(f"{line.title} {line.detail}")) or 0


def _bare(text: str) -> str:
    return "".join(sign for sign in normalize("NFKD", text) if not combining(sign))


def _blocks(found: Sequence[PaletteLine]) -> list[tuple[PaletteLine, ...]]:
    """A heading and the lines below it."""
    blocks: list[tuple[PaletteLine, ...]] = []
    for line in found:
        if line.heading or not blocks:
            blocks.append((line,))
        else:
            blocks[-1] = (*blocks[-1], line)
    return blocks
