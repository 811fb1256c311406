"""What a raw connection of each role tries, past all our code, and what the server answers.

``python tests/integration/security/attempts.py`` starts servers of its own, tries everything, and prints the page
``docs/security-table.md``; a test holds that file to what is true.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pymongo
from bson import ObjectId
from pymongo.errors import OperationFailure

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from builders import make_car

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.codec.documents import car_document
from engine.adapters.mongo.guest import GUEST, GUEST_PASSWORD
from engine.adapters.mongo.schema.provision import NewAccount, create_account, provision
from engine.adapters.mongo.schema.rights import privileges
from engine.adapters.mongo.schema.shapes import SHAPES
from engine.adapters.mongo.schema.views import VIEWS, own_names
from engine.domain.firm.settings import FirmSettings
from engine.domain.people.people import AccountName, Renter, RenterId, Role
from engine.embedded.servers import open_servers

NAME, PASSWORD = "ds_security", "a pass phrase for trying"
ROLES = (Role.CLIENT, Role.OWNER, Role.RENTER, Role.WORKER, Role.BACKUP, Role.ADMIN)
COLUMNS = (*(role.value for role in ROLES), GUEST)
NOBODY: frozenset[str] = frozenset()
ADMIN = frozenset({"admin"})
#: Whoever copies everything reads everything.
READS_ALL = frozenset({"admin", "backup"})
_NONE = {"_id": "no such"}
_JS = "function() { return 1 }"
_SHAPE_REFUSED = 121
_READ_PEOPLE = {"resource": {"db": NAME, "collection": "people"}, "actions": ["find"]}


@dataclass(frozen=True)
class Attempt:
    """Attributes: ``may`` are the columns the server lets do it; everybody else is refused."""

    words: str
    act: Callable[[pymongo.database.Database, str], object]
    may: frozenset[str] = NOBODY


def _aggregate(*stages: dict) -> Callable[[pymongo.database.Database, str], object]:
    return lambda db, _who: list(db.cars.aggregate(list(stages)))


def _grant(role: str, database: str = NAME) -> Callable[[pymongo.database.Database, str], object]:
    return lambda db, who: db.command("grantRolesToUser", who, roles=[{"role": role, "db": database}])


def _server(command: str, value: object = 1, **more: object) -> Callable[[pymongo.database.Database, str], object]:
    return lambda db, _who: db.client.admin.command(command, value, **more)


def _make_user(db: pymongo.database.Database, _who: str) -> object:
    return db.command("createUser", "evil", pwd="evil evil evil", roles=[{"role": "ds_client", "db": NAME}])


ACCOUNTS = (
    Attempt("grant itself `ds_admin`", _grant("ds_admin"), ADMIN),
    Attempt("grant itself MongoDB's own `dbOwner` of this database", _grant("dbOwner"), ADMIN),
    Attempt("grant itself `root` of the server", _grant("root", "admin")),
    Attempt("grant itself `readWrite` of another database", _grant("readWrite", "elsewhere")),
    Attempt("create an account", _make_user, ADMIN),
    Attempt("change somebody else's password", lambda db, _: db.command("updateUser", "victim", pwd="x" * 12), ADMIN),
    Attempt(
        "change its own branch, fleet or name", lambda db, who: db.command("updateUser", who, customData={}), ADMIN
    ),
    Attempt("look at another account", lambda db, _: db.command("usersInfo", "victim"), ADMIN),
    Attempt(
        "see salt and SCRAM keys of its own password",
        lambda db, who: db.command("usersInfo", who, showCredentials=True),
        frozenset(COLUMNS),
    ),
    Attempt("delete an account", lambda db, _: db.command("dropUser", "victim")),
    Attempt("delete all accounts", lambda db, _: db.command("dropAllUsersFromDatabase")),
    Attempt("make a role", lambda db, _: db.command("createRole", "evil", privileges=[], roles=[]), ADMIN),
    Attempt(
        "widen a role by another", lambda db, _: db.command("grantRolesToRole", "ds_client", roles=["dbOwner"]), ADMIN
    ),
    Attempt(
        "widen a role by a right",
        lambda db, _: db.command(
            "grantPrivilegesToRole",
            "ds_client",
            privileges=[_READ_PEOPLE],
        ),
        ADMIN,
    ),
    Attempt("read the server's own users", lambda db, _: db.client.admin["system.users"].find_one()),
)
SCHEMA = (
    Attempt("drop a collection", lambda db, _: db.bookings.drop()),
    Attempt("drop the database", lambda db, _: db.client.drop_database(NAME)),
    Attempt("make a collection", lambda db, _: db.command("create", "evil"), ADMIN),
    Attempt("make a view of everybody's bookings", lambda db, _: db.command(
        "create", "evil", viewOn="bookings", pipeline=[]), ADMIN),
    Attempt("alter a view", lambda db, _: db.command(
        "collMod", "booking_standings", viewOn="bookings", pipeline=[])),
    Attempt("drop a view", lambda db, _: db["booking_standings"].drop()),
    Attempt("take a shape away", lambda db, _: db.command("collMod", "bookings", validator={})),
    Attempt("write past the shape", lambda db, _: db.command(
        "insert", "bookings", documents=[{"x": 1}], bypassDocumentValidation=True)),
    Attempt("drop the indexes", lambda db, _: db.bookings.drop_indexes()),
    Attempt("rename a collection", lambda db, _: db.client.admin.command(
        "renameCollection", f"{NAME}.audit", to=f"{NAME}.gone")),
    Attempt("watch everything that happens in the database", lambda db, _: db.watch(max_await_time_ms=1).close(),
        frozenset({"backup"})),
)  # fmt: skip
PIPELINES = (
    Attempt("`$where`: run JavaScript in a query", lambda db, _: list(db.cars.find({"$where": _JS}))),
    Attempt("`$function`: run JavaScript in a pipeline", _aggregate(
        {"$project": {"x": {"$function": {"body": _JS, "args": [], "lang": "js"}}}})),
    Attempt("`$accumulator`: the same in a group", _aggregate({"$group": {"_id": 1, "x": {"$accumulator": {
        "init": _JS, "accumulate": _JS, "accumulateArgs": [], "merge": _JS, "lang": "js"}}}})),
    Attempt("`mapReduce`", lambda db, _: db.command("mapReduce", "cars", map=_JS, reduce=_JS, out={"inline": 1})),
    Attempt("`$out`: copy into a new collection", _aggregate({"$out": "evil"})),
    Attempt("`$out`: over the ledger", _aggregate({"$out": "ledger"})),
    Attempt("`$merge`: over the audit", _aggregate({"$merge": {"into": "audit", "whenMatched": "replace"}})),
    Attempt("`$merge`: into another database", _aggregate({"$merge": {"into": {"db": "elsewhere", "coll": "x"}}})),
    Attempt("`$lookup` into people", _aggregate(
        {"$lookup": {"from": "people", "pipeline": [], "as": "x"}}), READS_ALL),
    Attempt("`$unionWith` the audit", _aggregate({"$unionWith": "audit"}), READS_ALL),
    Attempt("`$graphLookup` into the ledger", _aggregate({"$graphLookup": {
        "from": "ledger", "startWith": "$_id", "connectFromField": "_id", "connectToField": "car_id", "as": "x"}}),
        frozenset({"admin", "backup", "owner", "worker"})),
)  # fmt: skip
SERVER = (
    Attempt("read another database", lambda db, _: db.client.elsewhere.things.find_one()),
    Attempt("write another database", lambda db, _: db.client.elsewhere.things.insert_one({})),
    Attempt("list every database", _server("listDatabases", authorizedDatabases=False)),
    Attempt("read the oplog", lambda db, _: db.client.local["oplog.rs"].find_one()),
    Attempt("read the configuration", lambda db, _: db.client.config.settings.find_one()),
    Attempt("`applyOps`", _server("applyOps", [])),
    Attempt("`serverStatus`", _server("serverStatus")),
    Attempt("`getLog`", _server("getLog", "global")),
    Attempt("`getCmdLineOpts`", _server("getCmdLineOpts")),
    Attempt("`setParameter`", _server("setParameter", logLevel=0)),
    Attempt("see what others are doing", _server("currentOp", allUsers=True)),
    Attempt("end what others are doing", _server("killOp", op=1)),
    Attempt("step the primary down", _server("replSetStepDown", 1)),
    Attempt("change the replica set", _server("replSetReconfig", {})),
    Attempt("shut the server down", _server("shutdown")),
)
GROUPS = {"Accounts and roles": ACCOUNTS, "Collections": SCHEMA, "Pipelines": PIPELINES, "The server": SERVER}
VERBS: dict[str, Callable[[pymongo.collection.Collection], object]] = {
    "R": lambda c: c.find_one(),
    "I": lambda c: c.insert_one({"_id": ObjectId(), "no": "shape"}),
    "U": lambda c: c.update_one(_NONE, {"$set": {"x": 1}}),
    "D": lambda c: c.delete_one(_NONE),
}


class Prober:
    """Tries in the name of each role on one prepared database, and puts back what worked."""

    def __init__(self, url: str, root: pymongo.MongoClient) -> None:
        self._root = root[NAME]
        self._found: dict[tuple[str, str], str] = {}
        self._let_do: dict[Attempt, frozenset[str]] = {}
        self._raw = {
            who: pymongo.MongoClient(
                url,
                username=who,
                password=GUEST_PASSWORD if who == GUEST else PASSWORD,
                authSource=NAME,
                retryReads=False,
                retryWrites=False,
            )[NAME]
            for who in COLUMNS
        }

    def close(self) -> None:
        for db in self._raw.values():
            db.client.close()

    def may(self, attempt: Attempt) -> frozenset[str]:
        """Who was let do it. Tried once: what it did is put back, so it would go the same way again."""
        if attempt not in self._let_do:
            self._let_do[attempt] = frozenset(
                who for who, db in self._raw.items() if self._let(lambda db=db, who=who: attempt.act(db, who))
            )
        return self._let_do[attempt]

    def rights(self, collection: str, who: str) -> str:
        """Letters of what the server lets *who* do with *collection*; tried once."""
        if (collection, who) not in self._found:
            place = self._raw[who][collection]
            letters = (letter for letter, act in VERBS.items() if self._let(lambda act=act: act(place)))
            self._found[collection, who] = "".join(letters)
        return self._found[collection, who]

    def _let(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except OperationFailure as problem:
            # Its rights let it through, and the shape of the collection stopped it.
            return problem.code == _SHAPE_REFUSED
        finally:
            self._mend()
        return True

    def _mend(self) -> None:
        for mend in (("dropUser", "evil"), ("dropRole", "evil")):
            with suppress(OperationFailure):
                self._root.command(*mend)
        self._root.drop_collection("evil")
        self._root.command("updateRole", "ds_client", privileges=privileges("ds_client", NAME), roles=[])
        admin = self._root.command("usersInfo", "admin")["users"][0]
        ours = {"role": "ds_admin", "db": NAME}
        strange = [role for role in admin["roles"] if role != ours]
        if strange:
            self._root.command("revokeRolesFromUser", "admin", roles=strange)


def prepare(url: str, root_name: str, root_password: str) -> None:
    async def fill() -> None:
        client = connect(url, Credentials(root_name, root_password, "admin"))
        await provision(client, NAME, FirmSettings())
        renter = Renter(RenterId("r"), "R", "r@example.org", "+4930901820", "L")
        for role in ROLES:
            owner, person = "o" if role is Role.OWNER else None, renter if role is Role.RENTER else None
            await create_account(client, NAME, NewAccount(role, PASSWORD, role, role, None, owner, person))
        await create_account(client, NAME, NewAccount("victim", PASSWORD, Role.CLIENT, "V"))
        other = Renter(RenterId("r2"), "R2", "r2@example.org", "+4930901821", "L2")
        await create_account(client, NAME, NewAccount("renter2", PASSWORD, Role.RENTER, "R2", renter=other))
        # Something has to be there: a pipeline over nothing runs nothing.
        await client[NAME].cars.replace_one({"_id": "car-1"}, car_document(make_car(1)), upsert=True)
        await client.close()

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(fill())


def page(prober: Prober) -> str:
    """The whole of ``docs/security-table.md``."""
    lines = [_HEAD, *_matrix(prober)]
    for title, attempts in GROUPS.items():
        lines += [f"\n## {title}\n", _row(("tried with a raw connection", *COLUMNS)), _rule()]
        lines += [_row((each.words, *_cells(prober.may(each)))) for each in attempts]
    return "\n".join((*lines, _FOOT))


def _matrix(prober: Prober) -> Iterable[str]:
    yield _row(("collection", *COLUMNS))
    yield _rule()
    for collection in sorted(SHAPES):
        yield _row((collection, *(prober.rights(collection, who) or "-" for who in COLUMNS)))
    own, other = own_names(AccountName("renter"), RenterId("r")), own_names(AccountName("renter2"), RenterId("r2"))
    views = {
        **{f"{name} (view)": name for name in sorted(VIEWS)},
        "own.bookings (view of the renter's account)": own.bookings,
        "own.answers (view of the renter's account)": own.answers,
        "own.bookings of another renter": other.bookings,
        "own.answers of another renter": other.answers,
    }
    for words, view in views.items():
        yield _row((words, *(prober.rights(view, who) or "-" for who in COLUMNS)))


def _cells(may: frozenset[str]) -> list[str]:
    return ["**may**" if who in may else "refused" for who in COLUMNS]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule() -> str:
    return "|" + "---|" * (len(COLUMNS) + 1)


_HEAD = """# What a raw connection can do

