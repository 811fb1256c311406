"""Photos of cars: what is stored with a save, what is left after one that failed, and who may see and change them."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pymongo
import pytest
from builders import DATABASE, PASSWORD, make_car
from pictures import SVG, opened, photo
from pymongo.errors import OperationFailure

from engine.adapters.disk.thumbnail_cache import ThumbnailFolder
from engine.adapters.image_import import PillowImport
from engine.domain.car.car import CarId
from engine.domain.car.form import CarForm
from engine.domain.car.photo import PhotoProblem
from engine.domain.people.people import Role
from engine.domain.shared.errors import Forbidden, NotFound, Overtaken, PhotoRefused, PlateTaken, Unavailable

pytestmark = pytest.mark.asyncio

FORM = CarForm.of(make_car(7, plate="B-NE 77"))
JPEG = photo()


def _files(world, **wanted):
    return sorted(file["_id"] for file in world.db["images.files"].find(wanted))


def _both(*image_ids):
    return sorted(each for image_id in image_ids for each in (image_id, f"{image_id}.small"))


def _nothing_stored(world):
    return 0 == world.db["images.files"].count_documents({}) == world.db["images.chunks"].count_documents({})


async def test_photos_come_with_the_car_in_their_order_and_everybody_sees_them(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        car = await owner.fleet.add(owner.actor, FORM, photos=[JPEG, photo("PNG", 300, 200)])
        large = await clerk.images.picture(clerk.actor, car.image_ids[1])
        small = await clerk.images.thumbnails(clerk.actor, [*car.image_ids, "im-nothing"])
        one = await clerk.images.thumbnail(clerk.actor, car.image_ids[0])
        with pytest.raises(NotFound):
            await clerk.images.thumbnail(clerk.actor, "im-nothing")
        with pytest.raises(NotFound):
            await clerk.images.picture(clerk.actor, "im-nothing")

    assert list(car.image_ids) == world.db.cars.find_one({"_id": car.id})["image_ids"]
    assert _both(*car.image_ids) == _files(world, **{"metadata.kept": True}) == _files(world)
    assert (300, 200) == opened(large).size
    assert set(car.image_ids) == small.keys()
    assert (512, 341) == opened(one).size == opened(small[car.image_ids[0]]).size


async def test_photos_are_put_in_order_added_and_taken_off_in_one_save(world):
    async with world.desk("owner") as owner:
        car = await owner.fleet.add(owner.actor, FORM, photos=[JPEG, JPEG, JPEG])
        first, second, third = car.image_ids
        changed = await owner.fleet.edit(owner.actor, car, CarForm.of(car), photos=[third, JPEG, first])

    assert (third, first) == (changed.image_ids[0], changed.image_ids[2])
    assert changed.image_ids[1] not in (first, second, third)
    assert _both(*changed.image_ids) == _files(world)
    chunks = world.db["images.chunks"].distinct("files_id")
    assert _both(*changed.image_ids) == sorted(chunks)
    assert " ".join(car.image_ids) == world.db.audit.find_one({"what": "car.changed"})["before"]["photos"]


@pytest.mark.parametrize(
    ("photos", "problem"),
    [
        ([JPEG, SVG], PhotoProblem.NO_PICTURE),
        ([JPEG, JPEG[:3000]], PhotoProblem.BROKEN),
        ([JPEG] * 6, PhotoProblem.TOO_MANY),
        ([JPEG, "im-of-another-car"], PhotoProblem.NO_PICTURE),
    ],
    ids=["svg", "truncated", "six", "another car's"],
)
async def test_S10_one_bad_photo_and_nothing_at_all_is_saved(world, photos, problem):
    async with world.desk("owner") as owner:
        with pytest.raises(PhotoRefused) as caught:
            await owner.fleet.add(owner.actor, FORM, photos=photos)

    assert problem == caught.value.problem
    assert _nothing_stored(world)
    assert 3 == world.db.cars.count_documents({})


async def test_S10_a_car_takes_only_pictures_of_its_own_and_each_once(world):
    async with world.desk("owner") as owner:
        other = await owner.fleet.add(owner.actor, FORM, photos=[JPEG])
        mine = await owner.fleet.car(owner.actor, CarId("car-1"))
        with pytest.raises(PhotoRefused):
            await owner.fleet.edit(owner.actor, mine, CarForm.of(mine), photos=[other.image_ids[0]])
        with pytest.raises(PhotoRefused):
            await owner.fleet.edit(owner.actor, other, CarForm.of(other), photos=other.image_ids * 2)

    assert _both(*other.image_ids) == _files(world)


async def test_S10_a_save_that_fails_leaves_no_orphans(world):
    async with world.desk("owner") as owner, world.desk("admin") as admin:
        with pytest.raises(PlateTaken):
            await owner.fleet.add(owner.actor, replace(FORM, plate="B-DS 1"), photos=[JPEG, JPEG])
        assert _nothing_stored(world)
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        form = CarForm.of(shown)
        got = await asyncio.gather(
            owner.fleet.edit(owner.actor, shown, form, photos=[JPEG]),
            admin.fleet.edit(admin.actor, shown, form, photos=[JPEG]),
            return_exceptions=True,
        )

    assert 1 == sum(isinstance(each, Overtaken) for each in got)
    assert _both(*world.db.cars.find_one({"_id": "car-1"})["image_ids"]) == _files(world)
    assert 2 == len(_files(world))


async def test_S10_what_an_unanswered_save_left_is_removed_an_hour_later_by_the_next_one(world):
    async with world.desk("owner") as owner:
        photos, now = owner.fleet.photos, owner.clock.now()
        tray = await photos.lay_down(owner.actor, CarId("car-1"), (), [JPEG], now)
        await photos.take_back(tray, Unavailable("mongodb"))
        assert 2 == len(_files(world, **{"metadata.kept": False})), "it may have been done: nobody knows yet"
        first = await owner.fleet.add(owner.actor, replace(FORM, plate="X 1"), photos=[JPEG])
        assert 4 == len(_files(world))
        hour_ago = owner.clock.now() - timedelta(minutes=61)
        world.db["images.files"].update_many({}, {"$set": {"metadata.at": hour_ago}})
        second = await owner.fleet.add(owner.actor, replace(FORM, plate="X 2"), photos=[JPEG])

    assert _both(*first.image_ids, *second.image_ids) == _files(world)
    assert 4 == len(world.db["images.chunks"].distinct("files_id"))


async def test_S10_a_preview_stores_nothing_and_refuses_what_a_save_would(world):
    async with world.desk("owner") as owner:
        assert (512, 341) == opened(await owner.images.preview(owner.actor, JPEG)).size
        with pytest.raises(PhotoRefused):
            await owner.images.preview(owner.actor, SVG)

    assert _nothing_stored(world)


async def test_S10_the_server_refuses_pictures_from_accounts_that_run_no_fleet(world):
    async with world.desk("owner") as owner:
        car = await owner.fleet.add(owner.actor, FORM, photos=[JPEG])
    for account in ("clerk", "renter"):
        with _raw(world, account) as db:
            assert db["images.files"].find_one({"_id": car.image_ids[0]})
            forbidden = (
                lambda db: db["images.files"].insert_one({"_id": "x"}),
                lambda db: db["images.files"].update_many({}, {"$set": {"metadata.kept": False}}),
                lambda db: db["images.files"].delete_many({}),
                lambda db: db["images.chunks"].insert_one({"files_id": "x"}),
                lambda db: db["images.chunks"].update_many({}, {"$set": {"data": b""}}),
                lambda db: db["images.chunks"].delete_many({}),
            )
            for act in forbidden:
                with pytest.raises(OperationFailure) as caught:
                    act(db)
                assert 13 == caught.value.code
    with _raw(world, "owner") as db, pytest.raises(OperationFailure) as caught:
        db["images.chunks"].update_many({}, {"$set": {"data": b""}})
    assert 13 == caught.value.code, "a picture never changes under its id"
    with _raw(world, "worker") as db, pytest.raises(OperationFailure):
        db["images.files"].find_one()


async def test_a_worker_sees_no_pictures(world):
    async with world.desk("worker") as worker:
        assert Role.WORKER == worker.actor.role
        with pytest.raises(Forbidden):
            await worker.images.thumbnail(worker.actor, "im-1")


async def test_thumbnails_seen_once_come_from_the_disk(world, tmp_path):
    here = replace(world, deployment=replace(world.deployment, cache_dir=tmp_path / "cache"))
    async with here.desk("owner") as owner:
        car = await owner.fleet.add(owner.actor, FORM, photos=[JPEG])
        fresh = await owner.images.thumbnails(owner.actor, car.image_ids)
        world.db["images.chunks"].delete_many({})
        kept = await owner.images.thumbnails(owner.actor, car.image_ids)

    assert fresh == kept
    assert 0o700 == (tmp_path / "cache").stat().st_mode & 0o777
    assert [f"{car.image_ids[0]}.jpg"] == [file.name for file in (tmp_path / "cache").iterdir()]


async def test_the_disk_holds_no_more_than_it_is_given_and_lets_the_longest_unseen_go(tmp_path):
    small = PillowImport().develop(JPEG).thumbnail
    thumbnails = ThumbnailFolder(tmp_path, most_bytes=4 * len(small))
    for name in ("a", "b", "c"):
        await thumbnails.put({name: small})
        (file,) = tmp_path.glob(f"{name}.jpg")
        os.utime(file, (1, ord(name)))
    await thumbnails.get(frozenset({"a"}))
    await thumbnails.put({"d": small})
    await thumbnails.put({"e": small})

    assert {"a", "d", "e"} == (await thumbnails.get(frozenset("abcde"))).keys()


async def test_half_a_file_on_the_disk_and_a_name_that_leads_out_of_it_are_nothing(tmp_path):
    small = PillowImport().develop(JPEG).thumbnail
    thumbnails = ThumbnailFolder(tmp_path / "shelf")
    await thumbnails.put({"im-1": small, "../im-2": small})
    (tmp_path / "shelf" / "im-1.jpg").write_bytes(small[:1000])

    assert {} == await thumbnails.get(frozenset({"im-1", "../im-2"}))
    assert [tmp_path / "shelf"] == list(tmp_path.iterdir())


async def test_a_folder_that_cannot_be_used_counts_as_empty(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    thumbnails = ThumbnailFolder(tmp_path / "file" / "below")
    await thumbnails.put({"im-1": b"x"})

    assert {} == await thumbnails.get(frozenset({"im-1"}))


@contextmanager
def _raw(world, account):
    """A raw driver connection with an account's own name and password, past all our code."""
    client = pymongo.MongoClient(world.deployment.mongo_url, username=account, password=PASSWORD, authSource=DATABASE)
    yield client[DATABASE]
    client.close()
