"""Lists of bookings as MongoDB is asked for them: every plan an index, every text escaped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.cursor import AsyncCursor

from engine.adapters.mongo.client import Database, Document, speaking
from engine.adapters.mongo.codec.bookings import WHOLE, BookingSource
from engine.adapters.mongo.codec.reading import read
from engine.adapters.mongo.queries.sought import forgiven, holds, in_order, nearly
from engine.adapters.mongo.schema.views import ORDERS
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import COUNT_CAP, BookingOrder, BookingSelection
from engine.domain.shared.damage import Damaged
from engine.domain.shared.sought import Sought

#: Counting everything reads this index instead of every document.
_WHOLE = "created"


async def listed(db: Database, source: BookingSource, chosen: BookingSelection) -> list[Booking | Damaged]:
    """One page, in one command; in two where it is searched for."""
    with speaking():
        if chosen.sought is not None and source is WHOLE:
            told = await in_order(db[source.name], filter_of(chosen), order_of(chosen), chosen.offset, chosen.limit)
            return [read("bookings", document, source.read) for document in told]
        cursor = _in_order(db, source, chosen)
        if chosen.order is BookingOrder.CREATED and (index := _scope(chosen)):
            cursor = cursor.hint(index)
        # One batch: the driver's first one would end at 101 rows.
        found = await cursor.skip(chosen.offset).limit(chosen.limit).batch_size(chosen.limit + 1).to_list()
    return [read("bookings", document, source.read) for document in found]


def _in_order(db: Database, source: BookingSource, chosen: BookingSelection) -> AsyncCursor[Document]:
    if view := source.in_order.get((chosen.order, chosen.descending)):
        return db[view].find(filter_of(chosen))
    return db[source.name].find(filter_of(chosen)).sort(order_of(chosen))


async def counted(bookings: AsyncCollection[Document], chosen: BookingSelection) -> int:
    """How many there are in all; one more than ``COUNT_CAP`` for any number beyond it."""
    wanted = filter_of(chosen)
    index = _scope(chosen) if wanted else _WHOLE
    by: dict[str, Any] = {"hint": index} if index else {}
    with speaking():
        return await bookings.count_documents(wanted, limit=COUNT_CAP + 1, **by)


def _scope(chosen: BookingSelection) -> str:
    """The index of a scope, which has what its list is narrowed by; the server prefers those of the whole firm.

    Empty where another one may have fewer rows, or tells of the whole firm.
    """
    if chosen.sought is not None or chosen.car_id is not None:
        return ""
    scopes = (("desk", chosen.booked_by), ("branch", chosen.branch_id), ("owner", chosen.owner_id))
    return next((name for name, value in scopes if value is not None), "")


async def batches(
    db: Database, source: BookingSource, chosen: BookingSelection, size: int, most: int
) -> AsyncIterator[list[Booking | Damaged]]:
    """All of them from one cursor, *size* at a time and *most* in all; the page of *chosen* does not count."""
    with speaking():
        cursor = _in_order(db, source, chosen).batch_size(size).limit(most)
        async with cursor:
            while some := await cursor.to_list(size):
                yield [read("bookings", document, source.read) for document in some]


async def meant(db: Database, source: BookingSource, chosen: BookingSelection, text: str) -> Sought:
    """What *text* means with one slip, by what bookings are found by themselves.

    A view has no index of these keys: there its own rows are looked through, and whole keys are compared only.
    """
    with speaking():
        if source is WHOLE:
            return await forgiven(db[source.name], "search_keys", text)
        return await nearly(db[source.name], "search_keys", text, filter_of(replace(chosen, sought=None)))


def order_of(chosen: BookingSelection) -> list[tuple[str, int]]:
    side = -1 if chosen.descending else 1
    return [(field, side) for field in (*ORDERS[chosen.order], "_id")]


def filter_of(chosen: BookingSelection) -> Document:
    wanted: Document = {
        field: value
        for field, value in (
            ("booked_by", chosen.booked_by),
            ("renter_id", chosen.renter_id),
            ("owner_id", chosen.owner_id),
            ("branch_id", chosen.branch_id),
            ("car_id", chosen.car_id),
        )
        if value is not None
    }
    if chosen.states:
        wanted["state"] = {"$in": sorted(chosen.states)}
    if chosen.sought is not None:
        found = holds("search_keys", chosen.sought)
        theirs: Document = {"renter_id": {"$in": list(chosen.renter_ids)}}
        wanted |= {"$or": [found, theirs]} if chosen.renter_ids else {"$and": [found]}
    pick_up = {"$gte": chosen.since, "$lt": chosen.until}
    if pick_up := {operator: moment for operator, moment in pick_up.items() if moment is not None}:
        wanted["starts_at"] = pick_up
    return wanted
