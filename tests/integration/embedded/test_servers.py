"""The embedded servers from the windows' side: real processes, ended in every way a process can end."""

from __future__ import annotations

import asyncio
import json
import socket
import socketserver
import subprocess
import sys
import threading
from contextlib import closing

import psutil
import pymongo
import pytest
import redis
from builders import redis_of
from pymongo.errors import OperationFailure
from redis.exceptions import NoPermissionError
from within import WITHIN_S

from engine.adapters.redis.rights import USER
from engine.embedded.binaries import find_mongod, find_valkey
from engine.embedded.folder import ServerFolder, read_json
from engine.embedded.processes import Register
from engine.embedded.servers import open_servers


def login(endpoints, password=None):
    return closing(
        pymongo.MongoClient(
            endpoints.mongo_url, username=endpoints.root_name, password=password or endpoints.root_password
        )
    )


def port_of(url):
    return pymongo.uri_parser.parse_uri(url)["nodelist"][0][1]


def test_the_database_takes_its_own_password_and_no_other(shared):
    endpoints = shared.endpoints

    with login(endpoints) as right:
        right.get_database("d", write_concern=pymongo.WriteConcern("majority")).c.insert_one({})
    with login(endpoints, "wrong") as wrong, pytest.raises(OperationFailure, match="Authentication failed"):
        wrong.admin.command("ping")
    with closing(pymongo.MongoClient(endpoints.mongo_url)) as stranger, pytest.raises(OperationFailure) as refused:
        stranger.d.c.find_one()
    assert refused.value.code == 13


def test_the_lease_server_takes_its_own_password_and_no_other(shared):
    endpoints = shared.endpoints
    password = endpoints.redis_url.split("@")[0].rsplit(":", 1)[1]

    with redis.Redis.from_url(endpoints.redis_url) as right:
        assert right.ping()
        with pytest.raises(NoPermissionError):
            right.config_get("maxmemory-policy")
    with redis_of(shared.folder, endpoints.redis_url) as keeper:
        assert keeper.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    with (
        redis.Redis.from_url(endpoints.redis_url.replace(password, "wrong")) as wrong,
        pytest.raises(redis.AuthenticationError),
    ):
        wrong.ping()
    nobody = endpoints.redis_url.replace(f"{USER}:{password}@", "")
    with redis.Redis.from_url(nobody) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_the_sandbox_is_started_for_the_window_that_wants_it(open_window, tmp_path):
    without = open_window(tmp_path).endpoints
    wanted = open_window(tmp_path, "sandbox").endpoints

    assert (without.stripe_url, without.stripe_key) == ("", "")
    assert wanted.stripe_key.startswith("sk_test_")
    with socket.create_connection(("127.0.0.1", int(wanted.stripe_url.rsplit(":")[-1])), timeout=WITHIN_S):
        pass


def test_no_secret_is_on_a_command_line_or_in_a_file_for_others(shared):
    endpoints = shared.endpoints
    secrets = [endpoints.root_password, endpoints.stripe_key, endpoints.redis_url.split("@")[0].rsplit(":", 1)[1]]
    secrets.append(read_json(ServerFolder(shared.folder).endpoint)["token"])

    words = [word for process in shared.processes() for word in process.cmdline()]
    files = [path for path in (shared.folder / "servers").iterdir() if path.is_file()]

    assert len(shared.processes()) == 4
    assert [word for word in words if any(secret in word for secret in secrets)] == []
    assert [path for path in files if path.stat().st_mode & 0o077] == []
    assert (shared.folder / "servers").stat().st_mode & 0o077 == 0
    assert not any(secret in repr(endpoints) for secret in secrets)


def test_a_second_window_joins_the_servers_of_the_first(open_window, tmp_path):
    first = open_window(tmp_path)
    endpoints = first.endpoints
    running = set(first.processes())
    second = open_window(tmp_path)

    assert second.endpoints == endpoints
    first.close()
    with login(endpoints) as client:
        assert client.admin.command("ping")["ok"]
    assert set(second.processes()) == running


def test_windows_that_open_at_once_share_one_keeper(open_window, tmp_path):
    windows = [open_window(tmp_path) for _ in range(4)]

    endpoints = [window.endpoints for window in windows]

    assert endpoints == [endpoints[0]] * 4
    assert sorted(process.name() for process in windows[0].processes() if process != windows[0].keeper()) == [
        find_mongod().name,
        find_valkey().name,
    ]


def test_data_outlives_the_servers(open_window, tmp_path, none_left):
    window = open_window(tmp_path)
    endpoints = window.endpoints
    with login(endpoints) as client, redis.Redis.from_url(endpoints.redis_url) as leases:
        client.d.c.insert_one({"_id": 1})
        leases.set("d:version:key", "value")
    running = window.processes()
    window.close()
    assert none_left(running)
    assert '"exitCode":0' in (tmp_path / "servers" / "mongod.log").read_text()

    again = open_window(tmp_path).endpoints

    assert again == endpoints
    with login(again) as client, redis.Redis.from_url(again.redis_url) as leases:
        assert client.d.c.find_one() == {"_id": 1}
        assert leases.getrange("d:version:key", 0, -1) == b"value"


