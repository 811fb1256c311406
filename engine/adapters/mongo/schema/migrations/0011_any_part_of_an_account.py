"""Accounts are found by any part of name, account, address and number (docs/decisions/0038).

``keys`` are made by the functions that look for them: a release that looks in another way rewrites them all.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell
from engine.domain.people.phone import phone_spellings
from engine.domain.shared.sought import joined, parts

WHAT = "accounts"
OLD: dict[str, Document] = {"people": {}}


async def up(db: Database) -> int:
    done = 0
    async for row in db.people.find({}, {"name": 1, "email": 1, "phone": 1, "keys": 1}):
        account, name, email, phone = (_text(row, field) for field in ("_id", "name", "email", "phone"))
        numbers = phone_spellings(phone) if phone else ()
        keys = list(parts((name, account, joined(account), email, *numbers)))
        if row.get("keys") != keys:
            change = {"$set": {"keys": keys}}
            await db.people.update_one({"_id": row["_id"]}, change, bypass_document_validation=True)
            done += 1
        tell(1)
    return done


def _text(row: Document, field: str) -> str:
    """A damaged row is found by what can be read of it."""
    value = row.get(field)
    return value if isinstance(value, str) else ""
