"""What the shapes of rows are put together from. Data only."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.reading import MOST_MINOR

TEXT: Document = {"bsonType": "string", "minLength": 1, "maxLength": 400}
MAYBE_EMPTY: Document = {"bsonType": "string", "maxLength": 4000}
DATE: Document = {"bsonType": "date"}
_MOST = 2**52  #: the next one still fits everywhere
WHOLE: Document = {"bsonType": ["int", "long"], "minimum": 0, "maximum": _MOST}
COUNT: Document = {"bsonType": ["int", "long"], "minimum": 1, "maximum": _MOST}
#: Minor units: of what is paid, and of what may as well be given back.
PAID: Document = {"bsonType": ["int", "long"], "minimum": 1, "maximum": MOST_MINOR}
MOVED: Document = {"bsonType": ["int", "long"], "minimum": -MOST_MINOR, "maximum": MOST_MINOR}
#: Basis points.
SHARE: Document = {"bsonType": ["int", "long"], "minimum": 0, "maximum": 10_000}
#: Names of fields -> values in words.
FACTS: Document = {"bsonType": "object", "additionalProperties": MAYBE_EMPTY, "maxProperties": 40}


def one_of(values: type[StrEnum]) -> Document:
    return {"enum": [value.value for value in values]}


def record(fields: dict[str, Document], *, optional: Iterable[str] = (), closed: bool = True) -> Document:
    left_out = set(optional)
    return {
        "bsonType": "object",
        "required": [name for name in fields if name not in left_out],
        "properties": fields,
        **({"additionalProperties": False} if closed else {}),
    }


def list_of(item: Document, longest: int) -> Document:
    return {"bsonType": "array", "items": item, "maxItems": longest}


CURRENCY: Document = {"bsonType": "string", "pattern": "^[A-Z]{3}$"}
MONEY = record({"minor": MOVED, "currency": CURRENCY})
PRICE = record({"minor": PAID, "currency": CURRENCY})
