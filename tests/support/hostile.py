"""Values that no honest row holds, and every place of a document where one can be put."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bson import Binary, Decimal128, Int64, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

#: In place of a field that is taken out.
GONE = object()
LONG = "x" * 100_000
VALUES: tuple[Any, ...] = (
    GONE,
    None,
    "",
    "Mars/Base",
    "state of a newer desk",
    "\ufffd",
    LONG,
    0,
    -1,
    Int64(2**63 - 1),
    Int64(-(2**63)),
    0.5,
    float("nan"),
    float("inf"),
    Decimal128("12.34"),
    Decimal128("NaN"),
    True,
    [],
    {},
    [[]],
    [{"minor": 1}],
    {"$gt": ""},
    Binary(b"\x00"),
    ObjectId(),
    Regex("^a"),
    Timestamp(1, 1),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
    DatetimeMS(2**60),
    DatetimeMS(-(2**60)),
)
Path = tuple[str | int, ...]


def paths(document: Any, at: Path = ()) -> Iterator[Path]:
    """Every field, the parts of records and lists too; never the ``_id`` itself."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in items:
        if (*at, name) != ("_id",):
            yield (*at, name)
        if isinstance(value, dict | list):
            yield from paths(value, (*at, name))


def with_value(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy with *value* at *path*, or without the field for ``GONE``."""
    changed = copy.deepcopy(document)
    *way, last = path
    part: Any = changed
    for step in way:
        part = part[step]
    if value is GONE:
        del part[last]
    else:
        part[last] = value
    return changed
