"""One server of the embedded default: come up on a free port, be watched, be started again, be ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from asyncio.subprocess import Process
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from engine.domain.shared.boot_clock import end_tasks
from engine.domain.shared.errors import DriveSphereError, ServersFailed
from engine.embedded.folder import ServerFolder
from engine.embedded.processes import Register, choose_port, end, listens, port_is_free, spawn

log = logging.getLogger(__name__)

#: mongod waits 30 s for whoever sits on its former port, and reads its journal after a crash.
START_LIMIT_S = 90.0
_TRIES = 3
_LOOK_S = 0.02
_LONGEST_PAUSE_S = 10.0
_STABLE_AFTER_S = 60.0
HIDDEN = "•••"


class Service(Protocol):
    """What differs between the servers."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str:
        """Begins a sentence: ``The database``."""

    def command(self, port: int) -> Sequence[str]:
        """Write what the program reads; return its command line, which holds no secret."""

    async def ready(self, port: int) -> None:
        """Return once it serves; a server that does not listen yet is tried again."""

    def explain(self, code: int, output: Path) -> DriveSphereError:
        """Why it ended instead of coming up, as a sentence with what to do."""

    def put_right(self) -> bool:
        """After it ended instead of coming up: whether something was done, so that it may come up now."""

    def endpoint(self, port: int) -> dict[str, str]:
        """Its share of the ``Endpoints``."""


class Running:
    """A service and its present process."""

    def __init__(self, service: Service, folder: ServerFolder, register: Register, taken: set[int]) -> None:
        self.service = service
        self._register, self._taken = register, taken
        self._output = folder / f"{service.name}.out"
        self._port = 0
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def endpoint(self) -> dict[str, str]:
        return self.service.endpoint(self._port)

    async def start(self) -> None:
        """Come up, on the port of the last time if it is free.

        Raises:
            DriveSphereError: With a sentence; nothing is left running.
        """
        preferred = self._register.port(self.service.name)
        for last_try in (*[False] * (_TRIES - 1), True):
            self._port = choose_port(preferred, self._taken)
            self._taken.add(self._port)
            try:
                await self._come_up()
            except DriveSphereError as problem:
                if last_try:
                    raise
                if self.service.put_right():
                    log.warning("%s; it begins anew", problem)
                elif port_is_free(self._port):
                    raise
                else:
                    log.warning("port %s was taken by somebody else", self._port)
            else:
                self._watch = asyncio.create_task(self._keep_up(), name=f"watch {self.service.name}")
                return

    async def stop(self) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.wait({self._watch})
        if self._process:
            await end(self._process)
        self._taken.discard(self._port)

    async def _come_up(self) -> None:
        self._process = process = await spawn(self.service.command(self._port), self._output)
        self._register.note(self.service.name, process.pid, self._port)
        log.info("%s is process %s on port %s", self.service.name, process.pid, self._port)
        try:
            await self._await_ready(process)
        except BaseException:
            await end(process)
            raise

    async def _await_ready(self, process: Process) -> None:
        ended = asyncio.create_task(process.wait())
        ready = asyncio.create_task(self._serving(process))
        try:
            await asyncio.wait({ended, ready}, timeout=START_LIMIT_S, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                return ready.result()
            if ended.done():
                raise self.service.explain(ended.result(), self._output)
            raise ServersFailed(f"servers.{self.service.name}_not_up", limit=f"{START_LIMIT_S:.0f}")
        finally:
            await end_tasks((ended, ready))

    async def _serving(self, process: Process) -> None:
        """Who took the port after it was looked at is not spoken to: it may answer as ours would.

        A copy of this folder prefers the same port, and its servers know the same passwords.
        """
        while not listens(process, self._port):  # noqa: ASYNC110 -- another process, no event of ours
            await asyncio.sleep(_LOOK_S)
        await self.service.ready(self._port)

    async def _keep_up(self) -> None:
        """Start it again whenever it ends, on the same port: those who use it know no other."""
        clock, failures = asyncio.get_running_loop().time, 0
        while self._process:
            since = clock()
            code = await self._process.wait()
            failures = 0 if clock() - since > _STABLE_AFTER_S else failures + 1
            log.error("%s ended with %s; starting it again (%s)", self.service.name, code, failures)
            await asyncio.sleep(min(0.2 * 2**failures, _LONGEST_PAUSE_S))
            try:
                await self._come_up()
            except (DriveSphereError, OSError) as problem:
                log.error("%s does not come up: %s", self.service.name, problem)  # noqa: TRY400 -- a sentence is enough


def last_line(output: Path) -> str:
    """What a program said last, to quote it; *output* lies in the servers' folder, whose secrets are not quoted."""
    with contextlib.suppress(OSError):
        lines = output.read_text(encoding="utf-8", errors="replace").split("\n")
        return hushed(next((line.strip() for line in reversed(lines) if line.strip()), ""), output.parent)
    return ""


def hushed(said: str, folder: Path) -> str:
    """*said* without the secrets that are kept in *folder*, and without what an account's line makes of them."""
    for kept in (*folder.glob("*.secret"), *folder.glob("*.key")):
        secret = kept.read_text(encoding="utf-8", errors="replace").strip()
        for form in (secret, sha256(secret.encode()).hexdigest()) if secret else ():
            said = said.replace(form, HIDDEN)
    return said


def set_aside(file: Path) -> None:
    """Keep the log of the last run as ``.1``, so that the log holds this run alone."""
    if file.exists():
        file.replace(file.with_name(f"{file.name}.1"))
