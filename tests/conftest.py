"""What all tests share: real servers, and one database that each test finds empty."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import in_memory
import pymongo
import pytest
from builders import ACCOUNTS, BERLIN, DATABASE, LISBON, RENTER, World, make_car, redis_of
from plain_http import PLAIN
from pymongo import WriteConcern
from pymongo.database import Database
from serving import serving

from engine.adapters.mongo.client import CODEC, Credentials, connect, database
from engine.adapters.mongo.codec.documents import branch_document, renter_document
from engine.adapters.mongo.codec.settings import first_revision, revision_document
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.schema.founding import create_account, found
from engine.adapters.mongo.schema.provision import provision
from engine.bootstrap import Deployment
from engine.config import Secret
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.money import Money
from engine.domain.money.payment import StripeMode
from engine.embedded.servers import Endpoints

#: What tests fill.
_EMPTIED = (
    "branches cars car_statuses car_terms fences renters bookings"
    " ledger settings audit rounds images.files images.chunks backups returns settlements return_pages"
    " agreements news movements wishes wish_answers carriers damaged_bookings restored_payments account_requests"
    " disputes papers series renderings legal_data logos tax_rates lost_numbers shifts marks"
).split()

#: What a test was doing when its time was up, and the demo that is made once.
pytest_plugins = ["limits", "demo_folder"]

# What servers of tests write need not outlive the run: in memory nobody waits for a disk, a quarter of the time.
if in_memory.has_room():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(in_memory.FOLDER))

# Compiled once, not in each of the hundred processes that tests start, whatever the shell says of it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

#: Numbers and times are written alike on everybody's computer; a test of other habits chooses its own.
_HABITS = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "TZ": "UTC"}
os.environ.update(_HABITS)
os.environ.pop("LANGUAGE", None)
if hasattr(time, "tzset"):
    time.tzset()


@pytest.fixture
def signals_heeded() -> Iterator[None]:
    """Programs ignore what they were started with as ignored; a run in the background, or by nohup, would be that."""
    kept = {each: signal.getsignal(each) for each in (signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGINT))}
    ignored = {each: how for each, how in kept.items() if how is signal.SIG_IGN}
    for each in ignored:
        signal.signal(each, signal.SIG_DFL)
    yield
    for each, how in ignored.items():
        signal.signal(each, how)


def pytest_collection() -> None:
    """What is imported and collected stays: looking for garbage in it, at each turn through more, finds none."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: no look for garbage, or for what a test left, goes through them again."""
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def servers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the session's servers."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def endpoints(servers_folder: Path) -> Iterator[Endpoints]:
    """Real servers in a folder of their own, for the whole run."""
    with serving(servers_folder) as servers:
        yield servers


@pytest.fixture(scope="session")
def root(endpoints: Endpoints) -> Iterator[pymongo.MongoClient]:
    """MongoDB's own root account; tests count rows with it."""
    client = pymongo.MongoClient(
        endpoints.mongo_url,
        username=endpoints.root_name,
        password=endpoints.root_password,
        tz_aware=True,
        tzinfo=UTC,
    )
    yield client
    client.close()


async def _prepare(endpoints: Endpoints) -> None:
    admin = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    # The least that mongod takes: each desk of a test signs in as if it were the first.
    await admin.admin.command("setParameter", 1, scramSHA256IterationCount=5000)
    await provision(admin, DATABASE, FirmSettings())
    await MongoDeployment(admin, DATABASE).record_stripe_mode(StripeMode.TEST, "tests", datetime.now(UTC))
    await admin.close()
    await _make_accounts(endpoints)


async def _make_accounts(endpoints: Endpoints) -> None:
    admin = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    await found(database(admin, DATABASE))
    for account in ACCOUNTS:
        await create_account(admin, DATABASE, account)
    await admin.close()


@pytest.fixture(scope="session")
def _provisioned(endpoints: Endpoints, root: pymongo.MongoClient) -> list[dict]:
    """The rows of ``deployment``."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(_prepare(endpoints))
    return list(root.get_database(DATABASE, codec_options=CODEC).deployment.find())


@pytest.fixture
def staff(endpoints: Endpoints, root: pymongo.MongoClient, _provisioned: list[dict]) -> Iterator[None]:
    """For tests that change accounts: afterwards they are as they were."""
    yield
    db = root[DATABASE]
    db.command("dropAllUsersFromDatabase")
    for name in ("people", "roster", "sign_ins", "account_requests", "wish_keys"):
        db[name].delete_many({})
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(_make_accounts(endpoints))


def _empty(db: Database) -> None:
    """As provisioned, with branches and a renter. Nothing waits for the disk: the first of the cars is waited for."""
    db = db.with_options(write_concern=WriteConcern(w=1))
    first = [{"$limit": 1}, {"$replaceWith": {"name": {"$literal": "cars"}}}]
    others = [name for name in _EMPTIED if name != "cars"]
    looks = [[{"$limit": 1}, {"$replaceWith": {"name": {"$literal": name}}}] for name in others]
    unions = [{"$unionWith": {"coll": name, "pipeline": look}} for name, look in zip(others, looks, strict=True)]
    for filled in db.cars.aggregate([*first, *unions]):
        db[filled["name"]].delete_many({})
    # Accounts are made once for all tests; rows that one wrote past the program go.
    db.people.delete_many({"_id": {"$nin": [each.account for each in ACCOUNTS]}})
    db.settings.insert_one(revision_document(first_revision(FirmSettings())))
    db.branches.insert_many([branch_document(BERLIN), branch_document(LISBON)])
    db.renters.insert_one(renter_document(RENTER))


@pytest.fixture
def world(
    endpoints: Endpoints, servers_folder: Path, root: pymongo.MongoClient, _provisioned: list[dict]
) -> Iterator[World]:
    """An empty deployment but for two branches, a renter, three cars and the accounts."""
    db = root.get_database(DATABASE, codec_options=CODEC)
    _empty(db)
    if list(db.deployment.find()) != _provisioned:
        db.deployment.delete_many({})
        db.deployment.insert_many(_provisioned)
    cache = redis_of(servers_folder, endpoints.redis_url)
    cache.flushall()
    deployment = Deployment(
        endpoints.mongo_url,
        Secret(endpoints.redis_url),
        DATABASE,
        Secret(endpoints.stripe_key),
        stripe_url=endpoints.stripe_url,
    )
    headers = {"Authorization": f"Bearer {endpoints.stripe_key}"}
    httpx.delete(f"{endpoints.stripe_url}/_control/books", headers=headers, **PLAIN).raise_for_status()
    made = World(deployment, db, cache)
    made.add_cars(make_car(1), make_car(2), make_car(3, daily_rate=Money(80_00, "EUR")))
    yield made
    cache.close()
