"""Renters get ``parts``, by which any part of them is found, and ``order``, by which they are listed (decision 0038).

Those without ``keys`` get them too.
All are made by the functions that look for them: a later release that looks in another way rewrites them all.
"""

from __future__ import annotations

from pymongo import UpdateOne

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell
from engine.domain.people.phone import phone_spellings
from engine.domain.shared.sought import joined, parts
from engine.domain.shared.text import name_keys, search_key

WHAT = "renters"
_BATCH = 500
_OLD: Document = {"$or": [{field: {"$exists": False}} for field in ("keys", "parts", "order")]}
OLD = {"renters": _OLD}


async def up(db: Database) -> int:
    done = 0
    while found := await db.renters.find(_OLD).limit(_BATCH).to_list():
        changes = [UpdateOne({"_id": each["_id"]}, _found_by(each)) for each in found]
        done += (await db.renters.bulk_write(changes, ordered=False, bypass_document_validation=True)).matched_count
        tell(len(found))
    return done


def _found_by(row: Document) -> Document:
    name, email, phone, licence = (_text(row, field) for field in ("name", "email", "phone", "licence"))
    texts = (name, email, joined(licence), *(phone_spellings(phone) if phone else ()))
    keys = [key for key in (*name_keys(name), search_key(email), phone) if key]
    found_by = {"keys": keys, "parts": list(parts(texts)), "order": search_key(name)}
    return {"$set": found_by, "$unset": {"name_key": ""}}  # by which releases before 0.1.0 looked for names


def _text(row: Document, field: str) -> str:
    """A damaged row is found by what can be read of it."""
    value = row.get(field)
    return value if isinstance(value, str) else ""
