"""A car's movements: rows, the claims in its fence that stand for them, and what they are cut around."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.documents import (
    Claimed,
    Way,
    booked,
    claim_document,
    claims_of,
    movement_document,
    movement_of,
)
from engine.adapters.mongo.codec.reading import Fields, must, read, sound
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.version import judge_fence
from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import STANDING, BookingState
from engine.domain.car.availability import ClaimKind, just
from engine.domain.car.car import CarId
from engine.domain.car.fleet import MOST_TOLD, Coming, Outlook
from engine.domain.car.movement import (
    OPEN,
    Crossing,
    Movement,
    MovementId,
    MovementState,
    claim_name,
    movement_named,
    parts_of,
)
from engine.domain.car.movement_errors import AlreadyPlanned, NoTimeLeft
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import NotFound, Overtaken
from engine.domain.shared.period import RentalPeriod

OPEN_NOW: Document = {"state": {"$in": sorted(state.value for state in OPEN)}}
#: To be asked for with a fence: whether anything in it is a movement's.
ANY_MOVEMENT: Document = {"claims": {"$elemMatch": {"kind": ClaimKind.MOVEMENT}}}
_MOST_AHEAD = 100


class MongoMovements:
    """The port ``Movements``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str, bookings: str = "bookings") -> None:
        """*bookings* is what the account reads bookings from: the collection, or a view of it."""
        self._db: Database = database(client, name)
        self._bookings = self._db[bookings]

    async def ahead(self, car_id: CarId, now: datetime) -> list[Movement | Damaged]:
        wanted: Document = {"car_id": car_id, **OPEN_NOW, "ends_at": {"$gt": now}}
        with speaking():
            rows = await self._db.movements.find(wanted).sort("starts_at", 1).limit(_MOST_AHEAD).to_list()
        return [read("movements", row, movement_of) for row in rows]

    async def movement(self, movement_id: MovementId) -> Movement:
        with speaking():
            found = await self._db.movements.find_one({"_id": movement_id})
        if found is None:
            raise NotFound("movement", movement_id)
        return must("movements", found, movement_of)

    async def crossing(self, car_id: CarId, period: RentalPeriod, leaving_out: MovementId | None = None) -> Crossing:
        with speaking():
            fence = await self._db.fences.find_one({"_id": car_id}, {"claims": 1}) or {"_id": car_id}
            sold = [claim for claim in booked(fence) if claim.taken.period.overlaps(period)]
            wanted = {"_id": {"$in": [claim.id for claim in sold[:MOST_TOLD]]}}
            shown = {"starts_at": 1, "ends_at": 1, "zone": 1, "state": 1}
            rows = await self._bookings.find(wanted, shown).to_list()
        coming = sorted(sound("bookings", rows, coming_of), key=lambda each: each.period.starts_at)
        outlook = Outlook(tuple(coming), frozenset(BookingId(claim.id) for claim in sold))
        others = _others(claims_of(fence), leaving_out)
        return Crossing(period, outlook, parts_of(period, (claim.taken.whole for claim in others)))


def coming_of(document: Document) -> Coming:
    """Of a booking's row, or of one in a view that tells as much."""
    row = Fields(document)
    return Coming(
        BookingId(row.text("_id")),
        RentalPeriod(row.moment("starts_at"), row.moment("ends_at")),
        row.text("zone"),
        STANDING[row.choice("state", BookingState)],
    )


async def put_movement(
    db: Database,
    session: AsyncClientSession,
    before: Movement | None,
    after: Movement,
    seen: frozenset[BookingId],
    now: datetime,
) -> Document:
    """Store *after* in place of *before*, and claim what nothing else takes of its time; see ``Transaction``.

    Returns the fence. It is written first: from there on every claim on the car conflicts with this.
    """
    fence = await db.fences.find_one_and_update(
        {"_id": after.car_id, "schema": LATEST}, {"$inc": {"seq": 1}}, session=session
    )
    if fence is None:
        found = await db.fences.find_one({"_id": after.car_id}, session=session)
        if found is None:
            raise NotFound("car", after.car_id)
        judge_fence(found)
        raise Overtaken(f"car {after.car_id} was changed meanwhile")
    others = _others(claims_of(fence), after.id)
    if after.open:
        _must_be_told(after, others, seen)
        await _must_be_alone(db, session, after, now)
        if not parts_of(after.period, (claim.taken.whole for claim in others)):
            raise NoTimeLeft(after.car_id)
    await _store(db, session, before, after)
    await _tidy(db, session, after, now)
    await claim_anew(db, session, after.car_id)
    return fence


