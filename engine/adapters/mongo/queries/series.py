"""Cars whose fence, own row and series of terms do not say the same of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from engine.adapters.mongo.client import Client, Database, Document, session_of
from engine.adapters.mongo.queries.walks import ids

#: What a car's row and its fence both say.
_AGREED = ("daily_rate", "owner_id", "branch_id", "status", "body")


#: Cars of one look; their fences are of one moment.
_PAGE = 2_000


async def all_odd_terms(client: Client, db: Database) -> AsyncIterator[list[Any]]:
    """As ``odd_terms`` of all fences, a page of them at a time."""
    async for page in ids(db.fences, _PAGE):
        yield await odd_terms(client, db, {"_id": {"$in": page}})


async def odd_terms(client: Client, db: Database, among: Document) -> list[Any]:
    """The ``_id`` of those *among* the fences; all of one moment, so that an edit is no difference."""
    newest: list[Document] = [{"$sort": {"n": -1}}, {"$limit": 1}]
    last: Document = {"from": "car_terms", "localField": "_id", "foreignField": "car_id", "pipeline": newest}
    car: Document = {"from": "cars", "localField": "_id", "foreignField": "_id", "as": "car"}
    fields = dict.fromkeys(("terms", "status", "body", "last", *(f"car.{each}" for each in _AGREED)), 1)
    pipeline: list[Document] = [
        {"$match": among},
        {"$lookup": {**last, "as": "last"}},
        {"$lookup": car},
        {"$project": fields},
    ]
    async with session_of(client, snapshot=True) as session:
        rows = await db.fences.aggregate(pipeline, session=session, batchSize=_PAGE)
        return [row["_id"] async for row in rows if not _latest(row)]


def _latest(fence: Document) -> bool:
    """Whether *fence* has the last terms of its series, and its car's own row agrees."""
    terms = fence.get("terms")
    told = {**terms, "status": fence.get("status"), "body": fence.get("body")} if isinstance(terms, dict) else {}
    agreed = all(car.get(name) == told.get(name) for car in fence["car"] for name in _AGREED)
    return agreed and any(_copied(row) == terms for row in fence["last"] if told)


def _copied(row: Document) -> Document | None:
    """A row of the series as a fence has it; None where it is none."""
    terms = row.get("terms")
    return {**terms, "n": row.get("n")} if isinstance(terms, dict) else None
