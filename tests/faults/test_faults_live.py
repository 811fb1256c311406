"""Liveness and cache over servers that are really gone for a while."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from builders import BERLIN, DATABASE, PASSWORD, days, wish
from within import WITHIN_S

from engine.bootstrap import open_engine
from engine.config import Secret
from engine.domain.car.catalogue import CarWish
from engine.domain.firm.events import CarClaimed, Resync
from engine.domain.shared.errors import DriveSphereError, Unavailable
from engine.wiring.background import at_work
from engine.wiring.deployment import Deployment

pytestmark = pytest.mark.asyncio


class Ear:
    def __init__(self, subscription):
        self._subscription, self.facts, self.pulse = subscription, [], subscription.pulse

    async def until(self, condition):
        async with asyncio.timeout(WITHIN_S):
            while not condition(self):
                news = await self._subscription.next()
                self.facts += news.facts
                self.pulse = news.pulse

    async def hears_of(self, booking):
        await self.until(lambda ear: any(getattr(fact, "booking_id", "") == booking.id for fact in ear.facts))
        return next(fact for fact in self.facts if isinstance(fact, CarClaimed) and fact.booking_id == booking.id)


@asynccontextmanager
async def desk_of(firm, account):
    cluster = firm.cluster
    deployment = Deployment(
        cluster.mongo_url,
        Secret(cluster.redis_url),
        DATABASE,
        Secret(cluster.stripe_key),
        stripe_url=cluster.stripe_url,
    )
    async with open_engine(deployment, account, PASSWORD, background=False) as engine:
        yield engine


async def insist(ask):
    """A person who presses again until it works; the intent key makes one booking of it."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            try:
                return await ask()
            except DriveSphereError as problem:
                if not problem.retryable:
                    raise
                await asyncio.sleep(0.1)


async def test_an_election_loses_no_news(firm):
    (car,) = await firm.add_cars("election", 1)
    async with desk_of(firm, "clerk") as one, desk_of(firm, "clerk2") as other, at_work([other.live.run]):
        ear = Ear(other.live.subscribe())
        await ear.until(lambda ear: ear.pulse.streaming)
        firm.cluster.primary().kill()
        booking = await insist(lambda: one.booking.hold(one.actor, wish(one, car=car, key=f"{car} press")))

        assert (await ear.hears_of(booking)).blocking
        assert not [fact for fact in ear.facts if isinstance(fact, Resync)]
    firm.cluster.mend()


async def test_X5_all_servers_stopped_and_started_again_need_no_restart(firm):
    # A make of its own: the cars of the runs before stand at this branch too, more than one page of them.
    (car,) = await firm.add_cars("stopped", 1, brand="Stopped")
    servers = [*firm.cluster.mongods, firm.cluster.valkey]
    async with desk_of(firm, "clerk") as one, desk_of(firm, "clerk2") as other, at_work([other.live.run]):
        ear = Ear(other.live.subscribe())
        asked = CarWish(BERLIN.id, days(one, 1, 3), brands=frozenset({"Stopped"}))

        async def free():
            offers = (await other.catalogue.search(other.actor, asked)).offers
            return car in {offer.car.id for offer in offers}

        await ear.until(lambda ear: ear.pulse.streaming)
        assert await free()
        for server in servers:
            server.kill()
        await ear.until(lambda ear: not ear.pulse.streaming)
        assert isinstance(ear.pulse.problem, Unavailable)
        with pytest.raises(Unavailable):
            await free()
        firm.cluster.mend()

        await ear.until(lambda ear: ear.pulse.streaming)
        await other.clock.measure()
        booking = await insist(lambda: one.booking.hold(one.actor, wish(one, car=car, key=f"{car} press")))
        assert (await ear.hears_of(booking)).blocking
        assert not await free()
        async with asyncio.timeout(WITHIN_S):
            while not await other.redis.look():  # noqa: ASYNC110 -- a server announces itself to nobody
                await asyncio.sleep(0.1)  # it rests a while after a failure
        assert not await free()
        assert await firm.redis.keys(f"{DATABASE}:cache:*")
