"""Agreements as MongoDB keeps them, read; they are changed together with their bookings."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Client, Database, database, speaking
from engine.adapters.mongo.codec.agreements import agreement_of
from engine.adapters.mongo.codec.documents import read_km
from engine.adapters.mongo.codec.reading import read, sound
from engine.adapters.mongo.fences import AT_ONCE
from engine.domain.agreement.agreement import Agreement
from engine.domain.booking.booking import BookingId
from engine.domain.car.car import CarId
from engine.domain.shared.damage import Damaged


async def find_agreement(
    db: Database, booking_id: BookingId, session: AsyncClientSession | None = None
) -> Agreement | Damaged | None:
    found = await db.agreements.find_one({"_id": booking_id}, session=session)
    return None if found is None else read("agreements", found, agreement_of)


async def find_agreements(db: Database, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Agreement]:
    """In one question; none where nothing is asked for."""
    if not booking_ids:
        return {}
    with speaking():
        rows = await db.agreements.find({"_id": {"$in": sorted(booking_ids)}}, batch_size=AT_ONCE).to_list()
    return {each.booking_id: each for each in sound("agreements", rows, agreement_of)}


class MongoAgreements:
    """The port ``AgreementBook``."""

    def __init__(self, client: Client, name: str) -> None:
        self._db = database(client, name)

    async def agreement(self, booking_id: BookingId) -> Agreement | Damaged | None:
        with speaking():
            return await find_agreement(self._db, booking_id)

    async def read_last(self, car_id: CarId) -> int | None:
        with speaking():
            return read_km(await self._db.fences.find_one({"_id": car_id}, {"odometer_km": 1}) or {})
