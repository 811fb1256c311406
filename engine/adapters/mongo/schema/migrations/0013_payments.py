"""A payment is a record of its own within its booking, and each row of the ledger names it (docs/decisions/0056).

A booking had one payment, spread over the booking itself: attempts, a refund, what kept it. They become the first of
its ``payments``, whose id is the booking's with ``:1`` behind it. Nothing that Stripe was asked or told changes.

A row whose id is no text is none that any release wrote; it stays as it is, as damaged as before.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import tell

WHAT = "bookings and ledger rows"
_BATCH = 2_000
_BOOKINGS: Document = {"_id": {"$type": "string"}, "payments": {"$exists": False}}
_LEDGER: Document = {"booking_id": {"$type": "string"}, "payment_id": {"$exists": False}}
OLD = {"bookings": _BOOKINGS, "ledger": _LEDGER}

_REFUNDS: Document = {"$cond": [{"$eq": [{"$type": "$refund"}, "missing"]}, [], ["$refund"]]}
_PAYMENT: Document = {
    "id": {"$concat": ["$_id", ":1"]},
    "purpose": "rental",
    "tender": "checkout",
    "amount": {"minor": "$quote.total", "currency": "$quote.currency"},
    "attempts": "$attempts",
    "refunds": _REFUNDS,
    # Left out where there is none.
    "trouble": "$trouble",
}
_TO_PAYMENTS: list[Document] = [{"$set": {"payments": [_PAYMENT]}}, {"$unset": ["attempts", "refund", "trouble"]}]
_TO_NAMED: list[Document] = [{"$set": {"payment_id": {"$concat": ["$booking_id", ":1"]}}}]


async def up(db: Database) -> int:
    return await _rewrite(db, "bookings", _BOOKINGS, _TO_PAYMENTS) + await _rewrite(db, "ledger", _LEDGER, _TO_NAMED)


async def _rewrite(db: Database, collection: str, old: Document, change: list[Document]) -> int:
    done = 0
    while found := await db[collection].find(old, {"_id": 1}).limit(_BATCH).to_list():
        batch = {"$and": [{"_id": {"$in": [row["_id"] for row in found]}}, old]}
        done += (await db[collection].update_many(batch, change, bypass_document_validation=True)).modified_count
        tell(len(found))
    return done
