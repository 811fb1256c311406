"""The board as MongoDB is asked for it: a page of fences, and the bookings and movements that their claims name.

Three commands and a count, whatever the size of the firm: joined within the server, each of a page's cars would cost as
many looks as it has claims, and owners read bookings through a view.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from engine.adapters.mongo.client import Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.documents import CLAIM, Claimed, terms_of_fence
from engine.adapters.mongo.codec.reading import MOST_MINOR, Fields, Unreadable, read
from engine.adapters.mongo.fences import AT_ONCE
from engine.domain.booking.board import Bar, BarBooking, BoardAsked, BoardRow, BoardRows, RowOrDamaged
from engine.domain.booking.listing import initials
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import ClaimKind
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import IN_SERVICE, BranchId, CarId, CarStatus, CarTerms, OwnerId
from engine.domain.car.movement import MovementKind, movement_named
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged
from engine.domain.shared.period import RentalPeriod

#: Rows that are made before others have their turn.
_AT_A_TIME = 50
_ORDER = [("terms.branch_id", 1), ("body", 1), ("terms.label", 1), ("_id", 1)]
_BOOKING = dict.fromkeys(
    ("state", "hold_until", "renter_name", "letters", "starts_at", "quote.currency", "quote.total", "version"), 1
) | {"branch_id": 1, "booked_by": 1}


class MongoBoard:
    """The port ``BoardStore``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str, bookings: str = "bookings") -> None:
        """*bookings* is what the account reads bookings from: the collection, or a view of it."""
        self._db: Database = database(client, name)
        self._bookings = self._db[bookings]

    async def board(self, asked: BoardAsked, owner_id: OwnerId | None) -> BoardRows:
        wanted, index = _filter(asked, owner_id)
        with speaking():
            found, total = await asyncio.gather(self._fences(asked, wanted, index), self._count(asked, wanted, index))
            claims = [claim for fence in found for claim in _claims(fence)]
            bookings, movements = await asyncio.gather(self._booked(claims), self._moved(claims))
        rows: list[RowOrDamaged] = []
        for n, fence in enumerate(found):
            rows.append(_row(fence, bookings, movements))
            if n % _AT_A_TIME == _AT_A_TIME - 1:
                await asyncio.sleep(0)
        return BoardRows(tuple(rows), total if not asked.only else len(rows))

    async def _fences(self, asked: BoardAsked, wanted: Document, index: str | None) -> list[Document]:
        shown: Document = {"terms": 1, "body": 1, "status": 1, "at": 1, "claims": _claims_in(asked.span)}
        cursor = self._db.fences.find(wanted, shown, batch_size=AT_ONCE)
        if index is not None:
            cursor = cursor.hint(index).sort(_ORDER).skip(asked.offset).limit(asked.limit)
        return await cursor.to_list()

    async def _count(self, asked: BoardAsked, wanted: Document, index: str | None) -> int:
        if index is None or asked.only:
            return 0
        return await self._db.fences.count_documents(wanted, hint=index)

    async def _booked(self, claims: list[Document]) -> dict[str, Document]:
        ids = [each["id"] for each in claims if each.get("kind") == ClaimKind.BOOKING and isinstance(each["id"], str)]
        if not ids:
            return {}
        cursor = self._bookings.find({"_id": {"$in": ids}}, _BOOKING, batch_size=AT_ONCE)
        return {row["_id"]: row for row in await cursor.to_list()}

    async def _moved(self, claims: list[Document]) -> dict[str, Document]:
        kept = (each["id"] for each in claims if each.get("kind") == ClaimKind.MOVEMENT)
        ids = sorted({movement_named(each) for each in kept if isinstance(each, str)})
        if not ids:
            return {}
        cursor = self._db.movements.find({"_id": {"$in": ids}}, {"kind": 1, "reason": 1}, batch_size=AT_ONCE)
        return {row["_id"]: row for row in await cursor.to_list()}


