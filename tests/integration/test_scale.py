"""A firm of some size: seeded the same every time, and read without looking at what is not told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import scale_seed
from examined import examined
from scale_firm import ADMIN, PASSWORD, ScaledFirm
from scale_reads import DESKS, Reads
from scale_seed import seed

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.schema.rules import VALIDATORS
from engine.bootstrap import open_engine
from engine.config import Secret
from engine.domain.firm.freshness import EVERYTHING
from engine.wiring.deployment import Deployment
from engine.words.health import written

_NAME = "ds_scaled"
_CARS, _BRANCHES = 600, 12
_NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)


class _CutOff(Exception):
    pass


def _root(endpoints):
    return connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))


async def _seed(endpoints, name, cars, branches, monkeypatch=None, *, breaks_at=None):
    """The firm as it stands; with *breaks_at* it is cut off while that block is stored."""
    client = _root(endpoints)
    put = scale_seed._put

    async def cut_off(client, name, drawn, blocks=0, now=None):
        if blocks - 1 == breaks_at:
            await put(client, name, {"cars": drawn["cars"], "bookings": drawn["bookings"][:100]})
            raise _CutOff
        await put(client, name, drawn, blocks, now)

    if breaks_at is not None:
        monkeypatch.setattr(scale_seed, "_put", cut_off)
    try:
        return await seed(client, name, cars, branches, _NOW, lambda _: None)
    finally:
        if breaks_at is not None:
            monkeypatch.setattr(scale_seed, "_put", put)
        await client.close()


#: What may examine more than ``_MOST`` documents for one that it returns, and why.
_EXCEPT = {
    "facets": "what a branch's cars have in common is drawn from all of them; kept in the cache",
    "search by": "a page and its count come from one look at the branch's cars",
    "taken cars": "the same, and which cars could be had instead",
    "text short": "one sign fits most rows, and the scope's are looked through until a page is full",
    "bookings fleet text": "a view has no index of what it lets owners find: the rows of the fleet are looked through",
    "people disabled": "there are as many people as branches and owners",
    "fleet out": "of a fleet each fence is asked, and one car in ten is out",
}
_MOST = 20
#: Read whole: there are as many rows as branches, or as somebody decided.
_SMALL = {"branches", "settings", "deployment"}
#: Keys of a command that returns rows: those of one branch, account or fleet.
_SCOPE = 2 * 10 * _CARS // _BRANCHES


@pytest.fixture(scope="module")
def scaled(endpoints, root):
    """The place of a firm, its database and what it was drawn from."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        firm = runner.run(_seed(endpoints, _NAME, _CARS, _BRANCHES))
    yield Deployment(endpoints.mongo_url, Secret(endpoints.redis_url), _NAME), root[_NAME], firm
    root[_NAME].command("dropAllUsersFromDatabase")
    root.drop_database(_NAME)


@pytest.mark.asyncio
@pytest.mark.parametrize("account", DESKS)
async def test_no_list_count_or_search_examines_what_it_does_not_tell(scaled, account):
    deployment, db, firm = scaled
    beyond = []
    async with open_engine(deployment, account, PASSWORD, background=False) as desk:
        for name, ask in Reads(desk, firm).all():
            await desk.cache.bump([EVERYTHING])
            commands = await examined(db, ask)

            assert commands, name
            known = any(part in name for part in _EXCEPT)
            for each in commands:
                listed = each.what == "find" or (each.what == "aggregate" and each.returned > 1)
                if each.per_row > _MOST and not known:
                    beyond.append(f"{name}: {each}")
                elif "COLLSCAN" in each.plan and each.where not in _SMALL and not known:
                    beyond.append(f"{name}: without an index: {each}")
                elif each.what == "getMore":
                    beyond.append(f"{name}: in two answers: {each}")
                elif "text" in name and listed and each.keys > _MOST * each.returned + _SCOPE:
                    beyond.append(f"{name}: too many keys: {each}")
    assert [] == beyond


#: Of one page of the doctor's, as the test has them, and whatever stands beside a row of it.
_PAGES = {"claims._PAGE": 97, "claims._SHAPES": 500, "claims._CARS": 200, "series._PAGE": 97}
_PAGES |= {"strangers._PAGE": 300, "health._PAGE": 500}
_LARGEST = 6 * 500


