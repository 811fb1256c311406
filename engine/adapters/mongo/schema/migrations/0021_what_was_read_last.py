"""A fence says what was read off its car last at a counter; nobody has read anything yet (docs/decisions/0065)."""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document

WHAT = "fences"
_OLD: Document = {"odometer_km": {"$exists": False}}
OLD = {"fences": _OLD}


async def up(db: Database) -> int:
    change = {"$set": {"odometer_km": None}, "$inc": {"seq": 1}}
    done = await db.fences.update_many(_OLD, change, bypass_document_validation=True)
    return done.modified_count
