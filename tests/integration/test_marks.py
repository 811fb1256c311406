"""Marks on cars as they are stored: numbered without a gap whoever adds them, followed and never edited."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from builders import BERLIN, FULL, make_car, wish

from engine.domain.agreement.charges import AS_PROPOSED
from engine.domain.agreement.reading import ReadingUnlikely
from engine.domain.car.body_parts import PartId, Place
from engine.domain.car.body_shapes import View
from engine.domain.car.car import OwnerId
from engine.domain.car.condition import FoundWhen, Mark, MarkKind, MarkState, NewMark
from engine.domain.health.health import Level
from engine.domain.money.tender import Tender
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Forbidden, InvalidText, NotFound, Overtaken
from engine.services.firm.health_rows import HURRIED
from engine.services.firm.health_rows import marks as look_at_marks

pytestmark = pytest.mark.asyncio
CAR = "car-1"
SCRATCH = NewMark(Place(View.LEFT, 4000, 6000), PartId("door-front-left"), MarkKind.SCRATCH, 2, 40)
DENT = NewMark(Place(View.TOP, 5000, 5000), PartId("roof"), MarkKind.DENT, 1)


async def found(world):
    async with world.desk("admin") as office:
        return await look_at_marks(office.admin.health.inspection, HURRIED)


async def codes(world):
    finding = await found(world)
    return [] if finding.level is Level.GOOD else [line.code for line in dict(finding.facts)["wrong"]]


async def test_what_a_counter_finds_is_numbered_on_and_seen_by_all_who_may(world):
    async with world.desk() as desk, world.desk("owner") as owner, world.desk("admin") as office:
        first = await desk.marks.add(desk.actor, CAR, (SCRATCH, DENT))
        (third,) = await desk.marks.add(desk.actor, CAR, (SCRATCH,))
        (other,) = await desk.marks.add(desk.actor, "car-2", (DENT,))
        seen = [(await each.marks.of_car(each.actor, CAR)).marks for each in (desk, owner, office)]

    assert [1, 2, 3] == [each.n for each in (*first, third)]
    assert 1 == other.n
    assert [(*first, third)] * 3 == seen
    assert (SCRATCH.place, SCRATCH.part, SCRATCH.kind, 2, 40) == (
        third.place, third.part, third.kind, third.severity, third.mm,
    )  # fmt: skip
    assert ("clerk", "", 0, None) == (third.found.by, third.found.agreement_id, third.found.leg, third.found.when)
    assert [] == await codes(world)


async def test_two_desks_that_mark_one_car_at_once_share_no_number(world):
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(world.desk()) for _ in range(3)]
        await asyncio.gather(*(desk.marks.add(desk.actor, CAR, (SCRATCH, DENT)) for desk in desks for _ in range(4)))

    assert list(range(1, 25)) == sorted(row["n"] for row in world.db.marks.find({"car_id": CAR}))
    assert [] == await codes(world)


async def test_an_owner_sees_the_marks_of_no_other_and_sets_none(world):
    world.add_cars(make_car(9, owner_id=OwnerId("owner-2"), branch_id=BERLIN.id))
    async with world.desk("owner") as owner, world.desk("renter") as renter:
        with pytest.raises(NotFound):
            await owner.marks.of_car(owner.actor, "car-9")
        with pytest.raises(Forbidden):
            await owner.marks.add(owner.actor, CAR, (SCRATCH,))
        with pytest.raises(Forbidden):
            await renter.marks.of_car(renter.actor, CAR)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ((), "marks"),
        ((SCRATCH,) * 41, "marks"),
        ((DENT, replace(SCRATCH, severity=4)), "severity"),
        ((replace(SCRATCH, part=PartId("door-rear-right")),), "part"),
        ((replace(SCRATCH, part=PartId("load-bed")),), "part"),
        ((replace(SCRATCH, mm=10_000),), "mm"),
    ],
)
async def test_marks_that_cannot_be_are_refused_all_together(world, new, field):
    async with world.desk() as desk:
        with pytest.raises(InvalidText) as refused:
            await desk.marks.add(desk.actor, CAR, new)

    assert field == refused.value.field
    assert 0 == world.db.marks.count_documents({})


async def test_a_mark_is_closed_once_and_the_row_it_was_stays_in_the_audit(world):
    async with world.desk() as desk, world.desk("admin") as office:
        one, two = await desk.marks.add(desk.actor, CAR, (SCRATCH, DENT))
        with pytest.raises(Forbidden):
            await desk.marks.repair(desk.actor, one.id, "painted")
        closed = await office.marks.repair(office.actor, one.id, " painted ")
        longer = await office.marks.follow(office.actor, two.id, replace(DENT, mm=90), "it grew")
        for late in (office.marks.repair(office.actor, one.id, "x"), office.marks.repair(office.actor, two.id, "x")):
            with pytest.raises(Overtaken):
                await late
        with pytest.raises(NotFound):
            await office.marks.repair(office.actor, "none", "painted")
        with pytest.raises(InvalidText):
            await office.marks.repair(office.actor, longer.id, "")
        seen = (await office.marks.of_car(office.actor, CAR)).marks

    assert [MarkState.REPAIRED, MarkState.SUPERSEDED, MarkState.OPEN] == [each.state for each in seen]
    assert ("admin", "painted") == (closed.ended.by, closed.ended.why)
    assert (3, two.id, 90) == (longer.n, longer.follows, longer.mm)
    kept = {(row["what"], row["after"]["reason"]) for row in world.db.audit.find({"subject": f"car:{CAR}"})}
    assert {("car.mark_repaired", "painted"), ("car.mark_superseded", "it grew")} == kept
    assert [] == await codes(world)


async def test_two_administrators_close_a_mark_once(world):
    async with world.desk() as desk, world.desk("admin") as one, world.desk("admin") as other:
        (mark,) = await desk.marks.add(desk.actor, CAR, (SCRATCH,))
        told = await asyncio.gather(
            *(office.marks.follow(office.actor, mark.id, DENT, "seen again") for office in (one, other) * 2),
            return_exceptions=True,
        )

    assert 1 == sum(isinstance(each, Mark) for each in told)
    assert 2 == world.db.marks.count_documents({})


async def test_a_row_that_cannot_be_read_is_told_by_its_id_and_ends_no_list(world):
    async with world.desk() as desk:
        one, two = await desk.marks.add(desk.actor, CAR, (SCRATCH, DENT))
        world.db.marks.update_one({"_id": one.id}, {"$set": {"kind": "hole"}}, bypass_document_validation=True)
        seen = (await desk.marks.of_car(desk.actor, CAR)).marks
        (three,) = await desk.marks.add(desk.actor, CAR, (DENT,))

    assert [(Damaged, one.id), (Mark, two.id)] == [(type(each), each.id) for each in seen]
    assert 3 == three.n
    assert ["row.damaged"] == await codes(world)


@pytest.mark.parametrize(
    ("n", "change", "code"),
    [
        (1, {"n": 7}, "mark.gap"),
        (1, {"car_id": "car-77"}, "mark.no_car"),
        (1, {"found.agreement_id": "NONE", "found.leg": 1, "found.when": "out"}, "mark.no_agreement"),
        (1, {"found.leg": 1}, "row.damaged"),
        (1, {"follows": "mk-none"}, "mark.state"),
        (1, {"state": "repaired"}, "row.damaged"),
        (2, {"state": "open"}, "row.damaged"),
        (2, {"state": "repaired"}, "mark.state"),
    ],
)
async def test_a_mark_that_was_written_past_the_program_is_told(world, n, change, code):
    async with world.desk() as desk, world.desk("admin") as office:
        _, two = await desk.marks.add(desk.actor, CAR, (SCRATCH, DENT))
        await office.marks.follow(office.actor, two.id, DENT, "seen again")
    assert [] == await codes(world)
    world.db.marks.update_one({"n": n}, {"$set": change}, bypass_document_validation=True)

    assert code in await codes(world)


async def test_a_number_that_was_given_twice_is_told(world):
    async with world.desk() as desk:
        (mark,) = await desk.marks.add(desk.actor, CAR, (SCRATCH,))
    index = world.db.marks.index_information()["number"]
    world.db.marks.drop_index("number")
    try:
        world.db.marks.insert_one({**world.db.marks.find_one({"_id": mark.id}), "_id": "mk-again"})
        assert ["mark.twice"] == await codes(world)
    finally:
        world.db.marks.delete_many({})
        world.db.marks.create_index(index["key"], name="number", unique=True)


# At the counter.


async def gone(desk):
    booking = await desk.booking.hold(desk.actor, wish(desk, pays=Tender.COUNTER, first=0, last=2))
    return await desk.rental.hand_over(desk.actor, booking.id, FULL, (SCRATCH,))


async def test_a_rental_says_what_its_car_showed_as_it_went_and_as_it_came_back(world):
    async with world.desk() as desk, world.desk("admin") as office:
        before = await desk.marks.add(desk.actor, CAR, (DENT, DENT))
        await office.marks.repair(office.actor, before[0].id, "painted")
        out = await gone(desk)
        await desk.rental.returned(desk.actor, out.id, FULL, None, AS_PROPOSED, (SCRATCH, DENT))
        agreement = await desk.agreements.agreement(desk.actor, out.id)
        marks = (await desk.marks.of_car(desk.actor, CAR)).marks

    assert ((2, 3), (2, 3, 4, 5)) == (agreement.leg.out.marks, agreement.leg.back.marks)
    found = [(mark.n, mark.found.agreement_id, mark.found.leg, mark.found.when) for mark in marks[2:]]
    assert [
        (3, out.id, 1, FoundWhen.OUT),
        (4, out.id, 1, FoundWhen.BACK),
        (5, out.id, 1, FoundWhen.BACK),
    ] == found
    assert agreement.leg.back.at == marks[4].found.at
    assert [] == await codes(world)


async def test_a_mark_that_cannot_be_keeps_the_key_here_and_marks_nothing(world):
    async with world.desk() as desk:
        booking = await desk.booking.hold(desk.actor, wish(desk, pays=Tender.COUNTER, first=0, last=2))
        with pytest.raises(InvalidText):
            await desk.rental.hand_over(desk.actor, booking.id, FULL, (replace(SCRATCH, severity=9),))
        with pytest.raises(ReadingUnlikely):
            await desk.rental.hand_over(desk.actor, booking.id, replace(FULL, odometer_km=1), (SCRATCH,))

    assert "confirmed" == world.stored(booking)["state"]
    assert 0 == world.db.marks.count_documents({})


async def test_a_car_without_an_agreement_comes_back_with_what_is_found_on_it(world):
    async with world.desk() as desk:
        out = await gone(desk)
        world.db.agreements.delete_many({})
        world.db.marks.delete_many({})
        await desk.rental.returned(desk.actor, out.id, FULL, None, AS_PROPOSED, (DENT,))

    row = world.db.marks.find_one()
    assert (1, {"by", "at"}) == (row["n"], set(row["found"]))


async def test_an_agreement_of_before_marks_were_kept_is_read_and_ended(world):
    async with world.desk() as desk:
        out = await gone(desk)
        world.db.agreements.update_one({"_id": out.id}, {"$unset": {"legs.0.out.marks": ""}})
        await desk.rental.returned(desk.actor, out.id, FULL)
        agreement = await desk.agreements.agreement(desk.actor, out.id)

    assert (None, (1,)) == (agreement.leg.out.marks, agreement.leg.back.marks)


async def test_a_mark_of_an_agreement_of_another_car_is_told(world):
    async with world.desk() as desk:
        out = await gone(desk)
        await desk.marks.add(desk.actor, "car-2", (DENT,))
    world.db.marks.update_one(
        {"car_id": "car-2"}, {"$set": {"found.agreement_id": out.id, "found.leg": 1, "found.when": "out"}}
    )

    assert ["mark.no_agreement"] == await codes(world)
