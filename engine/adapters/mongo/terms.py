"""The series of cars' terms: looked up, and gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.branch_rules import MARK
from engine.adapters.mongo.client import Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.documents import series_document, terms_document, terms_of_fence
from engine.domain.car.car import CarId, CarTerms, TermsSince


class MongoTerms:
    """The port ``TermsSeries``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str) -> None:
        self._rows = database(client, name).car_terms

    async def of(self, car_id: CarId, n: int) -> TermsSince | None:
        with speaking():
            found = await self._rows.find({"car_id": car_id, "n": {"$in": [n, n + 1]}}).sort("n", 1).to_list()
        if not found or found[0]["n"] != n:
            return None
        return _since(found[0], found[1] if len(found) > 1 else None)

    async def first(self, car_id: CarId) -> TermsSince | None:
        return await self.of(car_id, 1)

    async def latest(self, car_id: CarId) -> TermsSince | None:
        with speaking():
            found = await self._rows.find_one({"car_id": car_id}, sort=[("n", -1)])
        return _since(found, None) if found else None


def terms_since(row: Document) -> TermsSince:
    """A row of the series by itself: until when it holds, the next one says."""
    return _since(row, None)


def _since(row: Document, following: Document | None) -> TermsSince:
    # The same fields as a fence's copy, and read as that.
    terms = terms_of_fence({"_id": row["car_id"], "terms": {**row["terms"], "n": row["n"]}})
    return TermsSince(terms, row["by"], row["at"], following["at"] if following else None)


async def go_on(db: Database, session: AsyncClientSession, wanted: Sequence[CarTerms], by: str, now: datetime) -> None:
    """Inside a transaction: make *wanted* the latest of their series, and the fences' copies the same.

    What is the latest already gets no row. The fence, which more roles write, is not asked for what came before; its
    ``seq`` is the caller's to count.
    """
    pipeline: list[Document] = [
        {"$match": {"car_id": {"$in": [terms.car_id for terms in wanted]}}},
        {"$sort": {"car_id": 1, "n": 1}},
        {"$group": {"_id": "$car_id", "n": {"$last": "$n"}, "terms": {"$last": "$terms"}}},
    ]
    last = {row["_id"]: row async for row in await db.car_terms.aggregate(pipeline, session=session)}
    rows, copies = list[Document](), list[UpdateOne]()
    for terms in wanted:
        n, known = _reached(last.get(terms.car_id)), last.get(terms.car_id, {}).get("terms")
        if known != series_document(terms, by, now)["terms"]:
            n += 1
            rows.append(series_document(replace(terms, n=n), by, now))
        # At its branch it may have been sold by other rules before.
        copy: Document = {"$set": {"terms": terms_document(replace(terms, n=n))}, "$unset": {MARK: ""}}
        copies.append(UpdateOne({"_id": terms.car_id}, copy))
    if rows:
        await db.car_terms.insert_many(rows, session=session)
    if copies:
        await db.fences.bulk_write(copies, session=session)


def _reached(row: Document | None) -> int:
    return row["n"] if row else 0
