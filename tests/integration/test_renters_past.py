"""What is kept with a renter: payments, changes and notes; rows counted in a real database."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from builders import RENTER, make_car, wish
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from payments import opened, stripe_of

from engine.adapters.mongo.codec.documents import renter_document
from engine.adapters.mongo.codec.renter_files import file_of
from engine.domain.car.car import CarId, CarStatus
from engine.domain.people.people import RenterId
from engine.domain.people.renters import MOST_NOTES, Merge
from engine.domain.shared.errors import Forbidden, InvalidText
from engine.services.people.renters import NewRenter

pytestmark = pytest.mark.asyncio
OTHER = replace(RENTER, id=RenterId("renter-o"), name="Jonas Vogel", email="j@example.org", phone="+493023125010")
MENDED = NewRenter("Ada Lund", RENTER.email, RENTER.phone, RENTER.licence)


def _file(world, renter_id=RENTER.id):
    return file_of(world.db.renters.find_one({"_id": renter_id}))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text("abc \u00e4\u03a9", min_size=1, max_size=20).filter(str.strip), min_size=2, max_size=4))
async def test_notes_of_several_desks_at_once_are_all_kept_with_who_and_when_and_change_nothing_else(world, texts):
    before = _file(world)
    async with world.desk("clerk") as one, world.desk("admin") as two:
        desks = [(one, two)[at % 2] for at in range(len(texts))]
        await asyncio.gather(
            *(desk.renters.note(desk.actor, RENTER.id, text) for desk, text in zip(desks, texts, strict=True))
        )
    after = _file(world)
    added = after.notes[len(before.notes) :]

    wanted = [(desk.actor.account, " ".join(text.split())) for desk, text in zip(desks, texts, strict=True)]
    assert sorted(wanted) == sorted((note.by, note.text) for note in added)
    assert (before.renter, before.block) == (after.renter, after.block)
    told = world.db.audit.count_documents({"what": "renter.noted", "subject": f"renter:{RENTER.id}"})
    assert told == len(after.notes)


async def test_a_note_is_text_and_the_oldest_give_way_while_the_audit_keeps_them(world):
    async with world.desk() as desk, world.desk("owner") as owner:
        for wrong in ("", " ", "x" * 401, "a\x00b"):
            with pytest.raises(InvalidText) as refused:
                await desk.renters.note(desk.actor, RENTER.id, wrong)
            assert "remark" == refused.value.field
        with pytest.raises(Forbidden):
            await owner.renters.note(owner.actor, RENTER.id, "mine")
        for n in range(MOST_NOTES + 2):
            await desk.renters.note(desk.actor, RENTER.id, f"n{n}")

    assert [f"n{n}" for n in range(2, MOST_NOTES + 2)] == [note.text for note in _file(world).notes]
    assert MOST_NOTES + 2 == world.db.audit.count_documents({"what": "renter.noted"})


async def test_notes_go_along_with_a_merge_and_stay_when_details_are_mended(world):
    world.db.renters.insert_one(renter_document(OTHER))
    async with world.desk() as desk:
        await desk.renters.note(desk.actor, OTHER.id, "drives with a dog")
        noted = await desk.renters.note(desk.actor, RENTER.id, "owes nothing")
        await desk.renters.mend(desk.actor, RENTER.id, noted.version, MENDED)
        merge = Merge(RENTER.id, 3, OTHER.id, 2, MENDED.name, MENDED.email, MENDED.phone, MENDED.licence)
        await desk.renters.merge(desk.actor, merge)

    assert ["drives with a dog", "owes nothing"] == [note.text for note in _file(world).notes]


async def test_payments_are_of_bookings_for_which_money_moved_or_may_yet_and_of_whoever_was_merged(world):
    world.db.renters.insert_one(renter_document(OTHER))
    world.add_cars(make_car(4))
    async with world.desk() as desk, stripe_of(world) as stripe:
        held = await desk.booking.hold(desk.actor, wish(desk, car="car-2", key="k2", first=5, last=6))
        waits = await opened(desk, key="k3", first=7, last=8)
        paid = await opened(desk, renter_id=OTHER.id)
        await stripe.pay(paid)
        await desk.payment.settle(desk.actor, paid.id)
        none = await desk.renters.payments(desk.actor, OTHER.id)
        merge = Merge(RENTER.id, 1, OTHER.id, 1, RENTER.name, RENTER.email, RENTER.phone, RENTER.licence)
        await desk.renters.merge(desk.actor, merge)
        page = await desk.renters.payments(desk.actor, RENTER.id)
        every = await desk.renters.history(desk.actor, RENTER.id)

    assert [paid.id] == [row.id for row in none.rows]
    assert ([waits.id, paid.id], 2) == ([row.id for row in page.rows], page.total)
    assert held.id in [row.id for row in every.rows]
    plan = world.db.bookings.find({"renter_id": {"$in": [RENTER.id]}, "payments.attempts.state": "paid"}).explain()
    assert "COLLSCAN" not in json.dumps(plan["queryPlanner"]["winningPlan"], default=str)


async def test_the_counter_reads_what_was_done_to_a_renter_and_nothing_else_of_the_audit(world):
    world.db.renters.insert_one(renter_document(OTHER))
    async with world.desk() as desk, world.desk("owner") as owner:
        await desk.renters.mend(desk.actor, RENTER.id, 1, MENDED)
        await desk.renters.note(desk.actor, OTHER.id, "somebody else's")
        await desk.renters.block(desk.actor, RENTER.id, 2, "owes 340.00 EUR")
        await desk.booking.hold(desk.actor, wish(desk, renter_id=OTHER.id))
        car = await owner.fleet.car(owner.actor, CarId("car-2"))
        await owner.fleet.set_status(owner.actor, car, CarStatus.MAINTENANCE, seen=frozenset())
        page = await desk.renters.changes(desk.actor, RENTER.id)
        assert ["renter.blocked", "renter.mended"] == [row.what for row in page.rows]
        assert ("Ada Moreau", "Ada Lund") == (page.rows[1].before["name"], page.rows[1].after["name"])
        merge = Merge(RENTER.id, 3, OTHER.id, 2, MENDED.name, MENDED.email, MENDED.phone, MENDED.licence)
        await desk.renters.merge(desk.actor, merge)
        page = await desk.renters.changes(desk.actor, OTHER.id)
        with pytest.raises(Forbidden):
            await owner.renters.changes(owner.actor, RENTER.id)

        assert {"renter.merged", "renter.noted", "renter.mended", "renter.blocked"} <= {row.what for row in page.rows}
        assert {f"renter:{RENTER.id}", f"renter:{OTHER.id}"} == {row.subject for row in page.rows}
        with pytest.raises(Exception, match="not authorized"):
            await desk.payment.store._db.audit.find_one({})
        told = await desk.payment.store._db.renter_changes.find({}).to_list()
    assert all(row["subject"].startswith("renter:") for row in told)
    assert world.db.audit.count_documents({}) > len(told)
