"""What the sandbox remembers over a restart: one SQLite file.

Everything runs in the one thread of the event loop, and a transaction never awaits: requests cannot overlap.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    body TEXT NOT NULL, hidden TEXT NOT NULL, due INTEGER, secret TEXT UNIQUE);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_due ON objects (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request_id TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, url TEXT NOT NULL, tries INTEGER NOT NULL,
    due INTEGER);
"""


@dataclass(frozen=True)
class Record:
    """An object of Stripe's.

    Attributes:
        body: As Stripe shows it.
        hidden: What Stripe knows and does not show.
        due: When something happens to it by itself (epoch seconds).
        secret: The unguessable end of its public page.
    """

    id: str
    kind: str
    body: dict[str, Any]
    hidden: dict[str, Any]
    due: int | None = None
    secret: str | None = None


@dataclass(frozen=True)
class Answer:
    """What was said to a request with an idempotency key."""

    request: str
    status: int
    body: dict[str, Any]
    request_id: str


class SandboxStore:
    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def add(self, record: Record) -> None:
        self._db.execute(
            "INSERT INTO objects (id, kind, body, hidden, due, secret) VALUES (?, ?, ?, ?, ?, ?)",
            (record.id, record.kind, json.dumps(record.body), json.dumps(record.hidden), record.due, record.secret),
        )

    def replace(self, record: Record) -> None:
        self._db.execute(
            "UPDATE objects SET body = ?, hidden = ?, due = ? WHERE id = ?",
            (json.dumps(record.body), json.dumps(record.hidden), record.due, record.id),
        )

    def get(self, kind: str, key: str) -> Record | None:
        return self._one("kind = ? AND id = ?", (kind, key))

    def by_secret(self, secret: str) -> Record | None:
        return self._one("secret = ?", (secret,))

    def all(self, kind: str, *, older_than: str = "") -> Iterator[Record]:
        """Newest first."""
        before = "AND seq < (SELECT seq FROM objects WHERE id = ?)" if older_than else "AND ? = ''"
        return map(
            _record, self._db.execute(f"{_SELECT} WHERE kind = ? {before} ORDER BY seq DESC", (kind, older_than))
        )

    def since(self, kind: str, newer_than: str) -> Iterator[Record]:
        """Oldest first."""
        after = "AND seq > (SELECT seq FROM objects WHERE id = ?)"
        return map(_record, self._db.execute(f"{_SELECT} WHERE kind = ? {after} ORDER BY seq", (kind, newer_than)))

    def due(self, now: int) -> list[Record]:
        return [_record(row) for row in self._db.execute(f"{_SELECT} WHERE due <= ? ORDER BY due", (now,))]

    def answer(self, key: str) -> Answer | None:
        row = self._db.execute("SELECT request, status, body, request_id FROM answers WHERE key = ?", (key,)).fetchone()
        return Answer(row[0], row[1], json.loads(row[2]), row[3]) if row else None

    def keep_answer(self, key: str, answer: Answer, now: int) -> None:
        self._db.execute(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)",
            (key, answer.request, answer.status, json.dumps(answer.body), answer.request_id, now),
        )

    def forget_answers(self, before: int) -> None:
        self._db.execute("DELETE FROM answers WHERE at < ?", (before,))

    def forget_all(self) -> None:
        """Objects, answers and deliveries; the settings stay."""
        with self.transaction():
            self._db.execute("DELETE FROM objects")
            self._db.execute("DELETE FROM answers")
            self._db.execute("DELETE FROM deliveries")

    def setting(self, name: str, default: Any) -> Any:
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def set(self, name: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))

    def queue(self, event: str, url: str, now: int) -> None:
        self._db.execute("INSERT INTO deliveries (event, url, tries, due) VALUES (?, ?, 0, ?)", (event, url, now))

    def queued(self) -> list[tuple[int, str, str, int, int]]:
        """Deliveries still to be made: number, event, url, tries so far, when due; the first due first."""
        return self._db.execute(
            "SELECT seq, event, url, tries, due FROM deliveries WHERE due IS NOT NULL ORDER BY due, seq"
        ).fetchall()

    def next_due(self) -> int | None:
        """When something happens by itself next."""
        due: int | None = self._db.execute(_NEXT_DUE).fetchone()[0]
        return due

    def tried(self, seq: int, due: int | None) -> None:
        self._db.execute("UPDATE deliveries SET tries = tries + 1, due = ? WHERE seq = ?", (due, seq))

    def close(self) -> None:
        self._db.close()

    def _one(self, where: str, values: tuple[str, ...]) -> Record | None:
        row = self._db.execute(f"{_SELECT} WHERE {where}", values).fetchone()
        return _record(row) if row else None


_NEXT_DUE = """
SELECT min(due) FROM (SELECT min(due) AS due FROM objects WHERE due IS NOT NULL
                      UNION ALL SELECT min(due) FROM deliveries WHERE due IS NOT NULL)
"""
_SELECT = "SELECT id, kind, body, hidden, due, secret FROM objects"


def _record(row: tuple[Any, ...]) -> Record:
    key, kind, body, hidden, due, secret = row
    return Record(key, kind, json.loads(body), json.loads(hidden), due, secret)
