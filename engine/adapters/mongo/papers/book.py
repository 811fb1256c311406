"""Papers that were issued, and word of how they were drawn."""

from __future__ import annotations

from contextlib import suppress

from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Client, Document, database, speaking
from engine.adapters.mongo.codec.papers import paper_of, rendering_document, rendering_of
from engine.adapters.mongo.codec.reading import must, read, sound
from engine.adapters.mongo.schema.version import must_fit
from engine.domain.papers.paper import Paper
from engine.domain.papers.rendering import Rendering
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import NotFound

_MOST = 500


class MongoPapers:
    """The port ``PaperBook``."""

    def __init__(self, client: Client, name: str) -> None:
        self._db = database(client, name)

    async def paper(self, paper_id: str) -> Paper:
        return await self._one({"_id": paper_id}, paper_id)

    async def numbered(self, series: str, n: int) -> Paper:
        return await self._one({"series": series, "n": n}, f"{series}-{n}")

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
