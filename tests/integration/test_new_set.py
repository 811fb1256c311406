"""A new replica set from nothing: the key file of its members, the set by their addresses, its first account."""

from __future__ import annotations

import asyncio
import os
import re
import stat
import sys
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from a_mongod import a_mongod
from click.testing import CliRunner
from refusing import refused

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.schema.initiate import make_key_file
from engine.cli import drivesphere
from engine.domain.shared.errors import Misconfigured

ROOT = "a pass phrase of root"


@asynccontextmanager
async def members(folder, key, count):
    """Addresses of so many mongods that know each other by *key* and are not a set yet."""
    async with AsyncExitStack() as ends:
        hosts = []
        for number in range(count):
            member = a_mongod(folder / f"member{number}", "--replSet", "rs7", "--keyFile", key)
            hosts.append(f"127.0.0.1:{await ends.enter_async_context(member)}")
        yield hosts


async def provisioned(hosts, folder, *more):
    """Exit status, what it did, what it complained of."""
    env = {**os.environ, "DRIVESPHERE_CONFIG": os.devnull, "DRIVESPHERE_PASSWORD": ROOT}
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "engine.cli", "provision", "--root", "root", "--init-replica-set", *more),
        *("--mongo-url", f"mongodb://{','.join(hosts)}/?replicaSet=rs7"),
        env=env, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complaint = await running.communicate()
    return running.returncode, said.decode(), complaint.decode()


@pytest.mark.asyncio
async def test_the_key_file_is_made_first_and_then_a_set_of_three_with_its_first_account(tmp_path):
    key = tmp_path / "members.key"
    made = await provisioned(["a.example:27017", "b.example"], tmp_path, "--key-file", str(key))
    text = key.read_text()
    async with members(tmp_path, key, 3) as hosts:
        done = await provisioned(hosts, tmp_path, "--key-file", str(key))
        client = connect(f"mongodb://{','.join(hosts)}/?replicaSet=rs7", Credentials("root", ROOT, "admin"))
        told = await client.admin.command("replSetGetStatus")
        await client.close()

    assert 0 == made[0], made
    assert f"key file {key}: made. Give a copy to each member (a.example:27017, b.example:27017)" in made[1]
    assert "--replSet rs7 --keyFile" in made[1]
    assert text.strip() not in made[1] + made[2]
    assert 0 == done[0], done
    assert f"replica set rs7: made of {', '.join(hosts)}" in done[1]
    assert "account root: made" in done[1]
    assert "account admin: created" in done[1]
    assert hosts == [each["name"] for each in told["members"]]
    assert text == key.read_text()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_reads_the_key_and_none_is_written_over(tmp_path):
    assert make_key_file(tmp_path / "key")
    text = (tmp_path / "key").read_bytes()

    assert 0o400 == stat.S_IMODE((tmp_path / "key").stat().st_mode)
    assert not make_key_file(tmp_path / "key")
    assert text == (tmp_path / "key").read_bytes()
    assert re.fullmatch(rb"[A-Za-z0-9+/=]{6,1024}\n", text)
    assert make_key_file(tmp_path / "other")
    assert text != (tmp_path / "other").read_bytes()


def test_where_no_file_can_be_is_told(tmp_path):
    with refused(Misconfigured, match=r"^The key file .* cannot be made: No such file or directory\.$"):
        make_key_file(tmp_path / "nowhere" / "key")


def test_a_key_without_a_set_to_make_is_a_slip(tmp_path):
    words = ["provision", "--mongo-url", "mongodb://a", "--root", "root", "--key-file", str(tmp_path / "key")]
    told = CliRunner().invoke(drivesphere, words)

    assert 2 == told.exit_code
    assert "--key-file is for a new replica set: add --init-replica-set." in told.output
    assert not (tmp_path / "key").exists()
