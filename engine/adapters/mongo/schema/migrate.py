"""Bringing a database to the schema that this program writes, while desks of older releases may be at work.

The order keeps their writes out or finds them: first every older program that knows versions is told to stop
(``announce``), and each fence is marked, which ends claims of programs that know none too; then the rows are
rewritten; then the validators of the new version come, which the caller does; then what was written in between is
rewritten as well, and the version is recorded (``arrive``). It may be killed anywhere: the next run begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import HEARS, LATEST, MIGRATIONS, Migration
from engine.adapters.mongo.schema.version import SCHEMA, schema_row, version_of
from engine.domain.shared.errors import ProgramTooOld
from engine.domain.shared.period import whole_milliseconds
from engine.domain.shared.remark import Remark, remark

Hear = Callable[[Remark], None]
#: Whoever waits is told so often.
_TELL_EVERY_S = 1.0


def deaf(_: Remark) -> None:
    """Nobody waits."""


@dataclass(slots=True)
class Upgrade:
    """One run from the stored version to ``LATEST``. Attributes: ``hear`` is told what is done."""

    db: Database
    before: int
    pending: tuple[Migration, ...]
    hear: Hear = deaf
    rewritten: dict[int, int] = field(default_factory=dict)

    @classmethod
    async def of(cls, db: Database, hear: Hear = deaf) -> Upgrade:
        """Raises: ProgramTooOld, when the database is of a later version; nothing was changed then."""
        row = await schema_row(db)
        before, to = version_of(row), (row or {}).get("to", 0)
        if max(before, to) > LATEST:
            raise ProgramTooOld(max(before, to), LATEST)
        return cls(db, before, MIGRATIONS[before:], hear)

    async def rewrite(self) -> None:
        if not self.pending:
            return
        await self._announce()
        await self._pass()

    async def arrive(self) -> list[Remark]:
        """After the validators: a line for each migration that found something, and one for the version."""
        if not self.pending:
            return []
        await self._pass()
        told: Document = {"version": LATEST, "by": "provision", "at": _now()}
        # By which table of moves a step was taken follows from when the deployment came to which version.
        reached = {"reached": {"version": LATEST, "at": told["at"]}}
        change = {"$set": told, "$unset": {"to": ""}, "$push": reached}
        await self.db.deployment.update_one({"_id": SCHEMA}, change, upsert=True)
        lines = [
            remark("done.rewritten", number=each.number, rows=count, what=each.what)
            for each in self.pending
            if (count := self.rewritten[each.number])
        ]
        for each in self.pending:
            lines += await each.told(self.db) if each.told is not None else []
        first = remark("done.version_first", version=LATEST)
        return [*lines, remark("done.version", version=LATEST, before=self.before) if self.before else first]

    async def _announce(self) -> None:
        told = {"$set": {"to": LATEST}, "$setOnInsert": {"version": self.before}}
        await self.db.deployment.update_one({"_id": SCHEMA}, told, upsert=True, bypass_document_validation=True)
        # Rows of the new shape are damaged ones to the old validators, which let those be written; not now.
        async for info in await self.db.list_collections(filter={"options.validator": {"$exists": True}}):
            if self.before:
                await self.db.command("collMod", info["name"], validationLevel="strict")

    async def _pass(self) -> None:
        await self.db.fences.update_many(
            {SCHEMA: {"$ne": LATEST}}, {"$set": {SCHEMA: LATEST}, "$inc": {"seq": 1}}, bypass_document_validation=True
        )
        for each in self.pending:
            self.rewritten[each.number] = self.rewritten.get(each.number, 0) + await self._carry_out(each)

    async def _carry_out(self, migration: Migration) -> int:
        of = sum([await self.db[name].count_documents(rows) for name, rows in migration.old.items()])
        heard = HEARS.set(_Told(migration, of, self.hear))
        try:
            return await migration.up(self.db)
        finally:
            HEARS.reset(heard)


@dataclass(slots=True)
class _Told:
    """Says how many of how many, no more often than anybody can read it."""

    migration: Migration
    of: int
    hear: Hear
    done: int = 0
    last: float = field(default_factory=lambda: monotonic() - _TELL_EVERY_S)

    def __call__(self, rows: int) -> None:
        self.done += rows
        if (now := monotonic()) - self.last >= _TELL_EVERY_S:
            self.last = now
            told = remark(
                "progress.rewritten_of" if self.of else "progress.rewritten",
                number=str(self.migration.number),
                latest=str(LATEST),
                what=self.migration.what,
                done=self.done,
                of=self.of,
            )
            self.hear(told)


def _now() -> datetime:
    return whole_milliseconds(datetime.now(UTC))
