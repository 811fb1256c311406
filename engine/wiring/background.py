"""What an engine does without being asked, from its opening to its close."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

import structlog

from engine.adapters.mongo.clock import ServerClock
from engine.domain.shared.boot_clock import end_tasks, rest
from engine.domain.shared.errors import DriveSphereError

Work = Callable[[], Coroutine[Any, Any, None]]

log = structlog.get_logger(__name__)

_MEASURE_CLOCK_EVERY_S = 60.0


@asynccontextmanager
async def at_work(work: Iterable[Work]) -> AsyncIterator[None]:
    """Each of *work* runs until the block is left."""
    tasks = [asyncio.create_task(each()) for each in work]
    try:
        yield
    finally:
        await end_tasks(tasks)


async def keep_time(clock: ServerClock) -> None:
    while True:
        await rest(_MEASURE_CLOCK_EVERY_S)
        try:
            await clock.measure()
        except DriveSphereError as problem:
            log.info("clock.not_measured", code=problem.code)
