"""``drivesphere restore``: a back-up into an empty database, with new one-time passwords for its accounts."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from engine.adapters.disk.backup_file import BackupKey
from engine.adapters.disk.backup_place import appearing
from engine.adapters.disk.backup_records import Checked
from engine.adapters.mongo.accounts import MongoAccounts
from engine.adapters.mongo.backups.restore import Restore, open_restore
from engine.adapters.mongo.client import Client, Connector, database, speaking
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.codec.people import person_document, person_of
from engine.adapters.mongo.codec.reading import sound
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.schema.founding import found
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.provision import provision
from engine.commands.backup import Hear, own_servers
from engine.config import Secret, Settings
from engine.domain.firm.settings import FirmSettings
from engine.domain.health.backup import BackupRefused, Epoch
from engine.domain.people.accounts import Person, one_time_password
from engine.words.provisioning import written


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: ``client`` may do everything there."""

    client: Client
    connector: Connector
    database: str
    root_name: str


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """Attributes: ``passwords`` is the file that the new one-time passwords are written to."""

    file: Path
    key: BackupKey
    passwords: Path
    again: bool = False


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """Attributes: ``unfit`` are rows that were damaged before the back-up, and came back as they were."""

    whole: Checked
    epoch: Epoch
    accounts: int
    administrators: int
    passwords: Path
    unfit: dict[str, int]
    provisioned: list[str]
    database: str


@asynccontextmanager
async def open_target(settings: Settings, root_name: str, password: Callable[[], Secret]) -> AsyncIterator[Target]:
    """The firm's own servers with *root_name*, or those of the data folder with their first account."""
    if settings.embedded:
        async with own_servers(settings) as (servers, client):
            yield Target(client, Connector(servers.mongo_url), settings.database, servers.root_name)
        return
    where = Connector(settings.mongo_url, settings.ca_file)
    async with where.open(root_name, password().reveal(), "admin") as client:
        yield Target(client, where, settings.database, root_name)


async def restore(target: Target, order: RestoreOrder, hear: Hear) -> RestoreReport:
    """First the whole file is read and must be whole; then rows, the new epoch, schema, and the accounts last.

    Raises:
        NotABackup, BackupKeyWrong, BackupDamaged: Of the file; nothing was written.
        BackupRefused: The database is not empty, or a newer version made the file; nothing was written.
    """
    if order.passwords.exists():
        raise BackupRefused("restore.passwords_there", path=order.passwords)
    try:
        opened = order.file.open("rb")
    except OSError as problem:
        raise BackupRefused("backup.unreadable", path=order.file, why=problem.strerror) from problem
    with opened as file, open_restore(target.client, target.database, file, order.key) as restoring:
        whole = restoring.check(hear, LATEST)
        await restoring.load(whole, target.root_name, hear, again=order.again)
        return await _finish(target, order, restoring, whole)


async def _finish(target: Target, order: RestoreOrder, restoring: Restore, whole: Checked) -> RestoreReport:
    clock = ServerClock(target.client)
    await clock.measure()
    epoch = Epoch(secrets.token_hex(8), clock.now(), whole.summary.as_of, target.root_name)
    await MongoDeployment(target.client, target.database).begin_epoch(epoch)
    lines = [written(each) for each in await provision(target.client, target.database, FirmSettings())]
    unfit = await restoring.unfit()
    people = await _accounts(target, order.passwords, epoch)
    await restoring.finish()
    administrators = sum(person.administers for person in people)
    return RestoreReport(whole, epoch, len(people), administrators, order.passwords, unfit, lines, target.database)


async def _accounts(target: Target, path: Path, epoch: Epoch) -> list[Person]:
    """The passwords are on the disk before the first account has one. A row that names nobody gets no account."""
    db = database(target.client, target.database)
    with speaking():
        people = sound("people", await db.people.find().sort("_id", 1).to_list(), person_of)
    one_time_passwords = {each.account: one_time_password() for each in people if not each.disabled}
    with appearing(path) as file:
        file.write("".join(f"{account}\t{password}\n" for account, password in one_time_passwords.items()).encode())
    accounts = MongoAccounts(target.client, target.database, target.root_name, target.connector)
    for person in people:
        # One that is disabled keeps its name and gets a password that nobody knows.
        password = one_time_passwords.get(person.account) or secrets.token_urlsafe(32)
        renewed = replace(person, issued_at=epoch.at, version=person.version + 1)
        with speaking():
            await db.people.replace_one({"_id": person.account}, person_document(renewed))
        await accounts.apply(renewed, password)
    with speaking():
        await found(db)
    return people
