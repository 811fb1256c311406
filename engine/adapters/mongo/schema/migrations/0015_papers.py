"""Branches have a code, by which the series of their papers are called (docs/decisions/0060).

It is proposed from the city, and waits for an administrator to confirm it.
"""

from __future__ import annotations

import unicodedata

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "branches"
_OLD: Document = {"code": {"$exists": False}}
OLD = {"branches": _OLD}
_LETTERS = 3


async def up(db: Database) -> int:
    done = 0
    rows = await db.branches.find(_OLD, {"city": 1}).sort("_id", 1).to_list()
    for row in rows:
        code = _free(_base(row.get("city")), set(await db.branches.distinct("code")))
        change = {"$set": {"code": code, "code_confirmed": False}}
        told = await db.branches.update_one({"_id": row["_id"], **_OLD}, change, bypass_document_validation=True)
        done += told.modified_count
        tell(1)
    return done


def _base(city: object) -> str:
    plain = unicodedata.normalize("NFKD", city if isinstance(city, str) else "")
    letters = "".join(sign for sign in plain.upper() if sign.isascii() and sign.isalpha())
    return f"{letters}XXX"[:_LETTERS]


def _free(base: str, taken: set[object]) -> str:
    numbered = (f"{base[:2]}{n}" for n in range(2, 1000))
    return next(code for code in (base, *numbered) if code not in taken)
