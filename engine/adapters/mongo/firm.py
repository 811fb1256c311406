"""What administrators decide for the whole firm: its rules and its branches, each change with its audit row."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NoReturn, TypeVar

import pymongo
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.branch_rules import ASKING, unmark
from engine.adapters.mongo.client import TRANSACTION_S, Client, Collection, Document, database, session_of, speaking
from engine.adapters.mongo.codec.documents import (
    audit_document,
    branch_document,
    branch_of,
    car_of,
)
from engine.adapters.mongo.codec.reading import Fields, read, shown, sound
from engine.adapters.mongo.codec.settings import read_revisions, read_series, revision_document, withdrawal_document
from engine.adapters.mongo.fences import AT_ONCE
from engine.adapters.mongo.schema.version import must_fit
from engine.adapters.mongo.store import MAJORITY, SNAPSHOT
from engine.adapters.mongo.terms import go_on
from engine.domain.booking.states import BLOCKING
from engine.domain.car.branches import BranchLine
from engine.domain.car.car import Branch, BranchId, CarStatus, terms_of
from engine.domain.car.handing_over import Promised
from engine.domain.car.opening_hours import Handing
from engine.domain.firm.audit import AuditRow
from engine.domain.firm.freshness import BRANCHES
from engine.domain.firm.settings import BEGINNING, Revision
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import BranchInUse, NotFound, Overtaken
from engine.domain.shared.text import search_key
from engine.ports.local import Cache

T = TypeVar("T")
#: Bookings that a refusal names.
_NAMED = 10
_STANDING: Document = {"$ne": CarStatus.RETIRED}


class MongoFirm:
    """The ports ``Rules`` and ``BranchBook``."""

    def __init__(self, client: Client, name: str, cache: Cache) -> None:
        self._client = client
        self._cache = cache
        self._db = database(client, name)

    async def revisions(self) -> tuple[list[Revision], int]:
        with speaking():
            return await read_revisions(self._db)

    async def damaged(self) -> list[Damaged]:
        with speaking():
            _, damaged, _ = await read_series(self._db)
        return damaged

    async def add_revision(self, revision: Revision, row: AuditRow) -> None:
        await self._append(revision_document(revision), row)

    async def withdraw(self, number: int, withdraws: int, row: AuditRow) -> None:
        await self._append(withdrawal_document(number, withdraws, row.by, row.at), row)

    async def _append(self, document: Document, row: AuditRow) -> None:
        """The number is the compare-and-set: whoever decided on the same state finds it taken."""

        async def append(session: AsyncClientSession) -> None:
            await self._db.settings.insert_one(document, session=session)
            await self._db.audit.insert_one(audit_document(row), session=session)

        try:
            await self._transact(append)
        except DuplicateKeyError as problem:
            raise Overtaken("the settings were changed by somebody else") from problem

    async def lines(self) -> list[BranchLine | Damaged]:
        with speaking():
            branches = await self._db.branches.find(batch_size=AT_ONCE).to_list()
            per_branch: list[Document] = [{"$group": {"_id": "$branch_id", "count": {"$sum": 1}}}]
            # Each by an index that has all of it, so that no row is read.
            standing: list[Document] = [{"$match": {"branch_id": {"$gt": ""}, "status": _STANDING}}, *per_branch]
            cars = await _counts(self._db.cars, standing, "branch_price")
            blocking: list[Document] = [{"$match": _blocking()}, *per_branch]
            bookings = await _counts(self._db.bookings, blocking, "blocking_time")

        def line_of(document: Document) -> BranchLine:
            branch = branch_of(document)
            return BranchLine(branch, cars.get(branch.id, 0), bookings.get(branch.id, 0))

        in_order = sorted(branches, key=lambda each: (search_key(str(each.get("name"))), str(each["_id"])))
        return [read("branches", each, line_of) for each in in_order]

    async def add(self, branch: Branch, row: AuditRow) -> None:
        async def add(session: AsyncClientSession) -> None:
            await self._db.branches.insert_one(branch_document(branch), session=session)
            await self._db.audit.insert_one(audit_document(row), session=session)

        try:
            await self._transact(add)
        except DuplicateKeyError as problem:
            raise Overtaken(f"another branch was given the code {branch.code}") from problem
        finally:
            await self._cache.bump([BRANCHES])

    async def change(self, before: Branch, after: Branch, row: AuditRow) -> None:
        asking = secrets.token_hex(8)

        async def change(session: AsyncClientSession) -> None:
            if after.closed and not before.closed:
                await self._refuse_in_use(after.id, session)
            await self._replace(before, asking, after, session)
            if after.zone != before.zone:
                # Each car's fence repeats the zone in which its days are counted (docs/decisions/0002).
                await self._new_zone(after, row, session)
            await self._db.audit.insert_one(audit_document(row), session=session)

        try:
            await self._ask(before, asking)
            await self._transact(change)
        except DuplicateKeyError as problem:
            raise Overtaken(f"another branch was given the code {after.code}") from problem
        finally:
            await self._cache.bump([BRANCHES])
            await self._ask_no_more(before.id, asking)

    async def _ask(self, before: Branch, asking: str) -> None:
        """No booking goes by what a desk remembers of the branch (``branch_rules``). Raises: NotFound, Overtaken."""
        with speaking():
            await must_fit(self._db)
            done = await self._db.branches.update_one(_as_read(before), {"$set": {ASKING: asking}})
            if done.matched_count == 0:
                await self._refuse(before)
            await unmark(self._db, before.id)

    async def _ask_no_more(self, branch_id: BranchId, asking: str) -> None:
        """A change that came to nothing leaves the row as it was; one that was made has nothing to take away."""
        with speaking():
            await self._db.branches.update_one({"_id": branch_id, ASKING: asking}, {"$unset": {ASKING: ""}})

    async def _replace(self, before: Branch, asking: str, after: Branch, session: AsyncClientSession) -> None:
        wanted = {**_as_read(before), ASKING: asking}
        done = await self._db.branches.replace_one(wanted, branch_document(after), session=session)
        if done.matched_count == 0:
            await self._refuse(before, session)

    async def _refuse(self, before: Branch, session: AsyncClientSession | None = None) -> NoReturn:
        if await self._db.branches.find_one({"_id": before.id}, {"_id": 1}, session=session) is None:
            raise NotFound("branch", before.id)
        raise Overtaken(f"branch {before.id} was changed by somebody else")

    async def _new_zone(self, branch: Branch, row: AuditRow, session: AsyncClientSession) -> None:
        cars = await self._db.cars.find({"branch_id": branch.id}, session=session).to_list()
        terms = [terms_of(car, branch) for car in sound("cars", cars, car_of)]
        here: Document = {"_id": {"$in": [each.car_id for each in terms]}}
        await self._db.fences.update_many(here, {"$inc": {"seq": 1}}, session=session)
        await go_on(self._db, session, terms, row.by, row.at)

    async def _refuse_in_use(self, branch_id: BranchId, session: AsyncClientSession) -> None:
        cars = await self._db.cars.count_documents({"branch_id": branch_id, "status": _STANDING}, session=session)
        here: Document = {"$or": [{"branch_id": branch_id}, {"return_branch_id": branch_id}]}
        bookings = await self._db.bookings.count_documents({**_blocking(), **here}, session=session)
        if cars or bookings:
            first = self._db.bookings.find({**_blocking(), **here}, {"_id": 1}, session=session).sort("starts_at", 1)
            named = tuple(shown(row["_id"]) for row in await first.limit(_NAMED).to_list())
            raise BranchInUse(branch_id, cars, bookings, named)

    async def promised(self, branch_id: BranchId, now: datetime) -> list[Promised]:
        out: Document = {"branch_id": branch_id, "starts_at": {"$gt": now}}
        back: Document = {"return_branch_id": branch_id, "ends_at": {"$gt": now}}
        fields = ("car_label", "branch_id", "return_branch_id", "starts_at", "ends_at")
        with speaking():
            found = self._db.bookings.find({**_blocking(), "$or": [out, back]}, dict.fromkeys(fields, 1))
            rows = await found.sort("starts_at", 1).batch_size(AT_ONCE).to_list()
        return [each for row in sound("bookings", rows, _promised_of) for each in row]

    async def _transact(self, change: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        with speaking(), pymongo.timeout(TRANSACTION_S):
            await must_fit(self._db)
            async with session_of(self._client) as session:
                return await session.with_transaction(change, read_concern=SNAPSHOT, write_concern=MAJORITY)


def _as_read(branch: Branch) -> Document:
    wanted = branch_document(branch)
    if not branch.closed:
        # Branches of earlier versions do not say that they are open.
        wanted["closed"] = {"$ne": True}
    return wanted


def _promised_of(document: Document) -> list[Promised]:
    row = Fields(document)
    told = row.text("_id"), row.text("car_label")
    return [
        Promised(*told, Handing.PICKUP, row.text("branch_id"), row.moment("starts_at")),
        Promised(*told, Handing.RETURN, row.text("return_branch_id"), row.moment("ends_at")),
    ]


async def _counts(collection: Collection, pipeline: list[Document], index: str) -> dict[str, int]:
    """By branch; rows that name none are left out."""
    rows = await collection.aggregate(pipeline, hint=index, batchSize=AT_ONCE)
    return {row["_id"]: row["count"] async for row in rows if isinstance(row["_id"], str)}


def _blocking(since: datetime = BEGINNING) -> Document:
    """Through the partial index on what blocks, of which the pick-up comes first."""
    return {"state": {"$in": list(BLOCKING)}, "starts_at": {"$gte": since}}
