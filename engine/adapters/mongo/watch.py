"""Rows that were just written, heard by change stream, and looked at as the doctor looks at all of them.

Only their numbers are heard. How much is read goes by how much was written, never by how much is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from engine.adapters.mongo.agreements.walk import agreements_among
from engine.adapters.mongo.changes import StreamSource, follow
from engine.adapters.mongo.client import Client, Document, database, speaking
from engine.adapters.mongo.codec.reading import shown
from engine.adapters.mongo.marks.walk import marks_among
from engine.adapters.mongo.papers.lately import papers_among
from engine.adapters.mongo.queries.claims import claims_among, misfits, misshapen
from engine.adapters.mongo.queries.series import odd_terms
from engine.adapters.mongo.queries.strangers import line_of, strangers_among
from engine.adapters.mongo.shifts import shifts_among
from engine.domain.booking.watch import Touched, WatchFinding
from engine.domain.firm.events import ConnectionLost, Heard
from engine.domain.health.health import HealthArea
from engine.domain.shared.errors import Forbidden
from engine.domain.shared.remark import Remark, remark

#: collection -> what its rows are called.
WATCHED = {
    "bookings": "booking",
    "ledger": "ledger",
    "fences": "car",
    "cars": "car",
    "car_terms": "car",
    "movements": "movement",
    "agreements": "agreement",
    "shifts": "shift",
    "marks": "mark",
    "papers": "paper",
    "series": "series",
}
_NUMBER_ONLY: list[Document] = [{"$project": {"operationType": 1, "documentKey": 1, "ns": 1}}]


class MongoWatch:
    """The ``Rows`` of ``services.watch``."""

    def __init__(self, client: Client, name: str, since: Any) -> None:
        """*since* is the operation time from which on nothing is to be missed."""
        self._client, self._db, self._since = client, database(client, name), since

    async def follow(self, tell: Callable[[Touched | None], None]) -> None:
        def heard(word: Heard | ConnectionLost) -> None:
            if isinstance(word, Heard) and isinstance(word.record, Touched):
                tell(word.record)
            elif isinstance(word, Heard) and word.missed:
                tell(None)

        source = StreamSource(_touched_in, _NUMBER_ONLY, whole=False)
        await follow(self._db, dict.fromkeys(WATCHED, source), heard, self._since)

    async def look(self, rows: Mapping[str, list[Any]], now: datetime) -> list[WatchFinding]:
        with speaking():
            found = [each for name, ids in rows.items() for each in await self._misfits(name, ids)]
            if bookings := rows.get("bookings", []):
                found += await self._strangers(bookings)
            if cars := await self._cars_of(rows):
                found += await self._cars(cars, now)
            if rows.keys() & {"agreements", "bookings"}:
                agreed, booked = rows.get("agreements", []), rows.get("bookings", [])
                wrong_here = await agreements_among(self._client, self._db, agreed, booked)
                found += [_found(HealthArea.AGREEMENTS, "agreements", each, line) for each, line in wrong_here]
            if shifts := rows.get("shifts", []):
                differs = await shifts_among(self._client, self._db, shifts)
                found += [_found(HealthArea.SHIFTS, "shifts", each, line) for each, line in differs]
            if marks := rows.get("marks", []):
                wrong_marks = await marks_among(self._client, self._db, marks)
                found += [_found(HealthArea.MARKS, "marks", each, line) for each, line in wrong_marks]
            if rows.keys() & {"papers", "series"}:
                wrong = await papers_among(self._client, self._db, rows.get("papers", []), rows.get("series", []))
                found += [_found(HealthArea.PAPERS, name, each, line) for name, each, line in wrong]
        return found

    async def _misfits(self, name: str, ids: list[Any]) -> list[WatchFinding]:
        odd = await misfits(self._db, name, {"_id": {"$in": ids}}, len(ids))
        return [_found(HealthArea.ROWS, name, each, misshapen(name, each)) for each in odd]

    async def _strangers(self, ids: list[Any]) -> list[WatchFinding]:
        # Who was mended stands in the audit, which workers may not read.
        with suppress(Forbidden), speaking():
            found = await strangers_among(self._db, {"_id": {"$in": ids}})
            return [_found(HealthArea.ROWS, "bookings", each, line_of(each)) for each in found]
        return []

    async def _cars_of(self, rows: Mapping[str, list[Any]]) -> list[Any]:
        """The cars themselves, and those that what was written names."""
        cars = [*rows.get("fences", ()), *rows.get("cars", ())]
        for name in ("bookings", "car_terms", "movements"):
            if ids := rows.get(name):
                naming = self._db[name].find({"_id": {"$in": ids}}, {"car_id": 1})
                cars += [each["car_id"] async for each in naming if isinstance(each.get("car_id"), str)]
        return list({repr(each): each for each in cars}.values())

    async def _cars(self, cars: list[Any], now: datetime) -> Iterable[WatchFinding]:
        claims = await claims_among(self._client, self._db, cars, now)
        terms = await odd_terms(self._client, self._db, {"_id": {"$in": cars}})
        return [
            *(_found(HealthArea.CLAIMS, "fences", car, line) for car, line in claims),
            *(_found(HealthArea.TERMS, "fences", car, remark("row.other_terms", car=shown(car))) for car in terms),
        ]


def _touched_in(change: Document) -> Touched | None:
    key = change.get("documentKey")
    return Touched(change["ns"]["coll"], key["_id"]) if key else None


def _found(area: HealthArea, collection: str, row_id: Any, says: Remark) -> WatchFinding:
    return WatchFinding(area, Touched(collection, row_id), f"{WATCHED[collection]}:{shown(row_id)}", says)
