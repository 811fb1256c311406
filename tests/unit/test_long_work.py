"""Work that may take hours ends when it is to end, also where a driver kept the first word of that to itself."""

from __future__ import annotations

import asyncio

import pytest

from engine.adapters.mongo import long as mongo_long
from engine.adapters.mongo.long import while_it_answers
from engine.domain.shared.errors import Unavailable

pytestmark = pytest.mark.asyncio


async def deaf():
    """Hears of its end the second time only, as the driver's operations may."""
    for last in (False, True):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if last:
                raise


async def test_whoever_watches_the_server_ends_with_the_work(monkeypatch):
    monkeypatch.setattr(mongo_long, "_silent", lambda _client: deaf())

    async def work():
        await asyncio.sleep(0)
        return "done"

    async with asyncio.timeout(30):
        assert "done" == await while_it_answers(None, work())


async def test_the_work_ends_when_the_server_is_silent(monkeypatch):
    async def silent(_client):
        await asyncio.sleep(0)

    monkeypatch.setattr(mongo_long, "_silent", silent)

    async with asyncio.timeout(30):
        with pytest.raises(Unavailable):
            await while_it_answers(None, deaf())
