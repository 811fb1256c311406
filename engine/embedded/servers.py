"""The window's side of the embedded servers: join those of the data folder, or have them started."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.domain.shared.errors import Misconfigured, ServersFailed
from engine.domain.shared.remark import Remark, remark
from engine.embedded.folder import ServerFolder, read_json, write_private
from engine.embedded.service import last_line
from engine.embedded.stripe_sandbox import ourselves

#: A keeper that lives says hello at once; one that ends its servers needs a few seconds.
_HELLO_S = 10.0
_JOIN_S = 30.0
_RETRY_S = 0.05


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the servers are.

    Attributes:
        mongo_url: Without credentials.
        redis_url: With name and password of the account that desks use.
        stripe_url: Base address of the sandbox; empty if it was not asked for.
        stripe_key: The sandbox's key.
        root_name, root_password: mongod's first account, for provisioning only.
    """

    mongo_url: str
    redis_url: str = field(repr=False)
    stripe_url: str = ""
    stripe_key: str = field(default="", repr=False)
    root_name: str = ""
    root_password: str = field(default="", repr=False)


def _silent(_: Remark) -> None:
    pass


@asynccontextmanager
async def open_servers(
    data_dir: Path,
    *,
    sandbox: bool = True,
    mongod: str = "",
    valkey: str = "",
    logs: Path | None = None,
    on_progress: Callable[[Remark], None] = _silent,
) -> AsyncIterator[Endpoints]:
    """The servers of *data_dir*, up and answering for the length of the block.

    They end shortly after the last process that uses them has left the block, or has been ended.

    Args:
        data_dir: The folder whose data they serve.
        sandbox: Whether the payment sandbox is wanted too.
        mongod: Program to run in place of the one found.
        valkey: The same for Valkey or Redis.
        logs: Where their keeper's log and crash reports go.
        on_progress: Told what is being waited for.

    Raises:
        Misconfigured: With a sentence on what to do.
        Unavailable: ``embedded``, when a server does not come up.
    """
    folder, options = await _prepare(data_dir, sandbox=sandbox, mongod=mongod, valkey=valkey, logs=logs)
    link, endpoints = await _join(folder, options, on_progress, sandbox=sandbox)
    try:
        yield endpoints
    finally:
        await link.leave()


async def begin(
    data_dir: Path, *, sandbox: bool = True, mongod: str = "", valkey: str = "", logs: Path | None = None
) -> None:
    """Have the servers started and do not wait: ``open_servers`` within three seconds finds them under way.

    Raises:
        Misconfigured: With a sentence on what to do.
    """
    folder, options = await _prepare(data_dir, sandbox=sandbox, mongod=mongod, valkey=valkey, logs=logs)
    if link := await _connect(folder):
        await link.leave()
        return
    keeper = await asyncio.to_thread(_launch, folder, options)
    threading.Thread(target=keeper.communicate, name="keeper's end", daemon=True).start()


async def _prepare(
    data_dir: Path, *, sandbox: bool, mongod: str, valkey: str, logs: Path | None
) -> tuple[ServerFolder, list[str]]:
    folder = ServerFolder(data_dir.absolute())  # noqa: ASYNC240 -- asks for the working folder, no more
    await asyncio.to_thread(folder.prepare)
    options = ["--data", str(folder.data_dir), *(["--sandbox"] if sandbox else [])]
    options += ["--mongod", mongod] if mongod else []
    options += ["--valkey", valkey] if valkey else []
    options += ["--logs", str(logs)] if logs else []
    return folder, options


async def _join(
    folder: ServerFolder, options: Sequence[str], on_progress: Callable[[Remark], None], *, sandbox: bool
) -> tuple[_Link, Endpoints]:
    clock = asyncio.get_running_loop().time
    until = clock() + _JOIN_S
    while clock() < until:
        if not (link := await _connect(folder)):
            await _start_keeper(folder, options)
            link = await _connect_soon(folder)
        if link:
            try:
                if endpoints := await link.ask(on_progress, sandbox=sandbox):
                    return link, endpoints
            except BaseException:
                await link.leave()
                raise
            await link.leave()  # it was about to end; the next one will be ours
    raise _held(folder)


