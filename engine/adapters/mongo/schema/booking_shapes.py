"""The shapes of bookings and of the ledger; data only."""

from __future__ import annotations

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.schema.shape_parts import (
    CANCELLATION,
    COUNT,
    CURRENCY,
    DATE,
    MAYBE_EMPTY,
    MONEY,
    MOVED,
    PAID,
    PRICE,
    SHARE,
    TEXT,
    WHOLE,
    list_of,
    one_of,
    record,
)
from engine.domain.booking.refund_reason import UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.money.ledger import LedgerKind
from engine.domain.money.payment import AttemptState, Purpose, RefundState, Tender
from engine.domain.money.trouble import Why

_ATTEMPT = record(
    {
        "n": COUNT,
        "request": {"bsonType": "string", "maxLength": 8000},
        "amount": PRICE,
        "expires_at": DATE,
        "state": one_of(AttemptState),
        "session_id": MAYBE_EMPTY,
        "url": MAYBE_EMPTY,
        "payment_intent": MAYBE_EMPTY,
        "captured_at": {"bsonType": ["date", "null"]},
    }
)
_QUOTE = record(
    {
        "lines": {**list_of(record({"kind": TEXT, "count": COUNT, "unit": MOVED}), 20), "minItems": 1},
        "currency": CURRENCY,
        "total": PAID,
        "commission_bp": SHARE,
    }
)
_REFUND = record({"amount": PRICE, "state": one_of(RefundState), "refund_id": MAYBE_EMPTY})
_BOOKED_CAR = record({"car_id": TEXT, "label": TEXT, "owner_id": TEXT})
_CAR_CHANGE = record({"before": _BOOKED_CAR, "after": _BOOKED_CAR, "terms_n": COUNT})
_REASON = record({"usual": one_of(UsualReason), "said": MAYBE_EMPTY})
_STEP = record(
    {"state": one_of(BookingState), "at": DATE, "by": TEXT, "change": _CAR_CHANGE, "reason": _REASON},
    optional=("change", "reason"),
)
_TROUBLE = record(
    {
        "why": one_of(Why),
        "since": DATE,
        "tries": COUNT,
        "again_at": {"bsonType": ["date", "null"]},
        "code": MAYBE_EMPTY,
        "settled": record({"by": TEXT, "at": DATE, "note": TEXT}),
    },
    optional=("settled",),
)
_PAYMENT = record(
    {
        "id": TEXT,
        "purpose": one_of(Purpose),
        "tender": one_of(Tender),
        "amount": PRICE,
        "attempts": {**list_of(_ATTEMPT, 50), "minItems": 1},
        "refunds": list_of(_REFUND, 20),
        "trouble": _TROUBLE,
    },
    optional=("trouble",),
)

BOOKING_SHAPES: dict[str, Document] = {
    "bookings": record(
        {
            "_id": TEXT,
            "car_id": TEXT,
            "car_label": TEXT,
            "owner_id": TEXT,
            "branch_id": TEXT,
            "return_branch_id": TEXT,
            "zone": TEXT,
            "renter_id": TEXT,
            "renter_name": TEXT,
            "renter_key": MAYBE_EMPTY,
            "search_keys": list_of(TEXT, 120),
            "booked_by": TEXT,
            "starts_at": DATE,
            "ends_at": DATE,
            "state": one_of(BookingState),
            "hold_until": DATE,
            "created_at": DATE,
            "quote": _QUOTE,
            "payments": {**list_of(_PAYMENT, 20), "minItems": 1},
            "intent_key": TEXT,
            "history": {**list_of(_STEP, 200), "minItems": 1},
            "version": COUNT,
            "cancellation": CANCELLATION,
            "priced": record({"car_id": TEXT, "terms_n": WHOLE}),
            "session_ids": list_of(TEXT, 50),
            "due_at": DATE,
            "person_at": DATE,
            "former_owners": list_of(TEXT, 200),
        },
        optional=("session_ids", "due_at", "person_at", "former_owners"),
    ),
    "ledger": record(
        {
            "_id": {"bsonType": "objectId"},
            "booking_id": TEXT,
            "payment_id": TEXT,
            "kind": one_of(LedgerKind),
            "source_id": TEXT,
            "amount": MONEY,
            "car_id": TEXT,
            "owner_id": TEXT,
            "branch_id": TEXT,
            "at": DATE,
        }
    ),
}
