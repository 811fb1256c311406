"""Asking for an account: through a door that lets nothing else through, and not many at once (S1)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pymongo
import pytest
import pytest_asyncio
from builders import DATABASE, PASSWORD
from pymongo.errors import DuplicateKeyError, OperationFailure, WriteError

from engine.adapters.mongo.accounts import MongoAccounts
from engine.adapters.mongo.guest import GUEST, GUEST_PASSWORD
from engine.bootstrap import ask_for_account
from engine.domain.people.account_errors import AlreadyRequested, RequestsFull
from engine.domain.people.account_requests import MOST_WAITING, read_request
from engine.domain.people.accounts import NewPerson, Post
from engine.domain.people.people import Role
from engine.domain.shared.errors import AccountDisabled, InvalidText, NotFound, SignInRefused

pytestmark = pytest.mark.asyncio


@pytest.fixture
def guest(world, staff):
    client = pymongo.MongoClient(
        world.deployment.mongo_url, username=GUEST, password=GUEST_PASSWORD, authSource=DATABASE, tz_aware=True
    )
    yield client[DATABASE].account_requests
    client.close()


@pytest_asyncio.fixture
async def office(world, staff):
    async with world.desk("admin") as desk:
        yield desk


def asked(number=1, **changes):
    typed = {"name": f"Nele {number}", "email": f"nele{number}@example.org", "phone": "", "note": ""}
    return read_request(**{**typed, **changes})


def row(slot=0, **changes):
    fields = {"name": "N", "email": f"n{slot}@example.org", "phone": "", "note": "", "at": datetime.now(UTC)}
    return {**fields, "slot": slot, **changes}


async def test_a_request_waits_for_an_administrator_and_is_granted_once(world, office):
    await ask_for_account(world.deployment, asked(note="I begin on Monday"))
    (request,) = (await office.admin.requests.page(office.actor)).rows
    new = NewPerson("nele", request.name, request.email, request.phone, Post(Role.CLIENT))
    twice = NewPerson("nele.two", request.name, request.email, request.phone, Post(Role.CLIENT))
    done = await asyncio.gather(
        office.accounts.create(office.actor, new, request=request.id),
        office.accounts.create(office.actor, twice, request=request.id),
        return_exceptions=True,
    )

    assert [NotFound] == [type(each) for each in done if isinstance(each, Exception)]
    assert 1 == world.db.people.count_documents({"email": "nele1@example.org"})
    assert 0 == world.db.account_requests.count_documents({})


async def test_S1_a_role_in_a_request_is_refused_by_the_database_itself(guest):
    for wish in ({"role": "admin"}, {"roles": ["ds_admin"]}, {"isAdmin": True}, {"state": "granted"}):
        with pytest.raises(WriteError) as caught:
            guest.insert_one(row(**wish))
        assert 121 == caught.value.code


async def test_a_request_is_small_by_the_database_itself(guest):
    for field, length in (("name", 121), ("email", 201), ("phone", 41), ("note", 401)):
        with pytest.raises(WriteError) as caught:
            guest.insert_one(row(**{field: "x" * length}))
        assert 121 == caught.value.code


async def test_more_requests_than_places_cannot_be_stored_whatever_a_raw_connection_does(guest, world):
    guest.insert_many([row(slot) for slot in range(MOST_WAITING)])
    for slot in (0, MOST_WAITING - 1):
        with pytest.raises(DuplicateKeyError):
            guest.insert_one(row(slot, email="another@example.org"))
    for slot in (-1, MOST_WAITING, 2**40, 1.5):
        with pytest.raises(WriteError):
            guest.insert_one(row(slot, email="another@example.org"))
    with pytest.raises(RequestsFull):
        await ask_for_account(world.deployment, asked())

    assert MOST_WAITING == world.db.account_requests.count_documents({})


async def test_one_address_asks_once_until_somebody_decides(world, office):
    await ask_for_account(world.deployment, asked())
    with pytest.raises(AlreadyRequested):
        await ask_for_account(world.deployment, asked(name="Again"))
    page = await office.admin.requests.page(office.actor)
    await office.admin.requests.decline(office.actor, page.rows)
    await ask_for_account(world.deployment, asked())

    (told,) = world.db.audit.find({"what": "account.request_declined"})
    assert ("admin", "nele1@example.org") == (told["by"], told["before"]["email"])


async def test_O4_requests_come_in_pages_oldest_first(world, office, guest):
    guest.insert_many([row(slot) for slot in range(60)])
    first = await office.admin.requests.page(office.actor)
    second = await office.admin.requests.page(office.actor, offset=50)

    assert (50, 10, 60) == (len(first.rows), len(second.rows), second.total)
    assert sorted(first.rows, key=lambda each: each.at) == list(first.rows)


async def test_a_guest_can_neither_sign_in_nor_read_what_it_filed(world, guest):
    with pytest.raises(OperationFailure):
        guest.find_one()
    with pytest.raises(OperationFailure):
        guest.database.command("updateUser", GUEST, pwd="locked out for all")
    async with world.deployment.connector.open(GUEST, GUEST_PASSWORD, DATABASE) as client:
        with pytest.raises(AccountDisabled):
            await _whoami(client, world)


async def _whoami(client, world):
    return await MongoAccounts(client, DATABASE, GUEST, world.deployment.connector).whoami()


@pytest.mark.parametrize("field", ["name", "email", "phone", "note"])
async def test_S9_what_is_typed_into_a_request_is_text(field):
    for poison in ({"$gt": ""}, ["x"], "a\0b", "a\ud800b", "a\ue000b", "x" * 10_000_000):
        with pytest.raises(InvalidText) as caught:
            asked(**{field: poison})
        assert field == caught.value.field


async def test_a_wrong_guest_password_is_no_way_in(world):
    with pytest.raises(SignInRefused):
        async with world.deployment.connector.open(GUEST, PASSWORD, DATABASE) as client:
            await _whoami(client, world)
