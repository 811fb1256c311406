"""A back-up of the whole database as of one moment: what it says of itself, and how its rows are counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from engine.domain.shared.errors import RuleBroken, Told

_MODULUS = 1 << 256
_LENGTH = 4
#: BSON's own least: its length and the closing zero (bsonspec.org).
_SHORTEST_ROW = 5


class BackupDamaged(RuleBroken):
    """Cut short, changed, or its parts in another order: nothing in it is believed."""

    code = "backup.damaged"


class BackupKeyWrong(Told):
    """The pass phrase or key file is not the one that it was sealed with."""

    code = "backup.key"


class NotABackup(RuleBroken):
    """Another kind of file, or a back-up in a form that this version does not know."""

    code = "backup.unknown"


class BackupRefused(Told):
    """It cannot be written to, or restored from, that place as things are."""

    code = "backup.refused"


@dataclass(slots=True)
class Tally:
    """Rows counted and summed up, in whatever order they come.

    Attributes:
        digest: Sum of the rows' SHA-256, modulo 2**256.
    """

    rows: int = 0
    digest: int = 0

    def add(self, row: bytes | memoryview) -> None:
        self.rows += 1
        self.digest = (self.digest + int.from_bytes(sha256(row).digest(), "big")) % _MODULUS

    def add_all(self, rows: bytes) -> None:
        for row in split_rows(rows):
            self.add(row)

    @property
    def told(self) -> tuple[int, str]:
        return self.rows, f"{self.digest:064x}"


def split_rows(rows: bytes) -> Iterator[memoryview]:
    """The single documents of BSON documents set one after the other. Raises: BackupDamaged."""
    whole, at = memoryview(rows), 0
    while at < len(whole):
        length = int.from_bytes(whole[at : at + _LENGTH], "little")
        if length < _SHORTEST_ROW or at + length > len(whole):
            raise BackupDamaged("a row is longer than what holds it")
        yield whole[at : at + length]
        at += length


@dataclass(frozen=True, slots=True)
class BackupMoment:
    """A moment of the database as its members count it: seconds since 1970, and a number within the second."""

    seconds: int
    number: int

    def __str__(self) -> str:
        return f"{self.seconds}.{self.number}"


@dataclass(frozen=True, slots=True)
class BackupAbout:
    """What a back-up begins with.

    Attributes:
        id: Random; the same in the file's name for itself and in the database's notes.
        schema: Version of the stored shapes.
        program: Version of the program that made it.
    """

    id: str
    database: str
    schema: int
    program: str
    began_at: datetime


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """What a back-up ends with.

    Attributes:
        moment: The one moment all of it is of; ``as_of`` the same by the clock.
        replayed: Rows changed while it was copied, which it carries once more as they were at the moment.
        counts: Collection -> rows at the moment.
        copied: Collection -> rows and digest of the copy as it lies in the file, before what was replayed.
    """

    moment: BackupMoment
    as_of: datetime
    replayed: int
    counts: Mapping[str, int]
    copied: Mapping[str, tuple[int, str]]

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class BackupProgress:
    """How far it is. Attributes: ``of`` is about how many rows there are in all; 0 where nobody knows."""

    step: str
    rows: int
    of: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class Epoch:
    """A life of the database: each restore begins another, and what was kept elsewhere of the one before is void.

    Attributes:
        id: Random; part of every key in Redis and of every owner's copy.
        at: When it was restored (UTC).
        back_to: Of which moment the back-up was (UTC).
    """

    id: str
    at: datetime
    back_to: datetime
    by: str
