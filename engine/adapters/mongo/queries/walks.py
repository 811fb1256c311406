"""All rows of a collection, a page at a time: no command of a walk takes longer than a page of them does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from pymongo.asynchronous.cursor import AsyncCursor

from engine.adapters.mongo.client import Collection, Document
from engine.domain.shared.remark import Remark

Hear = Callable[[Remark], None]

_BY_ID = [("_id", 1)]


def deaf(_: Remark) -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Rows by their ``_id``, of whatever kind that is. Attributes: bounds, half-open; an empty list is no bound."""

    first: list[Any]
    beyond: list[Any]

    def within(self, cursor: AsyncCursor[Document]) -> AsyncCursor[Document]:
        cursor = cursor.hint(_BY_ID)
        cursor = cursor.min([("_id", self.first[0])]) if self.first else cursor
        return cursor.max([("_id", self.beyond[0])]) if self.beyond else cursor


async def pages(rows: Collection, size: int) -> AsyncIterator[RowBatch]:
    """One after the other; each row that stays is in one of them."""
    first: list[Any] = []
    while True:
        ends = RowBatch(first, []).within(rows.find({}, {"_id": 1})).sort(_BY_ID).skip(size).limit(1)
        beyond = [row["_id"] for row in await ends.to_list()]
        yield RowBatch(first, beyond)
        if not beyond:
            return
        first = beyond


async def ids(rows: Collection, size: int) -> AsyncIterator[list[Any]]:
    """The ``_id`` of all rows, *size* of them at a time."""
    async for page in pages(rows, size):
        found = page.within(rows.find({}, {"_id": 1}, batch_size=size + 1)).sort(_BY_ID)
        if some := [row["_id"] for row in await found.to_list()]:
            yield some
