"""Who a booking is for, and that the database was restored: words that only other rows can bear out."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pymongo
import pytest
from builders import DATABASE, PASSWORD, RENTER, days
from payments import opened

from engine.adapters.mongo.client import CODEC
from engine.adapters.mongo.codec.documents import renter_document
from engine.domain.health.health import HealthArea, Level
from engine.domain.people.people import RenterId
from engine.domain.people.renters import Merge
from engine.words.health import facts_of, says

pytestmark = pytest.mark.asyncio
OTHER = replace(RENTER, id=RenterId("renter-2"), name="Béa Ortiz", email="bea+o'k@example.org", phone="+4930999")
NEW = ("ada.moreau@example.org", "ADA@example.org", "a\\b@example.org")


@contextmanager
def raw(world, account):
    with pymongo.MongoClient(
        world.deployment.mongo_url, username=account, password=PASSWORD, authSource=DATABASE
    ) as client:
        yield client.get_database(DATABASE, codec_options=CODEC)


async def finding(world, area, account="admin"):
    async with world.desk(account) as desk:
        report = await desk.admin.health.examine(desk.actor)
    (found,) = [each for each in report.findings if each.area is area]
    return found


async def told(world, account="admin"):
    return dict(facts_of(await finding(world, HealthArea.ROWS, account))).get("Wrong", "")


async def test_a_booking_that_says_it_is_another_renters_is_told_and_honest_ones_are_not(world, stripe):
    draw = random.Random(11)  # noqa: S311 -- repeatable on purpose
    world.db.renters.insert_one(renter_document(OTHER))
    async with world.desk() as desk:
        made = [await opened(desk, car=f"car-{1 + n % 2}", key=f"k{n}", period=days(desk, n, n + 2)) for n in (1, 4, 7)]
        theirs = await opened(desk, key="other", renter_id=OTHER.id, period=days(desk, 20, 22))
    calm = await told(world), await told(world, "worker")
    victim = draw.choice(made)
    with raw(world, "clerk") as db:
        db.bookings.update_one({"_id": victim.id}, {"$set": {"renter_id": OTHER.id}})
        db.bookings.update_one({"_id": theirs.id}, {"$set": {"renter_id": f"nobody-{draw.randrange(99)}"}})

    assert ("", "") == calm
    lines = (await told(world)).split("; ")
    assert {f"bookings: {each.id} is not the renter's who was to pay" for each in (victim, theirs)} == set(lines)
    # Who was mended stands in the audit, which the worker may not read.
    assert "" == await told(world, "worker")


@pytest.mark.parametrize("email", NEW)
async def test_a_renter_who_was_mended_or_merged_is_the_same_one(world, stripe, email):
    world.db.renters.insert_one(renter_document(OTHER))
    async with world.desk() as desk:
        await opened(desk)
        await opened(desk, car="car-2", key="other", renter_id=OTHER.id)
    async with world.desk("admin") as admin:
        renters = admin.renters
        rows = {each: world.db.renters.find_one({"_id": each}) for each in (RENTER.id, OTHER.id)}
        fields = {"name": "Ada M", "email": email, "phone": RENTER.phone, "licence": RENTER.licence}
        versions = {"keep_version": rows[RENTER.id]["version"], "gone_version": rows[OTHER.id]["version"]}
        await renters.merge(admin.actor, Merge(keep=RENTER.id, gone=OTHER.id, **versions, **fields))

    assert {RENTER.id} == {row["renter_id"] for row in world.db.bookings.find()}
    assert "" == await told(world)
    world.db.audit.delete_many({})
    assert "is not the renter's" in await told(world)


@pytest.fixture
def says_restored(world):
    """Call it: the worker's account writes that the database was restored."""

    def write(**changes):
        at = world.db.command("hello")["localTime"]
        row = {"_id": "epoch", "epoch": "life 2", "at": at, "back_to": at - timedelta(days=1), "by": "root"}
        with raw(world, "worker") as db:
            db.deployment.insert_one({**row, **changes})

    yield write
    world.db.deployment.delete_many({"_id": {"$in": ["epoch", "looked:life 2"]}})
    world.db.people.update_many({}, {"$set": {"issued_at": None}})


@pytest.mark.parametrize("days_off", [0, 300, -9000])
async def test_a_restore_that_nothing_bears_out_is_told(world, says_restored, days_off):
    now = world.db.command("hello")["localTime"]
    at = now + timedelta(days=days_off)
    says_restored(at=at, back_to=at - timedelta(days=1))

    found = await finding(world, HealthArea.RESTORED)

    assert Level.BAD is found.level
    assert "nothing else bears it out" in says(found)
    assert "epoch life 2" in dict(facts_of(found))["Wrong"]


async def test_a_restore_that_made_every_account_anew_is_believed(world, says_restored):
    now = world.db.command("hello")["localTime"]
    world.db.people.update_many({}, {"$set": {"issued_at": now}})
    says_restored(at=now)

    found = await finding(world, HealthArea.RESTORED)

    assert "The database went back in time" in says(found)
    assert "Wrong" not in dict(facts_of(found))
