"""What is to be done at a branch today, as MongoDB is asked for it: one index has it all."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

from engine.adapters.mongo.client import Database, Document, speaking
from engine.adapters.mongo.codec.bookings import WHOLE
from engine.adapters.mongo.codec.documents import booked
from engine.adapters.mongo.codec.reading import read
from engine.domain.booking.booking import NO_SHOW_PATIENCE
from engine.domain.booking.states import BLOCKING
from engine.domain.booking.today import MOST_COUNTED, MOST_LINES, STATES, CarNow, DayAsked, DaySection, Section
from engine.domain.car.car import BranchId, CarId, CarStatus

_INDEX = "day"
_BY_RETURN = frozenset({Section.OVERDUE, Section.COMING_BACK})


async def due_today(db: Database, asked: DayAsked) -> tuple[DaySection, ...]:
    """All sections, asked for at once."""
    with speaking():
        return tuple(await asyncio.gather(*(_section(db, section, asked) for section in Section)))


async def _section(db: Database, section: Section, asked: DayAsked) -> DaySection:
    wanted = filter_of(section, asked)
    order = "ends_at" if section in _BY_RETURN else "starts_at"
    cursor = db[WHOLE.name].find(wanted).hint(_INDEX).sort([(order, 1), ("_id", 1)])
    found = await cursor.limit(MOST_LINES + 1).batch_size(MOST_LINES + 2).to_list()
    total = len(found)
    if total > MOST_LINES:
        total = await db[WHOLE.name].count_documents(wanted, limit=MOST_COUNTED, hint=_INDEX)
    rows = tuple(read("bookings", document, WHOLE.read) for document in found[:MOST_LINES])
    return DaySection(section, rows, total)


def filter_of(section: Section, asked: DayAsked) -> Document:
    """As ``today.section_of`` says it of one booking."""
    # Of several states the server sees that its partial index has them only where all of the index's are named too, and
    # would go through the whole of it.
    kept: list[Document] = [{"state": {"$in": list(BLOCKING)}}, {"state": {"$in": sorted(STATES[section])}}]
    wanted: Document = {"branch_id": asked.branch_id, "$and": kept}
    if asked.booked_by is not None:
        wanted["booked_by"] = asked.booked_by
    waited_since = asked.now - NO_SHOW_PATIENCE
    match section:
        case Section.OVERDUE:
            return wanted | {"ends_at": {"$lt": asked.now}}
        case Section.COMING_BACK:
            return wanted | {"ends_at": {"$gte": asked.now, "$lt": asked.until}}
        case Section.GOING_OUT:
            return wanted | {"starts_at": {"$gt": waited_since, "$lt": asked.until}, "ends_at": {"$gt": asked.now}}
        case Section.NOT_COME:
            missed = [{"starts_at": {"$lte": waited_since}}, {"ends_at": {"$lte": asked.now}}]
            return wanted | {"starts_at": {"$lt": asked.until}, "$or": missed}
        case Section.HOLDS:
            return wanted


async def cars_now(db: Database, car_ids: Collection[CarId]) -> Mapping[CarId, CarNow]:
    """What is with each of these cars; those whose fence cannot be read are left out."""
    with speaking():
        found = await db.fences.find({"_id": {"$in": sorted(car_ids)}}, {"status": 1, "claims": 1, "at": 1}).to_list()
    return {CarId(fence["_id"]): _car_now(fence) for fence in found}


def _car_now(fence: Document) -> CarNow:
    active, at, claims = fence.get("status") == CarStatus.ACTIVE, fence.get("at"), booked(fence)
    out = next((claim for claim in claims if claim.taken.out), None)
    promised = tuple((claim.id, claim.taken.starts_at) for claim in claims if not claim.taken.out)
    here = BranchId(at) if isinstance(at, str) else None
    if out is None:
        return CarNow(active, at=here, promised=promised)
    return CarNow(active, out.id, out.taken.ends_at, here, promised)
