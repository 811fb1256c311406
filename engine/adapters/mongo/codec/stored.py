"""One truth for a stored record: a table of its fields, from which document, record and ``$jsonSchema`` follow.

A table names each field of the document in the database's order, and says of which kind it is: what the database
insists on, how it is read, and how it is written. A field of the record that its table does not name is told as soon
as the module is loaded (docs/decisions/0057).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from inspect import signature
from operator import attrgetter
from typing import Any, Generic, TypeVar

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.reading import Fields
from engine.adapters.mongo.schema import shape_parts as shapes
from engine.domain.money.money import Money

R = TypeVar("R")
_REQUIRED: Any = object()
#: The record's attribute, the document's field, and how one is made of the other.
_Reading = tuple[str, str, Callable[[Fields, str], Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """How one field of a document is kept.

    Attributes:
        shape: What the database insists on.
        read: Raises ``Unreadable``. It may allow more than ``shape`` does: rows may be older than their bounds. None
            for what is there for an index alone.
        write: Of the record's value the document's; None where both are the same.
        attribute: Of the record, dotted where it belongs to a part of it; empty for the field's own name.
        default: What a row without the field is read as.
        left_out: Whether a document goes without the field where the record has the default.
        derived: Makes it of the whole record.
    """

    shape: Document
    read: Callable[[Fields, str], Any] | None
    write: Callable[[Any], Any] | None = None
    attribute: str = ""
    default: Any = _REQUIRED
    left_out: bool = False
    derived: Callable[[Any], Any] | None = None

    def of(self, attribute: str) -> Field:
        return replace(self, attribute=attribute)

    def older(self, default: object) -> Field:
        """Always written; rows of before it was kept are read as *default*."""
        return replace(self, default=default)

    def unless(self, default: object = None) -> Field:
        """Written where it is not *default*, which is what a row without it is read as."""
        return replace(self, default=default, left_out=True)

    @property
    def optional(self) -> bool:
        return self.default is not _REQUIRED

    def found(self, read: Callable[[Fields, str], Any]) -> Callable[[Fields, str], Any]:
        default = self.default
        return (lambda row, name: read(row, name) if row.has(name) else default) if self.optional else read

    def maker(self, name: str) -> Callable[[Any], Any]:
        """What makes it of the whole record."""
        get, write, default = attrgetter(self.attribute or name), self.write, self.default
        if self.derived or not write:
            return self.derived or get
        if not self.left_out:
            return lambda record: write(get(record))
        return lambda record: default if (value := get(record)) == default else write(value)


class Stored(Generic[R]):
    """The table of one kind of record.

    Args:
        record: Its class, made by its fields' names.
        table: Field of the document -> how it is kept; the order is the database's.
        together: What is made of attributes with a dot in them, by the name before it.
        apart: Attributes that the document does not hold: ``read`` is given them, or they have a default.
        numbered: Whether the driver gives each row an ``_id`` of its own.
    """

    def __init__(
        self,
        record: type[R],
        table: Mapping[str, Field],
        *,
        together: Mapping[str, type] | None = None,
        apart: Iterable[str] = (),
        numbered: bool = False,
    ) -> None:
        kept = {name: field.attribute or name for name, field in table.items() if field.read}
        _must_be_whole(record, {attribute.partition(".")[0] for attribute in kept.values()} | set(apart))
        self._record = record
        plain = [
            (field.attribute or name, name, field.found(field.read)) for name, field in table.items() if field.read
        ]
        self._plain: list[_Reading] = [each for each in plain if "." not in each[0]]
        self._parts: list[tuple[str, Callable[..., Any], list[_Reading]]] = [
            (
                part,
                made,
                [(way.removeprefix(f"{part}."), name, read) for way, name, read in plain if way.startswith(f"{part}.")],
            )
            for part, made in (together or {}).items()
        ]
        for _, made, inner in self._parts:
            _must_be_whole(made, {attribute for attribute, _, _ in inner})
        self._made = [(name, field.maker(name)) for name, field in table.items()]
        self._left_out = [(name, field.default) for name, field in table.items() if field.left_out]
        #: What is there for indexes alone.
        self.derived = frozenset(table) - frozenset(kept)
        optional = [name for name, field in table.items() if field.optional]
        number: dict[str, Document] = {"_id": {"bsonType": "objectId"}} if numbered else {}
        shape = number | {name: field.shape for name, field in table.items()}
        #: What the database insists on.
        self.shape = shapes.record(shape, optional=optional)

    def record_of(self, document: Mapping[str, Any]) -> R:
        """Raises: Unreadable, or what the record's own class raises."""
        return self.read(Fields(document))

    def read(self, row: Fields, **apart: Any) -> R:
        """As ``record_of``, of a part of a document; *apart* is what it does not hold itself."""
        told = {attribute: read(row, name) for attribute, name, read in self._plain}
        for part, made, inner in self._parts:
            told[part] = made(**{attribute: read(row, name) for attribute, name, read in inner})
        return self._record(**told, **apart)

    def document_of(self, record: R) -> Document:
        document = {name: make(record) for name, make in self._made}
        for name, default in self._left_out:
            if document[name] == default:
                del document[name]
        return document


