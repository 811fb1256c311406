"""What the database itself insists on: shapes, keys and rights. Data only; ``mongo_provision`` applies it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from engine.adapters.mongo_client import Document
from engine.domain.booking import BLOCKING, BookingState
from engine.domain.car import BodyType, CarStatus, Fuel, Transmission
from engine.domain.ledger import LedgerKind
from engine.domain.payment import AttemptState, RefundState

_TEXT: Document = {"bsonType": "string", "minLength": 1, "maxLength": 400}
_MAYBE_EMPTY: Document = {"bsonType": "string", "maxLength": 4000}
_DATE: Document = {"bsonType": "date"}
_WHOLE: Document = {"bsonType": ["int", "long"]}
_COUNT: Document = {"bsonType": ["int", "long"], "minimum": 1}


def _one_of(values: type[StrEnum]) -> Document:
    return {"enum": [value.value for value in values]}


def _record(fields: dict[str, Document], *, optional: Iterable[str] = (), closed: bool = True) -> Document:
    left_out = set(optional)
    return {
        "bsonType": "object",
        "required": [name for name in fields if name not in left_out],
        "properties": fields,
        **({"additionalProperties": False} if closed else {}),
    }


def _list_of(item: Document, longest: int) -> Document:
    return {"bsonType": "array", "items": item, "maxItems": longest}


_MONEY = _record({"minor": _WHOLE, "currency": {"bsonType": "string", "pattern": "^[A-Z]{3}$"}})
_ATTEMPT = _record(
    {
        "n": _COUNT,
        "request": {"bsonType": "string", "maxLength": 8000},
        "amount": _MONEY,
        "expires_at": _DATE,
        "state": _one_of(AttemptState),
        "session_id": _MAYBE_EMPTY,
        "url": _MAYBE_EMPTY,
        "payment_intent": _MAYBE_EMPTY,
        "captured_at": {"bsonType": ["date", "null"]},
    }
)
_QUOTE = _record(
    {
        "lines": _list_of(_record({"kind": _TEXT, "count": _COUNT, "unit": _WHOLE}), 20),
        "currency": {"bsonType": "string", "pattern": "^[A-Z]{3}$"},
        "total": _COUNT,
        "commission_bp": {"bsonType": ["int", "long"], "minimum": 0, "maximum": 10_000},
    }
)
_CANCELLATION = _list_of(
    _record(
        {
            "hours_before": {"bsonType": ["int", "long"], "minimum": 0},
            "refund_bp": {"bsonType": ["int", "long"], "minimum": 0, "maximum": 10_000},
        }
    ),
    10,
)
_FACTS: Document = {"bsonType": "object", "additionalProperties": _MAYBE_EMPTY, "maxProperties": 40}
_REFUND = _record({"amount": _MONEY, "state": _one_of(RefundState), "refund_id": _MAYBE_EMPTY})

SHAPES: dict[str, Document] = {
    "branches": _record(
        {"_id": _TEXT, "name": _TEXT, "city": _TEXT, "address": _TEXT, "zone": _TEXT, "opens": _TEXT, "closes": _TEXT}
    ),
    "cars": _record(
        {
            "_id": _TEXT,
            "plate": _TEXT,
            "plate_key": _TEXT,
            "brand": _TEXT,
            "model": _TEXT,
            "year": {"bsonType": ["int", "long"], "minimum": 1950, "maximum": 2100},
            "body": _one_of(BodyType),
            "colour": {"bsonType": "string", "pattern": "^#[0-9a-f]{6}$"},
            "fuel": _one_of(Fuel),
            "transmission": _one_of(Transmission),
            "seats": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 60},
            "odometer_km": {"bsonType": ["int", "long"], "minimum": 0},
            "daily_rate": _MONEY,
            "status": _one_of(CarStatus),
            "owner_id": _TEXT,
            "branch_id": _TEXT,
            "image_ids": _list_of(_TEXT, 5),
        }
    ),
    "fences": _record(
        {
            "_id": _TEXT,
            "seq": _WHOLE,
            "status": _one_of(CarStatus),
            "terms": _record(
                {"label": _TEXT, "owner_id": _TEXT, "branch_id": _TEXT, "zone": _TEXT, "daily_rate": _MONEY}
            ),
            "claims": _list_of(_record({"booking_id": _TEXT, "starts_at": _DATE, "ends_at": _DATE}), 5000),
        }
    ),
    "renters": _record(
        {"_id": _TEXT, "name": _TEXT, "name_key": _TEXT, "email": _TEXT, "phone": _TEXT, "licence": _TEXT}
    ),
    "bookings": _record(
        {
            "_id": _TEXT,
            "car_id": _TEXT,
            "car_label": _TEXT,
            "owner_id": _TEXT,
            "branch_id": _TEXT,
            "return_branch_id": _TEXT,
            "zone": _TEXT,
            "renter_id": _TEXT,
            "renter_name": _TEXT,
            "booked_by": _TEXT,
            "starts_at": _DATE,
            "ends_at": _DATE,
            "state": _one_of(BookingState),
            "hold_until": _DATE,
            "created_at": _DATE,
            "quote": _QUOTE,
            "attempts": {**_list_of(_ATTEMPT, 50), "minItems": 1},
            "intent_key": _TEXT,
            "history": _list_of(_record({"state": _one_of(BookingState), "at": _DATE, "by": _TEXT}), 200),
            "version": _COUNT,
            "cancellation": _CANCELLATION,
            "refund": _REFUND,
            "session_ids": _list_of(_TEXT, 50),
            "due_at": _DATE,
        },
        optional=("refund", "session_ids", "due_at"),
    ),
    "ledger": _record(
        {
            "_id": {"bsonType": "objectId"},
            "booking_id": _TEXT,
            "kind": _one_of(LedgerKind),
            "source_id": _TEXT,
            "amount": _MONEY,
            "car_id": _TEXT,
            "owner_id": _TEXT,
            "branch_id": _TEXT,
            "at": _DATE,
        }
    ),
    "audit": _record(
        {
            "_id": {"bsonType": "objectId"},
            "at": _DATE,
            "by": _TEXT,
            "desk": _TEXT,
            "what": _TEXT,
            "subject": _TEXT,
            "before": _FACTS,
            "after": _FACTS,
        }
    ),
    "settings": _record(
        {
            "_id": _TEXT,
            "currency": {"bsonType": "string", "pattern": "^[A-Z]{3}$"},
            "commission_bp": {"bsonType": ["int", "long"], "minimum": 0, "maximum": 10_000},
            "hold_s": {"bsonType": ["int", "long"], "minimum": 60, "maximum": 1800},
            "cancellation": _CANCELLATION,
        }
    ),
    "people": _record({"_id": _TEXT, "name": _TEXT}, closed=False),
    "account_requests": _record({"name": _TEXT, "email": _TEXT, "at": _DATE}, closed=False),
}

_ONLY_BLOCKING: Document = {"state": {"$in": [state.value for state in BLOCKING]}}

INDEXES: dict[str, list[IndexModel]] = {
    "cars": [
        IndexModel([("plate_key", ASCENDING)], name="plate", unique=True),
        IndexModel(
            [("branch_id", ASCENDING), ("status", ASCENDING), ("daily_rate.minor", ASCENDING)], name="branch_price"
        ),
        IndexModel([("owner_id", ASCENDING)], name="owner"),
    ],
    "bookings": [
        IndexModel([("intent_key", ASCENDING)], name="once", unique=True),
        IndexModel([("session_ids", ASCENDING)], name="session", unique=True, sparse=True),
        IndexModel(
            [("car_id", ASCENDING), ("ends_at", ASCENDING), ("starts_at", ASCENDING)],
            name="blocking_car",
            partialFilterExpression=_ONLY_BLOCKING,
        ),
        IndexModel(
            [("ends_at", ASCENDING), ("starts_at", ASCENDING), ("car_id", ASCENDING), ("state", ASCENDING)],
            name="blocking_time",
            partialFilterExpression=_ONLY_BLOCKING,
        ),
        IndexModel([("due_at", ASCENDING)], name="due", sparse=True),
        IndexModel([("booked_by", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="desk"),
        IndexModel([("branch_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="branch"),
        IndexModel([("owner_id", ASCENDING), ("created_at", DESCENDING)], name="owner"),
        IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="created"),
    ],
    "renters": [
        IndexModel([("name_key", ASCENDING)], name="name"),
        IndexModel([("email", ASCENDING)], name="email"),
        IndexModel([("phone", ASCENDING)], name="phone"),
    ],
    "ledger": [
        IndexModel(
            [("booking_id", ASCENDING), ("kind", ASCENDING), ("source_id", ASCENDING)], name="fact", unique=True
        ),
        IndexModel([("owner_id", ASCENDING), ("at", ASCENDING)], name="owner_at"),
        IndexModel([("at", ASCENDING)], name="at"),
    ],
    "audit": [
        IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="at"),
        IndexModel([("by", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="by"),
        IndexModel([("subject", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="subject"),
        IndexModel([("what", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="what"),
    ],
}

#: role -> collection -> actions. What is not here, the server refuses.
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    "ds_client": {
        "branches": ("find",),
        "cars": ("find", "changeStream"),
        "fences": ("find", "update", "changeStream"),
        "renters": ("find", "insert", "update"),
        "bookings": ("find", "insert", "update", "changeStream"),
        "ledger": ("insert",),
        "settings": ("find",),
        "audit": ("insert",),
    },
    "ds_owner": {
        "branches": ("find",),
        "cars": ("find", "insert", "update", "changeStream"),
        "fences": ("find", "insert", "update", "changeStream"),
        "bookings": ("find", "changeStream"),
        "ledger": ("find",),
        "settings": ("find",),
        "audit": ("insert",),
    },
    "ds_admin": {
        "branches": ("find", "insert", "update"),
        "cars": ("find", "insert", "update", "changeStream"),
        "fences": ("find", "insert", "update", "changeStream"),
        "renters": ("find", "insert", "update"),
        "bookings": ("find", "insert", "update", "changeStream"),
        "ledger": ("find", "insert"),
        "settings": ("find", "insert", "update"),
        "people": ("find", "insert", "update"),
        "account_requests": ("find", "update", "remove"),
        "audit": ("find", "insert"),
    },
    "ds_worker": {
        "branches": ("find",),
        "cars": ("find",),
        "fences": ("find", "update"),
        "renters": ("find",),
        "bookings": ("find", "update", "changeStream"),
        "ledger": ("find", "insert"),
        "settings": ("find",),
        "audit": ("insert",),
    },
    # A renter's own details come with the account: those of others are out of its reach.
    "ds_renter": {
        "branches": ("find",),
        "cars": ("find", "changeStream"),
        "fences": ("find", "update", "changeStream"),
        "bookings": ("find", "insert", "update", "changeStream"),
        "ledger": ("insert",),
        "settings": ("find",),
        "audit": ("insert",),
    },
    "ds_guest": {"account_requests": ("insert",)},
}

_EVERYBODY = ("changeOwnPassword",)
_ADMIN = ("createUser", "updateUser", "grantRole", "revokeRole", "viewUser", "viewRole", "changePassword")


def privileges(role: str, database: str) -> list[dict[str, Any]]:
    """The rights of *role* in *database* as MongoDB's ``createRole`` takes them."""
    rights = [
        {"resource": {"db": database, "collection": collection}, "actions": sorted(actions)}
        for collection, actions in sorted(RIGHTS[role].items())
    ]
    on_database = {"ds_guest": (), "ds_admin": (*_EVERYBODY, *_ADMIN)}.get(role, _EVERYBODY)
    if on_database:
        rights.append({"resource": {"db": database, "collection": ""}, "actions": sorted(on_database)})
    return rights
