"""A back-up is one moment of the database, and what is restored from it is that moment."""

from __future__ import annotations

import asyncio
import tracemalloc
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pymongo
import pytest
import pytest_asyncio
from bson import ObjectId
from builders import ACCOUNTS, DATABASE, PASSWORD, World, make_car, wish
from payments import opened
from refusing import refused

from engine.adapters.disk import backup_records
from engine.adapters.disk.backup_file import CHUNK, BackupKey, Sealer
from engine.adapters.disk.backup_records import PART, BackupWriter
from engine.adapters.mongo.backups import backup as mongo_backup
from engine.adapters.mongo.backups.restore import MARK, Restore
from engine.adapters.mongo.client import Connector, Credentials, connect
from engine.adapters.mongo.codec.documents import audit_document
from engine.adapters.mongo.deployment import MongoDeployment
from engine.commands.backup import make_backup
from engine.commands.restore import RestoreOrder, Target, restore
from engine.domain.firm.audit import AuditRow
from engine.domain.health.backup import BackupDamaged, BackupKeyWrong, BackupRefused, Tally, split_rows
from engine.domain.people.accounts import is_one_time
from engine.domain.shared.errors import Forbidden

pytestmark = pytest.mark.asyncio
AGAIN = "ds_restored"
KEY = BackupKey(bytes(range(32)), "key")
#: Added to while the copy is made or the restore is finished, and not a part of the moment.
_OWN = {"backups", "deployment", "people", "wish_keys"}


def unheard(_progress):
    pass


@pytest_asyncio.fixture
async def place(world: World, endpoints, root):
    """The firm's database, an account that may back it up, and a name that nothing has yet."""
    connector = Connector(endpoints.mongo_url)
    admin = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    yield Target(admin, connector, AGAIN, endpoints.root_name)
    await admin.close()
    root[DATABASE].backups.delete_many({})
    root[AGAIN].command("dropAllUsersFromDatabase")
    root[AGAIN].command("dropAllRolesFromDatabase")
    root.drop_database(AGAIN)


@asynccontextmanager
async def back_up(place: Target, path, **more):
    async with place.connector.open("backup", PASSWORD, DATABASE) as client:
        yield await make_backup(client, DATABASE, path, KEY, unheard, by="backup", **more)


async def saved(place: Target, path, **more):
    async with back_up(place, path, **more) as made:
        return made


def order(path, **more):
    return RestoreOrder(path, KEY, path.with_name("passwords.txt"), **more)


def names(db: pymongo.database.Database) -> set[str]:
    """Without views, which hold nothing themselves, and what is the server's own."""
    return {name for name in db.list_collection_names(filter={"type": "collection"}) if not name.startswith("system.")}


def tallies(db: pymongo.database.Database) -> dict[str, Tally]:
    found = {}
    for name in names(db) - _OWN:
        found[name] = tally = Tally()
        for batch in db[name].find_raw_batches({}):
            tally.add_all(bytes(batch))
    return found


