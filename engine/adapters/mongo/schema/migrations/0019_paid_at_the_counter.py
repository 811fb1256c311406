"""A booking may be paid at the counter: the firm's rules say how many days ahead.

No booking is another than before. A program of the version before cannot read one without a page and must not write
beside it.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "settings"
_OLD: Document = {"withdraws": {"$exists": False}, "unpaid_days": {"$exists": False}}
OLD = {"settings": _OLD}
#: As far ahead as a program that knows the rule takes for usual.
_USUAL = 30


async def up(db: Database) -> int:
    done = await db.settings.update_many(_OLD, {"$set": {"unpaid_days": _USUAL}}, bypass_document_validation=True)
    tell(done.matched_count)
    return done.matched_count
