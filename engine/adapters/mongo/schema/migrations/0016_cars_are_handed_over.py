"""Cars are handed over, and a claim says until when, from where to where, and whether the renter has the car.

A booking was confirmed until its car came back, and whoever looked took one that had begun for a car that was out. So
each of those is out from here on, by a step of ``legacy``; one whose car left service before it began never was. No car
was made ready in any time that was kept, and all were let from and back to the branch that they belong to
(docs/decisions/0064). Bookings come first: their claims follow them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "bookings and fences"
_BATCH = 1_000
_BOOKINGS: Document = {"_id": {"$type": "string"}, "turn_minutes": {"$exists": False}}
_FENCES: Document = {
    "$or": [
        {"at": {"$exists": False}},
        {"claims": {"$elemMatch": {"id": {"$exists": True}, "out": {"$exists": False}}}},
    ]
}
OLD = {"bookings": _BOOKINGS, "fences": _FENCES}
_READ: Document = {"seq": 1, "claims": 1, "at": 1, "terms.branch_id": 1}

_TURN: Document = {"turn_minutes": 0, "free_at": "$ends_at"}
#: It went when it was due to, or as soon as it was paid. By no clock: whoever carries it out again, writes the same.
_WENT: Document = {"$max": ["$starts_at", {"$max": "$history.at"}]}
_STEP: Document = {"state": "out", "at": _WENT, "by": "legacy"}
_TO_OUT: Document = {
    "state": "out",
    "history": {"$concatArrays": ["$history", [_STEP]]},
    "version": {"$add": ["$version", 1]},
}


async def up(db: Database) -> int:
    return await _bookings(db) + await _fences(db)


async def _bookings(db: Database) -> int:
    done = 0
    while found := await db.bookings.find(_BOOKINGS, {"_id": 1}).limit(_BATCH).to_list():
        ids = [row["_id"] for row in found]
        begun = {"_id": {"$in": ids}, "state": "confirmed", "$expr": {"$lte": ["$starts_at", "$$NOW"]}}
        rows = await db.bookings.find({**_BOOKINGS, **begun}, {"car_id": 1, "starts_at": 1}).to_list()
        never = await _never_out(db, rows)
        out = {**_BOOKINGS, **begun, "_id": {"$in": [row["_id"] for row in rows if row["_id"] not in never]}}
        await db.bookings.update_many(out, [{"$set": {**_TURN, **_TO_OUT}}], bypass_document_validation=True)
        rest = {**_BOOKINGS, "_id": {"$in": ids}}
        await db.bookings.update_many(rest, [{"$set": _TURN}], bypass_document_validation=True)
        done += len(ids)
        tell(len(ids))
    return done


async def _never_out(db: Database, rows: Iterable[Document]) -> set[Any]:
    """Those of which the car left service before they began."""
    known = [row for row in rows if isinstance(row.get("starts_at"), datetime)]
    cars = [row["car_id"] for row in known]
    changes: list[Document] = [
        {"$match": {"car_id": {"$in": cars}}},
        {"$sort": {"since": 1, "_id": 1}},
        {"$group": {"_id": "$car_id", "status": {"$last": "$status"}, "since": {"$last": "$since"}}},
        {"$match": {"status": {"$ne": "active"}, "since": {"$type": "date"}}},
    ]
    left = {each["_id"]: each["since"] for each in await (await db.car_statuses.aggregate(changes)).to_list()}
    return {row["_id"] for row in known if row["car_id"] in left and left[row["car_id"]] <= row["starts_at"]}


async def _fences(db: Database) -> int:
    done, batch = 0, list[Document]()
    async for fence in db.fences.find(_FENCES, _READ):
        batch.append(fence)
        if len(batch) == _BATCH:
            done, batch = done + await _rewrite(db, batch), []
    return done + (await _rewrite(db, batch) if batch else 0)


async def _rewrite(db: Database, fences: list[Document]) -> int:
    """Under their ``seq``: what a desk claimed or let go of since is read again, never written over."""
    wanted, total = fences, len(fences)
    while wanted:
        out = await _out(db, wanted)
        await db.fences.bulk_write(
            [_change(each, out) for each in wanted], ordered=False, bypass_document_validation=True
        )
        left: Document = {"_id": {"$in": [each["_id"] for each in wanted]}, **_FENCES}
        wanted = await db.fences.find(left, _READ).to_list()
    tell(total)
    return total


async def _out(db: Database, fences: Iterable[Document]) -> set[Any]:
    """Which of the bookings in them are out."""
    ids = [claim.get("id") for fence in fences for claim in _claims(fence)]
    rows = await db.bookings.find({"_id": {"$in": ids}, "state": "out"}, {"_id": 1}).to_list()
    return {row["_id"] for row in rows}


def _claims(fence: Document) -> list[Document]:
    claims = fence.get("claims")
    return [each for each in claims if isinstance(each, dict)] if isinstance(claims, list) else []


def _change(fence: Document, out: set[Any]) -> UpdateOne:
    home = (fence.get("terms") or {}).get("branch_id")
    new = [_claim(each, home, out) if isinstance(each, dict) else each for each in fence.get("claims") or []]
    gone = any(claim["out"] for claim in new if isinstance(claim, dict) and "out" in claim)
    at = fence.get("at", None if gone else home)
    return UpdateOne(
        {"_id": fence["_id"], "seq": fence.get("seq")}, {"$set": {"claims": new, "at": at}, "$inc": {"seq": 1}}
    )


def _claim(old: Document, home: Any, out: set[Any]) -> Document:
    if "id" not in old or "out" in old:
        return old
    has_it = old.get("kind") == "booking" and old["id"] in out
    return {**old, "free_at": old.get("ends_at"), "out": has_it, "from": home, "to": home, "floats": False}
