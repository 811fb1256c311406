"""The program's own servers back themselves up once a day, into the data folder, the last fourteen days of it."""

from __future__ import annotations

import asyncio
import platform
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from engine.adapters.disk.backup_file import BackupKey
from engine.adapters.disk.backup_place import PART, make_key_file, read_key_file
from engine.adapters.disk.key_ring import KeyRing
from engine.adapters.mongo.backups.backup import note
from engine.adapters.mongo.client import Client, Credentials, connect, database, speaking
from engine.adapters.mongo.clock import ServerClock
from engine.commands.backup import make_backup
from engine.config import Settings
from engine.domain.health.backup import BackupProgress, BackupRefused
from engine.domain.shared.boot_clock import rest
from engine.domain.shared.errors import DriveSphereError, NoKeyring
from engine.embedded.servers import Endpoints
from engine.wiring.background import at_work

log = structlog.get_logger(__name__)

KEPT = 14
KEY_NAME = "backup"
_BY = "daily"
_NAME = "drivesphere-{:%Y-%m-%d}.backup"
_PATTERN = "drivesphere-????-??-??.backup"
_FIRST_AFTER_S = 60.0
_LOOK_EVERY_S = 1800.0
_STALE = timedelta(days=1)


def backups_dir(data_dir: Path) -> Path:
    return data_dir / "backups"


def key_path(data_dir: Path) -> Path:
    """Of the key file that stands in for a keyring; beside the back-ups' folder, not in it."""
    return data_dir / "backup.key"


def kept_key(data_dir: Path, ring: KeyRing | None = None) -> BackupKey | None:
    """The key of the daily back-ups, where one was made on this computer. Blocks."""
    try:
        found = (ring or KeyRing()).get(KEY_NAME)
    except NoKeyring:
        found = None
    if found is not None:
        return BackupKey(found, "key")
    path = key_path(data_dir)
    return read_key_file(path) if path.exists() else None


@dataclass(frozen=True, slots=True)
class DailyBackup:
    """*client* may read everything and leave notes in *name*, the database."""

    client: Client
    name: str
    data_dir: Path
    ring: KeyRing | None = None

    async def run(self) -> None:
        await rest(_FIRST_AFTER_S)
        while True:
            await self.once()
            await rest(_LOOK_EVERY_S)

    async def once(self) -> Path | None:
        """Make today's, unless it is there, and clear away the oldest; what goes wrong is noted for Health."""
        try:
            clock = ServerClock(self.client)
            await clock.measure()
            return await self._today(clock.now())
        except (DriveSphereError, OSError) as problem:
            code = problem.code if isinstance(problem, DriveSphereError) else "disk"
            log.warning("backup.daily_failed", code=code, problem=str(problem))
            await self._note_failure(code)
            return None

    async def _today(self, now: datetime) -> Path | None:
        folder = backups_dir(self.data_dir)
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        path = folder / _NAME.format(now)
        if path.exists():
            return None
        key = await asyncio.to_thread(self._key)
        made = await make_backup(self.client, self.name, path, key, _unheard, by=_BY)
        await asyncio.to_thread(_clear, folder, now)
        return made.path

    def _key(self) -> BackupKey:
        """From the keyring, else a key file for its owner only. Raises: BackupRefused, where neither can be had."""
        ring = self.ring or KeyRing()
        if (key := kept_key(self.data_dir, ring)) is not None:
            return key
        try:
            return BackupKey(ring.make(KEY_NAME), "key")
        except NoKeyring:
            return make_key_file(key_path(self.data_dir))

    async def _note_failure(self, code: str) -> None:
        try:
            with speaking():
                clock = ServerClock(self.client)
                await clock.measure()
                told = {"by": _BY, "desk": platform.node(), "code": code}
                db = database(self.client, self.name)
                await note(db, f"{secrets.token_hex(8)}.failed", "failed", clock.now(), **told)
        except DriveSphereError as problem:
            log.warning("backup.failure_not_noted", code=problem.code)


@asynccontextmanager
async def daily_backups(servers: Endpoints, settings: Settings) -> AsyncIterator[None]:
    """Made while the block lasts, with the first account of the program's own *servers*."""
    who = Credentials(servers.root_name, servers.root_password, "admin")
    async with connect(servers.mongo_url, who) as client:
        daily = DailyBackup(client, settings.database, settings.data_dir)
        async with at_work([daily.run]):
            yield


def _clear(folder: Path, now: datetime) -> None:
    """All but the newest ``KEPT``, and what a killed one left."""
    for path in sorted(folder.glob(_PATTERN))[:-KEPT]:
        path.unlink(missing_ok=True)
    for path in folder.glob(f"{_PATTERN}.*{PART}"):
        if path.stat().st_mtime < (now - _STALE).timestamp():
            path.unlink(missing_ok=True)


def _unheard(_: BackupProgress) -> None:
    """Nobody watches it."""


def export_key(data_dir: Path, path: Path) -> None:
    """Write the daily back-ups' key to a new file, to be kept elsewhere. Raises: BackupRefused."""
    key = kept_key(data_dir)
    if key is None:
        raise BackupRefused("backup.no_daily")
    make_key_file(path, key)
