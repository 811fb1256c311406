"""The audit takes rows from everybody and gives none of them back changed."""

from __future__ import annotations

import pytest
from builders import PASSWORD

from engine.adapters.mongo.client import Credentials, connect, database
from engine.adapters.mongo.store import MongoStore
from engine.adapters.redis.cache import NoCache
from engine.domain.firm.audit import AuditRow

pytestmark = pytest.mark.asyncio


def _row(engine, what: str = "car.retired") -> AuditRow:
    return AuditRow(engine.clock.now(), engine.actor.account, "desk-1", what, "car:car-1", {"status": "active"}, {})


async def test_a_row_is_stored_as_it_is(world):
    async with world.desk("admin") as desk:
        row = _row(desk)
        await desk.payment.store.audit(row)

    (stored,) = world.db.audit.find()
    assert (row.at, "admin", "car.retired", {"status": "active"}, {}) == (
        stored["at"], stored["by"], stored["what"], stored["before"], stored["after"],
    )  # fmt: skip


async def test_a_row_goes_with_the_transaction_that_it_tells_of(world):
    class Lost(Exception):
        pass

    async with world.desk("admin") as desk:

        async def change(work):
            await work.audit(_row(desk))
            raise Lost

        with pytest.raises(Lost):
            await desk.payment.store.transact(change)

    assert 0 == world.db.audit.count_documents({})


@pytest.mark.parametrize("account", ["clerk", "owner", "worker"])
async def test_whoever_writes_a_row_can_neither_read_nor_alter_one(world, account):
    client = connect(world.deployment.mongo_url, Credentials(account, PASSWORD, world.deployment.database))
    async with world.desk(account) as desk:
        await MongoStore(client, world.deployment.database, NoCache()).audit(_row(desk))
    audit = database(client, world.deployment.database).audit

    for tried in (
        audit.find_one(), audit.update_one({}, {"$set": {"by": "nobody"}}), audit.delete_many({}), audit.drop(),
    ):  # fmt: skip
        with pytest.raises(Exception, match="not authorized"):
            await tried
    await client.close()

    assert account == world.db.audit.find_one()["by"]


async def test_an_admin_may_read_and_still_not_alter(world):
    client = connect(world.deployment.mongo_url, Credentials("admin", PASSWORD, world.deployment.database))
    async with world.desk("admin") as desk:
        await desk.payment.store.audit(_row(desk))
    audit = database(client, world.deployment.database).audit

    assert "admin" == (await audit.find_one())["by"]
    for tried in (audit.update_one({}, {"$set": {"by": "nobody"}}), audit.delete_many({})):
        with pytest.raises(Exception, match="not authorized"):
            await tried
    await client.close()
