"""A back-up put into an empty database, and looked at there once more, row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.errors import CollectionInvalid, OperationFailure

from engine.adapters.disk.backup_file import BackupKey
from engine.adapters.disk.backup_records import BackupPart, Checked, check, records
from engine.adapters.mongo.client import CODEC, Client, Document, database, speaking
from engine.adapters.mongo.long import while_it_answers
from engine.adapters.mongo.schema.rules import VALIDATORS
from engine.domain.health.backup import BackupDamaged, BackupProgress, BackupRefused, Tally, split_rows

#: While a row is in it, the database holds half a restore, which only another restore may clear away.
MARK = "restoring"
_BATCH = 2_000

Hear = Callable[[BackupProgress], None]


class Restore:
    """One file into one database. Call ``check`` first, then ``load``, and ``finish`` when all else is done."""

    def __init__(self, client: Client, name: str, file: BinaryIO, key: BackupKey) -> None:
        self._client, self._db, self._file, self._key = client, database(client, name), file, key
        self._changed = sqlite3.connect("")
        self._changed.execute("CREATE TABLE changed (name TEXT, key BLOB, PRIMARY KEY (name, key)) WITHOUT ROWID")

    def close(self) -> None:
        self._changed.close()

    def check(self, hear: Hear, newest_schema: int) -> Checked:
        """Read the file to its end. Nothing is written.

        Raises:
            NotABackup, BackupKeyWrong, BackupDamaged: As ``backup_records.check``.
            BackupRefused: A newer version of the program made it.
        """
        self._file.seek(0)

        def on_changed(name: str, row: bytes) -> None:
            self._changed.execute("INSERT INTO changed VALUES (?, ?)", (name, _key(bson.decode(row, CODEC)["_id"])))

        whole = check(self._file, self._key, on_changed, lambda rows: hear(BackupProgress("checking", rows, 0)))
        if whole.about.schema > newest_schema:
            raise BackupRefused(
                "restore.newer", schema=whole.about.schema, own=newest_schema, program=whole.about.program
            )
        return whole

    async def load(self, whole: Checked, by: str, hear: Hear, *, again: bool) -> dict[str, Tally]:
        """All rows, then every one of them read back and compared.

        With *again*, what an earlier restore left that was not brought to its end is cleared away first.

        Raises:
            BackupRefused: The database is not empty.
            BackupDamaged: What arrived is not what the file holds.
            Unavailable: The server went away for too long.
        """

        async def work() -> dict[str, Tally]:
            await self._begin(whole, by, again=again)
            wanted = await self._load(whole, hear)
            await self._compare(whole, wanted, hear)
            return wanted

        return await while_it_answers(self._client, work())

    async def unfit(self) -> dict[str, int]:
        """Collection -> rows that are not as the database insists on for new ones."""

        async def work() -> dict[str, int]:
            counts = {
                name: await self._db[name].count_documents({"$nor": [validator]})
                for name, validator in VALIDATORS.items()
            }
            return {name: count for name, count in counts.items() if count}

        return await while_it_answers(self._client, work())

    async def finish(self) -> None:
        with speaking():
            await self._db[MARK].drop()

    async def _begin(self, whole: Checked, by: str, *, again: bool) -> None:
        mark: Document = {"_id": "restore", "backup": whole.about.id, "by": by, "at": datetime.now(UTC)}
        there = {info["name"] async for info in await self._db.list_collections()}
        if MARK in there and again:
            await self._clear(there)
        elif MARK in there:
            raise BackupRefused("restore.half_done", database=self._db.name)
        elif held := await self._held(there):
            raise BackupRefused("restore.not_empty", database=self._db.name, held=held)
        try:
            # Created, not only written to: of two restores at once one fails here.
            await self._db.create_collection(MARK)
        except (CollectionInvalid, OperationFailure) as problem:
            raise BackupRefused("restore.at_work", database=self._db.name) from problem
        await self._db[MARK].insert_one(mark)

    async def _held(self, there: Iterable[str]) -> str:
        for name in sorted(there):
            if not name.startswith("system.") and await self._db[name].find_one({}, {"_id": 1}):
                return f"there are rows in {name}"
        users = (await self._db.command("usersInfo", 1))["users"]
        return f"there is an account {users[0]['user']}" if users else ""

    async def _clear(self, there: Iterable[str]) -> None:
        """Half a restore; its database was empty when it began, so all that is in it came with it. The mark last."""
        await self._db.command("dropAllUsersFromDatabase")
        for name in sorted(set(there) - {MARK}):
            if not name.startswith("system."):
                await self._db.drop_collection(name)
        await self._db.drop_collection(MARK)

    async def _load(self, whole: Checked, hear: Hear) -> dict[str, Tally]:
        wanted = {name: Tally() for name in whole.summary.copied}
        self._file.seek(0)
        now, done = "", 0
        for record in records(self._file, self._key):
            rows: list[bytes] = []
            if record.kind is BackupPart.COLLECTION:
                now = record.body.decode()
                if now not in wanted:
                    raise BackupDamaged("the file is another than the one that was checked")
            elif record.kind is BackupPart.ROWS:
                rows = self._unchanged(now, record.body)
            elif record.kind is BackupPart.CHANGED and (row := _row(record.body)):
                rows = [row]
            if rows:
                await self._insert(now, rows)
                for row in rows:
                    wanted[now].add(row)
                done += len(rows)
                hear(BackupProgress(now, done, whole.summary.rows))
        return wanted

    def _unchanged(self, name: str, rows: bytes) -> list[bytes]:
        """Without those that the file carries once more as they became."""
        every = [bytes(row) for row in split_rows(rows)]
        if not self._changed.execute("SELECT 1 FROM changed WHERE name = ? LIMIT 1", (name,)).fetchone():
            return every
        find = "SELECT 1 FROM changed WHERE name = ? AND key = ?"
        return [
            row
            for row in every
            if not self._changed.execute(find, (name, _key(bson.decode(row, CODEC)["_id"]))).fetchone()
        ]

    async def _insert(self, name: str, rows: list[bytes]) -> None:
        documents: list[Any] = [RawBSONDocument(row) for row in rows]
        # A row that was damaged before the back-up was made comes back as it was, and is told of afterwards.
        await self._db[name].insert_many(documents, ordered=False, bypass_document_validation=True)

    async def _compare(self, whole: Checked, wanted: dict[str, Tally], hear: Hear) -> None:
        done = 0
        for name, tally in wanted.items():
            found = Tally()
            async for batch in self._db[name].find_raw_batches({}, batch_size=_BATCH):
                found.add_all(bytes(cast("bytes", batch)))
                hear(BackupProgress(f"comparing {name}", done + found.rows, whole.summary.rows))
            done += found.rows
            if found != tally or found.rows != whole.summary.counts[name]:
                raise BackupDamaged(
                    f"{name}: {found.rows} rows arrived, {whole.summary.counts[name]} were wanted, or their sums differ"
                )


def _row(body: bytes) -> bytes | None:
    """The row of a change, in the database's own bytes; None for one that was deleted."""
    change = bson.decode(body, CODEC.with_options(document_class=RawBSONDocument))
    return bytes(change["row"].raw) if "row" in change else None


def _key(value: object) -> bytes:
    return bson.encode({"_id": value})


def open_restore(client: Client, name: str, file: BinaryIO, key: BackupKey) -> closing[Restore]:
    return closing(Restore(client, name, file, key))
