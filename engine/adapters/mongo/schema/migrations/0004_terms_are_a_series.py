"""Each car's terms become the first of its series; bookings say that they are older (docs/decisions/0024).

A fence's ``terms`` get ``n: 1`` and the series the same terms as its first row. Bookings get ``priced`` with number 0.
"""

from __future__ import annotations

from datetime import UTC, datetime

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "cars and bookings"
_BATCH = 5_000
_OLD: Document = {"terms.n": {"$exists": False}}
_UNPRICED: Document = {"priced": {"$exists": False}}
OLD = {"fences": _OLD, "bookings": _UNPRICED}
_READ: Document = {"seq": 1, "terms": 1}


async def up(db: Database) -> int:
    rewritten = 0
    async for fence in db.fences.find(_OLD, _READ):
        rewritten += (count := await _begin(db, fence))
        tell(count)
    return rewritten + await _bookings(db)


async def _begin(db: Database, read: Document) -> int:
    """First the row, which nobody looks up before the fence names it; the fence under its ``seq``."""
    fence: Document | None = read
    while fence is not None:
        now = datetime.now(UTC)
        row = {"$set": {"terms": fence["terms"]}, "$setOnInsert": {"by": "provision", "at": now}}
        series = {"car_id": fence["_id"], "n": 1}
        await db.car_terms.update_one(series, row, upsert=True, bypass_document_validation=True)
        wanted, change = {"_id": fence["_id"], "seq": fence["seq"]}, {"$set": {"terms.n": 1}, "$inc": {"seq": 1}}
        if (await db.fences.update_one(wanted, change, bypass_document_validation=True)).matched_count:
            return 1
        fence = await db.fences.find_one({"_id": fence["_id"], **_OLD}, _READ)
    return 0


async def _bookings(db: Database) -> int:
    """In batches along the numbers, each far shorter than an operation may take."""
    change = [{"$set": {"priced": {"car_id": "$car_id", "terms_n": 0}}}]
    done, last = 0, ""
    while found := (
        await db.bookings.find({"_id": {"$gt": last}, **_UNPRICED}, {"_id": 1}).sort("_id", 1).to_list(_BATCH)
    ):
        batch = {"_id": {"$gt": last, "$lte": found[-1]["_id"]}, **_UNPRICED}
        done += (await db.bookings.update_many(batch, change, bypass_document_validation=True)).modified_count
        tell(len(found))
        last = found[-1]["_id"]
    return done
