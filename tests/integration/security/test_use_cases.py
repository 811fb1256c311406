"""Each public use case, each role, own and foreign records; and hostile text in every text of every argument."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import sys
import typing
from contextlib import AsyncExitStack
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path

import pytest
import pytest_asyncio
from altered import altered
from builders import LISBON, RENTER, make_car
from pymongo import monitoring
from view_builders import make_booking
from within import WITHIN_S

from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.codec.documents import renter_document
from engine.domain.booking.states import BookingState
from engine.domain.car.car import OwnerId
from engine.domain.money.payment import AttemptState
from engine.domain.people.people import RenterId, Role
from engine.domain.shared.errors import DriveSphereError, Forbidden, NotFound, ProgramTooOld

pytestmark = pytest.mark.asyncio
ACCOUNTS = {
    Role.CLIENT: "clerk",
    Role.OWNER: "owner",
    Role.ADMIN: "admin",
    Role.WORKER: "worker",
    Role.RENTER: "renter",
    Role.BACKUP: "backup",
}


def _load(name):
    """A neighbour of this file: there are no packages below ``tests``."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


use_cases = _load("use_cases")
TABLE = use_cases.TABLE


async def test_every_use_case_of_the_engine_stands_in_the_table():
    known = {*TABLE, *use_cases.INTERNAL}
    there = set(use_cases.found())

    assert set() == there - known, (
        "add a line for each of these to TABLE in tests/integration/security/use_cases.py: the deeds that allow it, "
        'arguments, and of="booking" or of="car" if they name one that may be somebody else\'s'
    )
    assert set() == known - there, "these use cases are gone or have another name now"


@pytest_asyncio.fixture
async def desks(world, staff, tmp_path):
    """One signed-in desk for each role; the owner's keeps a copy."""
    world = replace(world, deployment=replace(world.deployment, copies_dir=tmp_path))
    async with AsyncExitStack() as open_:
        yield {role: await open_.enter_async_context(world.desk(account)) for role, account in ACCOUNTS.items()}


@pytest.fixture
def mine_and_theirs(world):
    """A booking and a car that each role may call its own, and a pair of somebody else's."""
    theirs = make_car(9, owner_id=OwnerId("owner-2"), branch_id=LISBON.id)
    world.add_cars(theirs)
    own = {}
    for number, (role, account) in enumerate(ACCOUNTS.items(), 1):
        own[role] = make_booking(number, BookingState.COMPLETED, booked_by=account)
    foreign = make_booking(
        9,
        BookingState.COMPLETED,
        booked_by="clerk2",
        branch_id=LISBON.id,
        car_id=theirs.id,
        owner_id=theirs.owner_id,
        renter_id="renter-9",
    )
    world.db.renters.insert_one(renter_document(replace(RENTER, id=RenterId(foreign.renter_id))))
    rows = [booking_document(_settled(each)) for each in (*own.values(), foreign)]
    world.db.bookings.insert_many(rows, bypass_document_validation=True)
    return own, foreign, theirs


def _settled(booking):
    """Nothing is due on it, so that looking at it asks Stripe nothing."""
    return altered(
        booking, attempts=(replace(booking.payment.attempt, state=AttemptState.EXPIRED, session_id="", url=""),)
    )


async def call(desk, name, actor, it):
    case, verb = TABLE[name], use_cases.of_engine(desk, name)
    if verb is None:
        return
    async with asyncio.timeout(WITHIN_S):
        await verb(actor, *case.args(it), **case.kwargs(it))


async def outcome(desk, name, actor, it):
    try:
        await call(desk, name, actor, it)
    except DriveSphereError as problem:
        return type(problem)
    return None


async def test_S2_S3_S4_S5_a_role_that_may_not_is_refused_by_the_service_itself(desks, mine_and_theirs):
    """Through an administrator's connection, so that nothing but the service's own check stands in the way."""
    own, _, _ = mine_and_theirs
    wrong = []
    for name, case in TABLE.items():
        desk = desks[Role.OWNER] if name.startswith("copying.") else desks[Role.ADMIN]
        for role in set(Role) - case.who:
            actor = desks[role].actor
            it = use_cases.It(own[role].id, make_car(1), desk.clock.now())
            said = await outcome(desk, name, actor, it)
            if said not in (Forbidden, NotFound):
                wrong.append(f"{name} as {role}: {said}")

    assert [] == wrong


async def test_S2_S3_S4_a_role_that_may_does_so_with_its_own_and_not_with_somebody_elses(desks, mine_and_theirs):
    own, foreign, theirs = mine_and_theirs
    wrong = []
    for name, case in TABLE.items():
        if not case.of:
            continue
        for role in case.who:
            desk = desks[role]
            now = desk.clock.now()
            said = await outcome(desk, name, desk.actor, use_cases.It(own[role].id, make_car(1), now))
            if said in (Forbidden, NotFound):
                wrong.append(f"{name} as {role} with the own: {said.__name__}")
            said = await outcome(desk, name, desk.actor, use_cases.It(foreign.id, theirs, now))
            if (said in (Forbidden, NotFound)) != (role in case.refused_foreign):
                wrong.append(f"{name} as {role} with somebody else's: {said}")

    assert [] == wrong


