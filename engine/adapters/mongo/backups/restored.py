"""Payments that a restored database lacks, and whether they were looked for: the port ``RestoredBook``."""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Client, database, speaking
from engine.adapters.mongo.codec.payments import restored_of
from engine.adapters.mongo.codec.reading import must, sound
from engine.adapters.mongo.deployment import LOOKED, MongoDeployment
from engine.domain.booking.restored import Outcome, RestoredPayment
from engine.domain.health.backup import Epoch
from engine.domain.shared.errors import NotFound

_NAME = "restored_payments"


class MongoRestored:
    def __init__(self, client: Client, name: str) -> None:
        self._db = database(client, name)
        self._deployment = MongoDeployment(client, name)

    async def epoch(self) -> Epoch | None:
        return await self._deployment.epoch()

    async def looking_back(self) -> datetime | None:
        return await self._deployment.looking_back()

    async def note_looked(self, epoch: Epoch, by: str, at: datetime) -> None:
        with speaking():
            try:
                await self._db.deployment.insert_one({"_id": f"{LOOKED}{epoch.id}", "by": by, "at": at})
            except DuplicateKeyError:
                return  # somebody else looked at the same time

    async def open_payments(self, offset: int = 0, limit: int = 0) -> list[RestoredPayment]:
        """The oldest first. Rows that cannot be read are left out; the doctor's *rows* tells those."""
        with speaking():
            found = self._db.restored_payments.find({"outcome": Outcome.OPEN}).sort([("found_at", 1), ("_id", 1)])
            return sound(_NAME, await found.skip(offset).limit(limit).to_list(), restored_of)

    async def count_open(self) -> int:
        with speaking():
            return await self._db.restored_payments.count_documents({"outcome": Outcome.OPEN})

    async def payment(self, payment_intent: str) -> RestoredPayment:
        with speaking():
            found = await self._db.restored_payments.find_one({"_id": payment_intent})
        if found is None:
            raise NotFound("payment", payment_intent)
        return must(_NAME, found, restored_of)
