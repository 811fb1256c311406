"""Administering accounts: what bites at the database's users, what is refused, and what the audit keeps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pymongo
import pytest
import pytest_asyncio
from builders import ACCOUNTS, BERLIN, DATABASE, LISBON, PASSWORD, RENTER, make_car
from commands_counted import counted
from pymongo.errors import OperationFailure

from engine.bootstrap import choose_password, open_engine
from engine.domain.car.car import CarStatus
from engine.domain.firm.audit import AuditRow
from engine.domain.people.account_errors import AccountChanged, AccountTaken, LastAdmin, OwnAccount
from engine.domain.people.accounts import Flaw, NewPerson, PeopleQuery, Post, is_one_time
from engine.domain.people.people import Role
from engine.domain.shared.errors import (
    AccountDisabled,
    Forbidden,
    InvalidText,
    MoveRefused,
    NotFound,
    Overtaken,
    PasswordMustChange,
    SignInRefused,
)

pytestmark = pytest.mark.asyncio
CHOSEN = "a word of one's own"
COUNTER = Post(Role.CLIENT, BERLIN.id)
NELE = NewPerson("nele", "Nele Ørsted-Vogt", "nele@example.org", "+4930901821", COUNTER)


@pytest_asyncio.fixture
async def office(world, staff):
    async with world.desk("admin") as desk:
        yield desk


def admins_of(world):
    users = world.db.command("usersInfo", 1)["users"]
    return {user["user"] for user in users if {"role": "ds_admin", "db": DATABASE} in user["roles"]}


def restore(world):
    """The first administrator again, by MongoDB's own root."""
    role = {"role": "ds_admin", "db": DATABASE}
    held = world.db.command("usersInfo", "admin")["users"][0]["roles"]
    world.db.command("revokeRolesFromUser", "admin", roles=held) if held else None
    world.db.command("grantRolesToUser", "admin", roles=[role])
    fields = {"role": "admin", "branch_id": None, "disabled": False}
    world.db.people.update_one({"_id": "admin"}, {"$set": fields})
    world.db.roster.update_one({}, {"$addToSet": {"members": "admin"}})


async def make(office, new=NELE, password=PASSWORD):
    issued = await office.accounts.create(office.actor, new, password)
    return issued.person, issued.password


async def test_a_new_account_comes_in_after_choosing_a_password_of_its_own(world, office):
    person, once = await make(office)

    with pytest.raises(PasswordMustChange):
        async with open_engine(world.deployment, "nele", once, background=False):
            pass
    await choose_password(world.deployment, "nele", once, CHOSEN)
    async with open_engine(world.deployment, "nele", CHOSEN, background=False) as desk:
        assert (Role.CLIENT, BERLIN.id, person.name) == (desk.actor.role, desk.actor.branch_id, desk.actor.name)
    with pytest.raises(SignInRefused):
        async with open_engine(world.deployment, "nele", once, background=False):
            pass


async def test_the_list_tells_who_waits_for_a_first_sign_in_and_when_the_others_came(world, office):
    _, once = await make(office)
    before = await office.accounts.person(office.actor, "nele")
    await choose_password(world.deployment, "nele", once, CHOSEN)
    async with open_engine(world.deployment, "nele", CHOSEN, background=False):
        pass
    after = await office.accounts.person(office.actor, "nele")

    assert (True, None) == (before.waiting, before.last_sign_in)
    assert not after.waiting
    assert after.last_sign_in is not None
    assert () == after.flaws


@pytest.mark.parametrize(
    ("typed", "found"),
    [("ørsted", True), ("orsted v", True), ("VOGT", True), ("nele@", True), ("+4930901821", True), ("4930", True),
     ("ele", True), ("erstde", False), ("\u00d8rsetd", True), ("01821", True), ("030 901821", True),
     (".*", False), ("ne.z", False), ('{"$exists": 1}', False), ("[a-z]", False)],
)  # fmt: skip
async def test_S9_people_are_found_by_any_part_with_a_slip_and_never_by_a_pattern(office, typed, found):
    await make(office)

    page = await office.accounts.page(office.actor, PeopleQuery(typed))

    assert found == ("nele" in [row.person.account for row in page.rows])


