"""What a transaction does with agreements."""

from __future__ import annotations

from datetime import datetime

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo import fences
from engine.adapters.mongo.agreements.book import find_agreement
from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.agreements import agreement_document
from engine.adapters.mongo.codec.bookings import news_document
from engine.adapters.mongo.codec.documents import read_km
from engine.domain.agreement.agreement import Agreement
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.handing_over import CameBack
from engine.domain.car.availability import Stretch
from engine.domain.car.car import BranchId, CarId, CarTerms
from engine.domain.firm.freshness import Namespace, touched_by_booking
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Overtaken


def stands_after(back: CameBack) -> Document:
    """What a fence says of a car that came back."""
    read = {} if back.odometer_km is None else {"odometer_km": back.odometer_km}
    return {"at": back.branch_id, **read}


class ChangesAgreements:
    """That part of the port ``Transaction``."""

    _db: Database
    _session: AsyncClientSession
    _touched: set[Namespace]

    async def _let_go(self, fence: Document | None) -> None:
        """Something left *fence*: what was sold in the time of a movement is the movement's now."""
        raise NotImplementedError

    async def _enter(
        self, car_id: CarId, taken: Stretch, booking_id: BookingId, now: datetime, to: BranchId | None
    ) -> CarTerms:
        """Claim the car."""
        raise NotImplementedError

    async def _leave(self, booking: Booking, stands: Document | None = None) -> None:
        """Let the booking's car go."""
        raise NotImplementedError

    async def exchange_claim(
        self, booking: Booking, car_id: CarId, now: datetime, back: CameBack, odometer_km: int
    ) -> tuple[CarTerms, int | None]:
        self._touched |= touched_by_booking(booking)
        taken, to = Stretch(now, booking.period.ends_at, booking.free_at), booking.return_branch_id
        # As in ``move_claim``.
        if booking.car_id < car_id:
            await self._leave(booking, stands_after(back))
            terms = await self._enter(car_id, taken, booking.id, now, to)
        else:
            terms = await self._enter(car_id, taken, booking.id, now, to)
            await self._leave(booking, stands_after(back))
        before = await fences.hand_on(self._db, self._session, car_id, booking.id, odometer_km)
        gone = {**news_document(booking), "blocking": False, "at": now}
        await self._db.news.insert_one(gone, session=self._session)
        return terms, read_km(before)

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
