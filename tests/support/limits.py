"""What a test was doing when its time was up.

pytest-timeout ends a test that takes too long, but what it writes of the threads is lost in a process of xdist's, and a
coroutine that waits stands in no thread. So both are written here a moment before, past pytest's capture.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import threading
from collections.abc import Iterator
from typing import Any, TextIO

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key

#: How long before the end everything is written down: a busy machine takes seconds to look at all tasks.
_BEFORE_S, _BEFORE_SHARE = 1.0, 1 / 30
#: Whoever is the first in a run to want the demo makes it for all.
_WITH_THE_DEMO_S = 900

_FRAMES, _NEXT = ("cr_frame", "gi_frame", "ag_frame"), ("cr_await", "gi_yieldfrom", "ag_await")
_WATCH = pytest.StashKey[threading.Timer]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "demo_made" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_WITH_THE_DEMO_S))


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: tuple) -> None:
    """Beside pytest-timeout's own timer, which goes on being set: the answer is None."""
    if not settings.timeout:
        return
    descriptor = item.config.stash[fault_handler_stderr_fd_key]
    before = max(_BEFORE_S, settings.timeout * _BEFORE_SHARE)
    watch = threading.Timer(max(settings.timeout - before, 0), tell, args=(descriptor, item.nodeid))
    watch.daemon = True
    item.stash[_WATCH] = watch
    watch.start()


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> None:
    watch = item.stash.get(_WATCH, None)
    if watch is not None:
        watch.cancel()


def tell(descriptor: int, title: str) -> None:
    """Write where every thread stands, and every task that has not ended, to an open file *descriptor*."""
    with os.fdopen(os.dup(descriptor), "w", encoding="utf-8") as stream:
        print(f"\n{title}: the time is up", file=stream, flush=True)
        faulthandler.dump_traceback(stream, all_threads=True)
        tell_tasks(stream)


def tell_tasks(stream: TextIO) -> None:
    # Not from the collector: what was there before a window opened is kept out of its sight.
    tasks = [task for task in list(asyncio.tasks._all_tasks) if not task.done()]
    print(f"{len(tasks)} tasks had not ended", file=stream)
    for task in tasks:
        print(f"-- {task.get_name()}{', asked to end' if task.cancelling() else ''}", file=stream)
        for place in _awaited(task.get_coro()):
            print(f"   {place}", file=stream)


def _awaited(coroutine: Any) -> Iterator[str]:
    """Where it stands, from the outermost call to what is awaited."""
    while coroutine is not None:
        frame = next((found for name in _FRAMES if (found := getattr(coroutine, name, None)) is not None), None)
        if frame is not None:
            yield f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_qualname}"
        elif not hasattr(coroutine, "cr_frame"):
            yield repr(coroutine)[:200]
        coroutine = next((found for name in _NEXT if (found := getattr(coroutine, name, None)) is not None), None)
