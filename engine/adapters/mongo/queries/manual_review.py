"""Which bookings wait for an engine, and which for a person; nothing that a row says of itself hides it."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Database, Document, speaking
from engine.adapters.mongo.codec.bookings import booking_of
from engine.adapters.mongo.codec.reading import read
from engine.adapters.mongo.movements import OPEN_NOW
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.listing import BookingRows
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import ClaimKind
from engine.domain.car.car import CarId, CarStatus, OwnerId
from engine.domain.money.trouble import FURTHEST_DUE, FURTHEST_PERSON
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Forbidden

#: No engine leaves a booking in one of these without saying when its next step is due.
_ALWAYS_DUE = [BookingState.HELD.value, BookingState.RELEASING.value, BookingState.AWAITING_FUNDS.value]

_IDLE = [status.value for status in CarStatus if status is not CarStatus.ACTIVE]
#: More than any firm leaves without a car; a guard.
_MOST_CARLESS = 500
#: Of the notes about damaged rows, so many are looked at; one counts only while its row is damaged.
_MOST_NOTES = 1_000


async def due(db: Database, now: datetime, limit: int) -> list[BookingId]:
    """Those with a step due, oldest first; then those whose row says that none ever is, or in years to come."""
    found: list[BookingId] = []
    never: Document = {"state": {"$in": _ALWAYS_DUE}, "due_at": {"$exists": False}}
    for wanted in ({"due_at": {"$lte": now}}, {"due_at": {"$gt": now + FURTHEST_DUE}}, never):
        if len(found) < limit:
            order = "created_at" if wanted is never else "due_at"
            cursor = db.bookings.find(wanted, {"_id": 1}).sort(order, 1).limit(limit - len(found))
            found += [BookingId(row["_id"]) for row in await cursor.to_list() if isinstance(row["_id"], str)]
    return found


async def needing_person(db: Database, now: datetime, offset: int, limit: int) -> BookingRows[Booking | Damaged]:
    """One page of them: first what cannot be read or was hidden, then those that waited longest.

    However many somebody hides, no more than the page is held here.
    """
    damaged = await _noted(db)
    others: Document = {"_id": {"$nin": damaged}}
    hidden = [{"$match": others}, *_hidden(now)]
    waiting: Document = {"person_at": {"$lte": now}, **others}
    counted = await (await db.bookings.aggregate([*hidden, {"$count": "total"}])).to_list()
    before = len(damaged), len(damaged) + (counted[0]["total"] if counted else 0)
    ids = damaged[offset : offset + limit]
    shown = await db.bookings.find({"_id": {"$in": ids}}).sort("_id", 1).to_list() if ids else []
    if (left := limit - len(ids)) > 0 and offset < before[1]:
        page: list[Document] = [{"$sort": {"_id": 1}}, {"$skip": max(offset - before[0], 0)}, {"$limit": left}]
        shown += await (await db.bookings.aggregate([*hidden, *page])).to_list()
    if (left := limit - len(shown)) > 0:
        cursor = db.bookings.find(waiting).sort([("person_at", 1), ("_id", 1)])
        shown += await cursor.skip(max(offset - before[1], 0)).limit(left).to_list()
    total = before[1] + await db.bookings.count_documents(waiting)
    return BookingRows(tuple(_tamed(document, now) for document in shown), total)


async def carless(db: Database, now: datetime) -> list[Booking | Damaged]:
    """Bookings not over whose car left service and was not handed over; ``needing_person`` has none of them."""
    left: Document = {"status": {"$in": _IDLE}, "claims.kind": ClaimKind.BOOKING}
    their: Document = {
        "from": "bookings",
        "localField": "claims.id",
        "foreignField": "_id",
        "pipeline": [{"$match": {"state": BookingState.CONFIRMED, "ends_at": {"$gt": now}, **_not_asked_for(now)}}],
        "as": "booking",
    }
    pipeline: list[Document] = [
        {"$match": left},
        {"$project": {"claims": 1}},
        {"$unwind": "$claims"},
        {"$match": {"claims.kind": ClaimKind.BOOKING}},
        {"$lookup": their},
        {"$unwind": "$booking"},
        {"$replaceWith": "$booking"},
        {"$sort": {"starts_at": 1, "_id": 1}},
        {"$limit": _MOST_CARLESS},
    ]
    rows = await (await db.fences.aggregate(pipeline, batchSize=_MOST_CARLESS)).to_list()
    return [_tamed(each, now) for each in rows]


async def crossed(db: Database, now: datetime) -> list[Booking | Damaged]:
    """Confirmed bookings ahead whose car, which is for rent, has a movement planned in their time, soonest first."""
    pipeline: list[Document] = [
        *booked_across(now, "bookings", waits=_not_asked_for(now)),
        {"$sort": {"starts_at": 1, "_id": 1}},
        {"$limit": _MOST_CARLESS},
    ]
    rows = await (await db.movements.aggregate(pipeline, batchSize=_MOST_CARLESS)).to_list()
    return [_tamed(each, now) for each in rows]


def booked_across(
    now: datetime, bookings: str, *, owner_id: OwnerId | None = None, waits: Document | None = None
) -> list[Document]:
    """Of ``movements``: each confirmed booking ahead, once, that one is planned across and that fits *waits*.

    *bookings* is what the account reads them from; *owner_id* narrows to one fleet.
    """
    whose: Document = {} if owner_id is None else {"owner_id": owner_id}
    ahead: Document = {"state": BookingState.CONFIRMED, "starts_at": {"$gt": now}, **(waits or {})}
    share_time: Document = {
        "$and": [
            {"$eq": ["$fence.claims.kind", ClaimKind.BOOKING]},
            {"$lt": ["$fence.claims.starts_at", "$ends_at"]},
            {"$gt": ["$fence.claims.ends_at", "$starts_at"]},
        ]
    }
    fence = {"from": "fences", "localField": "car_id", "foreignField": "_id", "as": "fence"}
    booking = {"from": bookings, "localField": "fence.claims.id", "foreignField": "_id", "as": "booking"}
    return [
        {"$match": {**whose, **OPEN_NOW, "ends_at": {"$gt": now}}},
        {"$lookup": {**fence, "pipeline": [{"$match": {"status": CarStatus.ACTIVE}}, {"$project": {"claims": 1}}]}},
        {"$unwind": "$fence"},
        {"$unwind": "$fence.claims"},
        {"$match": {"$expr": share_time}},
        {"$lookup": {**booking, "pipeline": [{"$match": ahead}]}},
        {"$unwind": "$booking"},
        {"$replaceWith": "$booking"},
        {"$group": {"_id": "$_id", "row": {"$first": "$$ROOT"}}},
        {"$replaceWith": "$row"},
    ]


def _not_asked_for(now: datetime) -> Document:
    """Nothing else asks a person about it."""
    return {"$or": [{"person_at": {"$exists": False}}, {"person_at": {"$gt": now}}]}


async def left_service(db: Database, car_ids: Collection[CarId]) -> dict[CarId, datetime]:
    """Since when each of them that is out of service is; nothing for an account that may not read it."""
    changes: list[Document] = [
        {"$match": {"car_id": {"$in": list(car_ids)}}},
        {"$sort": {"since": 1, "_id": 1}},
        {"$group": {"_id": "$car_id", "status": {"$last": "$status"}, "since": {"$last": "$since"}}},
        {"$match": {"status": {"$in": _IDLE}, "since": {"$type": "date"}}},
    ]
    with suppress(Forbidden), speaking():
        rows = await (await db.car_statuses.aggregate(changes)).to_list()
        return {CarId(row["_id"]): row["since"] for row in rows}
    return {}


async def look_for_damage(db: Database, last: str, size: int) -> tuple[list[Damaged], str]:
    """Which of the next *size* bookings behind *last* cannot be read, and where to go on; empty after the last."""
    rows = await db.bookings.find({"_id": {"$gt": last}}).sort("_id", 1).limit(size).to_list()
    found = [read("bookings", row, booking_of) for row in rows]
    return [each for each in found if isinstance(each, Damaged)], rows[-1]["_id"] if len(rows) == size else ""


async def note_damaged(db: Database, booking_id: str, reason: str, at: datetime) -> None:
    with suppress(DuplicateKeyError):  # noted before
        await db.damaged_bookings.insert_one({"_id": booking_id, "reason": reason, "at": at})


async def _noted(db: Database) -> list[str]:
    """Ids of rows that somebody met and could not read, and that cannot be read now."""
    with suppress(Forbidden), speaking():
        notes = await db.damaged_bookings.find({}, {"_id": 1}).sort("_id", 1).limit(_MOST_NOTES).to_list()
        if not notes:
            return []
        rows = db.bookings.find({"_id": {"$in": [note["_id"] for note in notes]}}).sort("_id", 1)
        return [row["_id"] async for row in rows if isinstance(read("bookings", row, booking_of), Damaged)]
    return []  # an account, or rights of an older release, that no list of them is for


def _tamed(document: Document, now: datetime) -> Booking | Damaged:
    booking = read("bookings", document, booking_of)
    return booking if isinstance(booking, Damaged) else booking.tamed(now)


#: Of an array that is none nothing is said; the row is damaged then.
_FIRST_TROUBLE: Document = {"$cond": [{"$isArray": "$payments.trouble"}, {"$first": "$payments.trouble"}, None]}


def _hidden(now: datetime) -> list[Document]:
    """Rows that say a person is not asked for years, or that somebody settled what no administrator did."""
    for_years: Document = {"person_at": {"$gt": now + FURTHEST_PERSON}}
    not_asked: Document = {"$nor": [{"person_at": {"$type": "date", "$lte": now}}]}
    return [
        {"$match": {"$or": [for_years, {"payments.trouble.settled.at": {"$exists": True}, **not_asked}]}},
        {
            "$lookup": {
                "from": "settlements",
                "localField": "_id",
                "foreignField": "booking_id",
                "let": {"trouble": _FIRST_TROUBLE},
                "pipeline": [{"$match": {"$expr": {"$and": _same_as("$$trouble")}}}, {"$limit": 1}],
                "as": "settlements",
            }
        },
        {"$match": {"$or": [for_years, {"settlements": []}]}},
        {"$unset": "settlements"},
    ]


def _same_as(trouble: str) -> list[Document]:
    told = {"why": "why", "since": "since", "by": "settled.by", "at": "settled.at", "note": "settled.note"}
    return [{"$eq": [f"${field}", f"{trouble}.{path}"]} for field, path in told.items()]
