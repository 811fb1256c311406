"""The cache: quicker, and never older than one's own last change, whatever Redis does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from builders import BERLIN, days, make_car, wish
from proxy import Line, Proxy

from engine.adapters.redis import cache as redis_cache
from engine.adapters.redis import line as redis_line
from engine.adapters.redis.cache import RedisCache
from engine.adapters.redis.line import RedisLine, connect_redis
from engine.domain.car.catalogue import CarWish
from engine.domain.firm.freshness import EVERYTHING, Lookup, Namespace, cars_at
from engine.domain.shared.errors import PeriodTaken

pytestmark = pytest.mark.asyncio

CARS = cars_at(BERLIN.id)
ROUNDS = 6


@dataclass(frozen=True)
class Answer:
    number: int


@pytest.fixture
def brief_rest(monkeypatch):
    """Redis is asked again at once, so that a test need not wait for the pause after a failure."""
    monkeypatch.setattr(redis_line, "REST_S", 0.0)


@asynccontextmanager
async def a_cache(world, url=""):
    redis = connect_redis(url or world.deployment.redis_url.reveal())
    try:
        yield RedisCache(RedisLine(redis), "ds_test")
    finally:
        await redis.aclose()


class Source:
    """What the database would say: counts how often it is asked, and can be held up."""

    def __init__(self):
        self.number, self.asked = 0, 0
        self.asking, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    async def load(self):
        self.asked += 1
        answer = Answer(self.number)
        self.asking.set()
        await self.go_on.wait()
        return answer

    def read(self, cache):
        return cache.read(Lookup("number", ("all",), Answer, (CARS,)), self.load)


async def test_an_answer_is_loaded_once_and_shared_by_desks(world):
    source = Source()
    async with a_cache(world) as one, a_cache(world) as other:
        await source.read(one)

        assert Answer(0) == await source.read(one) == await source.read(other)
        assert 1 == source.asked


async def test_after_a_bump_at_another_desk_the_answer_is_loaded_anew(world):
    source = Source()
    async with a_cache(world) as one, a_cache(world) as other:
        await source.read(one)
        source.number = 1
        await other.bump([CARS])

        assert Answer(1) == await source.read(one)


async def test_whoever_missed_something_forgets_everything(world):
    source = Source()
    async with a_cache(world) as cache:
        await source.read(cache)
        source.number = 1
        await cache.bump([EVERYTHING])

        assert Answer(1) == await source.read(cache)


async def test_O1_what_a_slow_reader_stores_after_a_change_is_never_read(world):
    source = Source()
    async with a_cache(world) as reader, a_cache(world) as writer:
        source.go_on.clear()
        slow = asyncio.create_task(source.read(reader))
        await source.asking.wait()
        source.number = 1
        await writer.bump([CARS])
        source.go_on.set()
        await slow

        assert Answer(1) == await source.read(writer) == await source.read(reader)


async def test_O1_with_the_version_read_after_the_load_the_slow_reader_wins(world, monkeypatch):
    """The guard earns its place: take the version when storing, and the old answer is served as the new one."""

    async def read(self, lookup, load):
        answer = await load()
        found = await self._find(lookup)
        if found.value:
            return redis_cache._unpacked(found, lookup.kind)
        await self._keep(found.key, answer, lookup)
        return answer

    monkeypatch.setattr(RedisCache, "read", read)
    source = Source()
    async with a_cache(world) as reader, a_cache(world) as writer:
        source.go_on.clear()
        slow = asyncio.create_task(source.read(reader))
        await source.asking.wait()
        source.number = 1
        await writer.bump([CARS])
        source.go_on.set()
        await slow

        assert Answer(0) == await source.read(writer)


@pytest.mark.parametrize("how", [Line.CUT, Line.HOLE])
async def test_a_bump_that_did_not_get_through_is_owed_until_it_does(world, brief_rest, how):
    source = Source()
    async with Proxy(port_of(world)) as proxy, a_cache(world, through(world, proxy)) as cache, a_cache(world) as other:
        await source.read(cache)
        await proxy.move_to(how)
        source.number = 1
        await cache.bump([CARS])

        assert Answer(1) == await source.read(cache)
        await proxy.move_to(Line.OPEN)
        assert Answer(1) == await source.read(cache) == await source.read(other)
        asked = source.asked
        await source.read(cache)
        assert asked == source.asked, "the cache is in use again"


async def test_without_remembering_what_is_owed_the_old_answer_comes_back(world, brief_rest):
    """The guard earns its place."""
    source = Source()
    async with Proxy(port_of(world)) as proxy, a_cache(world, through(world, proxy)) as cache:
        await source.read(cache)
        await proxy.move_to(Line.CUT)
        source.number = 1
        await cache.bump([CARS])
        cache._owed.clear()
        await proxy.move_to(Line.OPEN)

        assert Answer(0) == await source.read(cache)


async def test_a_bump_that_was_cancelled_is_owed_too(world, brief_rest):
    source = Source()
    async with Proxy(port_of(world)) as proxy, a_cache(world, through(world, proxy)) as cache:
        await source.read(cache)
        await proxy.move_to(Line.HOLE)
        source.number = 1
        bump = asyncio.create_task(cache.bump([CARS]))
        await asyncio.sleep(0)
        bump.cancel()
        await asyncio.gather(bump, return_exceptions=True)
        await proxy.move_to(Line.OPEN)

        assert Answer(1) == await source.read(cache)


async def test_a_flushed_redis_hands_out_no_version_twice(world):
    source = Source()
    async with a_cache(world) as slow, a_cache(world) as quick:
        await source.read(quick)
        source.go_on.clear()
        source.asking.clear()
        await slow.bump([CARS])
        reader = asyncio.create_task(source.read(slow))
        await source.asking.wait()
        world.redis.flushall()
        source.number = 1
        await quick.bump([CARS])
        source.go_on.set()
        await reader

        assert Answer(1) == await source.read(slow) == await source.read(quick)


async def test_a_redis_that_came_back_with_an_older_memory_is_not_believed(world):
    source = Source()
    async with a_cache(world) as cache:
        await source.read(cache)
        older = {key: world.redis.dump(key) for key in world.redis.keys("*")}
        source.number = 1
        await cache.bump([CARS])
        for key, value in older.items():
            world.redis.restore(key, 60_000 if b":cache:" in key else 0, value, replace=True)

        assert Answer(1) == await source.read(cache)
        source.number = 2
        await cache.bump([CARS])
        assert Answer(2) == await source.read(cache)


@pytest.mark.parametrize("rubbish", [b"", b"\xff\x00\xc1", b"{}", b"\x92\xa1a\x01"])
async def test_rubbish_in_an_entry_is_a_miss(world, rubbish):
    source = Source()
    async with a_cache(world) as cache:
        await source.read(cache)
        (entry,) = world.redis.keys("ds_test:cache:*")
        world.redis.set(entry, rubbish)

        assert Answer(0) == await source.read(cache)
        assert Answer(0) == await source.read(cache)
        assert 2 == source.asked


async def test_an_entry_of_another_question_is_a_miss(world):
    source = Source()
    async with a_cache(world) as cache:
        await cache.read(Lookup("number", ("other",), Answer, (CARS,)), source.load)
        (other,) = world.redis.keys("ds_test:cache:*")
        source.number = 1
        await source.read(cache)
        (entry,) = set(world.redis.keys("ds_test:cache:*")) - {other}
        world.redis.copy(other, entry, replace=True)

        assert Answer(1) == await source.read(cache)


@pytest.mark.parametrize("rubbish", [b"", b"soon", b"7", b"-1", b"9" * 19, None])
async def test_rubbish_in_a_version_is_replaced(world, rubbish):
    source = Source()
    async with a_cache(world) as cache:
        for act in (cache.bump, lambda _: source.read(cache)):
            await source.read(cache)
            for key in world.redis.keys("ds_test:version:*"):
                world.redis.delete(key)
                world.redis.set(key, rubbish) if rubbish is not None else world.redis.lpush(key, "a list")
            source.number += 1
            await act([CARS])

            assert Answer(source.number) == await source.read(cache)


async def test_releases_that_read_an_answer_differently_share_nothing(world):
    @dataclass(frozen=True)
    class Renamed:
        number: int
        currency: str = "EUR"

    source = Source()
    async with a_cache(world) as cache:
        await source.read(cache)

        async def load():
            return Renamed(5, "JPY")

        assert Renamed(5, "JPY") == await cache.read(Lookup("number", ("all",), Renamed, (CARS,)), load)


async def test_entries_and_their_time_to_live_are_bounded(world):
    source = Source()
    async with a_cache(world) as cache:
        short = Lookup("number", ("all",), Answer, (CARS, Namespace("x")), timedelta(seconds=30))
        await cache.read(short, source.load)
        (entry,) = world.redis.keys("ds_test:cache:*")
        assert 0 < world.redis.pttl(entry) <= 30_000

        async def load():
            return "x" * 1_000_000

        await cache.read(Lookup("much", (), str, (CARS,)), load)
        assert 1 == len(world.redis.keys("ds_test:cache:*"))


async def test_O1_two_desks_read_and_write_at_once_and_none_reads_older_than_its_own_last_write(world):
    world.add_cars(*(make_car(n) for n in range(10, 10 + 2 * ROUNDS)))
    async with world.desk() as one, world.desk("clerk2") as other:
        asked = CarWish(BERLIN.id, days(one, 1, 3))
        done = asyncio.Event()

        async def free(desk):
            return {offer.car.id for offer in (await desk.catalogue.search(desk.actor, asked)).offers}

        async def write(desk, first):
            for number in range(first, first + ROUNDS):
                car = f"car-{number}"
                booking = await desk.booking.hold(desk.actor, wish(desk, car=car, key=f"{car} a"))
                assert car not in await free(desk)
                if number % 2:
                    await desk.rental.give_up(desk.actor, booking.id)
                    assert car in await free(desk)

        async def read(desk):
            while not done.is_set():
                await free(desk)

        readers = [asyncio.create_task(read(desk)) for desk in (one, other, one, other)]
        try:
            await asyncio.gather(write(one, 10), write(other, 10 + ROUNDS))
        finally:
            done.set()
            await asyncio.gather(*readers)


async def test_a_search_that_is_asked_again_asks_the_database_nothing(world):
    async with world.desk() as desk:
        asked = CarWish(BERLIN.id, days(desk, 1, 3))
        first = await desk.catalogue.search(desk.actor, asked)
        world.db.cars.delete_many({})  # behind everybody's back

        assert first == await desk.catalogue.search(desk.actor, asked)


def port_of(world):
    return int(world.deployment.redis_url.reveal().rpartition(":")[2].partition("/")[0])


def through(world, proxy):
    return world.deployment.redis_url.reveal().replace(f":{port_of(world)}/", f":{proxy.port}/")


async def test_a_booking_asks_redis_twice_and_its_end_is_one_question(world):
    """Its turn; and after the commit what became untrue is counted up and the lease given back together."""
    async with world.desk() as desk:
        await desk.booking.hold(desk.actor, wish(desk))

        def asked():
            return world.redis.info("commandstats")["cmdstat_evalsha"]["calls"]

        key = next(iter(world.redis.scan_iter(f"*:version:*cars:{BERLIN.id}")))
        before, version = asked(), int(world.redis.get(key))
        await desk.booking.hold(desk.actor, wish(desk, key="key-2", first=5, last=7))

        assert (2, 1) == (asked() - before, int(world.redis.get(key)) - version)
        assert [] == list(world.redis.scan_iter("*:lease:*"))
        assert 2 == len(list(world.redis.scan_iter("*:once:*")))
        assert set() == desk.cache._owed


async def test_a_refused_booking_gives_its_turn_back_and_leaves_no_answer(world):
    async with world.desk() as desk:
        await desk.booking.hold(desk.actor, wish(desk))

        with pytest.raises(PeriodTaken):
            await desk.booking.hold(desk.actor, wish(desk, key="key-2"))

        assert [] == list(world.redis.scan_iter("*:lease:*"))
        assert 1 == len(list(world.redis.scan_iter("*:once:*")))
