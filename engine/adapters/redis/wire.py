"""A connection of the driver's that is kept, over which several runs of scripts go at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.commands.core import AsyncScript
from redis.exceptions import NoScriptError, ResponseError


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
