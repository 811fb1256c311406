from __future__ import annotations

import asyncio
from random import Random

import pytest
from pymongo.lock import _async_cond_wait, _async_create_condition, _async_create_lock

import engine.adapters.mongo.client  # noqa: F401 -- as it is imported wherever there is a client

pytestmark = pytest.mark.asyncio
_FREE_WITHIN_S = 5


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(20))
async def test_whoever_is_cancelled_whenever_the_others_go_on(seed):
    """As after a cut: many look for a server, all for as long, and some are not wanted any more."""
    chance, lock = Random(seed), _async_create_lock()  # noqa: S311 -- guards nothing
    condition = _async_create_condition(lock)

    async def choose():
        for _ in range(3):
            async with lock:
                await _async_cond_wait(condition, chance.choice((0, 0.001)))
                await turns(chance.randrange(3))

    waiting = [asyncio.create_task(choose()) for _ in range(12)]
    for _ in range(40):
        await turns(chance.randrange(4))
        chance.choice(waiting).cancel()
    await asyncio.wait(waiting, timeout=_FREE_WITHIN_S)

    assert all(each.done() for each in waiting)
    assert not lock.locked()
