"""The database: a real mongod as a one-node replica set with accounts."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.domain.shared.errors import DriveSphereError, Misconfigured, ServersFailed
from engine.domain.shared.server_address import MECHANISM
from engine.embedded.binaries import check_processor, find_mongod
from engine.embedded.folder import ServerFolder, write_private
from engine.embedded.service import hushed, last_line, set_aside

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient


REPLICA_SET = "drivesphere"
ROOT = "root"
# Server error codes: github.com/mongodb/mongo, src/mongo/base/error_codes.yml
_UNAUTHORIZED, _AUTHENTICATION_FAILED, _ALREADY_INITIALIZED, _NOT_YET_INITIALIZED = 13, 18, 23, 94
_EXIT_NEED_DOWNGRADE, _EXIT_LOCKED = 62, 100
_RETRY_S = 0.02
_PARAMETERS = (
    "diagnosticDataCollectionEnabled=false",
    # A desk that dies in a transaction keeps its car from everybody until then; by default that is a minute. Longer
    # than a transaction of ours may take (mongo.client.TRANSACTION_S).
    "transactionLifetimeLimitSeconds=15",
)


@dataclass(frozen=True, slots=True)
class Mongod:
    """See ``service.Service``."""

    folder: ServerFolder
    program: str = ""
    name: str = "mongod"
    title: str = "The database"

    @property
    def _data(self) -> Path:
        return self.folder / "mongod"

    @property
    def _log(self) -> Path:
        return self.folder / "mongod.log"

    @property
    def _key(self) -> Path:
        return self.folder / "mongod.key"

    def command(self, port: int) -> Sequence[str]:
        program = find_mongod(self.program)
        if not self.program:
            check_processor()
        self.folder.check_space()
        self._data.mkdir(mode=0o700, exist_ok=True)
        if not self._key.exists():
            write_private(self._key, b64encode(os.urandom(96)).decode())
        set_aside(self._log)
        options = {
            "dbpath": self._data,
            "port": port,
            "bind_ip": "127.0.0.1",
            "replSet": REPLICA_SET,
            "keyFile": self._key,
            "logpath": self._log,
            "oplogSize": 256,
            "networkMessageCompressors": "disabled",
            "wiredTigerCacheSizeGB": 0.25,
            # 100 MB journal files, of which two are written in advance, cost half a second at each start and 300 MB.
            "wiredTigerEngineConfigString": "log=(file_max=16MB)",
        }
        pairs = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        pairs += [text for parameter in _PARAMETERS for text in ("--setParameter", parameter)]
        # Nothing of ours runs JavaScript in the database, so nobody shall.
        flags = ["--quiet", "--noscripting", *([] if sys.platform == "win32" else ["--nounixsocket"])]
        return [str(program), *flags, *pairs]

    async def ready(self, port: int) -> None:
        """Wait for a writable primary with the root account; on the first start make both."""
        # Imported while mongod starts: it would cost its start a fifth of a second.
        from pymongo.errors import AutoReconnect, OperationFailure  # noqa: PLC0415

        await _listening(port)
        host = f"127.0.0.1:{port}"
        while True:
            try:
                async with self._client(port, as_root=True) as client:
                    await _name_host(client, host)
                    return await _primary(client)
            except AutoReconnect:
                await asyncio.sleep(_RETRY_S)
            except OperationFailure as refused:
                if refused.code == _AUTHENTICATION_FAILED:
                    await self._found(port, host)
                elif refused.code in (_NOT_YET_INITIALIZED, _UNAUTHORIZED):
                    # Still looking for itself at its former port, or for the rights of the account made a moment ago.
                    await asyncio.sleep(_RETRY_S)
                else:
                    raise ServersFailed("servers.mongod_refused", why=refused) from refused

    def explain(self, code: int, output: Path) -> DriveSphereError:
        if code == -signal.SIGILL:
            return Misconfigured("program.no_avx")
        reason, where = last_fatal(self._log), self.folder.data_dir
        if not self._log.exists():
            return Misconfigured(
                "mongod.cannot_run", program=find_mongod(self.program), said=last_line(output) or f"exit status {code}"
            )
        if code == _EXIT_LOCKED and "lock" in reason:
            return Misconfigured("mongod.locked", folder=where, reason=reason)
        if code == _EXIT_NEED_DOWNGRADE or re.search(r"featureCompatibilityVersion|unsupported.*version", reason):
            return Misconfigured("mongod.other_version", folder=where, reason=reason)
        return Misconfigured("mongod.unopened", folder=where, log=self._log, reason=reason or f"exit status {code}")

    def put_right(self) -> bool:
        """Nothing: what the database's files hold is not made again."""
        return False

    def endpoint(self, port: int) -> dict[str, str]:
        url = f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}&directConnection=true"
        return {"mongo_url": url, "root_name": ROOT, "root_password": self._password}

    @property
    def _password(self) -> str:
        return self.folder.secret("mongod")

    def _client(self, port: int, *, as_root: bool) -> AsyncMongoClient[dict[str, Any]]:
        from pymongo import AsyncMongoClient  # noqa: PLC0415 -- see ready

        who = {"username": ROOT, "password": self._password, "authSource": "admin", "authMechanism": MECHANISM}
        login: dict[str, Any] = who if as_root else {}
        return AsyncMongoClient(
            "127.0.0.1", port, directConnection=True, retryReads=False, serverSelectionTimeoutMS=5000, **login
        )

    async def _found(self, port: int, host: str) -> None:
        """Make the replica set and its first account. mongod lets us in without one until there is one."""
        from pymongo.errors import OperationFailure  # noqa: PLC0415 -- see ready

        async with self._client(port, as_root=False) as client:
            try:
                members = [{"_id": 0, "host": host}]
                await client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
            except OperationFailure as refused:
                if refused.code == _UNAUTHORIZED:
                    raise Misconfigured(
                        "mongod.password_lost", folder=self.folder.data_dir, secret=self.folder / "mongod.secret"
                    ) from refused
                if refused.code != _ALREADY_INITIALIZED:  # interrupted at just this point
                    raise
                await _name_host(client, host)
            await _primary(client)
            await client.admin.command("createUser", ROOT, pwd=self._password, roles=["root"], mechanisms=[MECHANISM])


