"""What is in the way between a desk and its servers is told apart: each has a sentence of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import trustme
from a_mongod import a_mongod

from engine.adapters.mongo.client import Credentials
from engine.adapters.mongo.schema.initiate import initiate
from engine.adapters.server_trial import try_mongo, try_redis
from engine.commands.trial_words import in_a_sentence
from engine.domain.health.trial import Barrier, Trial
from engine.domain.shared.errors import Misconfigured

pytestmark = pytest.mark.asyncio

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CA, OTHER = trustme.CA(), trustme.CA()


@pytest.fixture
def ca_file(tmp_path):
    CA.cert_pem.write_to_path(tmp_path / "firm.pem")
    return str(tmp_path / "firm.pem")


def server_file(folder, ca=CA, name="localhost", **more):
    ca.issue_cert(name, **more).private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return folder / "server.pem"


@asynccontextmanager
async def listening(answer, certificate=None, *, demand=None):
    """The port of a stranger's server that says *answer* to whatever it hears."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if demand:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(demand)

    async def heard(reader, writer):
        with suppress(OSError):
            if await reader.read(4096):
                writer.write(answer)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(heard, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def nobody():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.mark.parametrize("trying", [try_mongo, try_redis], ids=["MongoDB", "Redis"])
@pytest.mark.parametrize(
    ("made", "found"),
    [
        ({}, None),
        ({"ca": OTHER}, Barrier.UNTRUSTED),
        ({"name": "db.firm.example"}, Barrier.OTHER_NAME),
        ({"not_before": LONG_AGO, "not_after": LONG_AGO + timedelta(days=9)}, Barrier.EXPIRED),
    ],
    ids=["the firm's", "another's", "for another name", "out of date"],
)
async def test_certificates(trying, made, found, ca_file, tmp_path):
    scheme = "mongodb" if trying is try_mongo else "rediss"
    async with listening(b"+PONG\r\n", server_file(tmp_path, **made)) as port:
        told = await trying(f"{scheme}://localhost:{port}/", ca_file)

    expected = found or (Barrier.PROOF_WANTED if trying is try_mongo else None)
    assert (f"localhost:{port}", expected) == (told.address, told.trouble)


@pytest.mark.parametrize("trying", [try_mongo, try_redis], ids=["MongoDB", "Redis"])
async def test_at_the_door(trying, ca_file, tmp_path):
    plain, safe = ("mongodb://", "mongodb://") if trying is try_mongo else ("redis://", "rediss://")
    assert Barrier.NOBODY is (await trying(f"{plain}127.0.0.1:{nobody()}/")).trouble
    assert Barrier.UNKNOWN_NAME is (await trying(f"{plain}nobody.invalid/")).trouble
    async with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert Barrier.STRANGER is (await trying(f"{plain}127.0.0.1:{port}/")).trouble
        assert Barrier.NO_TLS is (await trying(f"{safe}localhost:{port}/", ca_file)).trouble
    async with listening(b"", server_file(tmp_path)) as port:
        assert Barrier.TLS_WANTED is (await trying(f"{plain}127.0.0.1:{port}/")).trouble
    async with listening(b"", server_file(tmp_path), demand=ca_file) as port:
        assert Barrier.PROOF_WANTED is (await trying(f"{safe}localhost:{port}/", ca_file)).trouble


async def test_a_real_mongod_on_its_way_to_being_the_firms(tmp_path, ca_file):
    async with a_mongod(tmp_path / "alone") as port:
        assert Barrier.ALONE is (await try_mongo(f"mongodb://127.0.0.1:{port}/?replicaSet=rs0")).trouble
    tls = ("--tlsMode", "requireTLS", "--tlsCertificateKeyFile", server_file(tmp_path), "--tlsCAFile", ca_file)
    more = (*tls, "--tlsAllowConnectionsWithoutCertificates", "--replSet", "rs7")
    async with a_mongod(tmp_path / "member", *more) as port:
        url = f"mongodb://localhost:{port}/"
        assert Barrier.TLS_WANTED is (await try_mongo(url)).trouble
        assert Barrier.NEW_MEMBER is (await try_mongo(url, ca_file)).trouble
        await initiate(f"{url}?replicaSet=rs7", Credentials("root", "a pass phrase", "admin"), ca_file)
        assert Trial("mongodb", f"localhost:{port}") == await try_mongo(f"{url}?replicaSet=rs7", ca_file)
        other = await try_mongo(f"{url}?replicaSet=rs0", ca_file)
        assert (Barrier.OTHER_SET, "rs7, not rs0") == (other.trouble, other.detail)
    async with a_mongod(tmp_path / "strict", *tls) as port:
        assert Barrier.PROOF_WANTED is (await try_mongo(f"mongodb://localhost:{port}/", ca_file)).trouble


async def test_a_set_that_lost_its_majority_and_one_whose_members_call_themselves_otherwise(tmp_path):
    async with AsyncExitStack() as ends:
        first = await ends.enter_async_context(a_mongod(tmp_path / "1", "--replSet", "rs7"))
        async with a_mongod(tmp_path / "2", "--replSet", "rs7") as second:
            hosts = f"127.0.0.1:{first},127.0.0.1:{second}"
            url = f"mongodb://{hosts}/?replicaSet=rs7"
            await initiate(url, Credentials("root", "a pass phrase", "admin"))
            assert (await try_mongo(url)).trouble is None
        async with asyncio.timeout(60):
            while (told := await try_mongo(url)).trouble in (None, Barrier.OUT_OF_REACH):  # noqa: ASYNC110 -- another process knows no event of ours
                await asyncio.sleep(0.2)

    assert (Barrier.NO_PRIMARY, "rs7") == (told.trouble, told.detail)


async def test_the_firms_servers_and_their_accounts(world, endpoints):
    url = endpoints.mongo_url
    assert (await try_mongo(url, account=Credentials("nobody", "x" * 12, "admin"))).trouble is Barrier.REFUSED
    assert (await try_mongo(url)).trouble is None

    parts = urlsplit(endpoints.redis_url)
    at = f"127.0.0.1:{parts.port}"
    assert Trial("redis", at) == await try_redis(endpoints.redis_url)
    assert Barrier.REFUSED is (await try_redis(f"redis://drivesphere:wrong@{at}/0")).trouble
    assert Barrier.PASSWORD_WANTED is (await try_redis(f"redis://{at}/0")).trouble
    world.redis.execute_command("ACL", "SETUSER", "bare", "on", ">p@ss w:rd", "-@all")
    try:
        assert Barrier.NO_RIGHT is (await try_redis(f"redis://bare:p%40ss%20w%3Ard@{at}/0")).trouble
    finally:
        world.redis.acl_deluser("bare")


async def test_every_trouble_has_a_sentence_of_its_own():
    told = [
        in_a_sentence(Trial(server, "db.example:1", trouble, "rs0"))
        for server in ("mongodb", "redis")
        for trouble in (None, *Barrier)
    ]

    assert all("{" not in each and each.endswith(".") for each in told)
    assert len(Barrier) + 1 <= len(set(told))


async def test_an_address_that_is_none_is_refused_before_anybody_is_asked():
    with pytest.raises(Misconfigured):
        await try_mongo("http://db")
    with pytest.raises(Misconfigured):
        await try_redis("redis://r/0?ssl_cert_reqs=none")


async def test_the_command_says_what_is_in_the_way_and_no_password(tmp_path):
    port = nobody()
    env = {
        **os.environ,
        "DRIVESPHERE_CONFIG": os.devnull,
        "DRIVESPHERE_MONGO_URL": f"mongodb://127.0.0.1:{port}/?replicaSet=rs0",
        "DRIVESPHERE_REDIS_URL": f"redis://desk:topsecret@127.0.0.1:{port}/0",
    }
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "engine.cli", "try-servers"),
        env=env, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complaint = await running.communicate()

    assert 1 == running.returncode, complaint
    assert (
        f"Nothing listens at 127.0.0.1:{port}. See that MongoDB runs there, and that the port is right.\n"
        f"Nothing listens at 127.0.0.1:{port}. See that Redis runs there, and that the port is right.\n"
    ) == said.decode()
    assert b"topsecret" not in said + complaint
