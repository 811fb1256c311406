"""The port ``Renters``: lists, changes, and bookings that follow somebody who was merged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

import pymongo
from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import TRANSACTION_S, Client, Database, Document, database, session_of, speaking
from engine.adapters.mongo.codec.bookings import booking_document, booking_of, news_document
from engine.adapters.mongo.codec.documents import audit_document, audit_row_of
from engine.adapters.mongo.codec.reading import must, read, sound
from engine.adapters.mongo.codec.renter_files import BILLED, file_document, file_of, found_file
from engine.adapters.mongo.queries.sought import forgiven, holds, in_order
from engine.adapters.mongo.schema.version import must_fit
from engine.adapters.mongo.schema.views import RENTER_CHANGES
from engine.adapters.mongo.store import MAJORITY, SNAPSHOT
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import COUNT_CAP
from engine.domain.booking.states import BLOCKING
from engine.domain.firm.audit import AuditRow
from engine.domain.firm.freshness import Namespace, touched_by_booking
from engine.domain.money.payment import AttemptState
from engine.domain.people.driving import DRIVING
from engine.domain.people.people import AccountName, Renter, RenterId
from engine.domain.people.renter_errors import RenterHasAccount, RenterMerged, RenterOvertaken
from engine.domain.people.renters import (
    MOVED_AT_ONCE,
    RenterChanges,
    RenterFile,
    RenterHistory,
    RenterOrder,
    RenterPage,
    shared,
)
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError, NotFound, Overtaken
from engine.domain.shared.sought import Sought
from engine.domain.shared.text import search_key
from engine.ports.local import Cache

_ORDERS = {RenterOrder.NAME: ("order", "_id"), RenterOrder.CHANGED: ("changed_at", "_id")}
_OPTIONAL = ("changed_by", "changed_at", "block", "past_blocks", "not_same", "merged_into", "notes", *BILLED, *DRIVING)
#: Attempts by which money moved, or may yet.
_PAYABLE = [AttemptState.OPEN, AttemptState.PAID, AttemptState.LAPSED]
_NEWEST = [("starts_at", -1), ("_id", -1)]
_FOLLOWS = ("renter_id", "renter_name", "renter_key", "search_keys", "version")


class MongoRenters:
    """*client* stays the caller's to close; *forget* is called when a renter was changed, or may have been."""

    def __init__(self, client: Client, name: str, cache: Cache, forget: Callable[[], None]) -> None:
        self._client, self._cache, self._forget = client, cache, forget
        self._db: Database = database(client, name)

    async def page(
        self,
        wanted: Sought | None,
        *,
        blocked_at: datetime | None,
        order: RenterOrder,
        descending: bool,
        offset: int,
        limit: int,
    ) -> RenterPage:
        # Who was merged into another has no keys to be found by.
        asked: Document = {"order": {"$gt": ""}} if wanted is None else {}
        if blocked_at is not None:
            asked["block.since"] = {"$lte": blocked_at}
            asked["$or"] = [{"block.until": {"$exists": False}}, {"block.until": {"$gt": blocked_at}}]
        if wanted is not None:
            asked = {"$and": [*([asked] if asked else []), holds("parts", wanted)]}
        by = [(field, -1 if descending else 1) for field in _ORDERS[order]]
        with speaking():
            if wanted is not None:
                found = await in_order(self._db.renters, asked, by, offset, limit)
            else:
                cursor = self._db.renters.find(asked).sort(by).skip(offset).limit(limit)
                found = await cursor.batch_size(limit + 1).to_list()
            total = await self._db.renters.count_documents(asked, limit=COUNT_CAP)
        return RenterPage(tuple(read("renters", each, file_of) for each in found), offset, total)

    async def meant(self, text: str) -> Sought:
        with speaking():
            return await forgiven(self._db.renters, "parts", text)

    async def file(self, renter_id: RenterId) -> RenterFile:
        with speaking():
            return await found_file(self._db, renter_id)

    async def alike(self, renter: Renter, limit: int) -> list[RenterFile]:
        wanted = {"keys": {"$in": [search_key(renter.email), renter.phone]}, "_id": {"$ne": renter.id}}
        with speaking():
            found = await self._db.renters.find(wanted).hint("keys").limit(4 * limit).to_list()
        files = sound("renters", found, file_of)
        return [file for file in files if file.merged_into is None and shared(renter, file.renter)][:limit]

    async def add(self, file: RenterFile, row: AuditRow) -> None:
        async def change(session: AsyncClientSession) -> None:
            await self._db.renters.insert_one(file_document(file), session=session)
            await self._db.audit.insert_one(audit_document(row), session=session)

        await self._transact(change)

    async def change(self, file: RenterFile, row: AuditRow) -> None:
        touched = set[Namespace]()

        async def change(session: AsyncClientSession) -> None:
            await self._replace(file, session)
            named: Document = {"renter_id": file.id, "renter_name": {"$ne": file.renter.name}}
            open_ones = {**named, "state": {"$in": list(BLOCKING)}}
            bookings = await self._bookings(open_ones, MOVED_AT_ONCE, session)
            touched.update(*map(touched_by_booking, bookings))
            await self._follow(bookings, file, session)
            await self._db.audit.insert_one(audit_document(row), session=session)

        await self._transact(change, touched)

    async def merge(self, keep: RenterFile, gone: RenterFile, row: AuditRow) -> None:
        async def change(session: AsyncClientSession) -> None:
            # An account made this moment books for nobody who is merged: ``bookable`` leads its bookings to *keep*.
            if (account := await self._account_of(gone.id, session)) is not None:
                raise RenterHasAccount(gone.id, account)
            await self._replace(gone, session)
            await self._replace(keep, session)
            await self._db.audit.insert_one(audit_document(row), session=session)

        await self._transact(change)

    async def move_some(self, gone: RenterId, keep: RenterFile, row: AuditRow, limit: int) -> int:
        touched, moved = set[Namespace](), list[str]()

        async def change(session: AsyncClientSession) -> None:
            touched.clear()
            found = await self._db.bookings.find({"renter_id": gone}, session=session).limit(limit).to_list()
            moved[:] = [str(each["_id"]) for each in found]
            if not found:
                return
            bookings, damaged = list[Booking](), list[object]()
            for each in found:
                known = read("bookings", each, booking_of)
                if isinstance(known, Damaged):
                    damaged.append(each["_id"])
                else:
                    bookings.append(known)
                    touched.update(touched_by_booking(known))
            await self._follow(bookings, keep, session)
            if damaged:
                # They cannot be read, only led along.
                these = {"_id": {"$in": damaged}}
                await self._db.bookings.update_many(these, {"$set": {"renter_id": keep.id}}, session=session)
            told = replace(
                row,
                before={"renter": gone, "bookings": " ".join(moved)},
                after={"renter": keep.id, "bookings": str(len(moved))},
            )
            await self._db.audit.insert_one(audit_document(told), session=session)

        await self._transact(change, touched)
        return len(moved)

    async def merged(self, renter_id: RenterId) -> list[RenterId]:
        found, last = list[RenterId](), [renter_id]
        with speaking():
            while last:
                rows = await self._db.renters.find({"merged_into": {"$in": last}}, {"_id": 1}).to_list()
                last = [RenterId(each["_id"]) for each in rows if each["_id"] not in {renter_id, *found}]
                found += last
        return found

    async def history(
        self, renter_ids: Sequence[RenterId], offset: int, limit: int, *, paid: bool = False
    ) -> RenterHistory:
        wanted: Document = {"renter_id": {"$in": list(renter_ids)}}
        if paid:
            wanted["payments.attempts.state"] = {"$in": _PAYABLE}
        with speaking():
            cursor = self._db.bookings.find(wanted).sort(_NEWEST).skip(offset).limit(limit).batch_size(limit + 1)
            found = await cursor.to_list()
            total = await self._db.bookings.count_documents(wanted, limit=COUNT_CAP)
        return RenterHistory(tuple(read("bookings", each, booking_of) for each in found), offset, total)

    async def changes(self, renter_ids: Sequence[RenterId], offset: int, limit: int) -> RenterChanges:
        wanted = {"subject": {"$in": [f"renter:{each}" for each in renter_ids]}}
        told = self._db[RENTER_CHANGES]
        with speaking():
            found = await told.find(wanted).sort([("at", -1), ("_id", -1)]).skip(offset).limit(limit).to_list()
            total = await told.count_documents(wanted, limit=COUNT_CAP)
        return RenterChanges(tuple(read("audit", each, audit_row_of) for each in found), offset, total)

    async def open_bookings(self, renter_id: RenterId, limit: int) -> list[Booking]:
        wanted = {"renter_id": renter_id, "state": {"$in": list(BLOCKING)}}
        with speaking():
            found = await self._db.bookings.find(wanted).sort("starts_at", 1).limit(limit).to_list()
        return sound("bookings", found, booking_of)

    async def count(self, renter_ids: Sequence[RenterId]) -> int:
        with speaking():
            return await self._db.bookings.count_documents({"renter_id": {"$in": list(renter_ids)}}, limit=COUNT_CAP)

    async def first_at(self, renter_ids: Sequence[RenterId]) -> datetime | None:
        wanted = {"renter_id": {"$in": list(renter_ids)}}
        with speaking():
            found = await self._db.bookings.find(wanted, {"created_at": 1}).sort("created_at", 1).limit(1).to_list()
        at = found[0].get("created_at") if found else None
        return at if isinstance(at, datetime) else None

    async def _account_of(self, renter_id: RenterId, session: AsyncClientSession) -> AccountName | None:
        found = await self._db.wish_keys.find_one({"renter._id": renter_id}, {"_id": 1}, session=session)
        return None if found is None else AccountName(str(found["_id"]))

    async def _bookings(self, wanted: Document, limit: int, session: AsyncClientSession) -> list[Booking]:
        found = await self._db.bookings.find(wanted, session=session).limit(limit).to_list()
        return sound("bookings", found, booking_of)

    async def _follow(self, bookings: Sequence[Booking], file: RenterFile, session: AsyncClientSession) -> None:
        """Each under its version. What is open takes the name of today, what is over keeps that of its day.

        What was frozen for a payment stays as it was sent.
        """
        if not bookings:
            return
        changes = list[UpdateOne]()
        after = list[Booking]()
        for booking in bookings:
            name = file.renter.name if booking.blocking else booking.renter_name
            moved = replace(booking, renter_id=file.id, renter_name=name, version=booking.version + 1)
            document = booking_document(moved)
            set_to = {field: document[field] for field in _FOLLOWS}
            changes.append(UpdateOne({"_id": booking.id, "version": booking.version}, {"$set": set_to}))
            after.append(moved)
        done = await self._db.bookings.bulk_write(changes, session=session)
        if done.matched_count != len(bookings):
            raise Overtaken("a booking of this renter was changed by somebody else")
        await self._db.news.insert_many([news_document(booking) for booking in after], session=session)

    async def _replace(self, file: RenterFile, session: AsyncClientSession) -> None:
        document = file_document(file)
        del document["_id"]
        change: Document = {"$set": document}
        if gone := {field: "" for field in _OPTIONAL if field not in document}:
            change["$unset"] = gone
        wanted = {"_id": file.id, "version": file.version - 1, "merged_into": {"$exists": False}}
        done = await self._db.renters.update_one(wanted, change, session=session)
        if done.matched_count == 0:
            raise await self._why_not(file.id, session)

    async def _why_not(self, renter_id: RenterId, session: AsyncClientSession) -> DriveSphereError:
        found = await self._db.renters.find_one({"_id": renter_id}, session=session)
        if found is None:
            return NotFound("renter", renter_id)
        there = must("renters", found, file_of)
        if there.merged_into is not None:
            return RenterMerged(renter_id, there.merged_into)
        return RenterOvertaken(renter_id, there.changed_by, there.changed_at)

    async def _transact(
        self, change: Callable[[AsyncClientSession], Awaitable[None]], touched: set[Namespace] | None = None
    ) -> None:
        """Retried from its start when it lost a conflict; what of *touched* became untrue is told after the commit."""
        try:
            with speaking(), pymongo.timeout(TRANSACTION_S):
                async with session_of(self._client) as session:

                    async def run(running: AsyncClientSession) -> None:
                        await must_fit(self._db, running)
                        await change(running)

                    await session.with_transaction(run, read_concern=SNAPSHOT, write_concern=MAJORITY)
        finally:
            self._forget()
            if touched:
                await self._cache.bump(touched)
