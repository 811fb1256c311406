"""One account's copy in SQLite: sealed parts, and a manifest that says which parts belong together."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.domain.reports.copying import CopyHead, CopyKey, CopyManifest
from engine.domain.shared.errors import CopyOutOfReach, CopyUnusable

_NONCE = 12
_PATIENCE_S = 5.0
_FORMAT = 1
_MANIFEST = ("manifest", "")
_TABLES = """
CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, told BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS parts (kind TEXT, name TEXT, sealed BLOB NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Part:
    """Attributes: ``print`` tells this state of it from another; ``data`` is None where the part is to go."""

    kind: str
    name: str
    print: str
    data: bytes | None


class CopyFile:
    """Readable by this user only, and of no use without *key*: AES-256-GCM, each part bound to its name.

    Raises from every method:
        CopyUnusable: The file is no such copy, was tampered with, or has another key.
        CopyOutOfReach: Nobody can tell now: the disk is full, or the file is held or guarded by somebody else.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._cipher = path, AESGCM(key)

    def manifest(self) -> CopyManifest | None:
        """None where no copy was ever finished or begun."""
        if not self._path.exists():
            return None
        with self._reading() as db:
            row = db.execute("SELECT sealed FROM parts WHERE kind = ? AND name = ?", _MANIFEST).fetchone()
            return None if row is None else self._manifest(row[0])

    def part(self, kind: str, name: str) -> bytes | None:
        with self._reading() as db:
            row = db.execute("SELECT sealed FROM parts WHERE kind = ? AND name = ?", (kind, name)).fetchone()
            return None if row is None else self._unsealed(kind, name, row[0])

    def read(self) -> tuple[CopyManifest, dict[CopyKey, bytes]]:
        """The whole copy as one moment left it."""
        with self._reading() as db:
            rows = {(kind, name): sealed for kind, name, sealed in db.execute("SELECT kind, name, sealed FROM parts")}
        sealed = rows.pop(_MANIFEST, None)
        if sealed is None:
            raise CopyUnusable("it was never finished")
        manifest = self._manifest(sealed)
        if rows.keys() != manifest.prints.keys():
            raise CopyUnusable("parts are missing or left over")
        return manifest, {(kind, name): self._unsealed(kind, name, data) for (kind, name), data in rows.items()}

    def write(self, parts: Iterable[Part], manifest: CopyManifest) -> None:
        """All of it or nothing."""
        with self._using(lambda: _opened(self._path)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                for part in parts:
                    if part.data is None:
                        db.execute("DELETE FROM parts WHERE kind = ? AND name = ?", (part.kind, part.name))
                    else:
                        self._put(db, part.kind, part.name, part.data)
                told = {
                    **msgspec.to_builtins(manifest),
                    "prints": [[*at, mark] for at, mark in manifest.prints.items()],
                }
                self._put(db, *_MANIFEST, msgspec.msgpack.encode(told))
                head = msgspec.json.encode(manifest.head)
                db.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (_FORMAT, head))
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _put(self, db: sqlite3.Connection, kind: str, name: str, data: bytes) -> None:
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, data, _bound(kind, name))
        db.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", (kind, name, sealed))

    def _unsealed(self, kind: str, name: str, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(kind, name))
        except (InvalidTag, ValueError) as problem:
            raise CopyUnusable("it does not open with its key") from problem

    def _manifest(self, sealed: bytes) -> CopyManifest:
        try:
            told = msgspec.msgpack.decode(self._unsealed(*_MANIFEST, sealed))
            prints = {(kind, name): mark for kind, name, mark in told.pop("prints")}
            head = msgspec.convert(told.pop("head"), CopyHead)
            return CopyManifest(head, prints=prints, **told)
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as problem:
            raise CopyUnusable("its table of contents cannot be read") from problem

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._using(lambda: _readable(self._path)) as db:
            yield db

    @contextmanager
    def _using(self, opened: Callable[[], sqlite3.Connection]) -> Iterator[sqlite3.Connection]:
        try:
            with closing(opened()) as db:
                yield db
        except sqlite3.Error as problem:
            kind = CopyUnusable if _damaged(problem) else CopyOutOfReach
            raise kind(f"the file cannot be used: {problem}") from problem
        except OSError as problem:
            raise CopyOutOfReach(f"the file cannot be used: {problem}") from problem


def _opened(path: Path) -> sqlite3.Connection:
    _make_private(path)
    db = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE_S)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(_TABLES)
    except BaseException:
        db.close()
        raise
    return db


def _readable(path: Path) -> sqlite3.Connection:
    """Also on a full disk, where SQLite finds no room for the index beside its journal.

    A file with nothing in its journal is whole by itself.
    """
    try:
        return _opened(path)
    except sqlite3.OperationalError as problem:
        journal = _beside(path, "-wal")
        if problem.sqlite_errorcode != sqlite3.SQLITE_IOERR_SHMSIZE or (journal.exists() and journal.stat().st_size):
            raise
        return sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)


#: What SQLite says of a file that is none of ours, or was harmed; a file cut short within a page reads too short.
_DAMAGE = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _damaged(problem: sqlite3.Error) -> bool:
    """A copy is thrown away for damage alone, never for a disk that is full or a lock that is held."""
    code = getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code == sqlite3.SQLITE_IOERR_SHORT_READ or code & 0xFF in _DAMAGE


def head_of(path: Path) -> CopyHead | None:
    """What a file says of itself without its key; None for one that is no copy of this version."""
    try:
        with closing(_readable(path)) as db:
            row = db.execute("SELECT told FROM head WHERE format = ?", (_FORMAT,)).fetchone()
        return msgspec.json.decode(row[0], type=CopyHead) if row else None
    except (sqlite3.Error, msgspec.MsgspecError, OSError):
        return None


def remove(path: Path) -> None:
    """The file and what SQLite lays beside it."""
    for each in (path, _beside(path, "-wal"), _beside(path, "-shm")):
        each.unlink(missing_ok=True)


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}{what}")


def _bound(kind: str, name: str) -> bytes:
    return f"{_FORMAT}|{kind}|{name}".encode()


def _make_private(path: Path) -> None:
    """Before SQLite makes it: the journal beside it takes the file's own permissions."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
