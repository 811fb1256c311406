"""Once-gate and leases in Redis. Courtesy only: with Redis gone, the database still decides."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from engine.domain.booking import BookingId
from engine.domain.car import CarId
from engine.domain.errors import AlreadyAsked, Contended, Misconfigured, Unavailable

#: Longer than a transaction may take (mongo_client.TRANSACTION_S).
LEASE = timedelta(seconds=15)
ONCE = timedelta(seconds=300)
#: After a failure Redis is left alone for so long, so that a dead one costs one time-out and not one a booking.
REST_S = 2.0
_ANSWER_S = 0.5

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


def connect_redis(url: str, ca_file: str = "") -> Redis:
    """A client that connects at its first use and never waits long; close it with ``await client.aclose()``.

    A ``rediss://`` server must show a certificate that comes from *ca_file* (PEM), or else from one that this computer
    trusts.

    Raises:
        Misconfigured: The address is none.
    """
    tls: dict[str, Any] = {"ssl_ca_certs": ca_file} if ca_file and url.startswith("rediss://") else {}
    try:
        return Redis.from_url(
            url,
            **tls,
            socket_connect_timeout=_ANSWER_S,
            socket_timeout=_ANSWER_S,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
    except ValueError:
        # The library's own message may quote a part of the password.
        raise Misconfigured(
            "The address of Redis cannot be used; it looks like redis://:PASSWORD@HOST:6379/0."
        ) from None


class RedisTurns:
    """The ports ``Turns`` and ``Leases``. ``alive`` tells whether Redis answered when it was last asked."""

    def __init__(self, redis: Redis, prefix: str, *, lease: bool = True) -> None:
        """*prefix* keeps deployments apart; *lease* off lets everybody through to the transaction (for proofs)."""
        self._redis = redis
        self._prefix = prefix
        self._lease = lease
        self._rest_until = 0.0
        self.alive = True
        self._take = redis.register_script(_TAKE)
        self._leave = redis.register_script(_LEAVE)
        self._release = redis.register_script(_RELEASE)

    @asynccontextmanager
    async def take(self, car_id: CarId, intent_key: str, booking_id: BookingId) -> AsyncIterator[None]:
        token = secrets.token_hex(8)
        lease_key = f"{self._prefix}:lease:car:{car_id}" if self._lease else f"{self._prefix}:lease:none:{token}"
        keys = [f"{self._prefix}:once:{intent_key}", lease_key]
        try:
            said, first = await self._ask(self._take(keys, [token, _ms(LEASE)]))
        except Unavailable:
            yield  # the fence in the transaction keeps the promise
            return
        if said == "asked":
            raise AlreadyAsked(first)
        if said == "contended":
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
            mine = bool(await self._ask(self._redis.set(key, token, nx=True, px=ttl)))
        except Unavailable:
            mine = True
        try:
            yield mine
        finally:
            if mine:
                await self._try(self._release([key], [token]))

    async def pulse(self) -> tuple[str, timedelta]:
        """The server's version and a round trip. Raises: Unavailable."""
        await self._ask(self._redis.ping())
        began = time.perf_counter()
        await self._ask(self._redis.ping())
        return await self._version(), timedelta(seconds=time.perf_counter() - began)

    async def _version(self) -> str:
        try:
            info = await self._redis.info("server")
        except RedisError:  # this account may not ask; that it answers was seen before
            return "not told"
        return str(info.get("valkey_version") or info.get("redis_version") or "not told")

    async def _ask(self, answer: Awaitable[Any]) -> Any:
        if time.monotonic() < self._rest_until:
            cast("Any", answer).close()
            raise Unavailable("redis", "resting after a failure")
        try:
            said = await answer
        except (RedisError, OSError, TimeoutError) as problem:
            self.alive = False
            self._rest_until = time.monotonic() + REST_S
            log.warning("redis.unavailable", problem=type(problem).__name__)
            raise Unavailable("redis", type(problem).__name__) from problem
        self.alive = True
        return said

    async def _try(self, answer: Awaitable[Any]) -> None:
        """Ask for something that Redis does by itself after a while if it is not reached now."""
        try:
            await self._ask(answer)
        except Unavailable as problem:
            log.info("redis.left_to_expire", problem=problem.detail)


def _ms(ttl: timedelta) -> int:
    return int(ttl.total_seconds() * 1000)
