"""The demo's data folder, made once for all processes of a run; tests open copies of it.

Only a folder whose servers have ended is copied: mongod's files are whole then, and the copy starts without recovery.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from engine.bootstrap import open_deployment
from engine.config import load
from engine.embedded.folder import ServerFolder

#: One process makes it, the others wait: until the test's own limit ends them.
_MADE_WITHIN_S = 240
_LOOK_EVERY_S = 0.02


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one folder, with nobody in it. Look and copy, but open a copy."""
    return once_a_run(tmp_path_factory, "demo", _make)


@pytest.fixture
def demo_folder(demo_made: Path, tmp_path: Path) -> Path:
    """A demo of the test's own, as it is after the program was closed."""
    return copied(demo_made, tmp_path / "data")


def copied(made: Path, to: Path) -> Path:
    return Path(shutil.copytree(made, to))


def once_a_run(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder *name* that the first process of the run makes, and every other one finds."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / name, shared / f"{name}.done"
    with _alone(shared / f"{name}.lock"):
        if not done.exists():
            # What a process that was ended has left is half made.
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """SQLite's lock is there on every system, and the kernel lets go of it with the process."""
    with closing(sqlite3.connect(lock, timeout=_MADE_WITHIN_S, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield
        held.execute("COMMIT")


def _make(folder: Path) -> None:
    async def open_and_leave() -> None:
        async with open_deployment(load(folder, environ={}, cwd=folder.parent)):
            pass

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(open_and_leave())
    servers, deadline = ServerFolder(folder), time.monotonic() + _MADE_WITHIN_S
    while not _left(servers):
        assert time.monotonic() < deadline, "the keeper has not left the demo's folder"
        time.sleep(_LOOK_EVERY_S)  # the lock of another process tells nobody
    # A copy takes any port: all would begin with that of this folder, and with waiting for one another.
    (servers / "processes.json").unlink()


def _left(servers: ServerFolder) -> bool:
    """Whether the keeper is gone, and its servers before it."""
    with servers.lock() as alone:
        return alone
