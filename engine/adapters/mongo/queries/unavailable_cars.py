"""Cars that cannot be had: asked of the fences, which is where claiming looks too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from engine.adapters.mongo.client import Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.documents import Claimed, car_of, claims_of
from engine.adapters.mongo.codec.reading import Fields, must, read, sound, split
from engine.adapters.mongo.fences import AT_ONCE, taken_at
from engine.adapters.mongo.queries.cars import car_filter, page_of
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import Claim, ClaimedBy, ClaimKind, Readiness, TakenRows
from engine.domain.car.car import Car, CarId, CarStatus
from engine.domain.car.catalogue import CarWish
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import NotFound


class MongoTaken:
    """The port ``TakenCars``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str, bookings: str = "bookings") -> None:
        """*bookings* is where the account may read how a claim stands: the collection, or a view of it."""
        self._db: Database = database(client, name)
        self._bookings = self._db[bookings]

    async def taken(self, wish: CarWish, ready: Readiness, now: datetime, offset: int, limit: int) -> TakenRows:
        with speaking():
            away = await taken_at(self._db, wish, ready, now)
            ids = away.ids
            fitting, _ = await car_filter(self._db, wish)
            status = {"$in": [CarStatus.ACTIVE, CarStatus.MAINTENANCE]}
            pipeline = [
                {"$match": {**fitting, "status": status, "_id": {"$in": ids}}},
                page_of(wish.order, offset, limit),
            ]
            found = (await (await self._db.cars.aggregate(pipeline)).to_list(1))[0]
            cars, damaged = split("cars", found["rows"], car_of)
            total = found["count"][0]["total"] if found["count"] else 0
            if not cars:
                return TakenRows(total=total, damaged=tuple(damaged))
            claims = await self._claims([car.id for car in cars], now)
            instead = await self._instead(wish, cars, ids)
            return TakenRows(tuple(cars), total, claims, instead, tuple(damaged), frozenset(away.elsewhere))

    async def calendar(self, car_id: CarId, now: datetime) -> tuple[Car, tuple[Claim, ...]]:
        with speaking():
            found = await self._db.cars.find_one({"_id": car_id})
            if found is None:
                raise NotFound("car", car_id)
            claims = await self._claims([car_id], now)
        return must("cars", found, car_of), claims.get(car_id, ())

    async def _claims(self, ids: Sequence[CarId], now: datetime) -> dict[CarId, tuple[Claim, ...]]:
        """What the fences of *ids* hold, with the state of each booking."""
        fences = await self._db.fences.find({"_id": {"$in": list(ids)}}, {"claims": 1}).to_list()
        claims = {fence["_id"]: claims_of(fence) for fence in fences}
        wanted = [claim.id for each in claims.values() for claim in each if claim.kind is ClaimKind.BOOKING]
        kept = {"state": 1, "hold_until": 1, "booked_by": 1}
        cursor = self._bookings.find({"_id": {"$in": wanted}}, kept, batch_size=AT_ONCE)
        bookings = {row["_id"]: row for row in await cursor.to_list()}
        return {CarId(car_id): _in_order(each, bookings, now) for car_id, each in claims.items()}

    async def _instead(self, wish: CarWish, cars: Iterable[Car], taken: list[CarId]) -> dict[CarId, Car]:
        """One free car for each body type and rate is enough to choose the nearest from."""
        free = {
            "branch_id": wish.branch_id,
            "status": CarStatus.ACTIVE,
            "body": {"$in": sorted({car.body for car in cars})},
            "_id": {"$nin": taken},
        }
        groups: list[Document] = [
            {"$match": free},
            {"$group": {"_id": {"body": "$body", "minor": "$daily_rate.minor"}, "car": {"$min": "$_id"}}},
        ]
        found = await (await self._db.cars.aggregate(groups, batchSize=AT_ONCE)).to_list()
        rates = [(row["_id"], row["car"]) for row in found if isinstance(row["_id"].get("minor"), int)]
        nearest: dict[CarId, CarId] = {}
        for car in cars:
            same = [
                (abs(rate["minor"] - car.daily_rate.minor), rate["minor"], free_id)
                for rate, free_id in rates
                if rate["body"] == car.body
            ]
            if same:
                nearest[car.id] = min(same)[2]
        chosen = {"_id": {"$in": sorted(set(nearest.values()))}}
        known = {car.id: car for car in sound("cars", await self._db.cars.find(chosen).to_list(), car_of)}
        return {car_id: known[free_id] for car_id, free_id in nearest.items() if free_id in known}


def _in_order(claims: Iterable[Claimed], bookings: dict[str, Document], now: datetime) -> tuple[Claim, ...]:
    return tuple(_claim(claim, bookings.get(claim.id), now) for claim in claims)


def _claim(claim: Claimed, booking: Document | None, now: datetime) -> Claim:
    """A booking that was written after the fence was read, or cannot be read, is told as any other that blocks."""
    if claim.kind is not ClaimKind.BOOKING:
        return Claim(claim.id, claim.kind, claim.taken)
    by = read("bookings", booking, _claimed_by) if booking is not None else None
    if by is None or isinstance(by, Damaged):
        by = ClaimedBy(BookingState.CONFIRMED, now, AccountName(""))
    return Claim(claim.id, claim.kind, claim.taken, by)


def _claimed_by(document: Document) -> ClaimedBy:
    row = Fields(document)
    state, until = row.choice("state", BookingState), row.moment("hold_until")
    return ClaimedBy(state, until, AccountName(row.maybe("booked_by") if row.has("booked_by") else ""))
