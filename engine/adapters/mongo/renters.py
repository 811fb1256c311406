"""What a renter's account needs in the database beside its user: a key, a role and two views of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bson import Binary
from pymongo.errors import OperationFailure

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.people import signer_document
from engine.adapters.mongo.schema.views import VIEWS, View, own_names, own_views
from engine.adapters.wish_signing import KEY_BYTES, new_key, public_half
from engine.domain.booking.wish import Signer
from engine.domain.people.accounts import Person
from engine.domain.people.people import AccountName, Renter, RenterId, Role

#: Where in an account's own user the private half lies; only the account and administrators can read it.
KEY_FIELD = "key"
_EXISTS = 48


async def equip(db: Database, person: Person, held: Mapping[str, object], now: datetime, *, renew: bool) -> Document:
    """Make role, views and key of *person*, a renter's account, as they should be.

    *held* is the ``customData`` of the account's user as it is; with *renew* it gets another key, for instance because
    somebody else may have the old one.

    Returns:
        What the user's ``customData`` has to hold besides what it tells of the person.
    """
    renter = person.post.renter
    if renter is None:
        return {}
    await make_views(db, own_views(person.account, renter.id))
    await _role(db, person)
    private = held.get(KEY_FIELD)
    if renew or not isinstance(private, bytes) or len(private) != KEY_BYTES:
        private = new_key()
    row = {**signer_document(_signer(person, renter, private)), "since": now}
    await db.wish_keys.replace_one({"_id": person.account}, row, upsert=True)
    return {KEY_FIELD: Binary(private)}


async def retire(db: Database, account: AccountName) -> None:
    """The account asks for nothing any more: what it signed and what still waits is refused from now on."""
    await db.wish_keys.update_one({"_id": account}, {"$set": {"active": False}})


async def unfit(db: Database, people: Iterable[Person], users: Mapping[str, Document]) -> frozenset[AccountName]:
    """Renters' accounts among *people* whose key is not the one that carriers know."""
    asked = {person.account: person for person in people if person.post.role is Role.RENTER and not person.disabled}
    if not asked:
        return frozenset()
    rows = {row["_id"]: row async for row in db.wish_keys.find({"_id": {"$in": list(asked)}})}
    return frozenset(
        account
        for account, person in asked.items()
        if account in users and not _fits(person, users[account], rows.get(account))
    )


def _fits(person: Person, user: Document, row: Document | None) -> bool:
    private, renter = user.get("customData", {}).get(KEY_FIELD), person.post.renter
    if row is None or renter is None or not isinstance(private, bytes) or len(private) != KEY_BYTES:
        return False
    return {**row, "since": None} == {**signer_document(_signer(person, renter, private)), "since": None}


def _signer(person: Person, renter: Renter, private: bytes) -> Signer:
    return Signer(person.account, person.name, renter, public_half(private), active=not person.disabled)


def own_role(person: Person) -> str | None:
    """The role of the account alone, beside that of all renters; None for other accounts."""
    renter = person.post.renter
    return None if renter is None else own_names(person.account, renter.id).role


async def wanted_views(db: Database) -> dict[str, View]:
    """Every view that there should be: those of all, and those of each renter's account."""
    wanted = dict(VIEWS)
    # A key whose renter is none, written past the program, has no views; the others have theirs.
    named: Document = {"active": True, "_id": {"$type": "string"}, "renter._id": {"$type": "string"}}
    async for row in db.wish_keys.find(named, {"renter._id": 1}):
        wanted |= own_views(AccountName(row["_id"]), RenterId(row["renter"]["_id"]))
    return wanted


def same_view(there: Mapping[str, Any], wanted: View) -> bool:
    """*there* is what ``listCollections`` tells."""
    options = there["options"]
    return (options.get("viewOn"), options.get("pipeline")) == (wanted.on, list(wanted.pipeline))


async def make_views(db: Database, views: Mapping[str, View]) -> list[str]:
    """Those that are missing; the names of what was made."""
    made = []
    for name, view in views.items():
        try:
            await db.command("create", name, viewOn=view.on, pipeline=list(view.pipeline))
        except OperationFailure as problem:
            if problem.code != _EXISTS:
                raise
        else:
            made.append(name)
    return made


async def _role(db: Database, person: Person) -> None:
    renter, role = person.post.renter, own_role(person)
    if renter is None or role is None:
        return
    wanted = [
        {"resource": {"db": db.name, "collection": view}, "actions": ["find"]}
        for view in own_views(person.account, renter.id)
    ]
    if not (await db.command("rolesInfo", role))["roles"]:
        await db.command("createRole", role, privileges=wanted, roles=[])
