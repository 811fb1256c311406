"""What an owner's sums are asked of MongoDB with: which rows count, and in which part of the time they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.reading import LATEST, SUMMABLE, Fields, dated
from engine.domain.car.car import OwnerId
from engine.domain.money.ledger import FURTHER, LedgerKind
from engine.domain.money.pricing import LineKind
from engine.domain.reports.figure_sources import POSTED, FigureQuestion
from engine.domain.reports.owner_books import STANDS, OwnBranch
from engine.domain.reports.report_period import moment

#: More than any firm posts to; a guard.
_MOST_STRAYS = 100_000
_KINDS = frozenset(LedgerKind)
_SOUND_TIMES: Document = {
    "$expr": {"$and": [*dated("starts_at", "ends_at")["$expr"]["$and"], {"$lt": ["$starts_at", "$ends_at"]}]}
}
_WHOLE: Document = {"$type": ["int", "long"]}
#: Lines whose days can be added up.
_SOUND_LINES: Document = {
    "quote.lines.0": {"$exists": True},
    "quote.lines": {"$not": {"$elemMatch": {"count": {"$not": _WHOLE}}}},
}
_LINES: Document = {"$cond": [{"$isArray": "$quote.lines"}, "$quote.lines", []]}
_DAYS: Document = {
    "$sum": {
        "$map": {
            "input": {"$filter": {"input": _LINES, "cond": {"$eq": ["$$this.kind", LineKind.RENTAL.value]}}},
            "in": "$$this.count",
        }
    }
}
STANDING: Document = {
    "$lookup": {
        "from": "bookings",
        "localField": "booking_id",
        "foreignField": "_id",
        "as": "booking",
        "pipeline": [
            {"$match": {"state": {"$in": sorted(STANDS)}, **_SOUND_LINES}},
            {"$project": {"_id": 0, "days": _DAYS, "car_id": 1}},
        ],
    }
}
#: Rows of the car that their booking has now; of those that it had before there is money and no rental.
OF_ITS_CAR: Document = {"$match": {"$expr": {"$eq": ["$car_id", {"$first": "$booking.car_id"}]}}}
_TEXT: Document = {"$cond": [{"$eq": [{"$type": "$source_id"}, "string"]}, "$source_id", ""]}
_BRINGS_NONE: Document = {"$regexMatch": {"input": _TEXT, "regex": f"{FURTHER}$"}}
#: How many rentals a charge counts for: as ``money.ledger.rentals_in``.
SIGN: Document = {"$cond": [_BRINGS_NONE, 0, {"$cond": [{"$lt": ["$amount.minor", 0]}, -1, 1]}]}


#: On a page or at the counter.
PAID: Document = {
    "$or": [{"payments.attempts.captured_at": {"$type": "date"}}, {"payments.taken.at": {"$type": "date"}}]
}


def owned(owner_id: OwnerId) -> Document:
    """Bookings of the owner's cars, and those whose money was in the owner's books before they went on with others."""
    return {"$or": [{"owner_id": owner_id}, {"former_owners": owner_id}]}


def strays(owner_id: OwnerId, within: Document, bookings: str) -> list[Document]:
    """A pipeline over the ledger: the bookings of rows *within* that are not among the owner's own in *bookings*."""
    there: Document = {
        "$lookup": {
            "from": bookings,
            "localField": "_id",
            "foreignField": "_id",
            "as": "booking",
            "pipeline": [{"$match": owned(owner_id)}, {"$project": {"_id": 1}}],
        }
    }
    return [
        {"$match": within},
        {"$group": {"_id": "$booking_id"}},
        there,
        {"$match": {"booking": []}},
        {"$limit": _MOST_STRAYS},
    ]


def told(key: Document) -> bool:
    """Whether the rows of a group say whose they are."""
    texts = (key.get("car_id"), key.get("branch_id"), key.get("kind", LedgerKind.CHARGE))
    return all(isinstance(each, str) for each in texts) and texts[2] in _KINDS


def without(strays: list[str]) -> Document:
    return {"booking_id": {"$nin": strays}} if strays else {}


def branch_of(document: Document) -> OwnBranch:
    row = Fields(document)
    return OwnBranch(row.text("_id"), row.text("name"), row.text("city"))


def counted(owner_id: OwnerId, since: int, until: int) -> Document:
    """Rentals that stand and were paid: the ledger row and the attempt's stamp are written in one transaction."""
    return {
        "owner_id": owner_id,
        "ends_at": {"$gt": moment(since), "$lt": LATEST},
        "starts_at": {"$lt": moment(until)},
        **_SOUND_TIMES,
        "state": {"$in": sorted(STANDS)},
        **PAID,
    }


def asked_of(owner_id: OwnerId, asked: FigureQuestion) -> Document:
    wanted: Document = {
        **SUMMABLE,
        "owner_id": owner_id,
        "at": {"$gte": moment(asked.since), "$lt": moment(asked.until)},
        "kind": {"$in": list(POSTED.get(asked.figure, (LedgerKind.CHARGE.value,)))},
        "amount.currency": asked.currency,
    }
    if asked.car_id is not None:
        wanted["car_id"] = asked.car_id
    if asked.branch_id is not None:
        wanted["branch_id"] = asked.branch_id
    return wanted


def part_of(marks: Sequence[int]) -> Any:
    """An expression for the part in which ``$at`` lies, by halving: a list of a hundred would cost a hundred looks.

    The limits come from here and not from the server's own knowledge of time zones.
    """

    def between(low: int, high: int) -> Any:
        if high - low == 1:
            return {"$literal": low}
        middle = (low + high) // 2
        return {"$cond": [{"$lt": ["$at", moment(marks[middle])]}, between(low, middle), between(middle, high)]}

    return between(0, len(marks) - 1)
