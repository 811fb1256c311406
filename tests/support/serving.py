"""The servers of a folder, up for as long as a block takes; for what is no coroutine itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.embedded.servers import Endpoints, open_servers


@contextmanager
def serving(folder: Path) -> Iterator[Endpoints]:
    started: list[Endpoints | BaseException] = []
    up, leave = threading.Event(), threading.Event()

    async def hold() -> None:
        try:
            async with open_servers(folder) as servers:
                started.append(servers)
                up.set()
                await asyncio.to_thread(leave.wait)
        except BaseException as problem:
            started.append(problem)
            up.set()
            raise

    def run() -> None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(hold())

    thread = threading.Thread(target=run)
    thread.start()
    up.wait()
    if isinstance(started[0], BaseException):
        thread.join()
        raise started[0]
    try:
        yield started[0]
    finally:
        leave.set()
        thread.join()
