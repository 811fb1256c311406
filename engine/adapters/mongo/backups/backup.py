"""The whole database copied as of one moment, beside all work that goes on.

Every collection is read in the order of ``_id`` in one snapshot. Where copying takes longer than MongoDB keeps a
snapshot for (``minSnapshotHistoryWindowInSeconds``, five minutes by default), it goes on in the next one; at the end
what changed between the first snapshot and the last is read once more in the last one, by the change stream's list of
keys. So all of it is of the last snapshot's moment, and none of it is held in memory.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import bson
import pymongo
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure

from engine.adapters.disk.backup_records import BackupWriter
from engine.adapters.mongo.client import CODEC, Client, Database, Document, database, session_of, speaking
from engine.domain.health.backup import BackupMoment, BackupProgress, BackupRefused, BackupSummary, split_rows

NOTES = "backups"
_BATCH = 2_000
_AGAIN = 500
#: A batch, or counting a collection, on a machine that does other work; nobody waits for it at a counter.
STEP_S = 300.0
# Server error codes: github.com/mongodb/mongo, src/mongo/base/error_codes.yml
_SNAPSHOT_TOO_OLD, _SNAPSHOT_UNAVAILABLE, _HISTORY_LOST = 239, 246, 286
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(RawBSONDocument)
_DDL = frozenset({"drop", "rename", "dropDatabase", "invalidate"})

Hear = Callable[[BackupProgress], None]
T = TypeVar("T")


@dataclass(slots=True)
class _Copying:
    """What is known while it goes on. Attributes: ``begun`` is the first snapshot's moment."""

    db: Database
    writer: BackupWriter
    hear: Hear
    of: int = 0
    done: int = 0
    begun: Timestamp | None = None
    at: Timestamp | None = None
    collections: list[str] = field(default_factory=list)


async def copy_database(client: Client, name: str, writer: BackupWriter, note_id: str, hear: Hear) -> BackupSummary:
    """Everything in database *name* given to *writer*; the summary is the caller's to write.

    *note_id* is under which a note of this back-up is left in the database.

    Raises:
        BackupRefused: The database does not stay as it must for that, with what to do.
        Forbidden: The account may not read all of it.
        Unavailable: It does not answer.
    """
    with speaking():
        db = database(client, name)
        copying = _Copying(db, writer, hear, collections=await _collections(db))
        copying.of = sum([await db[each].estimated_document_count() for each in copying.collections])
        await _copy(client, copying)
        copied = {each: tally.told for each, tally in writer.tallies.items()}
        replayed, counts = 0, {each: rows for each, (rows, _) in copied.items()}
        if copying.begun is None or copying.at is None:
            raise BackupRefused("backup.empty_database", database=name)
        if copying.begun != copying.at:
            with closing(sqlite3.connect("")) as changes:
                replayed, counts = await _replayed(client, copying, changes, note_id)
        at = copying.at
        return BackupSummary(
            BackupMoment(at.time, at.inc),
            datetime.fromtimestamp(at.time, UTC),
            replayed,
            counts,
            copied,
        )


async def _collections(db: Database) -> list[str]:
    """By name; views are made by provisioning, and ``system.`` is the server's own."""
    found = [info async for info in await db.list_collections()]
    names = [info["name"] for info in found if info.get("type", "collection") == "collection"]
    return sorted(each for each in names if not each.startswith("system."))


async def _copy(client: Client, copying: _Copying) -> None:
    """All collections, each once, in as few snapshots as MongoDB lets us."""
    waiting, last = list(copying.collections), None
    while waiting:
        try:
            async with session_of(client, snapshot=True) as session:
                while waiting:
                    async for at in _rows(copying, waiting[0], last, session):
                        last = at
                    waiting, last = waiting[1:], None
        except OperationFailure as problem:
            if problem.code == _SNAPSHOT_UNAVAILABLE:
                raise BackupRefused("backup.restless") from problem
            if problem.code != _SNAPSHOT_TOO_OLD:
                raise


async def _rows(
    copying: _Copying, collection: str, last: Document | None, session: AsyncClientSession
) -> AsyncIterator[Document]:
    """Copy from *last* on; yields how far it is after each batch."""
    if last is None:
        await asyncio.to_thread(copying.writer.collection, collection)
    found = copying.db[collection].find_raw_batches({}, session=session, batch_size=_BATCH).sort("_id", 1)
    found = found.hint([("_id", 1)])
    if last is not None:
        # Not ``$gt``, which sees ids of one type only.
        found = found.min(list(last.items()))
    batches = aiter(found)
    while (batch := await _patiently(anext(batches, None))) is not None:
        # The driver shows it nowhere else; drivers-specifications, snapshot-sessions.
        copying.at = session._snapshot_time  # noqa: SLF001
        copying.begun = copying.begun or copying.at
        rows = bytes(cast("bytes", batch))
        if last is not None:
            rows = _without_first(rows, last)
        if rows:
            last = _key(list(split_rows(rows))[-1])
            await asyncio.to_thread(copying.writer.rows, rows)
            copying.done = sum(tally.rows for tally in copying.writer.tallies.values())
            copying.hear(BackupProgress(collection, copying.done, copying.of, copying.writer.written))
            yield last


