"""The audit as it is read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from engine.adapters.mongo_client import Client, Document, database, speaking
from engine.domain.audit import AuditNames, AuditPage, AuditQuery, AuditRow
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
        return AuditPage(tuple(map(_row, found)), total)

    async def walk(self, query: AuditQuery) -> AsyncIterator[list[AuditRow]]:
        wanted, after = _filter(query), Document()
        while True:
            with speaking():
                found = await self._audit.find({"$and": [wanted, after]}).sort(_NEWEST).limit(_BATCH).to_list()
            if not found:
                return
            yield [_row(document) for document in found]
            at, last = found[-1]["at"], found[-1]["_id"]
            after = {"$or": [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": last}}]}

    async def names(self) -> AuditNames:
        with speaking():
            people, verbs, desks = [sorted(await self._audit.distinct(field)) for field in ("by", "what", "desk")]
        return AuditNames(tuple(people), tuple(verbs), tuple(desks))


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
    return AuditRow(
        at=document["at"],
        by=AccountName(document["by"]),
        desk=document["desk"],
        what=document["what"],
        subject=document["subject"],
        before=document["before"],
        after=document["after"],
    )
