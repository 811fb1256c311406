"""``{booking_id, starts_at, ends_at}`` becomes ``{id, kind: "booking", starts_at, ends_at}`` (docs/decisions/0023)."""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "fences"
_OLD: Document = {"claims.booking_id": {"$exists": True}}
OLD = {"fences": _OLD}
_READ: Document = {"seq": 1, "claims": 1}


async def up(db: Database) -> int:
    rewritten = 0
    async for fence in db.fences.find(_OLD, _READ):
        rewritten += (count := await _rewrite(db, fence))
        tell(count)
    return rewritten


async def _rewrite(db: Database, read: Document) -> int:
    """Under its ``seq``: what a desk claimed or let go of since is read again, never written over."""
    fence: Document | None = read
    while fence is not None:
        change = {"$set": {"claims": [_claim(each) for each in fence["claims"]]}, "$inc": {"seq": 1}}
        wanted = {"_id": fence["_id"], "seq": fence["seq"]}
        if (await db.fences.update_one(wanted, change, bypass_document_validation=True)).matched_count:
            return 1
        fence = await db.fences.find_one({"_id": fence["_id"], **_OLD}, _READ)
    return 0


def _claim(old: Document) -> Document:
    if "booking_id" not in old:
        return old
    return {"id": old["booking_id"], "kind": "booking", "starts_at": old["starts_at"], "ends_at": old["ends_at"]}
