"""Server processes that end with us: how they are started, remembered and, if left over, found again."""

from __future__ import annotations

import asyncio
import ctypes
import json
import logging
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from engine.embedded.folder import ServerFolder, read_json, write_private

log = logging.getLogger(__name__)

#: Below the range that any system hands out for outgoing connections, so that a port stays ours between two starts.
PORTS = range(20_000, 32_000)
_PR_SET_PDEATHSIG = 1


class Register:
    """``processes.json``: which process serves which port; lets a later keeper find what an earlier one left."""

    def __init__(self, folder: ServerFolder) -> None:
        self._file = folder / "processes.json"
        self._rows: dict[str, dict[str, object]] = read_json(self._file)

    def note(self, name: str, pid: int, port: int) -> None:
        row: dict[str, object] = {"pid": pid, "port": port}
        try:
            process = psutil.Process(pid)
            row |= {"created": process.create_time(), "exe": process.exe()}
        except psutil.Error:
            row["pid"] = 0  # ended already; the port is still worth remembering
        self._rows[name] = row
        write_private(self._file, json.dumps(self._rows))

    def port(self, name: str) -> int:
        """The port of the last time, 0 if there was none."""
        port = self._rows.get(name, {}).get("port", 0)
        return port if isinstance(port, int) else 0

    def end_left_over(self) -> None:
        """End what an earlier keeper could not; only processes that are beyond doubt ours."""
        found = [process for row in self._rows.values() if (process := _ours(row))]
        for process in found:
            log.warning("ending %s, left over from an earlier run", process)
            process.terminate()
        _, alive = psutil.wait_procs(found, timeout=15)
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=5)


def _ours(row: dict[str, object]) -> psutil.Process | None:
    """The recorded process, if that number still means the same start of the same program."""
    pid, created, exe = row.get("pid"), row.get("created"), row.get("exe")
    if not isinstance(pid, int) or not isinstance(created, float) or not pid:
        return None
    try:
        process = psutil.Process(pid)
        return process if process.create_time() == created and process.exe() == exe else None
    except psutil.Error:
        return None


def choose_port(preferred: int, taken: set[int]) -> int:
    """A port on the loopback that nobody listens on, *preferred* if possible."""
    if preferred not in taken and preferred in PORTS and port_is_free(preferred):
        return preferred
    for port in random.sample(PORTS, len(PORTS)):
        if port not in taken and port_is_free(port):
            return port
    raise OSError("no free port")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":  # there, it would allow two listeners
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def listens(process: Process, port: int) -> bool:
    """Whether it is this process that serves *port*, or one that it started."""
    try:
        one = psutil.Process(process.pid)
        found = [each for those in (one, *one.children(recursive=True)) for each in those.net_connections("tcp4")]
    except psutil.Error:  # it has ended
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in found)


async def spawn(command: Sequence[str], output: Path) -> Process:
    """Start a server that dies with this process; what it prints goes to *output*."""
    with output.open("wb") as file:
        return await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=file, stderr=file, cwd=output.parent, preexec_fn=_die_with_parent()
        )


async def end(process: Process, patience: float = 15) -> None:
    """Ask *process* to end, wait, insist."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), patience)
    except TimeoutError:
        log.warning("process %s did not end when asked", process.pid)
        process.kill()
        await process.wait()


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux, what has the kernel send SIGTERM to the child when this process is gone, even by ``kill -9``."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def bind() -> None:  # runs between fork and exec: one system call, nothing that could need a lock
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return bind
