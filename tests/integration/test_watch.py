"""What is written past the program is told by itself, whoever is there; honest work beside it is not."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import pymongo
import pytest
from builders import DATABASE, PASSWORD, RENTER, days, kept
from payments import opened

from engine.adapters.mongo.client import CODEC
from engine.adapters.mongo.codec.documents import renter_document
from engine.commands import worker
from engine.config import Secret
from engine.domain.booking.watch import FOUND, Touched
from engine.domain.health.health import HealthArea
from engine.services.firm import watch as watches
from engine.services.payment import reconcile
from engine.wiring.background import at_work
from engine.words.health import written

pytestmark = pytest.mark.asyncio
SOON_S = 60


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(watches, "EVERY", timedelta(seconds=0.5))


@contextmanager
def raw(world, account="clerk"):
    with pymongo.MongoClient(
        world.deployment.mongo_url, username=account, password=PASSWORD, authSource=DATABASE
    ) as client:
        yield client.get_database(DATABASE, codec_options=CODEC)


def forge(world, booking):
    """One row each of what desks may write, from a desk's own account; the number of the ledger's row."""
    with raw(world) as db:
        claim = db.fences.find_one({"_id": "car-2"})
        made_up = kept("nobody", booking.period.starts_at, booking.period.ends_at)
        db.fences.update_one({"_id": claim["_id"]}, {"$push": {"claims": made_up}})
        db.bookings.update_one({"_id": booking.id}, {"$set": {"priced.terms_n": 99}})
        place = {"car_id": booking.car_id, "owner_id": "owner-1", "branch_id": "br-berlin"}
        amount = {"minor": 100, "currency": "EUR"}
        row = {
            "booking_id": "NOSUCHBOOKING",
            "payment_id": "NOSUCHBOOKING:1",
            "kind": "charge",
            "source_id": "ch_1",
            "amount": amount,
            **place,
        }
        db.ledger.insert_one(row | {"at": booking.created_at})
    with raw(world, "owner") as db:
        db.cars.update_one({"_id": "car-1"}, {"$set": {"daily_rate.minor": 1}})


TOLD = {
    (HealthArea.CLAIMS, "car:car-2"),
    (HealthArea.TERMS, "car:car-1"),
    (HealthArea.RECONCILE, "booking:NOSUCHBOOKING"),
}


async def until(holds):
    """As soon as *holds*; what is waited for sets no event."""
    async with asyncio.timeout(SOON_S):
        while not holds():  # noqa: ASYNC110 -- the database tells nobody of this
            await asyncio.sleep(0.05)


def told(found):
    return {(each.area, each.subject) for each in found}


@asynccontextmanager
async def watched(desk):
    found = []

    async def tell(new):
        found.extend(new)

    async with at_work([lambda: desk.admin.watch.run(tell)]):
        yield found


@pytest.mark.parametrize("account", ["worker", "admin"])
async def test_rows_written_past_the_program_are_told_by_itself_and_once(world, stripe, account):
    async with world.desk() as clerk, world.desk(account) as desk, watched(desk) as found:
        honest = await opened(clerk, key="honest", car="car-1", period=days(clerk, 20, 22))
        await stripe.pay(honest)
        honest = await clerk.payment.settle(clerk.actor, honest.id)
        victim = await opened(clerk)
        stranger = await opened(clerk, key="stranger", car="car-2", period=days(clerk, 30, 32))
        with raw(world) as db:
            db.bookings.update_one({"_id": stranger.id}, {"$set": {"renter_id": "somebody else"}})

        forge(world, victim)

        await until(lambda: {*TOLD, (HealthArea.RECONCILE, f"booking:{victim.id}")} <= told(found))
        watch = desk.admin.watch
        with raw(world, "owner") as db:
            db.cars.update_one({"_id": "car-1"}, {"$set": {"daily_rate.minor": 2}})
        looks = watch.looks
        await until(lambda: watch.looks >= looks + 4 and watch.settled)
    assert len(found) == len({each.key for each in found})
    assert not [each for each in found if honest.id in written(each.says)]
    # Who was mended stands in the audit, which the worker may not read.
    assert (account == "admin") == ((HealthArea.ROWS, f"booking:{stranger.id}") in told(found))


async def test_an_administrators_open_window_tells_without_a_worker(world, stripe):
    async with world.desk() as clerk, world.desk("admin", background=True) as window:
        victim = await opened(clerk)
        watch = window.admin.watch
        heard = asyncio.create_task(watch.next(0))
        await asyncio.sleep(0)

        forge(world, victim)

        async with asyncio.timeout(SOON_S):
            assert await heard
        await until(lambda: told(watch.found) >= TOLD)


async def test_a_worker_leaves_its_word_in_the_audit(world, stripe):
    async with world.desk() as clerk:
        victim = await opened(clerk)
    orders = worker.Orders("worker", Secret(PASSWORD))

    async with at_work([lambda: worker.work(world.deployment, orders)]):
        await until(lambda: world.db.rounds.count_documents({"_id": "sweeper"}))
        forge(world, victim)
        wanted = {subject for _, subject in TOLD}
        await until(lambda: wanted <= set(world.db.audit.distinct("subject", {"what": FOUND})))


async def test_what_is_mended_before_the_second_look_is_not_told(world):
    async with world.desk("admin") as desk:
        watch = desk.admin.watch
        watch._hear(Touched("cars", "car-1"))
        world.db.cars.update_one({"_id": "car-1"}, {"$set": {"daily_rate.minor": 1}})
        assert [] == await watch.look()
        world.db.cars.update_one({"_id": "car-1"}, {"$set": {"daily_rate.minor": 50_00}})

        assert [] == await watch.look()
        assert watch.settled


async def test_more_than_can_be_kept_in_mind_is_said(world, monkeypatch):
    monkeypatch.setattr(watches, "MOST_WAITING", 1)
    async with world.desk("admin") as desk:
        watch = desk.admin.watch
        for number in range(3):
            watch._hear(Touched("cars", f"car-{number}"))

        (found,) = await watch.look()

    assert "run drivesphere doctor" in written(found.says)


@contextmanager
def examined(world):
    """A list that has, at the end, how many documents each command of the block looked at."""
    looked = []
    world.db.command("profile", 2)
    try:
        yield looked
    finally:
        world.db.command("profile", 0)
        looked += [row.get("docsExamined", 0) for row in world.db["system.profile"].find({"appName": "drivesphere"})]
        world.db["system.profile"].drop()


async def test_a_look_reads_by_what_was_written_and_not_by_what_is_stored(world, stripe):
    async with world.desk() as clerk:
        booking = await opened(clerk)
    row = world.stored(booking)
    others = [
        row | {"_id": f"OTHER{n:07}", "intent_key": f"k{n}", "car_id": "car-9", "state": "completed"}
        for n in range(3000)
    ]
    for each in others:
        each.pop("session_ids", None)
        each.pop("due_at", None)
    world.db.bookings.insert_many(others, bypass_document_validation=True)
    async with world.desk("admin") as desk:
        for name, key in (("bookings", booking.id), ("cars", "car-1"), ("fences", "car-1")):
            desk.admin.watch._hear(Touched(name, key))
        with examined(world) as looked:
            await desk.admin.watch.look()

    assert looked
    assert sum(looked) < 300


async def test_who_was_mended_is_looked_up_by_index_however_many_were(world, stripe):
    mended = [renter_document(RENTER) | {"_id": f"renter-x{n}", "email": f"now{n}@example.org"} for n in range(40)]
    world.db.renters.insert_many(mended, bypass_document_validation=True)
    async with world.desk() as clerk:
        booking = await opened(clerk)
    at = world.stored(booking)["created_at"]
    told = [
        {
            "at": at,
            "by": "x",
            "desk": "x",
            "what": "renter.mended",
            "subject": f"renter:somebody-{n}",
            "before": {"email": "a@b.example"},
            "after": {},
        }
        for n in range(4000)
    ]
    told += [
        each | {"subject": f"renter:renter-x{n}", "before": {"email": RENTER.email}} for n, each in enumerate(told[:39])
    ]
    for each in told:
        each.pop("_id", None)
    world.db.audit.insert_many([dict(each) for each in told], bypass_document_validation=True)
    row = world.stored(booking)
    row.pop("session_ids", None)
    theirs = [row | {"_id": f"THEIRS{n:04}", "intent_key": f"t{n}", "renter_id": f"renter-x{n}"} for n in range(40)]
    world.db.bookings.insert_many(theirs, bypass_document_validation=True)

    async with world.desk("admin") as desk:
        with examined(world) as looked:
            walk = await desk.admin.health.inspection.rows_beside_shapes(timedelta(seconds=60))

    assert ["bookings: THEIRS0039 is not the renter's who was to pay"] == [
        line for line in map(written, walk.lines) if "who was to pay" in line
    ]
    # The shapes' own walk reads every row once, the audit's too; strangers add a handful for each of theirs.
    assert sum(looked) < 2 * 4000


async def test_whoever_an_engine_is_about_to_see_to_keeps_nobody_from_being_asked_about(world, stripe, monkeypatch):
    """Seen in the long attack run: they were asked about first at each look, and the time was over then."""
    async with world.desk() as clerk, world.desk("worker") as worker:
        booked = [
            await opened(clerk, key=f"k{n}", period=days(clerk, 10 * n, 10 * n + 2), car=f"car-{1 + n % 2}")
            for n in range(1, 6)
        ]
        for each in booked:
            await stripe.pay(each)
        *stirring, last = sorted(booked, key=lambda each: each.id)
        robbed = await clerk.payment.settle(clerk.actor, last.id)
        await stripe.rob(robbed)
        watch = worker.admin.watch
        for each in (*stirring, robbed):
            watch._hear(Touched("bookings", each.id))

        found = []
        for _ in range(9):
            # The first asking of a look fits into its time, and the next does not.
            monkeypatch.setattr(reconcile, "perf_counter", itertools.count(step=2).__next__)
            found += await watch.look()

    assert [f"booking:{robbed.id}"] == [each.subject for each in found]
    assert watch.settled
