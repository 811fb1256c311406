"""The shape of renters' rows; data only."""

from __future__ import annotations

from engine.adapters.mongo_client import Document
from engine.adapters.mongo_wish_shapes import record
from engine.domain.renters import MOST_NOTES, MOST_OTHERS, MOST_PAST_BLOCKS

_TEXT: Document = {"bsonType": "string", "minLength": 1, "maxLength": 400}
_DATE: Document = {"bsonType": "date"}
_BLOCK: dict[str, Document] = {"reason": _TEXT, "by": _TEXT, "since": _DATE, "until": _DATE}


def _list_of(item: Document, longest: int) -> Document:
    return {"bsonType": "array", "items": item, "maxItems": longest}


RENTER_SHAPES: dict[str, Document] = {
    "renters": record(
        {
            "_id": _TEXT,
            "name": _TEXT,
            "keys": _list_of(_TEXT, 20),
            "order": {"bsonType": "string", "maxLength": 4000},
            "parts": _list_of(_TEXT, 600),
            "email": _TEXT,
            "phone": _TEXT,
            "licence": _TEXT,
            "version": {"bsonType": ["int", "long"], "minimum": 1},
            "changed_by": _TEXT,
            "changed_at": _DATE,
            "block": record(_BLOCK, "until"),
            "past_blocks": _list_of(
                record({**_BLOCK, "lifted_by": _TEXT, "lifted_at": _DATE, "note": _TEXT}, "until"), MOST_PAST_BLOCKS
            ),
            "not_same": _list_of(_TEXT, MOST_OTHERS),
            "merged_into": _TEXT,
            "notes": _list_of(record({"text": _TEXT, "by": _TEXT, "at": _DATE}), MOST_NOTES),
        },
        "changed_by",
        "changed_at",
        "block",
        "past_blocks",
        "not_same",
        "merged_into",
        "notes",
    )
}
