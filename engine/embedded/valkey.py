"""Leases, once-keys and cache: a real Valkey (or Redis), with an account for desks that may do what desks need."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.adapters.redis.rights import USER, acl_line
from engine.domain.shared.errors import DriveSphereError, Misconfigured
from engine.embedded.binaries import find_valkey
from engine.embedded.folder import ServerFolder, write_private
from engine.embedded.service import last_line, set_aside

_RETRY_S = 0.02
#: What Valkey and Redis say last of files that they wrote in another way, or that were cut off.
_UNREADABLE = re.compile(r"reading the append only file|bad file format|manifest|rdb (format )?version", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Valkey:
    """See ``service.Service``."""

    folder: ServerFolder
    program: str = ""
    name: str = "valkey"
    title: str = "The lease server"

    @property
    def _data(self) -> Path:
        return self.folder / "valkey"

    @property
    def _log(self) -> Path:
        return self.folder / "valkey.log"

    def command(self, port: int) -> Sequence[str]:
        program = find_valkey(self.program)
        self._data.mkdir(mode=0o700, exist_ok=True)
        set_aside(self._log)
        # The append-only file keeps the order of writes, so that no cached value outlives the version bump after it.
        settings = {
            "bind": "127.0.0.1",
            "port": port,
            "requirepass": self._password,
            "dir": _quoted(self._data),
            "logfile": _quoted(self._log),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        config = self.folder / "valkey.conf"
        lines = [f"{name} {value}" for name, value in settings.items()]
        write_private(config, "".join(f"{line}\n" for line in [*lines, acl_line(self._desks_password)]))
        return [str(program), str(config)]

    async def ready(self, port: int) -> None:
        while await self._ask(port) != b"+PONG":  # noqa: ASYNC110 -- another process knows no event of ours
            await asyncio.sleep(_RETRY_S)

    def explain(self, code: int, output: Path) -> DriveSphereError:
        reason = last_line(self._log) or last_line(output) or f"exit status {code}"
        return Misconfigured("valkey.cannot_start", folder=self.folder.data_dir, data=self._data, reason=reason)

    def put_right(self) -> bool:
        """Files that it cannot read are put aside, once: a newer program wrote them, or the power went.

        Leases end by themselves, and whatever is cached is read anew (docs/decisions/0031).
        """
        if not _UNREADABLE.search(last_line(self._log)) or not self._data.exists():
            return False
        aside = self._data.with_name("valkey-unread")
        shutil.rmtree(aside, ignore_errors=True)
        self._data.rename(aside)
        return True

    def endpoint(self, port: int) -> dict[str, str]:
        return {"redis_url": f"redis://{USER}:{self._desks_password}@127.0.0.1:{port}/0"}

    @property
    def _desks_password(self) -> str:
        """Of the account that desks use; the other, which may do everything, only asks whether the server is up."""
        return self.folder.secret("valkey-desk")

    @property
    def _password(self) -> str:
        return self.folder.secret("valkey")

    async def _ask(self, port: int) -> bytes:
        """The answer to PING; empty while nobody listens. No driver: its import would cost more than the start."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return b""
        try:
            writer.write(f"AUTH {self._password}\r\nPING\r\n".encode())
            await reader.readline()
            return (await reader.readline()).strip()
        except OSError:
            return b""
        finally:
            writer.close()


def _quoted(path: Path) -> str:
    escaped = path.as_posix().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
