"""The fence of a car: every promise of its time is entered here, and refused where another is in its way.

A fence is written by whoever claims, so that two claims on one car always conflict (docs/decisions/0002).
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.branch_rules import MARK
from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.documents import Way, body_of, claim_document, claims_of, stands_of, terms_of_fence
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.version import judge_fence
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.handing_over import NotReady, StillOut
from engine.domain.car.availability import ClaimKind, Readiness, Stretch, readiness
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, CarId, CarStatus, CarTerms
from engine.domain.car.catalogue import CarWish
from engine.domain.car.places import Leg, NotHere, fits, place_at
from engine.domain.shared.errors import CarNotRentable, DriveSphereError, NotFound, Overtaken, PeriodTaken
from engine.domain.shared.period import LONGEST, OVERDUE_AHEAD

#: Short rows come in one answer: the driver would fetch the 102nd with a command of its own.
AT_ONCE = 100_000


class Wished(NamedTuple):
    """A claim that is wished for. Attributes: ``to`` is where the car is left, None for where it is taken."""

    claim_id: str
    taken: Stretch
    to: BranchId | None = None


def in_the_way(wished: Stretch, now: datetime) -> Document:
    """Filter for the claims that keep a car from being promised for *wished*; search and claim both use this one.

    What overlaps, whatever its kind, and the cars that are out and should be back by *now*.
    """
    overlap = between(wished.starts_at, wished.free_at)
    if wished.starts_at >= now + OVERDUE_AHEAD:
        return overlap
    return {"$or": [overlap, {"out": True, "ends_at": {"$lte": now}}]}


def between(since: datetime, until: datetime) -> Document:
    """Filter for the claims of which some time lies there."""
    return {"starts_at": {"$lt": until}, "free_at": {"$gt": since}}


def entered(wished: Wished, kind: ClaimKind = ClaimKind.BOOKING) -> list[Document]:
    """The change of a fence that adds such a claim; it begins at the branch of the car's terms."""
    way = Way(BranchId(""), wished.to or BranchId(""))
    told: Document = {"$literal": claim_document(wished.claim_id, wished.taken, kind, way)}
    home: Document = {"from": "$terms.branch_id", **({} if wished.to else {"to": "$terms.branch_id"})}
    claims = {"$concatArrays": ["$claims", [{"$mergeObjects": [told, home]}]]}
    return [{"$set": {"seq": {"$add": ["$seq", 1]}, "claims": claims}}]


def _some_claim(rule: Document) -> Document:
    """Whether *rule* holds for some claim of a fence, which is ``$$this`` there."""
    claims: Document = {"$cond": [{"$isArray": "$claims"}, "$claims", []]}
    return {"$anyElementTrue": {"$map": {"input": claims, "as": "this", "in": rule}}}


#: Whether where the car stands, or will, is to be asked at all: some claim ends elsewhere than it began.
_ROAMS: Document = {
    "$or": [
        {"$not": {"$in": ["$at", ["$terms.branch_id", None]]}},
        _some_claim({"$ne": ["$$this.to", "$terms.branch_id"]}),
    ]
}


class Entered(NamedTuple):
    """A car that was promised just now. Attributes: ``mark`` says by which rules of its branch it was sold before."""

    terms: CarTerms
    body: BodyType | None
    mark: str | None


class Taken(NamedTuple):
    """Cars of a branch that cannot be had for some time.

    Attributes:
        blocked: In maintenance, or promised to somebody.
        elsewhere: They will not stand there then, or are needed at another branch next.
    """

    blocked: list[CarId]
    elsewhere: list[CarId]

    @property
    def ids(self) -> list[CarId]:
        return [*self.blocked, *self.elsewhere]


async def taken_at(db: Database, wish: CarWish, ready: Readiness, now: datetime) -> Taken:
    """By one look at the branch's fences, which decide every claim too."""
    branch_id, groups = wish.branch_id, ready.stretches(wish.period)
    here: Document = {"$in": ["$at", [branch_id, None]]}
    roams: Document = {"$or": [{"$not": here}, _some_claim({"$ne": ["$$this.to", branch_id]})]}
    leaves: Document = {"claims": {"$elemMatch": {"to": {"$ne": branch_id}}}}
    ways = [{"at": {"$nin": [branch_id, None]}}, leaves]
    for bodies, stretch in groups:
        narrowed: Document = {} if len(groups) == 1 else {"body": {"$in": bodies}}
        ways.append({**narrowed, "claims": {"$elemMatch": in_the_way(stretch, now)}})
    asked: Document = {
        "terms.branch_id": branch_id,
        "$or": [{"status": CarStatus.MAINTENANCE}, {"status": CarStatus.ACTIVE, "$or": ways}],
    }
    shown: Document = {"status": 1, "at": 1, "body": 1, "claims": {"$cond": [roams, "$claims", "$$REMOVE"]}}
    blocked, elsewhere = list[CarId](), list[CarId]()
    leg = Leg(wish.period.starts_at, branch_id, branch_id)
    for fence in await db.fences.find(asked, shown, batch_size=AT_ONCE).to_list():
        claims, wished = claims_of(fence), ready.stretch(wish.period, body_of(fence))
        kept = fence.get("status") != CarStatus.ACTIVE or "claims" not in fence
        if kept or any(claim.taken.in_the_way(wished, now) for claim in claims):
            blocked.append(CarId(fence["_id"]))
        elif not fits(leg, BranchId(fence.get("at") or branch_id), [claim.leg for claim in claims]):
            elsewhere.append(CarId(fence["_id"]))
    return Taken(blocked, elsewhere)


