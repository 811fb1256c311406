"""Renters: seen with their history, mended, merged and blocked; rows counted in a real database."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import LONG_AGO, RENTER, make_car, wish
from commands_counted import counted
from within import WITHIN_S

from engine.adapters import fewer_questions
from engine.adapters.mongo.codec.documents import renter_document
from engine.adapters.mongo.codec.renter_files import file_of
from engine.adapters.mongo.renter_store import MongoRenters
from engine.adapters.mongo.transaction import MongoTransaction
from engine.domain.people.bill_to import BillTo
from engine.domain.people.people import RenterId
from engine.domain.people.renter_errors import (
    RenterBlocked,
    RenterHasAccount,
    RenterKnown,
    RenterMerged,
    RenterOvertaken,
)
from engine.domain.people.renters import Merge, RenterOrder, RenterQuery, Shared
from engine.domain.shared.errors import Forbidden, InvalidText, NotFound
from engine.services.people import renters as renter_service
from engine.services.people.renters import NewRenter

pytestmark = pytest.mark.asyncio
J_VOGEL = replace(RENTER, id=RenterId("renter-j"), name="J. Vogel", email="jv@example.org", phone="+493023125010")
JONAS = replace(RENTER, id=RenterId("renter-jonas"), name="Jonas Vogel", email="j@example.org", phone="+493023125010")
NEW = NewRenter("Bea Lund", "bea@example.org", "+46 70 174 06 05", "SE-1")


def _both(world):
    world.db.renters.insert_many([renter_document(J_VOGEL), renter_document(JONAS)])
    world.add_cars(make_car(4))


def _merge(**changes):
    values = {"name": JONAS.name, "email": JONAS.email, "phone": JONAS.phone, "licence": JONAS.licence}
    return Merge(JONAS.id, 1, J_VOGEL.id, 1, **{**values, **changes})


def _file(world, renter_id):
    return file_of(world.db.renters.find_one({"_id": renter_id}))


async def _booked(desk, renter_id, *cars, first=1):
    made = []
    for car in cars:
        press = wish(desk, car=f"car-{car}", key=f"key-{renter_id}-{car}-{first}", renter_id=renter_id, first=first)
        made.append(await desk.booking.hold(desk.actor, press))
    return made


@pytest.mark.parametrize("same", [Shared.EMAIL, Shared.PHONE])
async def test_somebody_who_is_known_is_told_before_anything_is_stored_and_may_still_be_added(world, same):
    new = replace(NEW, **({"email": "ADA@Example.org"} if same is Shared.EMAIL else {"phone": "030 / 90 18 20"}))
    async with world.desk() as desk:
        with pytest.raises(RenterKnown) as known:
            await desk.renters.add(desk.actor, new, "DE")
        stored = world.db.renters.count_documents({})
        added = await desk.renters.add(desk.actor, new, "DE", (RENTER.id,))
        seen = await desk.renters.look(desk.actor, RENTER.id)

    assert [(RENTER.id, frozenset({same}))] == [(twin.file.id, twin.shared) for twin in known.value.twins]
    assert (1, 2) == (stored, world.db.renters.count_documents({}))
    assert () == added.twins == seen.twins


async def test_letters_are_not_taken_for_others(world):
    world.db.renters.insert_one(renter_document(replace(JONAS, email="jens.groß@example.org")))
    async with world.desk() as desk:
        added = await desk.renters.add(desk.actor, replace(NEW, email="jens.gross@example.org"))

    assert () == added.twins


async def test_two_desks_that_add_the_same_person_at_one_moment_are_told(world):
    """Both look before either has stored anything: only the look afterwards finds the other."""
    stored = asyncio.Barrier(2)

    async def waits_for_the_other(self, file, row, add=MongoRenters.add):
        await stored.wait()
        await add(self, file, row)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MongoRenters, "add", waits_for_the_other)
        async with world.desk() as one, world.desk("admin") as two, asyncio.timeout(WITHIN_S):
            added = await asyncio.gather(one.renters.add(one.actor, NEW), two.renters.add(two.actor, NEW))
            ids = {each.renter.id for each in added}
            later = [await one.renters.look(one.actor, renter_id) for renter_id in ids]

    told = [twin.file.id for each in added for twin in each.twins]
    assert told
    assert set(told) <= ids
    assert ids == {twin.file.id for look in later for twin in look.twins}


async def test_who_mends_later_is_told_by_whom_it_was_changed(world):
    async with world.desk() as desk, world.desk("admin") as other:
        mended = await other.renters.mend(other.actor, RENTER.id, 1, replace(NEW, name="Ada Moreau-Lund"))
        with pytest.raises(RenterOvertaken) as told:
            await desk.renters.mend(desk.actor, RENTER.id, 1, NEW)

    assert ("admin", mended.changed_at) == (told.value.by, told.value.at)
    assert ("Ada Moreau-Lund", 2) == (_file(world, RENTER.id).renter.name, _file(world, RENTER.id).version)
    assert ["renter.mended"] == [row["what"] for row in world.db.audit.find({"subject": f"renter:{RENTER.id}"})]


async def test_of_many_who_mend_at_once_one_does(world):
    async with world.desk() as desk:
        wishes = [replace(NEW, name=f"Name {n}") for n in range(8)]
        got = await asyncio.gather(
            *(desk.renters.mend(desk.actor, RENTER.id, 1, each) for each in wishes), return_exceptions=True
        )

    assert Counter({"RenterOvertaken": 7, "RenterFile": 1}) == Counter(type(each).__name__ for each in got)
    assert 1 == world.db.audit.count_documents({"what": "renter.mended"})


async def test_a_mended_renter_is_the_same_one_for_open_bookings_and_for_the_next(world, monkeypatch):
    world.add_cars(make_car(4))
    now = [100.0]
    monkeypatch.setattr(fewer_questions, "since_boot", lambda: now[0])
    async with world.desk() as desk, world.desk("clerk2") as other:
        over, held = await _booked(desk, RENTER.id, 1, 2)
        await desk.rental.give_up(desk.actor, over.id)
        before = world.stored(held)
        await other.renters.mend(other.actor, RENTER.id, 1, replace(NEW, email="new@example.org"))
        now[0] += 0.5
        (later,) = await _booked(desk, RENTER.id, 4)

    after = world.stored(held)
    assert ("Bea Lund", "bea lund") == (after["renter_name"], after["renter_key"])
    assert any("lund" in key for key in after["search_keys"])
    assert before["payments"][0]["attempts"] == after["payments"][0]["attempts"]
    assert before["version"] + 1 == after["version"]
    assert RENTER.name == world.stored(over)["renter_name"]
    assert '"new@example.org"' in world.stored(later)["payments"][0]["attempts"][0]["request"]
    assert "Bea Lund" == world.stored(later)["renter_name"]


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("email", "x"), ("phone", "12"), ("licence", "\0")])
async def test_what_is_mended_is_checked_as_what_is_new(world, field, value):
    async with world.desk() as desk:
        with pytest.raises(InvalidText) as told:
            await desk.renters.mend(desk.actor, RENTER.id, 1, replace(NEW, **{field: value}))

    assert field == told.value.field
    assert RENTER == _file(world, RENTER.id).renter


async def test_merged_bookings_follow_and_nothing_that_moves_money_changes(world):
    _both(world)
    async with world.desk() as desk:
        mine = await _booked(desk, J_VOGEL.id, 1, 2)
        await desk.rental.give_up(desk.actor, mine[0].id)
        (theirs,) = await _booked(desk, JONAS.id, 4)
        before = {each.id: world.stored(each) for each in mine}
        kept = await desk.renters.merge(desk.actor, _merge(email=J_VOGEL.email))
        history = await desk.renters.history(desk.actor, J_VOGEL.id)
        old = await desk.renters.look(desk.actor, J_VOGEL.id)
        listed = await desk.renters.page(desk.actor, RenterQuery())
        found = (await desk.catalogue.renters(desk.actor, "J. Vogel")).rows

    assert {each.id for each in (*mine, theirs)} == {row.id for row in history.rows}
    assert (JONAS.id, J_VOGEL.email, 3, 0) == (old.file.id, kept.renter.email, old.bookings, old.unmoved)
    follows = {"renter_id", "renter_name", "renter_key", "search_keys", "version"}
    for each in mine:
        now = world.stored(each)
        assert JONAS.id == now["renter_id"]
        assert {n: v for n, v in now.items() if n not in follows} == {
            n: v for n, v in before[each.id].items() if n not in follows
        }
    assert ["Jonas Vogel", "J. Vogel"] == [world.stored(mine[1])["renter_name"], world.stored(mine[0])["renter_name"]]
    assert {RENTER.id, JONAS.id} == {file.id for file in listed.rows}
    assert [JONAS.id] == [renter.id for renter in found]
    told = {row["what"]: row for row in world.db.audit.find({"subject": f"renter:{J_VOGEL.id}"})}
    assert {"renter.merged", "renter.bookings_moved"} == set(told)
    assert {each.id for each in mine} == set(told["renter.bookings_moved"]["before"]["bookings"].split())


async def test_a_merge_that_was_cut_off_shows_all_and_goes_on(world, monkeypatch):
    _both(world)
    monkeypatch.setattr(renter_service, "MOVED_AT_ONCE", 1)
    async with world.desk() as desk:
        made = await _booked(desk, J_VOGEL.id, 1, 2, 4)
        real, done = MongoRenters.move_some, []

        async def dies(self, *args):
            if done:
                raise ConnectionError("the desk is gone")
            done.append(1)
            return await real(self, *args)

        monkeypatch.setattr(MongoRenters, "move_some", dies)
        with pytest.raises(ConnectionError):
            await desk.renters.merge(desk.actor, _merge())
        monkeypatch.setattr(MongoRenters, "move_some", real)
        between = await desk.renters.look(desk.actor, JONAS.id)
        shown = await desk.renters.history(desk.actor, JONAS.id)
        moved = await desk.renters.carry_on(desk.actor, JONAS.id)
        after = await desk.renters.look(desk.actor, JONAS.id)

    assert (3, 2, 2, 0) == (between.bookings, between.unmoved, moved, after.unmoved)
    assert {each.id for each in made} == {row.id for row in shown.rows}
    assert 3 == world.db.bookings.count_documents({"renter_id": JONAS.id})


async def test_old_links_and_bookings_for_somebody_merged_lead_to_whom_it_is_now(world):
    _both(world)
    async with world.desk() as desk:
        await desk.renters.merge(desk.actor, _merge())
        (made,) = await _booked(desk, J_VOGEL.id, 1)
        with pytest.raises(RenterMerged) as told:
            await desk.renters.mend(desk.actor, J_VOGEL.id, 2, NEW)
        with pytest.raises(RenterMerged):
            await desk.renters.merge(desk.actor, Merge(J_VOGEL.id, 2, JONAS.id, 2, "A", "a@e.org", "+4930901820", "L"))

    assert JONAS.id == world.stored(made)["renter_id"] == told.value.into


async def test_two_who_are_merged_into_each_other_at_once_stay_one(world):
    _both(world)
    other_way = Merge(J_VOGEL.id, 1, JONAS.id, 1, "J. Vogel", J_VOGEL.email, J_VOGEL.phone, J_VOGEL.licence)
    async with world.desk() as one, world.desk("admin") as two:
        got = await asyncio.gather(
            one.renters.merge(one.actor, _merge()), two.renters.merge(two.actor, other_way), return_exceptions=True
        )

    names = Counter(type(each).__name__ for each in got)
    assert 1 == names["RenterFile"]
    assert 1 == names["RenterOvertaken"] + names["RenterMerged"]
    assert 1 == world.db.renters.count_documents({"merged_into": {"$exists": True}})


async def test_a_booking_beside_a_merge_is_shown_at_once_and_follows(world):
    _both(world)
    world.add_cars(*(make_car(n) for n in range(10, 18)))
    async with world.desk() as desk, world.desk("admin") as other:
        await asyncio.gather(
            other.renters.merge(other.actor, _merge()),
            *(_booked(desk, J_VOGEL.id, n) for n in range(10, 18)),
            return_exceptions=True,
        )
        late = world.db.bookings.count_documents({"renter_id": J_VOGEL.id})
        made = world.db.bookings.count_documents({})
        shown = await other.renters.look(other.actor, J_VOGEL.id)
        moved = await other.renters.carry_on(other.actor, JONAS.id)

    assert (JONAS.id, made, late) == (shown.file.id, shown.bookings, shown.unmoved)
    assert late == moved
    assert 0 == world.db.bookings.count_documents({"renter_id": J_VOGEL.id})


async def test_whoever_signs_in_is_not_merged_away(world):
    _both(world)
    async with world.desk() as desk:
        with pytest.raises(RenterHasAccount) as told:
            await desk.renters.merge(desk.actor, Merge(JONAS.id, 1, RENTER.id, 1, "A", "a@e.org", "+4930901820", "L"))

    assert "renter" == told.value.account
    assert _file(world, RENTER.id).merged_into is None


async def test_a_block_goes_along_with_a_merge(world):
    _both(world)
    async with world.desk() as desk:
        await desk.renters.block(desk.actor, J_VOGEL.id, 1, "owes 340.00 EUR")
        kept = await desk.renters.merge(desk.actor, replace(_merge(), gone_version=2))
        with pytest.raises(RenterBlocked):
            await _booked(desk, JONAS.id, 1)

    assert "owes 340.00 EUR" == kept.block.reason


async def test_an_honest_merge_and_mend_leave_belief_and_books_silent(world):
    _both(world)
    async with world.desk() as desk, world.desk("admin") as admin:
        made = await _booked(desk, J_VOGEL.id, 1, 2)
        await desk.renters.merge(desk.actor, _merge(name="Jonas B. Vogel", email="jb@example.org"))
        for each in made:
            await desk.payment.settle(desk.actor, each.id)
        opened = [world.stored(each) for each in made]
        waiting = await admin.admin.manual_review.waiting(admin.actor)

    assert ["open", "open"] == [row["payments"][0]["attempts"][0]["state"] for row in opened]
    assert not any("trouble" in row["payments"][0] for row in opened)
    assert 0 == waiting.total


async def test_a_blocked_renter_is_not_booked_until_the_block_is_over(world):
    world.add_cars(make_car(4))
    async with world.desk() as desk:
        (before,) = await _booked(desk, RENTER.id, 1)
        until = desk.clock.now() + timedelta(seconds=1, milliseconds=500)
        blocked = await desk.renters.block(desk.actor, RENTER.id, 1, "Damage to B-DS 1", until)
        with pytest.raises(RenterBlocked) as told:
            await _booked(desk, RENTER.id, 2)
        lifted = await desk.renters.unblock(desk.actor, RENTER.id, 2, "bill paid")
        await _booked(desk, RENTER.id, 4)

    assert [before.id] == [each.id for each in blocked.bookings]
    assert ("Damage to B-DS 1", "clerk", until) == (
        told.value.block.reason,
        told.value.block.by,
        told.value.block.until,
    )
    assert "held" == world.stored(before)["state"]
    assert 0 == world.blocking("car-2")
    (past,) = lifted.past_blocks
    assert ("Damage to B-DS 1", "clerk", "bill paid") == (past.block.reason, past.by, past.note)
    assert lifted == _file(world, RENTER.id)


async def test_renters_of_many_bookings_at_once_are_read_together_and_each_answer_is_its_own(world):
    _both(world)
    block = {"reason": "owes money", "by": "clerk", "since": LONG_AGO}
    world.db.renters.update_one({"_id": RENTER.id}, {"$set": {"block": block}})
    world.db.renters.update_one({"_id": JONAS.id}, {"$set": {"merged_into": J_VOGEL.id, "keys": [], "parts": []}})
    asked = [J_VOGEL.id, RENTER.id, JONAS.id, RenterId("nobody"), J_VOGEL.id]
    with counted() as commands:
        async with world.desk() as desk:
            commands.clear()
            reads = [desk.booking.store.bookable(each, desk.clock.now()) for each in asked]
            got = await asyncio.gather(*reads, return_exceptions=True)
            sent = list(commands)

    assert [J_VOGEL, J_VOGEL, J_VOGEL] == [got[0], got[2], got[4]]
    assert [RenterBlocked, NotFound] == [type(got[1]), type(got[3])]
    assert ["find"] * 3 == sent  # the first, all others, and whom one was merged into


async def test_a_block_that_has_run_out_keeps_nobody(world):
    async with world.desk() as desk:
        now = desk.clock.now()
        stored = {"reason": "late", "by": "clerk", "since": now - timedelta(days=2), "until": now - timedelta(days=1)}
        world.db.renters.update_one({"_id": RENTER.id}, {"$set": {"block": stored}})
        await _booked(desk, RENTER.id, 1)
        listed = await desk.renters.page(desk.actor, RenterQuery(blocked=True))

    assert 1 == world.blocking("car-1")
    assert 0 == listed.total


async def test_a_hold_that_began_before_a_block_stands_and_is_listed(world, monkeypatch):
    looked, told = asyncio.Event(), asyncio.Event()
    claim = MongoTransaction.claim

    async def late_claim(self, *args):
        looked.set()
        await told.wait()
        return await claim(self, *args)

    monkeypatch.setattr(MongoTransaction, "claim", late_claim)
    async with world.desk() as desk, world.desk("admin") as other, asyncio.timeout(WITHIN_S):
        hold = asyncio.create_task(_booked(desk, RENTER.id, 1))
        await looked.wait()
        await other.renters.block(other.actor, RENTER.id, 1, "owes money")
        told.set()
        (made,) = await hold
        listed = await other.renters.open_bookings(other.actor, RENTER.id)

    assert [made.id] == [each.id for each in listed] == world.db.bookings.distinct("_id")


@pytest.mark.parametrize("where", ["the same desk", "another desk"])
async def test_who_was_just_booked_for_and_is_blocked_is_booked_no_more(world, monkeypatch, where):
    now = [100.0]
    monkeypatch.setattr(fewer_questions, "since_boot", lambda: now[0])
    async with world.desk() as desk, world.desk("admin") as other:
        await _booked(desk, RENTER.id, 1)
        blocks = desk if where == "the same desk" else other
        await blocks.renters.block(blocks.actor, RENTER.id, 1, "owes money")
        now[0] += 0 if where == "the same desk" else 0.5
        with pytest.raises(RenterBlocked):
            await _booked(desk, RENTER.id, 2)

    assert (1, 0) == (world.blocking("car-1"), world.blocking("car-2"))
    assert [] == world.db.fences.find_one({"_id": "car-2"})["claims"]


@pytest.mark.parametrize("account", ["owner", "renter", "worker"])
async def test_renters_are_nobody_elses_business(world, account):
    async with world.desk(account) as desk:
        for act in (
            desk.renters.page(desk.actor, RenterQuery()),
            desk.renters.look(desk.actor, RENTER.id),
            desk.renters.history(desk.actor, RENTER.id),
            desk.renters.mend(desk.actor, RENTER.id, 1, NEW),
            desk.renters.merge(desk.actor, _merge()),
            desk.renters.block(desk.actor, RENTER.id, 1, "x"),
        ):
            with pytest.raises(Forbidden):
                await act


async def test_lists_are_paged_by_index_in_both_orders(world):
    many = [replace(JONAS, id=RenterId(f"r-{n:03}"), name=f"{chr(97 + n % 26)}nna {n}") for n in range(120)]
    world.db.renters.insert_many([renter_document(each) for each in many])
    async with world.desk() as desk:
        await desk.renters.mend(desk.actor, RenterId("r-077"), 1, NEW)
        pages = [await desk.renters.page(desk.actor, RenterQuery(), offset=at) for at in (0, 50, 100)]
        changed = await desk.renters.page(desk.actor, RenterQuery(order=RenterOrder.CHANGED, descending=True))
        found = await desk.renters.page(desk.actor, RenterQuery(text="lund"))
        slipped = await desk.renters.page(desk.actor, RenterQuery(text="070174O605", country="SE"))

    names = [file.order for page in pages for file in page.rows]
    assert (121, 121, sorted(names)) == (pages[0].total, len(names), names)
    assert "r-077" == changed.rows[0].id == found.rows[0].id == slipped.rows[0].id
    for asked, sort in (
        ({"order": {"$gt": ""}}, [("order", 1), ("_id", 1)]),
        ({"order": {"$gt": ""}}, [("changed_at", -1), ("_id", -1)]),
    ):
        plan = world.db.renters.find(asked).sort(sort).limit(50).explain()["executionStats"]
        assert 60 > plan["totalDocsExamined"]
    plan = world.db.bookings.find({"renter_id": {"$in": ["a", "b"]}}).sort([("starts_at", -1), ("_id", -1)])
    assert "renter_time" in str(plan.explain()["queryPlanner"]["winningPlan"])


async def test_nobody_of_that_name_is_nobody(world):
    async with world.desk() as desk:
        for renter_id in ("renter-none", "x" * 100):
            with pytest.raises(NotFound):
                await desk.renters.look(desk.actor, RenterId(renter_id))
        with pytest.raises(InvalidText):
            await desk.renters.look(desk.actor, RenterId("a\nb"))


async def test_a_ring_of_merged_renters_ends(world):
    _both(world)
    for one, other in ((J_VOGEL.id, JONAS.id), (JONAS.id, J_VOGEL.id)):
        world.db.renters.update_one({"_id": one}, {"$set": {"merged_into": other}})
    async with world.desk() as desk:
        with pytest.raises(NotFound):
            await desk.renters.look(desk.actor, JONAS.id)
        with pytest.raises(NotFound):
            await _booked(desk, JONAS.id, 1)


async def test_where_invoices_go_is_kept_until_somebody_says_otherwise(world):
    there = BillTo("Lund AB", "SE 5566", "Storgatan 1", "111 22", "Stockholm", "Sweden")
    async with world.desk() as desk:
        bea = (await desk.renters.add(desk.actor, replace(NEW, bill_to=there))).renter
        added = _file(world, bea.id)
        await desk.renters.mend(desk.actor, bea.id, 1, replace(NEW, name="Bea Berg"))
        unasked = _file(world, bea.id)
        with pytest.raises(InvalidText) as wrong:
            await desk.renters.mend(desk.actor, bea.id, 2, replace(NEW, bill_to=replace(there, vat_id="5566")))
        await desk.renters.mend(desk.actor, bea.id, 2, replace(NEW, bill_to=BillTo(town="Uppsala")))

    assert replace(there, vat_id="SE5566") == added.bill_to == unasked.bill_to
    assert "Storgatan 1, 111 22 Stockholm, Sweden" == added.bill_to.address
    assert ("vat_id", BillTo(town="Uppsala")) == (wrong.value.field, _file(world, bea.id).bill_to)
    told = world.db.audit.find_one({"what": "renter.mended", "before.company": "Lund AB"})
    assert ("Storgatan 1, 111 22 Stockholm, Sweden", "Uppsala") == (told["before"]["address"], told["after"]["address"])


@pytest.mark.parametrize(("keep", "gone", "stays"), [("", "Kiel", "Kiel"), ("Ulm", "Kiel", "Ulm"), ("Ulm", "", "Ulm")])
async def test_an_address_goes_along_with_a_merge_where_the_other_has_none(world, keep, gone, stays):
    _both(world)
    for renter, town in ((JONAS, keep), (J_VOGEL, gone)):
        if town:
            world.db.renters.update_one({"_id": renter.id}, {"$set": {"street": "Weg 1", "town": town}})
    async with world.desk() as desk:
        await desk.renters.merge(desk.actor, _merge())

    assert stays == _file(world, JONAS.id).bill_to.town
