"""What a transaction does with agreements."""

from __future__ import annotations

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo import fences
from engine.adapters.mongo.agreements.book import find_agreement
from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.agreements import agreement_document
from engine.domain.agreement.agreement import Agreement
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Overtaken


class ChangesAgreements:
    """That part of the port ``Transaction``."""

    _db: Database
    _session: AsyncClientSession

    async def _let_go(self, fence: Document | None) -> None:
        """Something left *fence*: what was sold in the time of a movement is the movement's now."""
        raise NotImplementedError

    async def move_end(self, booking: Booking, after: Booking) -> None:
        ends_at, free_at = after.period.ends_at, after.free_at
        await self._let_go(await fences.move_end(self._db, self._session, booking, ends_at, free_at))

    async def agreement(self, booking_id: BookingId) -> Agreement | Damaged | None:
        return await find_agreement(self._db, booking_id, self._session)

    async def add_agreement(self, agreement: Agreement) -> None:
        try:
            await self._db.agreements.insert_one(agreement_document(agreement), session=self._session)
        except DuplicateKeyError as problem:
            raise Overtaken(f"booking {agreement.booking_id} has an agreement already") from problem

    async def replace_agreement(self, agreement: Agreement) -> None:
        wanted = {"_id": agreement.booking_id, "version": agreement.version - 1}
        row = agreement_document(agreement)
        done = await self._db.agreements.replace_one(wanted, row, session=self._session)
        if done.matched_count == 0:
            raise Overtaken(f"the agreement of booking {agreement.booking_id} was changed by somebody else")
