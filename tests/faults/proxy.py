"""A TCP proxy that can be cut, made a black hole, and restored."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import StrEnum, auto
from typing import Self

_CHUNK = 65536


class Line(StrEnum):
    OPEN = auto()
    CUT = auto()  #: connections break and new ones are hung up on
    HOLE = auto()  #: connections stay and nothing arrives any more


class Proxy:
    """Passes on to a port of this machine. Use as ``async with Proxy(port) as proxy``."""

    def __init__(self, upstream: int) -> None:
        self.upstream, self.port = upstream, 0
        self._line = Line.OPEN
        self._restored = asyncio.Event()
        self._restored.set()
        self._connections: set[asyncio.Task] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._hang_up()

    async def move_to(self, line: Line) -> None:
        self._line = line
        if line is Line.HOLE:
            self._restored.clear()
            return
        if line is Line.CUT:
            await self._hang_up()
        self._restored.set()

    async def _hang_up(self) -> None:
        ending = list(self._connections)
        for connection in ending:
            connection.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._connections.add(task)
        try:
            if self._line is not Line.CUT:
                await self._pass(reader, writer)
        except asyncio.CancelledError:
            # Cut on purpose; asyncio would report a cancelled handler as an error.
            return
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            return
        ways = [
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                await self._restored.wait()
                writer.write(chunk)
                await writer.drain()
