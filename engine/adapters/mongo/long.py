"""Work that may take hours while its server is there, and ends soon once that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

import pymongo

from engine.adapters.mongo.client import OPERATION_S, Client, speaking
from engine.domain.shared.boot_clock import end_tasks
from engine.domain.shared.errors import Unavailable

T = TypeVar("T")

#: Longer than any operation of the work may take; only the server's silence ends it.
LONGEST_S = 24 * 3600.0
#: Elections and restarts of a leader are over by then.
SILENT_S = 60.0
_ASK_EVERY_S, _AGAIN_S = 5.0, 1.0


async def while_it_answers(client: Client, work: Coroutine[object, object, T]) -> T:
    """What *work* comes to; it is stopped where no leader has answered for ``SILENT_S``.

    The driver alone would wait for one as long as the work may take.

    Raises:
        Unavailable: The leader was gone for too long; what was done is done.
    """
    watching = asyncio.create_task(_silent(client))
    working = asyncio.create_task(_unhurried(work))
    try:
        await asyncio.wait({watching, working}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Unavailable("mongodb", "it went away in the middle; run the command again once it is back")
        return working.result()
    finally:
        await end_tasks((watching, working))
        await asyncio.gather(watching, working, return_exceptions=True)


async def _unhurried(work: Coroutine[object, object, T]) -> T:
    with speaking(), pymongo.timeout(LONGEST_S):
        return await work


async def _silent(client: Client) -> None:
    """Ends when no leader has answered for long. A loop that stood still meanwhile is no silence of the server's."""
    loop, since = asyncio.get_running_loop(), None
    while since is None or loop.time() - since < SILENT_S:
        asked_at = loop.time()
        try:
            with speaking(), pymongo.timeout(min(OPERATION_S, SILENT_S)):
                await client.admin.command("ping")
        except Unavailable:
            since = since or asked_at
            await asyncio.sleep(_AGAIN_S)
        else:
            since = None
            await asyncio.sleep(_ASK_EVERY_S)