async def make_ready(
    db: Database,
    session: AsyncClientSession,
    car_id: CarId,
    claim_id: str,
    branch: Branch,
    ends_at: datetime,
    body: BodyType | None = None,
) -> datetime:
    """Let the claim last until the car that comes back to *branch* is ready; returns when that is.

    What *body* the car has is asked where the caller does not know it.

    Raises:
        PeriodTaken: Somebody else is promised the car before.
    """
    if not (branch.hours.turn.usual or branch.hours.turn.by_body):
        return ends_at
    if body is None:
        body = body_of(await db.fences.find_one({"_id": car_id}, {"body": 1}, session=session) or {})
    free_at = readiness(branch, ends_at).of(body)
    if free_at <= ends_at:
        return ends_at
    others = {"id": {"$ne": claim_id}, **between(ends_at, free_at)}
    done = await db.fences.update_one(
        {"_id": car_id, "claims": {"$not": {"$elemMatch": others}}},
        {"$inc": {"seq": 1}, "$set": {"claims.$[own].free_at": free_at}},
        array_filters=[{"own.id": claim_id, "own.kind": ClaimKind.BOOKING}],
        session=session,
    )
    if done.matched_count == 0:
        raise await _why_not(db, session, car_id, others)
    return free_at


async def enter(
    db: Database, session: AsyncClientSession, car_id: CarId, wished: Wished, now: datetime, only: Document
) -> Entered:
    """Promise the car, and make every other claim on it conflict; *only* says which fences are entered at all.

    Raises:
        NotFound, CarNotRentable, PeriodTaken, NotHere: As ``Transaction.claim`` says.
    """
    blocked = in_the_way(wished.taken, now)
    fence = await db.fences.find_one_and_update(
        {"_id": car_id, "schema": LATEST, **only, "claims": {"$not": {"$elemMatch": blocked}}},
        entered(wished),
        projection={"terms": 1, "body": 1, MARK: 1, "roams": _ROAMS},
        session=session,
    )
    if fence is None:
        raise await _why_not(db, session, car_id, blocked)
    terms = terms_of_fence(fence)
    if fence["roams"] or wished.to not in (None, terms.branch_id):
        await _must_stand(db, session, car_id, wished.claim_id, terms)
    return Entered(terms, body_of(fence), fence.get(MARK))


async def _must_stand(db: Database, session: AsyncClientSession, car_id: CarId, claim_id: str, terms: CarTerms) -> None:
    """The claim is in the fence already; the transaction ends where the car will not stand for it."""
    fence = await db.fences.find_one({"_id": car_id}, {"claims": 1, "terms": 1, "at": 1}, session=session)
    claims = claims_of(fence or {})
    own = next((claim.leg for claim in claims if claim.id == claim_id), None)
    legs = [claim.leg for claim in claims if claim.id != claim_id]
    if fence is None or own is None or not fits(own, stands_of(fence), legs):
        stands = place_at(stands_of(fence or {}), legs, own.starts_at) if own else terms.branch_id
        raise NotHere(car_id, stands)


async def hand_out(
    db: Database, session: AsyncClientSession, booking: Booking, now: datetime, odometer_km: int
) -> Document:
    """Say in the car's fence that its renter has the car from *now* on; returns the fence as it was before.

    Raises:
        NotFound, CarNotRentable, StillOut, NotReady, Overtaken: As ``Transaction.hand_out`` says.
    """
    own = {"id": booking.id, "kind": ClaimKind.BOOKING}
    starts_at = max(min(now, booking.period.starts_at), booking.period.ends_at - LONGEST)
    others = {"id": {"$ne": booking.id}, "$or": [{"out": True}, between(starts_at, booking.period.starts_at)]}
    free: Document = {"$elemMatch": {**own, "out": False}, "$not": {"$elemMatch": others}}
    fence = await db.fences.find_one_and_update(
        {"_id": booking.car_id, "schema": LATEST, "status": CarStatus.ACTIVE, "claims": free},
        {
            "$inc": {"seq": 1},
            "$set": {
                "at": None,
                "odometer_km": odometer_km,
                "claims.$[own].out": True,
                "claims.$[own].starts_at": starts_at,
            },
        },
        array_filters=[{"own.id": booking.id, "own.kind": ClaimKind.BOOKING}],
        projection={"terms.branch_id": 1, "odometer_km": 1},
        session=session,
    )
    if fence is None:
        raise await _why_kept(db, session, booking)
    return fence


