"""No secret in logs, crash reports, audit, records' own words, or the arguments of a process."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime

import psutil
import pytest
import structlog
from builders import DATABASE, PASSWORD

from engine.adapters.mongo.client import Connector, Credentials
from engine.bootstrap import choose_password, open_engine
from engine.config import Secret, Settings
from engine.domain.people.accounts import NewPerson, OneTimePassword, Person, Post, is_one_time, one_time_password
from engine.domain.people.people import Role
from engine.domain.shared.errors import DriveSphereError

pytestmark = pytest.mark.asyncio
NEW = "a brand new phrase"


@pytest.fixture
def written(capfd, caplog):
    """Everything that is logged or printed, at the finest level, by us and by every driver."""
    caplog.set_level(logging.DEBUG)
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

    def all_of_it():
        out, err = capfd.readouterr()
        return f"{out}{err}{caplog.text}"

    yield all_of_it
    structlog.configure(**before)


async def test_a_day_of_accounts_leaves_no_password_in_the_logs_nor_in_the_database(world, staff, written):
    secrets = {PASSWORD, NEW, world.deployment.stripe_key.reveal(), world.deployment.redis_url.reveal()}
    async with world.desk("admin") as office:
        issued = await office.accounts.create(office.actor, NewPerson("nele", "Nele", "", "", Post(Role.CLIENT)))
        secrets.add(issued.password)
        await choose_password(world.deployment, "nele", issued.password, NEW)
        with pytest.raises(DriveSphereError):
            async with open_engine(world.deployment, "nele", issued.password, background=False):
                pass
        with pytest.raises(DriveSphereError):
            await office.accounts.move(office.actor, "nele", Post(Role.ADMIN), NEW)
        again = await office.accounts.reset_password(office.actor, "nele")
        secrets.add(again.password)
    told = written()
    kept = "".join(
        str(list(world.db[name].find())) for name in world.db.list_collection_names() if "system" not in name
    )

    assert [] == [secret for secret in secrets if secret in told]
    assert [] == [secret for secret in secrets if secret in kept]


async def test_a_crash_report_of_the_window_holds_no_password(world, staff):
    """As ``Program._crashed`` makes it, of what goes wrong while a password is in hand."""
    reports = []
    for break_in in (_wrong_password, _broken_driver):
        try:
            await break_in(world)
        except Exception as problem:  # noqa: BLE001 -- what the window would tell of
            reports.append("".join(traceback.format_exception(problem)))

    assert 2 == len(reports)
    assert [] == [report for report in reports if PASSWORD in report or NEW in report]


async def _wrong_password(world):
    async with open_engine(world.deployment, "clerk", NEW, background=False):
        pass


async def _broken_driver(world):
    async with world.deployment.connector.open("admin", PASSWORD, DATABASE) as client:
        await client[DATABASE].command("updateUser", "admin", pwd=NEW, mechanisms=["NO-SUCH"])


async def test_no_record_says_the_secret_it_carries(world):
    secret = "hush-hush-0123"
    carriers = (
        Secret(secret),
        Credentials("a", secret, "d"),
        Settings(data_dir=".", redis_url=Secret(secret), stripe_api_key=Secret(secret)),
        OneTimePassword(_person(), secret),
        world.deployment.__class__("mongodb://h", Secret(secret), "d", Secret(secret)),
        Connector("mongodb://h"),
    )

    assert [] == [carrier for carrier in carriers if secret in f"{carrier!r} {carrier}"]


def _person():
    return Person("nele", "Nele", "", "", Post(Role.CLIENT), datetime(2026, 11, 24, tzinfo=UTC))


async def test_no_process_of_ours_carries_a_secret_in_its_arguments(world, endpoints):
    secrets = {
        endpoints.root_password,
        endpoints.redis_url.partition("@")[0].rpartition(":")[2],
        endpoints.stripe_key,
        PASSWORD,
    }
    lines = [" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])]
    ours = [line for line in lines if "mongod" in line or "valkey" in line or "engine.cli" in line or "sandbox" in line]

    assert ours
    assert [] == [line for line in ours if any(secret and secret in line for secret in secrets)]


async def test_a_one_time_password_is_random_and_known_by_its_form():
    made = {one_time_password() for _ in range(200)}

    assert 200 == len(made)
    assert all(is_one_time(each) for each in made)
    assert not any(is_one_time(each) for each in (PASSWORD, "once", "once-0000-0000-0000", "ONCE-0000-0000-0000-0000"))
