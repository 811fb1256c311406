"""The demo's firm as the database has it: complete, consistent, and in order weeks later."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import pytest_asyncio
from builders import MISTAKE

from engine.adapters.mongo.agreements.walk import agreements_walk
from engine.adapters.mongo.client import CODEC, Credentials, connect, database
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.marks.walk import marks_walk
from engine.bootstrap import Deployment, open_engine
from engine.config import Secret
from engine.domain.booking.booking import NO_SHOW_PATIENCE
from engine.domain.booking.states import BLOCKING
from engine.domain.money.payment import StripeMode
from engine.embedded.demo_load import load_demo
from engine.embedded.demo_payments import introduce_payments
from engine.embedded.demo_people import accounts

pytestmark = pytest.mark.asyncio
NAME = "ds_demo_test"


def _connected(endpoints):
    return connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))


async def _load(endpoints):
    async with _connected(endpoints) as client:
        clock = ServerClock(client)
        await clock.measure()
        hour = clock.now().replace(minute=0, second=0, microsecond=0)  # the demo is drawn as of the whole hour
        await load_demo(client, NAME, hour, lambda _: None)
        return hour


@pytest.fixture(scope="module")
def loaded(endpoints, root):
    """The hour as of which it is drawn; what one test does with the firm disturbs no other one."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        hour = runner.run(_load(endpoints))
    yield hour
    root[NAME].command("dropAllUsersFromDatabase")
    root[NAME].command("dropAllRolesFromDatabase")
    root.drop_database(NAME)


@pytest_asyncio.fixture
async def demo(loaded, endpoints, root):
    async with _connected(endpoints) as client:
        yield client, loaded, root.get_database(NAME, codec_options=CODEC)


async def test_the_demo_is_complete_consistent_and_brought_home_when_time_goes_on(demo, endpoints):
    client, now, db = demo
    assert (6, 240, 120) == tuple(db[name].count_documents({}) for name in ("branches", "cars", "renters"))
    _judge(db)
    await _agreed(client, db)
    await _marked(client, db)
    _somebody_is_late(db, now)
    _paid_at_the_counter(db)
    before = db.bookings.count_documents({"state": "confirmed"})

    await load_demo(client, NAME, now, lambda _: None)
    assert before == db.bookings.count_documents({"state": "confirmed"}), "loading again changes nothing"

    later = now + timedelta(days=21)
    await load_demo(client, NAME, later, lambda _: None)
    assert 0 == db.bookings.count_documents({"state": "confirmed", "ends_at": {"$lte": later}})
    assert before > db.bookings.count_documents({"state": "confirmed"}) > 0
    _judge(db)
    await _agreed(client, db)
    _somebody_is_late(db, later)
    deployment = Deployment(endpoints.mongo_url, Secret(endpoints.redis_url), NAME)
    for account in accounts():
        async with open_engine(deployment, account.account, account.password, background=False) as desk:
            assert account.role == desk.actor.role


async def test_a_demo_booking_can_be_cancelled_and_its_money_goes_back(demo, endpoints):
    client, _, db = demo
    for _ in range(2):
        await introduce_payments(client, NAME, endpoints.stripe_url, endpoints.stripe_key)
    coming = db.bookings.find({"state": "confirmed", "branch_id": "br-berlin"}).sort("starts_at", -1)
    row = next(row for row in coming if row["booked_by"] == "clerk")
    deployment = Deployment(
        endpoints.mongo_url, Secret(endpoints.redis_url), NAME, Secret(endpoints.stripe_key), endpoints.stripe_url
    )
    await MongoDeployment(client, NAME).record_stripe_mode(StripeMode.TEST, "demo", datetime.now(UTC))
    async with open_engine(deployment, "clerk", "demo-counter", background=False) as desk:
        quoted = await desk.rental.quote_refund(desk.actor, row["_id"])
        cancelled = await desk.rental.cancel(desk.actor, row["_id"], quoted.given_back, MISTAKE)

    assert quoted.given_back.minor == row["quote"]["total"]
    assert ("cancelled", "done") == (cancelled.state, cancelled.payment.refund.state)
    _judge(db)


