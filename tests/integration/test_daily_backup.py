"""The program's own servers back themselves up, or Health says why not."""

from __future__ import annotations

import pytest
import pytest_asyncio
from builders import DATABASE
from full_disk import full_disk
from keyrings import MemoryKeyring, NoneKeyring, keyring_in_use

from engine.adapters.disk.backup_records import check
from engine.adapters.mongo.client import Credentials, connect
from engine.domain.health.backup import BackupRefused
from engine.domain.health.health import HealthArea, Level
from engine.wiring import daily_backup
from engine.wiring.daily_backup import KEPT, DailyBackup, backups_dir, export_key, kept_key, key_path
from engine.words.health import says

pytestmark = pytest.mark.asyncio


@pytest.fixture
def ring(request):
    with keyring_in_use(getattr(request, "param", MemoryKeyring)()) as made:
        yield made


@pytest_asyncio.fixture
async def daily(world, endpoints, tmp_path):
    who = Credentials(endpoints.root_name, endpoints.root_password, "admin")
    async with connect(endpoints.mongo_url, who) as client:
        yield DailyBackup(client, DATABASE, tmp_path)
    world.db.backups.delete_many({})


async def found(world, account="admin"):
    async with world.desk(account) as desk:
        report = await desk.admin.health.examine(desk.actor)
    return next(finding for finding in report.findings if finding.area is HealthArea.BACKUP)


async def test_one_a_day_that_opens_with_the_keyrings_key_and_health_tells_its_age(world, ring, daily, tmp_path):
    before = await found(world)
    path = await daily.once()
    again = await daily.once()
    after = await found(world, "worker")

    with path.open("rb") as file:
        whole = check(file, kept_key(tmp_path))
    assert 3 == whole.summary.counts["cars"]
    assert again is None
    assert [path] == list(backups_dir(tmp_path).iterdir())
    assert (Level.WARNING, Level.GOOD) == (before.level, after.level)
    assert "ago" in says(after)
    assert not key_path(tmp_path).exists()


@pytest.mark.parametrize("ring", [NoneKeyring], indirect=True)
async def test_without_a_keyring_a_key_file_for_its_owner_only_does(world, ring, daily, tmp_path):
    path = await daily.once()

    assert 0o600 == key_path(tmp_path).stat().st_mode & 0o777
    with path.open("rb") as file:
        assert check(file, kept_key(tmp_path))
    export_key(tmp_path, tmp_path / "copy of the key")
    assert key_path(tmp_path).read_text() == (tmp_path / "copy of the key").read_text()


@pytest.mark.parametrize("ring", [NoneKeyring], indirect=True)
async def test_where_no_key_can_be_kept_none_is_made_and_health_says_so(world, ring, daily, tmp_path, monkeypatch):
    monkeypatch.setattr(daily_backup, "key_path", lambda folder: folder / "no such folder" / "backup.key")

    assert await daily.once() is None

    finding = await found(world)
    assert Level.BAD is finding.level
    assert "failed" in says(finding)
    assert [] == list(backups_dir(tmp_path).iterdir())


async def test_the_oldest_go_and_what_is_somebody_elses_stays(world, ring, daily, tmp_path):
    folder = backups_dir(tmp_path)
    folder.mkdir()
    for number in range(KEPT + 5):
        (folder / f"drivesphere-2020-01-{number + 1:02}.backup").write_bytes(b"old")
    (folder / "my own.backup").write_bytes(b"mine")

    path = await daily.once()

    names = sorted(each.name for each in folder.iterdir())
    assert KEPT + 1 == len(names)
    assert {path.name, "my own.backup", "drivesphere-2020-01-19.backup"} <= set(names)
    assert "drivesphere-2020-01-01.backup" not in names


async def test_a_full_disk_is_told_and_leaves_nothing(world, ring, daily, tmp_path):
    backups_dir(tmp_path).mkdir()
    with full_disk(1000):
        assert await daily.once() is None
        left = list(backups_dir(tmp_path).glob("*.backup"))

    finding = await found(world)
    assert [] == left
    assert Level.BAD is finding.level
    assert await daily.once() is not None
    assert Level.GOOD is (await found(world)).level


async def test_there_is_no_key_to_export_before_the_first_one(ring, tmp_path):
    with pytest.raises(BackupRefused):
        export_key(tmp_path, tmp_path / "key")
