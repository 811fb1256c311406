"""Payments that a restored database lacks, and whether they were looked for: the ``RestoredBook`` of the services."""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo_client import Client, Document, database, speaking
from engine.adapters.mongo_deployment import LOOKED, MongoDeployment
from engine.adapters.mongo_documents import money_document
from engine.domain.backup import Epoch
from engine.domain.booking import BookingId
from engine.domain.errors import NotFound
from engine.domain.money import Money
from engine.domain.payment import Stay
from engine.domain.period import RentalPeriod
from engine.domain.restored import Outcome, RestoredPayment


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
        with speaking():
            found = self._db.restored_payments.find({"outcome": Outcome.OPEN}).sort([("found_at", 1), ("_id", 1)])
            return [restored_of(row) for row in await found.skip(offset).limit(limit).to_list()]

    async def count_open(self) -> int:
        with speaking():
            return await self._db.restored_payments.count_documents({"outcome": Outcome.OPEN})

    async def payment(self, payment_intent: str) -> RestoredPayment:
        with speaking():
            found = await self._db.restored_payments.find_one({"_id": payment_intent})
        if found is None:
            raise NotFound("payment", payment_intent)
        return restored_of(found)


def restored_document(payment: RestoredPayment) -> Document:
    stay = payment.stay
    told: Document = {
        "_id": payment.payment_intent,
        "session_id": payment.session_id,
        "booking_id": payment.booking_id,
        "attempt": payment.attempt,
        "amount": money_document(payment.amount),
        "expires_at": payment.expires_at,
        "found_at": payment.found_at,
        "claimed": payment.claimed,
        "outcome": payment.outcome,
    }
    if payment.paid_at is not None:
        told["paid_at"] = payment.paid_at
    if stay is not None:
        period = {"starts_at": stay.period.starts_at, "ends_at": stay.period.ends_at}
        told["stay"] = {"car_id": stay.car_id, **period, "rate": money_document(stay.rate)}
    return told


def restored_of(row: Document) -> RestoredPayment:
    stay = row.get("stay")
    return RestoredPayment(
        row["_id"],
        row["session_id"],
        BookingId(row["booking_id"]),
        row["attempt"],
        _money(row["amount"]),
        row["expires_at"],
        Stay(stay["car_id"], RentalPeriod(stay["starts_at"], stay["ends_at"]), _money(stay["rate"])) if stay else None,
        row["found_at"],
        row["claimed"],
        Outcome(row["outcome"]),
        row.get("paid_at"),
    )


def _stay(told: Document) -> Stay:
    return Stay(told["car_id"], RentalPeriod(told["starts_at"], told["ends_at"]), _money(told["rate"]))


def _money(told: Document) -> Money:
    return Money(told["minor"], told["currency"])
