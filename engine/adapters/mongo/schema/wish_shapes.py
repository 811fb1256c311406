"""The shapes of what renters wish and what is told of bookings to those who may not read them; data only."""

from __future__ import annotations

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.schema.shape_parts import DATE, TEXT, record
from engine.domain.booking.wish import MOST_BODY, MOST_WISHES

_ACCOUNT: Document = {"bsonType": "string", "minLength": 1, "maxLength": 40}
_KEY: Document = {"bsonType": "string", "minLength": 1, "maxLength": 80}
_PLACE: Document = {"bsonType": "int", "minimum": 0, "maximum": MOST_WISHES - 1}


WISH_SHAPES: dict[str, Document] = {
    # That a booking changed, for those who may not read it whole.
    "news": record(
        {
            "_id": {"bsonType": "objectId"},
            "booking_id": TEXT,
            "car_id": TEXT,
            "branch_id": TEXT,
            "owner_id": TEXT,
            "starts_at": DATE,
            "ends_at": DATE,
            "blocking": {"bsonType": "bool"},
            "at": DATE,
        }
    ),
    # All that a renter's account can write: small, of one form, and with the number of a place, as requests have.
    "wishes": record(
        {
            "_id": _KEY,
            "slot": _PLACE,
            "account": _ACCOUNT,
            "kind": {"bsonType": "string", "minLength": 1, "maxLength": 20},
            "body": {"bsonType": "string", "maxLength": MOST_BODY},
            "at": {"bsonType": "long", "minimum": 0, "maximum": 2**53},
            "sig": {"bsonType": "binData"},
        }
    ),
    "wish_answers": record(
        {
            "_id": _KEY,
            "account": _ACCOUNT,
            "at": DATE,
            "booking_id": {"bsonType": "string", "maxLength": 4000},
            "code": {"bsonType": "string", "maxLength": 4000},
            "facts": {
                "bsonType": "object",
                "additionalProperties": {"bsonType": "string", "maxLength": 4000},
                "maxProperties": 40,
            },
            "slot": _PLACE,
        },
        optional=("slot",),
    ),
    "wish_keys": record(
        {
            "_id": TEXT,
            "name": TEXT,
            "renter": {"bsonType": "object"},
            "public": {"bsonType": "binData"},
            "active": {"bsonType": "bool"},
            "since": DATE,
        }
    ),
    "carriers": record({"_id": {"bsonType": "string", "pattern": "^[0-9a-f]{24}$"}, "at": DATE}),
}
