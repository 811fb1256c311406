"""Papers that were issued, and word of how they were drawn."""

from __future__ import annotations

from contextlib import suppress

import pymongo
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import TRANSACTION_S, Client, Document, database, session_of, speaking
from engine.adapters.mongo.codec.documents import audit_document
from engine.adapters.mongo.codec.papers import (
    lost_document,
    paper_of,
    rendering_document,
    rendering_of,
    series_document,
    series_record_of,
    stands_at,
)
from engine.adapters.mongo.codec.reading import must, read, sound
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.schema.version import must_fit
from engine.adapters.mongo.store import MAJORITY, SNAPSHOT
from engine.domain.firm.audit import AuditRow
from engine.domain.health.backup import Epoch
from engine.domain.papers.paper import Paper, number_of
from engine.domain.papers.rendering import Rendering
from engine.domain.papers.series import LostNumbers, Series
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import NotFound, Overtaken

_MOST = 500


class MongoPapers:
    """The port ``PaperBook``."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._db = client, database(client, name)

    async def paper(self, paper_id: str) -> Paper:
        return await self._one({"_id": paper_id}, paper_id)

    async def numbered(self, series: str, n: int) -> Paper:
        return await self._one({"series": series, "n": n}, number_of(series, n))

    async def _one(self, wanted: Document, told: str) -> Paper:
        with speaking():
            found = await self._db.papers.find_one(wanted)
        if found is None:
            raise NotFound("paper", told)
        return must("papers", found, paper_of)

    async def of_booking(self, booking_id: str) -> list[Paper | Damaged]:
        with speaking():
            cursor = self._db.papers.find({"body.content.booking_id": booking_id}).sort([("issued_at", 1), ("n", 1)])
            found = await cursor.limit(_MOST).to_list()
        return [read("papers", each, paper_of) for each in found]

    async def credits_of(self, paper_id: str) -> list[Paper]:
        with speaking():
            cursor = self._db.papers.find({"body.corrects.paper_id": paper_id}).sort([("body.corrects.turn", 1)])
            found = await cursor.limit(_MOST).to_list()
        return [must("papers", each, paper_of) for each in found]

    async def series(self) -> list[Series]:
        with speaking():
            found = await self._db.series.find().sort("_id", 1).to_list()
        return sound("series", found, series_record_of)

    async def epoch(self) -> Epoch | None:
        return await MongoDeployment(self._client, self._db.name).epoch()

    async def go_on(self, before: Series | None, after: Series, lost: LostNumbers | None, row: AuditRow) -> None:
        async def go_on(session: AsyncClientSession) -> None:
            if before is None:
                await self._db.series.insert_one(series_document(after), session=session)
            else:
                done = await self._db.series.replace_one(stands_at(before), series_document(after), session=session)
                if done.matched_count == 0:
                    raise Overtaken(f"the series {after.id} went on meanwhile")
            if lost is not None:
                await self._db.lost_numbers.insert_one(lost_document(lost), session=session)
            await self._db.audit.insert_one(audit_document(row), session=session)

        try:
            with speaking(), pymongo.timeout(TRANSACTION_S):
                await must_fit(self._db)
                async with session_of(self._client) as session:
                    await session.with_transaction(go_on, read_concern=SNAPSHOT, write_concern=MAJORITY)
        except DuplicateKeyError as problem:
            raise Overtaken(f"the series {after.id} was begun meanwhile") from problem

    async def note(self, rendering: Rendering) -> None:
        with speaking():
            await must_fit(self._db)
            # The same bytes again are no news.
            with suppress(DuplicateKeyError):
                await self._db.renderings.insert_one(rendering_document(rendering))

    async def renderings(self, paper_id: str) -> list[Rendering]:
        with speaking():
            found = await self._db.renderings.find({"paper_id": paper_id}).sort("at", 1).limit(_MOST).to_list()
        return sound("renderings", found, rendering_of)
