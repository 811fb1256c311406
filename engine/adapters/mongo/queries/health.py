"""What can be seen of MongoDB from this machine with an account's own rights; it reads and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from time import perf_counter

from pymongo import ReadPreference
from pymongo.read_concern import ReadConcern
from pymongo.server_description import ServerDescription

from engine.adapters.mongo.agreements.walk import agreements_walk
from engine.adapters.mongo.client import (
    Client,
    Connector,
    Document,
    address_of,
    connect,
    database,
    speaking,
)
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.codec.reading import Fields, read, shown, sound
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.marks.walk import marks_walk
from engine.adapters.mongo.papers.walk import papers_walk
from engine.adapters.mongo.queries.claims import claims_walk, shapes_walk
from engine.adapters.mongo.queries.ledger_sums import over
from engine.adapters.mongo.queries.series import all_odd_terms
from engine.adapters.mongo.queries.walks import Hear, deaf
from engine.adapters.mongo.renters import same_view, wanted_views
from engine.adapters.mongo.schema.indexes import INDEXES
from engine.adapters.mongo.schema.provision import same_index, same_rights
from engine.adapters.mongo.schema.rights import RIGHTS, privileges
from engine.adapters.mongo.schema.rules import VALIDATORS, same_validator
from engine.adapters.mongo.schema.version import schema_row
from engine.adapters.mongo.shifts import shifts_walk
from engine.domain.booking.restored import Outcome
from engine.domain.booking.states import BLOCKING, BookingState
from engine.domain.booking.successor import SLACK
from engine.domain.health.backup import Epoch
from engine.domain.health.claims import Walk
from engine.domain.health.health import (
    NOT_ASKED,
    NOT_READY,
    UNREACHABLE,
    BackupNote,
    Claimed,
    DatabaseFacts,
    Member,
    RestoredFacts,
    RoundFinding,
    SchemaFacts,
    has_no_majority,
)
from engine.domain.money.money import Money
from engine.domain.money.trouble import FURTHEST_DUE
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Forbidden, Unavailable
from engine.domain.shared.remark import Remark, remark
from engine.domain.shared.server_address import same_server

SWEEPER = "sweeper"
_PAGE = 2_000
_MOST_DESKS = 1_000
_SAMPLES = 3
#: Within it some engine is about to make a refund anyhow.
_SOON = timedelta(minutes=15)
_STATES = {
    "RSPrimary": "primary",
    "RSSecondary": "secondary",
    "RSArbiter": "arbiter",
    "RSOther": NOT_READY,
    "RSGhost": NOT_READY,
    "Standalone": "standalone",
    "Mongos": "router",
    "LoadBalancer": "balancer",
}


class MongoHealth:
    """The port ``Inspection``."""

    def __init__(self, client: Client, name: str, clock: ServerClock) -> None:
        self._client, self._db, self._clock = client, database(client, name), clock

    async def database(self) -> DatabaseFacts:
        """Members as the driver's own watch sees them: asking the server (replSetGetStatus) needs a cluster right."""
        with speaking():
            hello = await self._client.admin.command("hello")
            version = (await self._client.admin.command("buildInfo"))["version"]
            took = [await self._ping() for _ in range(_SAMPLES)]
            members = tuple(self._members(hello))
            if has_no_majority(members):
                await self._must_lead()
        return DatabaseFacts(version, hello.get("setName", ""), members, min(took), self._clock.offset)

    async def _must_lead(self) -> None:
        """Whoever lost the others calls itself primary for some seconds more; it cannot have them confirm a read."""
        await self._db.deployment.with_options(read_concern=ReadConcern("linearizable")).find_one()

    def members(self) -> tuple[Member, ...]:
        return tuple(_seen(self._client))

    async def _ping(self) -> timedelta:
        began = perf_counter()
        await self._client.admin.command("ping")
        return timedelta(seconds=perf_counter() - began)

    def _members(self, hello: Document) -> Iterator[Member]:
        seen = self._client.topology_description.server_descriptions()
        known = {same_server(address_of(each)): each for each in seen.values()}
        hosts = [*hello.get("hosts", ()), *hello.get("passives", ()), *hello.get("arbiters", ())]
        direct = self._client.topology_description.topology_type_name == "Single"
        me = same_server(hello.get("me", ""))
        for address in sorted({*map(same_server, hosts), *known}):
            if (found := known.get(address)) is not None:
                yield _member(address, found)
            elif not direct:
                yield Member(address, UNREACHABLE)
            elif address != me:
                yield Member(address, NOT_ASKED)

    async def schema(self) -> SchemaFacts:
        looked, wrong, unseen = 0, list[Remark](), list[Remark]()
        with speaking():
            row = await schema_row(self._db)
            there = {info["name"]: info async for info in await self._db.list_collections()}
        for collection, validator in VALIDATORS.items():
            looked += 1
            if collection not in there:
                wrong.append(remark("schema.missing", collection=collection))
            elif not same_validator(there[collection]["options"], validator):
                wrong.append(remark("schema.validator", collection=collection))
        with speaking():
            views = await wanted_views(self._db)
        looked += len(views)
        wrong += [remark("schema.view_missing", collection=name) for name in views if name not in there]
        odd = [name for name in views if name in there and not same_view(there[name], views[name])]
        wrong += [remark("schema.view", collection=name) for name in odd]
        for compared, differing in await asyncio.gather(*map(self._indexes, INDEXES.keys() & there.keys())):
            looked += compared
            wrong += differing
        roles = await self._roles()
        wrong += [line for lines in roles.values() for line in lines or ()]
        unseen += [remark("schema.role", role=role) for role, lines in roles.items() if lines is None]
        looked += len(roles) - len(unseen)
        return SchemaFacts(row["version"] if row else None, looked, tuple(sorted(wrong, key=_by_name)), tuple(unseen))

    async def _indexes(self, collection: str) -> tuple[int, list[Remark]]:
        with speaking():
            there = await self._db[collection].index_information()
        wrong, wanted = list[Remark](), [model.document for model in INDEXES[collection]]
        for document in wanted:
            name = document["name"]
            if name not in there:
                wrong.append(remark("schema.index_missing", collection=collection, index=name))
            elif not same_index(there[name], document):
                wrong.append(remark("schema.index", collection=collection, index=name))
        return len(wanted), wrong

    async def _roles(self) -> dict[str, list[Remark] | None]:
        """What is wrong with each role, in one question; None where this account may not look, role by role then."""
        try:
            return dict(await self._compared(list(RIGHTS)))
        except Forbidden:
            return {role: told for each in RIGHTS for role, told in (await self._one(each)).items()}

    async def _one(self, role: str) -> Mapping[str, list[Remark] | None]:
        try:
            return await self._compared([role])
        except Forbidden:
            return {role: None}

    async def _compared(self, roles: list[str]) -> Mapping[str, list[Remark]]:
        with speaking():
            found = (await self._db.command("rolesInfo", roles, showPrivileges=True))["roles"]
        there = {each["role"]: each for each in found}
        wrong: dict[str, list[Remark]] = {}
        for role in roles:
            if role not in there:
                wrong[role] = [remark("schema.role_missing", role=role)]
            else:
                same = same_rights(there[role], privileges(role, self._db.name))
                wrong[role] = [] if same else [remark("schema.role_rights", role=role)]
        return wrong

    async def last_round(self, name: str = SWEEPER) -> RoundFinding | None:
        with speaking():
            found = await self._db.rounds.find_one({"_id": name})
        last = read("rounds", found, _round) if found else None
        return None if isinstance(last, Damaged) else last

    async def refunds_without_car(self, now: datetime) -> int:
        taken: Document = {"state": BookingState.REFUND_DUE, "payments.attempts.captured_at": {"$type": "date"}}
        # By the index on what is due; whoever tried in vain put it off by an hour at most.
        due: Document = {"due_at": {"$lte": now + FURTHEST_DUE}, "history.at": {"$not": {"$gt": now - _SOON}}}
        with speaking():
            return await self._db.bookings.count_documents({**taken, **due})

    async def zones_of_desks(self, since: datetime) -> dict[str, str]:
        pipeline: list[Document] = [
            {"$match": {"at": {"$gte": since}, "zones": {"$gt": ""}}},
            {"$sort": {"at": -1}},
            {"$group": {"_id": "$desk", "zones": {"$first": "$zones"}}},
            {"$limit": _MOST_DESKS},
        ]
        with speaking():
            found = await (await self._db.sign_ins.aggregate(pipeline)).to_list()
        return {str(each["_id"]): str(each["zones"]) for each in found}

    async def backups(self) -> tuple[BackupNote | None, BackupNote | None]:
        with speaking():
            done = await self._db.backups.find_one({"what": "done"}, sort=[("at", -1)])
            failed = await self._db.backups.find_one({"what": "failed"}, sort=[("at", -1)])
        return _noted(done), _noted(failed)

    async def restored(self) -> RestoredFacts | None:
        deployment = MongoDeployment(self._client, self._db.name)
        epoch = await deployment.epoch()
        if epoch is None:
            return None
        looking = await deployment.looking_back() is not None
        with speaking():
            waiting = await self._db.restored_payments.count_documents({"outcome": Outcome.OPEN})
        forged = not await self._borne_out(epoch)
        return RestoredFacts(epoch.at, epoch.back_to, epoch.by, looking, waiting, epoch.id, forged)

    async def _borne_out(self, epoch: Epoch) -> bool:
        """A restore is later than the database it brought back, and makes every account anew; workers can do neither.

        Whoever may not read accounts is told what the rest says.
        """
        with speaking():
            row = await schema_row(self._db) or {}
        reached = [each["at"] for each in row.get("reached", ()) if isinstance(each.get("at"), datetime)]
        if epoch.back_to > epoch.at or epoch.at > self._clock.now() + SLACK or (reached and min(reached) > epoch.at):
            return False
        older: Document = {"created_at": {"$lt": epoch.at}}
        not_anew: Document = {"$or": [{"issued_at": None}, {"issued_at": {"$lt": epoch.at}}]}
        # One that cannot be read is not made anew.
        kept: Document = {"$and": [older, not_anew, VALIDATORS["people"]]}
        try:
            with speaking():
                return await self._db.people.find_one(kept, {"_id": 1}) is None
        except Forbidden:
            return True

    async def claims(self) -> AsyncIterator[list[Claimed]]:
        """By car, through the index on what blocks; the last car of a page may be cut off and begins the next."""
        since, limit = "", _PAGE
        while True:
            page = await self._page(since, limit)
            cars = [list(rows) for _, rows in groupby(page, key=lambda row: row["car_id"])]
            whole = len(page) < limit
            for of_one_car in cars if whole else cars[:-1]:
                yield sound("bookings", of_one_car, _claimed)
            if whole:
                return
            limit = _PAGE if len(cars) > 1 else 2 * limit
            since = page[-1]["car_id"]

    async def _page(self, since: str, limit: int) -> list[Document]:
        wanted: Document = {"state": {"$in": list(BLOCKING)}, "car_id": {"$gte": since}}
        fields = {"car_id": 1, "starts_at": 1, "ends_at": 1}
        with speaking():
            cursor = self._db.bookings.find(wanted, fields).sort([("car_id", 1), ("ends_at", 1), ("starts_at", 1)])
            return await cursor.limit(limit).batch_size(limit + 1).to_list()

    async def still(self, pair: tuple[Claimed, Claimed]) -> bool:
        wanted: Document = {"_id": {"$in": [each.booking_id for each in pair]}, "state": {"$in": list(BLOCKING)}}
        with speaking():
            found = sound("bookings", await self._db.bookings.find(wanted).to_list(), _claimed)
        if len(found) < len(pair):
            return False
        one, other = found
        same_time = one.starts_at < other.ends_at and other.starts_at < one.ends_at
        return one.car_id == other.car_id and same_time

    async def claims_beside_bookings(self, now: datetime, most: timedelta, hear: Hear = deaf) -> Walk:
        return await claims_walk(self._client, self._db, now, most, hear)

    async def rows_beside_shapes(self, most: timedelta, hear: Hear = deaf) -> Walk:
        return await shapes_walk(self._db, most, hear)

    async def agreements_beside_bookings(self, most: timedelta, hear: Hear = deaf) -> Walk:
        return await agreements_walk(self._client, self._db, most, hear)

    async def shifts_beside_bookings(self, most: timedelta, hear: Hear = deaf) -> Walk:
        return await shifts_walk(self._client, self._db, most, hear)

    async def marks_of_cars(self, most: timedelta, hear: Hear = deaf) -> Walk:
        return await marks_walk(self._client, self._db, most, hear)

    async def papers_in_series(self, most: timedelta, hear: Hear = deaf) -> Walk:
        return await papers_walk(self._client, self._db, most, hear)

    async def strange_terms(self) -> list[str]:
        with speaking():
            branches = await self._db.branches.find({"zone": {"$type": "string"}}, {"zone": 1}).to_list()
            of_zone: dict[str, list[str]] = {}
            for row in branches:
                if isinstance(row["_id"], str):
                    of_zone.setdefault(row["zone"], []).append(row["_id"])
            # A zone at a time: one clause for each branch would be held against every fence.
            right: list[Document] = [
                {"terms.branch_id": {"$in": ids}, "terms.zone": zone} for zone, ids in sorted(of_zone.items())
            ]
            wanted: Document = {"$nor": right, "status": {"$ne": "retired"}} if right else {}
            found = await self._db.fences.find(wanted, {"_id": 1}).limit(_PAGE).to_list()
        return [shown(document["_id"]) for document in found]

    async def terms_beside_series(self) -> list[str]:
        with speaking():
            return sorted([str(each) async for some in all_odd_terms(self._client, self._db) for each in some])

    async def sums(self) -> dict[str, Money]:
        with speaking():
            return {currency: Money(minor, currency) for currency, minor in sorted((await over(self._db)).items())}