async def hand_on(
    db: Database, session: AsyncClientSession, car_id: CarId, booking_id: BookingId, odometer_km: int
) -> Document:
    """Say in the car's fence, which has the booking's claim, that the renter has it; returns the fence as it was.

    Raises:
        StillOut: Somebody else has it.
    """
    own = {"id": booking_id, "kind": ClaimKind.BOOKING}
    others = {"id": {"$ne": booking_id}, "out": True}
    fence = await db.fences.find_one_and_update(
        {"_id": car_id, "claims": {"$elemMatch": {**own, "out": False}, "$not": {"$elemMatch": others}}},
        {"$inc": {"seq": 1}, "$set": {"at": None, "odometer_km": odometer_km, "claims.$[own].out": True}},
        array_filters=[{"own.id": booking_id, "own.kind": ClaimKind.BOOKING}],
        projection={"odometer_km": 1},
        session=session,
    )
    if fence is None:
        raise StillOut(car_id, booking_id)
    return fence


async def move_end(
    db: Database, session: AsyncClientSession, booking: Booking, ends_at: datetime, free_at: datetime
) -> Document:
    """Let the claim of *booking*, whose renter has the car, end then; returns the fence as it was before.

    Raises:
        PeriodTaken: Somebody else is promised the car before it would be free again.
        NotFound, Overtaken: There is no such car, or it is not out with that booking.
    """
    own = {"id": booking.id, "kind": ClaimKind.BOOKING}
    others = {"id": {"$ne": booking.id}, **between(booking.free_at, free_at)}
    fits: Document = {"$elemMatch": {**own, "out": True}, "$not": {"$elemMatch": others}}
    fence = await db.fences.find_one_and_update(
        {"_id": booking.car_id, "schema": LATEST, "claims": fits},
        {"$inc": {"seq": 1}, "$set": {"claims.$[own].ends_at": ends_at, "claims.$[own].free_at": free_at}},
        array_filters=[{"own.id": booking.id, "own.kind": ClaimKind.BOOKING}],
        projection={"terms.branch_id": 1, "claims": {"$elemMatch": {"kind": ClaimKind.MOVEMENT}}},
        session=session,
    )
    if fence is not None:
        return fence
    there = await db.fences.find_one({"_id": booking.car_id}, session=session)
    if there is None:
        raise NotFound("car", booking.car_id)
    judge_fence(there)
    mine = next((claim for claim in claims_of(there) if claim.id == booking.id), None)
    if mine is None or not mine.taken.out:
        raise Overtaken(f"car {booking.car_id} is not out with {booking.id}")
    raise await _why_not(db, session, booking.car_id, others, any_status=True)


async def _why_kept(db: Database, session: AsyncClientSession, booking: Booking) -> DriveSphereError:
    fence = await db.fences.find_one({"_id": booking.car_id}, session=session)
    if fence is None:
        return NotFound("car", booking.car_id)
    judge_fence(fence)
    if fence.get("status") != CarStatus.ACTIVE:
        return CarNotRentable(booking.car_id)
    ways = [claim for claim in claims_of(fence) if claim.id != booking.id]
    out = next((claim.id for claim in ways if claim.taken.out), None)
    if out is not None:
        return StillOut(booking.car_id, out)
    early = [claim for claim in ways if claim.taken.free_at <= booking.period.starts_at]
    if early:
        return NotReady(booking.car_id, max(claim.taken.free_at for claim in early))
    return Overtaken(f"car {booking.car_id} was changed meanwhile")


async def _why_not(
    db: Database, session: AsyncClientSession, car_id: CarId, blocked: Document, *, any_status: bool = False
) -> DriveSphereError:
    fence = await db.fences.find_one({"_id": car_id}, session=session)
    if fence is None:
        return NotFound("car", car_id)
    judge_fence(fence)
    if fence.get("status") != CarStatus.ACTIVE and not any_status:
        return CarNotRentable(car_id)
    pipeline: list[Document] = [
        {"$match": {"_id": car_id}},
        {"$unwind": "$claims"},
        {"$replaceWith": "$claims"},
        {"$match": blocked},
    ]
    claims = await (await db.fences.aggregate(pipeline, session=session)).to_list()
    known = claims_of({"_id": car_id, "claims": claims})
    ends = max((claim.taken.free_at for claim in known), default=None)
    only_bookings = all(claim.kind is ClaimKind.BOOKING for claim in known)
    return PeriodTaken(car_id, ends, tuple(claim.id for claim in known) if only_bookings else ())
