"""What back-up and restore of many bookings take: ``python tests/benchmarks/backup.py 250000 1000000``.

It starts servers of its own, draws the rows, and prints what each number of them costs; the peak of the
resident memory is to be the same. A restore is timed with its indexes.

On two cores, MongoDB 6.0.5, 30 November 2026; the million beside a dozen other test runs (load around 20):

    250,000 bookings:   20.0 s to back up and read back,  1.7 s to check once more,    86.8 s to restore, 147 MB at most
  1,000,000 bookings:  312.1 s to back up and read back, 50.3 s to check once more, 1,100.9 s to restore, 146 MB at most
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from view_builders import make_booking

from engine.adapters.disk.backup_file import BackupKey
from engine.adapters.disk.backup_records import check
from engine.adapters.mongo.client import Connector, Credentials, connect, database
from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.schema.provision import provision
from engine.commands.backup import make_backup
from engine.commands.restore import RestoreOrder, Target, restore
from engine.domain.booking.states import BookingState
from engine.domain.firm.settings import FirmSettings
from engine.embedded.mongod import ROOT
from engine.embedded.servers import open_servers

NAME, AGAIN = "ds_backup_benchmark", "ds_backup_again"
KEY = BackupKey(bytes(range(32)), "key")
_BATCH = 2_000


async def draw(db, first: int, last: int) -> None:
    row = booking_document(make_booking(1, BookingState.COMPLETED))
    row.pop("session_ids", None)
    for begin in range(first, last, _BATCH):
        rows = [row | {"_id": f"B{n:09}", "intent_key": f"k{n}"} for n in range(begin, min(begin + _BATCH, last))]
        await db.bookings.insert_many(rows, ordered=False, bypass_document_validation=True)


def peak() -> float:
    """Of this process's resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def measure(client, where: Connector, folder: Path, rows: int) -> None:
    path, began = folder / f"{rows}.backup", perf_counter()
    made = await make_backup(client, NAME, path, KEY, lambda _: None, by="benchmark")
    took = perf_counter() - began
    with path.open("rb") as file:
        began = perf_counter()
        assert rows == check(file, KEY).summary.counts["bookings"]
        checked = perf_counter() - began
    print(
        f"{rows:>9,} bookings: {took:6.1f} s to back up and read back, {checked:6.1f} s to check once more, "
        f"{made.size / 1e6:7.1f} MB, peak {peak():5.0f} MB resident"
    )
    began = perf_counter()
    order = RestoreOrder(path, KEY, folder / f"{rows}.passwords")
    await restore(Target(client, where, AGAIN, ROOT), order, lambda _: None)
    took = perf_counter() - began
    assert rows == await database(client, AGAIN).bookings.count_documents({})
    for command in ("dropAllUsersFromDatabase", "dropAllRolesFromDatabase"):
        await client[AGAIN].command(command)
    await client.drop_database(AGAIN)
    print(f"{rows:>9,} bookings: {took:6.1f} s to restore, peak {peak():5.0f} MB resident")


async def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory(prefix="drivesphere-backup-") as name:
        folder = Path(name)
        async with open_servers(folder / "servers", sandbox=False) as servers:
            who = Credentials(servers.root_name, servers.root_password, "admin")
            async with connect(servers.mongo_url, who) as client:
                await provision(client, NAME, FirmSettings())
                db, before = database(client, NAME), 0
                for size in sizes:
                    await draw(db, before, size)
                    before = size
                    await measure(client, Connector(servers.mongo_url), folder, size)


if __name__ == "__main__":
    asyncio.run(main(sorted(map(int, sys.argv[1:])) or [10_000, 100_000]))
