"""Bookings that say they are another renter's than the one whose page was opened: that renter's account would see them.

The page's frozen request has the renter's e-mail address of then. It is the address of the renter that the booking
names, or of one who was merged into that one, or the audit says that it was until somebody mended it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

import pymongo

from engine.adapters.mongo_client import Database, Document, speaking
from engine.adapters.mongo_reading import shown
from engine.domain.errors import Forbidden, Unavailable
from engine.domain.health_claims import Walk

#: So many bookings of other addresses are looked at; mended and merged renters have some.
_MOST = 5_000
_CHANGED = ["renter.mended", "renter.merged"]
_TEXT_OR_NONE = {"$cond": [{"$eq": [{"$type": "$renter.email"}, "string"]}, "$renter.email", "\x00"]}
_REQUEST: Document = {"$let": {"vars": {"last": {"$last": "$attempts"}}, "in": "$$last.request"}}


def _asked() -> list[Document]:
    """Those whose request does not have the address as the renter has it now."""
    renter: Document = {"from": "renters", "localField": "renter_id", "foreignField": "_id", "as": "renter"}
    address = {"$concat": ['"customer_email":"', _TEXT_OR_NONE, '"']}
    return [
        {"$match": {"renter_id": {"$type": "string"}, "attempts.request": {"$type": "string"}}},
        {"$project": {"renter_id": 1, "request": _REQUEST}},
        {"$match": {"request": {"$type": "string", "$regex": '"customer_email":"'}}},
        {"$lookup": {**renter, "pipeline": [{"$project": {"email": 1}}]}},
        {"$set": {"renter": {"$first": "$renter"}}},
        {"$match": {"$expr": {"$lt": [{"$indexOfCP": ["$request", address]}, 0]}}},
        {"$project": {"renter_id": 1, "request": 1}},
        {"$limit": _MOST},
    ]


async def strangers_walk(db: Database, walk: Walk, left: timedelta) -> None:
    """A line in *walk* for each; nothing where the account may not look."""
    try:
        with suppress(Forbidden), speaking(), pymongo.timeout(max(left.total_seconds(), 0.001)):
            rows = await (await db.bookings.aggregate(_asked())).to_list()
            known = {address: await _known_as(db, address) for address in {_address(row["request"]) for row in rows}}
            walk.add(
                f"bookings: {shown(row['_id'])} is not the renter's who was to pay"
                for row in rows
                if (address := _address(row["request"])) and row["renter_id"] not in known[address]
            )
    except Unavailable:
        walk.cut_off = True


def _address(request: str) -> str:
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        address = json.loads(request)["customer_email"]
        return address if isinstance(address, str) else ""
    return ""


async def _known_as(db: Database, address: str) -> set[str]:
    """Everybody who has the address, or had it, and whom they were merged into."""
    had: Document = {"what": {"$in": _CHANGED}, "$or": [{"before.email": address}, {"before.gone email": address}]}
    people = {row["_id"] async for row in db.renters.find({"email": address}, {"_id": 1})}
    async for row in db.audit.find(had, {"subject": 1, "after": 1}):
        people |= {str(row["subject"]).partition(":")[2], str(row["after"].get("merged into", ""))}
    return await _with_whom_they_are_now(db, people)


async def _with_whom_they_are_now(db: Database, people: Iterable[str]) -> set[str]:
    known, new = set[str](), set(people)
    while new := new - known:
        known |= new
        rows = db.renters.find({"_id": {"$in": sorted(new)}, "merged_into": {"$type": "string"}}, {"merged_into": 1})
        new = {row["merged_into"] async for row in rows}
    return known
