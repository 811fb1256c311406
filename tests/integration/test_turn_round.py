"""Between two rentals a car is made ready: nobody is promised it before, by claim, search and undoing alike."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from builders import BERLIN, make_car, wish

from engine.adapters.mongo import fences
from engine.adapters.mongo.branch_rules import MARK
from engine.adapters.mongo.codec.documents import branch_document
from engine.domain.car.body_type import BodyType
from engine.domain.car.catalogue import CarWish
from engine.domain.car.opening_hours import BodyTurn, TurnRound
from engine.domain.health.findings import Level
from engine.domain.health.health import HealthArea
from engine.domain.money.money import Money
from engine.domain.shared.errors import Contended, PeriodTaken
from engine.domain.shared.period import RentalPeriod

pytestmark = pytest.mark.asyncio
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def takes(world, usual, **by_body):
    """From now on it takes so many minutes at the branch in Berlin."""
    bodies = tuple(BodyTurn(BodyType(name), minutes) for name, minutes in by_body.items())
    hours = replace(BERLIN.hours, turn=TurnRound(usual, bodies))
    world.db.branches.replace_one({"_id": BERLIN.id}, branch_document(replace(BERLIN, hours=hours)))
    world.db.fences.update_many({}, {"$unset": {MARK: ""}})
    world.redis.flushall()


def asked(desk, first, last, car="car-1", rate=50_00):
    """A wish for the hours *first* to *last* of the day after tomorrow."""
    day = desk.clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    period = RentalPeriod(day + first * HOUR, day + last * HOUR)
    return wish(desk, car=car, key=f"{car} {first} {last}", period=period, shown_price=Money(rate, "EUR"))


async def free(desk, wished):
    page = await desk.catalogue.search(desk.actor, CarWish(BERLIN.id, wished.period))
    return wished.car_id in {offer.car.id for offer in page.offers}


async def told(desk, wished):
    page = await desk.availability.taken_cars(desk.actor, CarWish(BERLIN.id, wished.period))
    return next(each for each in page.blocked if each.car.id == wished.car_id)


@pytest.mark.parametrize(("first", "last", "good"), [(10, 12, True), (9.5, 12, False), (3, 5, True), (3, 5.5, False)])
async def test_a_car_is_promised_only_once_it_is_ready_and_if_it_is_ready_for_the_next(world, first, last, good):
    takes(world, 60)
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, asked(desk, 6, 9))
        other = asked(desk, first, last)

        assert good == await free(desk, other)
        if good:
            await desk.booking.hold(desk.actor, other)
        else:
            blocked = await told(desk, other)
            with pytest.raises(PeriodTaken):
                await desk.booking.hold(desk.actor, other)
            assert held.id == blocked.obstacle.booking_id
            assert blocked.next_free.starts_at == held.period.ends_at + HOUR
            assert await free(desk, asked(desk, 10, 12))

    assert 1 + good == world.blocking("car-1")
    row = world.stored(held)
    assert (60, held.period.ends_at + HOUR) == (row["turn_minutes"], row["free_at"])


async def test_what_was_sold_keeps_its_time_whatever_the_firm_decides_later(world):
    takes(world, 60)
    async with world.desk() as desk, world.desk("admin") as admin:
        held = await desk.booking.hold(desk.actor, asked(desk, 6, 9))
        takes(world, 0)
        with pytest.raises(PeriodTaken):
            await desk.booking.hold(desk.actor, asked(desk, 9.5, 12))
        await desk.booking.hold(desk.actor, asked(desk, 10, 12))
        report = await admin.admin.health.examine(admin.actor)

    claims = {
        each["id"]: each["free_at"] - each["ends_at"] for each in world.db.fences.find_one({"_id": "car-1"})["claims"]
    }
    assert HOUR == claims[held.id]
    assert Level.GOOD is next(each for each in report.findings if each.area is HealthArea.CLAIMS).level


async def test_each_body_takes_its_own_time(world):
    world.add_cars(make_car(50, body=BodyType.VAN))
    takes(world, 0, van=120)
    async with world.desk() as desk:
        for car in ("car-1", "car-50"):
            await desk.booking.hold(desk.actor, asked(desk, 6, 9, car))
        found = [await free(desk, asked(desk, first, 13, car)) for car in ("car-1", "car-50") for first in (9, 10, 11)]
        with pytest.raises(PeriodTaken):
            await desk.booking.hold(desk.actor, asked(desk, 10, 13, "car-50"))

    assert [True, True, True, False, False, True] == found


async def test_a_car_that_another_booking_goes_on_with_is_as_long_in_being_made_ready(world, stripe):
    takes(world, 60)
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, asked(desk, 6, 9))
        paid = await desk.payment.settle(desk.actor, held.id)
        await stripe.pay(paid)
        paid = await desk.payment.settle(desk.actor, held.id)
        await desk.booking.hold(desk.actor, asked(desk, 9.5, 12, "car-2"))
        others = await desk.changing.other_cars(desk.actor, paid.id)

    assert "car-2" not in {car.id for car in others.cars}
    assert others.cars


async def test_of_eight_engines_with_and_without_the_lease_none_breaks_into_the_time(world):
    """Half want the car right at the return, half half an hour before it is ready, and all a whole day."""
    takes(world, 60)
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(world.desk(lease=n % 2 == 0)) for n in range(8)]
        wishes = [asked(desks[0], first, first + 3) for first in (6, 9, 9.5, 10, 13, 13.5, 14, 17)]
        tried = await asyncio.gather(
            *(
                desk.booking.hold(desk.actor, replace(each, intent_key=f"{n} {m}"))
                for n, desk in enumerate(desks)
                for m, each in enumerate(wishes)
            ),
            return_exceptions=True,
        )

    assert not [each for each in tried if isinstance(each, Exception) and not isinstance(each, PeriodTaken | Contended)]
    claims = sorted(world.db.fences.find_one({"_id": "car-1"})["claims"], key=lambda each: each["starts_at"])
    assert claims
    assert all(before["free_at"] <= after["starts_at"] for before, after in pairwise(claims))
    assert {each["id"] for each in claims} == {row["_id"] for row in world.db.bookings.find({"state": "held"})}


async def test_without_the_guard_the_next_is_promised_too_early(world, monkeypatch):
    takes(world, 60)

    async def at_once(_db, _session, _car, _claim, _branch, ends_at, _body):
        return ends_at

    monkeypatch.setattr(fences, "make_ready", at_once)
    async with world.desk() as desk:
        await desk.booking.hold(desk.actor, asked(desk, 6, 9))
        await desk.booking.hold(desk.actor, asked(desk, 9.5, 12))

    assert 2 == world.blocking("car-1")