def _by_name(differs: Remark) -> tuple[bool, list[str], str]:
    """Collections first, then roles."""
    return "role" in differs.facts, [str(each) for each in differs.facts.values()], differs.code


async def members_at(connector: Connector) -> tuple[Member, ...]:
    """The members of a deployment that lets nobody in; what is asked needs no account. Empty where nobody is there."""
    client = connect(connector.url, None, connector.ca_file)
    try:
        with speaking():
            await client.admin.command("hello", read_preference=ReadPreference.NEAREST)
        return tuple(_seen(client))
    except Unavailable:
        return ()
    finally:
        await client.close()


def _seen(client: Client) -> Iterator[Member]:
    for each in client.topology_description.server_descriptions().values():
        yield _member(same_server(address_of(each)), each)


def _member(address: str, found: ServerDescription) -> Member:
    state = _STATES.get(found.server_type_name, UNREACHABLE)
    took = found.round_trip_time
    return Member(address, state, timedelta(seconds=took) if took and state != UNREACHABLE else None)


def _noted(row: Document | None) -> BackupNote | None:
    if row is None:
        return None
    told = {name: row[name] for name in ("rows", "size", "code", "as_of") if name in row}
    return BackupNote(row["at"], row.get("by", ""), row.get("desk", ""), **told)


def _claimed(document: Document) -> Claimed:
    row = Fields(document)
    return Claimed(row.text("_id"), row.text("car_id"), row.moment("starts_at"), row.moment("ends_at"))


def _round(document: Document) -> RoundFinding:
    row = Fields(document)
    return RoundFinding(row.text("by"), row.text("desk"), row.moment("at"), row.whole("count"))
