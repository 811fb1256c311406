"""Searching: exact to the minute, filtered, paged, with a fixed number of commands."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BERLIN, LISBON, RENTER, days, make_car, wish
from pymongo import monitoring

from engine.adapters.mongo.codec.documents import renter_document
from engine.adapters.mongo.queries.sought import holds
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import BranchId, CarStatus, Fuel, OwnerId, Transmission
from engine.domain.car.catalogue import CarOrder, CarWish
from engine.domain.money.money import Money
from engine.domain.shared.errors import Forbidden, InvalidPeriod, InvalidText, NotFound
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.sought import guesses, sought
from engine.services.people.renters import NewRenter

pytestmark = pytest.mark.asyncio


async def _found(desk, **changes):
    asked = replace(CarWish(BERLIN.id, days(desk, 1, 3)), **changes)
    return [offer.car.id for offer in (await desk.catalogue.search(desk.actor, asked)).offers]


async def test_active_cars_of_the_branch_are_found_by_price(world):
    world.add_cars(
        make_car(4, daily_rate=Money(10_00, "EUR")),
        make_car(5, status=CarStatus.MAINTENANCE),
        make_car(6, status=CarStatus.RETIRED),
        make_car(7, branch_id=LISBON.id),
    )
    async with world.desk() as desk:
        assert ["car-4", "car-1", "car-2", "car-3"] == await _found(desk)
        assert ["car-3", "car-1", "car-2", "car-4"] == await _found(desk, order=CarOrder.PRICE_DOWN)


async def test_a_booked_car_is_away_for_exactly_its_period(world):
    async with world.desk() as desk:
        booking = await desk.booking.hold(desk.actor, wish(desk))
        start, end = booking.period.starts_at, booking.period.ends_at
        moment = timedelta(milliseconds=1)
        day = timedelta(hours=20)

        assert "car-1" not in await _found(desk, period=booking.period)
        assert "car-1" not in await _found(desk, period=RentalPeriod(start - day, start + moment))
        assert "car-1" not in await _found(desk, period=RentalPeriod(end - moment, end + day))
        assert "car-1" in await _found(desk, period=RentalPeriod(start - day, start))
        assert "car-1" in await _found(desk, period=RentalPeriod(end, end + day))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"brands": frozenset({"Tesla"})}, ["car-9"]),
        ({"bodies": frozenset({BodyType.SUV})}, ["car-9"]),
        ({"fuels": frozenset({Fuel.ELECTRIC, Fuel.DIESEL})}, ["car-9"]),
        ({"transmissions": frozenset({Transmission.AUTOMATIC})}, ["car-9"]),
        ({"min_seats": 7}, ["car-9"]),
        ({"max_daily_minor": 60_00}, ["car-1", "car-2"]),
        ({"brands": frozenset({"Volkswagen"}), "min_seats": 7}, []),
        ({"brands": frozenset({'{"$gt": ""}', ".*", "^V"})}, []),
    ],
)
async def test_filters_narrow_and_text_is_never_a_pattern(world, wanted, found):
    world.add_cars(
        make_car(
            9, brand="Tesla", model="Y", body=BodyType.SUV, fuel=Fuel.ELECTRIC, transmission=Transmission.AUTOMATIC,
            seats=7, daily_rate=Money(90_00, "EUR"),
        )
    )  # fmt: skip
    async with world.desk() as desk:
        assert found == await _found(desk, **wanted)


async def test_P2_the_price_found_is_the_price_stored_and_charged(world):
    async with world.desk() as desk:
        page = await desk.catalogue.search(desk.actor, CarWish(BERLIN.id, days(desk, 1, 3)))
        shown = page.offers[0].quote
        booking = await desk.booking.hold(desk.actor, wish(desk))

    assert shown == booking.quote
    assert shown.total.minor == world.stored(booking)["payments"][0]["attempts"][0]["amount"]["minor"]


async def test_O4_pages_add_up_and_cost_the_same_whatever_the_fleet(world):
    world.add_cars(*(make_car(n) for n in range(100, 220)))
    started = []

    class Counter(monitoring.CommandListener):
        def started(self, event):
            started.append(event.command_name)

        def succeeded(self, event): ...
        def failed(self, event): ...

    counter = Counter()
    monitoring.register(counter)
    try:
        async with world.desk() as desk:
            asked = CarWish(BERLIN.id, days(desk, 1, 3))
            costs, seen = [], []
            for offset in (0, 50, 100):
                before = len(started)
                page = await desk.catalogue.search(desk.actor, asked, offset=offset)
                costs.append(len(started) - before)
                seen += [offer.car.id for offer in page.offers]
    finally:
        monitoring._LISTENERS.command_listeners.remove(counter)

    assert 123 == page.total == len(set(seen))
    assert costs[1] == costs[2] <= 3


async def test_wrong_branches_and_days_are_errors(world):
    async with world.desk() as desk:
        with pytest.raises(NotFound):
            await _found(desk, branch_id=BranchId("nowhere"))
        now = desk.clock.now()
        with pytest.raises(InvalidPeriod):
            await _found(desk, period=RentalPeriod(now - timedelta(days=1), now))


async def test_facets_tell_what_the_branch_has(world):
    async with world.desk() as desk:
        facets = await desk.catalogue.facets(desk.actor, BERLIN.id)

    assert (("Volkswagen",), (50_00, 80_00), (5,)) == (facets.brands, facets.daily_minor, facets.seats)


async def test_cars_in_service_are_named_for_whoever_stands_at_a_counter_and_one_without_a_name_is_left_out(world):
    world.add_cars(make_car(40, brand="Audi", model="A1", status=CarStatus.MAINTENANCE))
    world.add_cars(make_car(41, status=CarStatus.RETIRED), make_car(42, branch_id=LISBON.id), make_car(43))
    world.db.cars.update_one({"_id": "car-43"}, {"$set": {"plate": 7}}, bypass_document_validation=True)
    async with world.desk() as desk:
        named = {each.id: each for each in await desk.catalogue.names(desk.actor, BERLIN.id)}

    assert ("Audi", "A1", BodyType.HATCHBACK) == (named["car-40"].brand, named["car-40"].model, named["car-40"].body)
    assert {"car-41", "car-42", "car-43"}.isdisjoint(named)
    assert "car-1" in named


async def test_brands_and_branches_are_offered_as_people_look_them_up(world):
    brands = ["BMW", "audi", "\u0160koda", "Zastava"]
    world.add_cars(*(make_car(number, brand=brand) for number, brand in enumerate(brands, 40)))
    names = ["arlanda", "\u00d6rebro", "Zadar"]
    for name in names:
        world.db.branches.insert_one({**world.db.branches.find_one({"_id": BERLIN.id}), "_id": name, "name": name})
    async with world.desk() as desk:
        facets = await desk.catalogue.facets(desk.actor, BERLIN.id)
        told = [branch.name for branch in await desk.catalogue.branches(desk.actor)]
    world.db.branches.delete_many({"_id": {"$in": names}})

    assert ("audi", "BMW", "\u0160koda", "Volkswagen", "Zastava") == facets.brands
    assert names == [name for name in told if name in names]
    assert told[0] == "arlanda"


async def test_S9_renters_are_found_by_how_they_begin_and_by_nothing_cleverer(world):
    world.db.renters.insert_one(
        renter_document(replace(RENTER, id="renter-2", name="A.d.a [x]", email="x@example.org", phone="+351912345678"))
    )
    async with world.desk() as desk:

        async def names(text):
            return [renter.name for renter in (await desk.catalogue.renters(desk.actor, text)).rows]

        assert ["Ada Moreau"] == await names("ada m")
        assert ["Ada Moreau"] == await names("ADA@")
        assert ["Ada Moreau"] == await names("moreau a")
        assert ["Ada Moreau"] == await names("+49 30 9018")
        assert ["A.d.a [x]", "Ada Moreau"] == await names("a.d.a [")  # as it is spelt first
        assert ["A.d.a [x]"] == await names("+3519")
        assert [] == await names(".*")
        assert [] == await names('{"$gt": ""}')
        assert [] == await names("")
        with pytest.raises(InvalidText):
            await names("x" * 10_000_000)


async def test_a_number_without_country_is_one_of_the_branch(world):
    async with world.desk() as desk:
        new = NewRenter("Rui Sá", "r@example.org", "912 345 678", "P1")
        renter = (await desk.renters.add(desk.actor, new, "PT")).renter

    assert "+351912345678" == renter.phone == world.db.renters.find_one({"_id": renter.id})["phone"]


async def test_an_owner_may_not_look_for_renters(world):
    async with world.desk("owner") as desk:
        with pytest.raises(Forbidden):
            await desk.catalogue.renters(desk.actor, "ada")
        with pytest.raises(Forbidden):
            await desk.renters.add(desk.actor, NewRenter("A", "a@b.example", "+4930901820", "1"))


async def test_renters_are_found_by_family_name_without_accents_and_by_a_number_as_the_branch_dials_it(world):
    others = [
        replace(RENTER, id="renter-2", name="Élodie Lefèvre-Benali", email="e@example.org", phone="+33639980010"),
        replace(RENTER, id="renter-3", name="Róisín O'Sullivan", email="r@example.org", phone="+353209100010"),
        replace(RENTER, id="renter-4", name="Łukasz Wójcik", email="l@example.org", phone="+4930231250"),
    ]
    world.db.renters.insert_many([renter_document(renter) for renter in others])
    async with world.desk() as desk:

        async def ids(text, country="DE"):
            return [renter.id for renter in (await desk.catalogue.renters(desk.actor, text, country)).rows]

        assert ["renter-2"] == await ids("lefevre")
        assert ["renter-2"] == await ids("Benali Él")
        assert ["renter-3"] == await ids("osulli") == await ids("O’Sull")  # noqa: RUF001 -- as typed on a phone
        assert ["renter-4"] == await ids("WOJCIK")
        assert ["renter-1"] == await ids("030 9018") == await ids("0049 30 901")
        assert ["renter-2"] == await ids("06 39 98", "FR")
        assert ["renter-2"] == await ids("06 39 98") == await ids("33 6 39 98 00 10") == await ids("980010")
        assert ["renter-2"] == await ids("nali") == await ids("Lefevre-Benalli")
        assert ["renter-1", "renter-4"] == sorted(await ids("+49"))


async def test_the_search_for_renters_reads_an_index_and_no_more_rows_than_it_shows(world):
    found = [
        replace(RENTER, id=f"many-{n:04}", name=f"Mara Lind {n:04}", email=f"m{n}@example.org") for n in range(500)
    ]
    world.db.renters.insert_many([renter_document(renter) for renter in found])
    asked = {"keys": {"$in": [re.compile("^lind")]}}

    plan = world.db.renters.find(asked).hint("keys").limit(20).explain()

    assert 20 == plan["executionStats"]["nReturned"]
    assert 25 > plan["executionStats"]["totalKeysExamined"]


@pytest.mark.parametrize("text", ["m0123@exam", "Mara 0123", "0123", "m01x23@example.org", "m0123@exmaple.org"])
async def test_any_part_of_a_renter_is_found_by_index_and_no_more_rows_are_read_than_fit(world, text):
    found = [
        replace(RENTER, id=f"many-{n:04}", name=f"Mara Lind {n:04}", email=f"m{n:04}@example.org") for n in range(500)
    ]
    world.db.renters.insert_many([renter_document(renter) for renter in found])
    async with world.desk() as desk:
        wanted = sought(text) if await desk.catalogue.store.renters_sought(sought(text), 1) else None
        wanted = wanted or await desk.catalogue.store.renters_meant(text)
        assert ["many-0123"] == [each.id for each in (await desk.catalogue.renters(desk.actor, text)).rows]

    asked = [holds("parts", wanted), *({"parts": {"$in": sorted(each.instead)}} for each in guesses(text))]
    for each in asked:
        plan = world.db.renters.find(each).limit(20).explain()

        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
        assert 20 >= plan["executionStats"]["totalDocsExamined"]
        assert 2_000 > plan["executionStats"]["totalKeysExamined"]


async def test_a_car_is_found_by_its_plate_where_one_looks_for_cars_free_or_not(world):
    world.add_cars(make_car(8, plate="B-ZJ 3866", brand="\u0160koda", owner_id=OwnerId("owner-2")))
    async with world.desk() as clerk, world.desk("owner") as owner:
        period = days(clerk, 1, 3)
        for text in ("zj386", "skoda 3866", "B-ZJ 3868", "Skdoa"):
            page = await clerk.catalogue.search(clerk.actor, CarWish(BERLIN.id, period, text=text))
            assert (
                ["car-8"]
                == [offer.car.id for offer in page.offers]
                == [car.id for car in (await clerk.catalogue.cars(clerk.actor, text)).rows]
            ), text
            assert () == (await owner.catalogue.cars(owner.actor, text)).rows
        assert () == (await clerk.catalogue.cars(clerk.actor, " - ")).rows
        made = await clerk.booking.hold(clerk.actor, wish(clerk, car="car-8"))
        taken = await clerk.availability.taken_cars(
            clerk.actor, CarWish(BERLIN.id, made.period, text="3866"), offset=0, limit=5
        )
        assert ["car-8"] == [blocked.car.id for blocked in taken.blocked]
    assert "COLLSCAN" not in str(world.db.cars.find(holds("parts", sought("zj386"))).explain()["queryPlanner"])
