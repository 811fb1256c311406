"""Marks on cars: read by whoever may see the car, written within the transaction of what finds them."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError

from engine.adapters.mongo.client import Client, Database, database, speaking
from engine.adapters.mongo.codec.marks import mark_document, mark_of
from engine.adapters.mongo.codec.reading import must, read
from engine.adapters.mongo.schema.version import must_fit
from engine.domain.car.car import CarId
from engine.domain.car.condition import Mark, MarkId, MarkState
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import NotFound, Overtaken
from engine.ports.marks import Standing

#: More than a car gets in its life.
_MOST = 2_000
_DUPLICATE_KEY = 11000


class MongoMarks:
    """The port ``MarkBook``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str) -> None:
        self._db: Database = database(client, name)

    async def of_car(self, car_id: CarId) -> list[Mark | Damaged]:
        with speaking():
            rows = await self._db.marks.find({"car_id": car_id}).sort([("n", 1)]).limit(_MOST).to_list()
        return [read("marks", row, mark_of) for row in rows]


class MongoMarksOfCars:
    """The port ``MarksOfCars`` inside a driver's session."""

    def __init__(self, db: Database, session: AsyncClientSession) -> None:
        self._db, self._session = db, session

    async def standing(self, car_id: CarId) -> Standing:
        rows = await self._db.marks.find({"car_id": car_id}, {"n": 1, "state": 1}, session=self._session).to_list()
        known = {int(row["n"]): row.get("state") for row in rows if isinstance(row.get("n"), int)}
        return Standing(max(known, default=0), tuple(sorted(n for n in known if known[n] == MarkState.OPEN)))

    async def add(self, marks: Sequence[Mark]) -> None:
        await must_fit(self._db, self._session)
        try:
            await self._db.marks.insert_many([mark_document(each) for each in marks], session=self._session)
        except BulkWriteError as problem:
            if all(failed["code"] == _DUPLICATE_KEY for failed in problem.details["writeErrors"]):
                raise Overtaken("a number of these marks was taken by another one") from problem
            raise

    async def mark(self, mark_id: MarkId) -> Mark:
        found = await self._db.marks.find_one({"_id": mark_id}, session=self._session)
        if found is None:
            raise NotFound("mark", mark_id)
        return must("marks", found, mark_of)

    async def close(self, mark: Mark) -> None:
        await must_fit(self._db, self._session)
        # It was read in this transaction: whoever closes it meanwhile conflicts with this.
        await self._db.marks.replace_one({"_id": mark.id}, mark_document(mark), session=self._session)


class MarksThere:
    """That part of the port ``Transaction``."""

    _db: Database
    _session: AsyncClientSession

    @property
    def marks(self) -> MongoMarksOfCars:
        return MongoMarksOfCars(self._db, self._session)
