"""A fence says what its car is built as: how long it takes to be made ready after a return goes by that.

A fence without a car, or of one whose body is none, stays as it is; the doctor tells of it.
"""

from __future__ import annotations

from pymongo import UpdateOne

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "fences"
_BATCH = 1_000
_OLD: Document = {"body": {"$exists": False}}
OLD = {"fences": _OLD}


async def up(db: Database) -> int:
    done, batch = 0, []
    async for fence in db.fences.find(_OLD, {"_id": 1}):
        batch.append(fence["_id"])
        if len(batch) == _BATCH:
            done, batch = done + await _rewrite(db, batch), []
    return done + (await _rewrite(db, batch) if batch else 0)


async def _rewrite(db: Database, ids: list[object]) -> int:
    cars = await db.cars.find({"_id": {"$in": ids}, "body": {"$type": "string"}}, {"body": 1}).to_list()
    changes = [
        UpdateOne({"_id": car["_id"], **_OLD}, {"$set": {"body": car["body"]}, "$inc": {"seq": 1}}) for car in cars
    ]
    if changes:
        await db.fences.bulk_write(changes, ordered=False, bypass_document_validation=True)
    tell(len(ids))
    return len(changes)
