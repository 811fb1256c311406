"""From the stored database of release 0.1.0 to the shapes of this one, beside desks, and through every kill."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import NamedTuple

import pymongo
import pytest
import pytest_asyncio
import stored
from builders import ACCOUNTS, PASSWORD, World, collections, wish
from pymongo.errors import WriteError
from refusing import refused

from engine.adapters.mongo.client import CODEC, Credentials, connect, database
from engine.adapters.mongo.codec.bookings import BOOKING
from engine.adapters.mongo.codec.documents import BRANCH, CAR, LEDGER
from engine.adapters.mongo.codec.people import PERSON
from engine.adapters.mongo.codec.renter_files import FILE
from engine.adapters.mongo.codec.settings import REVISION
from engine.adapters.mongo.codec.stored import Stored
from engine.adapters.mongo.schema import migrate as mongo_migrate
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.provision import create_account, provision
from engine.adapters.mongo.schema.rules import VALIDATORS
from engine.bootstrap import open_engine
from engine.domain.booking.states import BLOCKING
from engine.domain.car.opening_hours import OutsideRule, TurnRound, every_day
from engine.domain.firm.settings import FirmSettings
from engine.domain.shared.errors import DatabaseTooOld, ProgramTooOld
from engine.words.problems import told as words
from engine.words.provisioning import written

pytestmark = pytest.mark.asyncio
NAME = "ds_stored"
#: The one moment in which the live bookings of all these tests are as old as they were.
MOVED = datetime.now(UTC)
HOUR = timedelta(hours=1)


class Table(NamedTuple):
    """Attributes: ``past`` are the fields that the driver adds, and what old rows may have more of."""

    of: Stored
    past: tuple[str, ...] = ()


#: Every table of which release 0.1.0 left rows.
TABLES = {
    "branches": Table(BRANCH),
    "cars": Table(CAR),
    "renters": Table(FILE),
    "bookings": Table(BOOKING),
    "people": Table(PERSON),
    "settings": Table(REVISION),
    "ledger": Table(LEDGER, ("_id",)),
}
#: So many kills are spread over all writes, beside the first and the last; ten times as many in the faults' long form.
_KILLS = 40 if os.environ.get("FAULTS") == "long" else 4
KILLED = """
import asyncio, os, signal, sys
import pymongo.monitoring as monitoring
from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.schema.provision import provision
from engine.domain.firm.settings import FirmSettings

url, name, password, database = sys.argv[1:]
WRITES = {"update", "insert", "findAndModify", "collMod", "createIndexes"}

class Kill(monitoring.CommandListener):
    def started(self, event):
        if event.command_name in WRITES:
            Kill.left -= 1
            if Kill.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    def succeeded(self, event): pass
    def failed(self, event): pass

monitoring.register(Kill())

async def main():
    client = connect(url, Credentials(name, password, "admin"))
    await provision(client, database, FirmSettings())
    await client.close()

# The drivers are loaded once; each run is a process of its own.
for line in sys.stdin:
    Kill.left = at = int(line)
    child = os.fork()
    if not child:
        asyncio.run(main())
        print(at - Kill.left, end=" ", flush=True)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def _admin(endpoints):
    return connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))


@pytest.fixture(scope="module")
def provisioned(endpoints, root):
    """Accounts, roles and indexes: all that ``stored.restore`` leaves as it is."""

    async def prepare():
        async with _admin(endpoints) as admin:
            await provision(admin, NAME, FirmSettings())
            for account in ACCOUNTS:
                await create_account(admin, NAME, account)

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(prepare())
    yield
    root[NAME].command("dropAllUsersFromDatabase")
    root[NAME].command("dropAllRolesFromDatabase")
    root.drop_database(NAME)


@pytest_asyncio.fixture
async def client(endpoints, provisioned):
    async with _admin(endpoints) as admin:
        yield admin


@pytest.fixture
def old(world, provisioned, root) -> World:
    """The stored database as a deployment, as old as it was when it was stored."""
    made = replace(
        world, deployment=replace(world.deployment, database=NAME), db=root.get_database(NAME, codec_options=CODEC)
    )
    stored.restore(made.db, now=MOVED)
    return made


