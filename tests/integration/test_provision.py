"""Provisioning: idempotent, mends what differs, says what it did, refuses what cannot work."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pymongo
import pytest
import pytest_asyncio
from builders import DATABASE, PASSWORD
from proxy import Line, Proxy
from refusing import refused

from engine.adapters.mongo import long as mongo_long
from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.long import while_it_answers
from engine.adapters.mongo.schema import provision as mongo_provision
from engine.adapters.mongo.schema.indexes import INDEXES
from engine.adapters.mongo.schema.provision import provision
from engine.adapters.mongo.schema.rights import RIGHTS
from engine.adapters.mongo.schema.shapes import SHAPES
from engine.adapters.mongo.schema.views import VIEWS
from engine.adapters.mongo.transaction_limits import limit_transactions
from engine.commands import provision as provisioning
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.payment import StripeMode
from engine.domain.shared.errors import Forbidden, Misconfigured, SignInRefused, Unavailable
from engine.embedded.binaries import find_mongod
from engine.words.problems import told as words
from engine.words.provisioning import written

pytestmark = pytest.mark.asyncio
NAME = "ds_provision_test"


@pytest_asyncio.fixture
async def client(endpoints, root):
    admin = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    yield admin
    await admin.close()
    root[NAME].command("dropAllUsersFromDatabase")
    root[NAME].command("dropAllRolesFromDatabase")
    root.drop_database(NAME)


async def test_everything_is_created_once_and_said(client, root):
    first = [written(each) for each in await provision(client, NAME, FirmSettings())]
    again = [written(each) for each in await provision(client, NAME, FirmSettings())]

    assert set(SHAPES) <= set(root[NAME].list_collection_names())
    assert len(SHAPES) + sum(map(len, INDEXES.values())) + len(RIGHTS) + len(VIEWS) + 4 == len(first)
    assert [] == again


async def test_what_was_changed_by_hand_is_mended_and_nothing_else(client, root):
    await provision(client, NAME, FirmSettings())
    db = root[NAME]
    db.command("collMod", "cars", validator={})
    db.command("collMod", "fences", validationLevel="off")
    db.command("collMod", "bookings", validationAction="warn")
    db.bookings.drop_index("once")
    db.command("grantPrivilegesToRole", "ds_client", privileges=[
        {"resource": {"db": NAME, "collection": "cars"}, "actions": ["update"]}
    ])  # fmt: skip
    db.command("grantRolesToRole", "ds_owner", roles=["dbOwner"])
    db.settings.update_one({"_id": 1}, {"$set": {"commission_bp": 900}})

    changes = [written(each) for each in await provision(client, NAME, FirmSettings())]

    assert [
        "cars: validator renewed",
        "fences: validator renewed",
        "bookings: validator renewed",
        "bookings: index once created",
        "role ds_client: rights renewed",
        "role ds_owner: rights renewed",
    ] == changes
    assert 900 == db.settings.find_one({"_id": 1})["commission_bp"]


async def test_an_index_that_takes_its_time_is_told_and_others_are_not(client, root, monkeypatch):
    first, again = [], []
    await provision(client, NAME, FirmSettings(), lambda told: first.append(words(told)))
    root[NAME].settings.drop_indexes()
    root[NAME].bookings.drop_index("once")
    root[NAME].audit.drop_index("what")
    root[NAME].audit.insert_many([{"n": n} for n in range(30)], bypass_document_validation=True)
    monkeypatch.setattr(mongo_provision, "_TAKES_TIME", 30)

    await provision(client, NAME, FirmSettings(), lambda told: again.append(words(told)))

    assert [] == first
    assert ["audit: making index what over 30 rows"] == again


@pytest.mark.parametrize("step", ["_create", "_indexes", "_role"])
@pytest.mark.parametrize("line", [Line.CUT, Line.HOLE])
async def test_a_server_that_vanishes_midway_is_told_and_the_next_run_goes_on(
    client, endpoints, root, monkeypatch, step, line
):
    monkeypatch.setattr(mongo_long, "SILENT_S", 1.0)
    root_account = Credentials(endpoints.root_name, endpoints.root_password, "admin")
    honest = getattr(mongo_provision, step)
    async with Proxy(urlsplit(endpoints.mongo_url).port) as proxy:

        async def on_a_line_that_ends(*args, **named):
            await proxy.move_to(line)
            return await honest(*args, **named)

        far = connect(f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true", root_account)
        with monkeypatch.context() as vanishing:
            vanishing.setattr(mongo_provision, step, on_a_line_that_ends)
            with pytest.raises(Unavailable) as told:
                await provision(far, NAME, FirmSettings())
        await far.close()
        await proxy.move_to(Line.CUT)

    assert "mongodb" == told.value.server
    assert line is Line.CUT or "run the command again" in told.value.detail
    assert await provision(client, NAME, FirmSettings())
    assert [] == await provision(client, NAME, FirmSettings())


async def test_work_that_takes_longer_than_a_desks_question_is_waited_for(client, monkeypatch):
    monkeypatch.setattr(mongo_long, "SILENT_S", 1.0)
    answered = []

    async def work():
        while len(answered) < 2:
            answered.append(await client.admin.command("ping"))
            await asyncio.sleep(1.2)  # longer than a silence; the server answers all the while
        return "done"

    assert "done" == await while_it_answers(client, work())


async def test_renters_of_an_older_version_are_made_findable_once(client, root):
    await provision(client, NAME, FirmSettings())
    old = {"_id": "r-1", "name": "Ada Moreau", "name_key": "ada moreau", "email": "a@example.org", "phone": "+49301"}
    db = root[NAME]
    db.command("collMod", "renters", validator={})
    db.renters.insert_one({**old, "licence": "B1"})
    db.deployment.update_one({"_id": "schema"}, {"$set": {"version": 4}})

    changes = [written(each) for each in await provision(client, NAME, FirmSettings())]

    assert ["renters: validator renewed", "schema 5: 1 renters rewritten"] == changes[:2]
    row = db.renters.find_one({})
    assert ["ada moreau", "moreau ada", "a@example.org", "+49301"] == row["keys"]
    assert "ada moreau" == row["order"]
    assert {"reau", "49301", "b1", "xample"} <= set(row["parts"])
    assert "name_key" not in row
    assert [] == await provision(client, NAME, FirmSettings())


async def test_a_renters_row_that_cannot_be_read_stops_no_provisioning(client, root):
    await provision(client, NAME, FirmSettings())
    hostile = {"_id": 7, "role": "renter", "disabled": False, "name": ["nobody"]}
    root[NAME].people.insert_one(hostile, bypass_document_validation=True)

    assert [] == await provision(client, NAME, FirmSettings())


async def test_the_first_admin_is_made_once_and_can_sign_in(client, endpoints):
    root = (endpoints.root_name, endpoints.root_password)
    lines = await provisioning.run(endpoints.mongo_url, NAME, *root, "boss", stripe_mode=StripeMode.TEST)
    again = await provisioning.run(endpoints.mongo_url, NAME, *root, "boss")

    password = lines[-1].rsplit(" ", 1)[-1]
    signed_in = pymongo.MongoClient(endpoints.mongo_url, username="boss", password=password, authSource=NAME)
    assert [] == list(signed_in[NAME].audit.find())
    signed_in.close()
    assert ["Nothing to change: the database is as this version needs it."] == again


async def test_the_firms_stripe_mode_is_recorded_and_changed_only_when_asked(client, endpoints):
    where = (endpoints.mongo_url, NAME, endpoints.root_name, endpoints.root_password, "boss")
    unsaid = await provisioning.run(*where)
    first = await provisioning.run(*where, stripe_mode=StripeMode.TEST)
    again = [await provisioning.run(*where, stripe_mode=mode) for mode in (None, StripeMode.TEST)]
    live = await provisioning.run(*where, stripe_mode=StripeMode.LIVE)

    assert 1 == sum("nobody has said" in line for line in unsaid)
    assert ["stripe: the firm takes test payments"] == first
    assert [["Nothing to change: the database is as this version needs it."]] * 2 == again
    assert ["stripe: the firm takes live payments from now on, test ones before"] == live
    assert StripeMode.LIVE == await MongoDeployment(client, NAME).stripe_mode()


async def test_an_open_transaction_is_given_seconds_on_every_member(client, endpoints, root):
    limit = "transactionLifetimeLimitSeconds"
    before = root.admin.command({"getParameter": 1, limit: 1})[limit]
    where = (endpoints.mongo_url, NAME, endpoints.root_name, endpoints.root_password, "boss")
    root.admin.command({"setParameter": 1, limit: 60})
    try:
        lines = await provisioning.run(*where, stripe_mode=StripeMode.TEST)
        again = await provisioning.run(*where)

        assert 1 == sum(f"{limit} 60 before, 15 now" in line for line in lines)
        assert 15 == root.admin.command({"getParameter": 1, limit: 1})[limit]
        assert ["Nothing to change: the database is as this version needs it."] == again
    finally:
        root.admin.command({"setParameter": 1, limit: before})


async def test_an_account_that_may_not_set_the_limit_is_told_what_to_do(world, endpoints):
    weak = Credentials("admin", PASSWORD, DATABASE)
    client = connect(endpoints.mongo_url, weak)
    try:
        (line,) = map(written, await limit_transactions(client, endpoints.mongo_url, weak))
    finally:
        await client.close()

    assert "may not set transactionLifetimeLimitSeconds" in line
    assert "into its configuration" in line


async def test_a_wrong_root_password_and_an_account_without_rights_are_said(client, endpoints, world):
    with pytest.raises(SignInRefused):
        await provisioning.run(endpoints.mongo_url, NAME, endpoints.root_name, "wrong", "boss")
    weak = connect(endpoints.mongo_url, Credentials("clerk", "a pass phrase for tests", "ds_test"))
    with pytest.raises(Forbidden):
        await provision(weak, NAME, FirmSettings())
    await weak.close()


async def test_a_standalone_server_is_refused_with_the_way_out(tmp_path):
    port = _free_port()
    server = await asyncio.create_subprocess_exec(
        find_mongod(), "--dbpath", tmp_path, "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket",
        "--wiredTigerCacheSizeGB", "0.25", stdout=subprocess.DEVNULL,
    )  # fmt: skip
    alone = connect(f"mongodb://127.0.0.1:{port}/?directConnection=true", None)
    try:
        with refused(Misconfigured, match="--replSet"):
            await _when_up(alone)
    finally:
        await alone.close()
        server.terminate()
        await server.wait()


async def _when_up(client):
    for _ in range(10):
        try:
            return await provision(client, NAME, FirmSettings())
        except Unavailable:  # the driver waits for it up to five seconds
            continue
    return pytest.fail("mongod did not come up")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


async def test_the_command_says_it_in_words_and_by_its_status(endpoints, client):
    command = [sys.executable, "-m", "engine.cli", "provision", "--mongo-url", endpoints.mongo_url, "--database", NAME]
    asked = await asyncio.create_subprocess_exec(
        *command,
        "--root",
        endpoints.root_name,
        env={"DRIVESPHERE_PASSWORD": "wrong", "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    _, told = await asked.communicate()

    assert 2 == asked.returncode
    assert b"account.sign_in" in told
    assert b"Traceback" not in told
