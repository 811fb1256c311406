"""The copy on an owner's computer: made by difference, sealed, whole or marked, and never another's."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import keyring
import pytest
from builders import make_car
from earnings_builders import MINE, OTHER, History, berlin, draw
from full_disk import full_disk
from keyrings import ForgetfulKeyring, MemoryKeyring, NoneKeyring, keyring_in_use
from within import WITHIN_S

from engine.adapters.disk.copy_vault import CopyVault
from engine.adapters.mongo.queries.copy_of_books import MongoMoment
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarStatus
from engine.domain.reports.copying import PICTURES
from engine.domain.reports.figure_sources import Figure, FigureQuestion
from engine.domain.reports.report_period import moment, month, year_of
from engine.domain.shared.errors import CopyOutOfReach, CopyUnusable, Forbidden, NoKeyring, NotFound, Unavailable
from engine.services.reports.copying import StoredBooks
from engine.services.reports.earnings import EarningsService

pytestmark = pytest.mark.asyncio

ZONE = "Europe/Berlin"
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


def files(place):
    return sorted(place.deployment.copies_dir.iterdir())


async def stored(place, desk):
    copy = await asyncio.to_thread(CopyVault(place.deployment.copies_dir).load, desk.actor.account)
    return copy, EarningsService(StoredBooks(copy))


async def test_the_copy_tells_exactly_what_the_database_tells(place, keys):
    history = History(place)
    draw(history, Random(11), ZONE, (2024, 2025))  # noqa: S311 -- a test's dice

    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        copy, offline = await stored(place, desk)
        for span in (year_of(2024, ZONE), year_of(2025, ZONE), month(2025, 3, ZONE), month(2024, 11, ZONE)):
            live, kept = await desk.earnings.report(desk.actor, span), await offline.report(desk.actor, span)
            assert live.currencies == kept.currencies
            for each in live.currencies:
                for figure in Figure:
                    asked = FigureQuestion(figure, span.marks[0], span.marks[-1], each.currency)
                    assert await desk.earnings.explain(desk.actor, asked) == await offline.explain(desk.actor, asked)
        assert await desk.earnings.zone(desk.actor) == await offline.zone(desk.actor)

    assert copy.manifest.head.complete


async def test_what_changed_since_is_fetched_by_difference_and_told(place, keys, history, monkeypatch):
    for n in range(12):
        history.book(GOLF, berlin(2025, 1 + n, 3), charged=berlin(2025, 1 + n, 2))
    async with place.desk("owner") as desk:
        first = await desk.copying.sync(desk.actor)
        cancelled = history.book(
            GOLF, berlin(2025, 7, 20), state=BookingState.CANCELLED,
            charged=berlin(2025, 7, 12), refunded=berlin(2025, 7, 13),
        )  # fmt: skip
        history.book(GOLF, berlin(2025, 7, 28), charged=berlin(2025, 7, 14))
        history.book(GOLF, berlin(2025, 9, 28), charged=berlin(2025, 9, 14))
        shown = await desk.fleet.car(desk.actor, GOLF.id)
        await desk.fleet.set_status(desk.actor, shown, CarStatus.MAINTENANCE)
        fetched = []
        reading = MongoMoment.postings

        async def watched(self, name):
            fetched.append(name)
            return await reading(self, name)

        monkeypatch.setattr(MongoMoment, "postings", watched)
        second = await desk.copying.sync(desk.actor)
        third = await desk.copying.sync(desk.actor)
        copy, _ = await stored(place, desk)

    assert not first
    assert (3, 1, 1) == (second.rentals, second.refunds, second.cars)
    assert ["charge", "charge", "refund", "charge"] == [row.kind for row in second.money]
    assert [cancelled.id, cancelled.id] == [row.booking_id for row in second.money[2:]]
    assert {"2025-07", "2025-09"} == set(fetched)
    assert not third
    assert cancelled.id in copy.books.rentals


async def test_only_this_user_may_read_the_files_and_they_hold_nothing_in_the_clear(place, keys, history):
    booking = history.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)

    for path in files(place):
        assert 0 == stat.S_IMODE(path.stat().st_mode) & 0o077
        content = path.read_bytes()
        for secret in (booking.id, GOLF.plate, "Volkswagen", booking.renter_name, MINE):
            assert secret.encode() not in content
    assert 0 == stat.S_IMODE(place.deployment.copies_dir.stat().st_mode) & 0o077


async def test_without_its_key_the_copy_is_noise_and_is_made_anew(place, keys, history):
    history.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        (name,) = keys.kept
        keys.kept[name] = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
        with pytest.raises(CopyUnusable):
            await stored(place, desk)

        await desk.copying.sync(desk.actor)
        copy, _ = await stored(place, desk)

    assert 3 == len(copy.books.postings)


@pytest.mark.parametrize("ring", [NoneKeyring, ForgetfulKeyring])
async def test_where_there_is_no_keyring_no_copy_is_kept(place, keys, history, ring):
    keyring.set_keyring(ring())

    async with place.desk("owner") as desk:
        with pytest.raises(NoKeyring):
            await desk.copying.sync(desk.actor)

    assert not place.deployment.copies_dir.exists() or files(place) == []


async def test_forgetting_leaves_neither_file_nor_key(place, keys, history):
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        assert files(place)
        assert keys.kept

        await desk.copying.forget(desk.actor)
        with pytest.raises(NotFound):
            await desk.copying.copy(desk.actor)

    assert ([], {}) == (files(place), keys.kept)


async def test_bookings_of_two_years_are_kept_and_older_ones_only_if_they_were_paid(place, keys, history):
    now = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    old, recent = now - timedelta(days=1000), now - timedelta(days=100)
    kept = {
        history.book(GOLF, old, charged=old).id,
        history.book(GOLF, recent, state=BookingState.RELEASED).id,
        history.book(GOLF, recent + timedelta(days=9), charged=recent).id,
    }
    history.book(GOLF, old + timedelta(days=9), state=BookingState.RELEASED)

    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        copy, _ = await stored(place, desk)

    assert kept == set(copy.books.rentals)


async def test_a_first_sync_that_is_cut_off_is_partial_and_goes_on_later(place, keys, history, monkeypatch):
    for n in range(12):
        history.book(GOLF, berlin(2024, 1 + n, 3), charged=berlin(2024, 1 + n, 2))
        history.book(GOLF, berlin(2025, 1 + n, 3), charged=berlin(2025, 1 + n, 2))
    reading, seen = MongoMoment.postings, []

    async def cut(self, name):
        seen.append(name)
        if len(seen) > 10:
            raise Unavailable("mongodb")
        return await reading(self, name)

    async with place.desk("owner") as desk:
        monkeypatch.setattr(MongoMoment, "postings", cut)
        with pytest.raises(Unavailable):
            await desk.copying.sync(desk.actor)
        partial, offline = await stored(place, desk)
        report = await offline.report(desk.actor, year_of(2025, ZONE))
        monkeypatch.setattr(MongoMoment, "postings", reading)
        await desk.copying.sync(desk.actor)
        whole, offline = await stored(place, desk)
        after = await offline.report(desk.actor, year_of(2025, ZONE))

    assert not partial.manifest.head.complete
    assert not report.complete
    assert 0 < len(partial.books.postings) < 72
    assert (72, True, True) == (len(whole.books.postings), whole.manifest.head.complete, after.complete)


async def test_a_later_sync_that_is_cut_off_leaves_the_copy_as_it_was(place, keys, history, monkeypatch):
    history.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        before, _ = await stored(place, desk)
        for n in range(6):
            history.book(GOLF, berlin(2025, 4 + n, 3), charged=berlin(2025, 4 + n, 2))
        reading = MongoMoment.rentals

        async def cut(self, name):
            raise Unavailable("mongodb")

        monkeypatch.setattr(MongoMoment, "rentals", cut)
        with pytest.raises(Unavailable):
            await desk.copying.sync(desk.actor)
        after, _ = await stored(place, desk)
        monkeypatch.setattr(MongoMoment, "rentals", reading)
        news = await desk.copying.sync(desk.actor)

    assert before == after
    assert after.manifest.head.complete
    assert 6 == news.rentals


async def test_a_process_that_dies_while_it_writes_leaves_the_copy_as_it_was(place, keys, history):
    history.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        before, _ = await stored(place, desk)
        path = next(path for path in files(place) if path.suffix == ".copy")
        dying = sqlite3.connect(path, isolation_level=None)
        dying.execute("BEGIN IMMEDIATE")
        dying.execute("DELETE FROM parts WHERE kind = 'ledger'")
        dying.close()  # without COMMIT, as a process that is killed

        after, _ = await stored(place, desk)

    assert before == after


@pytest.mark.parametrize("harm", ["cut short", "overwritten", "a part missing", "a part swapped", "no database"])
async def test_a_broken_copy_is_told_as_such_and_rebuilt(place, keys, history, harm):
    for n in range(3):
        history.book(GOLF, berlin(2025, 3 + n, 3), charged=berlin(2025, 3 + n, 2))
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        path = next(path for path in files(place) if path.suffix == ".copy")
        break_it(path, harm)
        with pytest.raises(CopyUnusable):
            await stored(place, desk)

        await desk.copying.sync(desk.actor)
        copy, _ = await stored(place, desk)

    assert 9 == len(copy.books.postings)
    assert copy.manifest.head.complete


def break_it(path, harm):
    content = path.read_bytes()
    if harm == "cut short":
        path.write_bytes(content[: len(content) // 2])
    elif harm == "overwritten":
        path.write_bytes(content[:5000] + b"\xff" * (len(content) - 5000))
    elif harm == "no database":
        path.write_bytes(b"not a database at all" * 100)
    else:
        db = sqlite3.connect(path)
        if harm == "a part missing":
            db.execute("DELETE FROM parts WHERE kind = 'ledger' AND name = '2025-04'")
        else:
            db.execute(
                "UPDATE parts SET sealed = (SELECT sealed FROM parts WHERE kind='ledger' AND name='2025-03')"
                " WHERE kind = 'ledger' AND name = '2025-04'"
            )
        db.commit()
        db.close()


async def test_a_copy_answers_its_own_owner_only(place, keys, history):
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        _, offline = await stored(place, desk)

        with pytest.raises(Forbidden):
            await offline.report(replace(desk.actor, owner_id=OTHER), month(2025, 3, ZONE))

    async with place.desk("clerk") as clerk:
        assert clerk.copying is None


async def test_the_sign_in_page_knows_whose_copies_lie_here_without_a_key(place, keys, history):
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
    keys.kept.clear()

    (head,) = CopyVault(place.deployment.copies_dir).heads()

    assert ("owner", "Olga Owner", True) == (head.account, head.name, head.complete)
    assert abs(datetime.now(UTC) - moment(head.as_of)) < timedelta(hours=1)


async def test_the_first_thumbnail_of_each_car_is_kept(place, keys, history):
    data = b"\xff\xd8 a picture \xff\xd9"
    place.db.cars.update_one({"_id": GOLF.id}, {"$set": {"image_ids": ["pic-1", "pic-2"]}})
    place.db["images.chunks"].insert_one({"files_id": "pic-1.small", "n": 0, "data": data})

    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        with_picture, _ = await stored(place, desk)
        place.db.cars.update_one({"_id": GOLF.id}, {"$set": {"image_ids": []}})
        await desk.copying.sync(desk.actor)
        without, _ = await stored(place, desk)

    assert {"pic-1": data} == with_picture.pictures
    assert {} == without.pictures
    assert not [key for key in without.manifest.prints if key[0] == PICTURES]


async def test_a_full_disk_costs_nothing_that_was_kept(place, keys, history):
    history.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        before, _ = await stored(place, desk)
        for n in range(200):
            history.book(GOLF, berlin(2025, 4, 1) + timedelta(days=n), charged=berlin(2025, 4, 1))
        with full_disk(max(path.stat().st_size for path in files(place))):
            for _ in range(2):
                with pytest.raises(CopyOutOfReach):
                    await desk.copying.sync(desk.actor)
            full, _ = await stored(place, desk)
        news = await desk.copying.sync(desk.actor)

    assert before == full
    assert 200 == news.rentals


async def test_a_copy_that_another_program_holds_is_left_alone(place, keys, history, monkeypatch):
    monkeypatch.setattr("engine.adapters.disk.copy_file._PATIENCE_S", 0.05)
    history.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
    async with place.desk("owner") as desk:
        await desk.copying.sync(desk.actor)
        before, _ = await stored(place, desk)
        history.book(GOLF, berlin(2025, 4, 3), charged=berlin(2025, 4, 2))
        path = next(path for path in files(place) if path.suffix == ".copy")
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(CopyOutOfReach):
                await desk.copying.sync(desk.actor)
        after, _ = await stored(place, desk)

    assert before == after


async def test_nothing_is_left_by_a_sync_that_was_writing_when_the_computer_was_forgotten(
    place, keys, history, monkeypatch
):
    history.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
    writes, begun, go_on = CopyVault.write, asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(self, changes, manifest):
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(WITHIN_S)
        writes(self, changes, manifest)

    monkeypatch.setattr(CopyVault, "write", slow)
    async with place.desk("owner") as desk:
        syncing = asyncio.create_task(desk.copying.sync(desk.actor))
        await begun.wait()
        syncing.cancel()
        forgetting = asyncio.create_task(desk.copying.forget(desk.actor))
        await asyncio.wait({syncing, forgetting}, timeout=0.2)
        go_on.set()
        await forgetting
        await asyncio.gather(syncing, return_exceptions=True)
        await loop.shutdown_default_executor()

    assert ([], {}) == (files(place), keys.kept)
