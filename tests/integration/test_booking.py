"""A car is promised once: rows counted in a real database."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import make_car, wish

from engine.adapters.mongo.transaction import MongoTransaction
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarId, CarStatus
from engine.domain.money.money import Money
from engine.domain.people.people import RenterId
from engine.domain.shared.errors import (
    AlreadyAsked,
    CarNotRentable,
    Contended,
    Forbidden,
    InvalidPeriod,
    InvalidText,
    NotFound,
    PeriodTaken,
    PriceChanged,
)
from engine.domain.shared.period import RentalPeriod

pytestmark = pytest.mark.asyncio


async def _outcomes(*requests) -> Counter:
    got = await asyncio.gather(*requests, return_exceptions=True)
    strange = [each for each in got if isinstance(each, Exception) and not hasattr(each, "code")]
    assert not strange
    return Counter(type(each).__name__ for each in got)


async def test_a_hold_is_stored_with_its_price_its_deadline_and_a_prepared_payment(world):
    async with world.desk() as desk:
        booking = await desk.booking.hold(desk.actor, wish(desk))

    row = world.stored(booking)
    assert "held" == row["state"]
    assert 100_00 == row["quote"]["total"] == row["payments"][0]["attempts"][0]["amount"]["minor"]
    assert timedelta(minutes=10) == row["hold_until"] - row["created_at"]
    assert timedelta(minutes=31) == row["payments"][0]["attempts"][0]["expires_at"] - row["created_at"]
    assert "prepared" == row["payments"][0]["attempts"][0]["state"]


async def test_B1_of_fifty_callers_exactly_one_has_the_car(world):
    async with world.desk() as desk:
        got = await _outcomes(*(desk.booking.hold(desk.actor, wish(desk, key=f"k{n}")) for n in range(50)))

    assert 1 == world.blocking("car-1")
    assert 1 == got["Booking"]
    assert 49 == got["Contended"] + got["PeriodTaken"]


async def test_B3_with_the_lease_off_still_exactly_one(world):
    async with world.desk(lease=False) as desk:
        got = await _outcomes(*(desk.booking.hold(desk.actor, wish(desk, key=f"k{n}")) for n in range(50)))

    assert 1 == world.blocking("car-1")
    assert {"Booking": 1, "PeriodTaken": 49} == got


async def test_B3_without_the_fence_the_race_is_lost(world, monkeypatch):
    """The guard earns its place: claim without asking the fence, and one car is sold many times."""

    async def claim_blindly(self, car_id, period, booking_id, now, to=None):
        fence = await self._db.fences.find_one({"_id": car_id}, session=self._session)
        taken = await self._db.bookings.find_one({"car_id": car_id}, session=self._session)
        if taken is not None:
            raise PeriodTaken(car_id)
        from engine.adapters.mongo.codec.documents import terms_of_fence  # noqa: PLC0415

        return terms_of_fence(fence)

    monkeypatch.setattr(MongoTransaction, "claim", claim_blindly)
    async with world.desk(lease=False) as desk:
        await _outcomes(*(desk.booking.hold(desk.actor, wish(desk, key=f"k{n}")) for n in range(20)))

    assert world.blocking("car-1") > 1


async def test_B4_a_failed_try_leaves_nothing_behind_and_the_next_honest_one_succeeds(world):
    async with world.desk() as desk:
        with pytest.raises(PriceChanged):
            await desk.booking.hold(desk.actor, wish(desk, shown_price=Money(1, "EUR")))
        assert not world.redis.keys("*")
        assert 0 == world.blocking("car-1")
        assert [] == world.db.fences.find_one({"_id": "car-1"})["claims"]

        booking = await desk.booking.hold(desk.actor, wish(desk))

    assert "held" == world.stored(booking)["state"]


@pytest.mark.parametrize("days", [{}, {"first": 5, "last": 7}], ids=["the same days", "other days"])
async def test_B4_a_repeat_leads_to_the_first_booking_also_when_redis_forgot(world, days):
    async with world.desk() as desk:
        booking = await desk.booking.hold(desk.actor, wish(desk))
        for _ in range(2):
            with pytest.raises(AlreadyAsked) as caught:
                await desk.booking.hold(desk.actor, wish(desk, **days))
            assert booking.id == caught.value.booking_id
            world.redis.flushall()

    assert 1 == world.blocking("car-1")
    assert 1 == len(world.db.fences.find_one({"_id": "car-1"})["claims"])


async def test_rentals_back_to_back_do_not_collide_and_a_millisecond_more_does(world):
    async with world.desk() as desk:
        middle = wish(desk)
        await desk.booking.hold(desk.actor, middle)
        before = RentalPeriod(middle.period.starts_at - timedelta(hours=20), middle.period.starts_at)
        after = RentalPeriod(middle.period.ends_at, middle.period.ends_at + timedelta(hours=20))
        late = replace(before, ends_at=before.ends_at + timedelta(milliseconds=1))

        with pytest.raises(PeriodTaken) as caught:
            await desk.booking.hold(desk.actor, replace(middle, intent_key="k2", period=late, shown_price=_one_day()))
        assert middle.period.ends_at == caught.value.until
        await desk.booking.hold(desk.actor, replace(middle, intent_key="k3", period=before, shown_price=_one_day()))
        await desk.booking.hold(desk.actor, replace(middle, intent_key="k4", period=after, shown_price=_one_day()))

    assert 3 == world.blocking("car-1")


async def test_B7_a_rental_may_start_now_but_not_an_hour_ago(world):
    async with world.desk() as desk:
        now = desk.clock.now()
        walk_in = wish(desk, period=RentalPeriod(now, now + timedelta(hours=20)), shown_price=_one_day())
        await desk.booking.hold(desk.actor, walk_in)
        past = RentalPeriod(now - timedelta(hours=1), now + timedelta(hours=1))
        with pytest.raises(InvalidPeriod):
            await desk.booking.hold(desk.actor, wish(desk, car="car-2", key="k2", period=past, shown_price=_one_day()))

    assert 1 == world.blocking("car-1")
    assert 0 == world.blocking("car-2")


@pytest.mark.parametrize("first", ["booking", "maintenance"])
async def test_B10_maintenance_and_booking_at_once_end_consistent(world, first):
    def to_the_workshop() -> None:
        world.db.fences.update_one({"_id": "car-1"}, {"$inc": {"seq": 1}, "$set": {"status": CarStatus.MAINTENANCE}})

    async with world.desk() as desk:
        if first == "maintenance":
            to_the_workshop()
            with pytest.raises(CarNotRentable):
                await desk.booking.hold(desk.actor, wish(desk))
            assert 0 == world.blocking("car-1")
        else:
            await desk.booking.hold(desk.actor, wish(desk))
            to_the_workshop()
            with pytest.raises(CarNotRentable):
                await desk.booking.hold(desk.actor, wish(desk, key="k2", first=5, last=7))
            assert 1 == world.blocking("car-1")


async def test_P1_the_price_is_the_engines_whatever_the_form_says(world):
    async with world.desk() as desk:
        with pytest.raises(PriceChanged):
            await desk.booking.hold(desk.actor, wish(desk, shown_price=Money(99_00, "EUR")))

    assert 0 == world.db.bookings.count_documents({})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"car_id": CarId("no-such-car")}, NotFound),
        ({"car_id": CarId('{"$gt": ""}')}, NotFound),
        ({"renter_id": RenterId("nobody")}, NotFound),
        ({"intent_key": ""}, InvalidText),
        ({"intent_key": "x" * 10_000_000}, InvalidText),
        ({"intent_key": "nul\0"}, InvalidText),
        ({"intent_key": "\ud800"}, InvalidText),
    ],
)
async def test_S9_wrong_ids_and_keys_are_errors_that_leave_nothing(world, change, problem):
    async with world.desk() as desk:
        with pytest.raises(problem):
            await desk.booking.hold(desk.actor, wish(desk, **change))

    assert 0 == world.db.bookings.count_documents({})
    assert not world.redis.keys("*")


async def test_an_owner_may_not_book_and_sees_no_other_fleets_bookings(world):
    world.db.cars.update_one({"_id": "car-2"}, {"$set": {"owner_id": "owner-2"}})
    world.db.fences.update_one({"_id": "car-2"}, {"$set": {"terms.owner_id": "owner-2"}})
    async with world.desk() as clerk, world.desk("owner") as owner:
        with pytest.raises(Forbidden):
            await owner.booking.hold(owner.actor, wish(owner))
        mine = await clerk.booking.hold(clerk.actor, wish(clerk))
        other = await clerk.booking.hold(clerk.actor, wish(clerk, car="car-2", key="k2"))

        assert mine.id == (await owner.booking.booking(owner.actor, mine.id)).id
        with pytest.raises(NotFound):
            await owner.booking.booking(owner.actor, other.id)


async def test_a_clerk_sees_the_own_bookings_and_those_of_the_own_branch_only(world):
    world.add_cars(make_car(9, branch_id="br-lisbon"))
    async with world.desk("clerk") as berlin, world.desk("clerk2") as lisbon:
        here = await berlin.booking.hold(berlin.actor, wish(berlin))
        there = await berlin.booking.hold(berlin.actor, wish(berlin, car="car-9", key="k2"))

        assert there == await berlin.booking.booking(berlin.actor, there.id)
        assert there == await lisbon.booking.booking(lisbon.actor, there.id)
        with pytest.raises(NotFound):
            await lisbon.booking.booking(lisbon.actor, here.id)


async def test_a_second_caller_is_refused_in_one_round_trip_while_the_first_is_served(world):
    async with world.desk() as desk:
        async with desk.booking_lock.take(CarId("car-1"), "other", "B"):
            before = world.db.fences.find_one({"_id": "car-1"})["seq"]
            with pytest.raises(Contended):
                await desk.booking.hold(desk.actor, wish(desk))
            # What it had begun to read beside its turn ended with it.
            assert {asyncio.current_task()} == {each for each in asyncio.all_tasks() if _of_ours(each)}
            assert before == world.db.fences.find_one({"_id": "car-1"})["seq"]
        booking = await desk.booking.hold(desk.actor, wish(desk))

    assert BookingState.HELD == booking.state


def _of_ours(task) -> bool:
    return "pymongo" not in task.get_coro().cr_code.co_filename


def _one_day() -> Money:
    return Money(50_00, "EUR")
