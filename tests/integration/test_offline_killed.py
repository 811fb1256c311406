"""A process that is killed in the middle of a sync: it leaves the old copy, or one that is marked partial."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from builders import PASSWORD, make_car
from earnings_builders import History, berlin
from keyrings import MemoryKeyring

from engine.adapters.copy_vault import CopyVault
from engine.domain.span import year_of
from engine.services.copying import StoredBooks
from engine.services.earnings import EarningsService

pytestmark = pytest.mark.asyncio

GOLF = make_car(1)
#: Syncs, and kills itself when the write of that number has all its rows and lacks its COMMIT.
DOOMED = """
import asyncio, json, os, signal, sys
from pathlib import Path
import keyring
told = json.loads(sys.stdin.read())
sys.path.insert(0, told["tests"])
from keyrings import MemoryKeyring
from engine.adapters import copy_file
from engine.bootstrap import Place, open_engine
from engine.config import Secret

ring = MemoryKeyring()
ring.kept = {tuple(name): key for *name, key in told["keys"]}
keyring.set_keyring(ring)
writes, connect = 0, copy_file.sqlite3.connect

class Doomed(copy_file.sqlite3.Connection):
    def execute(self, sql, *rest):
        global writes
        if sql == "COMMIT":
            writes += 1
            if writes == told["at"]:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(sql, *rest)

copy_file.sqlite3.connect = lambda *given, **options: connect(*given, **options, factory=Doomed)

async def main():
    place = Place(told["mongo"], Secret(told["redis"]), told["database"], copies_dir=Path(told["copies"]))
    async with open_engine(place, "owner", told["password"], background=False) as engine:
        await engine.copying.sync(engine.actor)

asyncio.run(main())
"""


@pytest.fixture
def keys():
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def place(world, tmp_path):
    return replace(world, place=replace(world.place, copies_dir=tmp_path / "copies" / "firm"))


@pytest.fixture
def history(place):
    made = History(place)
    made.cars(GOLF)
    return made


async def killed_at(write, place, keys):
    """Another process with the same keyring syncs the same copy, and is killed at its *write*-th COMMIT."""
    to = place.place
    told = {
        "at": write,
        "keys": [[*name, key] for name, key in keys.kept.items()],
        "tests": str(Path(__file__).parents[1]),
        "mongo": to.mongo_url,
        "redis": to.redis_url.reveal(),
        "database": to.database,
        "copies": str(to.copies_dir),
        "password": PASSWORD,
    }
    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", DOOMED],
        input=json.dumps(told),
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr


async def stored(place):
    return await asyncio.to_thread(CopyVault(place.place.copies_dir).load, "owner")


async def test_a_first_sync_that_is_killed_is_partial_and_goes_on_in_the_next_process(place, keys, history):
    keys.set_password("drivesphere", "copy:firm:owner", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    for year in (2024, 2025):
        for n in range(12):
            history.book(GOLF, berlin(year, 1 + n, 3), charged=berlin(year, 1 + n, 2))
    await killed_at(3, place, keys)

    partial = await stored(place)
    (head,) = CopyVault(place.place.copies_dir).heads()
    report = await EarningsService(StoredBooks(partial)).report(partial.manifest.actor, year_of(2025, "Europe/Berlin"))
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
    whole = await stored(place)

    assert (partial.manifest.head.complete, head.complete, report.complete) == (False, False, False)
    assert 0 < len(partial.books.postings) < 72
    assert (len(whole.books.postings), whole.manifest.head.complete) == (72, True)


async def test_a_later_sync_that_is_killed_leaves_the_copy_as_it_was(place, keys, history):
    history.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
    before = await stored(place)
    for n in range(6):
        history.book(GOLF, berlin(2025, 4 + n, 3), charged=berlin(2025, 4 + n, 2))
    await killed_at(1, place, keys)

    after = await stored(place)
    async with place.desk("owner") as desk:
        news = await desk.copying.sync(desk.actor)

    assert before == after
    assert after.manifest.head.complete
    assert news.rentals == 6