async def test_O4_people_come_in_pages_by_name_with_four_commands_each(world, staff):
    with counted() as sent:
        async with world.desk("admin") as office:
            await make(office)
            sent.clear()
            page = await office.accounts.page(office.actor, PeopleQuery(role=Role.CLIENT))
            asked = list(sent)
            beyond = await office.accounts.page(office.actor, PeopleQuery(), offset=5_000)

    assert ["aggregate", "aggregate", "find", "usersInfo"] == sorted(asked)
    assert ["Cleo Clerk", "Colin Clerk", "Nele Ørsted-Vogt"] == [row.person.name for row in page.rows]
    assert ((), len(ACCOUNTS) + 1) == (beyond.rows, beyond.total)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (PeopleQuery(), "order"),
        (PeopleQuery("nele"), "keys"),
        (PeopleQuery(role=Role.CLIENT), "role"),
        (PeopleQuery(branch_id=BERLIN.id), "branch"),
    ],
)
async def test_each_way_of_listing_people_has_its_index(world, office, query, index):
    plan = (
        world.db.people.find((await office.accounts.people._wanted(query))[0])
        .sort([("order", 1), ("_id", 1)])
        .explain()
    )

    assert f"'indexName': '{index}'" in str(plan["queryPlanner"]["winningPlan"])


async def test_a_changed_role_bites_at_the_server_and_the_open_desk_is_told(world, office):
    await make(office)
    async with world.desk("clerk2") as desk:
        await office.accounts.move(office.actor, "clerk2", Post(Role.OWNER, owner_id="owner-1"))
        with pytest.raises(AccountChanged) as caught:
            await desk.session.still(desk.actor)

    assert "owner" == caught.value.role
    async with world.desk("clerk2") as again:
        assert (Role.OWNER, "owner-1", None) == (again.actor.role, again.actor.owner_id, again.actor.branch_id)


async def test_another_branch_and_a_new_password_are_told_to_the_open_desk_and_a_new_name_is_not(world, office):
    async with world.desk("clerk2") as desk:
        await office.accounts.edit(office.actor, "clerk2", "Colin Newname", "", "")
        await desk.session.still(desk.actor)
        await office.accounts.move(office.actor, "clerk2", Post(Role.CLIENT, BERLIN.id))
        with pytest.raises(AccountChanged):
            await desk.session.still(desk.actor)
    async with world.desk("clerk2") as desk:
        await office.accounts.reset_password(office.actor, "clerk2")
        with pytest.raises(AccountChanged):
            await desk.session.still(desk.actor)


async def test_B12_a_disabled_account_is_told_so_and_comes_back_as_it_was(world, office):
    async with world.desk("clerk2") as desk:
        await office.accounts.disable(office.actor, "clerk2", PASSWORD)
        with pytest.raises(AccountDisabled):
            await desk.session.still(desk.actor)
    with pytest.raises(AccountDisabled):
        async with world.desk("clerk2"):
            pass
    await office.accounts.enable(office.actor, "clerk2")

    async with world.desk("clerk2") as desk:
        assert (Role.CLIENT, LISBON.id) == (desk.actor.role, desk.actor.branch_id)


async def test_S8_of_two_administrators_who_put_each_other_out_at_once_one_stays(world, office):
    boss = NewPerson("boss", "Bo Boss", "", "", Post(Role.ADMIN))
    for _ in range(3):
        if "boss" not in {row.person.account for row in (await office.accounts.page(office.actor, PeopleQuery())).rows}:
            _, once = await make(office, boss)
            await choose_password(world.deployment, "boss", once, CHOSEN)
        async with open_engine(world.deployment, "boss", CHOSEN, background=False) as other:
            done = await asyncio.gather(
                office.accounts.disable(office.actor, "boss", PASSWORD),
                other.accounts.move(other.actor, "admin", COUNTER),
                return_exceptions=True,
            )
            admins = admins_of(world)
            assert 1 == len(admins), done
            assert admins == set(world.db.roster.find_one()["members"])
        refused = [each for each in done if isinstance(each, Exception)]
        assert 1 == len(refused)
        # Whoever was put out before the own change came to the database is refused by that already.
        assert isinstance(refused[0], LastAdmin | Forbidden | AccountDisabled), refused
        restore(world)
        await office.accounts.enable(office.actor, "boss", PASSWORD)