def all_rows(db) -> dict:
    """Everything but what tells of the run itself."""
    names = sorted(set(stored.collections()) - {"deployment", "people", "roster", "sign_ins"})
    found = {name: list(db[name].find().sort("_id", 1)) for name in names}
    return {**found, "car_terms": list(db.car_terms.find({}, {"_id": 0, "at": 0}).sort("car_id", 1))}


def schema(db) -> dict:
    return db.deployment.find_one({"_id": "schema"})


def whole(db) -> dict:
    return {name: list(db[name].find().sort("_id", 1)) for name in collections(db)}


async def test_the_stored_database_comes_to_this_version_once_and_says_so(client, old):
    lines = [written(each) for each in await provision(client, NAME, FirmSettings())]
    after = all_rows(old.db)
    again = [written(each) for each in await provision(client, NAME, FirmSettings())]

    assert f"schema: version {LATEST}, none before" == lines[-1]
    assert LATEST == schema(old.db)["version"]
    assert "to" not in schema(old.db)
    assert {LATEST} == {fence["schema"] for fence in after["fences"]}
    assert [] == again
    assert after == all_rows(old.db)


async def test_whoever_waits_is_told_what_is_rewritten_and_how_much_of_it(client, old, monkeypatch):
    bookings = old.db.bookings.count_documents({})
    monkeypatch.setattr(mongo_migrate, "_TELL_EVERY_S", 0.0)
    heard, spared = [], []

    await provision(client, NAME, FirmSettings(), lambda each: heard.append(words(each)))
    await provision(client, NAME, FirmSettings(), spared.append)

    told = [
        re.fullmatch(r"schema (\d+) of (\d+): ([a-z -]+), ([\d,]+)(?: of ([\d,]+))? rewritten", line) for line in heard
    ]
    steps = [match.groups() for match in told if match]
    numbers = [int(number) for number, *_ in steps]
    assert {str(LATEST)} == {latest for _, latest, *_ in steps}
    assert {3, 4, 7} <= set(numbers)
    assert ("4", "cars and bookings") in {(number, what) for number, _, what, *_ in steps}
    for number, _, _, done, of in steps:
        if number in "347":
            assert int(done.replace(",", "")) <= int(of.replace(",", "")), number
    assert f"{bookings:,} of {bookings:,} rewritten" in " ".join(line for line in heard if line.startswith("schema 7"))
    assert [] == spared


async def test_told_no_more_often_than_anybody_reads():
    heard = []
    told = mongo_migrate._Told(mongo_migrate.MIGRATIONS[0], 1_000, heard.append)
    for _ in range(1_000):
        told(1)

    assert [1] == [each.facts["done"] for each in heard]


async def test_every_row_fits_the_validators_that_come_after_it(client, old):
    await provision(client, NAME, FirmSettings())

    for name in VALIDATORS:
        validator = next(iter(old.db.list_collections(filter={"name": name})))["options"]["validator"]
        assert 0 == old.db[name].count_documents({"$nor": [validator]}), name


@pytest.mark.parametrize("name", TABLES)
async def test_every_old_row_is_read_by_its_table_and_is_what_that_would_write(client, old, name):
    await provision(client, NAME, FirmSettings())
    rows = list(old.db[name].find())

    assert rows
    for row in rows:
        kept = {field: value for field, value in row.items() if field not in TABLES[name].past}
        assert kept == TABLES[name].of.document_of(TABLES[name].of.record_of(row))


async def test_branches_are_proposed_codes_by_their_city_and_nobody_has_confirmed_one(client, old):
    await provision(client, NAME, FirmSettings())

    codes = {row["city"]: row["code"] for row in old.db.branches.find()}
    assert {"Athens": "ATH", "Berlin": "BER", "Dublin": "DUB"}.items() <= codes.items()
    assert len(set(codes.values())) == old.db.branches.count_documents({"code_confirmed": False})


def _handed_over(old_claim, home, out):
    times = {"starts_at": old_claim["starts_at"], "ends_at": old_claim["ends_at"], "free_at": old_claim["ends_at"]}
    way = {"from": home, "to": home}
    return {"id": old_claim["booking_id"], "kind": "booking", **times, "out": out, **way, "floats": False}


