"""Once-gate and leases in Redis. Courtesy only: with Redis gone, the database still decides."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog

from engine.adapters.redis_line import RedisLine
from engine.domain.booking import BookingId
from engine.domain.car import CarId
from engine.domain.errors import AlreadyAsked, Contended, Unavailable

#: Longer than a transaction may take (mongo_client.TRANSACTION_S).
LEASE = timedelta(seconds=15)
ONCE = timedelta(seconds=300)

_TAKE = """
local first = redis.call('GET', KEYS[1])
if first then return {'asked', first} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {'yours', ''} end
return {'contended', ''}
"""
# The once-key is written after the commit only: a desk that dies before it must leave no answer behind.
_LEAVE = """
if redis.call('GET', KEYS[2]) == ARGV[2] then redis.call('DEL', KEYS[2]) end
if ARGV[3] == 'done' then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[4]) end
return 1
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

log = structlog.get_logger(__name__)


class RedisTurns:
    """The ports ``Turns`` and ``Leases``."""

    def __init__(self, line: RedisLine, prefix: str, *, lease: bool = True) -> None:
        """*prefix* keeps deployments apart; *lease* off lets everybody through to the transaction (for proofs)."""
        self._line = line
        self._prefix = prefix
        self._lease = lease
        self._take = line.redis.register_script(_TAKE)
        self._leave = line.redis.register_script(_LEAVE)
        self._release = line.redis.register_script(_RELEASE)

    @asynccontextmanager
    async def take(self, car_id: CarId, intent_key: str, booking_id: BookingId) -> AsyncIterator[None]:
        token = secrets.token_hex(8)
        lease_key = f"{self._prefix}:lease:car:{car_id}" if self._lease else f"{self._prefix}:lease:none:{token}"
        keys = [f"{self._prefix}:once:{intent_key}", lease_key]
        try:
            said, first = await self._line.ask(self._take(keys, [token, _ms(LEASE)]))
        except Unavailable:
            yield  # the fence in the transaction keeps the promise
            return
        if said == b"asked":
            raise AlreadyAsked(first.decode())
        if said == b"contended":
            raise Contended(f"car {car_id} is being processed for somebody else")
        how = "failed"
        try:
            yield
            how = "done"
        finally:
            await self._try(self._leave(keys, [booking_id, token, how, _ms(ONCE)]))

    @asynccontextmanager
    async def alone(self, name: str, ttl: timedelta) -> AsyncIterator[bool]:
        key, token = f"{self._prefix}:lease:{name}", secrets.token_hex(8)
        try:
            mine = bool(await self._line.ask(self._line.redis.set(key, token, nx=True, px=ttl)))
        except Unavailable:
            mine = True
        try:
            yield mine
        finally:
            if mine:
                await self._try(self._release([key], [token]))

    async def _try(self, answer: Awaitable[Any]) -> None:
        """Ask for something that Redis does by itself after a while if it is not reached now."""
        try:
            await self._line.ask(answer)
        except Unavailable as problem:
            log.info("redis.left_to_expire", problem=problem.detail)


def _ms(ttl: timedelta) -> int:
    return int(ttl.total_seconds() * 1000)
