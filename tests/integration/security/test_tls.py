"""TLS to MongoDB, Redis and Stripe: used, and believed only with a certificate from the right place.

In front of each real server stands one that ends TLS, with certificates made for the test; and there is a real mongod
that takes nothing but TLS.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import trustme
from builders import PASSWORD, wish
from refusing import refused
from within import WITHIN_S

from engine.adapters.mongo import client as mongo_client
from engine.adapters.mongo.accounts import MongoAccounts
from engine.adapters.mongo.client import Connector, connect, speaking
from engine.adapters.redis.line import RedisLine, connect_redis
from engine.adapters.stripe.gateway import StripeGateway
from engine.bootstrap import open_engine
from engine.config import Secret, load
from engine.domain.money.payment import AttemptState
from engine.domain.shared.errors import UNTRUSTED, Misconfigured, Unavailable
from engine.embedded.binaries import find_mongod

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def firm_ca():
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(firm_ca, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "firm.pem"
    firm_ca.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture(scope="module")
def other_ca_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "other.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return str(path)


@asynccontextmanager
async def tls_before(url, ca, name="localhost"):
    """The port of a TLS server with a certificate for *name*; behind it is the plain server of *url*."""
    behind = urlsplit(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)

    async def pump(reader, writer):
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader, writer):
        there, back = await asyncio.open_connection(behind.hostname, behind.port)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def _mongo(port):
    return f"mongodb://localhost:{port}/?directConnection=true"


def _redis(world, port):
    told = urlsplit(world.deployment.redis_url.reveal())
    return f"rediss://{told.username}:{told.password}@localhost:{port}/0"


async def test_a_desk_books_over_tls_to_all_three_servers(world, firm_ca, ca_file):
    place = world.deployment
    async with (
        tls_before(place.mongo_url, firm_ca) as mongo,
        tls_before(place.redis_url.reveal(), firm_ca) as redis,
        tls_before(place.stripe_url, firm_ca) as stripe,
    ):
        there = replace(
            place,
            mongo_url=_mongo(mongo),
            redis_url=Secret(_redis(world, redis)),
            stripe_url=f"https://localhost:{stripe}",
            ca_file=ca_file,
            stripe_ca_file=ca_file,
        )
        async with open_engine(there, "clerk", PASSWORD, background=False) as desk:
            held = await desk.booking.hold(desk.actor, wish(desk))
            opened = await desk.payment.settle(desk.actor, held.id)

            assert AttemptState.OPEN is opened.payment.attempt.state
            # Slower than it may be on a busy machine, it counts as away until it answers.
            async with asyncio.timeout(WITHIN_S):
                while not await desk.redis.look():
                    pass
    assert 1 == world.blocking("car-1")


async def test_a_mongodb_with_a_certificate_from_elsewhere_is_not_spoken_to(world, firm_ca, other_ca_file):
    async with tls_before(world.deployment.mongo_url, firm_ca) as port:
        connector = Connector(_mongo(port), other_ca_file)
        with pytest.raises(Unavailable) as caught:
            async with connector.open("clerk", PASSWORD, world.deployment.database) as client:
                await MongoAccounts(client, world.deployment.database, "clerk", connector).whoami()

    assert UNTRUSTED == caught.value.detail


@asynccontextmanager
async def mongod_with_tls(ca, folder, *more):
    """The port of a real mongod that takes nothing but TLS, with a certificate for localhost."""
    certificate, authority, data = folder / "server.pem", folder / "authority.pem", folder / "data"
    ca.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    ca.cert_pem.write_to_path(authority)
    data.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {
        "port": port, "bind_ip": "127.0.0.1", "dbpath": data, "logpath": folder / "log", "tlsMode": "requireTLS",
        "tlsCertificateKeyFile": certificate, "tlsCAFile": authority, "wiredTigerCacheSizeGB": 0.25,
    }  # fmt: skip
    words = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    quiet = ("--quiet", "--nounixsocket", "--tlsAllowConnectionsWithoutCertificates")
    running = await asyncio.create_subprocess_exec(
        find_mongod(), *quiet, *words, *more, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        running.kill()
        await running.wait()


async def test_a_real_mongod_that_demands_tls_is_spoken_to_with_the_firms_authority_only(
    firm_ca, ca_file, other_ca_file, tmp_path, monkeypatch
):
    async def hello(authority, host="localhost"):
        client = connect(f"mongodb://{host}:{port}/?directConnection=true", None, authority)
        try:
            with speaking():
                return (await client.admin.command("hello"))["isWritablePrimary"]
        finally:
            await client.close()

    async with mongod_with_tls(firm_ca, tmp_path) as port:
        assert await hello(ca_file)
        monkeypatch.setattr(mongo_client, "OPERATION_S", 1.0)
        with pytest.raises(Unavailable) as elsewhere:
            await hello(other_ca_file)
        with pytest.raises(Unavailable) as other_name:
            await hello(ca_file, "127.0.0.1")
        with pytest.raises(Unavailable) as plain:
            await hello("")

    assert [UNTRUSTED, UNTRUSTED] == [elsewhere.value.detail, other_name.value.detail]
    assert UNTRUSTED != plain.value.detail


@pytest.mark.parametrize("wrong", ["authority", "name"])
async def test_a_redis_with_a_wrong_certificate_is_not_spoken_to(world, firm_ca, ca_file, other_ca_file, wrong):
    name, trusted = ("localhost", other_ca_file) if wrong == "authority" else ("elsewhere.example.org", ca_file)
    async with tls_before(world.deployment.redis_url.reveal(), firm_ca, name) as port:
        redis = connect_redis(_redis(world, port), trusted)
        with pytest.raises(Unavailable):
            await RedisLine(redis).ask(redis.ping(), bool)
        await redis.aclose()


@pytest.mark.parametrize("wrong", ["authority", "name"])
async def test_a_stripe_with_a_wrong_certificate_is_not_spoken_to(world, firm_ca, ca_file, other_ca_file, wrong):
    name, trusted = ("localhost", other_ca_file) if wrong == "authority" else ("elsewhere.example.org", ca_file)
    async with tls_before(world.deployment.stripe_url, firm_ca, name) as port:
        gateway = StripeGateway(
            world.deployment.stripe_key.reveal(), base_url=f"https://localhost:{port}", ca_file=trusted, retries=0
        )
        with pytest.raises(Unavailable):
            await gateway.page("cs_test_1")
        await gateway.aclose()


async def test_a_file_of_certificates_that_is_none_is_said_at_the_start(tmp_path):
    env = {"DRIVESPHERE_MONGO_URL": "mongodb://db", "DRIVESPHERE_REDIS_URL": "redis://r"}
    with refused(Misconfigured, match="ca_file"):
        load(tmp_path, {**env, "DRIVESPHERE_CA_FILE": str(tmp_path / "nowhere.pem")}, tmp_path)
    (tmp_path / "empty.pem").touch()

    with pytest.raises(Misconfigured):
        StripeGateway("sk_test_1", ca_file=str(tmp_path / "empty.pem"))
    with pytest.raises(Misconfigured):
        async with Connector("mongodb://localhost", str(tmp_path / "empty.pem")).open("a", "b", "c"):
            pass


@pytest.mark.parametrize("trusted", [True, False], ids=["the firm's authority", "another"])
async def test_provisioning_believes_the_authority_of_the_settings_and_no_other(
    world, endpoints, firm_ca, ca_file, other_ca_file, tmp_path, trusted
):
    async with tls_before(endpoints.mongo_url, firm_ca) as port:
        env = {
            **os.environ,
            "DRIVESPHERE_CONFIG": os.devnull,
            "DRIVESPHERE_CA_FILE": ca_file if trusted else other_ca_file,
            "DRIVESPHERE_PASSWORD": endpoints.root_password,
        }
        words = ["--mongo-url", _mongo(port), "--root", endpoints.root_name, "--database", world.deployment.database]
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "engine.cli", "provision", *words),
            env=env, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, complaint = await running.communicate()

    assert (0 if trusted else 2) == running.returncode, complaint
    assert bool(said) is trusted
    assert (b"certificate that is not trusted" in complaint) is not trusted


async def provisioned(port, authority, folder, *more):
    """A new firm's first command: its exit status, what it did, what it complained of."""
    env = {
        **os.environ,
        "DRIVESPHERE_CONFIG": os.devnull,
        "DRIVESPHERE_CA_FILE": authority,
        "DRIVESPHERE_PASSWORD": "a pass phrase of root",
    }
    words = ["--mongo-url", f"mongodb://localhost:{port}/?replicaSet=rs7", "--root", "root", *more]
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "engine.cli", "provision", *words),
        env=env, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complaint = await running.communicate()
    return running.returncode, said.decode(), complaint.decode()


