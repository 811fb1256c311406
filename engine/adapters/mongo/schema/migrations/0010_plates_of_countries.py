"""Cars get a country, the plate's key of that country, and what they are found and listed by (docs/decisions/0038).

The country is that of the branch where the car stands. Two cars that are one now keep both their rows: the second one's
key says so, provisioning tells of it, and its owner is asked for another plate at the next change.
"""

from __future__ import annotations

from collections.abc import Iterator

from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell
from engine.domain.car.plates import plate_key
from engine.domain.shared.remark import Remark, remark
from engine.domain.shared.sought import joined, parts
from engine.domain.shared.text import search_key
from engine.domain.shared.zones import country_of

WHAT = "cars"
_BATCH = 500
_OLD: Document = {"$or": [{field: {"$exists": False}} for field in ("country", "parts", "order")]}
OLD = {"cars": _OLD}
#: Behind the key of a car whose plate another one has: no plate holds it.
_TWICE = " = "


async def up(db: Database) -> int:
    zones = {row["_id"]: row.get("zone") async for row in db.branches.find({}, {"zone": 1})}
    done = 0
    while found := await db.cars.find(_OLD).limit(_BATCH).to_list():
        for row in found:
            await _rewrite(db, row, zones.get(row.get("branch_id")))
        done += len(found)
        tell(len(found))
    return done


async def told(db: Database) -> list[Remark]:
    """Plates that two cars have."""
    return [
        remark(
            "done.plate_twice" if row["country"] else "done.plate_twice_nowhere",
            car=str(row["_id"]),
            country=row["country"],
            plate=row["plate"],
        )
        async for row in db.cars.find({"plate_key": {"$regex": _TWICE}}).sort("_id", 1)
    ]


async def _rewrite(db: Database, row: Document, zone: object) -> None:
    for change in _keys(row, zone):
        wanted = {"country": change["country"], "plate_key": change["plate_key"], "_id": {"$ne": row["_id"]}}
        if await db.cars.find_one(wanted, {"_id": 1}) is not None:
            continue
        try:
            await db.cars.update_one({"_id": row["_id"]}, {"$set": change}, bypass_document_validation=True)
        except DuplicateKeyError:  # by the unique key of before, which knew no countries
            continue
        return


def _keys(row: Document, zone: object) -> Iterator[Document]:
    """As it should be, and as it is where another car is that already."""
    plate, brand, model = (_text(row, field) for field in ("plate", "brand", "model"))
    country = country_of(zone) if isinstance(zone, str) else ""
    key = plate_key(plate, country)
    found_by = {"parts": list(parts((joined(plate), plate, brand, model))), "order": search_key(f"{brand} {model}")}
    for each in (key, f"{key}{_TWICE}{row['_id']}"):
        yield {"country": country, "plate_key": each, **found_by}


def _text(row: Document, field: str) -> str:
    """A damaged row is found by what can be read of it."""
    value = row.get(field)
    return value if isinstance(value, str) else ""
