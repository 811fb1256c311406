"""What a row must keep beside its shape: times within bounds, and sums and ends that fit each other. Data only.

``VALIDATORS`` is what the database insists on: the shape, the bounds of every time in it, and these rules
(docs/decisions/0044). An expression answers for any row whatever its fields hold, because the doctor asks it of damaged
rows, and one that fails would end the whole question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from bson import encode

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.schema.shapes import MOST_CHUNK, SHAPES
from engine.domain.booking.booking import MOST_TURN_MINUTES
from engine.domain.booking.states import BookingState
from engine.domain.booking.successor import SLACK
from engine.domain.car.condition import MarkState
from engine.domain.firm.settings import BEGINNING, LONGEST_HOLD
from engine.domain.money.payment import RefundState
from engine.domain.money.tender import Tender
from engine.domain.papers.logo import MOST_LOGO_BYTES
from engine.domain.shared.period import LONGEST, TOO_FAR

#: From the moment that says "from the beginning" to the first that nothing may be booked for; half-open.
EARLIEST, LATEST = BEGINNING, TOO_FAR
#: Ed25519 (RFC 8032).
_SIGNATURE, _PUBLIC_KEY = 64, 32
MOST_TURN = timedelta(minutes=MOST_TURN_MINUTES)
_STILL_TO_GIVE = [RefundState.DUE.value, RefundState.PENDING.value]


def _list(path: str) -> Document:
    return {"$cond": [{"$isArray": [path]}, path, []]}


def _number(path: str) -> Document:
    return {"$cond": [{"$isNumber": path}, path, None]}


def _each(path: str, *rules: Document, called: str = "one") -> Document:
    """Whether *rules* hold for all of a list, of which each one is ``$$one``, or as it is *called*."""
    return {"$allElementsTrue": [{"$map": {"input": _list(path), "as": called, "in": {"$and": list(rules)}}}]}


def _after(late: str, early: str) -> Document:
    return {"$gt": [late, early]}


def _within(late: str, early: str, most: timedelta) -> Document:
    """No more than *most* apart, where both are times."""
    dates = {"$and": [{"$eq": [{"$type": each}, "date"]} for each in (late, early)]}
    apart = {"$cond": [dates, {"$subtract": [late, early]}, 0]}
    return {"$lte": [apart, int(most.total_seconds() * 1000)]}


def _missing(path: str) -> Document:
    return {"$eq": [{"$type": path}, "missing"]}


def _if_there(path: str, rule: Document) -> Document:
    return {"$or": [_missing(path), rule]}


def _bytes(path: str, least: int, most: int) -> Document:
    size = {"$cond": [{"$eq": [{"$type": path}, "binData"]}, {"$binarySize": path}, least]}
    return {"$and": [{"$gte": [size, least]}, {"$lte": [size, most]}]}


def _last(path: str, field: str) -> Document:
    return {"$let": {"vars": {"last": {"$last": _list(path)}}, "in": f"$$last.{field}"}}


def _first(path: str, field: str) -> Document:
    return {"$let": {"vars": {"first": {"$first": _list(path)}}, "in": f"$$first.{field}"}}


_SUM: Document = {
    "$sum": {
        "$map": {
            "input": _list("$quote.lines"),
            "as": "line",
            "in": {"$multiply": [_number("$$line.count"), _number("$$line.unit")]},
        }
    }
}
_COUNTED: Document = {
    "$eq": [
        {"$map": {"input": _list("$$one.attempts"), "as": "each", "in": "$$each.n"}},
        {"$range": [1, {"$add": [{"$size": _list("$$one.attempts")}, 1]}]},
    ]
}


#: Pages are asked to be paid where it is paid on a page, and nowhere else.
_ON_A_PAGE: Document = {
    "$ne": [{"$eq": ["$$one.tender", Tender.CHECKOUT.value]}, {"$eq": [_list("$$one.attempts"), []]}]
}


def _asked(field: str) -> Document:
    """What the newest page asks for is what the payment is of, where there is one."""
    same = {"$eq": [f"$$one.amount.{field}", _last("$$one.attempts", f"amount.{field}")]}
    return {"$or": [{"$eq": [_list("$$one.attempts"), []]}, same]}


#: What an engine has yet to give back. What was given back is Stripe's word, whatever has become of the price.
_STILL_DUE: Document = {"$in": ["$$back.state", _STILL_TO_GIVE]}
_WITHIN_THE_PAYMENT: Document = {
    "$and": [
        {"$lte": ["$$back.amount.minor", "$$one.amount.minor"]},
        {"$eq": ["$$back.amount.currency", "$$one.amount.currency"]},
    ]
}

#: Collection -> what its rows must keep, each an expression over one row.
RULES: dict[str, tuple[Document, ...]] = {
    "bookings": (
        _after("$ends_at", "$starts_at"),
        _within("$ends_at", "$starts_at", LONGEST),
        _within("$hold_until", "$created_at", LONGEST_HOLD + SLACK),
        {"$gte": ["$free_at", "$ends_at"]},
        {"$eq": ["$quote.total", _SUM]},
        # The rental's payment asks for the price, and the newest page of each payment for what it asks.
        {"$eq": ["$quote.total", _first("$payments", "amount.minor")]},
        {"$eq": ["$quote.currency", _first("$payments", "amount.currency")]},
        _each(
            "$payments",
            _ON_A_PAGE,
            _asked("minor"),
            _asked("currency"),
            _COUNTED,
            _each("$$one.refunds", {"$or": [{"$not": _STILL_DUE}, _WITHIN_THE_PAYMENT]}, called="back"),
        ),
        {"$eq": [BookingState.HELD.value, _first("$history", "state")]},
        {"$eq": ["$state", _last("$history", "state")]},
    ),
    "fences": (
        _each(
            "$claims",
            _after("$$one.ends_at", "$$one.starts_at"),
            _within("$$one.ends_at", "$$one.starts_at", LONGEST),
            {"$gte": ["$$one.free_at", "$$one.ends_at"]},
            _within("$$one.free_at", "$$one.ends_at", MOST_TURN),
        ),
    ),
    "news": (_after("$ends_at", "$starts_at"),),
    "marks": (
        {"$eq": [{"$eq": ["$state", MarkState.OPEN.value]}, _missing("$ended")]},
        {"$eq": [_missing("$found.agreement_id"), _missing("$found.leg")]},
        {"$eq": [_missing("$found.agreement_id"), _missing("$found.when")]},
    ),
    "movements": (_after("$ends_at", "$starts_at"), _within("$ends_at", "$starts_at", LONGEST)),
    "restored_payments": (_if_there("$stay", _after("$stay.ends_at", "$stay.starts_at")),),
    "settings": (_if_there("$withdraws", {"$lt": ["$withdraws", "$_id"]}),),
    "images.chunks": (_bytes("$data", 1, MOST_CHUNK),),
    "logos": (_bytes("$data", 1, MOST_LOGO_BYTES),),
    "wishes": (_bytes("$sig", _SIGNATURE, _SIGNATURE),),
    "wish_keys": (_bytes("$public", _PUBLIC_KEY, _PUBLIC_KEY),),
}


def _times(shape: Document, at: str = "") -> Iterator[str]:
    """Where a shape has times; of the items of lists all at once, as a query names them."""
    for form in shape.get("oneOf", (shape,)):
        for name, inner in form.get("properties", {}).items():
            if "date" in (kinds if isinstance(kinds := inner.get("bsonType"), list) else [kinds]):
                yield f"{at}{name}"
            yield from _times(inner, f"{at}{name}.")
            yield from _times(inner.get("items", {}), f"{at}{name}.")


def _outside(collection: str) -> list[Document]:
    """What a row matches of which a time lies outside of the bounds; none is matched by what is no time."""
    paths = dict.fromkeys(_times(SHAPES[collection]))
    early = [{path: {"$lt": EARLIEST}} for path in paths]
    return [*early, *({path: {"$gte": LATEST}} for path in paths)]


def _validator(collection: str) -> Document:
    parts: list[Document] = [{"$jsonSchema": SHAPES[collection]}]
    if outside := _outside(collection):
        parts.append({"$nor": outside})
    parts += [{"$expr": rule} for rule in RULES.get(collection, ())]
    return {"$and": parts}


#: Collection -> what the database insists on for its rows.
VALIDATORS: dict[str, Document] = {collection: _validator(collection) for collection in SHAPES}
#: A row that was there before its rule can still be put aside, let go of and mended; the doctor tells of it.
LEVEL = "moderate"


def same_validator(options: Mapping[str, Any], wanted: Document) -> bool:
    """Whether a collection with *options* insists on what is *wanted*, and refuses what does not keep it."""
    # As bytes: the driver tells times in it without their zone.
    same = encode({"validator": options.get("validator")}) == encode({"validator": wanted})
    return same and (options.get("validationLevel"), options.get("validationAction", "error")) == (LEVEL, "error")
