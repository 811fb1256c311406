"""The shape of renters' rows; data only."""

from __future__ import annotations

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.schema.shape_parts import DATE, TEXT, list_of, record
from engine.domain.people.renters import MOST_NOTES, MOST_OTHERS, MOST_PAST_BLOCKS

_BLOCK: dict[str, Document] = {"reason": TEXT, "by": TEXT, "since": DATE, "until": DATE}


RENTER_SHAPES: dict[str, Document] = {
    "renters": record(
        {
            "_id": TEXT,
            "name": TEXT,
            "keys": list_of(TEXT, 20),
            "order": {"bsonType": "string", "maxLength": 4000},
            "parts": list_of(TEXT, 600),
            "email": TEXT,
            "phone": TEXT,
            "licence": TEXT,
            "version": {"bsonType": ["int", "long"], "minimum": 1},
            "changed_by": TEXT,
            "changed_at": DATE,
            "block": record(_BLOCK, optional=("until",)),
            "past_blocks": list_of(
                record({**_BLOCK, "lifted_by": TEXT, "lifted_at": DATE, "note": TEXT}, optional=("until",)),
                MOST_PAST_BLOCKS,
            ),
            "not_same": list_of(TEXT, MOST_OTHERS),
            "merged_into": TEXT,
            "notes": list_of(record({"text": TEXT, "by": TEXT, "at": DATE}), MOST_NOTES),
        },
        optional=("changed_by", "changed_at", "block", "past_blocks", "not_same", "merged_into", "notes"),
    )
}
