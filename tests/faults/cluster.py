"""Three real mongods as one replica set, a real Valkey and the sandbox; each can be killed, paused, started again."""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import OperationFailure, PyMongoError

from engine.adapters.redis.rights import USER, acl_line
from engine.embedded.binaries import find_mongod, find_valkey
from engine.embedded.processes import choose_port

ROOT, REPLICA_SET = "root", "faults"
_PR_SET_PDEATHSIG = 1
#: In quiet it is two; beside twenty others on two cores it was nearly a minute.
_UP_WITHIN_S, _LOOK_EVERY_S = 180.0, 0.02
#: An election must cost a test a second or two, not ten.
_ELECTIONS = {"electionTimeoutMillis": 1500, "heartbeatIntervalMillis": 250, "catchUpTimeoutMillis": 2000}
#: A dead desk's open transaction keeps its car to itself for so long. MongoDB's default is a minute.
_OPEN_AT_MOST_S = 3
_PRIMARY, _SECONDARY = 1, 2


@dataclass
class Server:
    """One server process on a port of its own, which it keeps over a restart."""

    name: str
    port: int
    command: list[str]
    folder: Path
    _process: subprocess.Popen | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it if it does not run; ``listening`` tells when somebody answers."""
        if self._process is not None:
            return
        self._process = spawn(self.command, self.folder / f"{self.name}.out")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def mend(self) -> None:
        """Whatever was done to it, it runs again."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        self.start()
        self.resume()

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    @property
    def listening(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


class Cluster:
    """Everything that a deployment needs, on loopback, in *folder*. ``close`` ends it all by process id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.password, self.stripe_key = secrets.token_hex(16), f"sk_test_{secrets.token_hex(16)}"
        self.desk_key = f"rk_test_{secrets.token_hex(16)}"
        self._redis_password, self._redis_root_password = secrets.token_hex(16), secrets.token_hex(16)
        taken: set[int] = set()
        ports = [self._port(taken) for _ in range(5)]
        self._secret("mongod.key", b64encode(os.urandom(96)).decode())
        self._secret("sandbox.key", f"{self.stripe_key}\n{self.desk_key}\n")
        self.mongods = [self._mongod(number, port) for number, port in enumerate(ports[:3])]
        self.valkey = self._valkey(ports[3])
        self.sandbox = self._sandbox(ports[4])

    @property
    def servers(self) -> list[Server]:
        return [*self.mongods, self.valkey, self.sandbox]

    @property
    def mongo_url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{member.port}" for member in self.mongods)
        return f"mongodb://{hosts}/?replicaSet={REPLICA_SET}"

    @property
    def redis_url(self) -> str:
        return self.redis_at(self.valkey.port)

    @property
    def stripe_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox.port}"

    def redis_at(self, port: int) -> str:
        return f"redis://{USER}:{self._redis_password}@127.0.0.1:{port}/0"

    @property
    def redis_root_url(self) -> str:
        """With all rights, to look in and to empty it; desks have those of ``redis.rights``."""
        return f"redis://:{self._redis_root_password}@127.0.0.1:{self.valkey.port}/0"

    def start(self) -> None:
        for server in self.servers:
            server.start()
        _until(lambda: all(server.listening for server in self.servers), "the servers listen")
        self._found()

    def close(self) -> None:
        for server in self.servers:
            server.kill()

    def primary(self) -> Server:
        """The member that the majority follows now."""
        found: list[Server] = []

        def look() -> bool:
            states = [(member, self.state(member)) for member in self.mongods]
            found[:] = [member for member, state in states if state == _PRIMARY]
            return len(found) == 1

        _until(look, "one primary")
        return found[0]

    def whole(self) -> bool:
        """Whether one member leads and the others follow."""
        return sorted(self.state(member) for member in self.mongods) == [_PRIMARY, _SECONDARY, _SECONDARY]

    def state(self, member: Server) -> int:
        """``myState`` as the member itself sees it; 0 when it does not answer."""
        try:
            with self._client(member) as client:
                return int(client.admin.command("replSetGetStatus")["myState"])
        except PyMongoError:
            return 0

    def mend(self) -> None:
        """Every server runs, and the replica set is whole again."""
        _until(self._running, "the servers listen")
        self.until_whole()

    def _running(self) -> bool:
        """Each look also starts whatever ended again by itself, as on a machine that had no time for it."""
        for server in self.servers:
            server.mend()
        return all(server.listening for server in self.servers)

    def until_whole(self) -> None:
        _until(self.whole, "one member leads and the others follow")

    def _client(self, member: Server, *, as_root: bool = True) -> pymongo.MongoClient:
        login = {"username": ROOT, "password": self.password} if as_root else {}
        return pymongo.MongoClient(
            "127.0.0.1", member.port, directConnection=True, serverSelectionTimeoutMS=1000, timeoutMS=1000, **login
        )

    def _found(self) -> None:
        """Make the replica set and its first account, which mongod allows from loopback while there is none."""
        members = [{"_id": at, "host": f"127.0.0.1:{member.port}"} for at, member in enumerate(self.mongods)]
        config = {"_id": REPLICA_SET, "members": members, "settings": _ELECTIONS}
        with self._client(self.mongods[0], as_root=False) as client, pymongo.timeout(_UP_WITHIN_S):
            client.admin.command("replSetInitiate", config)
            _until(lambda: client.admin.command("hello")["isWritablePrimary"], "the first primary")
            client.admin.command("createUser", ROOT, pwd=self.password, roles=["root"], mechanisms=["SCRAM-SHA-256"])
        self.until_whole()

    def _mongod(self, number: int, port: int) -> Server:
        name = f"mongod-{number}"
        data = self.folder / name
        data.mkdir()
        options = {
            "dbpath": data,
            "port": port,
            "bind_ip": "127.0.0.1",
            "replSet": REPLICA_SET,
            "keyFile": self.folder / "mongod.key",
            "logpath": self.folder / f"{name}.log",
            "oplogSize": 256,
            "networkMessageCompressors": "disabled",
            "wiredTigerCacheSizeGB": 0.25,
            "wiredTigerEngineConfigString": "log=(file_max=16MB)",
        }
        pairs = [text for option, value in options.items() for text in (f"--{option}", str(value))]
        flags = ["--quiet", "--logappend", "--nounixsocket"]
        for parameter in (
            "diagnosticDataCollectionEnabled=false",
            "scramSHA256IterationCount=5000",
            f"transactionLifetimeLimitSeconds={_OPEN_AT_MOST_S}",
        ):
            flags += ["--setParameter", parameter]
        return Server(name, port, [str(find_mongod()), *flags, *pairs], self.folder)

    def _valkey(self, port: int) -> Server:
        data = self.folder / "valkey"
        data.mkdir()
        settings = {
            "bind": "127.0.0.1",
            "port": port,
            "requirepass": self._redis_root_password,
            "dir": data,
            "save": '""',
            "appendonly": "no",  # a restart forgets everything: the worst that Redis can do to us
            "daemonize": "no",
        }
        lines = [*(f"{name} {value}" for name, value in settings.items()), acl_line(self._redis_password)]
        config = self._secret("valkey.conf", "".join(f"{line}\n" for line in lines))
        return Server("valkey", port, [str(find_valkey()), str(config)], self.folder)

    def _sandbox(self, port: int) -> Server:
        options = ["--port", str(port), "--state", str(self.folder / "sandbox.sqlite")]
        command = [sys.executable, "-P", "-m", "engine.sandbox", *options]
        return Server("sandbox", port, [*command, "--key-file", str(self.folder / "sandbox.key")], self.folder)

    def _secret(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        return path

    @staticmethod
    def _port(taken: set[int]) -> int:
        port = choose_port(0, taken)
        taken.add(port)
        return port


def _until(come: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _UP_WITHIN_S
    while True:
        with suppress(OperationFailure):
            if come():
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {_UP_WITHIN_S:.0f} s: {what}")
        time.sleep(_LOOK_EVERY_S)


def spawn(
    command: list[str], output: Path, stdin: Any = subprocess.DEVNULL, env: dict[str, str] | None = None
) -> subprocess.Popen:
    """A process that the kernel kills when we are gone. Only from the main thread: it is the one that lives long."""
    with output.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 -- our own command line
            command,
            stdin=stdin,
            stdout=out,
            stderr=out,
            env=env,
            preexec_fn=dies_with_us(),  # noqa: PLW1509 -- one system call
        )


def dies_with_us():
    """What has the kernel kill the child when we are gone, also one that is stopped."""
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def bind() -> None:  # between fork and exec: one system call
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return bind
