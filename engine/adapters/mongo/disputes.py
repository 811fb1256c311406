"""Payments that a bank takes back: the port ``DisputeBook``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Client, Document, database, speaking
from engine.adapters.mongo.codec.payments import dispute_document, dispute_of
from engine.adapters.mongo.codec.reading import sound
from engine.domain.money.dispute import Dispute

_AHEAD = timedelta(minutes=5)
_UNDECIDED: Document = {"over": False}


class MongoDisputes:
    def __init__(self, client: Client, name: str) -> None:
        self._db = database(client, name)

    async def note(self, dispute: Dispute) -> None:
        # A time well ahead was written past the program, and holds nothing up.
        earlier = [{"looked_at": {"$lte": dispute.looked_at}}, {"looked_at": {"$gt": dispute.looked_at + _AHEAD}}]
        wanted: Document = {"_id": dispute.facts.dispute_id, "$or": earlier}
        told = dispute_document(dispute)
        with speaking():
            try:
                await self._db.disputes.update_one(wanted, {"$set": told}, upsert=True)
            except DuplicateKeyError:
                return  # somebody asked Stripe later than we did

    async def known(self, dispute_ids: Collection[str]) -> dict[str, Dispute]:
        with speaking():
            rows = await self._db.disputes.find({"_id": {"$in": list(dispute_ids)}}).to_list()
        return {each.facts.dispute_id: each for each in sound("disputes", rows, dispute_of)}

    async def undecided(self, offset: int, limit: int) -> tuple[list[Dispute], int]:
        with speaking():
            cursor = self._db.disputes.find(_UNDECIDED).sort([("due_by", 1), ("_id", 1)])
            rows = await cursor.skip(offset).limit(limit).to_list()
            total = await self._db.disputes.count_documents(_UNDECIDED)
        return sound("disputes", rows, dispute_of), total

    async def longest_unasked(self, limit: int) -> list[Dispute]:
        with speaking():
            cursor = self._db.disputes.find(_UNDECIDED).sort([("looked_at", 1), ("_id", 1)]).limit(limit)
            return sound("disputes", await cursor.to_list(), dispute_of)
