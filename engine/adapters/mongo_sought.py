"""What is sought, as MongoDB is asked for it: beginnings of stored keys only, which an index finds."""

from __future__ import annotations

import re
from functools import reduce

from bson import Regex
from pymongo.asynchronous.collection import AsyncCollection

from engine.adapters.mongo_client import Document
from engine.domain.sought import Guess, Sought, guesses, told

#: Finds nothing, by the index that every collection has.
NOTHING: Document = {"_id": {"$in": []}}
#: Rows that bear a guess out; where there are more of them, any few tell how it is spelt.
_MOST_LOOKED_AT = 200


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


async def nearly(rows: AsyncCollection[Document], field: str, text: str, among: Document) -> Sought:
    """As ``forgiven`` without an index: by whole keys, and only in the rows of *among*."""
    found: list[tuple[Guess, list[str]]] = []
    for guess in guesses(text):
        found += await _looked_at(rows, field, guess, {**among, field: {"$in": sorted(guess.instead)}})
    return told(found)


async def _looked_at(
    rows: AsyncCollection[Document], field: str, guess: Guess, wanted: Document
) -> list[tuple[Guess, list[str]]]:
    some = await rows.find(wanted, {field: 1}).limit(_MOST_LOOKED_AT).to_list()
    return [(guess, [key for key in each[field] if isinstance(key, str)]) for each in some]
