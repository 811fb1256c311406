"""``drivesphere backup``: the whole database in one sealed file."""

from __future__ import annotations

import asyncio
import platform
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import structlog

from engine.adapters.disk.backup_file import BackupKey
from engine.adapters.disk.backup_place import appearing
from engine.adapters.disk.backup_records import BackupWriter, check
from engine.adapters.mongo.backups.backup import copy_database, note
from engine.adapters.mongo.client import Client, Connector, Credentials, connect, database, speaking
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.schema.version import schema_row, version_of
from engine.config import Secret, Settings
from engine.domain.health.backup import BackupAbout, BackupProgress, BackupSummary
from engine.domain.shared.errors import DriveSphereError
from engine.embedded.servers import Endpoints, open_servers
from engine.words.tr import tr

log = structlog.get_logger(__name__)

Hear = Callable[[BackupProgress], None]


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    size: int
    about: BackupAbout
    summary: BackupSummary


@asynccontextmanager
async def own_servers(settings: Settings) -> AsyncIterator[tuple[Endpoints, Client]]:
    """Those of the data folder, with their first account."""
    folder = settings.data_dir
    async with open_servers(folder, sandbox=False, mongod=settings.mongod, valkey=settings.valkey) as servers:
        who = Credentials(servers.root_name, servers.root_password, "admin")
        async with connect(servers.mongo_url, who) as client:
            yield servers, client


@asynccontextmanager
async def whole_database(settings: Settings, account: str, password: Callable[[], Secret]) -> AsyncIterator[Client]:
    """A connection that may read everything: *account*'s, or on the program's own servers their first account's."""
    if settings.embedded:
        async with own_servers(settings) as (_, client):
            yield client
        return
    where = Connector(settings.mongo_url, settings.ca_file)
    async with where.open(account, password().reveal(), settings.database) as client:
        yield client


async def make_backup(
    client: Client, name: str, path: Path, key: BackupKey, hear: Hear, *, by: str, overwrite: bool = False
) -> Made:
    """Database *name* in the file *path*, which appears only when it was written and read back whole.

    Raises:
        BackupRefused: There is a file already, the disk is full, or the database does not stay as it must.
        Forbidden, Unavailable: Of the database.
    """
    clock = ServerClock(client)
    await clock.measure()
    with speaking():
        schema = version_of(await schema_row(database(client, name)))
    about = BackupAbout(secrets.token_hex(8), name, schema, version("drivesphere"), clock.now())
    with appearing(path, overwrite=overwrite) as file:
        writer = BackupWriter(file, key, about)
        summary = await copy_database(client, name, writer, about.id, hear)
        await asyncio.to_thread(writer.finish, summary)
        size = file.tell()
        file.seek(0)
        tell = lambda rows: hear(BackupProgress(tr("reading back"), rows, summary.rows, size))  # noqa: E731 -- a callback
        await asyncio.to_thread(check, file, key, on_rows=tell)
        file.seek(size)
    try:
        with speaking():
            told = {"by": by, "desk": platform.node(), "as_of": summary.as_of, "rows": summary.rows, "size": size}
            await note(database(client, name), f"{about.id}.done", "done", clock.now(), **told)
    except DriveSphereError as problem:
        # The file is whole and in its place; only Health will not know of it.
        log.warning("backup.not_noted", code=problem.code)
    return Made(path, size, about, summary)
