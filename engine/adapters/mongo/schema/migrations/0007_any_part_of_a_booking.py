"""Bookings are found by any part of their number and plate, and by each word of the name on them (decision 0038).

``search_keys`` are made by the functions that look for them: a release that looks in another way rewrites them all.
Keys of before are in capitals, these are in small letters.
"""

from __future__ import annotations

from pymongo import UpdateOne

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell
from engine.domain.shared.sought import joined, parts, words
from engine.domain.shared.text import search_key

WHAT = "bookings"
OLD: dict[str, Document] = {"bookings": {}}
_BATCH = 1_000
_MOST_NAMES = 8
_READ: Document = {"car_label": 1, "renter_name": 1, "search_keys": 1, "renter_key": 1}


async def up(db: Database) -> int:
    """Along the numbers, each batch far shorter than an operation may take."""
    done, last = 0, ""
    while found := await db.bookings.find({"_id": {"$gt": last}}, _READ).sort("_id", 1).to_list(_BATCH):
        changes = [UpdateOne({"_id": each["_id"]}, {"$set": new}) for each in found if (new := _found_by(each))]
        if changes:
            result = await db.bookings.bulk_write(changes, ordered=False, bypass_document_validation=True)
            done += result.matched_count
        tell(len(found))
        last = found[-1]["_id"]
    return done


def _found_by(row: Document) -> Document:
    """What differs from what is stored; a damaged row is found by what can be read of it."""
    name, label = _text(row, "renter_name"), _text(row, "car_label")
    own = [each for each in parts((joined(row["_id"]), joined(label.rpartition(" · ")[2]))) if each[0] != "~"]
    keys = list(dict.fromkeys([*own, *("~" + word for word in words(name)[:_MOST_NAMES])]))
    wanted: Document = {"search_keys": keys, "renter_key": search_key(name)}
    return {} if all(row.get(field) == value for field, value in wanted.items()) else wanted


def _text(row: Document, field: str) -> str:
    value = row.get(field)
    return value if isinstance(value, str) else ""
