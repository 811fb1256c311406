"""Accounts are MongoDB users; signing in is authenticating."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from engine.adapters.mongo.client import CODEC, Client, Connector, Document, speaking
from engine.adapters.mongo.codec.documents import renter_of, renter_within
from engine.adapters.mongo.codec.reading import must
from engine.adapters.mongo.renters import KEY_FIELD, equip, own_role, retire, unfit
from engine.domain.car.car import BranchId, OwnerId
from engine.domain.people.account_errors import AccountChanged
from engine.domain.people.accounts import Flaw, Person
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.shared.errors import AccountDisabled, NotFound

_ROLES = {f"ds_{role}": role for role in Role}
_SCRAM = ["SCRAM-SHA-256"]


class MongoAccounts:
    """The port ``Accounts`` for the account that *client* is signed in with; *name* is the application's database.

    *connector* opens further connections to the same servers, to prove a password.
    """

    def __init__(self, client: Client, name: str, account: str, connector: Connector) -> None:
        self._db = client.get_database(name)
        self._name, self._account, self._connector = name, account, connector
        self._issued: object = None
        #: The private half of a renter's own key, known after ``whoami``.
        self.signing_key: bytes | None = None

    async def whoami(self) -> Actor:
        user = await self._own_user()
        about = user.get("customData", {})
        self._issued, self.signing_key = about.get("issued_at"), about.get(KEY_FIELD)
        return _actor(user)

    async def still(self, actor: Actor) -> None:
        user = await self._own_user()
        now = replace(_actor(user), name=actor.name)
        if now != actor or user.get("customData", {}).get("issued_at") != self._issued:
            raise AccountChanged(now.role)

    async def prove(self, password: str) -> None:
        async with self._connector.open(self._account, password, self._name) as client:
            await MongoAccounts(client, self._name, self._account, self._connector).whoami()

    async def change_own_password(self, old: str, new: str) -> None:
        async with self._connector.open(self._account, old, self._name) as client:
            with speaking():
                await client[self._name].command("updateUser", self._account, pwd=new, mechanisms=_SCRAM)

    async def administrators(self) -> frozenset[AccountName]:
        with speaking():
            found = (await self._db.command("usersInfo", 1, filter={"roles": self._held(Role.ADMIN)}))["users"]
        return frozenset(AccountName(user["user"]) for user in found)

    async def flaws(self, people: Collection[Person]) -> Mapping[AccountName, tuple[Flaw, ...]]:
        if not people:
            return {}
        asked = [{"user": person.account, "db": self._name} for person in people]
        with speaking():
            users = {user["user"]: user for user in await self._users(asked)}
            unsigned = await unfit(self._db, people, users)
        return {
            person.account: self._flaws(person, users.get(person.account), keyless=person.account in unsigned)
            for person in people
        }

    async def apply(self, person: Person, password: str = "") -> None:
        """Rights go first and come last: in between the account may do less, never more."""
        wanted = roles_of(person, self._name)
        secret: Document = {"pwd": password, "mechanisms": _SCRAM} if password else {}
        with speaking():
            users = await self._users(person.account)
            if not users and not password:
                raise NotFound("account", person.account)
            about = await self._about(person, users[0] if users else {}, renew=bool(password))
            if not users:
                await self._db.command("createUser", person.account, roles=wanted, customData=about, **secret)
                return
            surplus = [role for role in users[0]["roles"] if role not in wanted and role["db"] == self._name]
            if surplus:
                await self._db.command("revokeRolesFromUser", person.account, roles=surplus)
            await self._db.command("updateUser", person.account, customData=about, **secret)
            if any(role not in users[0]["roles"] for role in wanted):
                await self._db.command("grantRolesToUser", person.account, roles=wanted)

    async def _about(self, person: Person, user: Document, *, renew: bool) -> Document:
        """What the user tells of itself; a new password comes with a new key, whoever knew the old ones."""
        if person.post.role is not Role.RENTER or person.disabled:
            await retire(self._db, person.account)
        if person.post.role is not Role.RENTER:
            return about_document(person)
        held = user.get("customData", {})
        if person.disabled:
            return about_document(person) | {name: held[name] for name in (KEY_FIELD,) if name in held}
        key = await equip(self._db, person, held, datetime.now(UTC), renew=renew)
        return about_document(person) | key

    def _held(self, role: Role) -> Document:
        return {"role": f"ds_{role}", "db": self._name}

    def _flaws(self, person: Person, user: Document | None, *, keyless: bool) -> tuple[Flaw, ...]:
        if user is None:
            return (Flaw.MISSING,)
        wanted, held = roles_of(person, self._name), user["roles"]
        ours = [role for role in held if role in wanted or (role["role"] in _ROLES and role["db"] == self._name)]
        about = {name: value for name, value in user.get("customData", {}).items() if name != KEY_FIELD}
        found = {
            Flaw.ROLE: sorted(ours, key=str) != sorted(wanted, key=str),
            Flaw.RIGHTS: len(ours) != len(held),
            Flaw.PLACE: about != about_document(person),
            Flaw.KEY: keyless,
        }
        return tuple(flaw for flaw, there in found.items() if there)

    async def _users(self, asked: str | list[Document]) -> list[Document]:
        found: list[Document] = (await self._db.command("usersInfo", asked, codec_options=CODEC))["users"]
        return found

    async def _own_user(self) -> Document:
        with speaking():
            # Everybody may look at the own user, and only at that one.
            found = await self._users(self._account)
        if not found:
            raise AccountDisabled(f"{self._account} is no account of this firm")
        return found[0]


def roles_of(person: Person, database: str) -> list[Document]:
    """What the user of *person* has to hold: the role of all like it, and a renter's account its own beside it."""
    if person.disabled:
        return []
    own = own_role(person)
    names = [f"ds_{person.post.role}", *([] if own is None else [own])]
    return [{"role": name, "db": database} for name in names]


def about_document(person: Person) -> Document:
    """What the account itself may know of itself; administrators write it, the account cannot."""
    post = person.post
    return {
        "name": person.name,
        "branch_id": post.branch_id,
        "owner_id": post.owner_id,
        "renter": renter_within(post.renter) if post.renter else None,
        "issued_at": person.issued_at,
    }


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
        renter=must("accounts", about["renter"], renter_of) if about.get("renter") else None,
    )
