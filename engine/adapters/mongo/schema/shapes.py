"""The shapes that the database itself insists on. Data only; ``mongo.schema.rules`` adds what fields owe each other."""

from __future__ import annotations

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.schema.booking_shapes import BOOKING_SHAPES
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.movement_shapes import MOVEMENT_SHAPES
from engine.adapters.mongo.schema.renter_shapes import RENTER_SHAPES
from engine.adapters.mongo.schema.shape_parts import (
    CANCELLATION,
    COUNT,
    CURRENCY,
    DATE,
    MAYBE_EMPTY,
    MONEY,
    PRICE,
    SHARE,
    TEXT,
    WHOLE,
    list_of,
    one_of,
    record,
)
from engine.adapters.mongo.schema.wish_shapes import WISH_SHAPES
from engine.domain.booking.restored import Outcome
from engine.domain.car.availability import ClaimKind
from engine.domain.car.car import BodyType, CarStatus, Fuel, Transmission
from engine.domain.car.form import MOST_KM
from engine.domain.car.photo import MOST_BYTES
from engine.domain.money.payment import StripeMode
from engine.domain.money.trouble import Why
from engine.domain.people.account_requests import MOST_WAITING
from engine.domain.people.people import Role

#: What GridFS makes of a picture.
MOST_CHUNK = 255 * 1024
_PART: Document = {"bsonType": ["int", "long"], "minimum": 0, "maximum": MOST_BYTES // MOST_CHUNK}


_FACTS: Document = {"bsonType": "object", "additionalProperties": MAYBE_EMPTY, "maxProperties": 40}

_TERMS: dict[str, Document] = {
    "label": TEXT,
    "owner_id": TEXT,
    "branch_id": TEXT,
    "zone": TEXT,
    "daily_rate": PRICE,
}

SHAPES: dict[str, Document] = {
    "branches": record(
        {
            "_id": TEXT,
            "name": TEXT,
            "city": TEXT,
            "address": TEXT,
            "zone": TEXT,
            "opens": {"bsonType": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
            "closes": {"bsonType": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
            "closed": {"bsonType": "bool"},
        },
        optional=("closed",),
    ),
    "cars": record(
        {
            "_id": TEXT,
            "plate": TEXT,
            "country": {"bsonType": "string", "pattern": "^([A-Z]{2})?$"},
            "plate_key": TEXT,
            "parts": list_of(TEXT, 300),
            "order": MAYBE_EMPTY,
            "brand": TEXT,
            "model": TEXT,
            "year": {"bsonType": ["int", "long"], "minimum": 1950, "maximum": 2100},
            "body": one_of(BodyType),
            "colour": {"bsonType": "string", "pattern": "^#[0-9a-f]{6}$"},
            "fuel": one_of(Fuel),
            "transmission": one_of(Transmission),
            "seats": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 60},
            "odometer_km": {"bsonType": ["int", "long"], "minimum": 0, "maximum": MOST_KM},
            "daily_rate": PRICE,
            "status": one_of(CarStatus),
            "owner_id": TEXT,
            "branch_id": TEXT,
            "image_ids": list_of(TEXT, 5),
        }
    ),
    # Added to whenever a car joins a fleet or its status changes, never altered: utilisation counts on it.
    "car_statuses": record(
        {
            "_id": {"bsonType": "objectId"},
            "car_id": TEXT,
            "owner_id": TEXT,
            "status": one_of(CarStatus),
            "since": DATE,
        }
    ),
    "fences": record(
        {
            "_id": TEXT,
            # Only a program of this very version has the car promised: schema.version.
            "schema": {"enum": [LATEST]},
            "seq": WHOLE,
            "status": one_of(CarStatus),
            "terms": record({**_TERMS, "n": COUNT}),
            "claims": list_of(
                record({"id": TEXT, "kind": one_of(ClaimKind), "starts_at": DATE, "ends_at": DATE}), 5000
            ),
        }
    ),
    # What a car was let for, and from when on: added to, never altered. A fence carries a copy of the last.
    "car_terms": record(
        {
            "_id": {"bsonType": "objectId"},
            "car_id": TEXT,
            "n": COUNT,
            "terms": record(_TERMS),
            "by": TEXT,
            "at": DATE,
        }
    ),
    **RENTER_SHAPES,
    **BOOKING_SHAPES,
    "audit": record(
        {
            "_id": {"bsonType": "objectId"},
            "at": DATE,
            "by": TEXT,
            "desk": TEXT,
            "what": TEXT,
            "subject": TEXT,
            "before": _FACTS,
            "after": _FACTS,
        }
    ),
    # A series: a set of rules with the moment it holds from, or the word that an earlier one shall not hold.
    "settings": {
        "oneOf": [
            record(
                {
                    "_id": COUNT,
                    "valid_from": DATE,
                    "currency": CURRENCY,
                    "commission_bp": SHARE,
                    "hold_s": {"bsonType": ["int", "long"], "minimum": 60, "maximum": 1800},
                    "cancellation": CANCELLATION,
                    "by": TEXT,
                    "made_at": DATE,
                }
            ),
            record({"_id": COUNT, "withdraws": COUNT, "by": TEXT, "made_at": DATE}),
        ]
    },
    "rounds": record({"_id": TEXT, "by": TEXT, "desk": TEXT, "at": DATE, "count": WHOLE}),
    # Payments that Stripe has and a restored database lacks; a person decides on each.
    "restored_payments": record(
        {
            "_id": TEXT,
            "session_id": TEXT,
            "booking_id": TEXT,
            "attempt": COUNT,
            "amount": PRICE,
            "expires_at": DATE,
            "found_at": DATE,
            "paid_at": DATE,
            "claimed": {"bsonType": "bool"},
            "outcome": one_of(Outcome),
            "stay": record({"car_id": TEXT, "starts_at": DATE, "ends_at": DATE, "rate": PRICE}),
            "by": TEXT,
            "at": DATE,
        },
        optional=("stay", "paid_at", "by", "at"),
    ),
    # Payments that a bank takes back, as Stripe tells of them.
    "disputes": record(
        {
            "_id": TEXT,
            "booking_id": TEXT,
            "payment_intent": TEXT,
            "amount": MONEY,
            "reason": TEXT,
            "status": TEXT,
            "over": {"bsonType": "bool"},
            "due_by": {"bsonType": ["date", "null"]},
            "created_at": DATE,
            "livemode": {"bsonType": "bool"},
            "looked_at": DATE,
        }
    ),
    # What was backed up and when; only added to.
    "backups": record(
        {
            "_id": TEXT,
            "what": {"enum": ["mark", "done", "failed"]},
            "at": DATE,
            "by": TEXT,
            "desk": TEXT,
            "rows": WHOLE,
            "size": WHOLE,
            "as_of": DATE,
            "code": TEXT,
        },
        optional=("by", "desk", "as_of", "rows", "size", "code"),
    ),
    # What is said beside a booking's row, where whoever writes bookings cannot unsay it.
    "returns": record({"_id": TEXT, "car_id": TEXT, "at": DATE, "by": TEXT}),
    "settlements": record(
        {
            "_id": {"bsonType": "objectId"},
            "booking_id": TEXT,
            "why": one_of(Why),
            "since": DATE,
            "by": TEXT,
            "at": DATE,
            "note": TEXT,
        }
    ),
    # Bookings that an engine met and could not read; a note counts only while its row is like that.
    "damaged_bookings": record({"_id": TEXT, "reason": TEXT, "at": DATE}),
    # Where Stripe sends live payers back to.
    "return_pages": record(
        {
            "_id": {"bsonType": "string", "pattern": "^https://[a-z0-9.-]+(:[0-9]+)?(/.*)?$", "maxLength": 400},
            "by": TEXT,
            "at": DATE,
        }
    ),
    # GridFS; its own fields may grow with the driver.
    "images.files": record(
        {
            "_id": TEXT,
            "length": {"bsonType": ["int", "long"], "minimum": 1, "maximum": MOST_BYTES},
            "chunkSize": {"bsonType": ["int", "long"], "minimum": 1, "maximum": MOST_CHUNK},
            "uploadDate": DATE,
            "metadata": record({"car_id": TEXT, "by": TEXT, "at": DATE, "kept": {"bsonType": "bool"}}),
        },
        closed=False,
    ),
    "images.chunks": record(
        {"_id": {"bsonType": "objectId"}, "files_id": TEXT, "n": _PART, "data": {"bsonType": "binData"}}
    ),
    "deployment": record(
        {"_id": TEXT, "mode": one_of(StripeMode), "by": TEXT, "at": DATE, "version": WHOLE, "to": WHOLE},
        optional=("mode", "by", "at", "version", "to"),
        closed=False,
    ),
    "people": record(
        {
            "_id": TEXT,
            "name": TEXT,
            "order": MAYBE_EMPTY,
            "email": MAYBE_EMPTY,
            "phone": MAYBE_EMPTY,
            "role": one_of(Role),
            "branch_id": {"bsonType": ["string", "null"]},
            "owner_id": {"bsonType": ["string", "null"]},
            "renter": {"bsonType": ["object", "null"]},
            "disabled": {"bsonType": "bool"},
            "keys": list_of(TEXT, 600),
            "created_at": DATE,
            "issued_at": {"bsonType": ["date", "null"]},
            "version": COUNT,
        }
    ),
    # Who administers; the one document that two administrators changing each other at once both have to change.
    "roster": record({"_id": TEXT, "members": list_of(TEXT, 1000)}),
    # Which zone data the desk reads; empty in those of before it was noted.
    "sign_ins": record(
        {"_id": {"bsonType": "objectId"}, "account": TEXT, "at": DATE, "desk": TEXT, "zones": MAYBE_EMPTY}
    ),
    **WISH_SHAPES,
    **MOVEMENT_SHAPES,
    # Anybody may insert here: small, of one form, and with the number of a place, of which there are not many.
    "account_requests": record(
        {
            "_id": {"bsonType": "objectId"},
            "name": {"bsonType": "string", "minLength": 1, "maxLength": 120},
            "email": {"bsonType": "string", "minLength": 3, "maxLength": 200},
            "phone": {"bsonType": "string", "maxLength": 40},
            "note": {"bsonType": "string", "maxLength": 400},
            "at": DATE,
            "slot": {"bsonType": "int", "minimum": 0, "maximum": MOST_WAITING - 1},
        }
    ),
}
