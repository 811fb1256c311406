"""Walks over all rows for the doctor: in batches, each of one moment, and no longer than there is time."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.branch_rules import ASKING, MARK, is_of_before, mark_of
from engine.adapters.mongo.client import Client, Collection, Database, Document, session_of, speaking
from engine.adapters.mongo.codec.documents import claims_of, movement_of
from engine.adapters.mongo.codec.reading import Fields, read, shown
from engine.adapters.mongo.movements import OPEN_NOW
from engine.adapters.mongo.queries.strangers import strangers_walk
from engine.adapters.mongo.queries.walks import Hear, deaf, pages
from engine.adapters.mongo.schema.rules import VALIDATORS
from engine.domain.booking.booking import MOST_TURN_MINUTES
from engine.domain.booking.restored import Outcome
from engine.domain.booking.states import BLOCKING, BookingState
from engine.domain.booking.successor import SLACK
from engine.domain.car.availability import Stretch
from engine.domain.firm.settings import LONGEST_HOLD
from engine.domain.health.claims import (
    Away,
    FenceClaims,
    Kept,
    Walk,
    faults_of,
    movement_faults,
    restored_faults,
)
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Forbidden
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.remark import Remark, remark

_PAGE, _FEW = 1_000, 20
#: Rows that are held against their collection's shape in one command, and bookings whose cars are looked for in one.
_SHAPES, _CARS = 20_000, 10_000
_BLOCKING = [state.value for state in BLOCKING]
_BY_CAR = "blocking_car"
#: Each branch's mark; None where any is allowed.
Branches = dict[str, str | None]
_KEPT = (
    "car_id",
    "starts_at",
    "ends_at",
    "turn_minutes",
    "branch_id",
    "return_branch_id",
    "history.state",
    "history.at",
    "history.change",
    "state",
    "hold_until",
    "created_at",
)


async def claims_walk(client: Client, db: Database, now: datetime, most: timedelta, hear: Hear = deaf) -> Walk:
    """Every fence beside the bookings that keep its car, and those of cars that have none."""
    walk, began, last = Walk(), perf_counter(), list[Any]()
    with speaking():
        while True:
            if perf_counter() - began > most.total_seconds():
                walk.cut_off = True
                return walk
            async with session_of(client, snapshot=True) as session:
                fences = await _after(db.fences, last, session)
                cars = [each["_id"] for each in fences]
                rows, lost, away = await _keeping(db, cars, session)
                branches = await _branches(db, session)
            if not fences:
                break
            last = [cars[-1]]
            _compare(walk, fences, rows, now, branches)
            _compare_restored(walk, fences, lost)
            _compare_movements(walk, fences, away)
            hear(remark("progress.claims", looked=walk.looked))
        async for lines in _fenceless(db):
            walk.add(lines)
            if perf_counter() - began > most.total_seconds():
                walk.cut_off = True
                return walk
    return walk


async def claims_among(client: Client, db: Database, cars: list[Any], now: datetime) -> list[tuple[Any, Remark]]:
    """Of each of *cars* what is wrong with its claims, all of one moment; a page of cars at most."""
    async with session_of(client, snapshot=True) as session:
        fences = await db.fences.find({"_id": {"$in": cars}}, session=session).to_list()
        rows, lost, away = await _keeping(db, cars, session)
        branches = await _branches(db, session)
    told: list[tuple[Any, Remark]] = []
    for fence in fences:
        walk, own = Walk(), fence["_id"]
        _compare(walk, [fence], [row for row in rows if row["car_id"] == own], now, branches)
        _compare_restored(walk, [fence], [row for row in lost if row["stay"]["car_id"] == own])
        _compare_movements(walk, [fence], [row for row in away if row["car_id"] == own])
        told += [(own, line) for line in walk.lines]
    known = [fence["_id"] for fence in fences]
    for verb, keepers in (("kept", rows), ("planned", away)):
        strays = [row for row in keepers if row["car_id"] not in known]
        told += [(row["car_id"], _fenceless_line(row["car_id"], row["_id"], verb)) for row in strays]
    return told


async def _branches(db: Database, session: AsyncClientSession) -> Branches:
    """The firm's branches, and what the fences of their cars may be marked with; any, where one is being changed."""
    rows = await db.branches.find({}, session=session, batch_size=_PAGE).to_list()
    return {row["_id"]: None if ASKING in row else mark_of(row) for row in rows if isinstance(row["_id"], str)}


