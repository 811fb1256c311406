"""An owner's books read for the copy on this computer: by months, all of one moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Client, Database, Document, database, session_of, speaking
from engine.adapters.mongo.codec.documents import car_of
from engine.adapters.mongo.codec.owner_rows import RENTAL_FIELDS, RENTAL_SHAPE, posting_of, rental_or_line
from engine.adapters.mongo.codec.reading import EARLIEST, LATEST, dated, sound
from engine.adapters.mongo.images import MongoImages
from engine.adapters.mongo.queries.earnings import MongoEarnings
from engine.adapters.mongo.queries.owner_sums import PAID, owned
from engine.domain.car.car import OwnerId
from engine.domain.reports.copying import BOOKINGS, LEDGER, StoredFleet, kept_since
from engine.domain.reports.owner_books import Posting, Rental
from engine.domain.reports.report_period import milliseconds
from engine.ports.local import Clock

_MOST_CARS = 5_000
_BATCH = 20_000
_PICTURES = 100
_YEAR = 12
_TIMES = {LEDGER: "at", BOOKINGS: "created_at"}


class MongoCopySource:
    """The ``Source`` of ``services.copying``."""

    def __init__(self, client: Client, name: str, clock: Clock, earnings: MongoEarnings) -> None:
        self._client, self._clock, self._earnings = client, clock, earnings
        self._db = database(client, name)
        self._images = MongoImages(client, name)

    @asynccontextmanager
    async def moment(self, owner_id: OwnerId) -> AsyncIterator[MongoMoment]:
        with speaking():
            async with session_of(self._client, snapshot=True) as session:
                yield MongoMoment(self._db, session, owner_id, self._clock.now(), self._earnings)

    async def zone(self, owner_id: OwnerId) -> str:
        return await self._earnings.zone(owner_id)

    async def thumbnails(self, image_ids: list[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for at in range(0, len(image_ids), _PICTURES):
            found |= await self._images.thumbnails(image_ids[at : at + _PICTURES])
        return found


class MongoMoment:
    """Everything is read in one snapshot: a payment is there with its booking or not at all."""

    def __init__(
        self, db: Database, session: AsyncClientSession, owner_id: OwnerId, now: datetime, earnings: MongoEarnings
    ) -> None:
        self._db, self._session, self._owner, self._now, self._earnings = db, session, owner_id, now, earnings
        self._kept_from = f"{kept_since(now):%Y-%m}"

    @property
    def as_of(self) -> int:
        return milliseconds(self._now)

    async def epoch(self) -> str:
        found = await self._db.deployment.find_one({"_id": "epoch"}, session=self._session)
        return found["epoch"] if found else ""

    async def prints(self, kind: str) -> dict[str, str]:
        """Month -> what tells its rows from other rows: their number, and the sum of amounts or of versions."""
        added = "$amount.minor" if kind == LEDGER else "$version"
        month = {"$dateToString": {"format": "%Y-%m", "date": f"${_TIMES[kind]}"}}
        pipeline: list[Document] = [
            {
                "$match": {
                    **self._whose(kind),
                    _TIMES[kind]: {"$gte": EARLIEST, "$lt": LATEST},
                    **dated(_TIMES[kind]),
                }
            },
            {"$group": {"_id": month, "n": {"$sum": 1}, "sum": {"$sum": added}}},
        ]
        there = self._db.ledger if kind == LEDGER else self._earnings.bookings
        rows = await there.aggregate(pipeline, session=self._session, batchSize=_BATCH)
        found = {row["_id"]: f"{row['n']}:{row['sum']}" for row in await rows.to_list()}
        if kind == BOOKINGS:
            kept = {True: RENTAL_SHAPE, False: f"{RENTAL_SHAPE}:paid"}
            found = {month: f"{mark}:{kept[self._whole(month)]}" for month, mark in found.items()}
        return found

    async def postings(self, month: str) -> list[Posting]:
        rows = self._db.ledger.find(self._within(LEDGER, month), session=self._session).batch_size(_BATCH)
        return sound("ledger", await rows.to_list(), posting_of)

    async def rentals(self, month: str) -> list[Rental]:
        wanted = self._within(BOOKINGS, month)
        if not self._whole(month):
            wanted = {"$and": [wanted, PAID]}
        rows = self._earnings.bookings.find(wanted, RENTAL_FIELDS, session=self._session).batch_size(_BATCH)
        return [rental_or_line(document) for document in await rows.to_list()]

    async def fleet(self) -> StoredFleet:
        pipeline: list[Document] = [{"$match": {"owner_id": self._owner}}, {"$group": {"_id": "$car_id"}}]
        earned = await (await self._db.ledger.aggregate(pipeline, session=self._session, batchSize=_BATCH)).to_list()
        ids = sorted(row["_id"] for row in earned if isinstance(row["_id"], str))
        own = await self._earnings.cars(self._owner, ids, self._session)
        found = self._db.cars.find({"owner_id": self._owner}, session=self._session).sort("_id", 1).limit(_MOST_CARS)
        cars = sound("cars", await found.batch_size(_BATCH).to_list(), car_of)
        return StoredFleet(tuple(cars), own, await self._earnings.branches(self._session))

    def _whole(self, month: str) -> bool:
        return month >= self._kept_from

    def _within(self, kind: str, month: str) -> Document:
        year, number = map(int, month.split("-"))
        first = datetime(year, number, 1, tzinfo=UTC)
        after = datetime(year + number // _YEAR, number % _YEAR + 1, 1, tzinfo=UTC)
        return {**self._whose(kind), _TIMES[kind]: {"$gte": first, "$lt": after}}

    def _whose(self, kind: str) -> Document:
        return {"owner_id": self._owner} if kind == LEDGER else owned(self._owner)
