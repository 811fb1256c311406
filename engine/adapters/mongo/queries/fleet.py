"""Cars as their owners see them: pages of a fleet, and what each car is promised for."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from bson import MinKey

from engine.adapters.mongo.client import Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.documents import Claimed, booked, booked_ids, car_of, claims_of
from engine.adapters.mongo.codec.reading import read, sound
from engine.adapters.mongo.fences import AT_ONCE
from engine.adapters.mongo.movements import coming_of
from engine.adapters.mongo.queries.cars import cars_meant
from engine.adapters.mongo.queries.manual_review import booked_across
from engine.adapters.mongo.queries.sought import holds, in_order
from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import ClaimKind
from engine.domain.car.car import CarId, CarStatus, OwnerId
from engine.domain.car.fleet import MOST_TOLD, FleetOrder, FleetOwner, FleetQuery, FleetRow, FleetRows, Outlook
from engine.domain.firm.settings import BEGINNING
from engine.domain.people.people import Role
from engine.domain.shared.damage import Damaged
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import search_key, search_words

_ORDERS: dict[FleetOrder, Document] = {
    FleetOrder.NAME: {"order": 1, "_id": 1},
    FleetOrder.PLATE: {"plate_key": 1, "_id": 1},
    FleetOrder.PRICE: {"daily_rate.minor": 1, "_id": 1},
    FleetOrder.PRICE_DOWN: {"daily_rate.minor": -1, "_id": 1},
    FleetOrder.NEWEST: {"year": -1, "_id": 1},
    FleetOrder.ODOMETER: {"odometer_km": -1, "_id": 1},
}
#: A list: what is looked up in it may be no key of a set.
_STATUSES = list(CarStatus)
_IDLE = [status for status in CarStatus if status is not CarStatus.ACTIVE]


class MongoFleet:
    """The port ``FleetStore``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str, bookings: str = "bookings") -> None:
        """*bookings* is what the account reads bookings from: the collection, or a view of it."""
        self._db: Database = database(client, name)
        self._bookings = self._db[bookings]

    async def fleet(self, query: FleetQuery, now: datetime) -> FleetRows:
        mine: Document = {} if query.owner_id is None else {"owner_id": query.owner_id}
        with speaking():
            idle, crossed, statuses = await asyncio.gather(
                self._to_move(query.owner_id), self._crossed(query.owner_id, now), self._statuses(mine)
            )
            to_move = [*idle, *(car for car in crossed if car not in idle)]
            narrowed = {**mine, **_filter(query)}
            if query.to_move:
                narrowed["_id"] = {"$in": to_move}
            if query.out:
                narrowed = {"$and": [narrowed, {"_id": {"$in": await self._out(query.owner_id)}}]}
            wanted, slip = await self._wanted(query, narrowed)
            found, total = await asyncio.gather(self._page(query, wanted), self._total(query, wanted, statuses))
            ids = [document["_id"] for document in found]
            fences = await self._db.fences.find({"_id": {"$in": ids}}, {"claims": 1}, batch_size=AT_ONCE).to_list()
        claims = {fence["_id"]: claims_of(fence) for fence in fences}
        return FleetRows(
            rows=tuple(_row(each, claims.get(each["_id"], []), crossed.get(each["_id"], 0)) for each in found),
            total=total,
            statuses=MappingProxyType({CarStatus(each): statuses[each] for each in _STATUSES if each in statuses}),
            to_move=len(to_move),
            slip=slip,
        )

    async def _wanted(self, query: FleetQuery, narrowed: Document) -> tuple[Document, bool]:
        """With what is spelt as typed, or else what differs from it by one slip; whether it does."""
        if not search_words(query.text):
            return narrowed, False
        meant = await cars_meant(self._db, query.text, narrowed)
        return {"$and": [narrowed, holds("parts", meant)]}, meant.slip

    async def _page(self, query: FleetQuery, wanted: Document) -> list[Document]:
        order = list(_ORDERS[query.order].items())
        if search_words(query.text):
            return await in_order(self._db.cars, wanted, order, query.offset, query.limit)
        cursor = self._db.cars.find(wanted).sort(order).skip(query.offset).limit(query.limit)
        return await cursor.batch_size(query.limit + 1).to_list()

    async def _total(self, query: FleetQuery, wanted: Document, statuses: Mapping[str, int]) -> int:
        """What *statuses* tell is not counted anew: the firm's list of all cars would read each of them."""
        if search_words(query.text) or query.branch_id is not None or query.to_move or query.out:
            return await self._db.cars.count_documents(wanted)
        return sum(cars for each, cars in statuses.items() if not query.statuses or each in query.statuses)

    async def _statuses(self, mine: Document) -> dict[str, int]:
        """Of each standing, also of those that this version does not know, by an index that has all of it."""
        pipeline: list[Document] = [
            {"$match": {"status": {"$gte": MinKey()}, **mine}},
            {"$group": {"_id": "$status", "cars": {"$sum": 1}}},
        ]
        found = await (await self._db.cars.aggregate(pipeline, hint="status_owner")).to_list()
        told: Counter[str] = Counter()
        for each in found:
            told[each["_id"] if isinstance(each["_id"], str) else ""] += each["cars"]
        return told

    async def _to_move(self, owner_id: OwnerId | None) -> list[str]:
        """Cars not for rent that bookings count on."""
        wanted: Document = {"status": {"$in": _IDLE}, "claims.kind": ClaimKind.BOOKING}
        if owner_id is not None:
            wanted["terms.owner_id"] = owner_id
        return [fence["_id"] for fence in await self._db.fences.find(wanted, {"_id": 1}, batch_size=AT_ONCE).to_list()]

    async def _crossed(self, owner_id: OwnerId | None, now: datetime) -> dict[str, int]:
        """Cars for rent -> how many bookings a service is planned across."""
        across = booked_across(now, self._bookings.name, owner_id=owner_id)
        pipeline: list[Document] = [*across, {"$group": {"_id": "$car_id", "bookings": {"$sum": 1}}}]
        found = await (await self._db.movements.aggregate(pipeline, batchSize=AT_ONCE)).to_list()
        return {each["_id"]: each["bookings"] for each in found}

    async def _out(self, owner_id: OwnerId | None) -> list[str]:
        """Cars that a renter has, as ``FleetRow.out`` says of one."""
        if owner_id is None:
            return await self._all_out()
        wanted: Document = {"terms.owner_id": owner_id, "claims.out": True}
        return [fence["_id"] for fence in await self._db.fences.find(wanted, {"_id": 1}, batch_size=AT_ONCE).to_list()]

    async def _all_out(self) -> list[str]:
        """Of the whole firm: by the bookings, of which an index has all that is asked."""
        out: Document = {"state": BookingState.OUT, "starts_at": {"$gt": BEGINNING}}
        pipeline: list[Document] = [{"$match": out}, {"$group": {"_id": "$car_id"}}]
        rows = await (await self._db.bookings.aggregate(pipeline, hint="blocking_time", batchSize=AT_ONCE)).to_list()
        return [row["_id"] for row in rows if isinstance(row["_id"], str)]

    async def outlook(self, car_id: CarId) -> Outlook:
        with speaking():
            fence = await self._db.fences.find_one({"_id": car_id}, {"claims": 1})
            claims = booked(fence) if fence else []
            first = [claim.id for claim in claims[:MOST_TOLD]]
            shown = {"starts_at": 1, "ends_at": 1, "zone": 1, "state": 1}
            found = await self._bookings.find({"_id": {"$in": first}}, shown).to_list()
        every = claims_of(fence or {})
        coming = sorted(sound("bookings", found, coming_of), key=lambda each: each.period.starts_at)
        return Outlook(tuple(coming), frozenset(map(BookingId, booked_ids(fence or {}))), _away(every), _is_out(every))

    async def owners(self) -> list[FleetOwner]:
        with speaking():
            accounts = {"role": Role.OWNER, "owner_id": {"$type": "string"}}
            people = await self._db.people.find(accounts, {"owner_id": 1, "name": 1}, batch_size=AT_ONCE).to_list()
            ids = await self._db.cars.distinct("owner_id")
        named = {each["owner_id"]: each["name"] for each in people if isinstance(each.get("name"), str)}
        names = dict.fromkeys((each for each in ids if isinstance(each, str)), "") | named
        owners = [FleetOwner(OwnerId(owner_id), name or owner_id) for owner_id, name in names.items()]
        return sorted(owners, key=lambda owner: (search_key(owner.name), owner.id))


def _filter(query: FleetQuery) -> Document:
    wanted: Document = {}
    if query.statuses:
        wanted["status"] = {"$in": sorted(query.statuses)}
    if query.branch_id is not None:
        wanted["branch_id"] = query.branch_id
    return wanted


def _row(document: Document, claims: list[Claimed], crossed: int) -> FleetRow | Damaged:
    car = read("cars", document, car_of)
    if isinstance(car, Damaged):
        return car
    coming = [claim for claim in claims if claim.kind is ClaimKind.BOOKING]
    first = next((claim for claim in coming if claim.taken.out), coming[0] if coming else None)
    period = None if first is None else first.taken.period
    return FleetRow(car, len(coming), period, _away(claims), crossed, _is_out(claims))


def _is_out(claims: Iterable[Claimed]) -> bool:
    return any(claim.taken.out for claim in claims)


def _away(claims: Iterable[Claimed]) -> tuple[RentalPeriod, ...]:
    return tuple(claim.taken.period for claim in claims if claim.kind is ClaimKind.MOVEMENT)