async def test_claims_get_the_kind_of_a_booking_and_keep_their_days(client, old):
    before = {fence["_id"]: fence["claims"] for fence in old.db.fences.find()}
    blocking = {row["_id"] for row in old.db.bookings.find({"state": {"$in": list(BLOCKING)}})}
    by_now = {"state": "confirmed", "starts_at": {"$lte": datetime.now(UTC)}}
    begun = {row["_id"] for row in old.db.bookings.find(by_now)}

    lines = [written(each) for each in await provision(client, NAME, FirmSettings())]

    after = {fence["_id"]: fence["claims"] for fence in old.db.fences.find()}
    homes = {fence["_id"]: fence["terms"]["branch_id"] for fence in old.db.fences.find()}
    out = {row["_id"] for row in old.db.bookings.find({"state": "out"})}
    assert f"schema 3: {sum(map(bool, before.values()))} fences rewritten" in lines
    assert blocking == {claim["id"] for claims in after.values() for claim in claims}
    assert after == {
        car: [_handed_over(each, homes[car], each["booking_id"] in out) for each in claims]
        for car, claims in before.items()
    }
    assert out == begun
    for fence in old.db.fences.find():
        assert fence["at"] == (None if any(each["out"] for each in fence["claims"]) else homes[fence["_id"]])


async def test_what_a_desk_claims_in_the_middle_of_the_rewriting_is_kept(client, old, monkeypatch):
    """Between the reading of a fence and its writing, as release 0.1.0 claimed; without ``seq`` it would be lost."""
    kinds = import_module("engine.adapters.mongo.schema.migrations.0003_claims_have_kinds")
    rewritten, wrote = kinds._claim, []

    def claim_of(claim):
        fence = old.db.fences.find_one({"claims.booking_id": claim["booking_id"]}) if not wrote else None
        if fence:
            late = {"booking_id": "MEANWHILE", "starts_at": claim["ends_at"], "ends_at": claim["ends_at"] + HOUR}
            wrote.append(fence["_id"])
            old.db.fences.update_one({"_id": fence["_id"]}, {"$inc": {"seq": 1}, "$push": {"claims": late}})
        return rewritten(claim)

    monkeypatch.setattr(kinds, "_claim", claim_of)
    await kinds.up(database(client, NAME))

    claims = old.db.fences.find_one({"_id": wrote[0]})["claims"]
    assert ("MEANWHILE", "booking") == (claims[-1]["id"], claims[-1]["kind"])
    assert 2 == len(claims)
    assert 0 == old.db.fences.count_documents({"claims.booking_id": {"$exists": True}})


async def test_each_car_begins_its_series_with_the_terms_it_had_and_bookings_are_older(client, old):
    before = {fence["_id"]: fence["terms"] for fence in old.db.fences.find()}
    bookings = {row["_id"]: row for row in old.db.bookings.find()}

    await provision(client, NAME, FirmSettings())

    series = {row["car_id"]: row for row in old.db.car_terms.find()}
    assert {car: (1, terms, "provision") for car, terms in before.items()} == {
        car: (row["n"], row["terms"], row["by"]) for car, row in series.items()
    }
    assert {car: {**terms, "n": 1} for car, terms in before.items()} == {
        fence["_id"]: fence["terms"] for fence in old.db.fences.find()
    }
    later = dict.fromkeys(("search_keys", "payments", "turn_minutes", "free_at", "state", "history", "version"))
    told_before = {"attempts", "refund", "trouble"}
    assert {
        booking_id: {
            **{name: value for name, value in row.items() if name not in told_before},
            **later,
            "priced": {"car_id": row["car_id"], "terms_n": 0},
        }
        for booking_id, row in bookings.items()
    } == {row["_id"]: {**row, **later} for row in old.db.bookings.find()}


