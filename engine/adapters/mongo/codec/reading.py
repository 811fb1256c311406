"""Stored documents read field by field. What is not as it must be makes a ``Damaged`` row, never an exception.

Every decoder takes its fields through ``Fields``, and every reader of documents goes through ``read``, ``sound`` or
``must``: so whatever somebody wrote past the program is one line and not the end of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import structlog

from engine.domain.money.money import Money
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DamagedRow, DriveSphereError

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

LONGEST_TEXT = 400
LONGEST_NOTE = 4_000
#: Amounts beyond it are none; thousands of them still add up in 64 bits, here and in the database.
MOST_MINOR = 10**12
#: A counter beyond it is none; the next one still fits everywhere.
MOST_COUNT = 2**52
#: So that every sum of a time and a pause can be had, and every zone's wall can show it.
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 9998
_SHOWN = 80
_UTC = timedelta(0)
#: What the driver puts where a stored text is none.
_NO_TEXT = "\ufffd"
#: What reading a document that is not as it must be can end with.
_UNREADABLE = (DriveSphereError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)

#: For pipelines: only amounts that can be added up.
SUMMABLE: Mapping[str, Any] = {
    "amount.minor": {"$type": ["int", "long"], "$gte": -MOST_MINOR, "$lte": MOST_MINOR},
    "amount.currency": {"$type": "string", "$regex": "^[A-Z]{3}$"},
}

#: An expression: whether a ledger row's amount can be added up.
SUMS_UP: Mapping[str, Any] = {
    "$and": [
        {"$in": [{"$type": "$amount.minor"}, ["int", "long"]]},
        {"$lte": ["$amount.minor", MOST_MINOR]},
        {"$gte": ["$amount.minor", -MOST_MINOR]},
        {"$in": [{"$type": "$amount.currency"}, ["string"]]},
        {
            "$eq": [
                {"$strLenCP": {"$cond": [{"$eq": [{"$type": "$amount.currency"}, "string"]}, "$amount.currency", ""]}},
                3,
            ]
        },
    ]
}
#: Times that can be shown, half-open.
EARLIEST, LATEST = datetime(_EARLIEST_YEAR, 1, 1, tzinfo=UTC), datetime(_LATEST_YEAR + 1, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


def dated(*names: str) -> dict[str, Any]:
    """A filter: each of these fields holds one time. ``$type`` alone would also take a list of them."""
    return {"$expr": {"$and": [{"$eq": [{"$type": f"${name}"}, "date"]} for name in names]}}


class Unreadable(ValueError):
    """A field that is not as it must be. The message names it and says why."""


def read(collection: str, document: Mapping[str, Any], decode: Callable[[Any], T]) -> T | Damaged:
    """The record, or what stands in its place."""
    try:
        return decode(document)
    except _UNREADABLE as problem:
        damaged = Damaged(collection, shown(document.get("_id")), _reason(problem))
        log.warning("row.damaged", collection=collection, row=damaged.id, reason=damaged.reason)
        return damaged


def sound(collection: str, documents: Iterable[Mapping[str, Any]], decode: Callable[[Any], T]) -> list[T]:
    """Those that can be read, for whoever can do nothing with the others; the doctor counts those."""
    return split(collection, documents, decode)[0]


def split(
    collection: str, documents: Iterable[Mapping[str, Any]], decode: Callable[[Any], T]
) -> tuple[list[T], list[Damaged]]:
    """Those that can be read, and what stands for the others."""
    rows = [read(collection, document, decode) for document in documents]
    return [row for row in rows if not isinstance(row, Damaged)], [row for row in rows if isinstance(row, Damaged)]


def must(collection: str, document: Mapping[str, Any], decode: Callable[[Any], T]) -> T:
    """Raises: DamagedRow."""
    row = read(collection, document, decode)
    if isinstance(row, Damaged):
        raise DamagedRow(row.collection, row.id, row.reason)
    return row


def shown(value: object) -> str:
    """As much of any stored value as fits in a line."""
    text = value if isinstance(value, str) else repr(value) if isinstance(value, dict | list | bytes) else str(value)
    text = "".join(sign if sign.isprintable() else "\N{MIDDLE DOT}" for sign in text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _reason(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"{shown(problem.args[0] if problem.args else '')}: is missing"
    return shown(str(problem) or type(problem).__name__)


@dataclass(frozen=True, slots=True)
class Fields:
    """A document or a part of one. Every question raises ``Unreadable`` where the field is not what is asked for."""

    document: Mapping[str, Any]
    path: str = ""

    def has(self, name: str) -> bool:
        """Whether it is there and not null."""
        return self.document.get(name) is not None

    def text(self, name: str, longest: int = LONGEST_TEXT, *, empty: bool = False) -> str:
        # Most fields are texts: asked for here, and not by one call more for each.
        value = self.document[name] if name in self.document else self._there(name)
        if not isinstance(value, str):
            raise self._wrong(name, f"{_kind(value)} is no text")
        if len(value) > longest:
            raise self._wrong(name, f"{len(value):,} characters are too many")
        if not value and not empty:
            raise self._wrong(name, "is empty")
        if _NO_TEXT in value:
            raise self._wrong(name, "holds bytes that are no text")
        return value

    def maybe(self, name: str, longest: int = LONGEST_NOTE) -> str:
        """A text that may be empty."""
        return self.text(name, longest, empty=True)

    def texts(self, name: str, longest: int = LONGEST_TEXT) -> tuple[str, ...]:
        values = self._list(name)
        return tuple(Fields({name: value}, self.path).text(name, longest) for value in values)

    def counts(self, name: str) -> tuple[int, ...]:
        """Whole numbers from 1 on."""
        return tuple(Fields({name: value}, self.path).whole(name, 1) for value in self._list(name))

    def whole(self, name: str, least: int = 0, most: int = MOST_COUNT) -> int:
        value = self._there(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, f"{_kind(value)} is no whole number")
        if not least <= value <= most:
            raise self._wrong(name, f"{value} is out of range")
        return int(value)  # the driver's own class of long ones counts as none elsewhere

    def flag(self, name: str) -> bool:
        value = self._there(name)
        if not isinstance(value, bool):
            raise self._wrong(name, f"{_kind(value)} is neither yes nor no")
        return value

    def binary(self, name: str) -> bytes:
        value = self._there(name)
        if not isinstance(value, bytes):
            raise self._wrong(name, f"{_kind(value)} is no binary")
        return bytes(value)

    def moment(self, name: str) -> datetime:
        value = self._there(name)
        if not isinstance(value, datetime) or value.utcoffset() != _UTC:
            raise self._wrong(name, f"{_kind(value)} is no time that can be shown")
        if not _EARLIEST_YEAR <= value.year <= _LATEST_YEAR:
            raise self._wrong(name, f"the year {value.year} is too long ago or too far ahead")
        return value

    def moment_or_none(self, name: str) -> datetime | None:
        return self.moment(name) if self._there(name) is not None else None

    def choice(self, name: str, kind: type[E]) -> E:
        value = self._there(name)
        try:
            return kind(value)
        except (ValueError, TypeError) as problem:
            raise self._wrong(name, f"{shown(value)!r} is not known to this version") from problem

    def money(self, name: str) -> Money:
        part = self.part(name)
        return Money(part.whole("minor", -MOST_MINOR, MOST_MINOR), part.text("currency"))

    def part(self, name: str) -> Fields:
        return Fields(self._record(name, self._there(name)), f"{self.path}{name}.")

    def parts(self, name: str, least: int = 0) -> list[Fields]:
        values, way = self._list(name), f"{self.path}{name}."
        if len(values) < least:
            raise self._wrong(name, "holds nothing")
        return [Fields(self._record(name, value), way) for value in values]

    def _record(self, name: str, value: Any) -> Mapping[str, Any]:
        if type(value) is not dict and not isinstance(value, Mapping):  # the first is what the driver makes of one
            raise self._wrong(name, f"{_kind(value)} is no record")
        return value

    def _list(self, name: str) -> list[Any]:
        value = self._there(name)
        if not isinstance(value, list):
            raise self._wrong(name, f"{_kind(value)} is no list")
        return value

    def _there(self, name: str) -> Any:
        if name not in self.document:
            raise self._wrong(name, "is missing")
        return self.document[name]

    def _wrong(self, name: str, why: str) -> Unreadable:
        return Unreadable(f"{self.path}{name}: {why}")


def _kind(value: object) -> str:
    """Of what kind it is, and nothing of what it says: who may not see the row may see the reason."""
    return "nothing" if value is None else type(value).__name__