async def _listening(port: int) -> None:
    """Wait until something answers at all; the driver itself would ask only twice a second."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(_RETRY_S)
        else:
            writer.close()
            return await writer.wait_closed()


async def _name_host(client: AsyncMongoClient[dict[str, Any]], host: str) -> None:
    """Tell the replica set its port of today. A node that is not in its own set serves nobody."""
    config = (await client.admin.command("replSetGetConfig"))["config"]
    if config["members"][0]["host"] != host:
        config["members"][0]["host"] = host
        await client.admin.command("replSetReconfig", config, force=True)


async def _primary(client: AsyncMongoClient[dict[str, Any]]) -> None:
    told = await client.admin.command("hello")
    while not told.get("isWritablePrimary"):  # answered when something changes
        told = await client.admin.command("hello", topologyVersion=told["topologyVersion"], maxAwaitTimeMS=1000)


def last_fatal(log: Path) -> str:
    """The last reason that mongod's log gives for an abort; empty if it gives none."""
    reason = ""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else ():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("s") in ("F", "E"):
            cause = _cause(entry.get("attr", {}))
            if cause or not reason:  # the last lines only say that it aborts
                reason = f"{entry.get('msg', '')}: {cause}" if cause else str(entry.get("msg", ""))
    return hushed(reason.strip(), log.parent)


def _cause(attributes: dict[str, Any]) -> str:
    """The part of a log line that says why: a text, or an object that holds one."""
    for name, inner in (("error", "errmsg"), ("message", "msg"), ("reason", "errmsg")):
        value = attributes.get(name)
        said = value.get(inner) if isinstance(value, dict) else value
        if isinstance(said, str) and not said.startswith("Got signal"):
            return said
    return ""