def _must_be_whole(record: Callable[..., Any], told: set[str]) -> None:
    """Raises: TypeError, if the table and the record's class do not have the same fields."""
    wanted = set(signature(record).parameters)
    if wanted != told:
        raise TypeError(f"{record}: not stored: {wanted - told}, not of the record: {told - wanted}")


def text() -> Field:
    return Field(shapes.TEXT, Fields.text)


def maybe_empty() -> Field:
    return Field(shapes.MAYBE_EMPTY, Fields.maybe)


def matching(pattern: str, read: Callable[[Fields, str], Any] = Fields.text) -> Field:
    return Field({"bsonType": "string", "pattern": pattern}, read)


def texts(most: int) -> Field:
    return Field(shapes.list_of(shapes.TEXT, most), Fields.texts, list)


def flag() -> Field:
    return Field({"bsonType": "bool"}, Fields.flag)


def moment() -> Field:
    return Field(shapes.DATE, Fields.moment)


def moment_or_none() -> Field:
    return Field({"bsonType": ["date", "null"]}, Fields.moment_or_none)


def maybe(field: Field) -> Field:
    """The same, or null, which a row without the field says too. The database knows no more than its type."""
    read = field.read
    if read is None:
        raise TypeError("what is there for an index alone is never null")
    write = field.write
    return Field(
        {"bsonType": [field.shape["bsonType"], "null"]},
        lambda row, name: read(row, name) if row.has(name) else None,
        write and (lambda value: None if value is None else write(value)),
    )


def whole(least: int, most: int, *, read: tuple[int, int] | None = None) -> Field:
    """*read* are the bounds of what is believed in older rows, if they are wider."""
    lowest, highest = read or (least, most)
    shape = {"bsonType": ["int", "long"], "minimum": least, "maximum": most}
    return Field(shape, lambda row, name: row.whole(name, lowest, highest))


def count() -> Field:
    """From 1 on."""
    return Field(shapes.COUNT, lambda row, name: row.whole(name, 1))


def counts(most: int) -> Field:
    """As many of them at the most."""
    return Field(shapes.list_of(shapes.COUNT, most), Fields.counts, list)


def choice(kind: type[StrEnum]) -> Field:
    known = {each.value: each for each in kind}

    def read(row: Fields, name: str) -> StrEnum:
        value = row.document.get(name)
        return known[value] if type(value) is str and value in known else row.choice(name, kind)

    return Field(shapes.one_of(kind), read)


def money() -> Field:
    return Field(shapes.MONEY, Fields.money, money_document)


def price() -> Field:
    """Money of which there is some."""
    return Field(shapes.PRICE, Fields.money, money_document)


def part(stored: Stored[Any]) -> Field:
    return Field(stored.shape, lambda row, name: stored.read(row.part(name)), stored.document_of)


def parts(stored: Stored[Any], most: int, least: int = 0) -> Field:
    shape = {**shapes.list_of(stored.shape, most), **({"minItems": least} if least else {})}
    return Field(
        shape,
        lambda row, name: tuple(map(stored.read, row.parts(name, least))),
        lambda records: list(map(stored.document_of, records)),
    )


def facts() -> Field:
    """Names of fields -> values in words."""

    def read(row: Fields, name: str) -> dict[str, str]:
        found = row.part(name)
        return {each: found.maybe(each) for each in found.document}

    return Field(shapes.FACTS, read, dict)


def beside(shape: Document, *, always: bool = False) -> Field:
    """What is no part of the record: whoever writes the row adds it, *always* or to some."""
    missing = _REQUIRED if always else None
    return Field(shape, None, default=missing, left_out=True, derived=lambda _: missing)


def as_it_is(shape: Document, write: Callable[[Any], Any] | None = None) -> Field:
    """Read as whatever it is."""
    return Field(shape, lambda row, name: row.document[name], write)


def derived(shape: Document, derive: Callable[[Any], Any]) -> Field:
    """What is there for an index alone."""
    return Field(shape, None, derived=derive)


def money_document(money: Money) -> Document:
    return {"minor": money.minor, "currency": money.currency}
