"""What older releases wrote only into a booking's own row is said beside it, where its writers cannot unsay it.

That a car came back, and that an administrator settled a case by hand; the latter where the audit bears it out and the
roster knows the administrator. Rows of bookings are left as they are.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "words beside bookings"


async def up(db: Database) -> int:
    """How many words were written."""
    return await _came_back(db) + await _settled(db)


async def _came_back(db: Database) -> int:
    before = await db["returns"].count_documents({})
    pipeline: list[Document] = [
        {"$match": {"state": "completed"}},
        {"$set": {"last": {"$last": "$history"}}},
        {"$project": {"car_id": 1, "at": "$last.at", "by": "$last.by"}},
        {"$merge": {"into": "returns", "whenMatched": "keepExisting", "whenNotMatched": "insert"}},
    ]
    await (await db["bookings"].aggregate(pipeline, bypassDocumentValidation=True)).to_list()
    return await db["returns"].count_documents({}) - before


async def _settled(db: Database) -> int:
    roster = await db["roster"].find_one({"_id": "admins"})
    administrators = (roster or {}).get("members", [])
    done = 0
    async for row in db["bookings"].find({"trouble.settled.by": {"$in": administrators}}, {"trouble": 1}):
        trouble, settled = row["trouble"], row["trouble"]["settled"]
        told = {"what": "booking.settled", "subject": f"booking:{row['_id']}", "by": settled["by"], "at": settled["at"]}
        word: Document = {"booking_id": row["_id"], "why": trouble["why"], "since": trouble["since"], **settled}
        known = await db["settlements"].find_one(word, {"_id": 1})
        if known is None and await db["audit"].find_one(told, {"_id": 1}):
            await db["settlements"].insert_one(word, bypass_document_validation=True)
            done += 1
            tell(1)
    return done
