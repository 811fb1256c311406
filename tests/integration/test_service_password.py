"""What a service signs in with is chosen where nobody sits at a window, and is never lost."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest
from builders import DATABASE, PASSWORD

from engine.domain.people.accounts import NewPerson, Post
from engine.domain.people.people import AccountName, Role

pytestmark = pytest.mark.asyncio


def chosen(endpoints, folder, account, password):
    env = os.environ | {
        "DRIVESPHERE_CONFIG": os.devnull,
        "DRIVESPHERE_MONGO_URL": endpoints.mongo_url,
        "DRIVESPHERE_REDIS_URL": endpoints.redis_url,
        "DRIVESPHERE_DATABASE": DATABASE,
        "DRIVESPHERE_PASSWORD": password,
    }
    command = [sys.executable, "-m", "engine.cli", "service-password", "service.env", "--account", account]
    return subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 -- ourselves


async def test_a_new_services_password_is_in_a_file_of_its_owner_and_lets_it_in(world, staff, endpoints, tmp_path):
    async with world.desk("admin") as admin:
        new = NewPerson(AccountName("night"), "Night", "", "", Post(Role.WORKER))
        issued = await admin.accounts.create(admin.actor, new, PASSWORD)

    done = chosen(endpoints, tmp_path, "night", issued.password)

    file = tmp_path / "service.env"
    password = file.read_text().strip().removeprefix("DRIVESPHERE_PASSWORD=")
    assert 0 == done.returncode, done.stderr
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert password not in done.stdout + done.stderr
    async with world.deployment.connector.open("night", password, DATABASE) as client:
        await client[DATABASE].command("ping")

    again = chosen(endpoints, tmp_path, "night", password)

    assert 2 == again.returncode
    assert "is there already" in again.stderr
    assert file.read_text().strip().endswith(password)


async def test_a_password_that_was_not_taken_is_not_left_in_a_file(world, endpoints, tmp_path):
    done = chosen(endpoints, tmp_path, "worker", "another than its own")

    assert 2 == done.returncode
    assert "account.sign_in" in done.stderr
    assert not (tmp_path / "service.env").exists()
