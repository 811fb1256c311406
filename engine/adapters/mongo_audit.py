"""The audit as it is read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from engine.adapters.mongo_client import Client, Document, database, speaking
from engine.adapters.mongo_reading import LONGEST_NOTE, Fields, read
from engine.domain.audit import AuditNames, AuditPage, AuditQuery, AuditRow, Facts
from engine.domain.damage import Damaged
from engine.domain.people import AccountName

_BATCH = 500
_NEWEST = [("at", -1), ("_id", -1)]


class MongoAudit:
    """The ``AuditBook`` of ``services.audit``."""

    def __init__(self, client: Client, name: str) -> None:
        self._audit = database(client, name).audit

    async def page(self, query: AuditQuery) -> AuditPage:
        wanted = _filter(query)
        with speaking():
            found = await self._audit.find(wanted).sort(_NEWEST).skip(query.offset).limit(query.limit).to_list()
            total = await self._audit.count_documents(wanted)
        return AuditPage(tuple(read("audit", document, _row) for document in found), total)

    async def walk(self, query: AuditQuery) -> AsyncIterator[list[AuditRow | Damaged]]:
        with speaking():
            # One cursor: where a page ended cannot be asked for again by a time that is none.
            async with self._audit.find(_filter(query), batch_size=_BATCH).sort(_NEWEST) as cursor:
                while some := await cursor.to_list(_BATCH):
                    yield [read("audit", document, _row) for document in some]

    async def names(self) -> AuditNames:
        with speaking():
            people, verbs, desks = [await self._distinct(field) for field in ("by", "what", "desk")]
        return AuditNames(people, verbs, desks)

    async def _distinct(self, field: str) -> tuple[str, ...]:
        return tuple(sorted(each for each in await self._audit.distinct(field) if isinstance(each, str)))


def _filter(query: AuditQuery) -> Document:
    wanted: Document = {name: value for name in ("by", "desk") if (value := getattr(query, name))}
    for name in ("what", "subject"):
        if value := getattr(query, name):
            wanted[name] = {"$regex": f"^{re.escape(value)}"}
    bounds = {"$gte": query.since, "$lt": query.until}
    if at := {sign: bound for sign, bound in bounds.items() if bound is not None}:
        wanted["at"] = at
    return wanted


def _row(document: Document) -> AuditRow:
    row = Fields(document)
    return AuditRow(
        at=row.moment("at"),
        by=AccountName(row.text("by")),
        desk=row.text("desk"),
        what=row.text("what"),
        subject=row.text("subject"),
        before=_facts(row.part("before")),
        after=_facts(row.part("after")),
    )


def _facts(row: Fields) -> Facts:
    return {name: row.text(name, LONGEST_NOTE, empty=True) for name in row.document}
