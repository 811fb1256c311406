"""What is sought, as MongoDB is asked for it: beginnings of stored keys only, which an index finds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce

from bson import Regex
from pymongo.asynchronous.collection import AsyncCollection

from engine.adapters.mongo.client import Document
from engine.domain.shared.sought import Guess, Sought, guesses, told

#: Finds nothing, by the index that every collection has.
NOTHING: Document = {"_id": {"$in": []}}
#: Rows that bear a guess out; where there are more of them, any few tell how it is spelt.
_MOST_LOOKED_AT = 200
#: Rows that are read in no more time than a walk along an order takes to find a page of them among a million.
_FEW = 4_000


def holds(field: str, sought: Sought) -> Document:
    """A filter of the rows whose keys in *field* hold what is *sought*."""
    short = [way[0] for way in sought.ways if len(way) == 1]
    ways = [_words(field, way) for way in sought.ways if len(way) > 1]
    if short:
        ways.insert(0, _word(field, reduce(frozenset.union, short)))
    return NOTHING if not ways else ways[0] if len(ways) == 1 else {"$or": ways}


def _words(field: str, way: tuple[frozenset[str], ...]) -> Document:
    return {"$and": [_word(field, word) for word in way]}


def _word(field: str, beginnings: frozenset[str]) -> Document:
    # Python's own patterns say that they are Unicode, and with any option MongoDB reads the whole index.
    return {field: {"$in": [Regex(f"^{re.escape(each)}") for each in sorted(beginnings)]}}


async def forgiven(rows: AsyncCollection[Document], field: str, text: str) -> Sought:
    """What *text* means with one slip, by the keys in *field* of those *rows* that the index finds."""
    found: list[tuple[Guess, list[str]]] = []
    for guess in guesses(text):
        found += await _looked_at(rows, field, guess, _word(field, guess.instead))
    return told(found)


async def in_order(
    rows: AsyncCollection[Document], wanted: Document, order: Sequence[tuple[str, int]], offset: int, limit: int
) -> list[Document]:
    """A page of what is found, in two commands: counted by the keys first, as far as ``_FEW``.

    Few are read by their keys and put in order then. Left to itself the server may rather walk along the order, row by
    row through everything, which is the quicker way only where most rows are found.
    """
    if await rows.count_documents(wanted, limit=_FEW + 1) > _FEW:
        cursor = rows.find(wanted).sort(list(order)).skip(offset).limit(limit)
        return await cursor.batch_size(limit + 1).to_list()
    # By copies, which no index has.
    copies = {f"copy{at}": f"${field}" for at, (field, _) in enumerate(order)}
    pipeline: list[Document] = [
        {"$match": wanted},
        {"$set": {"ordered_by": copies}},
        {"$sort": {f"ordered_by.copy{at}": side for at, (_, side) in enumerate(order)}},
        {"$skip": offset},
        {"$limit": limit},
        {"$unset": "ordered_by"},
    ]
    return await (await rows.aggregate(pipeline, batchSize=limit + 1)).to_list()


async def nearly(rows: AsyncCollection[Document], field: str, text: str, among: Document) -> Sought:
    """As ``forgiven`` without an index: by whole keys, and only in the rows of *among*."""
    found: list[tuple[Guess, list[str]]] = []
    for guess in guesses(text):
        found += await _looked_at(rows, field, guess, {**among, field: {"$in": sorted(guess.instead)}})
    return told(found)


async def _looked_at(
    rows: AsyncCollection[Document], field: str, guess: Guess, wanted: Document
) -> list[tuple[Guess, list[str]]]:
    some = await rows.find(wanted, {field: 1}, batch_size=_MOST_LOOKED_AT + 1).limit(_MOST_LOOKED_AT).to_list()
    return [(guess, [key for key in each[field] if isinstance(key, str)]) for each in some]
