"""What lies in a back-up: what it is, rows by collection, rows once more that changed meanwhile, and the summary.

Each record is its kind, its length and its body; together they are compressed (RFC 1950) and then sealed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO, TypeVar

import msgspec

from engine.adapters.disk.backup_file import BackupKey, Sealer, unseal
from engine.domain.health.backup import BackupAbout, BackupDamaged, BackupSummary, Tally, split_rows

T = TypeVar("T")

_HEAD = 5
#: MongoDB's answers are 16 MiB and a little at most.
_LONGEST = 48 * 1024 * 1024
#: Rows are handed on in parts of about this size, whatever the database answered with.
PART = 1024 * 1024
_UNPACKED = 256 * 1024
_FASTEST = 1


class BackupPart(IntEnum):
    ABOUT = 1
    COLLECTION = 2  #: the name of the collection whose rows follow
    ROWS = 3  #: documents in BSON, one after the other
    CHANGED = 4  #: of the named collection: {_id, row}; without a row it was deleted
    SUMMARY = 5


@dataclass(frozen=True, slots=True)
class BackupRecord:
    kind: BackupPart
    body: bytes


class BackupWriter:
    """Blocks: call it off the loop. Attributes: ``written`` counts the bytes of the file, ``tallies`` the rows."""

    def __init__(self, file: BinaryIO, key: BackupKey, about: BackupAbout) -> None:
        self._file, self._sealer = file, Sealer(file, key)
        self._packer = zlib.compressobj(_FASTEST)
        self.tallies: dict[str, Tally] = {}
        self._now = ""
        self._put(BackupPart.ABOUT, msgspec.json.encode(about))

    @property
    def written(self) -> int:
        return self._file.tell()

    def collection(self, name: str) -> None:
        self._now = name
        self.tallies[name] = Tally()
        self._put(BackupPart.COLLECTION, name.encode())

    def rows(self, rows: bytes) -> None:
        self.tallies[self._now].add_all(rows)
        for part in parts(rows):
            self._put(BackupPart.ROWS, part)

    def changed(self, name: str, row: bytes) -> None:
        if name != self._now:
            self._now = name
            self._put(BackupPart.COLLECTION, name.encode())
        self._put(BackupPart.CHANGED, row)

    def finish(self, summary: BackupSummary) -> None:
        self._put(BackupPart.SUMMARY, msgspec.json.encode(summary))
        self._sealer.write(self._packer.flush())
        self._sealer.finish()

    def _put(self, kind: BackupPart, body: bytes) -> None:
        head = bytes([kind]) + len(body).to_bytes(_HEAD - 1, "big")
        self._sealer.write(self._packer.compress(head + body))


def parts(rows: bytes) -> Iterator[bytes]:
    """Whole documents of *rows* in pieces of about ``PART`` bytes."""
    piece = bytearray()
    for row in split_rows(rows):
        piece += row
        if len(piece) >= PART:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def records(file: BinaryIO, key: BackupKey) -> Iterator[BackupRecord]:
    """Everything in *file*, in order. Only after the last one is it sure that the file is whole.

    Raises:
        NotABackup, BackupKeyWrong, BackupDamaged: As ``backup_file.unseal``.
    """
    waiting = bytearray()
    for piece in _unpacked(unseal(file, key)):
        waiting += piece
        yield from _complete(waiting)
    if waiting:
        raise BackupDamaged("its last record is not whole")


def _complete(waiting: bytearray) -> Iterator[BackupRecord]:
    while len(waiting) >= _HEAD:
        size = int.from_bytes(waiting[1:_HEAD], "big")
        if size > _LONGEST or waiting[0] not in set(BackupPart):
            raise BackupDamaged("a record is none")
        if len(waiting) < _HEAD + size:
            return
        yield BackupRecord(BackupPart(waiting[0]), bytes(waiting[_HEAD : _HEAD + size]))
        del waiting[: _HEAD + size]


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for chunk in chunks:
        rest = chunk
        while rest:
            try:
                yield unpacker.decompress(rest, _UNPACKED)
            except zlib.error as problem:
                raise BackupDamaged("what was sealed does not unpack") from problem
            rest = unpacker.unconsumed_tail
    if not unpacker.eof or unpacker.unused_data:
        raise BackupDamaged("it ends in the middle")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read to its end and is whole."""

    about: BackupAbout
    summary: BackupSummary


def check(
    file: BinaryIO,
    key: BackupKey,
    on_changed: Callable[[str, bytes], None] = lambda _name, _row: None,
    on_rows: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Read all of it: every chunk proves itself, the counts and sums are those that it ends with.

    Raises:
        NotABackup, BackupKeyWrong, BackupDamaged: Nothing of it should be believed.
    """
    about, summary, now = None, None, ""
    tallies: dict[str, Tally] = {}
    for record in records(file, key):
        if summary is not None or (about is None) != (record.kind is BackupPart.ABOUT):
            raise BackupDamaged("its records are in another order")
        match record.kind:
            case BackupPart.ABOUT:
                about = _read(record.body, BackupAbout)
            case BackupPart.COLLECTION:
                now = record.body.decode()
                tallies.setdefault(now, Tally())
            case BackupPart.ROWS:
                tallies[now].add_all(record.body)
                on_rows(sum(tally.rows for tally in tallies.values()))
            case BackupPart.CHANGED:
                on_changed(now, record.body)
            case BackupPart.SUMMARY:
                summary = _read(record.body, BackupSummary)
    if about is None or summary is None:
        raise BackupDamaged("it has no beginning or no end")
    if {name: tally.told for name, tally in tallies.items()} != dict(summary.copied):
        raise BackupDamaged("its rows are not those that it ends with")
    return Checked(about, summary)


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as problem:
        raise BackupDamaged("a record cannot be read") from problem
