"""The sandbox, calm before and after each test."""

from __future__ import annotations

import pytest_asyncio
from payments import stripe_of


@pytest_asyncio.fixture
async def stripe(world):
    async with stripe_of(world) as stripe:
        yield stripe