async def _keeping(
    db: Database, cars: list[Any], session: AsyncClientSession
) -> tuple[list[Document], list[Document], list[Document]]:
    """The bookings that keep one of *cars*, the restored payments that do, and its open movements."""
    wanted: Document = {"car_id": {"$in": cars}, "state": {"$in": _BLOCKING}}
    paid: Document = {"outcome": Outcome.OPEN, "claimed": True, "stay.car_id": {"$in": cars}}
    rows = await db.bookings.find(wanted, dict.fromkeys(_KEPT, 1), session=session).to_list()
    lost = await db.restored_payments.find(paid, {"stay": 1}, session=session).to_list()
    away = await db.movements.find({"car_id": {"$in": cars}, **OPEN_NOW}, session=session).to_list()
    return rows, lost, away


def _compare(walk: Walk, fences: list[Document], rows: list[Document], now: datetime, branches: Branches) -> None:
    of_car: dict[str, list[Kept]] = {}
    for row in rows:
        kept = read("bookings", row, _kept)
        if isinstance(kept, Damaged):
            walk.add([kept.remark])
        else:
            of_car.setdefault(row["car_id"], []).append(_judged(kept, row, now))
    for fence in fences:
        walk.looked += 1
        walk.add(
            faults_of(_claimed(fence, branches), of_car.get(fence["_id"], ()) if isinstance(fence["_id"], str) else ())
        )


def _compare_restored(walk: Walk, fences: list[Document], rows: list[Document]) -> None:
    of_car: dict[str, dict[str, RentalPeriod]] = {}
    for row in rows:
        period = read("restored_payments", row, _stayed)
        if isinstance(period, Damaged):
            walk.add([period.remark])
        else:
            of_car.setdefault(row["stay"]["car_id"], {})[row["_id"]] = period
    for fence in fences:
        walk.add(
            restored_faults(_claimed(fence), of_car.get(fence["_id"], {}) if isinstance(fence["_id"], str) else {})
        )


def _compare_movements(walk: Walk, fences: list[Document], rows: list[Document]) -> None:
    of_car: dict[str, list[Away]] = {}
    for row in rows:
        away = read("movements", row, _away)
        if isinstance(away, Damaged):
            walk.add([away.remark])
        else:
            of_car.setdefault(row["car_id"], []).append(away)
    for fence in fences:
        own = of_car.get(fence["_id"], ()) if isinstance(fence["_id"], str) else ()
        walk.add(movement_faults(_claimed(fence), own))


def _away(document: Document) -> Away:
    movement = movement_of(document)
    return Away(movement.id, movement.owner_id, movement.period)


def _stayed(document: Document) -> RentalPeriod:
    stay = Fields(document).part("stay")
    return RentalPeriod(stay.moment("starts_at"), stay.moment("ends_at"))


async def _after(collection: Collection, last: list[Any], session: AsyncClientSession) -> list[Document]:
    """The next page by ``_id``, of whatever kind that is."""
    cursor = collection.find({}, session=session).sort("_id", 1).hint([("_id", 1)]).limit(_PAGE + len(last))
    rows = await (cursor.min([("_id", last[0])]) if last else cursor).to_list()
    return [row for row in rows if [row["_id"]] != last]


async def _fenceless(db: Database) -> AsyncIterator[list[Remark]]:
    """Of whatever keeps a car that has no fence, a page of bookings at a time; movements come last."""
    async for car_ids in _pages_of_cars(db):
        pipeline: list[Document] = [
            {"$match": {"state": {"$in": _BLOCKING}, "car_id": car_ids}},
            {"$group": {"_id": "$car_id", "booking": {"$first": "$_id"}}},
            {"$lookup": {"from": "fences", "localField": "_id", "foreignField": "_id", "as": "fence"}},
            {"$match": {"fence": []}},
            {"$limit": _FEW},
        ]
        rows = await (await db.bookings.aggregate(pipeline, hint=_BY_CAR)).to_list()
        yield [_fenceless_line(row["_id"], row["booking"]) for row in rows]
    astray: list[Document] = [
        {"$match": OPEN_NOW},
        {"$lookup": {"from": "fences", "localField": "car_id", "foreignField": "_id", "as": "fence"}},
        {"$match": {"fence": []}},
        {"$limit": _FEW},
    ]
    away = await (await db.movements.aggregate(astray)).to_list()
    yield [_fenceless_line(row.get("car_id"), row["_id"], "planned") for row in away]


async def _pages_of_cars(db: Database) -> AsyncIterator[Document]:
    """Filters of the cars that open bookings name; first of what is no text, and so no car's number."""
    yield {"$not": {"$gte": "", "$lt": {}}}
    after: Document = {"$gte": ""}
    while True:
        wanted: Document = {"state": {"$in": _BLOCKING}, "car_id": after}
        ends = db.bookings.find(wanted, {"_id": 0, "car_id": 1}).hint(_BY_CAR).sort("car_id", 1)
        last = [row["car_id"] for row in await ends.skip(_CARS - 1).limit(1).to_list()]
        yield {**after, **({"$lte": last[0]} if last else {})}
        if not last:
            return
        after = {"$gt": last[0]}


