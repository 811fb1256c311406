"""A mongod of its own for tests that are about how one is started."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager

from within import WITHIN_S

from engine.embedded.binaries import find_mongod


@asynccontextmanager
async def a_mongod(folder, *options):
    """The port at which it listens on this computer, with those *options* and its files in that new *folder*."""
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = await asyncio.create_subprocess_exec(
        *(find_mongod(), "--nounixsocket", "--bind_ip", "127.0.0.1", "--port", str(port)),
        *("--dbpath", folder, "--wiredTigerCacheSizeGB", "0.25", *options),
        stdout=asyncio.subprocess.PIPE,
    )
    said = None
    try:
        async with asyncio.timeout(WITHIN_S):
            async for line in running.stdout:
                if b"Waiting for connections" in line:
                    break
        said = asyncio.create_task(_drain(running.stdout))
        yield port
    finally:
        if said is not None:
            said.cancel()
        running.kill()
        await running.wait()


async def _drain(output):
    async for _ in output:
        pass
