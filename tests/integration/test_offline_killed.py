"""A process that is killed in the middle of a sync: it leaves the old copy, or one that is marked partial."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from builders import make_car
from earnings_builders import History, berlin
from keyrings import MemoryKeyring, keyring_in_use
from killed_sync import killed_at

from engine.adapters.disk.copy_vault import CopyVault
from engine.domain.reports.report_period import year_of
from engine.services.reports.copying import StoredBooks
from engine.services.reports.earnings import EarningsService

pytestmark = pytest.mark.asyncio

GOLF = make_car(1)


@pytest.fixture
def keys():
    with keyring_in_use(MemoryKeyring()) as made:
        yield made


@pytest.fixture
def place(world, tmp_path):
    return replace(world, deployment=replace(world.deployment, copies_dir=tmp_path / "copies" / "firm"))


@pytest.fixture
def history(place):
    made = History(place)
    made.cars(GOLF)
    return made


async def stored(place):
    return await asyncio.to_thread(CopyVault(place.deployment.copies_dir).load, "owner")


async def test_a_first_sync_that_is_killed_is_partial_and_goes_on_in_the_next_process(place, keys, history):
    keys.set_password("drivesphere", "copy:firm:owner", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    for year in (2024, 2025):
        for n in range(12):
            history.book(GOLF, berlin(year, 1 + n, 3), charged=berlin(year, 1 + n, 2))
    await killed_at(3, place.deployment, keys)

    partial = await stored(place)
    (head,) = CopyVault(place.deployment.copies_dir).heads()
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
    await killed_at(1, place.deployment, keys)

    after = await stored(place)
    async with place.desk("owner") as desk:
        news = await desk.copying.sync(desk.actor)

    assert before == after
    assert after.manifest.head.complete
    assert news.rentals == 6
