"""Reads a mark typed in one line: ``door front left, scratch, 2``, ``Tür vorne links Kratzer 2 40mm``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from engine.domain.car.body_parts import Part, parts_of
from engine.domain.car.body_type import BodyType
from engine.domain.car.condition import LEAST_SEVERE, LONGEST_MM, MOST_SEVERE, MarkKind
from engine.domain.car.condition_words import FILLERS, KIND_WORDS, MILLIMETRES, PART_WORDS
from engine.domain.shared.sought import words

LONGEST = 200
_NEAREST = 3
_NUMBER = re.compile(r"(\d{1,5})(mm|cm)?")
_LEAST_CUT = 4
#: What closes the boot is called either way, whatever it is on this body.
_BOOT_LID, _TAILGATE = frozenset({"boot", "lid"}), frozenset({"tailgate"})
_LIDS = {_BOOT_LID: _TAILGATE, _TAILGATE: _BOOT_LID}


@dataclass(frozen=True, slots=True)
class MarkRead:
    """What a line says of a mark, as far as it says it.

    Attributes:
        part: None where no one part is called so.
        near: The parts that may be meant where ``part`` is None and something was said of one, the nearest first.
        unread: Words that mean nothing here; while there are any, nothing is set.
    """

    part: Part | None = None
    kind: MarkKind | None = None
    severity: int | None = None
    mm: int | None = None
    near: tuple[Part, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it can be set; how long it is may be left out."""
        return not self.unread and None not in (self.part, self.kind, self.severity)


@dataclass(slots=True)
class _Sorted:
    """Words by what they may say."""

    kinds: list[MarkKind] = field(default_factory=list)
    severities: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    part: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_mark(text: str, body: BodyType) -> MarkRead:
    """Words in any order, with or without commas. Whatever is said twice is not read the second time."""
    if len(text) > LONGEST:
        return MarkRead(unread=(text[:LONGEST],))
    found = _sorted(words(text))
    unread = [*found.unread]
    for said in (found.kinds, found.severities, found.lengths):
        unread += [str(each) for each in said[1:]]
    exact, near = _parts(found.part, body)
    return MarkRead(
        exact,
        next(iter(found.kinds), None),
        next(iter(found.severities), None),
        next(iter(found.lengths), None),
        near,
        tuple(dict.fromkeys(unread)),
    )


def _sorted(typed: list[str]) -> _Sorted:
    found, skip = _Sorted(), False
    for at, word in enumerate(typed):
        following = typed[at + 1] if at + 1 < len(typed) else ""
        number = _NUMBER.fullmatch(word)
        if skip or word in FILLERS:
            skip = False
        elif number is not None:
            skip = not number[2] and following in MILLIMETRES
            _take_number(int(number[1]), number[2] or (following if skip else ""), word, found)
        elif word in KIND_WORDS:
            found.kinds.append(KIND_WORDS[word])
        else:
            found.part.append(word)
    return found


def _take_number(number: int, unit: str, word: str, found: _Sorted) -> None:
    if unit and 1 <= number * MILLIMETRES[unit] <= LONGEST_MM:
        found.lengths.append(number * MILLIMETRES[unit])
    elif not unit and LEAST_SEVERE <= number <= MOST_SEVERE:
        found.severities.append(number)
    else:
        found.unread.append(word)


def _parts(typed: list[str], body: BodyType) -> tuple[Part | None, tuple[Part, ...]]:
    """The part that is called so, or that alone has all that was said in its name; else the nearest."""
    if not typed:
        return None, ()
    known = frozenset().union(*(PART_WORDS.get(word, frozenset()) for word in typed))
    parts = {part: frozenset(part.id.split("-")) for part in parts_of(body)}
    if all(word in PART_WORDS for word in typed):
        for said in (known, _LIDS.get(known, known)):
            fitting = [part for part, names in parts.items() if names == said]
            fitting = fitting or [part for part, names in parts.items() if said <= names]
            if len(fitting) == 1:
                return fitting[0], ()
    ranked = sorted(parts, key=lambda part: _nearness(typed, known, parts[part]), reverse=True)
    return None, tuple(ranked[:_NEAREST])


def _nearness(typed: list[str], known: frozenset[str], names: frozenset[str]) -> tuple[float, float]:
    """How much of what was said is in the name, slips forgiven, and how little else."""
    shared = len(known & names)
    slips = sum(
        max((_alike(word, said) for said in _called(names)), default=0.0) for word in typed if word not in PART_WORDS
    )
    return shared + slips, -float(len(names - known))


def _called(names: frozenset[str]) -> Iterator[str]:
    return (word for word, meant in PART_WORDS.items() if meant <= names)


def _alike(typed: str, said: str) -> float:
    """0 to 1; a word that begins as the other one does is nearly it."""
    if len(typed) >= _LEAST_CUT and said.startswith(typed):
        return 0.95
    ratio = SequenceMatcher(None, typed, said).ratio()
    return ratio if ratio > 0.5 else 0.0  # noqa: PLR2004 -- half of it
