"""The firm's rules say what is charged beyond a rental: for late returns, kilometres, fuel and cleaning. Nothing was.

An agreement of before has no fees, and nobody waived any.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "settings and agreements"
_RULES: Document = {"withdraws": {"$exists": False}, "fees": {"$exists": False}}
_AGREEMENTS: Document = {"waived": {"$exists": False}}
OLD = {"settings": _RULES, "agreements": _AGREEMENTS}


async def up(db: Database) -> int:
    rules = await db.settings.update_many(_RULES, {"$set": {"fees": []}}, bypass_document_validation=True)
    agreed = await db.agreements.update_many(_AGREEMENTS, {"$set": {"waived": []}}, bypass_document_validation=True)
    tell(rules.modified_count + agreed.modified_count)
    return rules.modified_count + agreed.modified_count
