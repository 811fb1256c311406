"""Bookings, cars and people as MongoDB keeps them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import pymongo
from bson import Regex
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from engine.adapters.fewer_questions import Remembered, Together
from engine.adapters.mongo.agreements.book import find_agreements
from engine.adapters.mongo.branch_rules import Known
from engine.adapters.mongo.client import TRANSACTION_S, Client, Database, Document, database, session_of, speaking
from engine.adapters.mongo.codec.bookings import WHOLE, BookingSource, news_document
from engine.adapters.mongo.codec.documents import audit_document, branch_of, car_of, renter_of
from engine.adapters.mongo.codec.reading import MOST_MINOR, must, read, sound, split
from engine.adapters.mongo.codec.renter_files import found_file, found_files
from engine.adapters.mongo.codec.settings import read_revisions
from engine.adapters.mongo.fences import AT_ONCE, taken_at
from engine.adapters.mongo.queries.cars import car_filter, cars_meant, page_of
from engine.adapters.mongo.queries.listing import batches, counted, listed, meant
from engine.adapters.mongo.queries.manual_review import (
    carless,
    crossed,
    due,
    left_service,
    look_for_damage,
    needing_person,
    note_damaged,
)
from engine.adapters.mongo.queries.sought import forgiven, holds, in_order
from engine.adapters.mongo.queries.today import cars_now, due_today
from engine.adapters.mongo.schema.version import must_fit
from engine.adapters.mongo.transaction import MongoTransaction, replace_version
from engine.domain.agreement.agreement import Agreement
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.listing import COUNT_CAP, BookingRows, BookingSelection
from engine.domain.booking.today import CarNow, DayAsked, DaySection
from engine.domain.car.availability import Readiness
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import IN_SERVICE, Branch, BranchId, Car, CarId, CarStatus, Fuel, Transmission
from engine.domain.car.catalogue import CarsAmong, CarsFound, CarsSought, CarWish, Facets
from engine.domain.counter.known import KnownCar
from engine.domain.firm.audit import AuditRow
from engine.domain.firm.freshness import Namespace, touched_by_booking
from engine.domain.firm.settings import FirmSettings, Revision, settings_at
from engine.domain.health.backup import Epoch
from engine.domain.people.people import Renter, RenterId
from engine.domain.people.renter_errors import RenterBlocked
from engine.domain.people.renters import RenterFile
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Contended, InvalidText, NotFound, Overtaken, RuleBroken
from engine.domain.shared.sought import Sought
from engine.domain.shared.text import search_key
from engine.ports.bookings import Transaction
from engine.ports.leases import Turn
from engine.ports.local import Cache

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

#: A daily rate that is one; null is left out of the lowest and the highest.
_RATE: Document = {
    "$cond": [
        {
            "$and": [
                {"$in": [{"$type": "$daily_rate.minor"}, ["int", "long"]]},
                {"$lte": ["$daily_rate.minor", MOST_MINOR]},
            ]
        },
        "$daily_rate.minor",
        None,
    ]
}
#: A rush for one renter asks for the row once; a block made elsewhere is known before anybody could telephone.
_RENTERS_FOR_S = 0.5
_NAMES, _BODIES = ("plate", "brand", "model", "body"), frozenset(BodyType)
#: In one question.
_MOST_RENTERS = 64
SNAPSHOT = ReadConcern("snapshot")
MAJORITY = WriteConcern(w="majority")


class MongoStore:
    """The port ``Store``; *client* stays the caller's to close."""

    def __init__(
        self, client: Client, name: str, cache: Cache, source: BookingSource = WHOLE, epoch: Epoch | None = None
    ) -> None:
        """*source* is what the account reads bookings from, *epoch* the last restore of the database."""
        self._client = client
        self._cache = cache
        self._db: Database = database(client, name)
        self._epoch = epoch
        self._source, self._readable = source, self._db[source.name]
        self._known: Known = {}
        self._settings: Remembered[str, list[Revision]] = Remembered()
        self._files: Remembered[RenterId, RenterFile] = Remembered(_RENTERS_FOR_S)
        self._renters: Together[RenterId, RenterFile] = Together(self._files_of, _MOST_RENTERS)

    async def transact(self, change: Callable[[Transaction], Awaitable[T]], turn: Turn | None = None) -> T:
        touched: set[Namespace] = set()
        committed: Turn | None = None
        try:
            with speaking(), pymongo.timeout(TRANSACTION_S):
                async with session_of(self._client) as session:
                    done = await session.with_transaction(
                        lambda running: change(MongoTransaction(self._db, running, touched, self._known, self._epoch)),
                        read_concern=SNAPSHOT,
                        write_concern=MAJORITY,
                    )
            committed = turn
        except (RuleBroken, Contended, Overtaken):
            touched.clear()  # refused: nothing was committed
            raise
        finally:
            # After the commit; also when nobody knows whether there was one.
            await self._cache.bump(touched, committed)
        return done

    async def replace(self, booking: Booking) -> None:
        await self.transact(lambda work: work.replace(booking))

    async def put_aside(self, booking: Booking) -> None:
        try:
            with speaking():
                await must_fit(self._db)
                await replace_version(self._db, booking)
            # Of a row that is not believed even the times may be none, which no news may have.
            with suppress(InvalidText), speaking():
                await self._db.news.insert_one(news_document(booking))
        finally:
            await self._cache.bump(touched_by_booking(booking))

    async def booking(self, booking_id: BookingId) -> Booking:
        with speaking():
            found = await self._readable.find_one({"_id": booking_id})
        if found is None:
            raise NotFound("booking", booking_id)
        return must("bookings", found, self._source.read)

    async def asked(self, intent_key: str) -> BookingId | None:
        with speaking():
            found = await self._db.bookings.find_one({"intent_key": intent_key}, {"_id": 1})
        return BookingId(found["_id"]) if found else None

    async def bookings_among(self, booking_ids: Collection[BookingId]) -> list[Booking]:
        with speaking():
            found = await self._readable.find({"_id": {"$in": list(booking_ids)}}).to_list()
        return sound("bookings", found, self._source.read)

    async def bookings(self, chosen: BookingSelection) -> list[Booking | Damaged]:
        return await listed(self._db, self._source, chosen)

    async def count_bookings(self, chosen: BookingSelection) -> int:
        return await counted(self._db[self._source.to_count(chosen)], chosen)

    async def bookings_meant(self, chosen: BookingSelection, text: str) -> Sought:
        return await meant(self._db, self._source, chosen, text)

    def booking_batches(self, chosen: BookingSelection, size: int, most: int) -> AsyncIterator[list[Booking | Damaged]]:
        return batches(self._db, self._source, chosen, size, most)

    async def due_today(self, asked: DayAsked) -> tuple[DaySection, ...]:
        return await due_today(self._db, asked)

    async def cars_now(self, car_ids: Collection[CarId]) -> Mapping[CarId, CarNow]:
        return await cars_now(self._db, car_ids)

    async def agreed(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Agreement]:
        return await find_agreements(self._db, booking_ids)

    async def unsettled(self, now: datetime, limit: int) -> list[BookingId]:
        with speaking():
            return await due(self._db, now, limit)

    async def needing_person(self, now: datetime, offset: int, limit: int) -> BookingRows[Booking | Damaged]:
        with speaking():
            return await needing_person(self._db, now, offset, limit)

    async def carless(self, now: datetime) -> list[Booking | Damaged]:
        with speaking():
            return await carless(self._db, now)

    async def crossed(self, now: datetime) -> list[Booking | Damaged]:
        with speaking():
            return await crossed(self._db, now)

    async def left_service(self, car_ids: Collection[CarId]) -> Mapping[CarId, datetime]:
        with speaking():
            return await left_service(self._db, car_ids)

    async def look_for_damage(self, last: str, size: int) -> tuple[list[Damaged], str]:
        with speaking():
            return await look_for_damage(self._db, last, size)

    async def note_damaged(self, booking_id: str, reason: str, at: datetime) -> None:
        with speaking():
            await must_fit(self._db)
            await note_damaged(self._db, booking_id, reason, at)

    async def note_round(self, name: str, by: str, desk: str, at: datetime, count: int) -> None:
        told = {"by": by, "desk": desk, "at": at, "count": count}
        with speaking():
            await must_fit(self._db)
            await self._db.rounds.update_one({"_id": name}, {"$set": told}, upsert=True)

    async def last_round(self, name: str) -> datetime | None:
        with speaking():
            found = await self._db.rounds.find_one({"_id": name}, {"at": 1})
        at = (found or {}).get("at")
        return at if isinstance(at, datetime) else None

    async def branches(self) -> list[Branch]:
        with speaking():
            found = sound("branches", await self._db.branches.find(batch_size=AT_ONCE).to_list(), branch_of)
        return sorted(found, key=lambda branch: (search_key(branch.name), branch.id))

    async def settings(self, at: datetime) -> FirmSettings:
        return settings_at(await self._settings.get("firm", self._read_settings), at)

    async def _read_settings(self, _key: str) -> list[Revision]:
        with speaking():
            revisions, _ = await read_revisions(self._db)
        return revisions

    async def facets(self, branch_id: BranchId) -> Facets:
        pipeline: list[Document] = [
            {"$match": {"branch_id": branch_id, "status": CarStatus.ACTIVE}},
            {
                "$group": {
                    "_id": None,
                    "brands": {"$addToSet": "$brand"},
                    "bodies": {"$addToSet": "$body"},
                    "fuels": {"$addToSet": "$fuel"},
                    "transmissions": {"$addToSet": "$transmission"},
                    "seats": {"$addToSet": "$seats"},
                    "low": {"$min": _RATE},
                    "high": {"$max": _RATE},
                    "currency": {"$first": "$daily_rate.currency"},
                }
            },
        ]
        with speaking():
            found = await (await self._db.cars.aggregate(pipeline)).to_list(1)
        return _facets(found[0]) if found else Facets()

    async def free_cars(self, wish: CarWish, ready: Readiness, now: datetime, offset: int, limit: int) -> CarsFound:
        with speaking():
            taken = await taken_at(self._db, wish, ready, now)
            fitting, slip = await car_filter(self._db, wish)
            pipeline: list[Document] = [
                {
                    "$match": {
                        **fitting,
                        "status": CarStatus.ACTIVE,
                        "_id": {"$nin": taken.ids},
                    }
                },
                page_of(wish.order, offset, limit),
            ]
            found = (await (await self._db.cars.aggregate(pipeline)).to_list(1))[0]
        total = found["count"][0]["total"] if found["count"] else 0
        cars, damaged = split("cars", found["rows"], car_of)
        return CarsFound(tuple(cars), total, tuple(damaged), slip)

    async def car(self, car_id: CarId) -> Car:
        with speaking():
            found = await self._db.cars.find_one({"_id": car_id})
        if found is None:
            raise NotFound("car", car_id)
        return must("cars", found, car_of)

    async def names(self, branch_id: BranchId, limit: int) -> list[KnownCar]:
        wanted = {"branch_id": branch_id, "status": {"$in": sorted(IN_SERVICE)}}
        with speaking():
            found = await self._db.cars.find(wanted, dict.fromkeys(_NAMES, 1), batch_size=limit).limit(limit).to_list()
        sound = (each for each in found if all(isinstance(each.get(name), str) for name in ("_id", *_NAMES)))
        return [
            KnownCar(CarId(each["_id"]), each["plate"], each["brand"], each["model"], BodyType(each["body"]))
            for each in sound
            if each["body"] in _BODIES
        ]

    async def cars_sought(self, text: str, among: CarsAmong, limit: int) -> CarsSought:
        wanted: Document = {"status": CarStatus.ACTIVE} if among.rentable else {}
        wanted |= {"owner_id": among.owner_id} if among.owner_id is not None else {}
        with speaking():
            told = await cars_meant(self._db, text, wanted)
            asked = {"$and": [wanted, holds("parts", told)]}
            found = await in_order(self._db.cars, asked, [("order", 1), ("_id", 1)], 0, limit)
            total = await self._db.cars.count_documents(asked, limit=COUNT_CAP)
        return CarsSought(tuple(read("cars", document, car_of) for document in found), total, told.slip)

    async def renter(self, renter_id: RenterId) -> Renter:
        with speaking():
            return (await found_file(self._db, renter_id)).renter

    async def bookable(self, renter_id: RenterId, now: datetime) -> Renter:
        file = await self._files.get(renter_id, self._renters.answer)
        if block := file.blocked_at(now):
            raise RenterBlocked(file.id, block)
        return file.renter

    async def _files_of(self, renter_ids: Sequence[RenterId]) -> Sequence[RenterFile | Exception]:
        with speaking():
            if len(renter_ids) == 1:
                return [await found_file(self._db, renter_ids[0])]
            return await found_files(self._db, renter_ids)

    def forget_renters(self) -> None:
        """Somebody at this desk changed one: the next booking asks the database."""
        self._files.forget()

    async def renters(self, beginnings: Sequence[str], limit: int) -> list[Renter | Damaged]:
        wanted = {"keys": {"$in": [Regex(f"^{re.escape(beginning)}") for beginning in beginnings]}}
        with speaking():
            # In the order of the index: the first few are found without looking at all that fit.
            found = await self._db.renters.find(wanted).hint("keys").limit(limit).to_list()
        return [read("renters", document, renter_of) for document in found]

    async def renters_sought(self, wanted: Sought, limit: int) -> list[Renter | Damaged]:
        with speaking():
            found = await self._db.renters.find(holds("parts", wanted)).limit(limit).to_list()
        return [read("renters", document, renter_of) for document in found]

    async def count_renters(self, wanted: Sought) -> int:
        with speaking():
            return await self._db.renters.count_documents(holds("parts", wanted), limit=COUNT_CAP)

    async def renter_ids(self, wanted: Sought, limit: int) -> tuple[RenterId, ...]:
        with speaking():
            cursor = self._db.renters.find(holds("parts", wanted), {"_id": 1}, batch_size=limit + 1)
            found = await cursor.limit(limit).to_list()
        return tuple(RenterId(each["_id"]) for each in found if isinstance(each["_id"], str))

    async def telephones(self, renter_ids: Collection[RenterId]) -> Mapping[RenterId, str]:
        with speaking():
            found = await self._db.renters.find({"_id": {"$in": sorted(renter_ids)}}, {"phone": 1}).to_list()
        return {RenterId(each["_id"]): each["phone"] for each in found if isinstance(each.get("phone"), str)}

    async def renters_meant(self, text: str) -> Sought:
        with speaking():
            return await forgiven(self._db.renters, "parts", text)

    async def audit(self, row: AuditRow) -> None:
        with speaking():
            await must_fit(self._db)
            await self._db.audit.insert_one(audit_document(row))


def _facets(found: Document) -> Facets:
    return Facets(
        brands=tuple(sorted((each for each in found["brands"] if isinstance(each, str)), key=search_key)),
        bodies=_known(BodyType, found["bodies"]),
        fuels=_known(Fuel, found["fuels"]),
        transmissions=_known(Transmission, found["transmissions"]),
        seats=tuple(sorted(int(each) for each in found["seats"] if isinstance(each, int))),
        daily_minor=(int(found["low"] or 0), int(found["high"] or 0)),
        currency=found["currency"] if isinstance(found["currency"], str) else Facets().currency,
    )


def _known(kind: type[E], values: list[object]) -> tuple[E, ...]:
    """Those that this version knows; a newer one may have stored others."""
    return tuple(each for each in sorted(kind) if each in values)
