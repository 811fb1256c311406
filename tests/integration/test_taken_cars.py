"""Why not: what is in the way of a car, when it is free, and which other one would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BERLIN, LISBON, days, kept, make_car, wish
from commands_counted import counted

from engine.adapters.mongo.codec.documents import car_document, fence_document
from engine.domain.car.availability import ClaimKind, WhyTaken
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import BranchId, CarStatus, terms_of
from engine.domain.car.catalogue import CarWish
from engine.domain.car.fleet import FleetQuery
from engine.domain.money.money import Money
from engine.domain.shared.errors import Forbidden, InvalidPeriod, NotFound, PeriodTaken
from engine.domain.shared.period import RentalPeriod

pytestmark = pytest.mark.asyncio
_LEFT = timedelta(milliseconds=1)


async def _taken(desk, **changes):
    asked = replace(CarWish(BERLIN.id, days(desk, 1, 3)), **changes)
    page = await desk.availability.taken_cars(desk.actor, asked)
    return {blocked.car.id: blocked for blocked in page.blocked}


def _confirm(world, booking):
    world.db.bookings.update_one(
        {"_id": booking.id}, {"$set": {"state": "confirmed"}, "$unset": {"due_at": ""}}, bypass_document_validation=True
    )


async def test_X1_a_hold_in_the_way_tells_until_when_and_by_whom(world):
    async with world.desk() as desk, world.desk("clerk2") as other:
        held = await other.booking.hold(other.actor, wish(other))

        blocked = (await _taken(desk))["car-1"]

    assert WhyTaken.HELD is blocked.obstacle.why
    assert (held.hold_until, "clerk2", held.id) == (
        blocked.obstacle.hold_until,
        blocked.obstacle.by,
        blocked.obstacle.booking_id,
    )
    assert held.period == blocked.obstacle.period
    assert held.period.ends_at == blocked.next_free.starts_at
    assert "car-2" == blocked.instead.car.id
    assert blocked.instead.quote.total == held.price


async def test_free_and_taken_are_all_cars_and_no_car_is_both(world):
    world.add_cars(
        make_car(4, status=CarStatus.MAINTENANCE),
        make_car(5, status=CarStatus.RETIRED),
        make_car(6, branch_id=LISBON.id),
    )
    async with world.desk() as desk:
        booking = await desk.booking.hold(desk.actor, wish(desk))
        start, end = booking.period.starts_at, booking.period.ends_at
        day = timedelta(hours=20)

        for period, taken in (
            (booking.period, True),
            (RentalPeriod(start - day, start + _LEFT), True),
            (RentalPeriod(end - _LEFT, end + day), True),
            (RentalPeriod(start - day, start), False),
            (RentalPeriod(end, end + day), False),
        ):
            asked = CarWish(BERLIN.id, period)
            free = {offer.car.id for offer in (await desk.catalogue.search(desk.actor, asked)).offers}
            blocked = set(await _taken(desk, period=period))
            assert taken == ("car-1" in blocked)
            assert {"car-1", "car-2", "car-3", "car-4"} == free | blocked
            assert not free & blocked


async def test_maintenance_has_no_end_and_somebody_elses_car_instead(world):
    world.db.cars.update_one({"_id": "car-1"}, {"$set": {"status": "maintenance"}})
    world.db.fences.update_one({"_id": "car-1"}, {"$set": {"status": "maintenance"}})
    async with world.desk() as desk:
        blocked = (await _taken(desk))["car-1"]

    assert (WhyTaken.MAINTENANCE, None, None) == (blocked.obstacle.why, blocked.obstacle.period, blocked.next_free)
    assert "car-2" == blocked.instead.car.id


async def test_B8_an_overdue_car_says_so_and_is_promised_a_day_ahead_at_the_earliest(world):
    async with world.desk() as desk:
        booking = await desk.booking.hold(desk.actor, wish(desk))
        now = desk.clock.now()
        past = {"starts_at": now - timedelta(days=2), "ends_at": now - timedelta(hours=1)}
        world.db.bookings.update_one(
            {"_id": booking.id}, {"$set": {"state": "out", **past}}, bypass_document_validation=True
        )
        claims = [kept(booking.id, **past, out=True)]
        world.db.fences.update_one({"_id": "car-1"}, {"$set": {"claims": claims}})

        blocked = (await _taken(desk, period=days(desk, 0, 1)))["car-1"]
        later = await _taken(desk, period=days(desk, 2, 3))

    assert WhyTaken.OVERDUE is blocked.obstacle.why
    assert past["ends_at"] == blocked.obstacle.period.ends_at
    assert timedelta(0) <= blocked.next_free.starts_at - (now + timedelta(hours=24)) < timedelta(minutes=2)
    assert "car-1" not in later


async def test_the_next_free_time_skips_gaps_that_are_too_short(world):
    async with world.desk() as desk:
        first = await desk.booking.hold(desk.actor, wish(desk, first=1, last=3, key="a"))
        second = await desk.booking.hold(desk.actor, wish(desk, first=3.5, last=5.5, key="b"))
        _confirm(world, first)

        blocked = (await _taken(desk))["car-1"]
        short = (await _taken(desk, period=days(desk, 1, 1.5)))["car-1"]
        both = (await _taken(desk, period=days(desk, 1, 5)))["car-1"]

    assert WhyTaken.BOOKED is blocked.obstacle.why
    assert second.period.ends_at == blocked.next_free.starts_at
    assert first.period.ends_at == short.next_free.starts_at
    assert (1, first.id) == (both.more, both.obstacle.booking_id)


async def test_instead_of_a_taken_car_the_nearest_rate_of_its_body_type_is_offered(world):
    world.add_cars(
        make_car(4, body=BodyType.SUV, daily_rate=Money(51_00, "EUR")),
        make_car(5, daily_rate=Money(45_00, "EUR")),
        make_car(6, daily_rate=Money(90_00, "EUR")),
    )
    async with world.desk() as desk:
        await desk.booking.hold(desk.actor, wish(desk, car="car-3", shown_price=Money(160_00, "EUR")))
        assert "car-6" == (await _taken(desk))["car-3"].instead.car.id

        await desk.booking.hold(desk.actor, wish(desk, car="car-4", shown_price=Money(102_00, "EUR"), key="b"))
        assert (await _taken(desk))["car-4"].instead is None


async def test_filters_narrow_the_taken_cars_too(world):
    world.add_cars(make_car(4, brand="Tesla", status=CarStatus.MAINTENANCE), make_car(5, status=CarStatus.MAINTENANCE))
    async with world.desk() as desk:
        assert {"car-4"} == set(await _taken(desk, brands=frozenset({"Tesla"})))


async def test_the_coming_weeks_of_a_car_are_told_in_order_with_who_has_it(world):
    async with world.desk() as desk:
        late = await desk.booking.hold(desk.actor, wish(desk, first=10, last=12, key="b"))
        soon = await desk.booking.hold(desk.actor, wish(desk, key="a"))
        far = await desk.booking.hold(desk.actor, wish(desk, first=60, last=62, key="c"))
        _confirm(world, soon)

        calendar = await desk.availability.calendar(desk.actor, "car-1", days(desk, 0, 42))

        with pytest.raises(NotFound):
            await desk.availability.calendar(desk.actor, "car-99", days(desk, 0, 42))
    assert "car-1" == calendar.car.id
    assert [(WhyTaken.BOOKED, soon.period, soon.id), (WhyTaken.HELD, late.period, late.id)] == [
        (each.why, each.period, each.booking_id) for each in calendar.busy
    ]
    assert far.id not in {each.booking_id for each in calendar.busy}


async def test_wrong_branches_and_days_are_errors_and_the_worker_may_not_ask(world):
    async with world.desk() as desk:
        with pytest.raises(NotFound):
            await _taken(desk, branch_id=BranchId("nowhere"))
        now = desk.clock.now()
        with pytest.raises(InvalidPeriod):
            await _taken(desk, period=RentalPeriod(now - timedelta(days=1), now))
    async with world.desk("worker") as desk:
        with pytest.raises(Forbidden):
            await _taken(desk)
        with pytest.raises(Forbidden):
            await desk.availability.calendar(desk.actor, "car-1", days(desk, 0, 42))


@pytest.fixture
def fleet(world):
    """More cars at Berlin, every fourth of them in maintenance and every fifth booked as *booking* is."""

    def add(first, last, booking):
        row = world.stored(booking)
        cars = [
            make_car(n, status=CarStatus.MAINTENANCE if n % 4 == 0 else CarStatus.ACTIVE, daily_rate=_rate(n))
            for n in range(first, last)
        ]
        world.db.cars.insert_many([car_document(car) for car in cars])
        same = [{**row, "_id": f"b-{car.id}", "car_id": car.id, "intent_key": f"key {car.id}"} for car in cars[::5]]
        world.db.bookings.insert_many([{**each, "session_ids": [each["_id"]]} for each in same])
        claims = {each["car_id"]: [kept(each["_id"], each["starts_at"], each["ends_at"])] for each in same}
        fences = [fence_document(car, terms_of(car, BERLIN), ()) for car in cars]
        world.db.fences.insert_many([{**fence, "claims": claims.get(fence["_id"], [])} for fence in fences])

    return add


def _rate(number):
    return Money(3000 + number % 197, "EUR")


async def cost(world, seen, load):
    """The commands of a load from an empty cache.

    The cheapest of three: what is changed while it is read is read again, and the word of the cars that were just put
    there comes when it comes.
    """
    tries = []
    for _ in range(3):
        world.redis.flushall()
        seen.clear()
        await load()
        tries.append(sorted(seen))
    return min(tries, key=len)


async def test_O4_each_page_load_costs_the_same_commands_at_100_and_at_10000_cars(world, fleet):
    costs = []
    with counted() as seen:
        async with world.desk() as desk:
            booking = await desk.booking.hold(desk.actor, wish(desk))
            asked = CarWish(BERLIN.id, booking.period)
            await desk.catalogue.search(desk.actor, asked)
            for first, last in ((100, 200), (200, 10_100)):
                fleet(first, last, booking)
                loads = (
                    lambda: desk.catalogue.facets(desk.actor, BERLIN.id),
                    lambda: desk.catalogue.search(desk.actor, asked),
                    lambda: desk.availability.taken_cars(desk.actor, asked),
                    lambda: desk.availability.calendar(desk.actor, "car-1", days(desk, 0, 42)),
                    lambda: desk.catalogue.renters(desk.actor, "ada", "DE"),
                )
                costs += [await cost(world, seen, load) for load in loads]
            page = await desk.availability.taken_cars(desk.actor, asked, offset=4000)

    assert costs[:5] == costs[5:]
    assert [1, 3, 7, 3, 2] == [len(names) for names in costs[:5]]
    assert (4001, 1) == (page.total, len(page.blocked))


async def test_taken_cars_are_found_by_an_index(world):
    world.add_cars(*(make_car(n) for n in range(100, 300)))
    asked = {"terms.branch_id": LISBON.id, "status": {"$in": ["active", "maintenance"]}}

    plan = world.db.fences.find(asked).explain()

    assert 0 == plan["executionStats"]["totalDocsExamined"]


KINDS = sorted(set(ClaimKind) - {ClaimKind.BOOKING})


async def test_what_is_no_booking_blocks_for_its_time_only_wherever_one_asks(world):
    """Every kind, ended and to come, asked of the claim, the search, the taken ones, the calendar and the fleet."""
    async with world.desk() as desk, world.desk("owner") as owner:
        wished, past = days(desk, 1, 3), days(desk, -3, -1)
        for kind in KINDS:
            for period, taken in ((wished, True), (past, False)):
                claims = [kept(f"{kind}-1", period.starts_at, period.ends_at, kind)]
                world.db.fences.update_one({"_id": "car-1"}, {"$set": {"claims": claims, "status": "active"}})
                world.db.bookings.delete_many({})
                world.redis.flushall()

                free = await desk.catalogue.search(desk.actor, CarWish(BERLIN.id, wished))
                shown = await desk.availability.taken_cars(desk.actor, CarWish(BERLIN.id, wished))
                calendar = await desk.availability.calendar(desk.actor, "car-1", wished)
                outlook = await owner.fleet.outlook(owner.actor, "car-1")
                fleet = await owner.fleet.page(owner.actor, FleetQuery())

                assert taken == ("car-1" not in {offer.car.id for offer in free.offers}), (kind, taken)
                assert taken == (["car-1"] == [each.car.id for each in shown.blocked]), (kind, taken)
                why = WhyTaken.SERVICE if kind is ClaimKind.MOVEMENT else WhyTaken.RESERVED
                assert ([why] if taken else []) == [each.why for each in calendar.busy]
                assert frozenset() == outlook.seen
                assert {0} == {row.coming for row in fleet.rows}
                key = f"{kind} {taken}"
                if taken:
                    with pytest.raises(PeriodTaken) as caught:
                        await desk.booking.hold(desk.actor, wish(desk, key=key))
                    assert () == caught.value.booking_ids
                else:
                    held = await desk.booking.hold(desk.actor, wish(desk, key=key))
                    fence = world.db.fences.find_one({"_id": "car-1"})
                    assert [f"{kind}-1", held.id] == [each["id"] for each in fence["claims"]]
