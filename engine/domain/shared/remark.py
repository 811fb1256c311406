"""Something to be said without its words: a code, and the facts that belong into the sentence (docs/decisions/0058)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

#: How a number, a moment or a span is written is for the words to say; texts stand as they are.
Fact: TypeAlias = "str | int | datetime | timedelta | Remark | tuple[Fact, ...]"


@dataclass(frozen=True, slots=True)
class Remark:
    """Attributes: ``code`` names the sentence in ``engine.words``; ``facts`` bear the names of its places."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, tuple(self.facts.items())))

    def __str__(self) -> str:
        """For developers and the log."""
        facts = ", ".join(f"{name}: {value}" for name, value in self.facts.items())
        return f"{self.code} ({facts})" if facts else self.code


def remark(code: str, /, **facts: Fact) -> Remark:
    return Remark(code, facts)


def remark_of(code: str, facts: Mapping[str, object]) -> Remark:
    """One whose facts stand as they are written here, remarks in it aside."""
    return Remark(code, {name: each if isinstance(each, Remark) else str(each) for name, each in facts.items()})