async def test_S8_two_who_looked_before_either_wrote_do_not_both_go(world, office):
    await make(office, NewPerson("boss", "Bo Boss", "", "", Post(Role.ADMIN)))
    people = office.accounts.people
    both = await office.session.administrators()
    outs = [(await people.person(each)).changed(disabled=True) for each in sorted(both)]
    done = await asyncio.gather(
        *(people.replace(out, other_row(), both - {out.account}) for out in outs), return_exceptions=True
    )

    assert {"admin", "boss"} == both
    assert [type(None), LastAdmin] == sorted(
        (type(each) for each in done), key=lambda kind: kind.__name__, reverse=True
    )


async def test_S8_the_roster_alone_does_not_make_an_administrator_who_remains(world, office):
    boss = NewPerson("boss", "Bo Boss", "", "", Post(Role.ADMIN))
    _, once = await make(office, boss)
    await choose_password(world.deployment, "boss", once, CHOSEN)
    async with open_engine(world.deployment, "boss", CHOSEN, background=False):
        # Somebody with MongoDB's own tools took the role away from the other; records and roster still tell of it.
        world.db.command("revokeRolesFromUser", "boss", roles=[{"role": "ds_admin", "db": DATABASE}])
        people = office.accounts.people
        alone = (await people.person("admin")).changed(disabled=True)
        with pytest.raises(LastAdmin):
            await people.replace(alone, other_row(), await office.session.administrators() - {"admin"})


def other_row():
    return AuditRow(datetime(2026, 11, 24, tzinfo=UTC), "boss", "desk", "account.disabled", "account:boss")


@pytest.mark.parametrize("act", ["move", "disable", "enable", "reset_password", "finish"])
async def test_S8_nobody_changes_the_standing_of_the_own_account(office, act):
    more = (COUNTER,) if act == "move" else ()
    with pytest.raises(OwnAccount):
        await getattr(office.accounts, act)(office.actor, "admin", *more)


async def test_whoever_gives_the_rights_of_an_administrator_proves_to_be_who_is_signed_in(world, office):
    with pytest.raises(SignInRefused):
        await office.accounts.create(office.actor, NewPerson("bo", "B", "", "", Post(Role.ADMIN)), "wrong")
    with pytest.raises(SignInRefused):
        await office.accounts.move(office.actor, "clerk2", Post(Role.ADMIN), "wrong")
    with pytest.raises(SignInRefused):
        await office.accounts.move(office.actor, "clerk2", Post(Role.ADMIN))
    await office.accounts.move(office.actor, "clerk2", Post(Role.ADMIN), PASSWORD)
    with pytest.raises(SignInRefused):
        await office.accounts.reset_password(office.actor, "clerk2", "wrong")
    await office.accounts.disable(office.actor, "clerk2", PASSWORD)
    with pytest.raises(SignInRefused):
        await office.accounts.enable(office.actor, "clerk2", "wrong")

    assert {"admin"} == admins_of(world)


async def test_S8_every_change_is_in_the_audit_with_both_sides_and_without_any_password(world, office):
    _, once = await make(office)
    await office.accounts.edit(office.actor, "nele", "Nele Vogt", "nele@example.org", "")
    await office.accounts.move(office.actor, "nele", Post(Role.CLIENT, LISBON.id))
    await office.accounts.move(office.actor, "nele", Post(Role.OWNER, owner_id="owner-1"))
    await office.accounts.disable(office.actor, "nele", PASSWORD)
    await office.accounts.enable(office.actor, "nele")
    issued = await office.accounts.reset_password(office.actor, "nele")
    await choose_password(world.deployment, "nele", issued.password, CHOSEN)
    rows = list(world.db.audit.find().sort("_id", 1))

    assert [
        ("admin", "account.created"),
        ("admin", "account.edited"),
        ("admin", "account.moved"),
        ("admin", "account.role_changed"),
        ("admin", "account.disabled"),
        ("admin", "account.enabled"),
        ("admin", "account.password_reset"),
        ("nele", "account.password_changed"),
    ] == [(row["by"], row["what"]) for row in rows]
    assert {"account:nele"} == {row["subject"] for row in rows}
    assert ({"branch": "br-berlin"}, {"branch": "br-lisbon"}) == (rows[2]["before"], rows[2]["after"])
    assert ({"role": "client", "branch": "br-lisbon", "fleet": ""}) == rows[3]["before"]
    for secret in (once, issued.password, CHOSEN, PASSWORD):
        assert secret not in str(rows)


