"""Accounts are MongoDB users: who gets in, and what the server itself refuses them."""

from __future__ import annotations

import socket
from dataclasses import replace

import pymongo
import pytest
from builders import DATABASE, PASSWORD, wish
from pymongo.errors import OperationFailure

from engine.bootstrap import open_engine
from engine.domain.people.people import Role
from engine.domain.shared.errors import AccountDisabled, Forbidden, SignInRefused, Unavailable

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("account", "role", "branch", "owner"),
    [
        ("clerk", Role.CLIENT, "br-berlin", None),
        ("owner", Role.OWNER, None, "owner-1"),
        ("admin", Role.ADMIN, None, None),
    ],
)
async def test_signing_in_tells_who_the_account_is(world, account, role, branch, owner):
    async with world.desk(account) as desk:
        assert (account, role, branch, owner) == (
            desk.actor.account,
            desk.actor.role,
            desk.actor.branch_id,
            desk.actor.owner_id,
        )


@pytest.mark.parametrize(
    ("account", "password"),
    [("clerk", "wrong"), ("nobody", PASSWORD), ("clerk", "nul\0"), ("clerk", ""), ("", ""), ("\ud800", "x")],
)
async def test_a_wrong_password_and_an_unknown_account_are_refused_alike(world, account, password):
    with pytest.raises(SignInRefused):
        async with open_engine(world.deployment, account, password, background=False):
            pass


async def test_an_account_without_a_role_is_disabled_and_says_so(world):
    world.db.command("revokeRolesFromUser", "clerk2", roles=[{"role": "ds_client", "db": DATABASE}])
    try:
        with pytest.raises(AccountDisabled):
            async with world.desk("clerk2"):
                pass
    finally:
        world.db.command("grantRolesToUser", "clerk2", roles=[{"role": "ds_client", "db": DATABASE}])


async def test_B12_a_role_revoked_while_signed_in_is_refused_at_the_next_step_and_crashes_nothing(world):
    async with world.desk("clerk2") as desk:
        await desk.catalogue.renters(desk.actor, "ada")
        world.db.command("revokeRolesFromUser", "clerk2", roles=[{"role": "ds_client", "db": DATABASE}])
        try:
            with pytest.raises(Forbidden):
                await desk.catalogue.renters(desk.actor, "ada")
        finally:
            world.db.command("grantRolesToUser", "clerk2", roles=[{"role": "ds_client", "db": DATABASE}])


async def test_no_server_is_said_within_the_time_limit(world):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts and never answers
        away = replace(
            world.deployment, mongo_url=f"mongodb://127.0.0.1:{silent.getsockname()[1]}/?directConnection=true"
        )
        with pytest.raises(Unavailable) as caught:
            async with open_engine(away, "clerk", PASSWORD, background=False):
                pass
    assert "mongodb" == caught.value.server


@pytest.fixture
def raw(world):
    """A raw driver connection with an account's own name and password, past all our code."""
    clients = []

    def connect(account):
        client = pymongo.MongoClient(
            world.deployment.mongo_url, username=account, password=PASSWORD, authSource=DATABASE
        )
        clients.append(client)
        return client[DATABASE]

    yield connect
    for client in clients:
        client.close()


_REFUSED = {
    "change a car": ("clerk", lambda db: db.cars.update_one({"_id": "car-1"}, {"$set": {"daily_rate.minor": 1}})),
    "delete a booking": ("clerk", lambda db: db.bookings.delete_many({})),
    "read people": ("clerk", lambda db: db.people.find_one()),
    "read the audit": ("clerk", lambda db: db.audit.find_one()),
    "read the ledger": ("clerk", lambda db: db.ledger.find_one()),
    "change the settings": ("clerk", lambda db: db.settings.update_one({}, {"$set": {"commission_bp": 0}})),
    "grant itself admin": (
        "clerk",
        lambda db: db.command("grantRolesToUser", "clerk", roles=[{"role": "ds_admin", "db": DATABASE}]),
    ),
    "create a user": ("clerk", lambda db: db.command("createUser", "evil", pwd="x", roles=["ds_admin"])),
    "change its own branch": ("clerk", lambda db: db.command("updateUser", "clerk", customData={"branch_id": "x"})),
    "drop a collection": ("clerk", lambda db: db.bookings.drop()),
    "look at other databases": (
        "clerk",
        lambda db: db.client.admin.command("listDatabases", nameOnly=False, authorizedDatabases=False),
    ),
    "book as an owner": ("owner", lambda db: db.bookings.insert_one({"_id": "x"})),
    "read renters as an owner": ("owner", lambda db: db.renters.find_one()),
    "change the ledger as an admin": ("admin", lambda db: db.ledger.update_many({}, {"$set": {"amount.minor": 0}})),
    "delete from the ledger as an admin": ("admin", lambda db: db.ledger.delete_many({})),
    "change the audit as an admin": ("admin", lambda db: db.audit.update_many({}, {"$set": {"by": "x"}})),
    "delete from the audit as an admin": ("admin", lambda db: db.audit.delete_many({})),
    "delete a car as an admin": ("admin", lambda db: db.cars.delete_many({})),
    "change a car as the worker": ("worker", lambda db: db.cars.update_one({}, {"$set": {"seats": 1}})),
}


@pytest.mark.parametrize("attempt", _REFUSED, ids=str)
async def test_S1_the_server_refuses_a_raw_connection(raw, attempt):
    account, act = _REFUSED[attempt]

    with pytest.raises(OperationFailure) as caught:
        act(raw(account))

    assert 13 == caught.value.code, "refused by its rights and by nothing else"


@pytest.mark.parametrize(
    "change",
    [
        {"$set": {"state": "sold_twice"}},
        {"$set": {"quote.total": 12.5}},
        {"$set": {"starts_at": "tomorrow"}},
        {"$set": {"isAdmin": True}},
        {"$unset": {"intent_key": ""}},
    ],
)
async def test_I1_the_database_refuses_what_is_no_booking(world, raw, change):
    async with world.desk() as desk:
        await desk.booking.hold(desk.actor, wish(desk))

    with pytest.raises(OperationFailure) as caught:
        raw("clerk").bookings.update_one({}, change)

    assert 121 == caught.value.code
