"""The suite's side of a desk: start it, tell it what to do, kill it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from cluster import spawn
from desk_process import DeskSpec
from within import WITHIN_S


class DeskGone(Exception):
    """The desk died before it answered."""


class Refused(Exception):
    """The desk answered with an error. Attributes: ``code``, ``detail``, ``booking`` (of ``AlreadyAsked``)."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(f"{answer['error']}: {answer['detail']}")
        self.code, self.detail, self.booking = answer["error"], answer["detail"], answer.get("booking", "")


class Nursery:
    """Forks desks off a process that has imported the engine already."""

    def __init__(self, folder: Path) -> None:
        self._door, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        here = Path(__file__).parent
        env = {**os.environ, "PYTHONPATH": str(here.parent / "support")}
        with other:
            self._process = spawn([sys.executable, str(here / "desk_process.py")], folder / "nursery.out", other, env)

    def close(self) -> None:
        self._door.close()
        self._process.wait(WITHIN_S)

    async def desk(self, spec: DeskSpec, on_event: Callable[[dict[str, Any]], None]) -> RemoteDesk:
        """A desk that is open for business.

        Raises:
            Refused: Its engine could not be opened.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._door, [spec.line()], [theirs.fileno()])
        desk = RemoteDesk(spec, *await asyncio.open_connection(sock=ours), on_event)
        desk.pid = (await desk.answer(0))["pid"]
        return desk


class RemoteDesk:
    def __init__(
        self,
        spec: DeskSpec,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_event: Callable[[dict[str, Any]], None],
    ) -> None:
        self.spec, self.pid, self.alive = spec, 0, True
        self._reader, self._writer, self._on_event = reader, writer, on_event
        self._asked: dict[int, asyncio.Future] = {0: asyncio.get_running_loop().create_future()}
        self._last = 0
        self.gone = asyncio.create_task(self._listen())

    async def ask(self, do: str, **options: Any) -> dict[str, Any]:
        """Raises: Refused; DeskGone, when it died over it."""
        if not self.alive:
            raise DeskGone(self.spec.name)
        self._last += 1
        number = self._last
        self._asked[number] = asyncio.get_running_loop().create_future()
        with suppress(ConnectionError):
            self._writer.write(json.dumps({"id": number, "do": do, "with": options}).encode() + b"\n")
            await self._writer.drain()
        return await self.answer(number)

    async def answer(self, number: int) -> dict[str, Any]:
        answer = await self._asked[number]
        del self._asked[number]
        if answer is None:
            raise DeskGone(self.spec.name)
        if "error" in answer:
            raise Refused(answer)
        return answer["ok"]

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def stopped(self) -> None:
        """Until the kernel says that it stands still."""
        deadline = time.monotonic() + WITHIN_S
        while psutil.Process(self.pid).status() != psutil.STATUS_STOPPED:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.spec.name} did not stop")
            await asyncio.sleep(0.01)  # another process: no event of ours

    async def close(self) -> None:
        self.resume()
        self.kill()
        await self.gone

    async def _listen(self) -> None:
        with suppress(ConnectionError):
            while line := await self._reader.readline():
                message = json.loads(line)
                if "event" in message:
                    self._on_event({**message, "desk": self.spec.name})
                elif not (asked := self._asked[message["id"]]).done():
                    asked.set_result(message)
        self.alive = False
        self._writer.close()
        for asked in self._asked.values():
            if not asked.done():
                asked.set_result(None)
