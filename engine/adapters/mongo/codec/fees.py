"""How what is charged beyond a rental is stored: in the firm's rules, and in the agreements that went by them."""

from __future__ import annotations

from engine.adapters.mongo.codec.reading import Fields
from engine.adapters.mongo.codec.stored import Field, Stored, whole
from engine.adapters.mongo.schema import shape_parts as shapes
from engine.domain.agreement.fees import AMOUNTS, MOST_FEE, MOST_FREE_KM, RentalFees
from engine.domain.money.money import Money

FEES = Stored(
    RentalFees,
    {
        "currency": Field(shapes.CURRENCY, lambda row, name: Money(0, Fields.text(row, name)).currency),
        "free_km": whole(0, MOST_FREE_KM),
        **{name: whole(0, MOST_FEE) for name in AMOUNTS},
    },
)
