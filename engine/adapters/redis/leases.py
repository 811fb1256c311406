"""Once-gate and leases in Redis. Courtesy only: with Redis gone, the database still decides."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from random import uniform

import structlog

from engine.adapters.redis.line import RAISED, TEXT, RedisLine, Script
from engine.domain.booking.booking import BookingId
from engine.domain.car.car import CarId
from engine.domain.shared.boot_clock import since_boot
from engine.domain.shared.errors import AlreadyAsked, Contended, Unavailable
from engine.ports.leases import Turn

#: Longer than a transaction may take (mongo.client.TRANSACTION_S).
LEASE = timedelta(seconds=15)
ONCE = timedelta(seconds=300)
#: How long a desk has a place to itself where others wait in turn; what it does there takes a few milliseconds.
TURN = timedelta(milliseconds=400)
#: How long a desk waits for its turn before it goes on without.
PATIENCE_S = 1.0
#: Between two looks whether the turn has come.
_LOOKS_S = (0.003, 0.012)

# A stranger may have put anything there: what is no token of ours, has no end, or a later one than ours, is no lease.
_OWN = (
    TEXT
    + """
local function own(key, token, ms)
  if redis.call('SET', key, token, 'NX', 'PX', ms) then return 1 end
  local held, left = text(key, 16), redis.call('PTTL', key)
  local token_like = #held == 16 and not string.find(held, '[^0-9a-f]')
  if token_like and left >= 0 and left <= tonumber(ms) then return 0 end
  redis.call('SET', key, token, 'PX', ms)
  return 1
end
local function let_go(key, token)
  if text(key, 16) == token then redis.call('DEL', key) end
end
"""
)
_TAKE = (
    _OWN
    + """
local first = ARGV[3] == 'once' and text(KEYS[1], 63) or ''
if #first > 0 then return 'asked ' .. first end
if own(KEYS[2], ARGV[1], ARGV[2]) == 1 then return 'yours' end
return 'contended'
"""
)
# The once-key is written after the commit only: a desk that dies before it must leave no answer behind.
# What the block made untrue is counted up beside it, by the keys from the third on. The lease goes first: a Redis that
# is full refuses the rest.
_LEAVE = (
    _OWN
    + RAISED
    + """
let_go(KEYS[2], ARGV[2])
local versions = {}
for at = 3, #KEYS do versions[at - 2] = raised(KEYS[at], ARGV[5]) end
if ARGV[3] == 'done' then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[4]) end
return table.concat(versions, ' ')
"""
)
_ALONE = _OWN + "return own(KEYS[1], ARGV[1], ARGV[2])"
_RELEASE = _OWN + "return let_go(KEYS[1], ARGV[1])"

log = structlog.get_logger(__name__)


class RedisBookingLock:
    """The ports ``BookingLock``, ``Leases`` and ``Queue``."""

    def __init__(self, line: RedisLine, prefix: str, epoch: str = "", *, lease: bool = True) -> None:
        """*prefix* keeps deployments apart, *epoch* the lives of one before and after a restore.

        *lease* off lets everybody through to the transaction (for proofs).
        """
        self._line = line
        self._prefix, self._epoch = prefix, f"{epoch}:" if epoch else ""
        self._lease = lease
        self._take = line.redis.register_script(_TAKE)
        self._leave = line.redis.register_script(_LEAVE)
        self._alone = line.redis.register_script(_ALONE)
        self._release = line.redis.register_script(_RELEASE)

    @asynccontextmanager
    async def take(
        self, car_id: CarId, intent_key: str, booking_id: BookingId, *, once: bool = True
    ) -> AsyncIterator[Turn | None]:
        token = secrets.token_hex(8)
        whose = f"car:{car_id}" if self._lease else f"none:{token}"
        keys = [f"{self._prefix}:once:{self._epoch}{intent_key}", f"{self._prefix}:lease:{self._epoch}{whose}"]
        try:
            words: list[str | int] = [token, _ms(LEASE), "once" if once else ""]
            said, _, first = (await self._line.run(self._take, keys, words, bytes)).partition(b" ")
        except Unavailable:
            yield None  # the fence in the transaction keeps the promise
            return
        if said == b"asked":
            raise AlreadyAsked(first.decode(errors="replace"))
        if said == b"contended":
            raise Contended(f"car {car_id} is being processed for somebody else")
        turn, how = _Taken(self._line, self._leave, keys, booking_id, token), "failed"
        try:
            yield turn
            how = "done"
        finally:
            if not turn.left:
                await self._try(turn.end(how))

    @asynccontextmanager
    async def alone(self, name: str, ttl: timedelta) -> AsyncIterator[bool]:
        key, token = f"{self._prefix}:lease:{self._epoch}{name}", secrets.token_hex(8)
        try:
            mine = await self._line.run(self._alone, [key], [token, _ms(ttl)], int) == 1
        except Unavailable:
            mine = True
        try:
            yield mine
        finally:
            if mine:
                await self._try(self._line.run(self._release, [key], [token], object))

    @asynccontextmanager
    async def in_turn(self, name: str) -> AsyncIterator[bool]:
        if not self._lease:
            yield False
            return
        key, token, until = f"{self._prefix}:lease:{self._epoch}{name}", secrets.token_hex(8), since_boot() + PATIENCE_S
        mine = False
        try:
            # Without a Redis the database decides alone.
            with suppress(Unavailable):
                while not (mine := await self._line.run(self._alone, [key], [token, _ms(TURN)], int) == 1):
                    if since_boot() >= until:
                        break
                    await asyncio.sleep(uniform(*_LOOKS_S))  # noqa: S311 -- so that desks do not ask in step
            yield mine
        finally:
            if mine:
                await self._try(self._line.run(self._release, [key], [token], object))

    async def _try(self, answer: Awaitable[object]) -> None:
        """Ask for something that Redis does by itself after a while if it is not reached now."""
        try:
            await answer
        except Unavailable as problem:
            log.info("redis.left_to_expire", problem=problem.detail)


@dataclass
class _Taken:
    """The port ``Turn``. Attributes: ``left`` says that Redis confirmed its end."""

    line: RedisLine
    script: Script
    keys: list[str]
    booking_id: BookingId
    token: str
    left: bool = False

    async def leave(self, versions: Sequence[str], fresh: int) -> list[bytes]:
        bumped = await self.end("done", versions, fresh)
        self.left = True
        return bumped

    async def end(self, how: str, versions: Sequence[str] = (), fresh: int = 0) -> list[bytes]:
        words: list[str | int] = [self.booking_id, self.token, how, _ms(ONCE), fresh]
        return (await self.line.run(self.script, [*self.keys, *versions], words, bytes)).split()


def _ms(ttl: timedelta) -> int:
    return int(ttl.total_seconds() * 1000)