@asynccontextmanager
async def answering(ca, ca_file, folder, *more):
    async with mongod_with_tls(ca, folder, *more) as port:
        client = connect(f"mongodb://localhost:{port}/?directConnection=true", None, ca_file)
        await client.admin.command("hello")
        await client.close()
        yield port


async def test_a_new_replica_set_is_made_with_its_first_account_over_tls_and_without_a_shell(
    firm_ca, ca_file, tmp_path
):
    key = tmp_path / "key"
    key.write_text("c2VjcmV0" * 8)
    key.chmod(0o600)
    async with answering(firm_ca, ca_file, tmp_path, "--replSet", "rs7", "--keyFile", str(key)) as port:
        first = await provisioned(port, ca_file, tmp_path, "--init-replica-set")
        again = await provisioned(port, ca_file, tmp_path, "--init-replica-set")

    assert 0 == first[0], first
    assert f"replica set rs7: made of localhost:{port}" in first[1]
    assert "account root: made, the first of this MongoDB" in first[1]
    assert "account admin: created with the role admin" in first[1]
    assert 0 == again[0], again
    assert "made" not in again[1]
    assert "a pass phrase of root" not in "".join((*first[1:], *again[1:]))


async def test_a_server_that_is_no_member_is_told_how_to_become_one(firm_ca, ca_file, tmp_path):
    async with answering(firm_ca, ca_file, tmp_path) as port:
        status, said, complaint = await provisioned(port, ca_file, tmp_path, "--init-replica-set")

    assert (2, "") == (status, said)
    assert "Start it as a member, with --replSet rs7" in complaint
