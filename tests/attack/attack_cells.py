"""The matrix: every field of every stored shape, by every role that may write it, with hostile values of its type.

All of it comes from the shapes and the rights themselves, so a new field, collection or role is in it by itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import Binary, Int64, ObjectId
from hostile import GONE

from engine.adapters.mongo.schema.rights import RIGHTS
from engine.adapters.mongo.schema.shapes import SHAPES
from engine.domain.papers.legal import CODE
from engine.domain.papers.series import BRANCH_CODE

WRITES = frozenset({"insert", "update"})
#: Collections whose rows stand beside a booking or its car: each cell has a booking of its own, before that act.
BESIDE = {
    "agreements": "sweep",
    "cars": "capture",
    "car_terms": "capture",
    "fences": "capture",
    "ledger": "capture",
    "movements": "capture",
    "restored_payments": "capture",
    "returns": "refund",
    "settlements": "refund",
}
#: Where a booking stands when its row is written past the program, named by what engines then do with it.
ACTS = ("open", "capture", "void", "refund", "sweep")
FAR = timedelta(days=3000)
#: An honest value for each pattern of the shapes; a pattern that is not here has no honest row.
PATTERNS = {
    "^[0-2][0-9]:[0-5][0-9]$": "08:00",
    "^#[0-9a-f]{6}$": "#446688",
    "^[A-Z]{3}$": "EUR",
    "^https://[a-z0-9.-]+(:[0-9]+)?(/.*)?$": "https://firm.example/paid",
    "^[0-9a-f]{24}$": "0" * 24,
    "^[0-9a-f]{64}$": "0" * 64,
    "^[a-z]{2}$": "en",
    "^[0-9]{4}-[0-1][0-9]-[0-3][0-9]$": "2026-12-24",
    CODE: "standard",
    BRANCH_CODE: "BER",
    "^([A-Z][A-Z0-9]{1,4})?$": "",
    "^[A-Z][A-Z0-9]{1,4}-[0-9]{4}-[A-Z]{3}$": "BER-2026-INV",
}
#: Rows that the program looks up by name; any other name is nobody's.
NAMED = {"deployment": ("demo", "epoch", "looked:all"), "roster": ("administrators",)}
Path = tuple[str, ...]
Document = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """Attributes: ``act`` is "" where no booking hangs on the row; ``at`` tells several values of a place apart."""

    collection: str
    path: Path
    role: str
    act: str = ""
    at: int = 0

    @property
    def place(self) -> str:
        return f"{self.collection}.{'.'.join(self.path)}"


def shape_of(collection: str) -> Document:
    """One record with all fields that rows of *collection* may have."""
    shape = SHAPES[collection]
    forms = shape.get("oneOf", [shape])
    return {
        "bsonType": "object",
        "properties": {k: v for form in reversed(forms) for k, v in form["properties"].items()},
    }


def fields(shape: Document, at: Path = ()) -> Iterator[tuple[Path, Document]]:
    """Every field, also those inside of records and of the first item of lists."""
    for name, inner in shape.get("properties", {}).items():
        yield (*at, name), inner
        yield from fields(inner, (*at, name))
        if "items" in inner:
            yield (*at, name, "0"), inner["items"]
            yield from fields(inner["items"], (*at, name, "0"))


def writers(collection: str) -> list[str]:
    return [role for role, rights in RIGHTS.items() if WRITES & set(rights.get(collection, ()))]


def places() -> list[tuple[str, Path, str]]:
    """Every place of the matrix: collection, field, role."""
    return [(name, path, role) for name in SHAPES for path, _ in fields(shape_of(name)) for role in writers(name)]


def schema_at(collection: str, path: Path) -> Document:
    return dict(fields(shape_of(collection)))[path]


def values(collection: str, path: Path, tag: str, honest: Any = None) -> list[Any]:
    """Hostile values of the type that the field has; *tag* is told apart in what detectors say."""
    if path == ("_id",) and collection in NAMED:
        return list(NAMED[collection])
    schema = schema_at(collection, path)
    if "enum" in schema:
        return [each for each in schema["enum"] if each != honest] or ["another"]
    kinds = schema.get("bsonType")
    kind = kinds if isinstance(kinds, str) else next(each for each in kinds if each != "null")
    return _VALUES[kind](schema, tag, honest)


def _texts(schema: Document, tag: str, _honest: Any) -> list[Any]:
    if "pattern" in schema:
        return ["JPY", "XXX", "https://evil.example/" + tag.lower(), "23:59", "#000000", "f" * 24, ""]
    return [
        f"other-{tag}", "", f"https://evil.example/{tag}", f"javascript:alert('{tag}')", f"Mars/{tag}", '{"demo":true}',
        f"\u202e=cmd|{tag}\U0001f4a3\u0000", "x" * 400,
    ]  # fmt: skip


def _numbers(schema: Document, _tag: str, honest: Any) -> list[Any]:
    near = [honest - 1, honest + 1] if isinstance(honest, int) else []
    every = [*near, -5, 0, 1, 99, 2**31 - 1, Int64(2**53), Int64(2**63 - 1), schema.get("maximum", 77)]
    return [each for each in every if each != honest]


def _dates(_schema: Document, _tag: str, honest: Any) -> list[Any]:
    near = [honest + timedelta(hours=1), honest - timedelta(days=40)] if isinstance(honest, datetime) else []
    far = datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    return [*near, *far, datetime.now(UTC).replace(microsecond=0) + FAR]


def _lists(_schema: Document, _tag: str, honest: Any) -> list[Any]:
    return [[], [*honest, *honest]] if honest else [[]]


_VALUES = {
    "string": _texts,
    "int": _numbers,
    "long": _numbers,
    "date": _dates,
    "array": _lists,
    "bool": lambda _schema, _tag, honest: [not honest],
    "object": lambda _schema, _tag, _honest: [GONE, {}],
    "binData": lambda _schema, _tag, _honest: [Binary(b""), Binary(b"\x00" * 64)],
    "objectId": lambda _schema, _tag, _honest: [ObjectId()],
}


def honest_of(schema: Document, tag: str) -> Any:
    """A value that the shape allows, for collections of which nobody writes a row in the run."""
    if "enum" in schema:
        return schema["enum"][0]
    if "pattern" in schema:
        return PATTERNS[schema["pattern"]]
    kinds = schema.get("bsonType")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        return {name: honest_of(each, tag) for name, each in schema.get("properties", {}).items()}
    if kind == "array":
        return [honest_of(schema["items"], tag)]
    number = max(schema.get("minimum", 1), 1)
    plain = {"int": number, "long": Int64(number), "bool": False, "objectId": ObjectId(), "binData": Binary(b"\x01")}
    return {**plain, "date": datetime.now(UTC).replace(microsecond=0), "string": tag}[kind]


def sampled(seed: int, *, every: bool, most: int) -> list[Cell]:
    """All cells; or, for a short run, each field once, by a role, before an act and with a value that *seed* draws.

    With *every*, each place stands before every act, and values go round from there: *most* of them at each.
    """
    draw = random.Random(seed)  # noqa: S311 -- repeatable on purpose
    found = places()
    if not every:
        of_field: dict[tuple[str, Path], list[str]] = {}
        for name, path, role in found:
            of_field.setdefault((name, path), []).append(role)
        chosen = [(name, path, draw.choice(roles)) for (name, path), roles in of_field.items()]
        return [Cell(*place, act, draw.randrange(1000)) for place in chosen for act in _acts(place[0], draw, 1)]
    cells = [(place, act) for place in found for act in _acts(place[0], draw, len(ACTS))]
    return [
        Cell(*place, act, start + n) for place, act in cells for start in (draw.randrange(1000),) for n in range(most)
    ]


def _acts(collection: str, draw: random.Random, most: int) -> list[str]:
    if collection == "bookings":
        return draw.sample(ACTS, most)
    return [BESIDE.get(collection, "")]


def part_of(row: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        try:
            row = row[int(name)] if isinstance(row, list) else row[name]
        except (KeyError, IndexError, TypeError):
            return None
    return row


def bent(row: Document, path: tuple[str, ...], value: Any) -> Document:
    """*row* with *value* at *path*; ways that it has not are made."""
    bent = dict(row)
    part: Any = bent
    for name in path[:-1]:
        key: Any = int(name) if isinstance(part, list) else name
        inner = (
            part[key]
            if (isinstance(part, list) and key < len(part)) or (isinstance(part, dict) and key in part)
            else {}
        )
        inner = list(inner) if isinstance(inner, list) else dict(inner)
        if isinstance(part, list) and key >= len(part):
            part.append(inner)
        else:
            part[key] = inner
        part = inner
    last: Any = int(path[-1]) if isinstance(part, list) else path[-1]
    if value is GONE:
        part.pop(*((last,) if isinstance(part, list) else (last, None)))
    elif isinstance(part, list) and last >= len(part):
        part.append(value)
    else:
        part[last] = value
    return bent