async def test_what_is_restored_is_what_was_there(world, place, root, tmp_path, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        await stripe.pay(booking)
        await desk.payment.settle(desk.actor, booking.id)
    world.db["images.chunks"].insert_one({"files_id": "p", "n": 0, "data": b"\x00" * 250_000})
    before = tallies(world.db)

    made = await saved(place, tmp_path / "firm.backup")
    restored = await restore(place, order(tmp_path / "firm.backup"), unheard)

    assert before == tallies(root[AGAIN])
    assert made.summary.counts["bookings"] == 1
    assert 0 == made.summary.replayed
    assert {} == restored.unfit
    assert MARK not in root[AGAIN].list_collection_names()
    assert root[AGAIN].bookings.index_information().keys() == world.db.bookings.index_information().keys()
    assert root[AGAIN].command("listCollections", filter={"name": "bookings"})["cursor"]["firstBatch"][0]["options"]


async def test_a_step_of_the_copy_may_take_longer_than_a_desk_waits(world, place, tmp_path):
    world.db.command("profile", 2)
    try:
        await saved(place, tmp_path / "firm.backup")
    finally:
        world.db.command("profile", 0)
        asked = [row["command"] for row in world.db["system.profile"].find({"op": "query"})]
        world.db["system.profile"].drop()

    copied = [each for each in asked if each.get("readConcern", {}).get("level") == "snapshot"]
    assert {each["find"] for each in copied} >= {"bookings", "cars", "fences", "ledger"}
    assert min(each["maxTimeMS"] for each in copied) > 60_000


async def test_accounts_come_back_with_one_time_passwords_and_their_roles(
    staff, world, place, root, tmp_path, endpoints
):
    root[DATABASE].command("revokeRolesFromUser", "clerk2", roles=["ds_client"])
    root[DATABASE].people.update_one({"_id": "clerk2"}, {"$set": {"disabled": True}})
    await saved(place, tmp_path / "firm.backup")

    restored = await restore(place, order(tmp_path / "firm.backup"), unheard)

    lines = dict(line.split("\t") for line in restored.passwords.read_text().splitlines())
    assert {each.account for each in ACCOUNTS} - {"clerk2"} == lines.keys()
    assert all(is_one_time(password) for password in lines.values())
    assert 0o600 == restored.passwords.stat().st_mode & 0o777
    users = {user["user"]: user for user in root[AGAIN].command("usersInfo", 1)["users"]}
    before = {user["user"]: user for user in root[DATABASE].command("usersInfo", 1)["users"]}
    for name, user in before.items():
        # The server tells them in any order.
        assert {role["role"] for role in user["roles"]} == {role["role"] for role in users[name]["roles"]}, name
    assert ["admin"] == root[AGAIN].roster.find_one({})["members"]
    owner = pymongo.MongoClient(endpoints.mongo_url, username="owner", password=lines["owner"], authSource=AGAIN)
    assert 3 == owner[AGAIN].cars.count_documents({})
    owner.close()


async def test_the_epoch_is_another_after_each_restore(world, place, root, tmp_path):
    made = await saved(place, tmp_path / "firm.backup")
    first = await restore(place, order(tmp_path / "firm.backup"), unheard)
    stored = await MongoDeployment(place.client, AGAIN).epoch()

    assert stored == first.epoch
    assert stored.back_to == made.summary.as_of
    assert await MongoDeployment(place.client, DATABASE).epoch() is None


async def test_a_database_with_anything_in_it_is_refused(world, place, root, tmp_path):
    await saved(place, tmp_path / "firm.backup")
    root[AGAIN].things.insert_one({"_id": 1})

    with refused(BackupRefused, match="not empty"):
        await restore(place, order(tmp_path / "firm.backup"), unheard)

    assert ["things"] == root[AGAIN].list_collection_names()


async def test_a_damaged_file_or_a_wrong_key_writes_nothing(world, place, root, tmp_path):
    path = tmp_path / "firm.backup"
    await saved(place, path)
    whole = path.read_bytes()

    for at in (len(whole) // 3, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(BackupDamaged):
            await restore(place, order(path), unheard)
        path.write_bytes(whole[:at])
        with pytest.raises(BackupDamaged):
            await restore(place, order(path), unheard)
    path.write_bytes(whole)
    with pytest.raises(BackupKeyWrong):
        await restore(place, RestoreOrder(path, BackupKey(bytes(32), "key"), tmp_path / "passwords.txt"), unheard)

    assert AGAIN not in root.list_database_names()
    assert not (tmp_path / "passwords.txt").exists()


async def test_rows_damaged_before_come_back_and_are_told(world, place, root, tmp_path):
    world.db.command("insert", "renters", documents=[{"_id": "odd", "keys": []}], bypassDocumentValidation=True)
    await saved(place, tmp_path / "firm.backup")

    restored = await restore(place, order(tmp_path / "firm.backup"), unheard)

    assert {"renters": 1} == restored.unfit
    assert {"_id": "odd", "keys": []} == root[AGAIN].renters.find_one({"_id": "odd"})


async def test_the_account_reads_everything_and_writes_nothing_but_notes(world, place, root, tmp_path):
    async with place.connector.open("backup", PASSWORD, DATABASE) as client:
        for name in names(root[DATABASE]):
            await client[DATABASE][name].find_one({})
        for name in names(root[DATABASE]):
            if name in {"backups", "audit", "sign_ins"}:
                continue
            with pytest.raises(pymongo.errors.OperationFailure, match="not authorized"):
                await client[DATABASE][name].insert_one({"_id": "x"})
    async with place.connector.open("clerk", PASSWORD, DATABASE) as client:
        with pytest.raises(Forbidden):
            await make_backup(client, DATABASE, tmp_path / "never.backup", KEY, unheard, by="clerk")
    assert [] == list(tmp_path.iterdir())


async def test_beside_live_writes_it_is_one_moment(world, place, root, tmp_path, monkeypatch):
    """Each booking is made with its car's claim in one transaction; no copy may hold one without the other."""
    monkeypatch.setattr(mongo_backup, "_BATCH", 2)
    leaving, begun, made = asyncio.Event(), asyncio.Event(), []

    async def book(desk, car, first):
        number = first
        while not leaving.is_set():
            await desk.booking.hold(
                desk.actor, wish(desk, car=car, first=number, last=number + 1, key=f"{car}-{number}")
            )
            made.append(number)
            number += 2
            if len(made) > 3:
                begun.set()

    async with world.desk() as desk:
        booking = [asyncio.create_task(book(desk, car, 1)) for car in ("car-1", "car-2")]
        await begun.wait()
        summary = (await saved(place, tmp_path / "firm.backup")).summary
        leaving.set()
        await asyncio.gather(*booking)
    await restore(place, order(tmp_path / "firm.backup"), unheard)

    db = root[AGAIN]
    claims = {claim["id"] for fence in db.fences.find() for claim in fence["claims"]}
    bookings = {row["_id"] for row in db.bookings.find({}, {"_id": 1})}
    assert claims == bookings
    assert 4 <= len(bookings) == summary.counts["bookings"] < len(made) + 1


async def test_a_restore_that_was_killed_is_told_and_begun_anew_when_asked(world, place, root, tmp_path, monkeypatch):
    path = tmp_path / "firm.backup"
    await saved(place, path)
    before = tallies(world.db)
    whole = Restore._insert

    async def killed(self, name, rows):
        if name == "fences":
            raise asyncio.CancelledError
        await whole(self, name, rows)

    monkeypatch.setattr(Restore, "_insert", killed)
    with pytest.raises(asyncio.CancelledError):
        await restore(place, order(path), unheard)
    monkeypatch.undo()
    with refused(BackupRefused, match="--again"):
        await restore(place, order(path), unheard)

    await restore(place, order(path, again=True), unheard)

    assert before == tallies(root[AGAIN])


@pytest.fixture
def short_memory(root):
    """MongoDB keeps its snapshots for no longer than it must."""
    name = "minSnapshotHistoryWindowInSeconds"
    before = root.admin.command({"getParameter": 1, name: 1})[name]
    root.admin.command({"setParameter": 1, name: 0})
    yield
    root.admin.command({"setParameter": 1, name: before})


def _until_too_old(root, at):
    """Write until a snapshot of *at* is not to be had any more."""
    for number in range(5_000):
        root.elsewhere.things.insert_one({"n": number})
        concern = {"level": "snapshot", "atClusterTime": at}
        try:
            root[DATABASE].command("find", "cars", readConcern=concern)
        except pymongo.errors.OperationFailure as problem:
            if problem.code == 239:
                return
            raise
    pytest.fail("the snapshot stays")


async def test_where_a_snapshot_is_not_kept_long_enough_changes_are_replayed(
    world, place, root, tmp_path, monkeypatch, short_memory
):
    monkeypatch.setattr(mongo_backup, "_BATCH", 2)
    ids = [f"car-{number}" for number in range(1, 7)]
    world.add_cars(*(make_car(number) for number in range(4, 7)))
    world.db.audit.insert_many([_audited(number) for number in range(6)])
    done = []

    def hear(progress):
        if progress.step == "cars" and not done:
            done.append(progress)
            world.db.audit.delete_one({"subject": "car:0"})  # copied before
            world.db.audit.insert_one(_audited(77))
            world.db.cars.update_one({"_id": ids[0]}, {"$set": {"odometer_km": 11_111}})  # copied before
            world.db.cars.update_one({"_id": ids[-1]}, {"$set": {"odometer_km": 22_222}})  # copied afterwards
            world.db.fences.update_one({"_id": ids[0]}, {"$inc": {"seq": 5}})
            _until_too_old(root, root.admin.command("hello")["$clusterTime"]["clusterTime"])
            # As soon as the first snapshot is gone; the last one is to be kept as everywhere.
            root.admin.command({"setParameter": 1, "minSnapshotHistoryWindowInSeconds": 300})

    async with place.connector.open("backup", PASSWORD, DATABASE) as client:
        made = await make_backup(client, DATABASE, tmp_path / "firm.backup", KEY, hear, by="backup")
    before = tallies(world.db)
    await restore(place, order(tmp_path / "firm.backup"), unheard)

    assert made.summary.replayed >= 4
    assert before == tallies(root[AGAIN])
    assert 11_111 == root[AGAIN].cars.find_one({"_id": ids[0]})["odometer_km"]
    assert 0 == root[AGAIN].audit.count_documents({"subject": "car:0"})


def _audited(number):
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return audit_document(AuditRow(at, "admin", "desk", "car.changed", f"car:{number}", {}, {}))


async def test_no_more_than_a_batch_is_held_however_many_rows_there_are(world, place, tmp_path, monkeypatch):
    monkeypatch.setattr(mongo_backup, "_BATCH", 500)
    rows = [{"_id": ObjectId(), "n": n, "files_id": "p", "data": bytes(200)} for n in range(20_000)]
    world.db.command("insert", "images.chunks", documents=rows[:10_000], bypassDocumentValidation=True)
    world.db.command("insert", "images.chunks", documents=rows[10_000:], bypassDocumentValidation=True)
    held, sealed, read = [], [], []
    write, seal, complete = BackupWriter.rows, Sealer.write, backup_records._complete

    def rows_held(self, batch):
        held.append(sum(1 for _ in split_rows(batch)))
        write(self, batch)

    def bytes_held(self, data):
        seal(self, data)
        sealed.append(len(self._waiting))

    def bytes_read(waiting):
        read.append(len(waiting))
        yield from complete(waiting)

    monkeypatch.setattr(BackupWriter, "rows", rows_held)
    monkeypatch.setattr(Sealer, "write", bytes_held)
    monkeypatch.setattr(backup_records, "_complete", bytes_read)
    made = await saved(place, tmp_path / "firm.backup")

    assert 20_000 == made.summary.counts["images.chunks"]
    assert max(held) <= 500
    assert len(held) >= 40
    assert max(sealed) <= CHUNK
    assert max(read) <= 2 * PART


@pytest.mark.slow
async def test_what_is_held_at_once_is_a_few_batches_and_not_the_rows(world, place, root, tmp_path):
    """The peak is that of a quarter of these rows. ``tests/benchmarks/backup.py`` says what many bookings take."""
    part = bytes(range(256)) * 900
    for batch in range(4):
        rows = [{"_id": ObjectId(), "files_id": f"p{batch}-{n}", "n": 0, "data": part} for n in range(160)]
        world.db["images.chunks"].insert_many(rows)
    whole = 4 * 160 * len(part)
    tracemalloc.start()
    try:
        made = await saved(place, tmp_path / "firm.backup")
        copying = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        await restore(place, order(made.path), unheard)
        restoring = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert 640 == root[AGAIN]["images.chunks"].count_documents({})
    assert max(copying, restoring) < 0.8 * whole, (copying, restoring, whole)
