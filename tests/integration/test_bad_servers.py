"""Bad days: Redis gone, silent, forgetful or full of rubbish; MongoDB gone. Bookings stay right."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from dataclasses import replace

import pytest
import pytest_asyncio
from builders import wish

from engine.adapters.mongo.client import TRANSACTION_S
from engine.adapters.redis import leases as redis_leases
from engine.adapters.redis.leases import LEASE, RedisBookingLock
from engine.adapters.redis.line import _AT_ONCE, RedisLine, connect_redis
from engine.config import Secret
from engine.domain.car.car import CarId
from engine.domain.shared.errors import AlreadyAsked, Contended, Misconfigured, Unavailable

pytestmark = pytest.mark.asyncio


def _with_redis(world, url):
    return replace(world, deployment=replace(world.deployment, redis_url=Secret(url)))


async def _race(desk, count=30):
    got = await asyncio.gather(
        *(desk.booking.hold(desk.actor, wish(desk, key=f"k{n}")) for n in range(count)), return_exceptions=True
    )
    return Counter(type(each).__name__ for each in got)


async def test_O5_with_redis_gone_bookings_go_on_and_stay_single(world):
    async with _with_redis(world, "redis://127.0.0.1:1/0").desk() as desk:
        got = await _race(desk)
        with pytest.raises(AlreadyAsked):
            await desk.booking.hold(desk.actor, wish(desk, key=_winning_key(world)))

        assert not desk.redis.alive

    assert {"Booking": 1, "PeriodTaken": 29} == got
    assert 1 == world.blocking("car-1")


def _winning_key(world):
    return world.db.bookings.find_one({"car_id": "car-1"})["intent_key"]


async def test_O5_a_redis_that_never_answers_costs_one_wait_and_not_one_a_booking(world):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with _with_redis(world, f"redis://127.0.0.1:{silent.getsockname()[1]}/0").desk() as desk:
            await desk.booking.hold(desk.actor, wish(desk))
            assert not desk.redis.alive
            silent.close()  # a second question would now be refused and not wait; none is asked while it rests
            await desk.booking.hold(desk.actor, wish(desk, car="car-2", key="k2"))

    assert (1, 1) == (world.blocking("car-1"), world.blocking("car-2"))


async def test_more_calls_at_once_than_connections_wait_for_their_turn_and_none_is_an_outage(world):
    """redis-py allows 100 connections: the 101st call was taken for an outage, and the winner's lease stayed."""
    redis = connect_redis(world.deployment.redis_url.reveal())
    line = RedisLine(redis)

    said = await asyncio.gather(*(line.ask(redis.ping(), bool) for _ in range(400)))

    assert 400 == said.count(True)
    assert line.alive
    assert _AT_ONCE >= len(redis.connection_pool._available_connections)
    await redis.aclose()


async def test_those_who_wait_for_a_turn_are_refused_once_one_was_not_answered(world):
    redis = connect_redis(world.deployment.redis_url.reveal())
    line = RedisLine(redis)
    await asyncio.gather(*(line.ask(redis.ping(), bool) for _ in range(_AT_ONCE)))
    world.redis.client_pause(3_000, all=True)
    said = await asyncio.gather(*(line.ask(redis.ping(), bool) for _ in range(400)), return_exceptions=True)
    await redis.aclose()
    world.redis.ping()  # waits until it answers again, for those who come next

    assert 400 == sum(isinstance(each, Unavailable) for each in said)
    assert 400 - _AT_ONCE <= sum(each.detail == "resting after a failure" for each in said)


def _run(turns, n):
    return turns._line.run(turns._alone, [f"ds_test:lease:{n}"], [f"{n:016x}", 9_000], int)


@pytest_asyncio.fixture
async def turns(world):
    redis = connect_redis(world.deployment.redis_url.reveal())
    yield RedisBookingLock(RedisLine(redis), "ds_test")
    await redis.aclose()


async def test_scripts_that_a_server_has_forgotten_are_told_it_again_whoever_they_go_with(world, turns):
    await _run(turns, 0)
    world.redis.script_flush()

    assert [1] * 20 == await asyncio.gather(*(_run(turns, n) for n in range(1, 21)))


async def test_a_connection_that_the_server_closed_while_nobody_asked_is_no_outage(world, turns):
    await _run(turns, 1)
    kept = turns._line._wire._kept
    world.redis.client_kill_filter(_type="normal", skipme=True)
    await kept._reader.read()  # until its end has come

    assert [1, 1] == [await _run(turns, 2), await _run(turns, 3)]
    assert turns._line.alive