async def test_what_a_booking_was_paid_by_becomes_its_first_payment_and_the_ledger_names_it(client, old):
    """Nothing that Stripe was asked or told changes; a row whose id no release wrote is left as it is."""
    kept = {"why": "slow", "since": MOVED, "tries": 2, "again_at": None, "code": "unavailable"}
    old.db.bookings.update_one({"refund": {"$exists": True}}, {"$set": {"trouble": kept}})
    bookings = {row["_id"]: row for row in old.db.bookings.find()}
    ledger = {row["_id"]: row for row in old.db.ledger.find()}
    assert {"refund", "trouble"} <= {name for row in bookings.values() for name in row}
    strange = {**next(iter(bookings.values())), "_id": 7, "intent_key": "strange"}
    strange.pop("session_ids", None)
    old.db.bookings.insert_one(strange, bypass_document_validation=True)

    await provision(client, NAME, FirmSettings())

    assert strange == {**old.db.bookings.find_one({"_id": 7}), "search_keys": strange["search_keys"]}
    assert {
        booking_id: {
            "id": f"{booking_id}:1",
            "purpose": "rental",
            "tender": "checkout",
            "amount": {"minor": row["quote"]["total"], "currency": row["quote"]["currency"]},
            "attempts": row["attempts"],
            "refunds": [row["refund"]] if "refund" in row else [],
            **({"trouble": row["trouble"]} if "trouble" in row else {}),
        }
        for booking_id, row in bookings.items()
    } == {row["_id"]: row["payments"][0] for row in old.db.bookings.find({"_id": {"$ne": 7}})}
    assert {row_id: {**row, "payment_id": f"{row['booking_id']}:1"} for row_id, row in ledger.items()} == {
        row["_id"]: row for row in old.db.ledger.find()
    }


async def test_a_branch_is_open_every_day_as_it_was_and_all_is_allowed_out_of_hours(client, old):
    before = {row["_id"]: row for row in old.db.branches.find()}

    await provision(client, NAME, FirmSettings())

    after = {row["_id"]: BRANCH.record_of(row) for row in old.db.branches.find()}
    assert {name: every_day(row["opens"], row["closes"]) for name, row in before.items()} == {
        name: branch.hours for name, branch in after.items()
    }
    assert all(rule == OutsideRule() for each in after.values() for rule in each.hours.out_of_hours.named.values())
    assert {TurnRound()} == {each.hours.turn for each in after.values()}
    told = ("name", "city", "address", "zone")
    assert {name: [row[each] for each in told] for name, row in before.items()} == {
        name: [getattr(branch, each) for each in told] for name, branch in after.items()
    }


async def test_what_an_owner_edits_in_the_middle_of_the_seeding_is_the_first_of_the_series(client, old, monkeypatch):
    """After the row was written and before the fence names it, as release 0.1.0 edited."""
    seeding = import_module("engine.adapters.mongo.schema.migrations.0004_terms_are_a_series")
    edited = []

    class Late(datetime):
        @classmethod
        def now(cls, zone=None):
            if not edited:
                edited.append(True)
                change = {"$set": {"terms.daily_rate.minor": 1234}, "$inc": {"seq": 1}}
                old.db.fences.update_many({}, change)
            return datetime.now(zone)

    monkeypatch.setattr(seeding, "datetime", Late)
    await seeding.up(database(client, NAME))

    assert {1234} == {row["terms"]["daily_rate"]["minor"] for row in old.db.car_terms.find()}
    assert {1234} == {fence["terms"]["daily_rate"]["minor"] for fence in old.db.fences.find()}
    assert {1} == {fence["terms"]["n"] for fence in old.db.fences.find()}


