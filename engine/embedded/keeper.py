"""The keeper: one background process per data folder that starts and ends the servers.

Every window holds one connection to it. The kernel closes that connection with the window, whatever ends the window;
when the last one is gone, the keeper ends the servers and itself. It speaks one JSON object a line:

    window: {"token": "…", "sandbox": true}
    keeper: {"hello": true}   {"progress": "…"}…   {"ready": {Endpoints}} or {"failed": {"code": "…", "what": "…", …}}
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import json
import logging
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from engine.crash_reports import watching
from engine.domain.shared.boot_clock import end_tasks
from engine.domain.shared.endings import ending_signals
from engine.domain.shared.errors import DriveSphereError, Misconfigured, ServersFailed
from engine.domain.shared.remark import Remark, remark
from engine.embedded.folder import ServerFolder, write_private
from engine.embedded.mongod import Mongod
from engine.embedded.processes import Register
from engine.embedded.service import Running, Service, set_aside
from engine.embedded.stripe_sandbox import StripeSandbox
from engine.embedded.valkey import Valkey

log = logging.getLogger("engine.embedded.keeper")  # also when run as __main__

#: How long the servers wait for another window, so that a restart of the program finds them running.
GRACE_S = 1.5
#: How long for the first: the window that started us may have been ended meanwhile. One that is only slow starts anew.
FIRST_WINDOW_S = 3.0
#: What every window needs; the rest is started when one asks for it.
ALWAYS = ("mongod", "valkey")


class Keeper:
    def __init__(self, folder: ServerFolder, services: Mapping[str, Service], grace_s: float = GRACE_S) -> None:
        self._folder, self._grace_s = folder, grace_s
        register, taken = Register(folder), set[int]()
        register.end_left_over()
        self._running = {name: Running(service, folder, register, taken) for name, service in services.items()}
        self._starts: dict[str, asyncio.Task[None]] = {}
        self._windows: set[asyncio.StreamWriter] = set()
        self._token = secrets.token_hex(24)
        self._leave = asyncio.Event()
        self._grace: asyncio.TimerHandle | None = None

    async def run(self, announce: Callable[[], None], at_once: Sequence[str] = ALWAYS) -> None:
        """Serve windows until the last is gone; *announce* is called when the first may come."""
        for name in at_once:
            self._start(name)
        await asyncio.sleep(0)  # the servers are on their way before anything else is done
        door = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            place = {"port": door.sockets[0].getsockname()[1], "token": self._token, "pid": os.getpid()}
            write_private(self._folder.endpoint, json.dumps(place))
            announce()
            self._wait_for_windows(FIRST_WINDOW_S)
            await self._leave.wait()
        finally:
            await self._end_servers()
            # Until here a window could still knock; it was held at the door and now sees us gone.
            self._folder.endpoint.unlink(missing_ok=True)
            door.close()
            for window in self._windows:
                window.close()

    def leave(self) -> None:
        log.info("leaving")
        self._leave.set()

    async def _end_servers(self) -> None:
        await end_tasks(self._starts.values())
        await asyncio.gather(*self._starts.values(), return_exceptions=True)
        await asyncio.gather(*(running.stop() for running in self._running.values()))

    def _wait_for_windows(self, seconds: float) -> None:
        self._grace = asyncio.get_running_loop().call_later(seconds, self.leave)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _request(reader, self._token)
        if request is None:
            writer.close()
            return
        if self._grace:
            self._grace.cancel()
        self._windows.add(writer)
        _tell(writer, hello=True)
        answer = asyncio.create_task(self._answer(writer, sandbox=bool(request.get("sandbox"))))
        try:
            with suppress(OSError):
                await reader.read()  # until the window is gone
        finally:
            answer.cancel()
            self._windows.discard(writer)
            if not self._windows:
                self._wait_for_windows(self._grace_s)
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, *, sandbox: bool) -> None:
        if self._leave.is_set():
            return  # the end of the connection will be the answer
        names = (*ALWAYS, "sandbox") if sandbox else ALWAYS
        try:
            await asyncio.gather(*(asyncio.shield(self._start(name)) for name in names))
        except DriveSphereError as problem:
            _tell(writer, failed=_told(problem))
        except OSError as problem:
            _tell(writer, failed=_told(Misconfigured("folder.unusable", folder=self._folder.data_dir, why=problem)))
        except Exception as problem:
            log.exception("a bug")
            _tell(writer, failed=_told(ServersFailed("servers.bug", bug=repr(problem), log=self._folder.keeper_log)))
        else:
            endpoints: dict[str, str] = {}
            for name in names:
                endpoints |= self._running[name].endpoint
            _tell(writer, ready=endpoints)

    def _start(self, name: str) -> asyncio.Task[None]:
        """The start of that server, begun now or earlier. One that failed is begun anew by whoever asks next."""
        task = self._starts.get(name)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._starts[name] = asyncio.create_task(self._come_up(self._running[name]), name=f"start {name}")
        return task

    async def _come_up(self, running: Running) -> None:
        self._progress(f"servers.{running.service.name}_starting")
        try:
            await running.start()
        except DriveSphereError as problem:
            log.error("%s", problem)  # noqa: TRY400 -- a sentence is enough
            raise
        self._progress(f"servers.{running.service.name}_ready")

    def _progress(self, text: str) -> None:
        log.info("%s", text)
        for window in self._windows:
            _tell(window, progress=text)


async def _request(reader: asyncio.StreamReader, token: str) -> dict[str, object] | None:
    """What the window asks for; None if it is no window of ours."""
    try:
        request = json.loads(await asyncio.wait_for(reader.readline(), 5))
        return request if hmac.compare_digest(str(request["token"]), token) else None
    except (OSError, ValueError, KeyError, TypeError, TimeoutError):
        return None


def _told(problem: DriveSphereError) -> dict[str, object]:
    """What a window makes its words of."""
    said = getattr(problem, "said", None) or remark("servers.bug", bug=str(problem), log="")
    facts = {name: {"what": each.code} if isinstance(each, Remark) else each for name, each in said.facts.items()}
    return {"code": problem.code, "what": said.code, "facts": facts}


def _tell(writer: asyncio.StreamWriter, **what: object) -> None:
    writer.write(json.dumps(what).encode() + b"\n")


def _end_on_signals(keeper: Keeper) -> None:
    if sys.platform != "win32":
        for number in ending_signals():
            asyncio.get_running_loop().add_signal_handler(number, keeper.leave)


def _announce(word: str) -> None:
    """Tell the window that started us, and let go of it."""
    if sys.stdout is not None:
        with suppress(BrokenPipeError):  # it may be gone; then so are we, soon
            print(word, flush=True)  # noqa: T201 -- the window reads it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("keeper")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sandbox", action="store_true")
    parser.add_argument("--mongod", default="")
    parser.add_argument("--valkey", default="")
    parser.add_argument("--logs", type=Path)
    options = parser.parse_args(argv)
    folder = ServerFolder(options.data)
    os.umask(0o077)
    with folder.lock() as alone:
        if not alone:
            _announce("busy")
            return 0
        set_aside(folder.keeper_log)
        logging.basicConfig(
            filename=folder.keeper_log, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
        )
        services = (Mongod(folder, options.mongod), Valkey(folder, options.valkey), StripeSandbox(folder))
        at_once = (*ALWAYS, "sandbox") if options.sandbox else ALWAYS
        with watching(options.logs, "keeper"):
            asyncio.run(_main(folder, services, at_once))
    return 0


async def _main(folder: ServerFolder, services: Sequence[Service], at_once: Sequence[str]) -> None:
    keeper = Keeper(folder, {service.name: service for service in services})
    _end_on_signals(keeper)
    await keeper.run(lambda: _announce("listening"), at_once)


if __name__ == "__main__":
    raise SystemExit(main())
