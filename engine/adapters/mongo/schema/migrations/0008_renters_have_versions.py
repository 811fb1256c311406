"""Renters count their changes: each gets ``version: 1`` (docs/decisions/0046)."""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "renters"
_BATCH = 5_000
_OLD: Document = {"version": {"$exists": False}}
OLD = {"renters": _OLD}


async def up(db: Database) -> int:
    """In batches along the ids, each far shorter than an operation may take."""
    change: Document = {"$set": {"version": 1}}
    done, last = 0, ""
    while found := await db.renters.find({"_id": {"$gt": last}, **_OLD}, {"_id": 1}).sort("_id", 1).to_list(_BATCH):
        batch = {"_id": {"$gt": last, "$lte": found[-1]["_id"]}, **_OLD}
        done += (await db.renters.update_many(batch, change, bypass_document_validation=True)).modified_count
        tell(len(found))
        last = found[-1]["_id"]
    return done
