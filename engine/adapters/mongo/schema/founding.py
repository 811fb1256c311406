"""A deployment's first accounts: made with the rights of MongoDB's own administrator, not with ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.adapters.mongo.accounts import about_document, roles_of
from engine.adapters.mongo.client import Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.documents import renter_of
from engine.adapters.mongo.codec.people import person_document, person_of
from engine.adapters.mongo.codec.reading import sound
from engine.adapters.mongo.guest import GUEST, GUEST_PASSWORD
from engine.adapters.mongo.people import ADMINS
from engine.adapters.mongo.renters import equip, unfit
from engine.domain.car.car import BranchId, OwnerId
from engine.domain.people.accounts import Person, Post, is_one_time
from engine.domain.people.people import AccountName, Renter, Role
from engine.domain.shared.period import whole_milliseconds
from engine.domain.shared.remark import Remark, remark

_ROLES = {f"ds_{role}": role for role in Role}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Attributes: ``branch_id`` and ``owner_id`` tie the account to a branch or a fleet where its role has one.

    ``renter`` is the person a renter's own account books for; the account carries the details itself.
    """

    account: str
    password: str = field(repr=False)
    role: Role
    name: str
    branch_id: str | None = None
    owner_id: str | None = None
    renter: Renter | None = None


async def create_account(client: Client, name: str, new: NewAccount) -> bool:
    """A database user with the role of *new*; False when the account exists (it is left as it is)."""
    with speaking():
        db = database(client, name)
        if (await db.command("usersInfo", new.account))["users"]:
            return False
        person = _person_of(new)
        await db.command(
            "createUser",
            new.account,
            pwd=new.password,
            roles=roles_of(person, name),
            mechanisms=["SCRAM-SHA-256"],
            customData=about_document(person) | await equip(db, person, {}, person.created_at, renew=True),
        )
        await _record(db, person)
    return True


async def has_admin(client: Client, name: str) -> bool:
    with speaking():
        users = (await database(client, name).command("usersInfo", 1))["users"]
    return any(role["role"] == f"ds_{Role.ADMIN}" for user in users for role in user["roles"])


async def found(db: Database) -> list[Remark]:
    """The account that guests ask through, a record for each user that has none, and who administers."""
    changes = []
    users = (await db.command("usersInfo", 1))["users"]
    if all(user["user"] != GUEST for user in users):
        role = {"role": "ds_guest", "db": db.name}
        await db.command("createUser", GUEST, pwd=GUEST_PASSWORD, roles=[role], mechanisms=["SCRAM-SHA-256"])
        changes.append(remark("done.account_guest", account=GUEST))
    whole = {each["_id"] async for each in db.people.find({"version": {"$exists": True}}, {"_id": 1})}
    for user in users:
        held = next((_ROLES[each["role"]] for each in user["roles"] if each["role"] in _ROLES), None)
        if held is not None and user["user"] not in whole:
            await _record(db, _person_of(_read(user, held)))
            changes.append(remark("done.account", account=user["user"]))
    changes += await _renters(db, users)
    admins = [user["user"] for user in users if {"role": f"ds_{Role.ADMIN}", "db": db.name} in user["roles"]]
    roster = await db.roster.find_one({"_id": ADMINS})
    if roster is None or sorted(roster["members"]) != sorted(admins):
        await db.roster.replace_one({"_id": ADMINS}, {"members": admins}, upsert=True)
        none = remark("done.administrators_none")
        changes.append(remark("done.administrators", accounts=", ".join(admins)) if admins else none)
    return changes


async def _renters(db: Database, users: list[Document]) -> list[Remark]:
    """Renters' accounts of an older version have no key, role and views of their own.

    A row of ``people`` that cannot be read names nobody to equip; Health tells of it.
    """
    by_name, changes = {user["user"]: user for user in users}, []
    rows = await db.people.find({"role": Role.RENTER, "disabled": False}).to_list()
    people = sound("people", rows, person_of)
    keyless = await unfit(db, people, by_name)
    for person in people:
        user = by_name.get(person.account)
        if user is None or {"role": f"ds_{Role.RENTER}", "db": db.name} not in user["roles"]:
            continue
        held = user.get("customData", {})
        wanted = roles_of(person, db.name)
        if person.account not in keyless and all(role in user["roles"] for role in wanted):
            continue
        key = await equip(db, person, held, whole_milliseconds(datetime.now(UTC)), renew=False)
        await db.command("updateUser", person.account, customData={**held, **key})
        await db.command("grantRolesToUser", person.account, roles=wanted)
        changes.append(remark("done.account_equipped", account=person.account))
    return changes


async def _record(db: Database, person: Person) -> None:
    await db.people.replace_one({"_id": person.account}, person_document(person), upsert=True)
    if person.administers:
        await db.roster.update_one({"_id": ADMINS}, {"$addToSet": {"members": person.account}}, upsert=True)


def _read(user: Document, role: Role) -> NewAccount:
    about = user.get("customData", {})
    renter = renter_of(about["renter"]) if about.get("renter") else None
    name = about.get("name") or user["user"]
    return NewAccount(user["user"], "", role, name, about.get("branch_id"), about.get("owner_id"), renter)


def _person_of(new: NewAccount) -> Person:
    now = whole_milliseconds(datetime.now(UTC))
    branch = BranchId(new.branch_id) if new.branch_id and new.role is Role.CLIENT else None
    post = Post(new.role, branch, OwnerId(new.owner_id) if new.owner_id else None, new.renter)
    email, phone = (new.renter.email, new.renter.phone) if new.renter else ("", "")
    issued_at = now if is_one_time(new.password) else None
    return Person(AccountName(new.account), new.name, email, phone, post, now, issued_at=issued_at)
