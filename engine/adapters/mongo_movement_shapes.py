"""The shape of a car's movements; data only."""

from __future__ import annotations

from engine.adapters.mongo_client import Document
from engine.adapters.mongo_wish_shapes import record
from engine.domain.movement import MovementKind, MovementState

_TEXT: Document = {"bsonType": "string", "minLength": 1, "maxLength": 400}
_DATE: Document = {"bsonType": "date"}
_COUNT: Document = {"bsonType": ["int", "long"], "minimum": 1, "maximum": 2**52}

MOVEMENT_SHAPES: dict[str, Document] = {
    # Time of a car that is nobody's rental. While it is open, its fence has claims of kind "movement" for it.
    "movements": record(
        {
            "_id": _TEXT,
            "car_id": _TEXT,
            "owner_id": _TEXT,
            "kind": {"enum": [kind.value for kind in MovementKind]},
            "state": {"enum": [state.value for state in MovementState]},
            "starts_at": _DATE,
            "ends_at": _DATE,
            # Branches: where the car stands before, and where afterwards.
            "from": _TEXT,
            "to": _TEXT,
            "reason": _TEXT,
            "by": _TEXT,
            "at": _DATE,
            "version": _COUNT,
        }
    ),
}
