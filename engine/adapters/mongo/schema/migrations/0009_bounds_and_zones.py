"""Sign-ins say which zone data their desk reads, or that nobody noted it; rows are held within bounds from here on.

The validators that come after it know bounds and sums (docs/decisions/0044). A row that does not keep them stays as it
is: what it should say nobody knows, and the doctor tells of it.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "sign-ins"
_BATCH = 5_000
_OLD: Document = {"zones": {"$exists": False}}
OLD = {"sign_ins": _OLD}


async def up(db: Database) -> int:
    done = 0
    while found := await db["sign_ins"].find(_OLD, {"_id": 1}).limit(_BATCH).to_list():
        batch = {"_id": {"$in": [row["_id"] for row in found]}}
        change = {"$set": {"zones": ""}}
        done += (await db["sign_ins"].update_many(batch, change, bypass_document_validation=True)).modified_count
        tell(len(found))
    return done
