"""Make a MongoDB ready for the program; may be run again at any time and says what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.adapters.mongo.client import Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.settings import begin_series
from engine.adapters.mongo.long import while_it_answers
from engine.adapters.mongo.renters import make_views, same_view, wanted_views
from engine.adapters.mongo.schema.founding import NewAccount, create_account, found, has_admin
from engine.adapters.mongo.schema.indexes import INDEXES
from engine.adapters.mongo.schema.migrate import Hear, Upgrade, deaf
from engine.adapters.mongo.schema.rights import RIGHTS, privileges
from engine.adapters.mongo.schema.rules import LEVEL, VALIDATORS, same_validator
from engine.domain.firm.settings import FirmSettings
from engine.domain.shared.errors import Misconfigured
from engine.domain.shared.remark import Remark, remark

__all__ = ["NewAccount", "create_account", "has_admin", "provision"]

_OLDEST = (6, 0)
#: Fewer rows have their index before anybody could read that it is made.
_TAKES_TIME = 10_000


async def provision(client: Client, name: str, settings: FirmSettings, hear: Hear = deaf) -> list[Remark]:
    """Create what is missing in database *name* and mend what differs; *hear* is told what takes its time.

    Returns:
        A line for each change, in the order of the changes; empty when nothing was to be done.

    Raises:
        Misconfigured: A standalone server, or one older than 6.0.
        ProgramTooOld: The database is of a later release; nothing was changed.
        Forbidden: The account may not create collections or roles.
        Unavailable: The server does not answer, or went away in the middle: another run goes on from there.
    """
    with speaking():
        await _refuse_unfit(client)
    # An index over a million rows takes longer than a desk's question may.
    return await while_it_answers(client, _provided(client, database(client, name), settings, hear))


async def _provided(client: Client, db: Database, settings: FirmSettings, hear: Hear) -> list[Remark]:
    upgrade = await Upgrade.of(db, hear)
    changes = await _create(db)
    await upgrade.rewrite()
    changes += await _validators(db, upgraded=bool(upgrade.pending))
    for collection in INDEXES:
        changes += await _indexes(db, collection, hear)
    changes += await _views(db)
    for role in RIGHTS:
        changes += await _role(db, role)
    changes += await begin_series(client, db, settings)
    changes += await found(db)
    return [*changes, *await upgrade.arrive()]


async def _refuse_unfit(client: Client) -> None:
    hello = await client.admin.command("hello")
    if "setName" not in hello:
        raise Misconfigured("mongo.standalone")
    version = (await client.admin.command("buildInfo"))["versionArray"]
    if tuple(version[:2]) < _OLDEST:
        raise Misconfigured("mongo.too_old", major=version[0], minor=version[1])


async def _create(db: Database) -> list[Remark]:
    there = await db.list_collection_names()
    missing = [collection for collection in VALIDATORS if collection not in there]
    for collection in missing:
        await db.create_collection(collection, validator=VALIDATORS[collection], validationLevel=LEVEL)
    return [remark("done.collection", collection=collection) for collection in missing]


async def _validators(db: Database, *, upgraded: bool) -> list[Remark]:
    changes = list[Remark]()
    there = {info["name"]: info async for info in await db.list_collections()}
    for collection, validator in VALIDATORS.items():
        if not same_validator(there[collection]["options"], validator):
            # An upgrade made it strict for its time, which is no change to tell.
            strict = same_validator({**there[collection]["options"], "validationLevel": LEVEL}, validator)
            await db.command(
                "collMod", collection, validator=validator, validationLevel=LEVEL, validationAction="error"
            )
            changes += [] if strict and upgraded else [remark("done.validator", collection=collection)]
    return changes


async def _views(db: Database) -> list[Remark]:
    wanted = await wanted_views(db)
    changes = [remark("done.view", view=name) for name in await make_views(db, wanted)]
    there = {info["name"]: info async for info in await db.list_collections(filter={"type": "view"})}
    for name, view in wanted.items():
        if not same_view(there[name], view):
            await db.command("collMod", name, viewOn=view.on, pipeline=list(view.pipeline))
            changes.append(remark("done.view_renewed", view=name))
    return changes


async def _indexes(db: Database, collection: str, hear: Hear) -> list[Remark]:
    held = db[collection]
    there = await held.index_information()
    missing = [each for each in INDEXES[collection] if not _is_there(there, each.document)]
    if not missing:
        return []
    rows = await held.estimated_document_count()
    # Over many rows each by itself: a run that is cut off has made those before.
    groups = [missing] if rows < _TAKES_TIME else [[each] for each in missing]
    for group in groups:
        names = [each.document["name"] for each in group]
        if rows >= _TAKES_TIME:
            hear(remark("progress.index", collection=collection, index=names[0], rows=rows))
        for name in there.keys() & set(names):
            await held.drop_index(name)
        await held.create_indexes(group)
    told = [each.document["name"] for each in missing]
    made = "done.index", "done.index_renewed"
    return [remark(made[name in there], collection=collection, index=name) for name in told]


def _is_there(there: Mapping[str, Any], wanted: Document) -> bool:
    return wanted["name"] in there and same_index(there[wanted["name"]], wanted)


def same_index(there: Mapping[str, Any], wanted: Document) -> bool:
    options = ("unique", "sparse", "partialFilterExpression", "expireAfterSeconds")
    same_keys = [tuple(pair) for pair in there["key"]] == list(wanted["key"].items())
    return same_keys and all(there.get(option) == wanted.get(option) for option in options)


async def _role(db: Database, role: str) -> list[Remark]:
    wanted = privileges(role, db.name)
    found = (await db.command("rolesInfo", role, showPrivileges=True))["roles"]
    if not found:
        await db.command("createRole", role, privileges=wanted, roles=[])
        return [remark("done.role", role=role)]
    if not same_rights(found[0], wanted):
        await db.command("updateRole", role, privileges=wanted, roles=[])
        return [remark("done.rights", role=role)]
    return []


def same_rights(role: Document, wanted: list[Document]) -> bool:
    """Whether *role* carries what is wanted, and no other role's rights through being granted one."""
    return not role["roles"] and _comparable(role["privileges"]) == _comparable(wanted)


def _comparable(rights: list[Document]) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(r["resource"]["db"], r["resource"]["collection"], tuple(sorted(r["actions"]))) for r in rights}
