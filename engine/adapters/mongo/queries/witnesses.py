"""What a booking's row is held against, each written by others than those who write bookings."""

from __future__ import annotations

from datetime import datetime

from engine.adapters.fewer_questions import Remembered
from engine.adapters.mongo.client import Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.documents import branch_of
from engine.adapters.mongo.codec.reading import sound
from engine.adapters.mongo.codec.settings import read_revisions
from engine.adapters.mongo.schema.version import schema_row
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.successor import Reached
from engine.domain.car.car import BranchId
from engine.domain.car.opening_hours import Fee, fees_of
from engine.domain.firm.settings import Revision
from engine.domain.money.ledger import LedgerKind
from engine.domain.money.trouble import ByHand, Trouble

_FIRM = "firm"
_DEMO: Document = {"_id": "demo"}


class MongoWitnesses:
    """The port ``Witnesses``."""

    def __init__(self, client: Client, name: str) -> None:
        self._db: Database = database(client, name)
        self._revisions: Remembered[str, list[Revision]] = Remembered()
        self._pages: Remembered[str, frozenset[str]] = Remembered()
        self._reached: Remembered[str, list[Reached]] = Remembered()
        self._demo: Remembered[str, bool] = Remembered()

    async def revisions(self, *, anew: bool = False) -> list[Revision]:
        if anew:
            self._revisions = Remembered()
        return await self._revisions.get(_FIRM, self._read_revisions)

    async def return_pages(self, *, anew: bool = False) -> frozenset[str]:
        if anew:
            self._pages = Remembered()
        return await self._pages.get(_FIRM, self._read_pages)

    async def is_demo(self) -> bool:
        return await self._demo.get(_FIRM, self._read_demo)

    async def reached(self) -> list[Reached]:
        return await self._reached.get(_FIRM, self._read_reached)

    async def came_back(self, booking_id: BookingId) -> bool:
        with speaking():
            return await self._db.returns.find_one({"_id": booking_id}, {"_id": 1}) is not None

    async def taken_at(self, booking_id: BookingId) -> datetime | None:
        charged: Document = {"booking_id": booking_id, "kind": LedgerKind.CHARGE}
        with speaking():
            found = await self._db.ledger.find(charged, {"at": 1}).sort("at", 1).limit(1).to_list()
        return found[0]["at"] if found else None

    async def fees(self, branches: frozenset[BranchId]) -> frozenset[Fee]:
        with speaking():
            found = await self._db.branches.find({"_id": {"$in": list(branches)}}).to_list()
        known = sound("branches", found, branch_of)
        return frozenset(fee for each in known for fee in (*fees_of(each.hours), *each.former_fees))

    async def was_settled(self, booking_id: BookingId, trouble: Trouble) -> bool:
        with speaking():
            return trouble.settled is not None and bool(
                await self._db.settlements.find_one(
                    settlement_document(booking_id, trouble, trouble.settled), {"_id": 1}
                )
            )

    async def _read_revisions(self, _key: str) -> list[Revision]:
        with speaking():
            revisions, _ = await read_revisions(self._db)
        return revisions

    async def _read_reached(self, _key: str) -> list[Reached]:
        with speaking():
            row = await schema_row(self._db)
        return [Reached(each["version"], each["at"]) for each in (row or {}).get("reached", [])]

    async def _read_pages(self, _key: str) -> frozenset[str]:
        with speaking():
            return frozenset([row["_id"] async for row in self._db.return_pages.find({}, {"_id": 1})])

    async def _read_demo(self, _key: str) -> bool:
        with speaking():
            return await self._db.deployment.find_one(_DEMO, {"_id": 1}) is not None


def return_document(booking: Booking, at: datetime, by: str) -> Document:
    """The car came back from *booking*; written in the transaction that completes it, and never changed."""
    return {"_id": booking.id, "car_id": booking.car_id, "at": at, "by": by}


def settlement_document(booking_id: BookingId, trouble: Trouble, done: ByHand) -> Document:
    """What a person settled; only administrators can write it, so it stands for the ``settled`` of a booking's row."""
    told = {"why": trouble.why, "since": trouble.since}
    return {"booking_id": booking_id, **told, "by": done.by, "at": done.at, "note": done.note}


def page_document(url: str, by: str, at: datetime) -> Document:
    return {"_id": url, "by": by, "at": at}
