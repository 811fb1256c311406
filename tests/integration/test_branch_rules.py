"""A desk need not read a branch whose rules its fence says it knows: and no mark outlives the rules it stands for."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from builders import BERLIN, LISBON, LONG_AGO, RATE, RENTER, make_car

from engine.adapters.mongo import branch_rules, firm, transaction
from engine.adapters.mongo.branch_rules import ASKING, MARK, mark_of
from engine.adapters.mongo.codec.documents import branch_document, car_document, fence_document, series_document
from engine.adapters.mongo.codec.reading import must
from engine.domain.car.car import terms_of
from engine.domain.car.form import CarForm
from engine.domain.car.handing_over import ClosedThen
from engine.domain.car.opening_hours import Interval, OutOfHours, OutsideRule, every_day
from engine.domain.health.findings import Level
from engine.domain.health.health import HealthArea
from engine.domain.money.money import Money
from engine.domain.shared.errors import BranchInUse, Overtaken
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.wall import on_wall
from engine.services.booking.booking import HoldCar

pytestmark = pytest.mark.asyncio
DAY, NO = timedelta(days=1), OutsideRule(allowed=False)
WORK = (Interval("08:00", "18:00"),)
SUNDAYS_OFF = replace(every_day("08:00", "18:00"), week=(*(WORK,) * 6, ()), out_of_hours=OutOfHours(NO, NO, NO))
OPEN = replace(BERLIN, hours=replace(SUNDAYS_OFF, week=(WORK,) * 7))
CLOSED = replace(BERLIN, hours=SUNDAYS_OFF)


@pytest.fixture
def berlin(world):
    """Open on Sundays, with eight cars."""
    world.db.branches.replace_one({"_id": OPEN.id}, branch_document(OPEN))
    for n in range(1, 9):
        car = make_car(n)
        world.db.cars.replace_one({"_id": car.id}, car_document(car), upsert=True)
        world.db.fences.replace_one({"_id": car.id}, fence_document(car, terms_of(car, OPEN), ()), upsert=True)
        if world.db.car_terms.find_one({"car_id": car.id}) is None:
            world.db.car_terms.insert_one(series_document(terms_of(car, OPEN), "tests", LONG_AGO))
    return world


def sunday(desk, week):
    """From ten to ten, of a Sunday so many weeks ahead."""
    today = desk.clock.now().astimezone(BERLIN.tzinfo).date()
    day = today + timedelta(days=(6 - today.weekday()) % 7 + 7 * (week + 1))
    starts, ends = (on_wall(datetime.combine(each, time(10)), BERLIN.tzinfo).moment for each in (day, day + DAY))
    return RentalPeriod(starts, ends)


async def press(desk, car, week):
    """Whether the car could be had on that Sunday."""
    wished = HoldCar(f"{car} {week}", make_car(car).id, sunday(desk, week), RENTER.id, Money(RATE.minor, "EUR"))
    try:
        await desk.booking.hold(desk.actor, wished)
    except ClosedThen:
        return False
    return True


async def claims(admin):
    """What the doctor says of fences."""
    report = await admin.admin.health.examine(admin.actor)
    return next(each for each in report.findings if each.area is HealthArea.CLAIMS)


def marks(world):
    return {row["_id"]: row.get(MARK) for row in world.db.fences.find({"_id": {"$in": ["car-1", "car-2"]}})}


async def test_the_branch_is_read_once_and_again_where_its_hours_were_changed(berlin, monkeypatch):
    read = []
    monkeypatch.setattr(branch_rules, "must", lambda *row: read.append(1) or must(*row))
    async with berlin.desk() as desk, berlin.desk("admin") as admin:
        assert await press(desk, 1, 0)
        now = mark_of(berlin.db.branches.find_one({"_id": BERLIN.id}))
        assert now == marks(berlin)["car-1"]
        # What the desk knows is right, so whatever the row became by another hand would go unseen.
        berlin.db.branches.update_one({"_id": BERLIN.id}, {"$set": {"turn.usual": 30}})
        assert await press(desk, 1, 1)
        assert [1] == read
        berlin.db.branches.update_one({"_id": BERLIN.id}, {"$set": {"turn.usual": 0}})
        await admin.admin.branches.change(admin.actor, OPEN, CLOSED)
        assert {None} == set(marks(berlin).values())
        assert not await press(desk, 1, 2)
        assert [1, 1] == read


async def test_no_desk_that_remembers_the_hours_of_before_sells_by_them(berlin):
    """Many desks, each with a memory of its own, press while the hours change to and fro."""
    cars, rounds = range(1, 9), 6
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(berlin.desk()) for _ in range(4)]
        admin = await stack.enter_async_context(berlin.desk("admin"))
        for at, car in enumerate(cars):
            assert await press(desks[at % 4], car, 0)
        state, week, broken = [OPEN], [1], []

        async def keep_pressing(desk, car, ended):
            while not ended.is_set():
                week[0] += 1
                mine, certain = week[0], len(state)
                sold = await press(desk, car, mine)
                # Only what began and ended between two changes has but one answer.
                if certain == len(state) and state[-1] is not None and sold is not (state[-1] is OPEN):
                    broken.append((car, mine, sold))

        for at in range(rounds):
            before, after = (OPEN, CLOSED) if at % 2 == 0 else (CLOSED, OPEN)
            ended = asyncio.Event()
            tasks = [asyncio.create_task(keep_pressing(desks[car % 4], car, ended)) for car in cars]
            state.append(None)
            await admin.admin.branches.change(admin.actor, before, after)
            state.append(after)
            ended.set()
            await asyncio.gather(*tasks)
            told = await asyncio.gather(*(press(desks[car % 4], car, 900 + at) for car in cars))
            assert [after is OPEN] * len(cars) == told

    assert [] == broken
    stale = berlin.db.fences.count_documents({MARK: {"$nin": [None, mark_of(branch_document(OPEN))]}})
    assert 0 == stale


async def test_who_reads_the_rules_while_they_change_marks_nothing_by_them(berlin, monkeypatch):
    unmark = firm.unmark

    async def unmark_and_sell(db, branch_id):
        await unmark(db, branch_id)
        assert await press(desk, 1, 1)  # the change is not made yet

    async with berlin.desk() as desk, berlin.desk("admin") as admin:
        assert await press(desk, 1, 0)
        monkeypatch.setattr(firm, "unmark", unmark_and_sell)
        await admin.admin.branches.change(admin.actor, OPEN, CLOSED)
        assert marks(berlin)["car-1"] is None
        assert not await press(desk, 1, 2)
    assert ASKING not in berlin.db.branches.find_one({"_id": BERLIN.id})


async def test_a_mark_that_is_on_its_way_does_not_survive_the_change(berlin, monkeypatch):
    """A desk has read the old hours, and is not done yet, as the change begins."""
    read, go_on, rules_of = asyncio.Event(), asyncio.Event(), transaction.rules_of

    async def slowly(*told):
        branch = await rules_of(*told)
        if not go_on.is_set():
            read.set()
            await go_on.wait()
        return branch

    async with berlin.desk() as desk, berlin.desk("admin") as admin:
        monkeypatch.setattr(transaction, "rules_of", slowly)
        selling = asyncio.create_task(press(desk, 1, 0))
        await read.wait()
        asked = asyncio.Event()
        unmark = firm.unmark

        async def unmark_told(*told):
            asked.set()
            await unmark(*told)

        monkeypatch.setattr(firm, "unmark", unmark_told)
        changing = asyncio.create_task(admin.admin.branches.change(admin.actor, OPEN, CLOSED))
        await asked.wait()
        go_on.set()
        await asyncio.gather(selling, changing)
        assert marks(berlin)["car-1"] is None
        assert not await press(desk, 1, 2)


async def test_a_change_that_comes_to_nothing_asks_no_more(berlin):
    async with berlin.desk() as desk, berlin.desk("admin") as admin:
        assert await press(desk, 1, 0)
        with pytest.raises(BranchInUse):
            await admin.admin.branches.close(admin.actor, OPEN)
        with pytest.raises(Overtaken):
            await admin.admin.branches.change(admin.actor, CLOSED, replace(CLOSED, name="Another"))
        assert await press(desk, 1, 1)
        row = berlin.db.branches.find_one({"_id": BERLIN.id})
        assert ASKING not in row
        assert mark_of(row) == marks(berlin)["car-1"]


async def test_of_two_changes_at_once_the_one_that_asked_last_is_made(berlin, monkeypatch):
    unmark, other = firm.unmark, replace(OPEN, name="Another")

    async with berlin.desk("admin") as one, berlin.desk("admin") as two:

        async def and_another_begins(*told):
            monkeypatch.setattr(firm, "unmark", unmark)
            await unmark(*told)
            berlin.db.branches.update_one({"_id": BERLIN.id}, {"$set": {ASKING: "somebody else's"}})

        monkeypatch.setattr(firm, "unmark", and_another_begins)
        with pytest.raises(Overtaken):
            await one.admin.branches.change(one.actor, OPEN, CLOSED)
        assert "somebody else's" == berlin.db.branches.find_one({"_id": BERLIN.id})[ASKING]
        await two.admin.branches.change(two.actor, OPEN, other)
    row = berlin.db.branches.find_one({"_id": BERLIN.id})
    assert ("Another", False) == (row["name"], ASKING in row)


async def test_a_car_that_comes_back_to_its_branch_has_no_mark_of_before(berlin):
    async with berlin.desk() as desk, berlin.desk("admin") as admin, berlin.desk("owner") as owner:
        assert await press(desk, 1, 0)
        seen = frozenset(row["_id"] for row in berlin.db.bookings.find({}, {"_id": 1}))
        here = await owner.fleet.car(owner.actor, make_car(1).id)
        away = await owner.fleet.edit(owner.actor, here, replace(CarForm.of(here), branch_id=LISBON.id), seen=seen)
        await admin.admin.branches.change(admin.actor, OPEN, CLOSED)
        await owner.fleet.edit(owner.actor, away, replace(CarForm.of(away), branch_id=BERLIN.id), seen=seen)
        assert marks(berlin)["car-1"] is None
        assert not await press(desk, 1, 1)


async def test_the_doctor_finds_a_mark_that_stands_for_no_rules(berlin):
    async with berlin.desk() as desk, berlin.desk("admin") as admin:
        assert await press(desk, 1, 0)
        assert Level.GOOD is (await claims(admin)).level
        berlin.db.fences.update_one({"_id": "car-2"}, {"$set": {MARK: "25:0000"}})
        found = await claims(admin)
    assert Level.BAD is found.level
    assert "claim.other_rules" in str(found)


async def test_a_mark_of_a_version_before_is_no_fault_and_no_desk_goes_by_it(berlin):
    async with berlin.desk() as desk, berlin.desk("admin") as admin:
        assert await press(desk, 1, 0)
        mark = marks(berlin)["car-1"]
        version, _, digest = mark.partition(":")
        berlin.db.fences.update_one({"_id": "car-1"}, {"$set": {MARK: f"{int(version) - 1}:{digest}"}})
        assert Level.GOOD is (await claims(admin)).level
        assert await press(desk, 1, 1)

    assert mark == marks(berlin)["car-1"]
