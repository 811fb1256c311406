"""What is believed of Redis: hints. Whatever a stranger puts there, or says in its place, cars are booked once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import wish
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.adapters.redis.leases import LEASE
from engine.config import Secret
from engine.domain.car.car import CarId
from engine.domain.shared.errors import AlreadyAsked, Contended

pytestmark = pytest.mark.asyncio

CAR_LEASE, SWEEPER_LEASE, ONCE = "ds_test:lease:car:car-1", "ds_test:lease:sweeper", "ds_test:once:key-1"
TOKEN = "0123456789abcdef"
LEASE_MS = int(LEASE.total_seconds() * 1000)

A_TEXT = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"", b"0" * 15, b"0" * 17, TOKEN.upper().encode(), b"\x00" * 16, b"\xff\xfe", b"x" * 1_000_000]),
    st.text(max_size=20).map(lambda text: text.encode("utf-16")),
)
ANYTHING = st.one_of(
    A_TEXT.map(lambda text: ("set", text)),
    st.tuples(st.sampled_from(["lpush", "sadd", "hset", "zadd", "xadd", "pfadd"]), st.binary(min_size=1, max_size=9)),
)


def plant(world, key, thing, ttl_ms=None):
    how, value = thing
    world.redis.delete(key)
    match how:
        case "hset":
            world.redis.hset(key, value, value)
        case "zadd":
            world.redis.zadd(key, {value: 1})
        case "xadd":
            world.redis.xadd(key, {value: value})
        case _:
            getattr(world.redis, how)(key, value)
    if ttl_ms:
        world.redis.pexpire(key, ttl_ms)


def generated(function):
    """Each example on the same servers; what it leaves behind, it begins by removing."""
    loose = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    return loose(function)


@pytest.mark.parametrize("ttl_ms", [None, LEASE_MS * 10, 10**12])
async def test_a_lease_without_an_end_or_with_a_later_one_than_it_may_have_is_none(world, ttl_ms):
    plant(world, CAR_LEASE, ("set", TOKEN), ttl_ms)

    async with world.desk() as desk:
        await desk.booking.hold(desk.actor, wish(desk))

    assert 1 == world.blocking("car-1")
    assert not world.redis.exists(CAR_LEASE)


async def test_a_lease_as_it_may_be_is_kept_to(world):
    plant(world, CAR_LEASE, ("set", TOKEN), LEASE_MS - 100)

    async with world.desk() as desk:
        with pytest.raises(Contended):
            await desk.booking.hold(desk.actor, wish(desk))

    assert TOKEN.encode() == world.redis.get(CAR_LEASE)


async def test_who_took_over_a_lease_that_was_none_keeps_the_next_one_out(world):
    plant(world, CAR_LEASE, ("set", TOKEN))

    async with world.desk() as desk, desk.booking_lock.take(CarId("car-1"), "first", "B1"):
        assert 0 < world.redis.pttl(CAR_LEASE) <= LEASE_MS
        with pytest.raises(Contended):
            async with desk.booking_lock.take(CarId("car-1"), "second", "B2"):
                pass


@generated
@given(thing=ANYTHING, ttl_ms=st.sampled_from([None, 1_000, LEASE_MS]))
async def test_what_is_no_token_of_ours_is_no_lease(world, thing, ttl_ms):
    async with world.desk() as desk:
        for key, enter in (
            (CAR_LEASE, lambda: desk.booking_lock.take(CarId("car-1"), "k", "B", once=False)),
            (SWEEPER_LEASE, lambda: desk.booking_lock.alone("sweeper", LEASE)),
        ):
            plant(world, key, thing, ttl_ms)
            async with enter() as mine:
                assert mine is not False
                assert 0 < world.redis.pttl(key) <= LEASE_MS


@generated
@given(thing=ANYTHING)
async def test_a_planted_once_key_swallows_no_booking(world, thing):
    world.db.bookings.delete_many({})
    world.db.fences.update_many({}, {"$set": {"claims": []}})
    plant(world, ONCE, thing)

    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        with pytest.raises(AlreadyAsked) as again:
            await desk.booking.hold(desk.actor, wish(desk))

    assert held.id == again.value.booking_id
    assert 1 == world.blocking("car-1")


async def test_a_once_key_that_names_another_booking_leads_to_the_right_one(world):
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        world.redis.set(ONCE, "ANOTHER00000")
        with pytest.raises(AlreadyAsked) as again:
            await desk.booking.hold(desk.actor, wish(desk))

    assert held.id == again.value.booking_id


@generated
@given(thing=ANYTHING)
async def test_rubbish_below_every_key_of_the_cache_is_a_miss(world, thing):
    async with world.desk() as desk:
        await desk.catalogue.branches(desk.actor)
        for key in world.redis.keys("ds_test:*"):
            plant(world, key, thing)
        assert ["Baixa", "Mitte"] == [each.name for each in await desk.catalogue.branches(desk.actor)]
        for key in world.redis.keys("ds_test:version:*"):
            plant(world, key, thing)
        assert ["Baixa", "Mitte"] == [each.name for each in await desk.catalogue.branches(desk.actor)]


@pytest.mark.parametrize(
    ("word", "swept"),
    [
        (timedelta(seconds=10), False),
        (timedelta(minutes=2, seconds=50), False),
        (timedelta(minutes=3, seconds=5), True),
        (timedelta(days=4000), True),
        (-timedelta(minutes=1), True),
        (-timedelta(days=4000), True),
        (None, True),
    ],
)
async def test_who_keeps_the_lease_and_sweeps_nothing_is_waited_for_three_minutes(world, word, swept):
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        long_ago = desk.clock.now() - timedelta(days=1)
        world.db.bookings.update_one({"_id": held.id}, {"$set": {"hold_until": long_ago, "due_at": long_ago}})
        if word is not None:
            note = {"by": "nobody", "desk": "d", "at": desk.clock.now() - word, "count": 0}
            world.db.rounds.replace_one({"_id": "sweeper"}, note, upsert=True)
        plant(world, SWEEPER_LEASE, ("set", TOKEN), 120_000)

        await desk.sweeper.sweep()

    assert (0 if swept else 1) == world.blocking("car-1")


async def test_the_sweeper_is_not_kept_out_by_a_lease_for_ever(world):
    async with world.desk() as desk:
        note = {"by": "nobody", "desk": "d", "at": desk.clock.now(), "count": 0}
        world.db.rounds.replace_one({"_id": "sweeper"}, note, upsert=True)
        held = await desk.booking.hold(desk.actor, wish(desk))
        long_ago = desk.clock.now() - timedelta(days=1)
        world.db.bookings.update_one({"_id": held.id}, {"$set": {"hold_until": long_ago, "due_at": long_ago}})
        plant(world, SWEEPER_LEASE, ("set", TOKEN))

        assert 1 == await desk.sweeper.sweep()


@asynccontextmanager
async def impostor(answers):
    """A server that gives the next of *answers* to whatever is said, round and round."""
    turn = iter(range(10**9))

    async def serve(reader, writer):
        try:
            while await reader.read(65536):
                writer.write(answers[next(turn) % len(answers)])
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


A_WORD = st.one_of(
    st.sampled_from(
        [b"+OK\r\n", b"$-1\r\n", b"*-1\r\n", b":1\r\n", b":x\r\n", b"$999999999999\r\nx\r\n", b"$-7\r\n", b"*99999\r\n"]
    ),
    st.sampled_from(
        [b"*1\r\n" * 3000 + b":1\r\n", b"-\xff\xfe\r\n", b"\r\n" * 9, b"*2\r\n$1\r\nx\r\n$1\r\ny\r\n", b"%1\r\n"]
    ),
    st.binary(min_size=1, max_size=60).map(lambda noise: noise + b"\r\n"),
    st.integers().map(lambda number: b":%d\r\n" % number),
    st.binary(max_size=30).map(lambda text: b"*2\r\n$5\r\nasked\r\n$%d\r\n%s\r\n" % (len(text), text)),
)


@generated
@given(answers=st.lists(A_WORD, min_size=1, max_size=5))
async def test_whatever_stands_in_its_place_and_says_anything_no_booking_fails(world, answers):
    world.db.bookings.delete_many({})
    world.db.fences.update_many({}, {"$set": {"claims": []}})
    async with impostor(answers) as port:
        deployment = replace(world.deployment, redis_url=Secret(f"redis://x:y@127.0.0.1:{port}/0"))
        async with replace(world, deployment=deployment).desk() as desk:
            assert 2 == len(await desk.catalogue.branches(desk.actor))
            held = await desk.booking.hold(desk.actor, wish(desk))
            await desk.sweeper.sweep()
            await desk.cache.bump(["cars"])

    assert 1 == world.blocking("car-1")
    assert held.id == world.db.bookings.find_one({})["_id"]
