"""Series of papers: numbers without a gap, each paper chained to the one before it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from engine.domain.health.backup import Epoch
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.paper import Body, Draft, Paper, PaperKind, number_of
from engine.domain.people.people import AccountName
from engine.domain.shared.canonical import hash_of
from engine.domain.shared.errors import UnknownZone
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
        epoch: The restore after which somebody said where it goes on; empty where nobody had to.
    """

    id: str
    next: int
    last_hash: str
    last_at: datetime
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class LostNumbers:
    """Numbers of papers that were issued after the back-up from which the database came back: it knows nothing of them.

    Attributes: ``first`` and ``last`` of them, both lost.
    """

    series: str
    first: int
    last: int
    why: str
    by: AccountName
    at: datetime


def series_id(branch_code: str, kind: PaperKind, at: datetime, zone: str) -> str:
    """Such as ``BER-2026-INV``: the branch, the year that it is there at *at*, the kind. Raises: UnknownZone."""
    return f"{branch_code}-{at.astimezone(zone_of(zone)).year:04d}-{kind.letters}"


def series_of(body: Body, at: datetime) -> str:
    return series_id(body.branch_code, body.kind, at, body.zone)


def belongs(paper: Paper) -> bool:
    """Whether its series is the one that its branch, kind and time make; False too for a zone that nobody knows."""
    try:
        return series_of(paper.body, paper.issued_at) == paper.series
    except UnknownZone:
        return False


def read_number(text: str) -> tuple[str, int] | None:
    """Series and number of what is printed; None for what is none."""
    found = _NUMBER.fullmatch(text.strip().upper())
    return (found[1], int(found[2])) if found else None


def first_link(series: str) -> str:
    """What the first paper of a series is chained to; hexadecimal. Other series begin otherwise."""
    return sha256(series.encode()).hexdigest()


def begun(series: str, at: datetime) -> Series:
    return Series(series, 1, first_link(series), at)


def unconfirmed(series: Series | None, name: str, epoch: Epoch | None, zone: str) -> bool:
    """Whether papers of *name* may have been issued that the database lost, and nobody has said yet up to which.

    A series of a year that began after the restore lost none.
    """
    if epoch is None or (series is not None and series.epoch == epoch.id):
        return False
    return int(name.split("-")[1]) <= epoch.at.astimezone(zone_of(zone)).year


def gone_on(series: Series, highest: int, epoch: str) -> Series:
    """It goes on above *highest*, the highest number that is on any paper. Raises: PaperRefused, for a lower one."""
    if highest < series.next - 1:
        raise PaperRefused("paper.number_known", number=number_of(series.id, series.next - 1))
    return replace(series, next=highest + 1, epoch=epoch)


def following(n: int, lost: Iterable[LostNumbers]) -> int:
    """The number that the paper after number *n* has, past all that are *lost*."""
    ends = {each.first: each.last for each in lost}
    while (n := n + 1) in ends:
        n = ends[n]
    return n


def preceding(n: int, lost: Iterable[LostNumbers]) -> int:
    """The number that the paper before number *n* has; 0 where there is none."""
    begins = {each.last: each.first for each in lost}
    while (n := n - 1) in begins:
        n = begins[n]
    return n


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
    lost: tuple[LostNumbers, ...] = ()
    n: int = 0
    wrong: list[Broken] = field(default_factory=list)
    _hash: str | None = ""
    _at: datetime | None = None

    def __post_init__(self) -> None:
        self._hash = first_link(self.series.id)

    def look(self, paper: Paper) -> None:
        """The next one that is there."""
        before = self._hash if self._hash is not None else paper.prev_hash
        if paper.n != (wanted := following(self.n, self.lost)):
            self.wrong.append(Broken("gap", wanted, paper.id))
        elif paper.prev_hash != before:
            self.wrong.append(Broken("chain", paper.n, paper.id))
        if paper.hash != hash_of(paper.prev_hash, paper.id, paper.series, paper.n, paper.issued_at, paper.body):
            self.wrong.append(Broken("changed", paper.n, paper.id))
        elif not belongs(paper):
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
        if here.next != following(self.n, self.lost):
            self.wrong.append(Broken("next", here.next))
        elif (here.last_hash, here.last_at) != (self._hash or here.last_hash, self._at or here.last_at):
            self.wrong.append(Broken("last", self.n))
