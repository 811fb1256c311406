"""What the demo's clerk finds on a day: two cars that are late, somebody nobody has seen yet, one who is a little late.

The demo is drawn, and brought home later, with everybody on time; a few at one branch are then told otherwise. What a
person did there is never touched: only moves that the demo itself made at the very time agreed are taken back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.documents import Way, claim_document
from engine.domain.booking.booking import NO_SHOW_PATIENCE
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import ClaimKind, Stretch
from engine.domain.car.car import CarStatus
from engine.embedded import demo_agreements
from engine.embedded.demo_people import accounts

_LATE, _NOT_COME, _LITTLE_LATE = 2, 1, 1
#: How far back one looks for somebody to be late.
_LATELY = timedelta(hours=48)
_ENOUGH_LEFT = timedelta(hours=2)


async def tell_today(db: Database, now: datetime) -> None:
    """At the branch of the demo's clerk; told once, it is the same again."""
    here: Document = {
        "branch_id": next(each.branch_id for each in accounts() if each.branch_id),
        "payments.attempts.payment_intent": {"$regex": "^pi_demo_"},
    }
    patience = now - NO_SHOW_PATIENCE
    gone = {**here, "state": BookingState.OUT, "ends_at": {"$gt": now + _ENOUGH_LEFT}}
    waiting = {**here, "state": BookingState.CONFIRMED}
    few = ((_NOT_COME, {"$gt": now - _LATELY, "$lte": patience}), (_LITTLE_LATE, {"$gt": patience, "$lte": now}))
    for most, begun in few:
        missing = most - await db.bookings.count_documents({**waiting, "starts_at": begun})
        await _take_back(db, now, {**gone, "starts_at": begun}, missing, "starts_at", BookingState.CONFIRMED)
    missing = _LATE - await db.bookings.count_documents({**here, "state": BookingState.OUT, "ends_at": {"$lte": now}})
    home = {**here, "state": BookingState.COMPLETED, "ends_at": {"$gt": now - _LATELY, "$lte": now}}
    await _take_back(db, now, home, missing, "ends_at", BookingState.OUT)


async def _take_back(db: Database, now: datetime, wanted: Document, most: int, by: str, state: BookingState) -> None:
    """The last move of at most *most* bookings, the newest first: they are in *state* again, in row and fence."""
    done = 0
    if most <= 0:
        return
    async for row in db.bookings.find(wanted).sort(by, -1):
        last = row["history"][-1]
        drawn = last["by"] == "demo" or last["at"] == row[by]
        if drawn and await _in_fence(db, row, now, out=state is BookingState.OUT):
            change: Document = {"$set": {"state": state}, "$pop": {"history": 1}, "$inc": {"version": 1}}
            await db.bookings.update_one({"_id": row["_id"], "version": row["version"]}, change)
            if state is BookingState.OUT:
                await demo_agreements.hand_out(db, [row["_id"]])
            else:
                await _unread(db, row)
            done += 1
        if done == most:
            return


async def _unread(db: Database, row: Document) -> None:
    """It has no agreement; of a car that no other one read, nothing was read."""
    await db.agreements.delete_one({"_id": row["_id"]})
    if not await db.agreements.count_documents({"legs.car.car_id": row["car_id"]}, limit=1):
        await db.fences.update_one({"_id": row["car_id"]}, {"$set": {"odometer_km": None}, "$inc": {"seq": 1}})


async def _in_fence(db: Database, row: Document, now: datetime, *, out: bool) -> bool:
    """Whether the car's fence took it: nobody else may have the car meanwhile."""
    if out:
        taken = Stretch(row["starts_at"], row["ends_at"], row["free_at"], out=True)
        way = Way(row["branch_id"], row["return_branch_id"])
        claim = claim_document(row["_id"], taken, ClaimKind.BOOKING, way)
        begun: Document = {"$elemMatch": {"$or": [{"out": True}, {"starts_at": {"$lte": now}}]}}
        wanted: Document = {"_id": row["car_id"], "status": CarStatus.ACTIVE, "claims": {"$not": begun}}
        change: Document = {
            "$inc": {"seq": 1},
            "$set": {"at": None},
            "$push": {"claims": {"$each": [claim], "$position": 0}},
        }
    else:
        wanted = {"_id": row["car_id"], "claims": {"$elemMatch": {"id": row["_id"], "out": True}}}
        change = {"$inc": {"seq": 1}, "$set": {"at": row["branch_id"], "claims.$.out": False}}
    return (await db.fences.update_one(wanted, change)).modified_count == 1
