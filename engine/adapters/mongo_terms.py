"""A car's series of terms, looked up."""

from __future__ import annotations

from engine.adapters.mongo_client import Client, Document, database, speaking
from engine.adapters.mongo_documents import terms_of_fence
from engine.domain.car import CarId, TermsSince


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


def _since(row: Document, following: Document | None) -> TermsSince:
    # The same fields as a fence's copy, and read as that.
    terms = terms_of_fence({"_id": row["car_id"], "terms": {**row["terms"], "n": row["n"]}})
    return TermsSince(terms, row["by"], row["at"], following["at"] if following else None)
