from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psutil
import pytest
from within import WITHIN_S

from engine.embedded.binaries import find_mongod, find_valkey
from engine.embedded.servers import Endpoints

WINDOW = """
import asyncio, json, sys
from dataclasses import asdict
from pathlib import Path
from engine.embedded.servers import open_servers

def say(**what):
    print(json.dumps(what), flush=True)

async def main():
    say(begun=True)
    async with open_servers(
        Path(sys.argv[1]), sandbox=sys.argv[2] == "sandbox", on_progress=lambda told: say(progress=told.code)
    ) as endpoints:
        say(endpoints=asdict(endpoints))
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@dataclass
class Window:
    """A process that uses the servers of a folder, as the program does."""

    folder: Path
    process: subprocess.Popen[str]

    def hear(self, word: str) -> object:
        for line in self.process.stdout:
            if word in (said := json.loads(line)):
                return said[word]
        raise AssertionError(f"the window ended without saying {word!r}")

    @cached_property
    def endpoints(self) -> Endpoints:
        """Waited for when first asked for."""
        return Endpoints(**self.hear("endpoints"))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(WITHIN_S)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(WITHIN_S)
        self.process.stdout.close()

    def processes(self) -> list[psutil.Process]:
        """The keeper and its servers, recorded or not: all that work in the folder or name it.

        Their command lines are in ``info``: asked again, a process may have ended meanwhile.
        """
        found = []
        for process in psutil.process_iter(["cmdline", "cwd"]):
            words = [process.info["cwd"] or "", *(process.info["cmdline"] or [])]
            ours = any(str(self.folder / "servers") in word or word == str(self.folder) for word in words)
            if ours and WINDOW not in words:
                found.append(process)
        return found

    def keeper(self) -> psutil.Process:
        [keeper] = [process for process in self.processes() if is_keeper(process)]
        return keeper

    def server(self, name: str) -> psutil.Process:
        """``mongod`` or ``valkey``, whatever the program that was found is called."""
        program = {"mongod": find_mongod, "valkey": find_valkey}[name]().name
        [server] = [process for process in self.processes() if process.name() == program[:15]]
        return server


def is_keeper(process: psutil.Process) -> bool:
    return "engine.embedded.keeper" in (process.info["cmdline"] or [])


def all_ended(processes: list[psutil.Process], within: float = WITHIN_S) -> bool:
    """Wait for the ends of *processes*, also of those that their new parent is slow to reap."""
    if not hasattr(os, "pidfd_open"):
        return psutil.wait_procs(processes, timeout=within)[1] == []
    until = time.monotonic() + within
    for process in processes:
        try:
            handle = os.pidfd_open(process.pid)
        except ProcessLookupError:
            continue
        try:
            if not select.select([handle], [], [], max(0, until - time.monotonic()))[0]:
                return False
        finally:
            os.close(handle)
    return True


@pytest.fixture(scope="session")
def none_left() -> Callable[[list[psutil.Process]], bool]:
    return all_ended


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Iterator[Window]:
    """One window with everything, for tests that only look."""
    with _windows() as open_one:
        yield open_one(tmp_path_factory.mktemp("shared"), "sandbox")


@pytest.fixture
def open_window() -> Iterator[Callable[..., Window]]:
    with _windows() as open_one:
        yield open_one


@contextmanager
def _windows() -> Iterator[Callable[..., Window]]:
    opened: list[Window] = []

    def open_one(folder: Path, sandbox: str = "no sandbox") -> Window:
        command = [sys.executable, "-c", WINDOW, str(folder), sandbox]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- ours
        opened.append(Window(folder, process))
        return opened[-1]

    yield open_one

    for window in opened:
        left = window.processes()
        for process in left:
            if is_keeper(process):
                with suppress(psutil.NoSuchProcess):
                    process.terminate()  # no need to wait for its grace
        assert all_ended(left)
        window.kill()
        window.close()
