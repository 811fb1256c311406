"""Agreements for the doctor: beside their bookings, and beside what each car's fence says was read last."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Client, Database, Document, session_of, speaking
from engine.adapters.mongo.codec.agreements import agreement_of
from engine.adapters.mongo.codec.bookings import booking_of
from engine.adapters.mongo.codec.documents import read_km
from engine.adapters.mongo.codec.reading import read, shown, sound
from engine.adapters.mongo.queries.walks import Hear, deaf, ids
from engine.adapters.mongo.schema.version import schema_row
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.health.agreements import LegOf, agreement_faults, readings_faults, shares_faults, without_agreement
from engine.domain.health.claims import Walk
from engine.domain.reports.books import WHOLE
from engine.domain.shared.damage import Damaged
from engine.domain.shared.remark import Remark, remark

_PAGE = 500
#: The schema's version from which on every car that goes out has an agreement.
_SINCE_VERSION = 21

#: The id of an agreement, and what is wrong with it.
Told = tuple[Any, Remark]
_Look = Callable[[Database, AsyncClientSession, list[Any]], Awaitable[list[Told]]]


async def agreements_walk(client: Client, db: Database, most: timedelta, hear: Hear = deaf) -> Walk:
    """A page at a time, each of one moment."""
    walk, began = Walk(), perf_counter()
    with speaking():
        async for look, page in _pages(db):
            async with session_of(client, snapshot=True) as session:
                walk.add(line for _, line in await look(db, session, page))
            walk.looked += len(page) if look is _beside_bookings else 0
            hear(remark("progress.agreements", looked=walk.looked))
            if perf_counter() - began > most.total_seconds():
                walk.cut_off = True
                return walk
    return walk


async def agreements_among(client: Client, db: Database, numbers: list[Any], bookings: list[Any]) -> list[Told]:
    """Of agreements that were written, and of *bookings* that were, all of one moment."""
    async with session_of(client, snapshot=True) as session:
        found = await _beside_bookings(db, session, [*numbers, *bookings])
        rows = await db.agreements.find({"_id": {"$in": numbers}}, {"legs.car.car_id": 1}, session=session).to_list()
        cars = _cars_in(rows)
        found += await _beside_cars(db, session, cars) if cars else []
        return found + await _missing(db, session, bookings)


def _cars_in(rows: Iterable[Document]) -> list[str]:
    """The cars of all legs that say one."""
    legs = [leg for row in rows for leg in (row["legs"] if isinstance(row.get("legs"), list) else [])]
    cars = [leg["car"].get("car_id") for leg in legs if isinstance(leg, dict) and isinstance(leg.get("car"), dict)]
    return sorted({each for each in cars if isinstance(each, str)})


async def _pages(db: Database) -> AsyncIterator[tuple[_Look, list[Any]]]:
    async for page in ids(db.agreements, _PAGE):
        yield _beside_bookings, page
    async for page in ids(db.fences, _PAGE):
        yield _beside_cars, page
    out = [row["_id"] async for row in db.bookings.find({"state": BookingState.OUT}, {"_id": 1})]
    for at in range(0, len(out), _PAGE):
        yield _missing, out[at : at + _PAGE]


async def _beside_bookings(db: Database, session: AsyncClientSession, numbers: list[Any]) -> list[Told]:
    wanted: Document = {"_id": {"$in": numbers}}
    rows = await db.agreements.find(wanted, session=session).to_list()
    own: Document = {"_id": {"$in": [row["_id"] for row in rows]}}
    bookings = {row["_id"]: row for row in await db.bookings.find(own, session=session).to_list()}
    told: list[Told] = []
    several = [row["_id"] for row in rows if isinstance(row.get("legs"), list) and len(row["legs"]) > 1]
    posted = await _posted(db, session, several) if several else {}
    for row in rows:
        agreement, booking = read("agreements", row, agreement_of), _read(bookings.get(row["_id"]))
        if isinstance(agreement, Damaged):
            told.append((row["_id"], agreement.remark))
        elif not isinstance(booking, Damaged):
            told += [(row["_id"], line) for line in agreement_faults(agreement, booking)]
            if booking is not None and booking.id in posted:
                told += [(row["_id"], line) for line in shares_faults(agreement, booking, posted[booking.id])]
    return told


async def _posted(
    db: Database, session: AsyncClientSession, numbers: list[Any]
) -> dict[str, dict[str, dict[str, int]]]:
    """What the ledger has of those rentals: number -> car -> currency -> minor units, charges less refunds."""
    whole: Document = {"booking_id": {"$in": numbers}, "kind": {"$in": sorted(WHOLE)}}
    sums: dict[str, dict[str, dict[str, int]]] = {number: {} for number in numbers if isinstance(number, str)}
    for row in await db.ledger.find(whole, session=session).to_list():
        amount = row["amount"]
        of_car = sums[row["booking_id"]].setdefault(row["car_id"], {})
        of_car[amount["currency"]] = of_car.get(amount["currency"], 0) + amount["minor"]
    return sums


def _read(row: Document | None) -> Booking | Damaged | None:
    return None if row is None else read("bookings", row, booking_of)


async def _beside_cars(db: Database, session: AsyncClientSession, cars: list[Any]) -> list[Told]:
    fences = await db.fences.find({"_id": {"$in": cars}}, {"odometer_km": 1}, session=session).to_list()
    rows = await db.agreements.find({"legs.car.car_id": {"$in": cars}}, session=session).to_list()
    of_car: dict[str, list[LegOf]] = {}
    for agreement in sound("agreements", rows, agreement_of):
        for leg in agreement.legs:
            of_car.setdefault(leg.car.car_id, []).append(LegOf(agreement.booking_id, leg))
    told: list[Told] = []
    for fence in fences:
        legs = of_car.get(fence["_id"], []) if isinstance(fence["_id"], str) else []
        number = legs[-1].number if legs else fence["_id"]
        told += [(number, line) for line in readings_faults(shown(fence["_id"]), read_km(fence), legs)]
    return told


async def _missing(db: Database, session: AsyncClientSession, bookings: list[Any]) -> list[Told]:
    """Cars that went out since there are agreements, and that none tells of."""
    since = await _since(db)
    rows = await db.bookings.find({"_id": {"$in": bookings}, "state": BookingState.OUT}, session=session).to_list()
    out = [each for each in sound("bookings", rows, booking_of) if since is None or each.since >= since]
    asked: Document = {"_id": {"$in": [each.id for each in out]}}
    known = await db.agreements.find(asked, {"_id": 1}, session=session).to_list() if out else []
    return [(line.facts["number"], line) for line in without_agreement(out, [row["_id"] for row in known])]


async def _since(db: Database) -> datetime | None:
    """When the deployment came to the version that has agreements; None where nobody wrote that down."""
    row = await schema_row(db) or {}
    steps = [each for each in row.get("reached", ()) if isinstance(each, dict) and isinstance(each.get("at"), datetime)]
    return min((each["at"] for each in steps if each.get("version", 0) >= _SINCE_VERSION), default=None)
