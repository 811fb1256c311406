"""The shapes that the database itself insists on. Data only; ``mongo_rules`` adds what fields owe each other."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from engine.adapters.migrations import LATEST
from engine.adapters.mongo_client import Document
from engine.adapters.mongo_movement_shapes import MOVEMENT_SHAPES
from engine.adapters.mongo_reading import MOST_MINOR
from engine.adapters.mongo_renter_shapes import RENTER_SHAPES
from engine.adapters.mongo_wish_shapes import WISH_SHAPES
from engine.domain.account_requests import MOST_WAITING
from engine.domain.availability import ClaimKind
from engine.domain.booking_states import BookingState
from engine.domain.car import BodyType, CarStatus, Fuel, Transmission
from engine.domain.car_form import MOST_KM
from engine.domain.ledger import LedgerKind
from engine.domain.payment import AttemptState, Purpose, RefundState, StripeMode, Tender
from engine.domain.people import Role
from engine.domain.photo import MOST_BYTES
from engine.domain.refund_reason import UsualReason
from engine.domain.restored import Outcome
from engine.domain.trouble import Why

_TEXT: Document = {"bsonType": "string", "minLength": 1, "maxLength": 400}
_MAYBE_EMPTY: Document = {"bsonType": "string", "maxLength": 4000}
_DATE: Document = {"bsonType": "date"}
_MOST = 2**52  #: the next one still fits everywhere
_WHOLE: Document = {"bsonType": ["int", "long"], "minimum": 0, "maximum": _MOST}
_COUNT: Document = {"bsonType": ["int", "long"], "minimum": 1, "maximum": _MOST}
#: Minor units: of what is paid, and of what may as well be given back.
_PAID: Document = {"bsonType": ["int", "long"], "minimum": 1, "maximum": MOST_MINOR}
_MOVED: Document = {"bsonType": ["int", "long"], "minimum": -MOST_MINOR, "maximum": MOST_MINOR}
#: Basis points.
_SHARE: Document = {"bsonType": ["int", "long"], "minimum": 0, "maximum": 10_000}
_NOTICE_H: Document = {"bsonType": ["int", "long"], "minimum": 0, "maximum": 100_000}
#: What GridFS makes of a picture.
MOST_CHUNK = 255 * 1024
_PART: Document = {"bsonType": ["int", "long"], "minimum": 0, "maximum": MOST_BYTES // MOST_CHUNK}


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


_CURRENCY: Document = {"bsonType": "string", "pattern": "^[A-Z]{3}$"}
_MONEY = _record({"minor": _MOVED, "currency": _CURRENCY})
_PRICE = _record({"minor": _PAID, "currency": _CURRENCY})
_ATTEMPT = _record(
    {
        "n": _COUNT,
        "request": {"bsonType": "string", "maxLength": 8000},
        "amount": _PRICE,
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
        "lines": {**_list_of(_record({"kind": _TEXT, "count": _COUNT, "unit": _MOVED}), 20), "minItems": 1},
        "currency": _CURRENCY,
        "total": _PAID,
        "commission_bp": _SHARE,
    }
)
_CANCELLATION = _list_of(_record({"hours_before": _NOTICE_H, "refund_bp": _SHARE}), 10)
_FACTS: Document = {"bsonType": "object", "additionalProperties": _MAYBE_EMPTY, "maxProperties": 40}
_REFUND = _record({"amount": _PRICE, "state": _one_of(RefundState), "refund_id": _MAYBE_EMPTY})
_BOOKED_CAR = _record({"car_id": _TEXT, "label": _TEXT, "owner_id": _TEXT})
_CAR_CHANGE = _record({"before": _BOOKED_CAR, "after": _BOOKED_CAR, "terms_n": _COUNT})
_REASON = _record({"usual": _one_of(UsualReason), "said": _MAYBE_EMPTY})
_STEP = _record(
    {"state": _one_of(BookingState), "at": _DATE, "by": _TEXT, "change": _CAR_CHANGE, "reason": _REASON},
    optional=("change", "reason"),
)
_TROUBLE = _record(
    {
        "why": _one_of(Why),
        "since": _DATE,
        "tries": _COUNT,
        "again_at": {"bsonType": ["date", "null"]},
        "code": _MAYBE_EMPTY,
        "settled": _record({"by": _TEXT, "at": _DATE, "note": _TEXT}),
    },
    optional=("settled",),
)
_PAYMENT = _record(
    {
        "id": _TEXT,
        "purpose": _one_of(Purpose),
        "tender": _one_of(Tender),
        "amount": _PRICE,
        "attempts": {**_list_of(_ATTEMPT, 50), "minItems": 1},
        "refunds": _list_of(_REFUND, 20),
        "trouble": _TROUBLE,
    },
    optional=("trouble",),
)

_TERMS: dict[str, Document] = {
    "label": _TEXT,
    "owner_id": _TEXT,
    "branch_id": _TEXT,
    "zone": _TEXT,
    "daily_rate": _PRICE,
}

SHAPES: dict[str, Document] = {
    "branches": _record(
        {
            "_id": _TEXT,
            "name": _TEXT,
            "city": _TEXT,
            "address": _TEXT,
            "zone": _TEXT,
            "opens": {"bsonType": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
            "closes": {"bsonType": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
            "closed": {"bsonType": "bool"},
        },
        optional=("closed",),
    ),
    "cars": _record(
        {
            "_id": _TEXT,
            "plate": _TEXT,
            "country": {"bsonType": "string", "pattern": "^([A-Z]{2})?$"},
            "plate_key": _TEXT,
            "parts": _list_of(_TEXT, 300),
            "order": _MAYBE_EMPTY,
            "brand": _TEXT,
            "model": _TEXT,
            "year": {"bsonType": ["int", "long"], "minimum": 1950, "maximum": 2100},
            "body": _one_of(BodyType),
            "colour": {"bsonType": "string", "pattern": "^#[0-9a-f]{6}$"},
            "fuel": _one_of(Fuel),
            "transmission": _one_of(Transmission),
            "seats": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 60},
            "odometer_km": {"bsonType": ["int", "long"], "minimum": 0, "maximum": MOST_KM},
            "daily_rate": _PRICE,
            "status": _one_of(CarStatus),
            "owner_id": _TEXT,
            "branch_id": _TEXT,
            "image_ids": _list_of(_TEXT, 5),
        }
    ),
    # Added to whenever a car joins a fleet or its status changes, never altered: utilisation counts on it.
    "car_statuses": _record(
        {
            "_id": {"bsonType": "objectId"},
            "car_id": _TEXT,
            "owner_id": _TEXT,
            "status": _one_of(CarStatus),
            "since": _DATE,
        }
    ),
    "fences": _record(
        {
            "_id": _TEXT,
            # Only a program of this very version has the car promised: mongo_schema.
            "schema": {"enum": [LATEST]},
            "seq": _WHOLE,
            "status": _one_of(CarStatus),
            "terms": _record({**_TERMS, "n": _COUNT}),
            "claims": _list_of(
                _record({"id": _TEXT, "kind": _one_of(ClaimKind), "starts_at": _DATE, "ends_at": _DATE}), 5000
            ),
        }
    ),
    # What a car was let for, and from when on: added to, never altered. A fence carries a copy of the last.
    "car_terms": _record(
        {
            "_id": {"bsonType": "objectId"},
            "car_id": _TEXT,
            "n": _COUNT,
            "terms": _record(_TERMS),
            "by": _TEXT,
            "at": _DATE,
        }
    ),
    **RENTER_SHAPES,
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
            "renter_key": _MAYBE_EMPTY,
            "search_keys": _list_of(_TEXT, 120),
            "booked_by": _TEXT,
            "starts_at": _DATE,
            "ends_at": _DATE,
            "state": _one_of(BookingState),
            "hold_until": _DATE,
            "created_at": _DATE,
            "quote": _QUOTE,
            "payments": {**_list_of(_PAYMENT, 20), "minItems": 1},
            "intent_key": _TEXT,
            "history": {**_list_of(_STEP, 200), "minItems": 1},
            "version": _COUNT,
            "cancellation": _CANCELLATION,
            "priced": _record({"car_id": _TEXT, "terms_n": _WHOLE}),
            "session_ids": _list_of(_TEXT, 50),
            "due_at": _DATE,
            "person_at": _DATE,
            "former_owners": _list_of(_TEXT, 200),
        },
        optional=("session_ids", "due_at", "person_at", "former_owners"),
    ),
    "ledger": _record(
        {
            "_id": {"bsonType": "objectId"},
            "booking_id": _TEXT,
            "payment_id": _TEXT,
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
    # A series: a set of rules with the moment it holds from, or the word that an earlier one shall not hold.
    "settings": {
        "oneOf": [
            _record(
                {
                    "_id": _COUNT,
                    "valid_from": _DATE,
                    "currency": _CURRENCY,
                    "commission_bp": _SHARE,
                    "hold_s": {"bsonType": ["int", "long"], "minimum": 60, "maximum": 1800},
                    "cancellation": _CANCELLATION,
                    "by": _TEXT,
                    "made_at": _DATE,
                }
            ),
            _record({"_id": _COUNT, "withdraws": _COUNT, "by": _TEXT, "made_at": _DATE}),
        ]
    },
    "rounds": _record({"_id": _TEXT, "by": _TEXT, "desk": _TEXT, "at": _DATE, "count": _WHOLE}),
    # Payments that Stripe has and a restored database lacks; a person decides on each.
    "restored_payments": _record(
        {
            "_id": _TEXT,
            "session_id": _TEXT,
            "booking_id": _TEXT,
            "attempt": _COUNT,
            "amount": _PRICE,
            "expires_at": _DATE,
            "found_at": _DATE,
            "paid_at": _DATE,
            "claimed": {"bsonType": "bool"},
            "outcome": _one_of(Outcome),
            "stay": _record({"car_id": _TEXT, "starts_at": _DATE, "ends_at": _DATE, "rate": _PRICE}),
            "by": _TEXT,
            "at": _DATE,
        },
        optional=("stay", "paid_at", "by", "at"),
    ),
    # Payments that a bank takes back, as Stripe tells of them.
    "disputes": _record(
        {
            "_id": _TEXT,
            "booking_id": _TEXT,
            "payment_intent": _TEXT,
            "amount": _MONEY,
            "reason": _TEXT,
            "status": _TEXT,
            "over": {"bsonType": "bool"},
            "due_by": {"bsonType": ["date", "null"]},
            "created_at": _DATE,
            "livemode": {"bsonType": "bool"},
            "looked_at": _DATE,
        }
    ),
    # What was backed up and when; only added to.
    "backups": _record(
        {
            "_id": _TEXT,
            "what": {"enum": ["mark", "done", "failed"]},
            "at": _DATE,
            "by": _TEXT,
            "desk": _TEXT,
            "rows": _WHOLE,
            "size": _WHOLE,
            "as_of": _DATE,
            "code": _TEXT,
        },
        optional=("by", "desk", "as_of", "rows", "size", "code"),
    ),
    # What is said beside a booking's row, where whoever writes bookings cannot unsay it.
    "returns": _record({"_id": _TEXT, "car_id": _TEXT, "at": _DATE, "by": _TEXT}),
    "settlements": _record(
        {
            "_id": {"bsonType": "objectId"},
            "booking_id": _TEXT,
            "why": _one_of(Why),
            "since": _DATE,
            "by": _TEXT,
            "at": _DATE,
            "note": _TEXT,
        }
    ),
    # Bookings that an engine met and could not read; a note counts only while its row is like that.
    "damaged_bookings": _record({"_id": _TEXT, "reason": _TEXT, "at": _DATE}),
    # Where Stripe sends live payers back to.
    "return_pages": _record(
        {
            "_id": {"bsonType": "string", "pattern": "^https://[a-z0-9.-]+(:[0-9]+)?(/.*)?$", "maxLength": 400},
            "by": _TEXT,
            "at": _DATE,
        }
    ),
    # GridFS; its own fields may grow with the driver.
    "images.files": _record(
        {
            "_id": _TEXT,
            "length": {"bsonType": ["int", "long"], "minimum": 1, "maximum": MOST_BYTES},
            "chunkSize": {"bsonType": ["int", "long"], "minimum": 1, "maximum": MOST_CHUNK},
            "uploadDate": _DATE,
            "metadata": _record({"car_id": _TEXT, "by": _TEXT, "at": _DATE, "kept": {"bsonType": "bool"}}),
        },
        closed=False,
    ),
    "images.chunks": _record(
        {"_id": {"bsonType": "objectId"}, "files_id": _TEXT, "n": _PART, "data": {"bsonType": "binData"}}
    ),
    "deployment": _record(
        {"_id": _TEXT, "mode": _one_of(StripeMode), "by": _TEXT, "at": _DATE, "version": _WHOLE, "to": _WHOLE},
        optional=("mode", "by", "at", "version", "to"),
        closed=False,
    ),
    "people": _record(
        {
            "_id": _TEXT,
            "name": _TEXT,
            "order": _MAYBE_EMPTY,
            "email": _MAYBE_EMPTY,
            "phone": _MAYBE_EMPTY,
            "role": _one_of(Role),
            "branch_id": {"bsonType": ["string", "null"]},
            "owner_id": {"bsonType": ["string", "null"]},
            "renter": {"bsonType": ["object", "null"]},
            "disabled": {"bsonType": "bool"},
            "keys": _list_of(_TEXT, 600),
            "created_at": _DATE,
            "issued_at": {"bsonType": ["date", "null"]},
            "version": _COUNT,
        }
    ),
    # Who administers; the one document that two administrators changing each other at once both have to change.
    "roster": _record({"_id": _TEXT, "members": _list_of(_TEXT, 1000)}),
    # Which zone data the desk reads; empty in those of before it was noted.
    "sign_ins": _record(
        {"_id": {"bsonType": "objectId"}, "account": _TEXT, "at": _DATE, "desk": _TEXT, "zones": _MAYBE_EMPTY}
    ),
    **WISH_SHAPES,
    **MOVEMENT_SHAPES,
    # Anybody may insert here: small, of one form, and with the number of a place, of which there are not many.
    "account_requests": _record(
        {
            "_id": {"bsonType": "objectId"},
            "name": {"bsonType": "string", "minLength": 1, "maxLength": 120},
            "email": {"bsonType": "string", "minLength": 3, "maxLength": 200},
            "phone": {"bsonType": "string", "maxLength": 40},
            "note": {"bsonType": "string", "maxLength": 400},
            "at": _DATE,
            "slot": {"bsonType": "int", "minimum": 0, "maximum": MOST_WAITING - 1},
        }
    ),
}
