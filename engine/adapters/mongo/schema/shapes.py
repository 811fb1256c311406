"""The shapes that the database itself insists on. Data only; ``mongo.schema.rules`` adds what fields owe each other."""

from __future__ import annotations

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.bookings import BOOKING
from engine.adapters.mongo.codec.documents import AUDIT, BRANCH, CAR, CLAIM, LEDGER, TERMS, TERMS_OF_SERIES
from engine.adapters.mongo.codec.renter_files import FILE
from engine.adapters.mongo.codec.settings import REVISION
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.movement_shapes import MOVEMENT_SHAPES
from engine.adapters.mongo.schema.shape_parts import (
    COUNT,
    DATE,
    MAYBE_EMPTY,
    MONEY,
    PRICE,
    TEXT,
    WHOLE,
    list_of,
    one_of,
    record,
)
from engine.adapters.mongo.schema.wish_shapes import WISH_SHAPES
from engine.domain.booking.restored import Outcome
from engine.domain.car.car import CarStatus
from engine.domain.car.photo import MOST_BYTES
from engine.domain.money.payment import StripeMode
from engine.domain.money.trouble import Why
from engine.domain.people.account_requests import MOST_WAITING
from engine.domain.people.people import Role

#: What GridFS makes of a picture.
MOST_CHUNK = 255 * 1024
_PART: Document = {"bsonType": ["int", "long"], "minimum": 0, "maximum": MOST_BYTES // MOST_CHUNK}


SHAPES: dict[str, Document] = {
    "branches": BRANCH.shape,
    "cars": CAR.shape,
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
            "terms": TERMS.shape,
            "claims": list_of(CLAIM.shape, 5000),
        }
    ),
    # What a car was let for, and from when on: added to, never altered. A fence carries a copy of the last.
    "car_terms": record(
        {
            "_id": {"bsonType": "objectId"},
            "car_id": TEXT,
            "n": COUNT,
            "terms": TERMS_OF_SERIES.shape,
            "by": TEXT,
            "at": DATE,
        }
    ),
    "renters": FILE.shape,
    "bookings": BOOKING.shape,
    "audit": AUDIT.shape,
    "ledger": LEDGER.shape,
    # A series: a set of rules with the moment it holds from, or the word that an earlier one shall not hold.
    "settings": {
        "oneOf": [
            REVISION.shape,
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