Somebody has an account's name and password and uses them with MongoDB's own tools, past the whole program. This page
says what the server then lets through. It is printed by `python tests/integration/security/attempts.py`, which tries
each line against a real server, and a test fails when it is no longer true. What to make of it:
[decision 0014](decisions/0014-threat-model.md).

## Collections: read, insert, update, delete
"""
_FOOT = """
An administrator can make itself `dbOwner` and widen a role: MongoDB cannot give the right to grant our roles without
the right to grant its own on the same database. The Users page shows such an account as *to be mended* and names the
reason; the Health page finds a widened role, and `drivesphere provision` puts it right.
"""


def main() -> int:
    async def whole() -> str:
        with tempfile.TemporaryDirectory(prefix="drivesphere-security-") as folder:
            async with open_servers(Path(folder), sandbox=False) as servers:
                return await asyncio.to_thread(_print_from, servers)

    sys.stdout.write(asyncio.run(whole()))
    return 0


def _print_from(servers: object) -> str:
    prepare(servers.mongo_url, servers.root_name, servers.root_password)
    root = pymongo.MongoClient(servers.mongo_url, username=servers.root_name, password=servers.root_password)
    prober = Prober(servers.mongo_url, root)
    try:
        return page(prober)
    finally:
        prober.close()
        root.close()


if __name__ == "__main__":
    sys.exit(main())
