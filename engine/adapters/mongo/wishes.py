"""Wishes in MongoDB: a renter's end, which can only insert, and a carrier's."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pymongo
from bson import Binary
from bson.codec_options import CodecOptions
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.changes import StreamSource, follow
from engine.adapters.mongo.client import CODEC, TRANSACTION_S, Client, Document, database, session_of, speaking
from engine.adapters.mongo.codec.documents import audit_document
from engine.adapters.mongo.codec.people import answer_of, signer_of, wish_document, wish_of
from engine.adapters.mongo.codec.reading import must, read
from engine.adapters.mongo.schema.version import must_fit
from engine.adapters.mongo.store import MAJORITY, SNAPSHOT
from engine.adapters.mongo.transaction import settle_wish
from engine.adapters.wish_signing import sign
from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import BookingState
from engine.domain.booking.wish import CARRIER_SILENT, MOST_WISHES, VIA, Refusal, Signer, Wish, WishAnswer, WishId
from engine.domain.booking.wish_errors import WishRefused
from engine.domain.firm.audit import AuditRow
from engine.domain.firm.events import ConnectionLost, Heard
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged

#: A stranger's bytes need not be text; a row that cannot be read would stop the reading of all others.
_FORGIVING: CodecOptions[Document] = CODEC.with_options(unicode_decode_error_handler="replace")
_NOW = "$$NOW"


class MongoWishBox:
    """The port ``WishBox``. *answers* is the account's own view, *key* the private half of its key."""

    def __init__(self, client: Client, name: str, answers: str, key: bytes | None) -> None:
        self._db, self._answers, self._key = database(client, name), answers, key

    def signed(self, wish: Wish) -> Wish:
        if self._key is None:
            raise WishRefused(Refusal.KEY)
        return replace(wish, signature=sign(self._key, wish.signed_bytes))

    async def somebody_carries(self, now: datetime) -> bool:
        with speaking():
            return await self._db.carriers.find_one({"at": {"$gt": now - CARRIER_SILENT}}) is not None

    async def post(self, wish: Wish) -> None:
        with speaking():
            await must_fit(self._db)
        slots = list(range(MOST_WISHES))
        secrets.SystemRandom().shuffle(slots)
        for slot in slots:
            try:
                with speaking():
                    await self._db.wishes.insert_one(wish_document(replace(wish, slot=slot)))
            except DuplicateKeyError as taken:
                if "_id" in (taken.details or {}).get("keyPattern", {}):
                    return
            else:
                return
        raise WishRefused(Refusal.FULL)

    async def answer(self, wish_id: WishId) -> WishAnswer | None:
        with speaking():
            found = await self._db[self._answers].find_one({"_id": wish_id})
        return None if found is None else must("wish_answers", found, answer_of)


class MongoWishes:
    """The port ``Wishes``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._db = client, database(client, name)
        self._wishes = self._db.get_collection("wishes", codec_options=_FORGIVING)
        # Says that somebody is there, and nothing of who it is: renters read it.
        self._carrier = secrets.token_hex(12)

    async def follow(self, hear: Callable[[Wish | None], None]) -> None:
        def tell(word: Heard | ConnectionLost) -> None:
            if isinstance(word, Heard) and isinstance(word.record, Wish):
                hear(word.record)
            elif isinstance(word, Heard) and word.opened:
                hear(None)

        inserted: list[Document] = [{"$match": {"operationType": {"$in": ["insert", "invalidate"]}}}]
        await follow(self._db, {"wishes": StreamSource(_wish_in, inserted, codec=_FORGIVING)}, tell)

    async def waiting(self) -> list[Wish]:
        with speaking():
            found = await self._wishes.find().limit(MOST_WISHES).to_list()
        return sorted((wish_of(document) for document in found), key=lambda wish: wish.at_ms)

    async def signer(self, account: AccountName) -> Signer | None:
        with speaking():
            found = await self._db.wish_keys.find_one({"_id": account})
        known = None if found is None else read("wish_keys", found, signer_of)
        return None if isinstance(known, Damaged) else known

    async def answered(self, wish_id: WishId) -> bool:
        with speaking():
            return await self._db.wish_answers.find_one({"_id": wish_id}, {"_id": 1}) is not None

    async def held(self) -> list[tuple[AccountName, BookingId]]:
        wished = {"state": BookingState.HELD, "history.0.by": {"$regex": VIA}}
        with speaking():
            found = await self._db.bookings.find(wished, {"booked_by": 1}).to_list()
        return [(AccountName(document["booked_by"]), BookingId(document["_id"])) for document in found]

    async def settle(self, wish: Wish, answer: WishAnswer, *, proven: bool, row: AuditRow | None = None) -> None:
        async def change(session: AsyncClientSession) -> None:
            if not proven:
                # Who floods the places with nonsense gets no more answers than there are places.
                await self._db.wish_answers.delete_many({"slot": wish.slot}, session=session)
            await settle_wish(self._db, session, wish, answer, proven=proven)
            if row is not None:
                await self._db.audit.insert_one(audit_document(row), session=session)

        with speaking(), pymongo.timeout(TRANSACTION_S):
            async with session_of(self._client) as session:
                await session.with_transaction(change, read_concern=SNAPSHOT, write_concern=MAJORITY)

    async def drop(self, wish: Wish) -> None:
        with speaking():
            await self._db.wishes.delete_one({"slot": wish.slot, "sig": Binary(wish.signature)})

    async def seen(self, account: AccountName, at: datetime, desk: str) -> None:
        with speaking():
            await self._db.sign_ins.insert_one({"account": account, "at": at, "desk": desk, "zones": ""})

    async def here(self) -> None:
        with speaking():
            # The server's own time, whatever this desk's clock says.
            await self._db.carriers.update_one({"_id": self._carrier}, [{"$set": {"at": _NOW}}], upsert=True)

    async def gone(self) -> None:
        with speaking():
            await self._db.carriers.delete_one({"_id": self._carrier})


def _wish_in(change: Document) -> Wish:
    return wish_of(change["fullDocument"])
