"""Series of papers: numbers without a gap, each paper chained to the one before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from engine.domain.papers.canonical import hash_of
from engine.domain.papers.paper import Body, Draft, Paper, PaperKind
from engine.domain.shared.zones import zone_of

#: What a branch is called by in numbers.
BRANCH_CODE = "^[A-Z][A-Z0-9]{1,4}$"
_NUMBER = re.compile(r"([A-Z][A-Z0-9]{1,4}-[0-9]{4}-[A-Z]{3})-([0-9]{4,9})")


@dataclass(frozen=True, slots=True)
class Series:
    """Where one series stands.

    Attributes:
        next: The number that the next paper gets.
        last_hash, last_at: Of the last paper; before the first, ``first_link`` and the moment that it was begun.
    """

    id: str
    next: int
    last_hash: str
    last_at: datetime


def series_id(branch_code: str, kind: PaperKind, at: datetime, zone: str) -> str:
    """Such as ``BER-2026-INV``: the branch, the year that it is there at *at*, the kind. Raises: UnknownZone."""
    return f"{branch_code}-{at.astimezone(zone_of(zone)).year:04d}-{kind.letters}"


def series_of(body: Body, at: datetime) -> str:
    return series_id(body.branch_code, body.kind, at, body.zone)


def read_number(text: str) -> tuple[str, int] | None:
    """Series and number of what is printed; None for what is none."""
    found = _NUMBER.fullmatch(text.strip().upper())
    return (found[1], int(found[2])) if found else None


def first_link(series: str) -> str:
    """What the first paper of a series is chained to; hexadecimal. Other series begin otherwise."""
    return sha256(series.encode()).hexdigest()


def begun(series: str, at: datetime) -> Series:
    return Series(series, 1, first_link(series), at)


def issued(draft: Draft, series: Series, now: datetime) -> tuple[Paper, Series]:
    """The paper with the next number, and where its series stands afterwards."""
    at = max(now, series.last_at)
    seal = hash_of(series.last_hash, draft.id, series.id, series.next, at, draft.body)
    paper = Paper(draft.id, series.id, series.next, at, draft.body, series.last_hash, seal)
    return paper, replace(series, next=series.next + 1, last_hash=seal, last_at=at)


@dataclass(frozen=True, slots=True)
class Broken:
    """Attributes: ``what`` is a code; ``n`` where in the series; ``paper_id`` is empty for the series itself."""

    what: str
    n: int
    paper_id: str = ""


@dataclass(slots=True)
class ChainLook:
    """What is wrong with one series, its papers looked at in the order of their numbers."""

    series: Series
    n: int = 0
    wrong: list[Broken] = field(default_factory=list)
    _hash: str | None = ""
    _at: datetime | None = None

    def __post_init__(self) -> None:
        self._hash = first_link(self.series.id)

    def look(self, paper: Paper) -> None:
        """The next one that is there."""
        before = self._hash if self._hash is not None else paper.prev_hash
        if paper.n != self.n + 1:
            self.wrong.append(Broken("gap", self.n + 1, paper.id))
        elif paper.prev_hash != before:
            self.wrong.append(Broken("chain", paper.n, paper.id))
        if paper.hash != hash_of(paper.prev_hash, paper.id, paper.series, paper.n, paper.issued_at, paper.body):
            self.wrong.append(Broken("changed", paper.n, paper.id))
        elif series_of(paper.body, paper.issued_at) != paper.series:
            self.wrong.append(Broken("series", paper.n, paper.id))
        if self._at is not None and paper.issued_at < self._at:
            self.wrong.append(Broken("time", paper.n, paper.id))
        self.n, self._hash, self._at = paper.n, paper.hash, paper.issued_at

    def skip(self, paper_id: str, n: int) -> None:
        """One is there that cannot be read; the next one's link is believed."""
        self.wrong.append(Broken("unreadable", n, paper_id))
        self.n, self._hash, self._at = n, None, None

    def end(self) -> None:
        """Every paper was looked at."""
        here = self.series
        if here.next != self.n + 1:
            self.wrong.append(Broken("next", here.next))
        elif (here.last_hash, here.last_at) != (self._hash or here.last_hash, self._at or here.last_at):
            self.wrong.append(Broken("last", self.n))
