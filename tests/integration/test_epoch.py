"""A restored database begins a new life: what Redis and owners' computers keep of the one before is void."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import make_car, wish
from earnings_builders import History, berlin
from keyrings import MemoryKeyring, keyring_in_use

from desktop.views.areas.copy_part import ANEW, news_words
from engine.adapters.disk.copy_vault import CopyVault
from engine.adapters.mongo.deployment import LOOKED
from engine.adapters.redis.rights import KEYS
from engine.domain.shared.errors import Contended

pytestmark = pytest.mark.asyncio


@pytest.fixture
def new_life(world):
    """Call it: the database is another one from now on, as after a restore whose payments were looked for."""

    def begin(epoch: str = "another life") -> None:
        at = world.db.command("hello")["localTime"]
        told = {"epoch": epoch, "at": at, "back_to": at - timedelta(days=1), "by": "root"}
        world.db.deployment.replace_one({"_id": "epoch"}, told, upsert=True)
        world.db.deployment.replace_one({"_id": f"{LOOKED}{epoch}"}, {"at": at, "by": "root"}, upsert=True)

    yield begin
    world.db.deployment.delete_many({"_id": {"$regex": f"^(epoch$|{LOOKED})"}})


async def test_leases_and_once_keys_of_the_life_before_stop_nobody(world, new_life):
    async with world.desk() as before:
        await before.booking.hold(before.actor, wish(before, car="car-1", key="pressed once"))
        async with before.booking_lock.take("car-2", "another press", "B1"):
            world.db.bookings.delete_many({})
            world.db.fences.update_many({}, {"$set": {"claims": []}})
            new_life()
            async with world.desk() as desk:
                # The press of before has no booking any more: it may be made.
                again = await desk.booking.hold(desk.actor, wish(desk, car="car-1", key="pressed once"))
                other = await desk.booking.hold(desk.actor, wish(desk, car="car-2", key="third press"))
            async with world.desk("clerk2") as same_life, same_life.booking_lock.take("car-3", "fourth", "B2"):
                with pytest.raises(Contended):
                    async with world.desk() as late, late.booking_lock.take("car-3", "fifth", "B3"):
                        pytest.fail("the lease of this life holds")

    assert {again.id, other.id} == {row["_id"] for row in world.db.bookings.find()}


async def test_no_answer_is_remembered_from_the_life_before(world, new_life):
    async with world.desk() as before:
        old = await before.catalogue.branches(before.actor)
    world.db.branches.update_one({"_id": old[0].id}, {"$set": {"name": "As it was"}})
    new_life()

    async with world.desk() as desk:
        now = await desk.catalogue.branches(desk.actor)

    assert "As it was" in {branch.name for branch in now}


async def test_every_kind_of_key_but_the_pulse_carries_the_epoch(world, new_life):
    new_life("e9")
    world.redis.flushall()
    async with world.desk("admin") as desk:
        await desk.booking.hold(desk.actor, wish(desk))
        await desk.catalogue.branches(desk.actor)
        async with desk.booking_lock.alone("sweep", timedelta(seconds=5)):
            keys = [key.decode() for key in world.redis.scan_iter()]

    kinds = {pattern.removesuffix(":*") for pattern in KEYS} - {"pulse"}
    strange = [key for key in keys if key.split(":")[1] in kinds and key.split(":")[2] != "e9"]
    assert [] == strange
    assert kinds == {key.split(":")[1] for key in keys} - {"pulse"}


async def test_an_owners_copy_of_the_life_before_is_made_anew_with_a_sentence(world, new_life, tmp_path):
    with keyring_in_use(MemoryKeyring()):
        place = replace(world, deployment=replace(world.deployment, copies_dir=tmp_path / "copies" / "firm"))
        history = History(place)
        history.cars(make_car(1))
        gone = history.book(make_car(1), berlin(2025, 7, 28), charged=berlin(2025, 7, 14))
        async with place.desk("owner") as desk:
            first = await desk.copying.sync(desk.actor)
        world.db.bookings.delete_one({"_id": gone.id})
        world.db.ledger.delete_many({})
        new_life()
        async with place.desk("owner") as desk:
            second = await desk.copying.sync(desk.actor)
            third = await desk.copying.sync(desk.actor)
            kept = await asyncio.to_thread(CopyVault(place.deployment.copies_dir).load, desk.actor.account)

    assert (False, True, False) == (first.anew, second.anew, third.anew)
    assert ANEW == news_words(second)
    assert "another life" == kept.manifest.epoch
    assert 0 == second.refunds == second.rentals