def _fenceless_line(car_id: Any, keeper: Any, verb: str = "kept") -> Remark:
    return remark(f"claim.no_car_{verb}", car=shown(car_id), keeper=shown(keeper))


def _taken_since(row: Fields) -> datetime:
    """As ``Booking.taken_since``."""
    since, steps = row.moment("starts_at"), row.document.get("history")
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, dict) and step.get("change") and step.get("state") == BookingState.OUT:
            since = Fields(step).moment("at")
    return since


def _kept(document: Document) -> Kept:
    row = Fields(document)
    row.text("car_id")
    row.moment("hold_until")
    row.moment("created_at")
    period = RentalPeriod(_taken_since(row), row.moment("ends_at"))
    free_at = period.ends_at + timedelta(minutes=row.whole("turn_minutes", 0, MOST_TURN_MINUTES))
    out = row.choice("state", BookingState) is BookingState.OUT
    way = row.text("branch_id"), row.text("return_branch_id")
    return Kept(row.text("_id"), Stretch(period.starts_at, period.ends_at, free_at, out), way)


def _judged(kept: Kept, row: Document, now: datetime) -> Kept:
    until = row["hold_until"]
    latest = min(now, row["created_at"]) + LONGEST_HOLD + SLACK
    too_long = row["state"] == BookingState.HELD and until > latest
    return replace(kept, held_too_long=until if too_long else None)


def _sold_by_others(fence: Document, branches: Branches) -> bool:
    """Whether the fence is marked, and not by the rules of its branch."""
    mark, terms = fence.get(MARK), fence.get("terms")
    allowed = branches.get(shown(terms.get("branch_id")), "") if isinstance(terms, dict) else ""
    return mark is not None and allowed not in (None, mark) and not is_of_before(mark)


def _claimed(fence: Document, branches: Branches | None = None) -> FenceClaims:
    known, stored, seq = claims_of(fence), fence.get("claims"), fence.get("seq")
    every = len(stored) if isinstance(stored, list) else 1
    terms = fence.get("terms")
    owner = terms.get("owner_id") if isinstance(terms, dict) else None
    counts = Counter(claim.id for claim in known)
    return FenceClaims(
        car_id=shown(fence["_id"]),
        seq=int(seq) if isinstance(seq, int) and not isinstance(seq, bool) else None,
        claims={claim.id: (claim.kind, claim.taken) for claim in known},
        unreadable=every - len(known),
        twice=tuple(sorted(claim_id for claim_id, count in counts.items() if count > 1)),
        owner_id=owner if isinstance(owner, str) else None,
        ways={claim.id: (claim.way.start_id, claim.way.end_id) for claim in known},
        floating=tuple(claim.id for claim in known if claim.floats),
        stands=None if fence.get("at") is None else shown(fence["at"]),
        places=None if branches is None else frozenset(branches),
        other_rules=branches is not None and _sold_by_others(fence, branches),
    )


async def shapes_walk(db: Database, most: timedelta, hear: Hear = deaf) -> Walk:
    """Rows that their collection would refuse, and bookings of strangers; what the account may not read is left out."""
    walk, until = Walk(), perf_counter() + most.total_seconds()
    for name in VALIDATORS:
        with suppress(Forbidden), speaking():
            whole = await _misshapen(db, name, walk, until, hear)
            walk.looked += 1
            if not whole:
                walk.cut_off = True
                return walk
    await strangers_walk(db, walk, timedelta(seconds=until - perf_counter()), hear)
    return walk


async def _misshapen(db: Database, name: str, walk: Walk, until: float, hear: Hear) -> bool:
    """A line in *walk* for each, up to ``_FEW`` of a collection; whether there was time for all of it."""
    found, looked = 0, 0
    async for page in pages(db[name], _SHAPES):
        if perf_counter() > until:
            return False
        odd = page.within(db[name].find({"$nor": [VALIDATORS[name]]}, {"_id": 1})).limit(_FEW - found)
        some = await odd.to_list()
        walk.add(misshapen(name, row["_id"]) for row in some)
        found, looked = found + len(some), looked + _SHAPES
        if found >= _FEW:
            break
        if page.beyond:
            hear(remark("progress.shapes", looked=looked, collection=name))
    return True


def misshapen(collection: str, row_id: Any) -> Remark:
    return remark("row.misshapen", collection=collection, row=shown(row_id))


async def misfits(db: Database, name: str, among: Document, most: int) -> list[Any]:
    """The ``_id`` of rows *among* those of the collection that its validator would refuse, *most* of them."""
    wanted: Document = {**among, "$nor": [VALIDATORS[name]]}
    return [row["_id"] for row in await db[name].find(wanted, {"_id": 1}).limit(most).to_list()]
