"""An owner's books in MongoDB: added up there, at one moment, in a fixed number of commands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Client, Document, database, session_of, speaking
from engine.adapters.mongo.codec.owner_rows import RENTAL_FIELDS, car_of, posting_of, rental_or_line
from engine.adapters.mongo.codec.reading import SUMMABLE, sound
from engine.adapters.mongo.queries.owner_sums import (
    OF_ITS_CAR,
    SIGN,
    STANDING,
    asked_of,
    branch_of,
    counted,
    part_of,
    strays,
    told,
    without,
)
from engine.domain.car.car import OwnerId
from engine.domain.car.movement import MovementKind, MovementState
from engine.domain.money.ledger import LedgerKind
from engine.domain.reports.figure_sources import (
    COUNTED,
    Explanation,
    Figure,
    FigureQuestion,
    SourceLine,
    lines_of,
    rented_part,
)
from engine.domain.reports.owner_books import Charged, Facts, Out, OwnBranch, OwnCar, Posting, Rental, Sum
from engine.domain.reports.report_period import milliseconds, moment
from engine.domain.shared.text import search_key
from engine.domain.shared.zones import shown_zone
from engine.ports.local import Clock

#: One answer holds it all; without it the driver would ask again after 101 rows.
_BATCH = 20_000
#: More cars than any owner has; a guard, not a page.
_MOST_CARS, _MOST_BRANCHES, _MOST_CHANGES = 5_000, 2_000, 50_000


class MongoEarnings:
    """The port ``OwnerBooks``. Every answer is read in one snapshot: its parts are of one moment."""

    def __init__(self, client: Client, name: str, clock: Clock, bookings: str = "bookings") -> None:
        """*bookings* is what the account reads bookings from: the collection, or a view of it."""
        self._client, self._clock = client, clock
        self._db = database(client, name)
        self.bookings = self._db[bookings]

    @property
    def _standing(self) -> Document:
        """The rental of a ledger row, where it stands."""
        return {"$lookup": {**STANDING["$lookup"], "from": self.bookings.name}}

    async def facts(self, owner_id: OwnerId, marks: tuple[int, ...]) -> Facts:
        within: Document = {
            **SUMMABLE,
            "owner_id": owner_id,
            "at": {"$gte": moment(marks[0]), "$lt": moment(marks[-1])},
        }
        async with self._snapshot() as session:
            as_of = milliseconds(self._clock.now())
            strays = await self._strays(owner_id, within, session)
            within |= without(strays)
            sums = await self._sums(within, marks, session)
            return Facts(
                marks=marks,
                as_of=as_of,
                sums=sums,
                charged=await self._charged(within, marks, session),
                out=await self._out(owner_id, marks, session),
                cars=await self.cars(owner_id, sorted({each.car_id for each in sums}), session),
                branches=await self.branches(session),
                strays=len(strays),
            )

    async def _strays(self, owner_id: OwnerId, within: Document, session: AsyncClientSession) -> list[str]:
        """Bookings to which money is posted for this owner, and which do not exist or are not of this owner's cars."""
        asked = strays(owner_id, within, self.bookings.name)
        rows = await (await self._db.ledger.aggregate(asked, session=session, batchSize=_BATCH)).to_list()
        return [row["_id"] for row in rows]

    async def zone(self, owner_id: OwnerId) -> str:
        pipeline: list[Document] = [
            {"$match": {"owner_id": owner_id}},
            {"$group": {"_id": "$branch_id", "cars": {"$sum": 1}}},
            {"$sort": {"cars": -1, "_id": 1}},
            {"$limit": 1},
            {"$lookup": {"from": "branches", "localField": "_id", "foreignField": "_id", "as": "branch"}},
        ]
        with speaking():
            found = await (await self._db.cars.aggregate(pipeline)).to_list(1)
        zone = found[0]["branch"][0].get("zone") if found and found[0]["branch"] else None
        return zone if isinstance(zone, str) and shown_zone(zone) is not UTC else "UTC"

    async def explained(self, owner_id: OwnerId, question: FigureQuestion) -> Explanation:
        async with self._snapshot() as session:
            if question.figure is Figure.UTILISATION:
                return await self._explained_time(owner_id, question, session)
            return await self._explained_money(owner_id, question, session)

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[AsyncClientSession]:
        with speaking():
            async with session_of(self._client, snapshot=True) as session:
                yield session

    async def _sums(self, within: Document, marks: tuple[int, ...], session: AsyncClientSession) -> tuple[Sum, ...]:
        key = {
            "part": part_of(marks),
            "car_id": "$car_id",
            "branch_id": "$branch_id",
            "currency": "$amount.currency",
            "kind": "$kind",
        }
        pipeline: list[Document] = [
            {"$match": within},
            {"$group": {"_id": key, "minor": {"$sum": "$amount.minor"}}},
        ]
        rows = await (await self._db.ledger.aggregate(pipeline, session=session, batchSize=_BATCH)).to_list()
        return tuple(Sum(**row["_id"], minor=int(row["minor"])) for row in rows if told(row["_id"]))

    async def _charged(
        self, within: Document, marks: tuple[int, ...], session: AsyncClientSession
    ) -> tuple[Charged, ...]:
        key = {"part": part_of(marks), "car_id": "$car_id", "branch_id": "$branch_id", "currency": "$amount.currency"}
        sums = {
            "rentals": {"$sum": SIGN},
            "days": {"$sum": {"$multiply": [SIGN, {"$first": "$booking.days"}]}},
            "minor": {"$sum": "$amount.minor"},
        }
        pipeline: list[Document] = [
            {"$match": {**within, "kind": LedgerKind.CHARGE}},
            self._standing,
            {"$match": {"booking": {"$ne": []}}},
            OF_ITS_CAR,
            {"$group": {"_id": key, **sums}},
        ]
        rows = await (await self._db.ledger.aggregate(pipeline, session=session, batchSize=_BATCH)).to_list()
        return tuple(
            Charged(**row["_id"], rentals=row["rentals"], days=int(row["days"]), minor=int(row["minor"]))
            for row in rows
            if told(row["_id"])
        )

    async def _out(self, owner_id: OwnerId, marks: tuple[int, ...], session: AsyncClientSession) -> tuple[Out, ...]:
        times = [{"$toLong": "$starts_at"}, {"$toLong": "$ends_at"}]
        pipeline: list[Document] = [
            {"$match": counted(owner_id, marks[0], marks[-1])},
            {"$project": {"car_id": 1, "times": times}},
            {"$group": {"_id": "$car_id", "times": {"$push": "$times"}}},
        ]
        rows = await (await self.bookings.aggregate(pipeline, session=session, batchSize=_BATCH)).to_list()
        return tuple(
            Out(row["_id"], tuple((int(start), int(end)) for start, end in row["times"]))
            for row in rows
            if isinstance(row["_id"], str)
        )

    async def cars(self, owner_id: OwnerId, earned: Sequence[str], session: AsyncClientSession) -> tuple[OwnCar, ...]:
        """The owner's cars, and those that earned for the owner and are somebody else's now."""
        wanted: Document = {"$or": [{"owner_id": owner_id}, {"_id": {"$in": list(earned)}}]}
        cars = (
            await self._db.cars.find(wanted, session=session)
            .sort("_id", 1)
            .limit(_MOST_CARS)
            .batch_size(_BATCH)
            .to_list()
        )
        of_owner: Document = {"owner_id": owner_id}
        changes = self._db.car_statuses.find(of_owner, session=session).sort([("since", 1), ("_id", 1)])
        history: dict[str, list[Document]] = {}
        for change in await changes.limit(_MOST_CHANGES).batch_size(_BATCH).to_list():
            if isinstance(car_id := change.get("car_id"), str):
                history.setdefault(car_id, []).append(change)
        service = await self._service(owner_id, session)
        return tuple(
            sound("cars", cars, lambda car: car_of(car, owner_id, history.get(car["_id"], ()), service[car["_id"]]))
        )

    async def _service(self, owner_id: OwnerId, session: AsyncClientSession) -> dict[str, list[Document]]:
        """Of each car, what it was or is to be in service for."""
        wanted: Document = {
            "owner_id": owner_id,
            "kind": MovementKind.SERVICE,
            "state": {"$ne": MovementState.CANCELLED},
        }
        rows = self._db.movements.find(wanted, session=session).sort([("starts_at", 1), ("_id", 1)])
        found: dict[str, list[Document]] = defaultdict(list)
        for row in await rows.limit(_MOST_CHANGES).batch_size(_BATCH).to_list():
            if isinstance(car_id := row.get("car_id"), str):
                found[car_id].append(row)
        return found

    async def branches(self, session: AsyncClientSession) -> tuple[OwnBranch, ...]:
        found = await self._db.branches.find({}, session=session).limit(_MOST_BRANCHES).batch_size(_BATCH).to_list()
        return tuple(
            sorted(sound("branches", found, branch_of), key=lambda each: (search_key(each.name), each.branch_id))
        )

    async def _explained_money(
        self, owner_id: OwnerId, asked: FigureQuestion, session: AsyncClientSession
    ) -> Explanation:
        counts = asked.figure in COUNTED
        rows: list[Document] = [{"$sort": {"at": 1, "_id": 1}}, {"$skip": asked.offset}, {"$limit": asked.limit}]
        totals = {"_id": None, "count": {"$sum": 1}, "minor": {"$sum": "$minor"}, "days": {"$sum": "$days"}}
        days: Document = {"$first": {"$first": "$booking.days"}} if counts else {"$first": 0}
        wanted = asked_of(owner_id, asked)
        wanted |= without(await self._strays(owner_id, wanted, session))
        pipeline: list[Document] = [
            {"$match": wanted},
            *([self._standing, {"$match": {"booking": {"$ne": []}}}, OF_ITS_CAR] if counts else []),
            {
                "$group": {
                    "_id": "$booking_id",
                    "minor": {"$sum": "$amount.minor"},
                    "at": {"$min": "$at"},
                    "days": days,
                    "rentals": {"$sum": SIGN},
                }
            },
            *([{"$match": {"rentals": {"$ne": 0}}}] if counts else []),
            {"$facet": {"rows": rows, "totals": [{"$group": totals}]}},
        ]
        found = (await (await self._db.ledger.aggregate(pipeline, session=session, batchSize=_BATCH)).to_list(1))[0]
        parts = {row["_id"]: int(row["minor"]) for row in found["rows"]}
        rentals = await self._rentals({"_id": {"$in": list(parts)}}, session)
        lines = lines_of(list(parts), rentals, await self._postings(owner_id, list(parts), session), parts)
        total = found["totals"][0] if found["totals"] else {"count": 0, "minor": 0, "days": 0}
        return Explanation(asked, lines, total["count"], int(total["minor"]), int(total["days"]))

    async def _explained_time(
        self, owner_id: OwnerId, asked: FigureQuestion, session: AsyncClientSession
    ) -> Explanation:
        until = min(asked.until, milliseconds(self._clock.now()))
        cars = {
            car.car_id: car
            for car in await self.cars(owner_id, (), session)
            if car.currency == asked.currency and asked.car_id in (None, car.car_id)
        }
        wanted = {**counted(owner_id, asked.since, until), "car_id": {"$in": sorted(cars)}}
        count = await self.bookings.count_documents(wanted, session=session)
        rentals = await self._rentals(wanted, session, asked.offset, asked.limit)
        page = [rental.booking_id for rental in rentals]
        lines = lines_of(page, rentals, await self._postings(owner_id, page, session), {})
        timed = (
            SourceLine(
                each.rental, each.postings, 0, rented_part(each.rental, cars[each.rental.car_id], asked.since, until)
            )
            for each in lines
        )
        return Explanation(asked, tuple(timed), count)

    async def _rentals(
        self, wanted: Document, session: AsyncClientSession, offset: int = 0, limit: int = 0
    ) -> list[Rental]:
        cursor = self.bookings.find(wanted, RENTAL_FIELDS, session=session)
        cursor = cursor.sort([("starts_at", 1), ("_id", 1)])
        return [
            rental_or_line(document) for document in await cursor.skip(offset).limit(limit).batch_size(_BATCH).to_list()
        ]

    async def _postings(self, owner_id: OwnerId, booking_ids: list[str], session: AsyncClientSession) -> list[Posting]:
        """Of the owner's own books: a booking that went on with another's car is in both."""
        wanted: Document = {"booking_id": {"$in": booking_ids}, "owner_id": owner_id}
        found = self._db.ledger.find(wanted, session=session).batch_size(_BATCH)
        return sound("ledger", await found.to_list(), posting_of)
