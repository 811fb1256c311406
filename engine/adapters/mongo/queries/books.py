"""Bookings with what the ledger says of them, for comparing with Stripe's books; read a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from collections.abc import Collection as AnyOf
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import zip_longest
from typing import Any

from engine.adapters.mongo.client import Client, Collection, Document, database, speaking
from engine.adapters.mongo.codec.bookings import booking_of
from engine.adapters.mongo.codec.reading import Fields, read, sound
from engine.adapters.mongo.queries.witnesses import MongoWitnesses
from engine.adapters.mongo.terms import terms_since
from engine.domain.booking.belief import DRAWN_REQUEST, Evidence, held_then, terms_then
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import TermsSince
from engine.domain.money.ledger import LedgerKind
from engine.domain.reports.books import BookedMoney, BookEntry
from engine.domain.shared.damage import Damaged

_PAGE = 200
_ROWS = 1_000
_PLACE = ("car_id", "owner_id", "branch_id", "history.change")


class MongoBooks:
    """The port ``FirmBooks``."""

    def __init__(self, client: Client, name: str) -> None:
        self._db = database(client, name)
        self._witnesses = MongoWitnesses(client, name)

    async def of(self, booking_ids: AnyOf[BookingId]) -> list[BookedMoney | Damaged]:
        wanted, found = sorted(booking_ids), list[BookedMoney | Damaged]()
        for at in range(0, len(wanted), _PAGE):
            with speaking():
                rows = await self._db.bookings.find({"_id": {"$in": wanted[at : at + _PAGE]}}).to_list()
            found += await self._money_of(rows)
        return found

    async def created(self, since: datetime, until: datetime) -> AsyncIterator[list[BookedMoney | Damaged]]:
        async for page in self._walk({"created_at": {"$gte": since, "$lt": until}}):
            yield page

    async def every(self) -> AsyncIterator[list[BookedMoney | Damaged]]:
        async for page in self._walk({}):
            yield page

    async def entries(self) -> AsyncIterator[list[BookEntry | Damaged]]:
        async for rows in self._pages(self._db.ledger, {}, _ROWS):
            yield await self._entries_of(rows)

    async def entries_among(self, row_ids: AnyOf[object]) -> list[BookEntry | Damaged]:
        with speaking():
            rows = await self._db.ledger.find({"_id": {"$in": list(row_ids)}}).to_list()
        return await self._entries_of(rows)

    async def _entries_of(self, rows: list[Document]) -> list[BookEntry | Damaged]:
        ids = sorted({row["booking_id"] for row in rows if isinstance(row.get("booking_id"), str)})
        places = dict.fromkeys(_PLACE, 1)
        with speaking():
            known = {each["_id"]: each async for each in self._db.bookings.find({"_id": {"$in": ids}}, places)}
        return [read("ledger", row, partial(_entry, known)) for row in rows]

    async def evidence(self, now: datetime, *, live: bool) -> Evidence:
        ask = self._witnesses
        return Evidence(
            reached=await self._witnesses.reached(),
            now=now,
            revisions=await ask.revisions(),
            return_pages=await ask.return_pages(),
            live=live,
            demo=await ask.is_demo(),
        )

    async def _walk(self, wanted: Document) -> AsyncIterator[list[BookedMoney | Damaged]]:
        async for documents in self._pages(self._db.bookings, wanted, _PAGE):
            yield await self._money_of(documents)

    async def _pages(self, collection: Collection, wanted: Document, size: int) -> AsyncIterator[list[Document]]:
        """In the order of the numbers; where a page ended is found again whatever kind of number it ended with."""
        last: list[Any] = []
        while True:
            cursor = collection.find(wanted).sort("_id", 1).hint([("_id", 1)]).limit(size + len(last))
            if last:
                cursor = cursor.min([("_id", last[0])])
            with speaking():
                rows = await cursor.to_list()
            new = [row for row in rows if [row["_id"]] != last]
            if not new:
                return
            yield new
            last = [new[-1]["_id"]]

    async def _money_of(self, documents: list[Document]) -> list[BookedMoney | Damaged]:
        with speaking():
            posted = await self._posted([document["_id"] for document in documents])
            series = await self._series(documents)
        demo = await self._witnesses.is_demo()
        page: list[BookedMoney | Damaged] = []
        for document in documents:
            booking = read("bookings", document, booking_of)
            if isinstance(booking, Damaged):
                page.append(booking)
            else:
                booked = await self._booked(booking, posted.get(booking.id, ()), demo=demo)
                page.append(replace(booked, **_terms_then(booking, series)))
        return page

    async def _booked(self, booking: Booking, entries: Iterable[BookEntry], *, demo: bool) -> BookedMoney:
        trouble = booking.trouble
        settled = trouble is not None and trouble.settled is not None
        return BookedMoney(
            booking=booking,
            entries=tuple(entries),
            drawn=demo and any(attempt.request == DRAWN_REQUEST for attempt in booking.payment.attempts[-1:]),
            settled=settled and trouble is not None and await self._witnesses.was_settled(booking.id, trouble),
        )

    async def _series(self, documents: Iterable[Document]) -> dict[str, list[TermsSince]]:
        """Of each car that they name, what it was let for, oldest first."""
        cars = sorted({car for each in documents for car, _ in cars_of(each)})
        rows = await self._db.car_terms.find({"car_id": {"$in": cars}}).sort([("car_id", 1), ("n", 1)]).to_list()
        series: dict[str, list[TermsSince]] = {}
        for each in sound("car_terms", rows, terms_since):
            series.setdefault(each.terms.car_id, []).append(each)
        return series

    async def _posted(self, booking_ids: list[str]) -> dict[str, list[BookEntry]]:
        rows = await self._db.ledger.find({"booking_id": {"$in": booking_ids}}).to_list()
        posted: dict[str, list[BookEntry]] = {}
        for entry in sound("ledger", rows, partial(_entry, None)):
            posted.setdefault(entry.booking_id, []).append(entry)
        return posted


def _terms_then(booking: Booking, series: dict[str, list[TermsSince]]) -> dict[str, Any]:
    """The terms that it names, if they held when it was made or moved; and whether it is older than all of them."""
    own = series.get(booking.sold.car_id, [])
    named = _number(own, booking.priced.terms_n) if booking.priced else None
    terms, older = terms_then(booking, named, own[0] if own else None)
    moved = [(step.at, step.change) for step in booking.history if step.change is not None]
    moved_by = (held_then(_number(series.get(each.after.car_id, []), each.terms_n), at) for at, each in moved)
    return {"terms": terms, "older_than_terms": older, "moved_by": tuple(moved_by)}


def _number(series: list[TermsSince], n: int) -> TermsSince | None:
    for each, following in zip_longest(series, series[1:]):
        if each.terms.n == n:
            return replace(each, until=following.at if following else None)
    return None


def _entry(bookings: dict[str, Document] | None, document: Document) -> BookEntry:
    """*bookings* are those that the page's rows name; None where the row was found by its booking."""
    row = Fields(document)
    fits: bool | None = True
    if bookings is not None:
        booking = bookings.get(row.text("booking_id"))
        place, branch_id = (row.text("car_id"), row.text("owner_id")), row.text("branch_id")
        fits = None if booking is None else booking.get("branch_id") == branch_id and place in cars_of(booking)
    return BookEntry(
        booking_id=row.text("booking_id"),
        kind=row.choice("kind", LedgerKind),
        source_id=row.text("source_id"),
        amount=row.money("amount"),
        day=f"{row.moment('at'):%Y-%m-%d}",
        fits=fits,
        car_id=row.text("car_id"),
    )


def cars_of(booking: Document) -> set[tuple[str, str]]:
    """Each car that it has or had, with that car's owner; what cannot be read is left out."""
    steps = booking.get("history")
    changes = [each["change"] for each in (steps if isinstance(steps, list) else []) if _changed(each)]
    had = (change[side] for change in changes for side in ("before", "after") if isinstance(change.get(side), dict))
    pairs = ((each.get("car_id"), each.get("owner_id")) for each in (booking, *had))
    return {(car, owner) for car, owner in pairs if isinstance(car, str) and isinstance(owner, str)}


def _changed(step: object) -> bool:
    return isinstance(step, dict) and isinstance(step.get("change"), dict)