async def _marked(client, db):
    walk = await marks_walk(client, database(client, NAME), timedelta(minutes=1))

    assert walk.looked
    assert [] == [str(line) for line in walk.lines]
    assert {"open", "repaired"} == set(db.marks.distinct("state"))
    (leg,) = next(row for row in db.agreements.find() if row["legs"][0]["out"]["marks"])["legs"]
    shown = db.marks.find({"car_id": leg["car"]["car_id"], "state": "open", "found.at": {"$lte": leg["out"]["at"]}})
    assert sorted(row["n"] for row in shown) == leg["out"]["marks"]


async def _agreed(client, db):
    walk = await agreements_walk(client, database(client, NAME), timedelta(minutes=1))

    assert walk.looked
    assert [] == [str(line) for line in walk.lines]
    every, signed = (
        db.agreements.count_documents({}),
        db.agreements.count_documents({"signatures.0": {"$exists": True}}),
    )
    assert 0 < signed < every


def _paid_at_the_counter(db):
    """Four at the clerk's branch, of which one put something down, in a drawer whose shift is open."""
    unpaid = list(db.bookings.find({"payments.0.tender": "counter", "branch_id": "br-berlin"}))
    begun, over = db.shifts.find().sort("number", -1)
    put_down = [each["payments"][1] for each in unpaid if len(each["payments"]) > 1]
    assert (4, 1, "open", "closed") == (len(unpaid), len(put_down), begun["state"], over["state"])
    assert [put_down[0]["id"]] == [move["payment_id"] for move in begun["moves"]]
    sums = {row["kind"]: row["amount"]["minor"] for row in db.ledger.find({"payment_id": put_down[0]["id"]})}
    assert put_down[0]["amount"]["minor"] == sums["charge"] == sums["owner_share"] + sums["platform_share"]


def _somebody_is_late(db, now):
    """At the clerk's branch, in rows and fences alike."""
    here, missed = {"branch_id": "br-berlin"}, {"$lte": now - NO_SHOW_PATIENCE}
    late = list(db.bookings.find({**here, "state": "out", "ends_at": {"$lte": now}}))
    not_come = list(db.bookings.find({**here, "state": "confirmed", "starts_at": missed}))
    assert (2, 1) == (len(late), len(not_come))
    for row in (*late, *not_come):
        fence = db.fences.find_one({"_id": row["car_id"]})
        out = [claim["id"] for claim in fence["claims"] if claim["out"]]
        assert (([row["_id"]], None) if row in late else ([], "br-berlin")) == (out, fence["at"])


def _judge(db):
    assert db.papers.count_documents({}) == sum(row["next"] - 1 for row in db.series.find()) > 100
    assert db.logos.count_documents({"_id": db.legal_data.find_one()["data"]["logo"]})
    periods = defaultdict(list)
    for row in db.bookings.find({"state": {"$in": [*BLOCKING, "completed"]}}).sort("starts_at"):
        periods[row["car_id"]].append((row["starts_at"], row["ends_at"]))
    assert all(earlier[1] <= later[0] for car in periods.values() for earlier, later in pairwise(car))
    blocking = defaultdict(set)
    for row in db.bookings.find({"state": {"$in": list(BLOCKING)}}):
        blocking[row["car_id"]].add(row["_id"])
    for fence in db.fences.find():
        assert blocking[fence["_id"]] == {claim["id"] for claim in fence["claims"]}
    sums = {row["_id"]: row["sum"] for row in db.ledger.aggregate([
        {"$group": {"_id": "$kind", "sum": {"$sum": "$amount.minor"}}}
    ])}  # fmt: skip
    assert sums["charge"] + sums["refund"] == sums["owner_share"] + sums["platform_share"]