async def test_two_administrators_change_one_account_and_the_second_is_told(world, office):
    await make(office)
    person = await office.accounts.people.person("nele")
    row = other_row()
    await office.accounts.people.replace(person.changed(name="One"), row)
    with pytest.raises(Overtaken):
        await office.accounts.people.replace(person.changed(name="Two"), row)

    assert "One" == world.db.people.find_one({"_id": "nele"})["name"]


async def test_what_was_cut_off_shows_as_a_flaw_and_is_finished(world, office):
    await make(office)
    world.db.command("grantRolesToUser", "nele", roles=[{"role": "dbOwner", "db": DATABASE}, "ds_owner"])
    world.db.command("updateUser", "nele", customData={"branch_id": "br-lisbon"})
    row = await office.accounts.person(office.actor, "nele")
    await office.accounts.finish(office.actor, "nele")
    world.db.command("dropUser", "nele")
    gone = await office.accounts.person(office.actor, "nele")
    issued = await office.accounts.finish(office.actor, "nele")

    assert (Flaw.ROLE, Flaw.RIGHTS, Flaw.PLACE) == row.flaws
    assert (Flaw.MISSING,) == gone.flaws
    assert is_one_time(issued.password)
    assert () == (await office.accounts.person(office.actor, "nele")).flaws


async def test_the_name_of_an_account_is_taken_once(world, office):
    await make(office)
    with pytest.raises(AccountTaken):
        await make(office, NewPerson("NELE", "Another Nele", "", "", COUNTER))
    with pytest.raises(AccountTaken):
        await make(office, NewPerson("clerk", "Not this one", "", "", COUNTER))
    with pytest.raises(NotFound):
        await office.accounts.disable(office.actor, "nobody", PASSWORD)
    await office.accounts.disable(office.actor, "nele", PASSWORD)
    with pytest.raises(MoveRefused):
        await office.accounts.reset_password(office.actor, "nele")


async def test_a_renters_account_carries_its_own_details_and_reaches_nobody_elses(world, office):
    post = Post(Role.RENTER, renter=RENTER)
    _, once = await make(office, NewPerson("ada", RENTER.name, RENTER.email, RENTER.phone, post))
    await choose_password(world.deployment, "ada", once, CHOSEN)

    async with open_engine(world.deployment, "ada", CHOSEN, background=False) as desk:
        assert RENTER == desk.actor.renter


async def test_one_changes_the_own_password_by_knowing_it(world, office):
    _, once = await make(office)
    await choose_password(world.deployment, "nele", once, CHOSEN)
    async with open_engine(world.deployment, "nele", CHOSEN, background=False) as desk:
        with pytest.raises(SignInRefused):
            await desk.accounts.change_own_password(desk.actor, "not it at all", "another phrase")
        for poor in ("short", "nele", "aaaaaaaaaaaaaaaa", "once-0000-0000-0000-0000", " padded phrase "):
            with pytest.raises(InvalidText):
                await desk.accounts.change_own_password(desk.actor, CHOSEN, poor)
        await desk.accounts.change_own_password(desk.actor, CHOSEN, "another phrase")

    async with open_engine(world.deployment, "nele", "another phrase", background=False):
        pass


async def test_an_owner_is_tied_to_a_fleet_that_is_there_or_to_a_new_one(world, office):
    world.add_cars(make_car(7, status=CarStatus.RETIRED))
    fleets = await office.accounts.fleets(office.actor)

    assert [("owner-1", 3, ("Olga Owner",))] == [(fleet.owner_id, fleet.cars, fleet.names) for fleet in fleets]
    assert office.accounts.new_fleet() != office.accounts.new_fleet()


async def test_I4_I5_no_account_is_ever_deleted_not_even_by_a_raw_connection_of_an_administrator(world, office):
    raw = pymongo.MongoClient(world.deployment.mongo_url, username="admin", password=PASSWORD, authSource=DATABASE)
    attempts = (
        lambda: raw[DATABASE].command("dropUser", "clerk"),
        lambda: raw[DATABASE].command("dropAllUsersFromDatabase"),
        lambda: raw[DATABASE].people.delete_one({"_id": "clerk"}),
        lambda: raw[DATABASE].cars.delete_one({}),
        lambda: raw[DATABASE].bookings.delete_one({}),
    )
    for attempt in attempts:
        with pytest.raises(OperationFailure) as caught:
            attempt()
        assert 13 == caught.value.code
    raw.close()

    assert not [name for name in dir(office.accounts) if "delete" in name or "remove" in name]
