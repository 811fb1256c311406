"""Bookings that say they are another renter's than the one whose page was opened: that renter's account would see them.

The page's frozen request has the renter's e-mail address of then. It is the address of the renter that the booking
names, or of one who was merged into that one, or the audit says that it was until somebody mended it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pymongo

from engine.adapters.mongo.client import Database, Document, speaking
from engine.adapters.mongo.codec.reading import shown
from engine.adapters.mongo.queries.walks import Hear, deaf
from engine.domain.health.claims import Walk
from engine.domain.shared.errors import Forbidden, Unavailable
from engine.domain.shared.remark import Remark, remark

#: Bookings of one step; no more of them are in memory at a time, and of each no more than numbers and an address.
_PAGE = 2_000
_CHANGED = ["renter.mended", "renter.merged"]
#: A JSON text, its quotes included.
_ADDRESS = r'"customer_email":("(?:[^"\\]|\\.){0,400}")'
_TEXT_OR_NONE = {"$cond": [{"$eq": [{"$type": "$renter.email"}, "string"]}, "$renter.email", "\x00"]}
_NEWEST: Document = {"$last": {"$first": "$payments.attempts"}}
_REQUEST: Document = {"$let": {"vars": {"last": _NEWEST}, "in": "$$last.request"}}
#: renter -> the addresses that its bookings were paid from
Asked = dict[str, set[str]]


def _asked(wanted: Document) -> list[Document]:
    """Of the bookings *wanted* those whose request does not have the address as the renter has it now."""
    renter: Document = {"from": "renters", "localField": "renter_id", "foreignField": "_id", "as": "renter"}
    found = {"$regexFind": {"input": "$request", "regex": _ADDRESS}}
    return [
        {"$match": wanted},
        {"$match": {"renter_id": {"$type": "string"}, "payments.attempts.request": {"$type": "string"}}},
        {"$project": {"renter_id": 1, "request": _REQUEST}},
        {"$match": {"request": {"$type": "string"}}},
        {
            "$project": {
                "renter_id": 1,
                "address": {"$first": {"$ifNull": [{"$getField": {"field": "captures", "input": found}}, []]}},
            }
        },
        {"$match": {"address": {"$type": "string"}}},
        {"$lookup": {**renter, "pipeline": [{"$project": {"email": 1}}]}},
        {"$set": {"renter": {"$first": "$renter"}}},
        {"$match": {"$expr": {"$ne": ["$address", {"$concat": ['"', _TEXT_OR_NONE, '"']}]}}},
        {"$project": {"renter_id": 1, "address": 1}},
    ]


async def strangers_walk(db: Database, walk: Walk, left: timedelta, hear: Hear = deaf) -> None:
    """A line in *walk* for each, a step at a time; nothing where the account may not look."""
    try:
        with suppress(Forbidden), speaking(), pymongo.timeout(max(left.total_seconds(), 0.001)):
            async for wanted in _steps(db):
                walk.add([line_of(each) for each in await strangers_among(db, wanted)])
                hear(remark("progress.renters"))
    except Unavailable:
        walk.cut_off = True


def line_of(booking_id: Any) -> Remark:
    return remark("row.strangers", booking=shown(booking_id))


async def _steps(db: Database) -> AsyncIterator[Document]:
    """Bookings in the order of their numbers; a number that is no text is told of as no booking's."""
    after: Document = {"$gte": ""}
    while True:
        ends = db.bookings.find({"_id": after}, {"_id": 1}).sort("_id", 1).skip(_PAGE - 1).limit(1)
        last = [row["_id"] async for row in ends]
        yield {"_id": {**after, **({"$lte": last[0]} if last else {})}}
        if not last:
            return
        after = {"$gt": last[0]}


async def strangers_among(db: Database, wanted: Document) -> list[Any]:
    """The numbers of those bookings that are another's; *wanted* is a page of them at most."""
    rows = await (await db.bookings.aggregate(_asked(wanted))).to_list()
    paid_from = [(row["_id"], row["renter_id"], _address(row["address"])) for row in rows]
    asked: Asked = defaultdict(set)
    for _, renter, address in paid_from:
        asked[renter].add(address)
    known = await _had(db, asked) if asked else {}
    return [booking for booking, renter, address in paid_from if address and address not in known[renter]]


def _address(text: str) -> str:
    with suppress(ValueError):
        return str(json.loads(text))
    return ""


async def _had(db: Database, asked: Asked) -> Asked:
    """Each renter's addresses, now and before, of which was *asked*; and those of whoever was merged into them."""
    had: Asked = {renter: set() for renter in asked}
    # somebody -> whose bookings may be paid from the address of that one
    whose = {renter: {renter} for renter in asked}
    new = sorted(whose)
    while new:
        await _add_own(db, new, whose, asked, had)
        merged = db.renters.find({"merged_into": {"$in": new}}, {"merged_into": 1})
        before, new = {name: set(of) for name, of in whose.items()}, []
        async for row in merged:
            whose.setdefault(row["_id"], set()).update(whose[row["merged_into"]])
            if whose[row["_id"]] != before.get(row["_id"]):
                new.append(row["_id"])
    return had


async def _add_own(db: Database, people: Sequence[str], whose: Asked, asked: Asked, had: Asked) -> None:
    addresses = set[str]().union(*asked.values())
    told: list[tuple[str, Any]] = [
        (row["_id"], row.get("email")) async for row in db.renters.find({"_id": {"$in": list(people)}}, {"email": 1})
    ]
    changes: Document = {"subject": {"$in": [f"renter:{each}" for each in people]}, "what": {"$in": _CHANGED}}
    async for row in db.audit.find(changes, {"subject": 1, "before": 1}):
        before = row["before"] if isinstance(row.get("before"), dict) else {}
        told += [(row["subject"].partition(":")[2], before.get(name)) for name in ("email", "gone email")]
    for somebody, address in told:
        if isinstance(address, str) and address in addresses:
            for renter in whose.get(somebody, ()):
                had[renter].add(address)
