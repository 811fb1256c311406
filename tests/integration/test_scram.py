"""SCRAM-SHA-256 or nothing: whoever stands between, or looks after the server, can make no desk agree on less."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pymongo
import pytest
from builders import DATABASE, PASSWORD
from pymongo.errors import OperationFailure

import engine
from engine.adapters.mongo.client import Connector, Credentials, connect, speaking
from engine.domain.shared.errors import SignInRefused
from engine.embedded import mongod
from engine.embedded.folder import ServerFolder
from engine.embedded.mongod import Mongod

pytestmark = pytest.mark.asyncio
OLD = "knows-sha-1-only"
#: Where a client of MongoDB's is made: each is tried below.
BUILDERS = {"adapters/mongo/client.py", "embedded/mongod.py"}


@pytest.fixture
def old(root, servers_folder):
    """Accounts of the firm's and of the server's with the password *PASSWORD*, as MongoDB before 4.0 made them."""
    secret = ServerFolder(servers_folder).secret("mongod")
    for name, password, roles in ((DATABASE, PASSWORD, ["ds_client"]), ("admin", secret, ["root"])):
        root[name].command("createUser", OLD, pwd=password, roles=roles, mechanisms=["SCRAM-SHA-1"])
    yield Credentials(OLD, PASSWORD, DATABASE)
    for name in (DATABASE, "admin"):
        root[name].command("dropUser", OLD)


async def test_an_account_that_knows_less_is_let_in_by_the_server_and_by_none_of_ours(endpoints, world, old):
    url, member = endpoints.mongo_url, urlsplit(endpoints.mongo_url).netloc
    with pymongo.MongoClient(
        url, username=OLD, password=PASSWORD, authSource=DATABASE, authMechanism="SCRAM-SHA-1"
    ) as raw:
        assert {"ok": 1.0}.items() <= raw[DATABASE].command("ping").items()

    for client in (connect(url, old), connect(url, old, member=member)):
        with pytest.raises(SignInRefused), speaking():
            await client[DATABASE].bookings.find_one()
        await client.close()
    async with Connector(url).open(OLD, PASSWORD, DATABASE) as client:
        with pytest.raises(SignInRefused), speaking():
            await client[DATABASE].bookings.find_one()
    with pytest.raises(SignInRefused):
        async with world.desk(OLD):
            pass


async def test_the_programs_own_servers_are_spoken_to_in_no_other_way(servers_folder, endpoints, old, monkeypatch):
    monkeypatch.setattr(mongod, "ROOT", OLD)
    service = Mongod(ServerFolder(servers_folder))
    async with service._client(urlsplit(endpoints.mongo_url).port, as_root=True) as client:
        with pytest.raises(OperationFailure, match="Authentication failed"):
            await client.admin.command("usersInfo", 1)


async def test_there_is_no_further_place_where_a_connection_is_made():
    folder = Path(engine.__file__).parent
    sources = [*folder.rglob("*.py"), *(folder.parent / "desktop").rglob("*.py")]

    found = {path for path in sources if "MongoClient(" in path.read_text()}

    assert {folder / each for each in BUILDERS} == found


async def test_accounts_that_we_make_or_change_know_nothing_less(world, root, staff):
    async with world.desk("clerk") as desk:
        await desk.session.change_own_password(PASSWORD, "another pass phrase")
    users = root[DATABASE].command("usersInfo", 1)["users"] + root.admin.command("usersInfo", 1)["users"]

    assert {("SCRAM-SHA-256",)} == {tuple(user["mechanisms"]) for user in users}