async def claim_anew(db: Database, session: AsyncClientSession, car_id: str) -> None:
    """Let the car's open movements claim all of their time that nothing else does; its fence was written before.

    What was sold in that time and left it again, goes to the movement and not to the next who asks.
    """
    fence = await db.fences.find_one({"_id": car_id}, {"claims": 1}, session=session) or {"_id": car_id}
    claims = claims_of(fence)
    named = sorted({movement_named(claim.id) for claim in claims if claim.kind is ClaimKind.MOVEMENT})
    asked: Document = {"car_id": car_id, "$or": [{"_id": {"$in": named}}, OPEN_NOW]}
    rows = await db.movements.find(asked, session=session).sort("starts_at", 1).to_list()
    movements = sound("movements", rows, movement_of)
    known = {movement.id for movement in movements}
    # Claims of a movement that nobody knows stay where they are: the doctor tells of them.
    old = [claim.id for claim in claims if claim.kind is ClaimKind.MOVEMENT and movement_named(claim.id) in known]
    others = [claim.taken.whole for claim in claims if claim.kind is not ClaimKind.MOVEMENT or claim.id not in old]
    wanted: list[Document] = []
    for movement in (each for each in movements if each.open):
        parts = parts_of(movement.period, others)
        for n, part in enumerate(parts, 1):
            way = Way(movement.start_id, movement.end_id)
            wanted.append(claim_document(claim_name(movement.id, n), just(part), ClaimKind.MOVEMENT, way))
        others += [(part.starts_at, part.ends_at) for part in parts]
    if old:
        gone: Document = {"claims": {"kind": ClaimKind.MOVEMENT, "id": {"$in": old}}}
        await db.fences.update_one({"_id": car_id}, {"$pull": gone}, session=session)
    if wanted:
        await db.fences.update_one({"_id": car_id}, {"$push": {"claims": {"$each": wanted}}}, session=session)


def _others(claims: Iterable[Claimed], movement_id: MovementId | None) -> list[Claimed]:
    """Without those of that movement."""
    return [
        claim for claim in claims if claim.kind is not ClaimKind.MOVEMENT or movement_named(claim.id) != movement_id
    ]


def _must_be_told(wanted: Movement, others: Iterable[Claimed], seen: frozenset[BookingId]) -> None:
    in_it = {
        claim.id for claim in others if claim.kind is ClaimKind.BOOKING and claim.taken.period.overlaps(wanted.period)
    }
    if not in_it <= seen:
        raise Overtaken(f"car {wanted.car_id} was booked meanwhile")


async def _must_be_alone(db: Database, session: AsyncClientSession, wanted: Movement, now: datetime) -> None:
    """Two periods of service that share time would be cut around each other, and neither would be what was asked."""
    other: Document = {
        "car_id": wanted.car_id,
        "_id": {"$ne": wanted.id},
        **OPEN_NOW,
        "starts_at": {"$lt": wanted.period.ends_at},
        "ends_at": {"$gt": max(wanted.period.starts_at, now)},
    }
    found = await db.movements.find_one(other, session=session)
    if found is not None:
        raise AlreadyPlanned(wanted.car_id, must("movements", found, movement_of).period)


async def _store(db: Database, session: AsyncClientSession, before: Movement | None, after: Movement) -> None:
    row = movement_document(after)
    if before is None:
        await db.movements.insert_one(row, session=session)
        return
    done = await db.movements.replace_one(movement_document(before), row, session=session)
    if done.matched_count == 0:
        raise Overtaken(f"movement {after.id} was changed by somebody else")


async def _tidy(db: Database, session: AsyncClientSession, written: Movement, now: datetime) -> None:
    """What is over by the clock is written down as over; with the next look at the fence its claims go."""
    over: Document = {"car_id": written.car_id, "_id": {"$ne": written.id}, **OPEN_NOW, "ends_at": {"$lte": now}}
    change: Document = {"$set": {"state": MovementState.ARRIVED}, "$inc": {"version": 1}}
    await db.movements.update_many(over, change, session=session)