def _spoil(db):
    """A fault of each kind, none on a first page; what takes them back."""
    car, last = db.fences.find_one({"_id": "ca-000400"}), db.fences.find_one(sort=[("_id", -1)])
    booking = db.bookings.find_one({"state": "confirmed", "car_id": {"$gt": "ca-000500"}})
    row, told = db.ledger.find_one(sort=[("at", -1)]), db.audit.find_one(sort=[("_id", -1)])
    faults = [
        (db.fences, car, {"seq": -1}),
        (db.fences, last, {"terms.daily_rate.minor": 1}),
        (db.bookings, booking, {"car_id": "zz-none"}),
        (db.ledger, row, {"amount.minor": row["amount"]["minor"] + 1}),
        (db.audit, told, {"what": 5}),
    ]
    for rows, found, change in faults:
        rows.update_one({"_id": found["_id"]}, {"$set": change}, bypass_document_validation=True)
    return lambda: [rows.replace_one({"_id": found["_id"]}, found) for rows, found, _ in faults]


@pytest.mark.asyncio
async def test_the_doctor_reads_a_page_at_a_time_and_misses_none(scaled, monkeypatch):
    deployment, db, _ = scaled
    for name, size in _PAGES.items():
        monkeypatch.setattr(f"engine.adapters.mongo.queries.{name}", size)
    async with open_engine(deployment, ADMIN, PASSWORD, background=False) as desk:
        inspection, told, heard = desk.admin.health.inspection, {}, []

        async def look():
            now, most = desk.clock.now(), timedelta(minutes=5)
            told["claims"] = await inspection.claims_beside_bookings(now, most, heard.append)
            told["rows"] = await inspection.rows_beside_shapes(most, heard.append)
            told["terms"] = await inspection.terms_beside_series()
            told["sums"] = await inspection.sums()
            told["zones"] = await inspection.strange_terms()

        commands = await examined(db, look)
        assert [] == [str(each) for each in commands if each.docs > max(_LARGEST, _CARS)]
        assert ([], []) == (told["claims"].lines, told["rows"].lines)
        assert (600, [], [], 0) == (told["claims"].looked, told["terms"], told["zones"], told["sums"]["EUR"].minor)
        assert any("500 bookings" in each or "1,000 bookings" in each for each in map(written, heard))

        heal = _spoil(db)
        try:
            await look()
        finally:
            heal()
        assert {"ca-000400", "zz-none"} <= {line.partition(":")[0] for line in map(written, told["claims"].lines)}
        assert 1 == sum(line.startswith("audit: ") for line in map(written, told["rows"].lines))
        assert (["ca-000599"], 1) == (told["terms"], abs(told["sums"]["EUR"].minor))


def _drawn(firm):
    """Collection -> ``_id`` -> row, as the firm is drawn."""
    rows = {name: {each["_id"]: each for each in some} for name, some in firm.beginning().items()}
    for number in range(firm.blocks()):
        for name, some in firm.block(number).items():
            rows.setdefault(name, {}).update((each["_id"], each) for each in some)
    return rows


async def _cut_off(*_):
    raise _CutOff


@pytest.mark.asyncio
async def test_a_seeding_that_was_cut_off_goes_on_and_ends_as_the_same_firm(endpoints, root, monkeypatch):
    db = root["ds_scaled_cut"]
    try:
        with pytest.raises(_CutOff):
            await _seed(endpoints, db.name, 401, 3, monkeypatch, breaks_at=1)
        with monkeypatch.context() as cut:
            cut.setattr(scale_seed, "create_account", _cut_off)  # all rows are there by then
            with pytest.raises(_CutOff):
                await _seed(endpoints, db.name, 401, 3)
        await _seed(endpoints, db.name, 401, 3)

        assert {ADMIN, *DESKS} <= {each["user"] for each in db.command("usersInfo")["users"]}

        drawn = _drawn(ScaledFirm(401, 3, _NOW))
        assert (401, 4010, 802) == tuple(len(drawn[name]) for name in ("cars", "bookings", "renters"))
        for name, rows in drawn.items():
            stored = {row["_id"]: row for row in db[name].find() if not str(row["_id"]).startswith("scale.")}
            assert rows == stored, name
            assert [] == list(db[name].find({"$nor": [VALIDATORS[name]]}).limit(1)), name
    finally:
        db.command("dropAllUsersFromDatabase")
        db.client.drop_database(db.name)
