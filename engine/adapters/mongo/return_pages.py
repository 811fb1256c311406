"""Where Stripe may send live payers back to: rows that administrators add and take away, and all desks read."""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Client, database, speaking
from engine.adapters.mongo.codec.documents import audit_document
from engine.adapters.mongo.queries.witnesses import page_document
from engine.adapters.mongo.schema.version import must_fit
from engine.domain.firm.audit import AuditRow
from engine.domain.shared.remark import Remark, remark


class MongoReturnPages:
    """The port ``ReturnPageBook``."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._db = database(client, name)

    async def pages(self) -> list[str]:
        with speaking():
            rows = await self._db.return_pages.find().sort([("at", -1), ("_id", 1)]).to_list()
        return [row["_id"] for row in rows]

    async def add(self, url: str, row: AuditRow) -> bool:
        with speaking():
            await must_fit(self._db)
            try:
                await self._db.return_pages.insert_one(page_document(url, row.by, row.at))
            except DuplicateKeyError:
                return False
            await self._db.audit.insert_one(audit_document(row))
        return True

    async def remove(self, url: str, row: AuditRow) -> bool:
        with speaking():
            await must_fit(self._db)
            done = await self._db.return_pages.delete_one({"_id": url})
            if done.deleted_count:
                await self._db.audit.insert_one(audit_document(row))
        return bool(done.deleted_count)

    async def provide(self, urls: tuple[str, ...], by: str, at: datetime) -> list[Remark]:
        """For provisioning: a line for each that is new."""
        lines = []
        with speaking():
            for url in urls:
                told = {"$setOnInsert": page_document(url, by, at)}
                done = await self._db.return_pages.update_one({"_id": url}, told, upsert=True)
                if done.upserted_id is not None:
                    lines.append(remark("done.return_page", address=url))
        return lines