async def test_no_use_case_writes_into_the_shapes_of_a_later_release(desks, mine_and_theirs, world):
    """The desks signed in before the firm went on to a release that this program knows nothing of."""
    own, _, _ = mine_and_theirs
    world.db.deployment.update_one({"_id": "schema"}, {"$inc": {"version": 1}})
    world.db.fences.update_many({}, {"$inc": {"schema": 1}}, bypass_document_validation=True)
    before, said = _everything(world), {}
    try:
        for name, case in TABLE.items():
            for role in case.who:
                it = use_cases.It(own[role].id, make_car(1), desks[role].clock.now())
                said[name, role] = await outcome(desks[role], name, desks[role].actor, it)
        after = _everything(world)
    finally:
        world.db.deployment.update_one({"_id": "schema"}, {"$inc": {"version": -1}})

    assert before == after
    assert ProgramTooOld is said["booking.hold", Role.CLIENT]
    assert ProgramTooOld is said["fleet.add", Role.OWNER]
    assert ProgramTooOld is said["accounts.edit", Role.ADMIN]
    assert ProgramTooOld is said["renters.add", Role.CLIENT]


def _everything(world):
    names = sorted(name for name in world.db.list_collection_names() if not name.startswith("system."))
    users = world.db.command("usersInfo", 1)["users"]
    about = [(each["user"], sorted(str(role) for role in each["roles"]), each.get("customData")) for each in users]
    return {name: list(world.db[name].find().sort("_id", 1)) for name in names}, sorted(about, key=lambda each: each[0])


HOSTILE = {
    "an operator": {"$gt": ""},
    "an operator in a list": [{"$ne": None}],
    "ten megabytes": "x" * 10_000_000,
    "a NUL": "a\0b",
    "a lone surrogate": "a\ud800b",
    "text that turns round": "a\u202egnp.exe",
    "a pattern": ".*",
    "a path": "../../etc/passwd",
}


class Wire(monitoring.CommandListener):
    """What reaches the database."""

    def __init__(self):
        self.sent = []

    def started(self, event):
        self.sent.append(event.command)

    def succeeded(self, event): ...
    def failed(self, event): ...


def poisoned(value, poison):
    """*value* with *poison* in place of each text in it, one at a time; (where, value) pairs."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield "", poison
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            for where, changed in poisoned(getattr(value, field.name), poison):
                yield f".{field.name}{where}", (value, field.name, changed)


def made(change):
    """Build the record anew; its own checks may raise."""
    if isinstance(change, tuple) and len(change) == 3 and is_dataclass(change[0]):
        record, name, value = change
        return replace(record, **{name: made(value)})
    return change


@pytest.mark.parametrize("poison", HOSTILE.values(), ids=HOSTILE)
async def test_S9_hostile_text_in_every_text_is_refused_or_kept_as_it_is_and_never_run(
    world, staff, mine_and_theirs, poison
):
    own, _, _ = mine_and_theirs
    wire, wrong = Wire(), []
    monitoring.register(wire)
    try:
        async with world.desk("admin") as admin, world.desk("owner") as owner, world.desk("clerk") as clerk:
            for name, case in TABLE.items():
                desk = admin if Role.ADMIN in case.who else owner if Role.OWNER in case.who else clerk
                verb = use_cases.of_engine(desk, name)
                if verb is None or name in _HARMLESS:
                    continue
                it = use_cases.It(own[desk.actor.role].id, make_car(1), desk.clock.now())
                args, kwargs = list(case.args(it)), case.kwargs(it)
                named = [*enumerate(args), *kwargs.items()]
                for key, value in named:
                    for where, change in poisoned(value, poison):
                        said = await _poison(verb, desk.actor, args, kwargs, key, change)
                        if said is not None:
                            wrong.append(f"{name}[{key}]{where}: {said!r:.200}")
    finally:
        monitoring._LISTENERS.command_listeners.remove(wire)
    run = [command for command in wire.sent if isinstance(poison, dict | list) and _holds(command, poison)]

    assert [] == wrong
    assert [] == run


#: Not asked with poison: it would only change the one password that these tests sign in with.
_HARMLESS = {"accounts.change_own_password"}


async def _poison(verb, actor, args, kwargs, key, change):
    args, kwargs = list(args), dict(kwargs)
    try:
        (args if isinstance(key, int) else kwargs)[key] = made(change)
        async with asyncio.timeout(WITHIN_S):
            await verb(actor, *args, **kwargs)
    except DriveSphereError:
        return None
    except Exception as problem:  # noqa: BLE001 -- any other is what the test looks for
        return problem
    return None


def _holds(command, poison):
    """Whether the operator went into the database's language, anywhere in the command."""
    if command == poison:
        return True
    if hasattr(command, "items"):
        return any(_holds(each, poison) for each in command.values())
    if isinstance(command, list | tuple):
        return any(_holds(each, poison) for each in command)
    return False


async def test_the_table_calls_each_use_case_as_its_signature_says():
    it = use_cases.It("G8ET6JAMQ001", make_car(1), make_booking(1).created_at)
    for name, case in TABLE.items():
        held = use_cases.engine.bootstrap.Engine
        for part in name.split("."):
            held = _attribute(held, part)
        inspect.signature(held).bind("self", "actor", *case.args(it), **case.kwargs(it))


def _attribute(held, part):

    if not is_dataclass(held) or part not in {field.name for field in fields(held)}:
        return getattr(held, part)
    hint = typing.get_type_hints(held)[part]
    return next((each for each in typing.get_args(hint) if isinstance(each, type)), hint)
