"""The one way to Redis that all adapters of a desk share: when it fails for one of them, it rests for all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import (
    AuthenticationError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    RedisError,
    ResponseError,
)
from redis.exceptions import (
    ConnectionError as NoConnection,
)
from redis.exceptions import (
    TimeoutError as NoAnswer,
)

from engine.adapters.fewer_questions import Together
from engine.domain.health.health import REDIS_FULL, REDIS_RIGHTS
from engine.domain.shared.boot_clock import since_boot
from engine.domain.shared.errors import Misconfigured, Unavailable
from engine.domain.shared.server_address import check_redis_url


@dataclass(frozen=True, slots=True)
class Run:
    """A script's run. Attributes: ``words`` are what the script calls ``ARGV``."""

    script: AsyncScript
    keys: Sequence[str]
    words: Sequence[str | int]

    def sent(self) -> list[bytes]:
        words = (self.script.sha, len(self.keys), *self.keys, *self.words)
        return [b"EVALSHA", *[str(word).encode() for word in words]]


class Wire:
    """Asked by one at a time. What the driver does to connect stays as it is: TLS, the account, the database.

    Its way of asking costs several times what a run costs the server: a connection taken and looked at, two time-outs
    and a task for each command. Here there is one of each for all that go together.
    """

    def __init__(self, redis: Redis, answer_s: float) -> None:
        """*answer_s* is how long the answers may take together."""
        self._redis, self._answer_s = redis, answer_s
        self._kept: AbstractConnection | None = None

    async def ask(self, runs: Sequence[Run]) -> list[Any]:
        """An answer for each, or the server's refusal in its place. Raises: whatever the driver raises."""
        connection = await self._connected()
        # Whatever ends this before the last answer, being cancelled too, has the driver close the connection.
        async with asyncio.timeout(self._answer_s):
            packed = connection.pack_commands([run.sent() for run in runs])
            await connection.send_packed_command(packed, check_health=False)
            said = [await _answer(connection) for _ in runs]
        # A server that was started anew knows no script until it is told it, which the driver does.
        unknown = [at for at, each in enumerate(said) if isinstance(each, NoScriptError)]
        for at in unknown:
            said[at] = await runs[at].script(runs[at].keys, runs[at].words)
        return said

    async def _connected(self) -> AbstractConnection:
        """The one that is kept, unless the server has closed it since."""
        if (kept := self._kept) is not None:
            if kept.is_connected and not await kept.can_read():
                return kept
            await self._drop(kept)
        pool: Any = self._redis.connection_pool  # its coroutines have no types
        taken: AbstractConnection = await pool.get_connection()
        taken.socket_timeout = None  # ours is for all answers together
        self._kept = taken
        return taken

    async def _drop(self, connection: AbstractConnection) -> None:
        self._kept = None
        connection.socket_timeout = self._answer_s
        await connection.disconnect(nowait=True)
        await self._redis.connection_pool.release(connection)


