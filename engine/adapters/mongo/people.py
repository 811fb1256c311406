"""The people behind the accounts, their sign-ins, and who asks for an account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import pymongo
from bson import MinKey, ObjectId
from bson.errors import InvalidId
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import TRANSACTION_S, Client, Document, database, session_of, speaking
from engine.adapters.mongo.codec.documents import audit_document
from engine.adapters.mongo.codec.people import person_document, person_of, request_of
from engine.adapters.mongo.codec.reading import must, read
from engine.adapters.mongo.queries.sought import forgiven, holds
from engine.adapters.mongo.schema.version import must_fit
from engine.adapters.mongo.store import MAJORITY, SNAPSHOT
from engine.domain.car.car import IN_SERVICE, OwnerId
from engine.domain.firm.audit import AuditRow
from engine.domain.people.account_errors import AccountTaken, LastAdmin
from engine.domain.people.account_requests import AccountRequest, RequestId, RequestPage
from engine.domain.people.accounts import Fleet, PeopleQuery, Person
from engine.domain.people.people import AccountName, Role
from engine.domain.people.phone import phone_beginnings
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import NotFound, Overtaken
from engine.domain.shared.sought import sought
from engine.domain.shared.zones import zones_version

#: The one document of the roster.
ADMINS = "admins"
_SERVING = sorted(IN_SERVICE)


class MongoPeople:
    """The port ``People``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._db = database(client, name)

    async def page(self, query: PeopleQuery, offset: int, limit: int) -> tuple[list[Person | Damaged], int, bool]:
        with speaking():
            wanted, slip = await self._wanted(query)
            cursor = self._db.people.find(wanted).sort([("order", 1), ("_id", 1)]).skip(offset).limit(limit)
            found = await cursor.batch_size(limit + 1).to_list()
            by: dict[str, Any] = {} if wanted else {"hint": "order"}
            total = await self._db.people.count_documents(wanted, **by)
        return [read("people", document, person_of) for document in found], total, slip

    async def _wanted(self, query: PeopleQuery) -> tuple[Document, bool]:
        """With what is spelt as typed, or else what differs from it by one slip; whether it does."""
        wanted = _filter(query)
        if not query.text:
            return wanted, False
        exact = {"$and": [wanted, holds("keys", sought(query.text, phone_beginnings(query.text)))]}
        if await self._db.people.find_one(exact, {"_id": 1}) is not None:
            return exact, False
        meant = await forgiven(self._db.people, "keys", query.text)
        return ({"$and": [wanted, holds("keys", meant)]}, True) if meant.ways else (exact, False)

    async def person(self, account: AccountName) -> Person:
        with speaking():
            found = await self._db.people.find_one({"_id": account})
        if found is None:
            raise NotFound("account", account)
        return must("people", found, person_of)

    async def add(self, person: Person, row: AuditRow, request: RequestId | None = None) -> None:
        async def change(session: AsyncClientSession) -> None:
            if request is not None:
                await self._take(request, session)
            await self._db.people.insert_one(person_document(person), session=session)
            await self._db.audit.insert_one(audit_document(row), session=session)

        try:
            await self._transact(change)
        except DuplicateKeyError as problem:
            raise AccountTaken(person.account) from problem

    async def replace(self, person: Person, row: AuditRow, remaining: Collection[AccountName] | None = None) -> None:
        async def change(session: AsyncClientSession) -> None:
            if remaining is not None:
                await self._step_down(person.account, remaining, session)
            done = await self._db.people.replace_one(
                {"_id": person.account, "version": person.version - 1}, person_document(person), session=session
            )
            if done.matched_count == 0:
                raise Overtaken(f"account {person.account} was changed by somebody else")
            await self._db.audit.insert_one(audit_document(row), session=session)

        await self._transact(change)

    async def enroll(self, account: AccountName) -> None:
        with speaking():
            await must_fit(self._db)
            await self._db.roster.update_one({"_id": ADMINS}, {"$addToSet": {"members": account}})

    async def fleets(self, limit: int) -> list[Fleet]:
        pipeline: list[Document] = [
            # Every standing there is: the index answers, and no car has to be read.
            {"$match": {"status": {"$gte": MinKey()}}},
            {"$group": {"_id": "$owner_id", "cars": {"$sum": {"$cond": [{"$in": ["$status", _SERVING]}, 1, 0]}}}},
            {"$sort": {"_id": 1}},
            {"$limit": limit},
        ]
        with speaking():
            counts = await (await self._db.cars.aggregate(pipeline, hint="status_owner", batchSize=limit)).to_list()
            owners = (
                await self._db.people.find({"role": Role.OWNER})
                .sort("order", 1)
                .limit(limit)
                .batch_size(limit + 1)
                .to_list()
            )
        cars = {each["_id"]: each["cars"] for each in counts if isinstance(each["_id"], str)}
        names: dict[str, list[str]] = {owner_id: [] for owner_id in cars}
        for owner in owners:
            if isinstance(owner.get("owner_id"), str) and isinstance(owner.get("name"), str):
                names.setdefault(owner["owner_id"], []).append(owner["name"])
        return [Fleet(OwnerId(each), cars.get(each, 0), tuple(names[each])) for each in names]

    async def last_seen(self, accounts: Sequence[AccountName]) -> Mapping[AccountName, datetime]:
        pipeline: list[Document] = [
            {"$match": {"account": {"$in": list(accounts)}}},
            {"$sort": {"account": 1, "at": -1}},
            {"$group": {"_id": "$account", "at": {"$first": "$at"}}},
        ]
        with speaking():
            found = await (await self._db.sign_ins.aggregate(pipeline)).to_list()
        return {AccountName(each["_id"]): each["at"] for each in found if isinstance(each["at"], datetime)}

    async def note(self, account: AccountName, at: datetime, desk: str) -> None:
        with speaking():
            await self._db.sign_ins.insert_one({"account": account, "at": at, "desk": desk, "zones": zones_version()})

    async def requests(self, offset: int, limit: int) -> RequestPage:
        with speaking():
            cursor = self._db.account_requests.find().sort([("at", 1), ("_id", 1)]).skip(offset).limit(limit)
            rows = tuple(read("account_requests", document, request_of) for document in await cursor.to_list())
            total = await self._db.account_requests.count_documents({})
        return RequestPage(rows, offset, total)

    async def request(self, request_id: RequestId) -> AccountRequest:
        with speaking():
            found = await self._db.account_requests.find_one({"_id": _object_id(request_id)})
        if found is None:
            raise NotFound("request", request_id)
        return must("account_requests", found, request_of)

    async def decline(self, requests: Mapping[RequestId, AuditRow]) -> None:
        async def change(session: AsyncClientSession) -> None:
            for request_id in requests:
                await self._take(request_id, session)
            await self._db.audit.insert_many([audit_document(row) for row in requests.values()], session=session)

        await self._transact(change)

    async def _take(self, request_id: RequestId, session: AsyncClientSession) -> None:
        """Two administrators decide at the same moment: one of them finds it gone."""
        gone = await self._db.account_requests.delete_one({"_id": _object_id(request_id)}, session=session)
        if gone.deleted_count == 0:
            raise NotFound("request", request_id)

    async def _step_down(
        self, account: AccountName, remaining: Collection[AccountName], session: AsyncClientSession
    ) -> None:
        """Off the roster first, in the same transaction: the roster never names somebody who is no administrator.

        Of two administrators who put each other out at the same moment, both change this document; the second finds
        nobody remaining on it.
        """
        kept = await self._db.roster.update_one(
            {"_id": ADMINS, "members": {"$elemMatch": {"$ne": account, "$in": list(remaining)}}},
            {"$pull": {"members": account}},
            session=session,
        )
        if kept.matched_count == 0:
            raise LastAdmin(f"without {account} nobody could administer")

    async def _transact(self, change: Callable[[AsyncClientSession], Awaitable[None]]) -> None:
        with speaking(), pymongo.timeout(TRANSACTION_S):
            await must_fit(self._db)
            async with session_of(self._client) as session:
                await session.with_transaction(change, read_concern=SNAPSHOT, write_concern=MAJORITY)


def _filter(query: PeopleQuery) -> Document:
    wanted: Document = {}
    if query.role is not None:
        wanted["role"] = query.role
    if query.branch_id is not None:
        wanted["branch_id"] = query.branch_id
    if query.disabled is not None:
        wanted["disabled"] = query.disabled
    return wanted


def _object_id(request_id: RequestId) -> ObjectId:
    try:
        return ObjectId(request_id)
    except (InvalidId, TypeError) as problem:
        raise NotFound("request", str(request_id)[:40]) from problem