@dataclass(frozen=True, slots=True)
class _Link:
    """The connection whose end tells the keeper that this window is gone."""

    folder: ServerFolder
    token: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, on_progress: Callable[[Remark], None], *, sandbox: bool) -> Endpoints | None:
        """Wait until the servers are up. None: this keeper is leaving."""
        self.writer.write(json.dumps({"token": self.token, "sandbox": sandbox}).encode() + b"\n")
        try:
            line = await asyncio.wait_for(self._hear(), _HELLO_S)
        except TimeoutError:
            raise _held(self.folder) from None
        while line:
            if "ready" in line:
                return Endpoints(**line["ready"])
            if "failed" in line:
                raise _problem(**line["failed"])
            if "progress" in line:
                on_progress(remark(line["progress"]))
            line = await self._hear()
        return None

    async def leave(self) -> None:
        """Say goodbye, and wait until it was heard."""
        try:
            with suppress(OSError, TimeoutError):
                self.writer.write_eof()
                await asyncio.wait_for(self.reader.read(), _HELLO_S)
        finally:
            self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()

    async def _hear(self) -> dict[str, Any]:
        """The keeper's next word; empty once it is gone."""
        try:
            line = await self.reader.readline()
        except ConnectionError:
            return {}
        return dict(json.loads(line)) if line.endswith(b"\n") else {}


async def _connect(folder: ServerFolder) -> _Link | None:
    """A connection to the keeper that the folder names, if it is there."""
    place = read_json(folder.endpoint)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(place["port"]))
    except (KeyError, OSError):
        return None
    return _Link(folder, str(place.get("token")), reader, writer)


async def _connect_soon(folder: ServerFolder) -> _Link | None:
    """As ``_connect``, with a moment for the keeper of another window to get as far as opening its door."""
    for _ in range(20):
        if link := await _connect(folder):
            return link
        await asyncio.sleep(_RETRY_S)
    return None


async def _start_keeper(folder: ServerFolder, options: Sequence[str]) -> None:
    """Start one and wait until it listens, or has found that another one holds the folder."""
    keeper = await asyncio.to_thread(_launch, folder, options)
    word = b""
    if keeper.stdout:
        with keeper.stdout as said:
            word = await asyncio.to_thread(said.readline)
    # Reaped by a thread that nobody waits for: the keeper outlives the block, and perhaps this process.
    threading.Thread(target=keeper.wait, name="keeper's end", daemon=True).start()
    if not word and keeper.poll():
        raise ServersFailed("servers.no_keeper", said=last_line(folder / "keeper.out"))


def _launch(folder: ServerFolder, options: Sequence[str]) -> subprocess.Popen[bytes]:
    windows = sys.platform == "win32"
    detached = 0
    if sys.platform == "win32":
        detached = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    write_private(folder / "keeper.out", "")
    with (folder / "keeper.out").open("ab") as errors:
        return subprocess.Popen(  # noqa: S603 -- ourselves
            [*ourselves("engine.embedded.keeper", "keeper"), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=not windows,
            creationflags=detached,
        )


def _held(folder: ServerFolder) -> Misconfigured:
    if pid := read_json(folder.endpoint).get("pid"):
        return Misconfigured("folder.held_by", folder=folder.data_dir, pid=pid)
    return Misconfigured("folder.held", folder=folder.data_dir)


def _problem(code: str, what: str, facts: Mapping[str, Any]) -> Misconfigured | ServersFailed:
    """As the keeper told it."""
    told = {name: remark(each["what"]) if isinstance(each, dict) else each for name, each in facts.items()}
    return (Misconfigured if code == Misconfigured.code else ServersFailed)(what, **told)