async def _answer(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response()
    except ResponseError as refused:
        return refused


T = TypeVar("T")
Script: TypeAlias = AsyncScript

#: After a failure Redis is left alone for so long, so that a dead one costs one time-out and not one a booking.
REST_S = 2.0
_ANSWER_S = 0.5
#: Commands under way at once. More wait for their turn here: the driver's pool takes one too many for an outage.
_AT_ONCE = 16
#: Runs of scripts in one round trip.
_IN_ONE = 64
_NO_RIGHT = ("ACL failure", "The user executing the script can't")

#: For our scripts: a key's text up to byte *last*. Any other kind of value is none; a right that is missing is told.
TEXT = """
local function text(key, last)
  local found = redis.pcall('GETRANGE', key, 0, last)
  if type(found) == 'string' then return found end
  if not string.find(found.err, 'WRONGTYPE', 1, true) then error(found.err) end
  return ''
end
"""

#: For our scripts: a namespace's next version, which is *fresh* where there was none that can be counted on.
RAISED = """
local function raised(key, fresh)
  local version = redis.pcall('INCR', key)
  if type(version) == 'number' and version >= 2^40 and version < 2^53 then return string.format('%.0f', version) end
  redis.call('SET', key, fresh)
  return fresh
end
"""

log = structlog.get_logger(__name__)


def connect_redis(url: str, ca_file: str = "") -> Redis:
    """A client that connects at its first use, never waits long and answers in bytes; close it with ``aclose()``.

    A ``rediss://`` server must show a certificate that comes from *ca_file* (PEM), or else from one that this computer
    trusts.

    Raises:
        Misconfigured: The address is none.
    """
    check_redis_url(url, ca_named=bool(ca_file))
    tls: dict[str, Any] = {"ssl_ca_certs": ca_file} if ca_file and url.startswith("rediss://") else {}
    try:
        return Redis.from_url(
            url,
            **tls,
            socket_connect_timeout=_ANSWER_S,
            socket_timeout=_ANSWER_S,
            retry=Retry(NoBackoff(), 0),
            # Its name and version are told by a command that Redis 7.0 does not know, and nothing here reads them.
            driver_info=None,
        )
    except ValueError:
        # The library's own message may quote a part of the password.
        raise Misconfigured("redis.address") from None


class RedisLine:
    """Attributes: ``redis`` is for making commands, ``alive`` whether it answered when it was last asked."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.alive = True
        self._rest_until = 0.0
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._wire = Wire(redis, _ANSWER_S)
        self._runs: Together[Run, Any] = Together(self._run_all, _IN_ONE)

    async def ask(self, answer: Awaitable[Any], like: type[T]) -> T:
        """What Redis answers to a command of ``redis``, if it is *like* that.

        Raises:
            Unavailable: No usable answer in half a second, or none a moment ago; *answer* is not awaited then.
        """
        try:
            async with self._turns:
                self._must_not_rest()
                return await self._answered(answer, like)
        finally:
            cast("Any", answer).close()

    async def run(self, script: Script, keys: Sequence[str], words: Sequence[str | int], like: type[T]) -> T:
        """As ``ask``, for a script of ours: all that are wanted while one runs go in one round trip after it."""
        return await self._answered(self._runs.answer(Run(script, keys, words)), like)

    async def _run_all(self, runs: Sequence[Run]) -> Sequence[Any]:
        self._must_not_rest()
        try:
            return await self._wire.ask(runs)
        except Exception as problem:  # as in ``_answered``, once for all of them
            raise await self._failed(problem) from problem

    def _must_not_rest(self) -> None:
        if since_boot() < self._rest_until:
            raise Unavailable("redis", "resting after a failure")

    async def _answered(self, answer: Awaitable[Any], like: type[T]) -> T:
        try:
            said = msgspec.convert(await answer, like)
        except Unavailable:
            raise  # told already
        except Exception as problem:  # the driver lets every mistake of its parser out
            raise await self._failed(problem) from problem
        self.alive = True
        return said

    async def _failed(self, problem: Exception) -> Unavailable:
        self.alive = False
        self._rest_until = since_boot() + REST_S
        log.warning("redis.unavailable", problem=type(problem).__name__)
        if not isinstance(problem, RedisError):
            await self.redis.connection_pool.disconnect(inuse_connections=False)
        return Unavailable("redis", _why(problem))

    async def look(self) -> bool:
        """Whether Redis answers now; without asking nobody would notice that it is back."""
        try:
            await self.ask(self.redis.ping(), bool)
        except Unavailable:
            return False
        return True


def _why(problem: Exception) -> str:
    if isinstance(problem, OutOfMemoryError):
        return REDIS_FULL
    # From within a script it is a plain error, which Redis 7.0 words in its own way.
    if isinstance(problem, NoPermissionError) or any(words in str(problem) for words in _NO_RIGHT):
        return REDIS_RIGHTS
    if isinstance(problem, AuthenticationError):
        return "name or password refused"
    if isinstance(problem, NoAnswer | TimeoutError):
        return "no answer in time"
    return "no connection" if isinstance(problem, NoConnection | OSError) else "no answer that makes sense"