def test_a_folder_may_have_any_name(open_window, tmp_path):
    folder = tmp_path / 'M\u00fcller & "Sons" \\n'
    folder.mkdir()

    endpoints = open_window(folder).endpoints

    with redis_of(folder, endpoints.redis_url) as leases:
        assert leases.config_get("dir") == {"dir": str(folder / "servers" / "valkey")}


def test_the_servers_move_when_somebody_sits_on_their_port(open_window, tmp_path, none_left):
    window = open_window(tmp_path)
    before = window.endpoints
    running = window.processes()
    window.kill()
    assert none_left(running)

    with socketserver.TCPServer(("127.0.0.1", port_of(before.mongo_url)), socketserver.BaseRequestHandler) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        after = open_window(tmp_path).endpoints
        stranger.shutdown()

    assert port_of(after.mongo_url) != port_of(before.mongo_url)
    with login(after) as client:
        client.d.c.insert_one({})
        assert client.admin.command("hello")["me"] == f"127.0.0.1:{port_of(after.mongo_url)}"


def test_nothing_outlives_a_window_that_was_killed(open_window, tmp_path, none_left):
    window = open_window(tmp_path, "sandbox")
    assert window.endpoints
    running = window.processes()

    window.kill()

    assert len(running) == 4
    assert none_left(running)
    assert window.processes() == []
    assert not ServerFolder(tmp_path).endpoint.exists()


def test_nothing_outlives_a_window_that_was_killed_while_it_waited(open_window, tmp_path, none_left):
    window = open_window(tmp_path)
    window.hear("progress")
    running = window.processes()

    window.kill()

    assert running
    assert none_left(running)
    assert window.processes() == []


def test_a_killed_keeper_takes_its_servers_along(open_window, tmp_path, none_left):
    window = open_window(tmp_path, "sandbox")
    with login(window.endpoints) as client:
        client.d.c.insert_one({"_id": 1})
    running = window.processes()

    window.keeper().kill()

    assert none_left(running)
    with login(open_window(tmp_path).endpoints) as client:
        assert client.d.c.find_one() == {"_id": 1}


def test_a_window_that_comes_while_the_keeper_leaves_gets_a_new_one(open_window, tmp_path, none_left):
    window = open_window(tmp_path)
    endpoints = window.endpoints
    old = window.keeper()

    old.terminate()

    assert open_window(tmp_path).endpoints == endpoints
    assert none_left([old])
    assert window.keeper() != old


@pytest.mark.parametrize("name", ["mongod", "valkey"])
def test_a_server_that_dies_is_started_again_on_its_port(open_window, tmp_path, name, none_left):
    window = open_window(tmp_path)
    endpoints = window.endpoints
    dead = window.server(name)

    dead.kill()
    assert none_left([dead])

    if name == "mongod":
        with login(endpoints) as client:
            client.d.c.insert_one({})  # waits for a server
    else:
        patient = redis.retry.Retry(redis.backoff.ConstantBackoff(0.1), 100)
        with redis.Redis.from_url(endpoints.redis_url, retry=patient) as leases:
            assert leases.ping()
    assert window.server(name) != dead


def test_a_caller_without_the_token_is_sent_away(shared):
    assert shared.endpoints
    port = read_json(ServerFolder(shared.folder).endpoint)["port"]

    with socket.create_connection(("127.0.0.1", port), timeout=WITHIN_S) as stranger:
        stranger.sendall(json.dumps({"token": "guess"}).encode() + b"\n")
        assert stranger.recv(100) == b""


def test_what_an_earlier_keeper_left_is_ended_and_nothing_else(tmp_path):
    folder = ServerFolder(tmp_path)
    folder.prepare()
    waiting = [sys.executable, "-c", "input()"]

    with (
        subprocess.Popen(waiting, stdin=subprocess.PIPE) as left,  # noqa: S603 -- ours
        subprocess.Popen(waiting, stdin=subprocess.PIPE) as stranger,  # noqa: S603 -- ours
    ):
        register = Register(folder)
        register.note("left", left.pid, 1)
        register.note("stranger", stranger.pid, 2)
        rows = read_json(folder / "processes.json")
        rows["stranger"]["created"] -= 1.0  # another process had this number then
        (folder / "processes.json").write_text(json.dumps(rows))

        Register(folder).end_left_over()

        assert not psutil.pid_exists(left.pid)
        assert stranger.poll() is None
        stranger.communicate(b"\n")


@pytest.mark.asyncio
async def test_a_block_that_is_cancelled_lets_go(open_window, tmp_path, none_left):
    window = open_window(tmp_path)
    assert window.endpoints
    inside = asyncio.Event()

    async def work():
        async with open_servers(tmp_path, sandbox=False):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    await asyncio.wait({task})

    assert task.cancelled()
    running = window.processes()
    window.kill()
    assert await asyncio.to_thread(none_left, running)
