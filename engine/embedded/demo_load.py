"""Fill a new database with the demo's firm."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime

from engine.adapters.mongo.backups.restore import MARK
from engine.adapters.mongo.client import Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.codec.documents import (
    branch_document,
    car_document,
    fence_document,
    ledger_document,
    series_document,
    status_document,
)
from engine.adapters.mongo.codec.papers import legal_document, logo_document, paper_document, tax_document
from engine.adapters.mongo.codec.papers import series_document as paper_series_document
from engine.adapters.mongo.codec.renter_files import file_document
from engine.adapters.mongo.codec.settings import revision_document
from engine.adapters.mongo.schema.indexes import INDEXES
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.provision import NewAccount, create_account, provision
from engine.adapters.mongo.schema.rights import RIGHTS
from engine.adapters.mongo.schema.rules import VALIDATORS
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import ClaimKind
from engine.domain.car.car import Car, CarId, CarStatus, terms_of
from engine.domain.firm.settings import BEGINNING, FirmSettings
from engine.domain.people.people import Role
from engine.domain.shared.errors import Misconfigured
from engine.domain.shared.period import whole_milliseconds
from engine.domain.shared.remark import Remark, remark
from engine.embedded import demo_agreements, demo_counter, demo_marks, demo_papers
from engine.embedded.demo_data import DemoData, build
from engine.embedded.demo_people import DemoAccount, DemoOwner, accounts, owners
from engine.embedded.demo_today import tell_today

_FILLED = (
    "branches",
    "cars",
    "car_statuses",
    "car_terms",
    "fences",
    "renters",
    "bookings",
    "agreements",
    "shifts",
    "marks",
    "ledger",
    "papers",
    "series",
    "renderings",
    "legal_data",
    "logos",
    "tax_rates",
    "images.files",
    "images.chunks",
)


async def load_demo(client: Client, name: str, now: datetime, on_progress: Callable[[Remark], None]) -> bool:
    """Provision *name* and, unless the demo is there in full, write it anew; whether it was.

    The marker is written last: a start that was cut off leaves nothing half-written behind the next one.
    """
    with speaking():
        db = database(client, name)
        if MARK in await db.list_collection_names():
            raise Misconfigured("demo.half_restored")
        schema = _fingerprint()
        marker = await db.deployment.find_one({"_id": "demo"})
        if marker is not None and marker["schema"] == schema:
            await _bring_home(db, now)
            await tell_today(db, now)
            return False
        if marker is None and await db.deployment.find_one({"_id": "epoch"}):
            # A firm's own back-up was restored here: the demo has no place in it.
            await provision(client, name, FirmSettings(), on_progress)
            return False
        on_progress(remark("progress.preparing"))
        data = build(now)
        await provision(client, name, data.settings, on_progress)
        if marker is None:
            await _write(db, data, on_progress)
            await demo_counter.stand_at_the_counter(db, _clerk(data), data.now)
            await tell_today(db, data.now)
        renters = {renter.id: renter for renter in data.renters}
        for each in data.accounts:
            renter = renters[each.renter_id] if each.renter_id else None
            new = NewAccount(each.account, each.password, each.role, each.name, each.branch_id, each.owner_id, renter)
            await create_account(client, db.name, new)
        await asyncio.gather(*(create_account(client, db.name, _owner(each)) for each in _without_account(data)))
        await db.deployment.update_one({"_id": "demo"}, {"$set": {"schema": schema}}, upsert=True)
        return marker is None


def _clerk(data: DemoData) -> DemoAccount:
    return next(each for each in data.accounts if each.branch_id)


def _owner(owner: DemoOwner) -> NewAccount:
    """Known to the firm by name; nobody knows the password."""
    account, password = f"owner.{owner.id.removeprefix('ow-')}", secrets.token_urlsafe(24)
    return NewAccount(account, password, Role.OWNER, owner.name, owner_id=owner.id)


def _without_account(data: DemoData) -> list[DemoOwner]:
    offered = {each.owner_id for each in data.accounts}
    return [owner for owner in data.owners if owner.id not in offered]


async def _write(db: Database, data: DemoData, on_progress: Callable[[Remark], None]) -> None:
    for collection in _FILLED:
        await db[collection].delete_many({})
    # What its bookings were agreed by: the commission was raised once.
    rules = revision_document(data.raised)
    await db.settings.replace_one({"_id": rules["_id"]}, rules, upsert=True)
    await db.legal_data.insert_one(legal_document(demo_papers.legal(data.raised.by)))
    await db.logos.insert_one(logo_document(demo_papers.logo(data.raised.by)))
    await db.tax_rates.insert_many([tax_document(each) for each in demo_papers.taxes(data.raised.by)])
    await db.branches.insert_many([branch_document(branch) for branch in data.branches])
    await db.cars.insert_many([car_document(car) for car in data.cars])
    await db.renters.insert_many([file_document(file) for file in data.files])
    done = 0
    blocking: dict[CarId, list[Booking]] = {car.id: [] for car in data.cars}
    billed = list[Booking]()
    first_out, last_back = dict[CarId, datetime](), dict[CarId, datetime]()
    for batch in data.batches(1000):
        await db.bookings.insert_many([booking_document(booking) for booking in batch.bookings], ordered=False)
        if batch.ledger:
            await db.ledger.insert_many([ledger_document(row) for row in batch.ledger], ordered=False)
        billed += [booking for booking in batch.bookings if demo_papers.billed(booking, data.now)]
        for booking in batch.bookings:
            if booking.blocking:
                blocking[booking.car_id].append(booking)
            out, back = booking.period.starts_at, booking.period.ends_at
            first_out[booking.car_id] = min(out, first_out.get(booking.car_id, out))
            last_back[booking.car_id] = max(back, last_back.get(booking.car_id, back))
        done += len(batch.bookings)
        on_progress(remark("progress.demo", done=done))
    await _issue(db, data, billed)
    await db.car_statuses.insert_many(_statuses(data.cars, first_out, last_back))
    branches = {branch.id: branch for branch in data.branches}
    terms = {car.id: terms_of(car, branches[car.branch_id]) for car in data.cars}
    await db.fences.insert_many([fence_document(car, terms[car.id], blocking[car.id]) for car in data.cars])
    gone = (each for kept in blocking.values() for each in kept if each.state is BookingState.OUT)
    await demo_marks.find_marks(db, data.cars, _clerk(data).account, data.now)
    await demo_agreements.hand_out(db, [each.id for each in gone])
    # Every rental of the demo was let for these: the firm never changed a price.
    await db.car_terms.insert_many([series_document(each, "demo", BEGINNING) for each in terms.values()])


async def _issue(db: Database, data: DemoData, billed: list[Booking]) -> None:
    """What was put on paper in the last weeks."""
    desk = demo_papers.desk_of(data.branches, data.files, data.raised.by)
    desk.bill(billed)
    await db.papers.insert_many([paper_document(each) for each in desk.papers], ordered=False)
    await db.series.insert_many([paper_series_document(each) for each in desk.series.values()])


def _statuses(cars: Iterable[Car], first: dict[CarId, datetime], last: dict[CarId, datetime]) -> list[Document]:
    """A car joined the fleet with its first rental; what is not for rent now has not been since its last one."""
    rows = []
    for car in cars:
        if car.id in first:
            rows.append(status_document(car.id, car.owner_id, CarStatus.ACTIVE, first[car.id]))
            if car.status is not CarStatus.ACTIVE:
                rows.append(status_document(car.id, car.owner_id, car.status, last[car.id]))
    return rows


async def _bring_home(db: Database, now: datetime) -> None:
    """The demo's renters come and return on time: a folder opened weeks later has no hundred overdue cars."""
    drawn: Document = {"intent_key": {"$regex": "^demo-"}}
    went = await _moved(
        db, {**drawn, "state": BookingState.CONFIRMED, "starts_at": {"$lte": now}}, BookingState.OUT, now
    )
    back = await _moved(db, {**drawn, "state": BookingState.OUT, "ends_at": {"$lte": now}}, BookingState.COMPLETED, now)
    # What came and went while nobody looked was read by nobody.
    await demo_agreements.take_back(db, set(back) - set(went))
    await demo_agreements.hand_out(db, set(went) - set(back))
    if gone := [claim_id for claim_id in went if claim_id not in back]:
        change: Document = {"$inc": {"seq": 1}, "$set": {"at": None, "claims.$[own].out": True}}
        own = [{"own.id": {"$in": gone}, "own.kind": ClaimKind.BOOKING}]
        await db.fences.update_many({"claims.id": {"$in": gone}}, change, array_filters=own)
    if back:
        here: list[Document] = [
            {
                "$set": {
                    "seq": {"$add": ["$seq", 1]},
                    "at": "$terms.branch_id",
                    "claims": {"$filter": {"input": "$claims", "cond": {"$not": {"$in": ["$$this.id", back]}}}},
                }
            }
        ]
        await db.fences.update_many({"claims.id": {"$in": back}}, here)


async def _moved(db: Database, wanted: Document, state: BookingState, now: datetime) -> list[str]:
    ids = [row["_id"] async for row in db.bookings.find(wanted, {"_id": 1})]
    step = {"state": state, "at": whole_milliseconds(now), "by": "demo"}
    change = {"$set": {"state": state}, "$push": {"history": step}, "$inc": {"version": 1}}
    if ids:
        await db.bookings.update_many({"_id": {"$in": ids}}, change)
    return ids


def _fingerprint() -> str:
    indexes = {collection: [model.document for model in models] for collection, models in INDEXES.items()}
    return hashlib.sha256(repr((LATEST, VALIDATORS, indexes, RIGHTS, accounts(), owners())).encode()).hexdigest()
