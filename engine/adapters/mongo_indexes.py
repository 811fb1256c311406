"""The indexes and unique keys. Data only; ``mongo_provision`` applies it."""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel

from engine.adapters.mongo_client import Document
from engine.domain.booking import BLOCKING

_ONLY_BLOCKING: Document = {"state": {"$in": [state.value for state in BLOCKING]}}

INDEXES: dict[str, list[IndexModel]] = {
    "cars": [
        IndexModel([("plate_key", ASCENDING)], name="plate", unique=True),
        IndexModel(
            [("branch_id", ASCENDING), ("status", ASCENDING), ("daily_rate.minor", ASCENDING)], name="branch_price"
        ),
        IndexModel([("owner_id", ASCENDING)], name="owner"),
    ],
    # The search asks which cars of a branch are taken.
    "fences": [
        IndexModel([("terms.branch_id", ASCENDING), ("claims.ends_at", ASCENDING)], name="branch_claims"),
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
        IndexModel([("keys", ASCENDING)], name="keys"),
        IndexModel([("email", ASCENDING)], name="email"),
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
