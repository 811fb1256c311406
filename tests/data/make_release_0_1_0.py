"""How ``release_0_1_0`` was made: run once with the program of commit 3cd3d9c, before there were migrations.

``python tests/data/make_release_0_1_0.py`` there writes the folder beside this file. It is kept to say what is in it;
later programs write other shapes and cannot make it again.

*Owners' history*: nine cars of three owners out of the demo's firm, all rentals made in the 400 days before, with the
figures that this release told each owner for each month. *Live rows*: the test firm's cars ``car-1`` to ``car-14``,
each with one booking (``live_*`` is its intent key) that the engine itself left in the state that the key names.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
import tempfile
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pymongo
import redis
from bson import json_util

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from builders import ACCOUNTS, BERLIN, DATABASE, LISBON, RENTER, World, make_car, wish
from payments import run_out, stripe_of

from engine.adapters.mongo_bookings import booking_document
from engine.adapters.mongo_client import CODEC, Credentials, connect
from engine.adapters.mongo_deployment import MongoDeployment
from engine.adapters.mongo_documents import (
    branch_document,
    car_document,
    fence_document,
    ledger_document,
    renter_document,
    status_document,
)
from engine.adapters.mongo_earnings import MongoEarnings
from engine.adapters.mongo_provision import create_account, provision
from engine.bootstrap import Engine, Place
from engine.config import Secret
from engine.domain.booking import Booking
from engine.domain.booking_states import BookingState
from engine.domain.car import CarStatus, terms_of
from engine.domain.payment import AttemptState, Refund, StripeMode
from engine.domain.people import AccountName, Actor, Role
from engine.domain.period import whole_milliseconds
from engine.domain.settings import FirmSettings
from engine.domain.span import month
from engine.embedded.demo_data import build
from engine.embedded.servers import open_servers
from engine.services.earnings import EarningsService

OUT = Path(__file__).parent / "release_0_1_0"
KEPT = (
    "branches cars car_statuses fences renters bookings ledger settings audit deployment people roster rounds sign_ins"
)
OWNERS, CARS_EACH, DAYS = 3, 3, 400


def history(world: World, now: datetime) -> list[str]:
    """The year of the owners; their ids."""
    data = build(now)
    standing = [car for car in data.cars if car.status is CarStatus.ACTIVE]
    owners = sorted({car.owner_id for car in standing})[:OWNERS]
    cars = [car for owner in owners for car in [c for c in standing if c.owner_id == owner][:CARS_EACH]]
    branches = {branch.id: branch for branch in data.branches}
    chosen = {car.id for car in cars}
    blocking: dict[str, list[Booking]] = {car.id: [] for car in cars}
    renters, since = set(), now - timedelta(days=DAYS)
    for batch in data.batches():
        for booking in batch.bookings:
            if booking.car_id not in chosen or booking.created_at < since:
                continue
            world.db.bookings.insert_one(booking_document(booking))
            rows = [ledger_document(row) for row in batch.ledger if row.booking_id == booking.id]
            if rows:
                world.db.ledger.insert_many(rows)
            renters.add(booking.renter_id)
            if booking.blocking:
                blocking[booking.car_id].append(booking)
    here = (BERLIN.id, LISBON.id)
    world.db.branches.insert_many([branch_document(each) for each in data.branches if each.id not in here])
    world.db.cars.insert_many([car_document(car) for car in cars])
    world.db.car_statuses.insert_many([status_document(car.id, car.owner_id, car.status, since) for car in cars])
    world.db.fences.insert_many(
        [fence_document(car, terms_of(car, branches[car.branch_id]), blocking[car.id]) for car in cars]
    )
    world.db.renters.insert_many([renter_document(renter) for renter in data.renters if renter.id in renters])
    return owners


class Desk:
    """Leaves a booking of its own car in each state."""

    def __init__(self, desk: Engine, world: World, stripe: object) -> None:
        self.desk, self.world, self.stripe, self.count = desk, world, stripe, 0

    def wish(self, name: str) -> object:
        self.count += 1
        return wish(self.desk, car=f"car-{self.count}", key=f"live_{name}", first=30, last=33)

    async def held(self, name: str) -> Booking:
        return await self.desk.booking.hold(self.desk.actor, self.wish(name))

    async def open(self, name: str) -> Booking:
        held = await self.held(name)
        return await self.desk.payment.settle(self.desk.actor, held.id)

    async def authorised(self, name: str) -> Booking:
        booking = await self.open(name)
        await self.stripe.pay(booking)
        return await self.desk.payment._pages.look(booking)

    async def captured(self, name: str) -> Booking:
        booking = await self.authorised(name)
        return await self.desk.payment.settle(self.desk.actor, booking.id)

    async def all(self) -> None:
        desk, store, now = self.desk, self.desk.payment.store, self.desk.clock.now
        await self.held("held_prepared")
        await self.open("held_open")
        await desk.payment._pages.let_run_out(await self.held("releasing_prepared"))
        await desk.payment._pages.let_run_out(await self.open("releasing_open"))
        await desk.payment._pages.move(await self.open("awaiting_funds"), BookingState.AWAITING_FUNDS)
        await self.authorised("confirmed_authorised")
        await self.captured("confirmed_captured")
        captured = await self.captured("cancelled_refund_due")
        await store.replace(
            captured.become(BookingState.CANCELLED, now=now(), by="clerk", refund=Refund(captured.price))
        )
        await self.refund_due()
        await self.completed()
        released = await self.open("released")
        run_out(self.world, released)
        assert (await desk.payment.settle(desk.actor, released.id)).state is BookingState.RELEASED
        cancelled = await self.captured("cancelled_refunded")
        assert (await desk.rental.cancel(desk.actor, cancelled.id, cancelled.price)).refund.refund_id

    async def refund_due(self) -> None:
        """Paid in the moment in which it was let go, and the car sold to the next one."""
        desk = self.desk
        booking = await self.open("refund_due")
        await self.stripe.pay(booking)
        gone = booking.become(BookingState.RELEASING, now=desk.clock.now(), by="sweeper")
        await desk.payment.store.replace(gone)
        gone = gone.become(
            BookingState.RELEASED, now=desk.clock.now(), by="sweeper", attempt=gone.attempt.ended(AttemptState.EXPIRED)
        )
        await desk.payment.store.replace(gone)
        other = replace(self.wish("car_sold_on"), car_id=booking.car_id, period=booking.period)
        await desk.booking.hold(desk.actor, other)
        page = await desk.payment.gateway.page(booking.attempt.session_id)
        paid = gone.attempt.opened(page).paid(page)
        await desk.payment.store.replace(
            gone.become(BookingState.REFUND_DUE, now=desk.clock.now(), by="sweeper", attempt=paid)
        )

    async def completed(self) -> None:
        booking = await self.captured("completed")
        begun = self.desk.clock.now() - timedelta(days=1)
        back = begun + timedelta(days=2, hours=22)
        self.world.db.bookings.update_one({"_id": booking.id}, {"$set": {"starts_at": begun, "ends_at": back}})
        await self.desk.rental.returned(self.desk.actor, booking.id)


async def figures(world: World, admin: object, owners: list[str], now: datetime) -> dict:
    """owner -> month -> currency -> figures, as the program tells them."""
    async with world.desk("admin") as desk:
        service = EarningsService(MongoEarnings(admin, DATABASE, desk.clock))
        told: dict = {}
        for owner in owners:
            actor = Actor(AccountName("owner"), "Olga Owner", Role.OWNER, owner_id=owner)
            zone = await service.zone(actor)
            months = told.setdefault(owner, {"zone": zone, "months": {}})["months"]
            for back in range(1, 13):
                year, number = divmod(now.year * 12 + now.month - 1 - back, 12)
                report = await service.report(actor, month(year, number + 1, zone))
                months[f"{year}-{number + 1:02d}"] = {each.currency: asdict(each.total) for each in report.currencies}
        return told


def write(world: World, told: dict, made_at: datetime) -> None:
    OUT.mkdir(exist_ok=True)
    for name in KEPT.split():
        rows = world.db[name].find().sort("_id", 1)
        lines = "".join(json_util.dumps(row, json_options=json_util.CANONICAL_JSON_OPTIONS) + "\n" for row in rows)
        (OUT / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines.encode(), 9, mtime=0))
    validators = {
        info["name"]: info["options"]["validator"]
        for info in world.db.list_collections()
        if "validator" in info["options"]
    }
    text = json_util.dumps(validators, json_options=json_util.CANONICAL_JSON_OPTIONS)
    (OUT / "validators.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    about = {"made_at": made_at.isoformat(), "database": DATABASE, "owners": told}
    (OUT / "figures.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_servers(Path(folder)) as servers:
            root = Credentials(servers.root_name, servers.root_password, "admin")
            admin = connect(servers.mongo_url, root)
            await provision(admin, DATABASE, FirmSettings())
            await MongoDeployment(admin, DATABASE).record_stripe_mode(StripeMode.TEST, "tests", datetime.now(UTC))
            for account in ACCOUNTS:
                await create_account(admin, DATABASE, account)
            sync = pymongo.MongoClient(servers.mongo_url, username=root.name, password=root.password)
            place = Place(
                servers.mongo_url,
                Secret(servers.redis_url),
                DATABASE,
                Secret(servers.stripe_key),
                stripe_url=servers.stripe_url,
            )
            world = World(
                place, sync.get_database(DATABASE, codec_options=CODEC), redis.Redis.from_url(servers.redis_url)
            )
            world.db.branches.insert_many([branch_document(BERLIN), branch_document(LISBON)])
            world.db.renters.insert_one(renter_document(RENTER))
            made_at = whole_milliseconds(datetime.now(UTC))
            owners = history(world, made_at)
            world.add_cars(*(make_car(n) for n in range(1, 15)))
            told = await figures(world, admin, owners, made_at)
            async with world.desk() as desk, stripe_of(world) as stripe:
                await Desk(desk, world, stripe).all()
            write(world, told, made_at)
            sync.close()
            await admin.close()


if __name__ == "__main__":
    asyncio.run(main())
