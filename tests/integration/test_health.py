"""The doctor finds what is wrong on real servers, says what to do, and tells no secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import urlsplit

import pytest
import tzdata
from builders import PASSWORD, RATE, World, collections, days, wish
from payments import opened
from proxy import Line, Proxy

from engine.adapters.mongo import client as mongo_client
from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.queries import health as mongo_health
from engine.adapters.mongo.queries.health import MongoHealth
from engine.adapters.mongo.schema.provision import provision
from engine.adapters.redis.rights import USER, acl
from engine.config import Secret
from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarId, CarStatus
from engine.domain.firm.settings import FirmSettings
from engine.domain.health.health import Claimed, HealthArea, Level, Overlaps
from engine.domain.money.ledger import LedgerKind
from engine.domain.shared.errors import Forbidden
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.zones import zones_version
from engine.words.health import facts_of, says, todo

pytestmark = pytest.mark.asyncio


async def findings(world: World, account: str = "admin"):
    async with world.desk(account) as desk:
        report = await desk.admin.health.examine(desk.actor)
    return {finding.area: finding for finding in report.findings}, report


async def plant(world, clerk, *changes):
    """Copies of one booking, written past the fence by the root account."""
    held = await clerk.booking.hold(clerk.actor, wish(clerk))
    rows = []
    for number, change in enumerate(changes):
        copy = replace(held, id=BookingId(f"PLANTED{number:05d}"), intent_key=f"planted-{number}", **change)
        rows.append(booking_document(copy))
    world.db.bookings.insert_many(rows, bypass_document_validation=True)
    return held


async def test_a_firm_that_is_well_has_nothing_bad_and_every_area_is_looked_at(world):
    async with world.desk("worker") as worker:
        await worker.sweeper.sweep()
        world.db.backups.insert_one({"_id": "b.done", "what": "done", "at": worker.clock.now()})

    found, report = await findings(world)

    assert list(HealthArea) == list(found)
    assert [] == [finding for finding in report.findings if finding.level is not Level.GOOD]
    assert Level.GOOD is report.level
    assert dict(facts_of(found[HealthArea.SWEEPER]))["By"] == "worker"


async def test_a_double_booking_planted_past_the_fence_is_found_and_named(world):
    async with world.desk() as clerk:
        mine = days(clerk, 1, 3)
        next_one = RentalPeriod(mine.ends_at, mine.ends_at + timedelta(hours=5))
        held = await plant(world, clerk, {"period": next_one}, {"state": BookingState.RELEASED})
        calm, _ = await findings(world)
        double = RentalPeriod(mine.ends_at - timedelta(milliseconds=1), mine.ends_at)
        world.db.bookings.insert_one(
            booking_document(replace(held, id=BookingId("DOUBLE"), intent_key="double", period=double)),
            bypass_document_validation=True,
        )
        found, report = await findings(world)

    assert Level.GOOD is calm[HealthArea.OVERLAPS].level
    assert (Level.BAD, Level.BAD) == (found[HealthArea.OVERLAPS].level, report.level)
    assert f"car-1: {held.id} and DOUBLE" == dict(facts_of(found[HealthArea.OVERLAPS]))["Double"]
    assert "3" == dict(facts_of(found[HealthArea.OVERLAPS]))["Bookings looked at"]


async def test_the_scan_in_pages_finds_the_same_as_comparing_each_with_each(world, monkeypatch):
    dice = Random(5)  # noqa: S311 -- a test's dice
    async with world.desk() as clerk:
        start = days(clerk, 1, 2).starts_at
        changes = []
        for _ in range(120):
            begin = start + timedelta(hours=dice.randrange(0, 600))
            period = RentalPeriod(begin, begin + timedelta(hours=dice.randrange(1, 30)))
            changes.append({"period": period, "car_id": CarId(f"car-{dice.choice((1, 1, 1, 2, 3, 4))}")})
        await plant(world, clerk, *changes)
    monkeypatch.setattr(mongo_health, "_PAGE", 7)
    client = connect(world.deployment.mongo_url, Credentials("worker", PASSWORD, world.deployment.database))
    inspection, overlaps = MongoHealth(client, world.deployment.database, ServerClock(client)), Overlaps()
    async for claims in inspection.claims():
        overlaps.look(claims)
    await client.close()

    rows = list(world.db.bookings.find())
    expected = {
        frozenset((one["_id"], other["_id"]))
        for one in rows
        for other in rows
        if one["_id"] < other["_id"]
        and one["car_id"] == other["car_id"]
        and one["starts_at"] < other["ends_at"]
        and other["starts_at"] < one["ends_at"]
    }
    assert (121, True) == (overlaps.looked, len(expected) > 20)
    assert expected == {frozenset((one.booking_id, other.booking_id)) for one, other in overlaps.pairs}


async def test_a_booking_that_moved_between_two_pages_is_no_double_booking(world):
    async with world.desk() as clerk:
        held = await plant(world, clerk, {"period": days(clerk, 1, 3)})
    client = connect(world.deployment.mongo_url, Credentials("worker", PASSWORD, world.deployment.database))
    inspection = MongoHealth(client, world.deployment.database, ServerClock(client))
    (claims,) = [claims async for claims in inspection.claims()]
    pair = (claims[0], claims[1])

    assert await inspection.still(pair)
    world.db.bookings.update_one({"_id": held.id}, {"$set": {"state": "released"}}, bypass_document_validation=True)
    assert not await inspection.still(pair)
    await client.close()


async def test_looking_changes_nothing(world):
    async with world.desk() as clerk:
        await clerk.booking.hold(clerk.actor, wish(clerk))
    names = sorted(set(collections(world.db)) - {"sign_ins"})
    before = {name: list(world.db[name].find()) for name in names}

    await findings(world)

    assert before == {name: list(world.db[name].find()) for name in names}


async def test_what_was_changed_by_hand_in_the_schema_is_named_with_the_way_out(world, endpoints):
    world.db.bookings.drop_index("due")
    world.db.command("collMod", "cars", validator={})
    world.db.command("grantPrivilegesToRole", "ds_client", privileges=[
        {"resource": {"db": world.deployment.database, "collection": "cars"}, "actions": ["update"]}
    ])  # fmt: skip
    try:
        found, _ = await findings(world)
        unseen, _ = await findings(world, "worker")
    finally:
        root = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
        await provision(root, world.deployment.database, FirmSettings())
        await root.close()

    schema = found[HealthArea.SCHEMA]
    assert (Level.BAD, "Run: drivesphere provision") == (schema.level, todo(schema))
    wrong = "bookings: index due missing; cars: another validator; role ds_client: other rights"
    assert wrong == dict(facts_of(schema))["Differs"]
    assert "role ds_client" in dict(facts_of(unseen[HealthArea.SCHEMA]))["Not visible to this account"]


@pytest.mark.parametrize(
    ("ago", "level", "told"),
    [(2, Level.GOOD, "2 min"), (5, Level.WARNING, "5 min"), (20, Level.BAD, "20 min"), (4320, Level.BAD, "3 days")],
)
async def test_a_sweeper_that_stays_away_is_told_by_how_long(world, ago, level, told):
    async with world.desk("worker") as worker:
        await worker.sweeper.sweep()
        await worker.afterwards.look_if_due()
        past = worker.clock.now() - timedelta(minutes=ago)
        world.db.rounds.update_one({"_id": "sweeper"}, {"$set": {"at": past}})
        world.db.rounds.delete_one({"_id": "disputes"})

    found, _ = await findings(world)

    assert level is found[HealthArea.SWEEPER].level
    assert f"Last swept by worker {told} ago." in says(found[HealthArea.SWEEPER])
    facts = dict(facts_of(found[HealthArea.SWEEPER]))
    assert facts["Refunds read again"].endswith("by worker")
    assert facts["Disputes read again"] == "never"


async def test_without_redis_the_rest_is_looked_at_all_the_same(world):
    away = World(replace(world.deployment, redis_url=Secret("redis://127.0.0.1:1/0")), world.db, world.redis)

    found, _ = await findings(away)

    assert Level.WARNING is found[HealthArea.CACHE].level
    assert Level.GOOD is found[HealthArea.LEDGER].level


async def test_a_redis_that_is_full_is_not_well_though_it_answers(world):
    before = world.redis.config_get("maxmemory*")
    world.redis.config_set("maxmemory", 1)
    try:
        found, _ = await findings(world)
    finally:
        world.redis.config_set("maxmemory", before["maxmemory"])

    assert "noeviction" == before["maxmemory-policy"]
    assert (Level.WARNING, True) == (found[HealthArea.CACHE].level, "memory is full" in says(found[HealthArea.CACHE]))
    assert "maxmemory" in todo(found[HealthArea.CACHE])


@pytest.mark.parametrize("missing", ["set", "ping"])
async def test_a_redis_whose_account_has_too_few_rights_is_named_with_the_way_out(world, missing):
    world.redis.acl_setuser(USER, enabled=True, commands=[f"-{missing}"])
    try:
        found, _ = await findings(world)
    finally:
        world.redis.execute_command("ACL", "SETUSER", USER, *acl())

    assert (Level.WARNING, True) == (
        found[HealthArea.CACHE].level,
        "refuses this account" in says(found[HealthArea.CACHE]),
    )
    assert "redis-account --rights-only" in todo(found[HealthArea.CACHE])


async def test_without_mongodb_it_is_said_once_and_nothing_else_waits_for_it(world, monkeypatch):
    monkeypatch.setattr(mongo_client, "OPERATION_S", 1.0)
    heard, asked = [], []
    async with Proxy(urlsplit(world.deployment.mongo_url).port) as proxy:
        url = f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true"
        behind = World(replace(world.deployment, mongo_url=url), world.db, world.redis)
        async with behind.desk("admin") as desk:
            inspection = desk.admin.health.inspection
            monkeypatch.setattr(type(inspection), "sums", lambda _self: asked.append("sums"))
            await proxy.move_to(Line.CUT)
            report = await desk.admin.health.examine(desk.actor, heard.append)

    found = {finding.area: finding for finding in report.findings}
    assert (list(HealthArea), tuple(heard)) == (list(found), report.findings)
    assert (Level.BAD, "MongoDB does not answer.") == (
        found[HealthArea.DATABASE].level,
        says(found[HealthArea.DATABASE]),
    )
    assert "network" in todo(found[HealthArea.DATABASE])
    in_it = [
        HealthArea.SWEEPER,
        HealthArea.SCHEMA,
        HealthArea.OVERLAPS,
        HealthArea.TERMS,
        HealthArea.LEDGER,
        HealthArea.RECONCILE,
    ]
    assert {(Level.UNKNOWN, "Not looked at, because MongoDB does not answer.")} == {
        (found[area].level, says(found[area])) for area in in_it
    }
    assert [Level.GOOD] * 3 == [
        found[area].level for area in (HealthArea.CACHE, HealthArea.STRIPE, HealthArea.VERSIONS)
    ]
    assert [] == asked


async def test_without_a_stripe_key_it_says_so_and_with_one_it_never_tells_it(world):
    keyless = World(replace(world.deployment, stripe_key=Secret(), stripe_url=""), world.db, world.redis)

    bare, _ = await findings(keyless)
    keyed, report = await findings(world)

    assert (Level.UNKNOWN, Level.UNKNOWN) == (bare[HealthArea.STRIPE].level, bare[HealthArea.RECONCILE].level)
    assert {"Mode": "sandbox", "Key": "secret"} == dict(facts_of(keyed[HealthArea.STRIPE])[:2])
    assert world.deployment.stripe_key.reveal() not in repr(report)


FORGED = {
    "a rate": {"terms.daily_rate.minor": 1},
    "a currency": {"terms.daily_rate.currency": "JPY"},
    "an owner": {"terms.owner_id": "owner-2"},
    "a branch": {"terms.branch_id": "br-lisbon"},
    "a zone": {"terms.zone": "Mars/Base"},
    "a label": {"terms.label": "Bentley"},
    "a number of the series to come": {"terms.n": 2},
    "a number far off": {"terms.n": 2**40},
}


@pytest.mark.parametrize("forged", FORGED)
async def test_a_fence_with_other_terms_than_the_latest_of_its_series_is_found_and_healed(world, forged):
    world.db.fences.update_one({"_id": "car-2"}, {"$set": FORGED[forged]}, bypass_document_validation=True)

    found, _ = await findings(world)
    async with world.desk("owner") as owner:
        for status in (CarStatus.MAINTENANCE, CarStatus.ACTIVE):
            await owner.fleet.set_status(owner.actor, await owner.fleet.car(owner.actor, "car-2"), status)
    after, _ = await findings(world)

    assert (Level.BAD, (("Cars", "car-2"),)) == (found[HealthArea.TERMS].level, facts_of(found[HealthArea.TERMS]))
    assert Level.GOOD is after[HealthArea.TERMS].level
    assert 1 == world.db.car_terms.count_documents({"car_id": "car-2"})


async def test_shares_that_do_not_add_up_and_terms_of_another_zone_are_found(world):
    for rows, car in ((world.db.fences, {"_id": "car-2"}), (world.db.car_terms, {"car_id": "car-2"})):
        rows.update_one(car, {"$set": {"terms.zone": "Europe/Lisbon"}})
    async with world.desk() as clerk:
        held = await clerk.booking.hold(clerk.actor, wish(clerk))
        row = {
            "booking_id": held.id, "payment_id": held.payment.id, "source_id": "pi_1", "car_id": "car-1",
            "owner_id": "owner-1",
            "branch_id": "br-berlin", "at": clerk.clock.now(),
        }  # fmt: skip
    amounts = {LedgerKind.CHARGE: RATE.minor, LedgerKind.OWNER_SHARE: RATE.minor - 751, LedgerKind.PLATFORM_SHARE: 750}
    world.db.ledger.insert_many(
        [{**row, "kind": kind, "amount": {"minor": minor, "currency": "EUR"}} for kind, minor in amounts.items()]
    )

    found, _ = await findings(world)

    assert (Level.BAD, (("EUR", "1 minor units over"),)) == (
        found[HealthArea.LEDGER].level,
        facts_of(found[HealthArea.LEDGER]),
    )
    assert (Level.WARNING, (("Cars", "car-2"),)) == (found[HealthArea.TERMS].level, facts_of(found[HealthArea.TERMS]))


@pytest.mark.parametrize("days", [(-900, -30), (-900, 2_900_000), (-900,)])
async def test_a_row_of_many_times_ends_no_sum_and_is_in_none(world, days):
    """Written past the rules of the database; the row of today is beyond it."""
    now = datetime.now(UTC)
    row = {"booking_id": "B", "car_id": "car-1", "owner_id": "owner-1", "branch_id": "br-berlin", "kind": "charge"}
    of = [
        row | {"source_id": f"s{n}", "amount": {"minor": minor, "currency": "EUR"}} for n, minor in ((1, 1000), (2, 7))
    ]
    times = [now + timedelta(days=each) for each in days]
    rows = [of[0] | {"at": times}, of[1] | {"at": now - timedelta(days=1)}]
    world.db.ledger.insert_many(rows, bypass_document_validation=True)

    async with world.desk("admin") as admin:
        sums = await admin.admin.health.inspection.sums()

    assert 7 == sums["EUR"].minor


async def test_a_desk_with_another_table_of_zones_is_named_and_its_own_is_told(world):
    found, _ = await findings(world)
    assert Level.GOOD is found[HealthArea.VERSIONS].level
    assert tzdata.IANA_VERSION == dict(facts_of(found[HealthArea.VERSIONS]))["Time zones"] == zones_version()

    now = datetime.now(UTC)
    for desk, zones, ago in (("old-desk", "2024a", 1), ("gone-desk", "2019c", 40), ("mended-desk", "2024a", 2)):
        world.db.sign_ins.insert_one(
            {"account": "clerk", "at": now - timedelta(days=ago), "desk": desk, "zones": zones}
        )
    world.db.sign_ins.insert_one({"account": "clerk", "at": now, "desk": "mended-desk", "zones": zones_version()})
    world.db.sign_ins.insert_one({"account": "clerk", "at": now, "desk": "older-release", "zones": ""})
    found, _ = await findings(world)

    assert Level.WARNING is found[HealthArea.VERSIONS].level
    assert ("Others", "old-desk: 2024a") in facts_of(found[HealthArea.VERSIONS])
    assert zones_version() in says(found[HealthArea.VERSIONS])


async def test_signing_in_notes_which_table_the_desk_reads(world):
    async with world.desk("clerk"):
        pass

    assert zones_version() == world.db.sign_ins.find_one(sort=[("at", -1)])["zones"]


async def test_only_admins_and_the_worker_may_look(world):
    for account in ("clerk", "owner", "renter"):
        with pytest.raises(Forbidden):
            await findings(world, account)


def _claim(number: int, first: int, last: int) -> Claimed:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    return Claimed(str(number), "car-1", start + timedelta(hours=first), start + timedelta(hours=last))


async def test_one_long_booking_over_many_short_ones_is_paired_with_each():
    overlaps = Overlaps()
    overlaps.look([_claim(0, 0, 100), *(_claim(n, n * 10, n * 10 + 10) for n in range(1, 5))])

    assert 4 == len(overlaps.pairs)


async def test_what_is_written_past_the_program_ends_no_look_and_a_car_beside_its_fence_is_named(world):
    strange = {"_id": "nobody", "name": "N", "renter": {}, "public": b"", "active": True, "since": datetime.now(UTC)}
    world.db.wish_keys.insert_one(strange, bypass_document_validation=True)
    world.db.deployment.insert_one({"_id": "epoch"})
    world.db.cars.update_one({"_id": "car-1"}, {"$set": {"status": "maintenance"}})
    world.db.cars.update_one({"_id": "car-2"}, {"$set": {"daily_rate.minor": 1}})
    try:
        found, _ = await findings(world)
    finally:
        world.db.wish_keys.delete_one({"_id": "nobody"})
        world.db.deployment.delete_one({"_id": "epoch"})

    assert [] == [says(each) for each in found.values() if "could not be looked at" in says(each)]
    assert Level.BAD is found[HealthArea.TERMS].level
    assert "car-1; car-2" == dict(facts_of(found[HealthArea.TERMS]))["Cars"]


async def test_a_refund_that_no_counter_may_make_is_told(world, stripe):
    """Whether a car was gone or a rental took place, only the ledger tells, and counters may not read it."""
    async with world.desk() as clerk:
        booking = await opened(clerk)
        await stripe.pay(booking)
        await clerk.payment.settle(clerk.actor, booking.id)
        ago = {minutes: clerk.clock.now() - timedelta(minutes=minutes) for minutes in (62, 61, 60, 20)}
        states = ("held", "releasing", "released", "refund_due")
        story = [{"state": state, "at": at, "by": "x"} for state, at in zip(states, ago.values(), strict=True)]
        due = {"state": "refund_due", "history": story, "due_at": ago[20], "created_at": ago[62]}
        world.db.bookings.update_one({"_id": booking.id}, {"$set": due | {"hold_until": ago[61]}})
        await clerk.sweeper.sweep()

        finding = (await findings(world))[0][HealthArea.SWEEPER]

        assert Level.BAD is finding.level
        assert "1 refund of taken money" in says(finding)
        assert "may not read the ledger" in todo(finding)
