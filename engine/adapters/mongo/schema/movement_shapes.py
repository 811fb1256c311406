"""The shape of a car's movements; data only."""

from __future__ import annotations

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.schema.shape_parts import COUNT, DATE, TEXT, record
from engine.domain.car.movement import MovementKind, MovementState

MOVEMENT_SHAPES: dict[str, Document] = {
    # Time of a car that is nobody's rental. While it is open, its fence has claims of kind "movement" for it.
    "movements": record(
        {
            "_id": TEXT,
            "car_id": TEXT,
            "owner_id": TEXT,
            "kind": {"enum": [kind.value for kind in MovementKind]},
            "state": {"enum": [state.value for state in MovementState]},
            "starts_at": DATE,
            "ends_at": DATE,
            # Branches: where the car stands before, and where afterwards.
            "from": TEXT,
            "to": TEXT,
            "reason": TEXT,
            "by": TEXT,
            "at": DATE,
            "version": COUNT,
        }
    ),
}
