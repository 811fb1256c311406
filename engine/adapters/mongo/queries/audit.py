"""The audit as it is read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.adapters.mongo.client import Client, Document, database, speaking
from engine.adapters.mongo.codec.documents import audit_row_of
from engine.adapters.mongo.codec.reading import read
from engine.domain.booking.listing import COUNT_CAP
from engine.domain.firm.audit import AuditNames, AuditQuery, AuditRow, AuditSlice, Facts
from engine.domain.shared.damage import Damaged

_BATCH = 500
_NEWEST = [("at", -1), ("_id", -1)]
#: kind -> where it is kept, by which field it is meant, and what it is called by.
_CALLED: Mapping[str, tuple[str, str, tuple[str, ...]]] = MappingProxyType(
    {
        "account": ("people", "_id", ("name",)),
        "owner": ("people", "owner_id", ("name",)),
        "renter": ("renters", "_id", ("name",)),
        "branch": ("branches", "_id", ("city", "name")),
        "car": ("cars", "_id", ("brand", "model", "plate")),
        "booking": ("bookings", "_id", ("car_label", "renter_name")),
    }
)


class MongoAudit:
    """The port ``AuditBook``."""

    def __init__(self, client: Client, name: str) -> None:
        self._db = database(client, name)
        self._audit = self._db.audit

    async def page(self, query: AuditQuery) -> AuditSlice:
        with speaking():
            wanted = await self._wanted(query)
            newest = self._audit.find(wanted, batch_size=query.limit + 1).sort(_NEWEST)
            found = await newest.skip(query.offset).limit(query.limit).to_list()
            # Without a filter the server would read every row.
            by: dict[str, Any] = {} if wanted else {"hint": "at"}
            total = await self._audit.count_documents(wanted, limit=COUNT_CAP, **by)
            rows = await self._read(found)
        return AuditSlice(tuple(rows), total)

    async def _wanted(self, query: AuditQuery) -> Document:
        """Verbs that begin so are named, of which there are few: each is in the order of time, all together are not."""
        wanted = _filter(query)
        if query.what:
            verbs = await self._distinct("what")
            wanted["what"] = {"$in": [each for each in verbs if each.startswith(query.what)]}
        return wanted

    async def _read(self, documents: Iterable[Document]) -> list[AuditRow | Damaged]:
        """Each row with the names of what it tells of."""
        rows = [read("audit", document, audit_row_of) for document in documents]
        names = await self._names([row for row in rows if isinstance(row, AuditRow)])
        return [replace(row, names=names) if isinstance(row, AuditRow) else row for row in rows]

    async def _names(self, rows: Iterable[AuditRow]) -> Facts:
        """What is called how by now, each kind in one command."""
        wanted: dict[str, set[str]] = {}
        for row in rows:
            for each in row.named:
                kind, _, identity = each.partition(":")
                wanted.setdefault(kind, set()).add(identity)
        names: dict[str, str] = {}
        for kind, (collection, key, fields) in _CALLED.items():
            if ids := wanted.get(kind):
                found = self._db[collection].find({key: {"$in": sorted(ids)}}, dict.fromkeys((key, *fields), 1))
                async for document in found:
                    names[f"{kind}:{document[key]}"] = _name(document, fields)
        return names

    async def walk(self, query: AuditQuery) -> AsyncIterator[list[AuditRow | Damaged]]:
        with speaking():
            # One cursor: where a page ended cannot be asked for again by a time that is none.
            async with self._audit.find(await self._wanted(query), batch_size=_BATCH).sort(_NEWEST) as cursor:
                while some := await cursor.to_list(_BATCH):
                    yield await self._read(some)

    async def names(self) -> AuditNames:
        with speaking():
            people, verbs, desks = [await self._distinct(field) for field in ("by", "what", "desk")]
        return AuditNames(people, verbs, desks)

    async def _distinct(self, field: str) -> tuple[str, ...]:
        return tuple(sorted(each for each in await self._audit.distinct(field) if isinstance(each, str)))


def _filter(query: AuditQuery) -> Document:
    wanted: Document = {name: value for name in ("by", "desk") if (value := getattr(query, name))}
    if query.subject:
        wanted["subject"] = {"$regex": f"^{re.escape(query.subject)}"}
    bounds = {"$gte": query.since, "$lt": query.until}
    if at := {sign: bound for sign, bound in bounds.items() if bound is not None}:
        wanted["at"] = at
    return wanted


def _name(document: Document, fields: Iterable[str]) -> str:
    """As much of it as is text."""
    return " ".join(text for each in fields if isinstance(text := document.get(each), str))
