"""At the counter: a car goes out once, comes back once, and stands where it was left."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from at_counter import HOUR, confirmed, fence, moved_back
from builders import FULL, LISBON, wish

from engine.adapters.mongo import fences
from engine.domain.booking.handing_over import NotReady, StillOut, TooEarly
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import WhyTaken
from engine.domain.car.catalogue import CarWish
from engine.domain.car.places import NotHere
from engine.domain.shared.errors import (
    CarNotRentable,
    DriveSphereError,
    Forbidden,
    MoveRefused,
    NotBelieved,
    PeriodTaken,
)
from engine.domain.shared.period import RentalPeriod

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("first", [-0.4, 20])
async def test_a_car_goes_out_and_comes_back_and_its_fence_says_so(world, stripe, first):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, first, 47)
        out = await desk.rental.hand_over(desk.actor, booking.id, FULL)
        (claim,) = fence(world)["claims"]
        before = desk.clock.now()

        assert (BookingState.OUT, None, True) == (out.state, fence(world)["at"], claim["out"])
        assert claim["starts_at"] <= min(before, booking.period.starts_at)
        assert booking.period == out.period

        back = await desk.rental.returned(desk.actor, booking.id, FULL)

    assert (BookingState.COMPLETED, "br-berlin", []) == (back.state, fence(world)["at"], fence(world)["claims"])


async def test_two_desks_hand_a_booking_over_once(world, stripe):
    async with world.desk() as one, world.desk() as other:
        booking = await confirmed(one, stripe, -0.2, 47)
        tried = await asyncio.gather(
            *(desk.rental.hand_over(desk.actor, booking.id, FULL) for desk in (one, other) for _ in range(4)),
            return_exceptions=True,
        )

    done = [each for each in tried if not isinstance(each, BaseException)]
    assert 1 == len(done)
    assert all(isinstance(each, DriveSphereError) for each in tried if each not in done)
    states = [step["state"] for step in world.stored(booking)["history"]]
    assert 1 == states.count("out")
    assert [True] == [claim["out"] for claim in fence(world)["claims"]]


async def test_a_car_that_another_renter_still_has_is_not_handed_over(world, stripe):
    async with world.desk() as desk:
        late = await confirmed(desk, stripe, -0.3, 0.4, key="late")
        await desk.rental.hand_over(desk.actor, late.id, FULL)
        moved_back(world, late, timedelta(days=2))
        waiting = await confirmed(desk, stripe, 24.5, 47, key="next")
        moved_back(world, waiting, 24 * HOUR)

        with pytest.raises(StillOut) as caught:
            await desk.rental.hand_over(desk.actor, waiting.id, FULL)
        assert late.id == caught.value.booking_id
        await desk.rental.returned(desk.actor, late.id, FULL)
        await desk.rental.hand_over(desk.actor, waiting.id, FULL)

    assert [waiting.id] == [claim["id"] for claim in fence(world)["claims"] if claim["out"]]


async def test_who_comes_early_waits_for_the_one_before(world, stripe):
    async with world.desk() as desk:
        before = await confirmed(desk, stripe, 1, 3, key="before")
        booking = await confirmed(desk, stripe, 4, 20, key="early")
        with pytest.raises(NotReady) as caught:
            await desk.rental.hand_over(desk.actor, booking.id, FULL)

    assert before.period.ends_at == caught.value.until
    assert [False, False] == [claim["out"] for claim in fence(world)["claims"]]


async def test_what_is_not_due_is_over_or_out_of_service_is_not_handed_over(world, stripe):
    async with world.desk() as desk:
        far = await confirmed(desk, stripe, 30, 47, key="far")
        with pytest.raises(MoveRefused):
            await desk.rental.hand_over(desk.actor, far.id, FULL)
        world.db.fences.update_one({"_id": "car-1"}, {"$set": {"status": "maintenance"}})
        moved_back(world, far, 20 * HOUR)
        with pytest.raises(CarNotRentable):
            await desk.rental.hand_over(desk.actor, far.id, FULL)
        world.db.fences.update_one({"_id": "car-1"}, {"$set": {"status": "active"}})
        moved_back(world, far, 40 * HOUR)
        with pytest.raises(MoveRefused):
            await desk.rental.hand_over(desk.actor, far.id, FULL)

    assert "confirmed" == world.stored(far)["state"]


async def test_owners_hand_nothing_over(world, stripe):
    async with world.desk() as desk, world.desk("owner") as owner:
        booking = await confirmed(desk, stripe, -0.2, 47)
        rental = owner.rental
        for verb, more in ((rental.hand_over, (FULL,)), (rental.no_show, ()), (rental.came_after_all, ())):
            with pytest.raises(Forbidden):
                await verb(owner.actor, booking.id, *more)


async def test_a_no_show_frees_the_car_after_four_hours_and_may_come_after_all(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.2, 47)
        with pytest.raises(TooEarly):
            await desk.rental.no_show(desk.actor, booking.id)
        moved_back(world, booking, 4 * HOUR)
        missed = await desk.rental.no_show(desk.actor, booking.id)
        assert (BookingState.NO_SHOW, []) == (missed.state, fence(world)["claims"])

        came = await desk.rental.came_after_all(desk.actor, booking.id)
        assert BookingState.CONFIRMED == came.state
        await desk.rental.hand_over(desk.actor, booking.id, FULL)

    assert ["held", "confirmed", "no_show", "confirmed", "out"] == [
        step["state"] for step in world.stored(booking)["history"]
    ]
    assert 3 == world.db.ledger.count_documents({"booking_id": booking.id})


async def test_who_comes_after_all_does_not_get_a_car_that_was_sold_again(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.2, 47)
        moved_back(world, booking, 5 * HOUR)
        await desk.rental.no_show(desk.actor, booking.id)
        await confirmed(desk, stripe, 1, 20, key="again")
        with pytest.raises(PeriodTaken):
            await desk.rental.came_after_all(desk.actor, booking.id)

    assert "no_show" == world.stored(booking)["state"]


async def test_a_confirmed_booking_past_its_end_keeps_nobody_from_the_car(world, stripe):
    """It was never out, so nothing about it is overdue."""
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.2, 20)
        moved_back(world, booking, timedelta(days=2))
        now = desk.clock.now()
        page = await desk.catalogue.search(desk.actor, CarWish("br-berlin", RentalPeriod(now + HOUR, now + 9 * HOUR)))
        await confirmed(desk, stripe, 1, 20, key="again")

    assert "car-1" in [offer.car.id for offer in page.offers]


async def test_a_car_that_goes_to_another_branch_is_not_sold_at_home_after_it(world, stripe):
    async with world.desk() as desk:
        away = await desk.booking.hold(desk.actor, replace(wish(desk, first=3, last=5), return_branch_id=LISBON.id))
        later = wish(desk, key="later", first=6, last=8)
        with pytest.raises(NotHere) as caught:
            await desk.booking.hold(desk.actor, later)
        found = await desk.catalogue.search(desk.actor, CarWish("br-berlin", later.period))
        told = await desk.availability.taken_cars(desk.actor, CarWish("br-berlin", later.period))
        before = await desk.booking.hold(desk.actor, wish(desk, key="before", first=1, last=2))

    assert LISBON.id == caught.value.branch_id
    assert "car-1" not in [offer.car.id for offer in found.offers]
    assert WhyTaken.ELSEWHERE is next(each for each in told.blocked if each.car.id == "car-1").obstacle.why
    assert {away.id, before.id} == {claim["id"] for claim in fence(world)["claims"]}
    ways = {claim["id"]: (claim["from"], claim["to"]) for claim in fence(world)["claims"]}
    assert {away.id: ("br-berlin", LISBON.id), before.id: ("br-berlin", "br-berlin")} == ways


async def test_a_car_is_not_sent_away_from_whoever_is_promised_it_next(world):
    async with world.desk() as desk:
        await desk.booking.hold(desk.actor, wish(desk, key="next", first=6, last=8))
        with pytest.raises(NotHere):
            await desk.booking.hold(desk.actor, replace(wish(desk, first=3, last=5), return_branch_id=LISBON.id))

    assert 1 == world.blocking("car-1")


async def test_a_car_that_came_back_elsewhere_is_not_sold_where_it_is_not(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.2, 20, return_branch_id=LISBON.id)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        await desk.rental.returned(desk.actor, booking.id, FULL)
        with pytest.raises(NotHere):
            await desk.booking.hold(desk.actor, wish(desk, key="here", first=3, last=5))

    assert LISBON.id == fence(world)["at"]


async def test_the_guards_are_what_holds(world, stripe, monkeypatch):
    """Without them the same doings end otherwise, so the tests above would see it."""

    async def blind(_db, _session, booking, _now, _km):
        return {"terms": {"branch_id": booking.branch_id}}

    monkeypatch.setattr(fences, "hand_out", blind)
    monkeypatch.setattr(fences, "fits", lambda *_: True)
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.2, 20)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        assert [False] == [claim["out"] for claim in fence(world)["claims"]]
        await desk.booking.hold(desk.actor, replace(wish(desk, key="a", first=3, last=5), return_branch_id=LISBON.id))
        await desk.booking.hold(desk.actor, wish(desk, key="b", first=6, last=8))

    assert 3 == world.blocking("car-1")


async def test_no_key_is_given_away_on_the_word_of_a_row_that_the_program_does_not_write(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.2, 20)
        forged = {"cancellation.0.refund_bp": 1}
        world.db.bookings.update_one({"_id": booking.id}, {"$set": forged}, bypass_document_validation=True)
        with pytest.raises(NotBelieved):
            await desk.rental.hand_over(desk.actor, booking.id, FULL)

    assert [False] == [claim["out"] for claim in fence(world)["claims"]]