@pytest.fixture
def doomed(endpoints):
    """Provisions in another process, and kills that one at the write of that number: how it ended, as told."""
    asked = [endpoints.mongo_url, endpoints.root_name, endpoints.root_password, NAME]
    with subprocess.Popen(  # noqa: S603 -- ourselves
        [sys.executable, "-c", KILLED, *asked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as nursery:

        def run(at: int) -> list[int]:
            print(at, file=nursery.stdin, flush=True)
            return [int(word) for word in nursery.stdout.readline().split()]

        yield run
        nursery.stdin.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_killed_at_any_write_and_run_again_it_ends_the_same(client, old, doomed):
    await provision(client, NAME, FirmSettings())
    wanted = all_rows(old.db)
    stored.restore(old.db, now=MOVED)
    writes, ended = await asyncio.to_thread(doomed, 1_000_000)
    assert 0 == ended

    for at in sorted({0, 1, 5, *range(9, writes, max(1, writes // _KILLS)), writes - 1}):
        stored.restore(old.db, now=MOVED)
        ended = await asyncio.to_thread(doomed, at)
        lines = [written(each) for each in await provision(client, NAME, FirmSettings())]

        assert [-9] == ended
        assert f"schema: version {LATEST}, none before" == lines[-1]
        assert "to" not in schema(old.db)
        assert wanted == all_rows(old.db), f"killed at write {at} of {writes}"


async def test_a_program_of_this_release_writes_nothing_before_provisioning(old):
    before = whole(old.db)

    for account in ("clerk", "owner", "admin", "worker", "renter"):
        with refused(DatabaseTooOld, match="run provision"):
            async with open_engine(old.deployment, account, PASSWORD):
                pass

    assert before == whole(old.db)


@pytest.mark.parametrize("told", [{"version": LATEST + 1}, {"version": LATEST, "to": LATEST + 1}])
async def test_a_program_older_than_the_schema_writes_nothing_and_asks_stripe_nothing(client, old, stripe, told):
    await provision(client, NAME, FirmSettings())
    wishes = {}
    async with old.desk() as desk, old.desk("worker") as worker:
        waiting = await desk.booking.hold(desk.actor, wish(desk, car="car-14", key="before"))
        old.db.deployment.update_one({"_id": "schema"}, {"$set": told})
        old.db.fences.update_many({}, {"$set": {"schema": LATEST + 1}}, bypass_document_validation=True)
        before, pages = whole(old.db), await stripe.pages(waiting)

        for name, write in {
            "hold": lambda: desk.booking.hold(desk.actor, wish(desk, car="car-13", key="after")),
            "settle": lambda: desk.payment.settle(desk.actor, waiting.id),
            "give up": lambda: desk.rental.give_up(desk.actor, waiting.id),
        }.items():
            try:
                await write()
            except ProgramTooOld as problem:
                wishes[name] = problem.schema
        await worker.sweeper.sweep()
        with pytest.raises(ProgramTooOld):
            async with open_engine(old.deployment, "clerk", PASSWORD):
                pass
        with pytest.raises(ProgramTooOld):
            await provision(client, NAME, FirmSettings())

        assert before == whole(old.db)
        assert pages == await stripe.pages(waiting) == []
    assert {"hold": LATEST + 1, "settle": LATEST + 1, "give up": LATEST + 1} == wishes


async def test_a_desk_of_release_0_1_0_can_write_neither_fences_nor_bookings_any_more(client, old, endpoints):
    """It asks for no schema; its writes, as that release sent them, meet the mark on the fence and the validators."""
    bookings = {row["_id"]: row for row in old.db.bookings.find()}
    await provision(client, NAME, FirmSettings())
    held = old.db.bookings.find_one({"intent_key": "live_held_prepared"})
    claim = {"booking_id": "NEW", "starts_at": held["starts_at"], "ends_at": held["ends_at"]}
    with pymongo.MongoClient(endpoints.mongo_url, username="clerk", password=PASSWORD, authSource=NAME) as desk:
        before = all_rows(old.db)
        for change in (
            {"$inc": {"seq": 1}, "$push": {"claims": claim}},
            {"$inc": {"seq": 1}, "$set": {"claims": [claim]}},
            {"$unset": {"schema": ""}, "$inc": {"seq": 1}},
        ):
            with pytest.raises(WriteError, match="failed validation"):
                desk[NAME].fences.update_one({"_id": "car-14"}, change)
        for row in bookings.values():
            seen = {"_id": row["_id"]}
            with pytest.raises(WriteError, match="failed validation"):
                desk[NAME].bookings.replace_one(seen, {**row, "version": row["version"] + 1})
        with pytest.raises(WriteError, match="failed validation"):
            desk[NAME].bookings.insert_one({**held, "_id": "NEW", "intent_key": "new"} | {"priced": None})

    assert before == all_rows(old.db)
