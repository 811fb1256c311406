"""Drawers' shifts: read by whoever stands at the counter, written within the transaction of what moves their cash."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Client, Database, Document, database, session_of, speaking
from engine.adapters.mongo.codec.bookings import booking_of
from engine.adapters.mongo.codec.reading import must, read, shown, sound
from engine.adapters.mongo.codec.shifts import move_document, shift_document, shift_of
from engine.adapters.mongo.queries.walks import Hear, deaf, ids
from engine.adapters.mongo.schema.version import must_fit
from engine.domain.car.car import BranchId
from engine.domain.counter.shift import MOST_MOVES, CashMove, NoShift, Shift, ShiftId, ShiftOpen, ShiftState
from engine.domain.health.claims import Walk
from engine.domain.health.shifts import shift_faults
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import NotFound, Overtaken
from engine.domain.shared.remark import Remark, remark

_PAGE = 50
NOT_CLOSED = (ShiftState.OPEN.value, ShiftState.COUNTED.value)


class MongoShifts:
    """The port ``ShiftBook``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str) -> None:
        self._db: Database = database(client, name)

    async def of_branch(self, branch_id: BranchId, most: int) -> list[Shift | Damaged]:
        with speaking():
            found = self._db.shifts.find({"branch_id": branch_id}).sort([("opened_at", -1), ("_id", -1)])
            rows = await found.limit(most).to_list()
        return [read("shifts", row, shift_of) for row in rows]

    async def open_at(self, branch_id: BranchId, drawer: str) -> Shift | None:
        wanted: Document = {"branch_id": branch_id, "drawer": drawer, "state": {"$in": NOT_CLOSED}}
        with speaking():
            found = await self._db.shifts.find_one(wanted)
        return None if found is None else must("shifts", found, shift_of)

    async def last_number(self, branch_id: BranchId, drawer: str) -> int:
        with speaking():
            rows = self._db.shifts.find({"branch_id": branch_id, "drawer": drawer}, {"number": 1}).sort("number", -1)
            found = await rows.limit(1).to_list()
        number = found[0].get("number") if found else 0
        return number if isinstance(number, int) else 0


class MongoDrawers:
    """The port ``Drawers`` inside a driver's session."""

    def __init__(self, db: Database, session: AsyncClientSession) -> None:
        self._db, self._session = db, session

    async def shift(self, shift_id: ShiftId) -> Shift:
        found = await self._db.shifts.find_one({"_id": shift_id}, session=self._session)
        if found is None:
            raise NotFound("shift", shift_id)
        return must("shifts", found, shift_of)

    async def open(self, shift: Shift) -> None:
        await must_fit(self._db, self._session)
        try:
            await self._db.shifts.insert_one(shift_document(shift), session=self._session)
        except DuplicateKeyError as problem:
            # The transaction is lost by the duplicate; look outside of it.
            wanted: Document = {"branch_id": shift.branch_id, "drawer": shift.drawer, "state": {"$in": NOT_CLOSED}}
            other = await self._db.shifts.find_one(wanted, {"_id": 1})
            if other is None:
                raise Overtaken("the drawer's number was taken by another shift") from problem
            raise ShiftOpen(shown(other["_id"])) from problem

    async def move(self, shift: Shift, move: CashMove) -> None:
        wanted: Document = {
            "_id": shift.id,
            "state": ShiftState.OPEN.value,
            f"moves.{MOST_MOVES - 1}": {"$exists": False},
        }
        done = await self._db.shifts.update_one(
            wanted, {"$push": {"moves": move_document(move)}}, session=self._session
        )
        if done.matched_count == 0:
            raise NoShift(shift.branch_id)

    async def keep(self, shift: Shift) -> None:
        # It was read in this transaction: whatever moves in it meanwhile conflicts with this.
        await self._db.shifts.replace_one({"_id": shift.id}, shift_document(shift), session=self._session)


async def shifts_walk(client: Client, db: Database, most: timedelta, hear: Hear = deaf) -> Walk:
    """A page of shifts at a time with the bookings that they name and that name them, each of one moment."""
    walk, began = Walk(), perf_counter()
    with speaking():
        async for page in ids(db.shifts, _PAGE):
            walk.add(line for _, line in await shifts_among(client, db, page))
            walk.looked += len(page)
            hear(remark("progress.shifts", looked=walk.looked))
            if perf_counter() - began > most.total_seconds():
                walk.cut_off = True
                return walk
    return walk


async def shifts_among(client: Client, db: Database, shift_ids: list[Any]) -> list[tuple[Any, Remark]]:
    """The id of a shift, and what does not fit between it and its bookings, all of one moment."""
    async with session_of(client, snapshot=True) as session:
        rows = await db.shifts.find({"_id": {"$in": shift_ids}}, session=session).to_list()
        return [(row["_id"], line) for row in rows for line in await _beside_bookings(db, session, row)]


async def _beside_bookings(db: Database, session: AsyncClientSession, row: Document) -> list[Remark]:
    shift = read("shifts", row, shift_of)
    if isinstance(shift, Damaged):
        return [shift.remark]
    named = {move.payment_id.partition(":")[0] for move in shift.moves if move.payment_id}
    wanted: Document = {"$or": [{"_id": {"$in": sorted(named)}}, {"payments.taken.shift_id": shift.id}]}
    bookings = await db.bookings.find(wanted, session=session).to_list()
    return list(shift_faults(shift, sound("bookings", bookings, booking_of)))