def _filter(asked: BoardAsked, owner_id: OwnerId | None) -> tuple[Document, str | None]:
    """What is asked for, and by which index; None where cars are named."""
    wanted: Document = {"status": {"$in": sorted(IN_SERVICE)}}
    if owner_id is not None:
        wanted["terms.owner_id"] = owner_id
    if asked.branch_id is not None:
        wanted["terms.branch_id"] = asked.branch_id
    if asked.bodies:
        wanted["body"] = {"$in": sorted(asked.bodies)}
    if asked.only:
        return {**wanted, "_id": {"$in": sorted(asked.only)}}, None
    return wanted, "board" if owner_id is None else "board_of_owner"


def _claims_in(span: RentalPeriod) -> Document:
    """Those of which some time lies there, and who has the car; and what nobody can compare, which is told as such."""
    starts, free = "$$claim.starts_at", "$$claim.free_at"
    sound = {"$and": [{"$eq": [{"$type": starts}, "date"]}, {"$eq": [{"$type": free}, "date"]}]}
    within = {"$and": [{"$lt": [starts, span.ends_at]}, {"$gt": [free, span.starts_at]}]}
    kept: Document = {"$or": [within, {"$eq": ["$$claim.out", True]}, {"$not": sound}]}
    cut: Document = {"$filter": {"input": "$claims", "as": "claim", "cond": kept}}
    return {"$cond": [{"$isArray": "$claims"}, cut, "$claims"]}


def _claims(fence: Document) -> list[Document]:
    claims = fence.get("claims")
    return [each for each in claims if isinstance(each, dict) and "id" in each] if isinstance(claims, list) else []


def _row(fence: Document, bookings: Mapping[str, Document], movements: Mapping[str, Document]) -> RowOrDamaged:
    def of(document: Mapping[str, Any]) -> BoardRow:
        row, terms = Fields(document), terms_of_fence(dict(document))
        claims = row.parts("claims")
        known = [read("fences", {"_id": document["_id"], "claim": each}, _claim_of) for each in claims]
        bars = [_bar(claim, bookings, movements) for claim in known if isinstance(claim, Claimed)]
        bars.sort(key=lambda bar: bar.taken.starts_at)
        return _car_row(row, terms, tuple(bars), len(claims) - len(bars))

    return read("fences", fence, of)


def _claim_of(row: Mapping[str, Any]) -> Claimed:
    return CLAIM.read(row["claim"])


def _car_row(row: Fields, terms: CarTerms, bars: tuple[Bar, ...], unread: int) -> BoardRow:
    title, _, plate = terms.label.rpartition(" · ")
    return BoardRow(
        CarId(row.text("_id")),
        plate,
        title,
        row.choice("body", BodyType),
        row.choice("status", CarStatus),
        terms.branch_id,
        terms.owner_id,
        terms.zone,
        terms.daily_rate,
        BranchId(row.text("at")) if row.has("at") else None,
        bars,
        unread,
    )


def _bar(claim: Claimed, bookings: Mapping[str, Document], movements: Mapping[str, Document]) -> Bar:
    """A booking that was written after the fence was read, or cannot be read, is told as one that blocks."""
    told = claim.id, claim.kind, claim.taken, claim.way.start_id, claim.way.end_id
    if claim.kind is ClaimKind.BOOKING and (found := bookings.get(claim.id)) is not None:
        booking = read("bookings", found, _booking_of)
        return Bar(*told, booking=None if isinstance(booking, Damaged) else booking)
    if claim.kind is ClaimKind.MOVEMENT and (found := movements.get(movement_named(claim.id))) is not None:
        movement = read("movements", found, _movement_of)
        if not isinstance(movement, Damaged):
            return Bar(*told, movement=movement[0], reason=movement[1])
    return Bar(*told)


def _booking_of(document: Document) -> BarBooking:
    row = Fields(document)
    quote = row.part("quote")
    name = row.text("renter_name") if row.has("renter_name") else initials(row.maybe("letters"))
    if not name:
        raise Unreadable("renter_name: is missing")
    return BarBooking(
        row.choice("state", BookingState),
        name,
        row.moment("starts_at"),
        row.moment("hold_until"),
        Money(quote.whole("total", 0, MOST_MINOR), quote.text("currency")),
        row.whole("version"),
        BranchId(row.text("branch_id")),
        AccountName(row.maybe("booked_by") if row.has("booked_by") else ""),
    )


def _movement_of(document: Document) -> tuple[MovementKind, str]:
    row = Fields(document)
    return row.choice("kind", MovementKind), row.maybe("reason")
