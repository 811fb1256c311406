"""Marks for the doctor: those of each car beside each other, and beside the agreements that they name."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Client, Database, Document, session_of, speaking
from engine.adapters.mongo.codec.agreements import agreement_of
from engine.adapters.mongo.codec.marks import mark_of
from engine.adapters.mongo.codec.reading import shown, sound, split
from engine.adapters.mongo.queries.walks import Hear, deaf
from engine.domain.health.claims import Walk
from engine.domain.health.marks import marks_faults
from engine.domain.shared.remark import Remark, remark

_PAGE = 200


async def marks_walk(client: Client, db: Database, most: timedelta, hear: Hear = deaf) -> Walk:
    """Some cars at a time, each of one moment."""
    walk, began = Walk(), perf_counter()
    with speaking():
        cars = [row["_id"] async for row in await db.marks.aggregate([{"$group": {"_id": "$car_id"}}])]
        for at in range(0, len(cars), _PAGE):
            page = cars[at : at + _PAGE]
            walk.add(line for _, line in await marks_of(client, db, page))
            walk.looked += len(page)
            hear(remark("progress.marks", looked=walk.looked))
            if perf_counter() - began > most.total_seconds():
                walk.cut_off = True
                return walk
    return walk


async def marks_among(client: Client, db: Database, mark_ids: list[Any]) -> list[tuple[Any, Remark]]:
    """What is wrong with the cars of those marks, told with one of them."""
    rows = await db.marks.find({"_id": {"$in": mark_ids}}, {"car_id": 1}).to_list()
    asked = {repr(row.get("car_id")): row for row in rows}
    cars = [row.get("car_id") for row in asked.values()]
    return [(asked[repr(car)]["_id"], line) for car, line in await marks_of(client, db, cars)]


async def marks_of(client: Client, db: Database, cars: list[Any]) -> list[tuple[Any, Remark]]:
    """The id of a car, and what does not fit among its marks, all of one moment."""
    async with session_of(client, snapshot=True) as session:
        rows = await db.marks.find({"car_id": {"$in": cars}}, session=session).to_list()
        there = await db.cars.find({"_id": {"$in": cars}}, {"_id": 1}, session=session).to_list()
        known, agreed = {row["_id"] for row in there}, await _agreed(db, session, rows)
    told: list[tuple[Any, Remark]] = []
    for car in cars:
        own = [row for row in rows if row.get("car_id") == car]
        marks, damaged = split("marks", own, mark_of)
        numbers = [int(row["n"]) for row in own if isinstance(row.get("n"), int)]
        wrong = marks_faults(shown(car), numbers, marks, agreed, known=isinstance(car, str) and car in known)
        told += [(car, line) for line in (*(each.remark for each in damaged), *wrong)]
    return told


async def _agreed(db: Database, session: AsyncClientSession, rows: list[Document]) -> dict[str, list[str]]:
    """The cars of the legs of each agreement that is named, by its id."""
    found = [row["found"] for row in rows if isinstance(row.get("found"), dict)]
    named = {each["agreement_id"] for each in found if isinstance(each.get("agreement_id"), str)}
    agreements = await db.agreements.find({"_id": {"$in": sorted(named)}}, session=session).to_list()
    return {
        each.booking_id: [leg.car.car_id for leg in each.legs] for each in sound("agreements", agreements, agreement_of)
    }
