"""A member of the replica set is the same one however its name is spelt."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pymongo
import pytest
from a_mongod import a_mongod

from engine.adapters.mongo.client import Connector, Credentials
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.queries.health import MongoHealth
from engine.adapters.mongo.schema.initiate import initiate
from engine.adapters.mongo.transaction_limits import OPEN_AT_MOST_S, limit_transactions
from engine.embedded.servers import open_servers
from engine.words.provisioning import written

pytestmark = pytest.mark.asyncio

_LIMIT = "transactionLifetimeLimitSeconds"
_MEMBER = ("--replSet", "rs8")
SPELLINGS = ["LOCALHOST", "LocalHost", "localhost", "127.0.0.1"]


def rename(root, host):
    """Call the one member *host*, and wait until it leads under that name."""
    config = root.admin.command("replSetGetConfig")["config"]
    config["version"] += 1
    config["members"][0]["host"] = host
    root.admin.command("replSetReconfig", config, force=True)
    with pymongo.timeout(30):
        while not (hello := root.admin.command("hello"))["isWritablePrimary"] or hello["hosts"] != [host]:
            pass


async def test_the_limit_is_set_and_no_phantom_is_listed_however_it_is_spelt(tmp_path):
    async with open_servers(tmp_path, sandbox=False) as servers:
        who = Credentials(servers.root_name, servers.root_password, "admin")
        port = urlsplit(servers.mongo_url).port
        with pymongo.MongoClient(
            "127.0.0.1", port, username=who.name, password=who.password, directConnection=True
        ) as root:
            for spelling in SPELLINGS:
                await asyncio.to_thread(rename, root, f"{spelling}:{port}")
                root.admin.command({"setParameter": 1, _LIMIT: 60})
                for url in (f"mongodb://localhost:{port}/?replicaSet=drivesphere", servers.mongo_url):
                    async with Connector(url).open(who.name, who.password, who.source) as client:
                        lines = [written(each) for each in await limit_transactions(client, url, who)]
                        await (clock := ServerClock(client)).measure()
                        facts = await MongoHealth(client, "ds_test", clock).database()
                    await client.close()

                    assert [] == [line for line in lines if "not looked at" in line]
                    assert OPEN_AT_MOST_S == root.admin.command({"getParameter": 1, _LIMIT: 1})[_LIMIT]
                    assert ["primary"] == [member.state for member in facts.members], (spelling, url, facts.members)


async def test_a_new_set_of_two_has_its_first_account_and_the_limit_on_both(tmp_path):
    who = Credentials("root", "a pass phrase of root", "admin")
    async with a_mongod(tmp_path / "1", *_MEMBER) as first, a_mongod(tmp_path / "2", *_MEMBER) as second:
        url = f"mongodb://127.0.0.1:{first},127.0.0.1:{second}/?replicaSet=rs8"
        made = [written(each) for each in await initiate(url, who)]
        async with Connector(url).open(who.name, who.password, who.source) as client:
            lines = [written(each) for each in await limit_transactions(client, url, who)]

    assert ["replica set rs8: made", "account root: made"] == [line[: line.index("made") + 4] for line in made]
    members = sorted((f"127.0.0.1:{first}", f"127.0.0.1:{second}"))
    assert [f"{member}: {_LIMIT} 60 before, 15 now" for member in members] == [line.partition(";")[0] for line in lines]
