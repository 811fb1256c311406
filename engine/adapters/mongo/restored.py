"""Payments that a restored database lacks, and whether they were looked for: the ``RestoredBook`` of the services."""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Client, Document, database, speaking
from engine.adapters.mongo.codec.reading import Fields, must, sound
from engine.adapters.mongo.codec.stored import money_document
from engine.adapters.mongo.deployment import LOOKED, MongoDeployment
from engine.domain.booking.booking import BookingId
from engine.domain.booking.restored import Outcome, RestoredPayment
from engine.domain.car.car import CarId
from engine.domain.health.backup import Epoch
from engine.domain.money.payment import Stay
from engine.domain.shared.errors import NotFound
from engine.domain.shared.period import RentalPeriod

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
    fields = Fields(row)
    stay = fields.part("stay") if fields.has("stay") else None
    return RestoredPayment(
        fields.text("_id"),
        fields.text("session_id"),
        BookingId(fields.text("booking_id")),
        fields.whole("attempt"),
        fields.money("amount"),
        fields.moment("expires_at"),
        _stay(stay) if stay else None,
        fields.moment("found_at"),
        fields.flag("claimed"),
        fields.choice("outcome", Outcome),
        fields.moment("paid_at") if fields.has("paid_at") else None,
    )


def _stay(told: Fields) -> Stay:
    period = RentalPeriod(told.moment("starts_at"), told.moment("ends_at"))
    return Stay(CarId(told.text("car_id")), period, told.money("rate"))