async def test_an_answer_that_comes_too_late_is_nobody_elses(world, turns):
    await _run(turns, 1)
    world.redis.client_pause(1_000, all=True)
    said = await asyncio.gather(*(_run(turns, n) for n in range(2, 30)), return_exceptions=True)
    world.redis.ping()  # waits until it answers again
    turns._line._rest_until = 0.0

    assert 28 == sum(isinstance(each, Unavailable) for each in said)
    world.redis.set("ds_test:lease:1", "0" * 16, px=9_000)
    assert [0, 1] == [await _run(turns, 1), await _run(turns, 30)]


async def test_whoever_is_cancelled_while_redis_answers_leaves_its_answer_to_nobody(world, turns):
    await _run(turns, 1)
    world.redis.set("ds_test:lease:2", "0" * 16, px=9_000)  # so that the two answers differ
    world.redis.client_pause(200, all=True)
    asked = [asyncio.create_task(_run(turns, n)) for n in (2, 3)]
    await asyncio.sleep(0)
    asked[0].cancel()

    assert 1 == await asked[1]
    assert asked[0].cancelled()
    assert world.redis.get("ds_test:lease:3") == b"%016x" % 3


async def test_a_redis_that_holds_rubbish_is_passed_by(world):
    async with world.desk() as desk:
        world.redis.hset("ds_test:once:key-1", "not", "a string")
        await desk.booking.hold(desk.actor, wish(desk))

    assert 1 == world.blocking("car-1")


async def test_B1_a_refused_callers_leaving_does_not_free_the_holder(world):
    async with world.desk() as desk:
        async with desk.booking_lock.take(CarId("car-1"), "first", "B1"):
            for n in range(3):
                with pytest.raises(Contended):
                    async with desk.booking_lock.take(CarId("car-1"), f"other-{n}", "B2"):
                        pass
        async with desk.booking_lock.take(CarId("car-1"), "next", "B3"):
            assert world.redis.exists("ds_test:lease:car:car-1")
        assert not world.redis.exists("ds_test:lease:car:car-1")


async def test_B2_a_holder_whose_lease_ran_out_cannot_free_its_successor(world):
    async with world.desk() as desk:
        late = desk.booking_lock.take(CarId("car-1"), "late", "B1")
        await late.__aenter__()
        world.redis.delete("ds_test:lease:car:car-1")  # as its running out does
        async with desk.booking_lock.take(CarId("car-1"), "next", "B2"):
            await late.__aexit__(None, None, None)
            assert world.redis.exists("ds_test:lease:car:car-1")


async def test_B2_without_the_token_the_successor_is_freed(world, monkeypatch):
    """The guard earns its place: release whatever is there, and the next holder stands without a lease."""
    blind = redis_leases._LEAVE.replace("if text(key, 16) == token then", "if true then")
    monkeypatch.setattr(redis_leases, "_LEAVE", blind)
    redis = connect_redis(world.deployment.redis_url.reveal())
    turns = RedisBookingLock(RedisLine(redis), "ds_test")
    late = turns.take(CarId("car-1"), "late", "B1")
    await late.__aenter__()
    world.redis.delete("ds_test:lease:car:car-1")
    async with turns.take(CarId("car-1"), "next", "B2"):
        await late.__aexit__(None, None, None)
        assert not world.redis.exists("ds_test:lease:car:car-1")
    await redis.aclose()


async def test_B2_the_lease_outlives_the_longest_transaction(world):
    async with world.desk() as desk, desk.booking_lock.take(CarId("car-1"), "k", "B"):
        left_ms = world.redis.pttl("ds_test:lease:car:car-1")

    assert TRANSACTION_S < left_ms / 1000 <= LEASE.total_seconds()


async def test_a_redis_address_that_is_none_is_said(world):
    with pytest.raises(Misconfigured):
        connect_redis("http://nowhere")


async def test_one_sweeper_at_a_time(world):
    async with world.desk() as one, world.desk("clerk2") as other, one.booking_lock.alone("sweeper", LEASE) as mine:
        assert mine
        async with other.booking_lock.alone("sweeper", LEASE) as also:
            assert not also


async def test_a_connection_made_while_its_member_was_starting_is_given_up(world):
    """Found by the fault suite: the driver holds it for a server without sessions, for as long as it lives."""
    async with world.desk() as desk:
        await desk.catalogue.branches(desk.actor)
        for server in desk.payment.store._client._topology._servers.values():
            for connection in server.pool.conns:
                connection.supports_sessions = False

        with pytest.raises(Unavailable):
            await desk.booking.hold(desk.actor, wish(desk))
        again = await desk.booking.hold(desk.actor, wish(desk))

    assert 1 == world.blocking("car-1")
    assert "held" == again.state
