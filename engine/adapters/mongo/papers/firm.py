"""The firm's legal data and rates of tax: two series to which rows are added and in which none is changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import pymongo
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from engine.adapters.fewer_questions import Remembered
from engine.adapters.mongo.client import (
    TRANSACTION_S,
    Client,
    Collection,
    Document,
    database,
    session_of,
    speaking,
)
from engine.adapters.mongo.codec.documents import audit_document
from engine.adapters.mongo.codec.papers import (
    legal_document,
    legal_of,
    logo_document,
    logo_record_of,
    tax_document,
    tax_of,
)
from engine.adapters.mongo.codec.reading import must, sound
from engine.adapters.mongo.schema.version import must_fit
from engine.adapters.mongo.store import MAJORITY, SNAPSHOT
from engine.domain.firm.audit import AuditRow
from engine.domain.papers.legal import LegalDecision, TaxDecision
from engine.domain.papers.logo import Logo
from engine.domain.shared.errors import NotFound, Overtaken

T = TypeVar("T")
_MOST = 1_000


class MongoLegal:
    """The port ``LegalBook``. What it reads is remembered for half a minute: a change holds from later on."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._db = client, database(client, name)
        self._legal: Remembered[str, list[LegalDecision]] = Remembered()
        self._taxes: Remembered[str, list[TaxDecision]] = Remembered()

    async def legal(self) -> list[LegalDecision]:
        return await self._legal.get("legal", lambda _: self._read(self._db.legal_data, legal_of))

    async def taxes(self) -> list[TaxDecision]:
        return await self._taxes.get("taxes", lambda _: self._read(self._db.tax_rates, tax_of))

    async def _read(self, collection: Collection, decode: Callable[[Mapping[str, Any]], T]) -> list[T]:
        with speaking():
            found = await collection.find({}).sort("_id", -1).limit(_MOST).to_list()
        return sound(collection.name, reversed(found), decode)

    async def logo(self, logo_id: str) -> Logo:
        with speaking():
            found = await self._db.logos.find_one({"_id": logo_id})
        if found is None:
            raise NotFound("logo", logo_id)
        return must("logos", found, logo_record_of)

    async def add_legal(self, decision: LegalDecision, row: AuditRow, logo: Logo | None = None) -> None:
        lay_down = partial(self._lay_down, logo) if logo is not None else None
        await self._append(self._db.legal_data, legal_document(decision), row, lay_down)

    async def add_tax(self, decision: TaxDecision, row: AuditRow) -> None:
        await self._append(self._db.tax_rates, tax_document(decision), row)

    async def _lay_down(self, logo: Logo, session: AsyncClientSession) -> None:
        """The firm may go back to a picture that it had before."""
        if await self._db.logos.find_one({"_id": logo.id}, {"_id": 1}, session=session) is None:
            await self._db.logos.insert_one(logo_document(logo), session=session)

    async def _append(
        self,
        collection: Collection,
        document: Document,
        row: AuditRow,
        also: Callable[[AsyncClientSession], Awaitable[None]] | None = None,
    ) -> None:
        """The number is the compare-and-set: whoever decided on the same state finds it taken."""

        async def append(session: AsyncClientSession) -> None:
            await collection.insert_one(document, session=session)
            if also is not None:
                await also(session)
            await self._db.audit.insert_one(audit_document(row), session=session)

        try:
            with speaking(), pymongo.timeout(TRANSACTION_S):
                await must_fit(self._db)
                async with session_of(self._client) as session:
                    await session.with_transaction(append, read_concern=SNAPSHOT, write_concern=MAJORITY)
        except DuplicateKeyError as problem:
            raise Overtaken("somebody else decided meanwhile") from problem
        finally:
            self._legal.forget()
            self._taxes.forget()
