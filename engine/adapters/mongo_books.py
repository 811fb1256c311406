"""Bookings with what the ledger says of them, for comparing with Stripe's books; read a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import datetime

from engine.adapters.mongo_bookings import booking_of
from engine.adapters.mongo_client import Client, Document, database, speaking
from engine.domain.booking import BookingId
from engine.domain.books import BookedMoney
from engine.domain.ledger import LedgerKind
from engine.domain.money import Money

_PAGE = 200
#: What the demo's drawn attempts hold where others hold the request to Stripe.
_DRAWN = '{"demo":true}'
_WHOLE = [LedgerKind.CHARGE.value, LedgerKind.REFUND.value]


class MongoBooks:
    """The ``Books`` of ``services.reconcile``."""

    def __init__(self, client: Client, name: str) -> None:
        self._db = database(client, name)

    async def of(self, booking_ids: Collection[BookingId]) -> list[BookedMoney]:
        wanted, found = sorted(booking_ids), list[BookedMoney]()
        for at in range(0, len(wanted), _PAGE):
            found += await self._page({"_id": {"$in": wanted[at : at + _PAGE]}})
        return found

    async def created(self, since: datetime, until: datetime) -> AsyncIterator[list[BookedMoney]]:
        span: Document = {"created_at": {"$gte": since, "$lt": until}}
        after: Document = {}
        while page := await self._page({**span, **after}):
            yield page
            last = page[-1].booking
            # Many bookings may share a millisecond: the id tells where the page ended.
            rest: list[Document] = [
                {"created_at": {"$gt": last.created_at}},
                {"created_at": last.created_at, "_id": {"$gt": last.id}},
            ]
            after = {"$or": rest}

    async def _page(self, wanted: Document) -> list[BookedMoney]:
        with speaking():
            order = [("created_at", 1), ("_id", 1)]
            documents = await self._db.bookings.find(wanted).sort(order).limit(_PAGE).to_list()
            posted = await self._posted([document["_id"] for document in documents])
        return [
            BookedMoney(
                booking=booking_of(document),
                posted=tuple(posted.get(document["_id"], ())),
                drawn=document["attempts"][-1]["request"] == _DRAWN,
            )
            for document in documents
        ]

    async def _posted(self, booking_ids: list[str]) -> dict[str, list[Money]]:
        pipeline: list[Document] = [
            {"$match": {"booking_id": {"$in": booking_ids}, "kind": {"$in": _WHOLE}}},
            {
                "$group": {
                    "_id": {"booking": "$booking_id", "currency": "$amount.currency"},
                    "minor": {"$sum": "$amount.minor"},
                }
            },
            {"$sort": {"_id": 1}},
        ]
        sums: dict[str, list[Money]] = {}
        async for row in await self._db.ledger.aggregate(pipeline):
            sums.setdefault(row["_id"]["booking"], []).append(Money(row["minor"], row["_id"]["currency"]))
        return sums