async def _patiently(step: Awaitable[T]) -> T:
    """A step of it, which may take longer than anything that somebody at a desk waits for."""
    with pymongo.timeout(STEP_S):
        return await step


def _without_first(rows: bytes, last: Document) -> bytes:
    first = next(split_rows(rows))
    return rows[len(first) :] if _key(first) == last else rows


def _key(row: memoryview) -> Document:
    return {"_id": bson.decode(bytes(row), CODEC)["_id"]}


async def _replayed(
    client: Client, copying: _Copying, changes: sqlite3.Connection, note_id: str
) -> tuple[int, dict[str, int]]:
    try:
        return await _replay(client, copying, changes, note_id)
    except OperationFailure as problem:
        if problem.code in (_SNAPSHOT_TOO_OLD, _HISTORY_LOST):
            raise BackupRefused("backup.took_too_long") from problem
        raise


async def _replay(
    client: Client, copying: _Copying, changes: sqlite3.Connection, note_id: str
) -> tuple[int, dict[str, int]]:
    """How many rows were written once more, and how many rows each collection has at the moment."""
    changes.execute("CREATE TABLE changed (name TEXT, key BLOB, PRIMARY KEY (name, key)) WITHOUT ROWID")
    async with session_of(client, snapshot=True) as session:
        # The moment that all of it will be of; our note, made after it, comes out of the stream after all that counts.
        await copying.db[NOTES].find_one({}, session=session)
        copying.at = session._snapshot_time  # noqa: SLF001 -- as above
        await _list_changes(copying, changes, note_id)
        again = 0
        for collection in copying.collections:
            for keys in _keys_of(changes, collection):
                again += await _write_again(copying, collection, keys, session)
        return again, {each: await _count(copying.db, each, session) for each in copying.collections}


async def _list_changes(copying: _Copying, changes: sqlite3.Connection, note_id: str) -> None:
    """The keys of all that changed from the first snapshot on, until our own note comes by."""
    mark = f"{note_id}.mark"
    wanted: list[Document] = [{"$project": {"operationType": 1, "ns": 1, "documentKey": 1}}]
    async with await copying.db.watch(wanted, start_at_operation_time=copying.begun) as stream:
        await note(copying.db, mark, "mark", datetime.now(UTC))
        async for change in stream:
            if change["operationType"] in _DDL:
                raise BackupRefused("backup.restless")
            key = change.get("documentKey")
            if key is None:
                continue
            collection = change["ns"]["coll"]
            if collection == NOTES and key["_id"] == mark:
                break
            row = (collection, bson.encode({"_id": key["_id"]}))
            changes.execute("INSERT OR IGNORE INTO changed VALUES (?, ?)", row)


def _keys_of(changes: sqlite3.Connection, collection: str) -> Iterator[list[bytes]]:
    found = changes.execute("SELECT key FROM changed WHERE name = ? ORDER BY key", (collection,))
    while rows := found.fetchmany(_AGAIN):
        yield [key for (key,) in rows]


async def _write_again(copying: _Copying, collection: str, keys: list[bytes], session: AsyncClientSession) -> int:
    wanted = {key: bson.decode(key, CODEC)["_id"] for key in keys}
    rows: Any = copying.db[collection].with_options(codec_options=_RAW)
    found = rows.find({"_id": {"$in": list(wanted.values())}}, session=session)
    there = {bson.encode({"_id": row["_id"]}): row.raw for row in await _patiently(found.to_list())}
    for key in keys:
        told = key if key not in there else bson.encode({"_id": wanted[key], "row": RawBSONDocument(there[key])})
        copying.writer.changed(collection, told)
    return len(keys)


async def _count(db: Database, collection: str, session: AsyncClientSession) -> int:
    counted = await _patiently(db[collection].aggregate([{"$count": "n"}], session=session))
    rows = await counted.to_list()
    return rows[0]["n"] if rows else 0


async def note(db: Database, note_id: str, what: str, at: datetime, **more: object) -> None:
    """Leave word of a back-up in the database; such rows are only added."""
    await db[NOTES].insert_one({"_id": note_id, "what": what, "at": at, **more})
