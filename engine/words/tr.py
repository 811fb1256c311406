"""Every text that people read goes through here: the English one is written where it is said, and is its own key.

``use`` puts a language in its place, once and before anything that holds texts is imported, because tables of words are
translated as they are made (docs/decisions/0058). Without it everything is English.

API: tr, counted, Many, Words, use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol


class Lookup(Protocol):
    def __call__(self, text: str, count: int = -1) -> str:
        """*text* in another language, in the form for *count* where that is not negative; empty where it has none."""


@dataclass(slots=True)
class _Held:
    lookup: Lookup | None = None


_HELD = _Held()


def use(lookup: Lookup | None) -> None:
    """Say everything by *lookup* from now on; None for English."""
    _HELD.lookup = lookup


def tr(text: str, /, **facts: object) -> str:
    """*text* in the chosen language, with *facts* in the places that bear their names: ``{branch}``.

    Without facts, braces are only braces.
    """
    told = (_HELD.lookup(text) or text) if _HELD.lookup is not None else text
    return told.format(**facts) if facts else told


def counted(one: str, many: str, count: int, /, **facts: object) -> str:
    """A text with the form that its language has for *count*; ``{count}`` is that number unless it is told apart.

    *many* is the key; a translation has as many forms as its language (Qt's numerus forms).
    """
    told = (_HELD.lookup(many, count) if _HELD.lookup is not None else "") or (one if count == 1 else many)
    return told.format(**{"count": f"{count:,}", **facts})


@dataclass(frozen=True, slots=True)
class Many:
    """Two English forms of one text in a table. Attributes: ``by`` names the fact that is counted."""

    one: str
    many: str
    by: str = "count"


class Words:
    """What is said of each code."""

    def __init__(self, by_code: Mapping[str, str | Many]) -> None:
        self._by_code = dict(by_code)

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def say(self, code: str, /, **facts: object) -> str:
        """In the chosen language. Raises: KeyError for a code without words."""
        told = self._by_code[code]
        if isinstance(told, Many):
            return counted(told.one, told.many, _number(facts[told.by]), **facts)
        return tr(told, **facts)

    def stored(self, code: str, /, **facts: object) -> str:
        """In English whatever the language: for what is kept and read elsewhere."""
        told = self._by_code[code]
        if isinstance(told, Many):
            told = told.one if _number(facts[told.by]) == 1 else told.many
        return told.format(**facts) if facts else told


def _number(written: object) -> int:
    return int(str(written).replace(",", ""))
