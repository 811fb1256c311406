"""Accounts are MongoDB users; signing in is authenticating."""

from __future__ import annotations

from engine.adapters.mongo_client import Client, Document, speaking
from engine.adapters.mongo_documents import renter_of
from engine.domain.car import BranchId, OwnerId
from engine.domain.errors import AccountDisabled
from engine.domain.people import AccountName, Actor, Role

_ROLES = {f"ds_{role}": role for role in Role}


class MongoAccounts:
    """The port ``Accounts`` for the account that *client* is signed in with; *name* is the application's database."""

    def __init__(self, client: Client, name: str, account: str) -> None:
        self._db = client.get_database(name)
        self._account = account

    async def whoami(self) -> Actor:
        with speaking():
            # Everybody may look at the own user, and only at that one.
            found = (await self._db.command("usersInfo", self._account))["users"]
        if not found:
            raise AccountDisabled(f"{self._account} is no account of this firm")
        return _actor(found[0])


def _actor(user: Document) -> Actor:
    roles = [_ROLES[held["role"]] for held in user["roles"] if held["role"] in _ROLES]
    if len(roles) != 1:
        raise AccountDisabled(f"{user['user']} has no role")
    about = user.get("customData", {})
    branch, owner = about.get("branch_id"), about.get("owner_id")
    return Actor(
        account=AccountName(user["user"]),
        name=about.get("name") or user["user"],
        role=roles[0],
        branch_id=BranchId(branch) if branch else None,
        owner_id=OwnerId(owner) if owner else None,
        renter=renter_of(about["renter"]) if about.get("renter") else None,
    )
