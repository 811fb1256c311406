"""Whether the ledger adds up, over all rows that there are: a month of them at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.reading import LATEST, SUMS_UP
from engine.domain.firm.settings import BEGINNING
from engine.domain.money.ledger import LedgerKind

_MONTH = timedelta(days=30)
_SHARES = [LedgerKind.OWNER_SHARE.value, LedgerKind.PLATFORM_SHARE.value]
#: It has all that is asked, so that no row is read.
_INDEX = "report"


async def over(db: Database) -> dict[str, int]:
    """Currency -> charges and refunds less all shares, in minor units. Shares have the time of what they share."""
    found: dict[str, int] = {}
    async for span in _spans(db):
        for row in await (await db.ledger.aggregate(_signed(span), hint=_INDEX)).to_list():
            if row["_id"]["sound"]:
                currency = row["_id"]["currency"]
                found[currency] = found.get(currency, 0) + int(row["over"])
    return found


def _signed(span: Document) -> list[Document]:
    signed: Document = {"$cond": [{"$in": ["$kind", _SHARES]}, {"$multiply": [-1, "$amount.minor"]}, "$amount.minor"]}
    # A list of times would lie in several spans: whoever looks at shapes tells of that row.
    key: Document = {"currency": "$amount.currency", "sound": {"$and": [SUMS_UP, {"$not": {"$isArray": "$at"}}]}}
    # Whether it is summed stands in the key; here only what cannot be multiplied must not be.
    summed: Document = {"$cond": [{"$isNumber": "$amount.minor"}, signed, 0]}
    return [{"$match": {"at": span}}, {"$group": {"_id": key, "over": {"$sum": summed}}}]


async def _spans(db: Database) -> AsyncIterator[Document]:
    """Of ``at``, each row in one: first those whose time is none, then by months in which there are any."""
    yield {"$not": {"$gte": BEGINNING}}
    yield {"$gte": LATEST}
    since = BEGINNING
    while since < LATEST:
        # A row with a list of times would end the walk, or lead it past others.
        wanted: Document = {"at": {"$gte": since, "$lt": LATEST, "$not": {"$type": "array"}}}
        next_row = db.ledger.find(wanted, {"_id": 0, "at": 1}).hint(_INDEX)
        told = await next_row.sort("at", 1).limit(1).to_list()
        if not told:
            return
        first = told[0]["at"]
        since = min(first + _MONTH, LATEST)
        yield {"$gte": first, "$lt": since}
