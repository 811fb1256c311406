"""``drivesphere backup`` and ``restore`` as processes: words, exit statuses, and what is left when they are killed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pymongo
import pytest
import pytest_asyncio
from bson import ObjectId
from builders import DATABASE, PASSWORD

from engine.adapters.disk.backup_place import PART

pytestmark = pytest.mark.asyncio
AGAIN = "ds_restored_by_command"
PHRASE = "four words or five"


@pytest_asyncio.fixture
async def run(world, endpoints, root, tmp_path):
    """Start a command in *tmp_path* with the firm's servers in its settings."""
    env = {
        "PATH": "",
        "HOME": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "DRIVESPHERE_MONGO_URL": endpoints.mongo_url,
        "DRIVESPHERE_REDIS_URL": endpoints.redis_url,
        "DRIVESPHERE_DATABASE": DATABASE,
        "DRIVESPHERE_BACKUP_PASSPHRASE": PHRASE,
    }

    async def start(*arguments: str, password: str = PASSWORD, **more: str):
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "engine.cli",
            *arguments,
            env=env | {"DRIVESPHERE_PASSWORD": password} | more,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    yield start
    root[DATABASE].backups.delete_many({})
    root[AGAIN].command("dropAllUsersFromDatabase")
    root[AGAIN].command("dropAllRolesFromDatabase")
    root.drop_database(AGAIN)


async def said(process) -> tuple[int, str, str]:
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_there_and_back_with_words_for_people_and_for_programs(run, endpoints, root, tmp_path):
    root_ = (endpoints.root_name, endpoints.root_password)
    made = await said(await run("backup", "firm.backup", "--json"))
    restoring = await run("restore", "firm.backup", "--database", AGAIN, "--root", root_[0], password=root_[1])
    status, out, err = await said(restoring)

    lines = [json.loads(line) for line in made[1].splitlines()]
    assert 0 == made[0], made
    assert all("progress" in line for line in lines[:-1])
    assert lines[-1]["done"]["collections"]["cars"] == 3
    assert 0 == status, err
    assert "went back in time to" in out
    assert "What to do next" in out
    assert "one-time-passwords.txt" in out
    assert 3 == root[AGAIN].cars.count_documents({})
    assert PHRASE not in out + err + made[1]
    done = root[DATABASE].backups.find_one({"what": "done"})
    assert (tmp_path / "firm.backup").stat().st_size == done["size"]


async def test_what_cannot_be_done_is_a_sentence_and_status_2(run, root, tmp_path):
    (tmp_path / "firm.backup").write_bytes(b"older")
    there = await said(await run("backup", "firm.backup"))
    wrong = await said(await run("restore", "firm.backup", "--database", AGAIN, "--data", str(tmp_path)))
    clerk = await said(await run("backup", "other.backup", "--account", "clerk"))

    assert (2, 2, 2) == (there[0], wrong[0], clerk[0])
    assert "backup.refused" in there[2]
    assert "account.forbidden" in clerk[2]
    assert not any("Traceback" in each[2] for each in (there, wrong, clerk))
    assert b"older" == (tmp_path / "firm.backup").read_bytes()
    assert not (tmp_path / "other.backup").exists()
    assert AGAIN not in root.list_database_names()


async def test_a_backup_that_is_killed_leaves_no_file_that_looks_whole(run, root, tmp_path):
    chunks = [{"_id": ObjectId(), "files_id": f"p{n}", "n": 0, "data": bytes(250_000)} for n in range(240)]
    root[DATABASE]["images.chunks"].insert_many(chunks)
    process = await run("backup", "firm.backup", "--json")
    async for line in process.stdout:
        if json.loads(line)["progress"]["rows"] > 60:
            process.kill()
            break
    await process.wait()
    left = [each.name for each in tmp_path.iterdir() if each.is_file()]

    assert "firm.backup" not in left
    assert all(name.endswith(PART) for name in left)
    (half,) = left
    status, _, err = await said(await run("restore", half, "--database", AGAIN))
    assert 2 == status
    assert "backup.damaged" in err


async def test_a_restore_that_is_killed_is_marked_and_begun_anew(run, endpoints, root, tmp_path):
    rows = [{"_id": ObjectId(), "data": bytes(100_000), "files_id": f"p{n}", "n": 0} for n in range(300)]
    root[DATABASE]["images.chunks"].insert_many(rows)
    assert 0 == (await said(await run("backup", "firm.backup")))[0]
    order = ("restore", "firm.backup", "--database", AGAIN, "--root", endpoints.root_name, "--json")
    process = await run(*order, password=endpoints.root_password)
    async for line in process.stdout:
        if json.loads(line)["progress"]["step"] == "images.chunks":
            process.kill()
            break
    await process.wait()
    again = await said(await run(*order, password=endpoints.root_password))
    anew = await said(await run(*order, "--again", password=endpoints.root_password))

    assert 2 == again[0]
    assert "--again" in again[2]
    assert 0 == anew[0], anew
    assert 300 == root[AGAIN]["images.chunks"].count_documents({})
    client = pymongo.MongoClient(endpoints.mongo_url, username="clerk", password=PASSWORD, authSource=AGAIN)
    with pytest.raises(pymongo.errors.OperationFailure):
        client[AGAIN].cars.find_one()
    client.close()
