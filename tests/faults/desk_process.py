"""A desk as a process of its own: opens an engine and does what it is told, in lines of JSON over a socket.

Run as a program it is a nursery: it imports the engine once and forks a desk for each socket that it is handed, so that
a desk costs a few milliseconds. Each desk is a real process, with connections, memory and a death of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
import traceback
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from cluster import dies_with_us
from desk_commands import Desk
from points import Points

import engine.services.booking.sweeper
from engine.adapters.mongo import client as mongo_client
from engine.adapters.mongo import store as mongo_store
from engine.adapters.redis import leases as redis_leases
from engine.adapters.redis import line as redis_line
from engine.adapters.stripe import gateway as stripe_gateway
from engine.bootstrap import Deployment, open_engine
from engine.config import Secret
from engine.domain.shared.errors import AlreadyAsked, DriveSphereError

MOST_FDS, LONGEST_SPEC = 1, 65536


@dataclass(frozen=True)
class DeskSpec:
    """What a desk is like.

    Attributes:
        clock_off_s: How far its own clock is from the truth.
        mutant: Which guard it has lost; see ``mutants``.
        routes: Port of a mongod -> port of the proxy in front of it.
        sweeps: Whether its sweeper runs by itself, every second instead of every minute.
        lease_s: The lease's length; the limit of a transaction is two thirds of it, as in the engine.
    """

    name: str
    mongo_url: str
    redis_url: str
    stripe_key: str
    stripe_url: str
    database: str
    account: str
    password: str
    log: str
    clock_off_s: float = 0.0
    mutant: str = ""
    routes: dict[str, int] = field(default_factory=dict)
    sweeps: bool = False
    lease_s: float = 3.0
    sweep_batch: int = 100

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode()


class Line:
    """The socket to the suite."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._tasks: set[asyncio.Task] = set()

    async def tell(self, event: str, **facts: Any) -> None:
        await self.say({"event": event, **facts})

    async def say(self, message: dict[str, Any]) -> None:
        self._writer.write(json.dumps(message).encode() + b"\n")
        await self._writer.drain()

    async def obey(self, desk: Desk) -> None:
        """Do what each line says, all at once, until the suite hangs up."""
        while line := await self._reader.readline():
            task = asyncio.create_task(self._do(desk, json.loads(line)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _do(self, desk: Desk, order: dict[str, Any]) -> None:
        try:
            answer = {"ok": await getattr(desk, order["do"])(**order["with"])}
        except DriveSphereError as problem:
            answer = {"error": problem.code, "detail": str(problem)}
            if isinstance(problem, AlreadyAsked):
                answer["booking"] = problem.booking_id
        except Exception:  # noqa: BLE001 -- the suite judges it
            answer = {"error": "bug", "detail": traceback.format_exc()}
        await self.say({"id": order["id"], **answer})


def shorten(spec: DeskSpec) -> None:
    """Keep every relation between the engine's limits and shrink them, so that a bad minute takes seconds."""
    redis_leases.LEASE = timedelta(seconds=spec.lease_s)
    mongo_store.TRANSACTION_S = mongo_client.TRANSACTION_S = spec.lease_s * 2 / 3
    mongo_client.OPERATION_S = 3.0
    redis_line.REST_S = 0.5
    real = stripe_gateway.StripeGateway.__init__

    def hasty(this: Any, *args: Any, **options: Any) -> None:
        real(this, *args, **{"timeout": timedelta(seconds=1.5), "retries": 1, **options})

    stripe_gateway.StripeGateway.__init__ = hasty
    engine.services.booking.sweeper._LEASE = timedelta(seconds=2)
    engine.services.booking.sweeper._EVERY = timedelta(seconds=1)
    engine.services.booking.sweeper._BATCH = spec.sweep_batch


def set_clock(off_s: float) -> None:
    """Give this process a wrong clock, wherever the engine or a library may look for one."""
    truth = time.time

    class SameKind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, datetime)

    class Wrong(datetime, metaclass=SameKind):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.fromtimestamp(truth() + off_s, tz)

        @classmethod
        def utcnow(cls) -> datetime:
            raise AssertionError("nobody asks for a time without a zone")

    time.time = lambda: truth() + off_s
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {"engine", "stripe", "redis"} and getattr(module, "datetime", None) is datetime:
            module.datetime = Wrong


def reroute(routes: dict[str, int]) -> None:
    """Members of a replica set name each other's ports; go to the proxies instead."""
    from pymongo import pool_shared  # noqa: PLC0415 -- patched in this process only

    real = pool_shared._async_create_connection

    async def create(address: tuple[str, int], options: Any) -> socket.socket:
        return await real((address[0], routes.get(str(address[1]), address[1])), options)

    pool_shared._async_create_connection = create


async def work(spec: DeskSpec, sock: socket.socket) -> None:
    line = Line(*await asyncio.open_connection(sock=sock))
    points = Points(line.tell)
    shorten(spec)
    if spec.routes:
        reroute(spec.routes)
    if spec.clock_off_s:
        set_clock(spec.clock_off_s)
    deployment = Deployment(
        spec.mongo_url, Secret(spec.redis_url), spec.database, Secret(spec.stripe_key), stripe_url=spec.stripe_url
    )
    if spec.mutant:
        import mutants  # noqa: PLC0415 -- only a desk without a guard needs them

        mutants.lose_guard(spec.mutant, points)
    points.install()
    try:
        async with AsyncExitStack() as leaving:
            opening = open_engine(deployment, spec.account, spec.password, background=spec.sweeps)
            made = await leaving.enter_async_context(opening)
            await line.say({"id": 0, "ok": {"pid": os.getpid()}})
            await line.obey(Desk(made, points, spec.password, leaving))
    except DriveSphereError as problem:
        await line.say({"id": 0, "error": problem.code, "detail": str(problem)})


def nursery(door: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children
    while True:
        spec, fds, _, _ = socket.recv_fds(door, LONGEST_SPEC, MOST_FDS)
        if not spec:
            return
        bind = dies_with_us()
        if os.fork() == 0:
            bind()
            door.close()
            be_born(DeskSpec(**json.loads(spec)), socket.socket(fileno=fds[0]))
        os.close(fds[0])


def be_born(spec: DeskSpec, sock: socket.socket) -> None:
    code = 1
    with Path(spec.log).open("a", encoding="utf-8") as log, suppress(ConnectionError):
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(log))
        os.dup2(log.fileno(), 2)
        asyncio.run(work(spec, sock))
        code = 0
    os._exit(code)


if __name__ == "__main__":
    nursery(socket.socket(fileno=sys.stdin.fileno()))
