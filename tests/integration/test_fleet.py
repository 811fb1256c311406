"""Running a fleet on a real database: what is changed, what is refused, and what a booking at the same moment does."""

from __future__ import annotations

import asyncio
import importlib
import json
import unicodedata
from dataclasses import replace

import pymongo
import pytest
from builders import BERLIN, LISBON, RATE, days, make_car, wish
from pymongo import monitoring

from engine.adapters.mongo.client import Credentials, connect, database
from engine.adapters.mongo.schema.rules import LEVEL
from engine.domain.booking.states import Standing
from engine.domain.car.car import CarId, CarStatus, OwnerId
from engine.domain.car.fleet import FleetOrder, FleetQuery
from engine.domain.car.form import CarForm
from engine.domain.money.money import Money
from engine.domain.money.pricing import quote
from engine.domain.shared.errors import (
    CarNotRentable,
    Contended,
    Forbidden,
    InvalidText,
    NotFound,
    Overtaken,
    PlateTaken,
    Unavailable,
)
from engine.words.provisioning import written

pytestmark = pytest.mark.asyncio

FORM = CarForm.of(make_car(7, plate="B-NE 77"))


def _fence(world, car_id="car-1"):
    return world.db.fences.find_one({"_id": car_id})


async def _look(desk, **query):
    return await desk.fleet.page(desk.actor, FleetQuery(**query))


async def test_a_new_car_is_stored_with_its_fence_and_its_audit_and_can_be_booked(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        car = await owner.fleet.add(owner.actor, FORM)
        booking = await clerk.booking.hold(clerk.actor, wish(clerk, car=car.id))

    assert ("owner-1", "active") == (car.owner_id, world.db.cars.find_one({"_id": car.id})["status"])
    assert car.id == booking.car_id
    (row,) = world.db.audit.find()
    assert ("car.added", f"car:{car.id}", "owner", {}) == (row["what"], row["subject"], row["by"], row["before"])
    assert ("B-NE 77", "50.00 EUR") == (row["after"]["plate"], row["after"]["daily_rate"])


async def test_an_edit_changes_the_car_its_terms_and_its_audit_at_once(world):
    async with world.desk("owner") as owner:
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        form = replace(CarForm.of(shown), plate="B-DS 100", daily_rate=Money(61_00, "EUR"))
        before = _fence(world)["seq"]
        changed = await owner.fleet.edit(owner.actor, shown, form)
        again = await owner.fleet.edit(owner.actor, changed, form)

    assert changed == again
    assert before + 1 == _fence(world)["seq"], "what changes nothing writes nothing"
    assert ("Volkswagen Golf · B-DS 100", 6100) == (
        _fence(world)["terms"]["label"],
        _fence(world)["terms"]["daily_rate"]["minor"],
    )
    (row,) = world.db.audit.find()
    assert {"plate": "B-DS 1", "daily_rate": "50.00 EUR"} == row["before"]
    assert {"plate": "B-DS 100", "daily_rate": "61.00 EUR"} == row["after"]


async def test_a_new_rate_is_that_of_the_next_booking(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        await owner.fleet.edit(owner.actor, shown, replace(CarForm.of(shown), daily_rate=Money(61_00, "EUR")))
        price = quote(Money(61_00, "EUR"), days(clerk, 1, 3), zone=BERLIN.tzinfo, commission_bp=0).total
        booking = await clerk.booking.hold(clerk.actor, wish(clerk, shown_price=price))

    assert price == booking.price


@pytest.mark.parametrize("plate", ["B-DS 2", "b ds2", "B.DS-2", "\u0392-DS 2"])
async def test_I2_a_plate_is_unique_however_it_is_written(world, plate):
    world.db.cars.update_one({"_id": "car-2"}, {"$set": {"status": "retired", "owner_id": "owner-2"}})
    async with world.desk("owner") as owner:
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        with pytest.raises(PlateTaken) as caught:
            await owner.fleet.add(owner.actor, replace(FORM, plate=plate))
        assert ("car-2", "Volkswagen Golf · B-DS 2") == (caught.value.car_id, caught.value.label)
        with pytest.raises(PlateTaken):
            await owner.fleet.edit(owner.actor, shown, replace(CarForm.of(shown), plate=plate))

    assert 3 == world.db.cars.count_documents({}) == world.db.fences.count_documents({})
    assert "B-DS 1" == world.db.cars.find_one({"_id": "car-1"})["plate"]
    assert 0 == world.db.audit.count_documents({})


async def test_I2_a_changed_plate_changes_no_key_and_old_bookings_keep_their_car(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        booking = await clerk.booking.hold(clerk.actor, wish(clerk))
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        await owner.fleet.edit(owner.actor, shown, replace(CarForm.of(shown), plate="B-DS 100"))

    assert ("car-1", "Volkswagen Golf · B-DS 1") == (
        world.stored(booking)["car_id"],
        world.stored(booking)["car_label"],
    )
    assert [booking.id] == [claim["id"] for claim in _fence(world)["claims"]]


async def test_of_two_edits_at_once_one_wins_and_the_other_is_told(world):
    async with world.desk("owner") as owner, world.desk("admin") as admin:
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        form = CarForm.of(shown)
        got = await asyncio.gather(
            owner.fleet.edit(owner.actor, shown, replace(form, seats=4)),
            admin.fleet.edit(admin.actor, shown, replace(form, daily_rate=Money(70_00, "EUR"))),
            return_exceptions=True,
        )
        with pytest.raises(Overtaken):
            await owner.fleet.edit(owner.actor, shown, replace(form, year=2020))

    assert 1 == sum(isinstance(each, Overtaken) for each in got)
    stored = world.db.cars.find_one({"_id": "car-1"})
    assert (4, 5000) == (stored["seats"], stored["daily_rate"]["minor"]) or (5, 7000) == (
        stored["seats"],
        stored["daily_rate"]["minor"],
    )
    assert 1 == world.db.audit.count_documents({})


async def test_an_odometer_goes_back_only_with_a_reason_and_the_audit_has_it(world):
    async with world.desk("owner") as owner:
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        back = replace(CarForm.of(shown), odometer_km=9_000)
        with pytest.raises(InvalidText) as caught:
            await owner.fleet.edit(owner.actor, shown, back)
        assert "reason" == caught.value.field
        await owner.fleet.edit(owner.actor, shown, back, reason="typed one digit too many")

    (row,) = world.db.audit.find()
    assert ("10000", "9000", "typed one digit too many") == (
        row["before"]["odometer_km"],
        row["after"]["odometer_km"],
        row["after"]["reason"],
    )


async def test_before_a_car_is_taken_out_of_service_its_bookings_are_told_and_they_stay(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        late = await clerk.booking.hold(clerk.actor, wish(clerk, first=5, last=7))
        soon = await clerk.booking.hold(clerk.actor, wish(clerk, key="k2"))
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        outlook = await owner.fleet.outlook(owner.actor, shown.id)
        retired = await owner.fleet.set_status(owner.actor, shown, CarStatus.RETIRED, seen=outlook.seen)
        page = await _look(owner, to_move=True)
        with pytest.raises(CarNotRentable):
            await clerk.booking.hold(clerk.actor, wish(clerk, key="k3", first=9, last=11))

    assert [soon.id, late.id] == [each.id for each in outlook.first]
    assert ("Europe/Berlin", Standing.PENDING, soon.period) == (
        outlook.first[0].zone,
        outlook.first[0].standing,
        outlook.first[0].period,
    )
    assert 2 == world.blocking("car-1") == len(_fence(world)["claims"])
    (row,) = page.rows
    assert (retired, 2, soon.period, True, 1) == (row.car, row.coming, row.next, row.to_move, page.to_move)
    assert ["car.retired"] == [row["what"] for row in world.db.audit.find()]


async def test_B10_a_booking_nobody_was_told_of_stops_the_change(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        outlook = await owner.fleet.outlook(owner.actor, shown.id)
        booking = await clerk.booking.hold(clerk.actor, wish(clerk))
        for status in (CarStatus.MAINTENANCE, CarStatus.RETIRED):
            with pytest.raises(Overtaken):
                await owner.fleet.set_status(owner.actor, shown, status, seen=outlook.seen)
        moved = replace(CarForm.of(shown), branch_id=LISBON.id)
        with pytest.raises(Overtaken):
            await owner.fleet.edit(owner.actor, shown, moved, seen=outlook.seen)
        assert ("active", 0) == (_fence(world)["status"], world.db.audit.count_documents({}))
        told = await owner.fleet.outlook(owner.actor, shown.id)
        await owner.fleet.set_status(owner.actor, shown, CarStatus.MAINTENANCE, seen=told.seen)

    assert {booking.id} == told.seen
    assert ("maintenance", 1) == (_fence(world)["status"], world.blocking("car-1"))


@pytest.mark.parametrize("status", [CarStatus.MAINTENANCE, CarStatus.RETIRED])
async def test_B10_out_of_service_and_booking_at_once_end_consistent(world, status):
    """Twelve cars, each booked and taken out of service at the same moment, without the courtesy of the lease.

    On a machine with twenty others at work the database's time may be up for both: then both are told so.
    """
    world.add_cars(*(make_car(number) for number in range(10, 22)))
    async with world.desk("owner") as owner, world.desk(lease=False) as clerk:

        async def book(car):
            return await clerk.booking.hold(clerk.actor, wish(clerk, car=car.id, key=f"key-{car.id}"))

        cars = [await owner.fleet.car(owner.actor, CarId(f"car-{number}")) for number in range(10, 22)]
        requests = []
        for at, car in enumerate(cars):
            pair = [book(car), owner.fleet.set_status(owner.actor, car, status)]
            requests += pair if at % 2 else reversed(pair)
        answers = await asyncio.gather(*requests, return_exceptions=True)

    decided = 0
    for at, car in enumerate(cars):
        fence, stored = _fence(world, car.id), world.db.cars.find_one({"_id": car.id})
        audited = world.db.audit.count_documents({"subject": f"car:{car.id}"})
        booked, out = world.blocking(car.id), fence["status"] != CarStatus.ACTIVE
        assert booked + out <= 1, "one of the two, never a booking that the change did not know of"
        decided += booked + out
        if not booked and not out:
            assert all(isinstance(told, Contended | Unavailable) for told in answers[2 * at : 2 * at + 2])
        assert (fence["status"], booked, int(out)) == (stored["status"], len(fence["claims"]), audited)
    assert decided


async def test_a_car_comes_back_into_service(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        out = await owner.fleet.set_status(owner.actor, shown, CarStatus.RETIRED)
        back = await owner.fleet.set_status(owner.actor, out, CarStatus.ACTIVE)
        await clerk.booking.hold(clerk.actor, wish(clerk))

    assert shown == back
    assert ["car.retired", "car.activated"] == [row["what"] for row in world.db.audit.find().sort("_id")]


async def test_a_car_moved_to_another_branch_is_priced_on_its_clock_and_keeps_its_bookings(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        booking = await clerk.booking.hold(clerk.actor, wish(clerk))
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        moved = replace(CarForm.of(shown), branch_id=LISBON.id)
        await owner.fleet.edit(owner.actor, shown, moved, seen=frozenset({booking.id}))

    assert ("br-lisbon", "Europe/Lisbon") == (_fence(world)["terms"]["branch_id"], _fence(world)["terms"]["zone"])
    assert "br-berlin" == world.stored(booking)["branch_id"]


async def test_S3_an_owner_reaches_the_own_cars_and_no_others(world):
    world.db.cars.update_one({"_id": "car-2"}, {"$set": {"owner_id": "owner-2"}})
    stolen = make_car(2)  # says that it is mine
    async with world.desk("owner") as owner:
        mine = await _look(owner)
        assert {"car-1", "car-3"} == {row.car.id for row in mine.rows}
        assert (2, 2) == (mine.total, mine.cars)
        hidden = (
            owner.fleet.car(owner.actor, CarId("car-2")),
            owner.fleet.outlook(owner.actor, CarId("car-2")),
            owner.fleet.edit(owner.actor, stolen, replace(CarForm.of(stolen), seats=2)),
            owner.fleet.set_status(owner.actor, stolen, CarStatus.RETIRED),
        )
        for act in hidden:
            with pytest.raises(NotFound):
                await act
        for act in (
            _look(owner, owner_id=OwnerId("owner-2")),
            owner.fleet.add(owner.actor, FORM, owner_id=OwnerId("owner-2")),
            owner.fleet.owners(owner.actor),
        ):
            with pytest.raises(Forbidden):
                await act

    assert 0 == world.db.audit.count_documents({})


@pytest.mark.parametrize("account", ["clerk", "renter", "worker"])
async def test_S3_who_runs_no_fleet_changes_no_car(world, account):
    async with world.desk(account) as desk:
        for act in (
            _look(desk),
            desk.fleet.rules(desk.actor),
            desk.fleet.car(desk.actor, CarId("car-1")),
            desk.fleet.add(desk.actor, FORM),
            desk.fleet.edit(desk.actor, make_car(1), FORM),
            desk.fleet.set_status(desk.actor, make_car(1), CarStatus.RETIRED),
        ):
            with pytest.raises(Forbidden):
                await act

    assert 3 == world.db.cars.count_documents({"status": "active"})


async def test_an_administrator_runs_any_fleet_and_adds_cars_to_owners_that_there_are(world):
    world.db.cars.update_one({"_id": "car-2"}, {"$set": {"owner_id": "owner-2"}})
    async with world.desk("admin") as admin:
        owners = await admin.fleet.owners(admin.actor)
        everything, theirs = await _look(admin), await _look(admin, owner_id=OwnerId("owner-2"))
        added = await admin.fleet.add(admin.actor, FORM, owner_id=OwnerId("owner-2"))
        with pytest.raises(NotFound):
            await admin.fleet.add(admin.actor, replace(FORM, plate="X 1"), owner_id=OwnerId("owner-9"))
        with pytest.raises(NotFound):
            await admin.fleet.add(admin.actor, replace(FORM, plate="X 1"))

    assert [("owner-1", "Olga Owner"), ("owner-2", "owner-2")] == [
        (owner.id, owner.name) for owner in owners if owner.id in ("owner-1", "owner-2")
    ]
    assert (3, 1, "owner-2") == (everything.total, theirs.total, added.owner_id)


async def test_I1_a_form_that_is_wrong_changes_nothing(world):
    async with world.desk("owner") as owner:
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        for wrong in ({"seats": 0}, {"daily_rate": Money(5_00, "USD")}, {"branch_id": "br-x"}, {"colour": "red"}):
            with pytest.raises(InvalidText):
                await owner.fleet.edit(owner.actor, shown, replace(CarForm.of(shown), **wrong))
            with pytest.raises(InvalidText):
                await owner.fleet.add(owner.actor, replace(FORM, **wrong))

    assert (3, 0) == (world.db.cars.count_documents({}), world.db.audit.count_documents({}))


@pytest.mark.parametrize(
    "change",
    [
        {"$set": {"status": "sold"}},
        {"$set": {"daily_rate.minor": 12.5}},
        {"$set": {"seats": 0}},
        {"$set": {"image_ids": ["a", "b", "c", "d", "e", "f"]}},
        {"$unset": {"plate_key": ""}},
        {"$set": {"isAdmin": True}},
    ],
)
async def test_I1_the_database_refuses_what_is_no_car(world, change):
    with pytest.raises(pymongo.errors.WriteError) as caught:
        world.db.cars.update_one({"_id": "car-1"}, change)

    assert 121 == caught.value.code


async def test_I4_nothing_deletes_a_car(world):
    async with world.desk("owner") as owner:
        assert not [name for name in dir(owner.fleet) if "delete" in name or "remove" in name]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["car-1", "car-2", "car-3", "car-4", "car-5"]),
        ({"text": "audi"}, ["car-4"]),
        ({"text": "b ds 2"}, ["car-2"]),
        ({"text": "bds2"}, ["car-2"]),
        ({"text": "golf 3"}, ["car-3"]),
        ({"text": ".*"}, []),
        ({"text": "$where"}, []),
        # Named: a set has no order, and two processes must agree on the name.
        pytest.param(
            {"statuses": frozenset({CarStatus.RETIRED, CarStatus.MAINTENANCE})}, ["car-4", "car-5"], id="out of service"
        ),
        ({"branch_id": LISBON.id}, ["car-5"]),
        ({"to_move": True}, []),
        ({"order": FleetOrder.PRICE_DOWN, "limit": 2}, ["car-3", "car-1"]),
        ({"order": FleetOrder.PRICE_DOWN, "limit": 2, "offset": 2}, ["car-2", "car-4"]),
        ({"order": FleetOrder.NEWEST, "limit": 1}, ["car-5"]),
    ],
    ids=str,
)
async def test_a_fleet_is_searched_filtered_sorted_and_paged(world, query, expected):
    world.add_cars(
        make_car(4, brand="Audi", model="A3", status=CarStatus.RETIRED, daily_rate=RATE),
        make_car(5, year=2026, status=CarStatus.MAINTENANCE, branch_id=LISBON.id),
        make_car(6, owner_id=OwnerId("owner-2")),
    )
    async with world.desk("owner") as owner:
        page = await _look(owner, **query)

    found = [row.car.id for row in page.rows]
    assert expected == (found if "order" in query else sorted(found))
    assert {CarStatus.ACTIVE: 3, CarStatus.RETIRED: 1, CarStatus.MAINTENANCE: 1} == page.statuses


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
async def test_a_car_is_found_however_its_words_are_typed(world, form):
    world.add_cars(
        make_car(4, brand="Citro\u00ebn", plate="B-C 4"),
        make_car(5, brand="\u0160koda", plate="\u0399\u039d\u03a1-4321"),
        make_car(6, brand="Stra\u00dfe", plate="\u0410\u0406 1234 \u0412\u041d"),
    )
    typed = {
        "car-4": ["Citro\u00ebn", "CITROEN", "citro\u200ben"],
        "car-5": ["\u0160koda", "skoda", "\u0399\u039d\u03a1-4321", "inp-4321", "INP4321", "\uff33koda 4321"],
        "car-6": ["strasse", "STRA\u1e9eE", "AI 1234 BH", "\u0410\u0406 1234"],
    }
    async with world.desk("owner") as owner:
        for car_id, texts in typed.items():
            for text in texts:
                page = await _look(owner, text=unicodedata.normalize(form, text))
                assert (text, [car_id]) == (text, [row.car.id for row in page.rows])


@pytest.mark.parametrize("text", ["zj386", "J 38", "3866", "B ZJ3866", "ZJ3886", "skdoa 3866", "Skoad"])
async def test_a_car_is_found_by_any_part_with_a_slip_and_by_index(world, text):
    world.add_cars(
        make_car(9, brand="\u0160koda", plate="B-ZJ 3866"), *(make_car(number) for number in range(400, 500))
    )
    async with world.desk("owner") as owner:
        page = await _look(owner, text=text)
        wanted, slip = await owner.fleet.fleet._wanted(FleetQuery(text=text), {})
    plan = world.db.cars.find(wanted).limit(50).explain()

    assert ["car-9"] == [row.car.id for row in page.rows]
    assert page.slip == slip == (text in {"ZJ3886", "skdoa 3866", "Skoad"})
    assert "COLLSCAN" not in json.dumps(plan["queryPlanner"]["winningPlan"], default=str)
    assert 10 >= plan["executionStats"]["totalDocsExamined"]


async def test_country_and_significant_separator_belong_to_a_plate_and_searching_needs_neither(world):
    pairs = [("EF-123-GH", "FR"), ("EF 123 GH", "IT"), ("B-NO 1234", ""), ("BN-O 1234", "DE")]
    async with world.desk("owner") as owner:
        for plate, country in pairs:
            await owner.fleet.add(owner.actor, replace(FORM, plate=plate, country=country))
        for plate, country in [("ef123gh", "IT"), ("B NO-1234", "DE"), ("\u0412-NO 1234", "")]:
            with pytest.raises(PlateTaken):
                await owner.fleet.add(owner.actor, replace(FORM, plate=plate, country=country))
        with pytest.raises(InvalidText):
            await owner.fleet.add(owner.actor, replace(FORM, plate="BNO1234", country="DE"))

        assert {"FR", "IT", "DE"} == set(world.db.cars.distinct("country"))
        for text in ("EF123GH", "EF-123-GH", "EF 123 GH"):
            assert 2 == (await _look(owner, text=text)).total
        assert 2 == (await _look(owner, text="bno1234")).total


async def test_brands_stand_in_one_order_on_every_page_whatever_their_case_and_accents(world):
    brands = ["BMW", "Volkswagen", "audi", "\u0160koda", "\u00c4udi", "zastava", "\u0141ada", "skoda 2"]
    world.db.cars.delete_many({})
    world.add_cars(*(make_car(number, brand=brand) for number, brand in enumerate(brands, 50)))
    wanted = ["audi", "\u00c4udi", "BMW", "\u0141ada", "skoda 2", "\u0160koda", "Volkswagen", "zastava"]
    async with world.desk("owner") as owner:
        paged = [(await _look(owner, offset=at, limit=1)).rows[0].car.brand for at in range(len(brands))]

    assert wanted == paged


async def test_two_cars_that_are_one_by_the_new_key_are_told_and_none_is_lost(world, endpoints):
    plates = importlib.import_module("engine.adapters.mongo.schema.migrations.0010_plates_of_countries")
    old = {"plate": "\u0410\u0406 1234 \u0412\u041d", "plate_key": "\u0410\u0406 1234"}
    world.add_cars(make_car(4, plate="AI 1234 BH"), make_car(5, plate="X 5"))
    world.db.command("collMod", "cars", validationLevel="off")
    world.db.cars.update_one({"_id": "car-5"}, {"$set": old})
    world.db.cars.update_many({}, {"$unset": {"parts": "", "order": ""}})
    world.db.command("collMod", "cars", validationLevel=LEVEL)
    admin = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    done = [await plates.up(database(admin, world.deployment.database)) for _ in range(2)]
    told = [written(each) for each in await plates.told(database(admin, world.deployment.database))]
    await admin.close()

    assert [world.db.cars.count_documents({}), 0] == done
    assert ["cars: car-5 and another car of DE both have the plate \u0410\u0406 1234 \u0412\u041d"] == told
    async with world.desk("owner") as owner:
        assert 2 == (await _look(owner, text="ai1234bh")).total
        shown = await owner.fleet.car(owner.actor, CarId("car-5"))
        with pytest.raises(PlateTaken):
            await owner.fleet.edit(owner.actor, shown, replace(CarForm.of(shown), seats=4))
        saved = await owner.fleet.edit(owner.actor, shown, replace(CarForm.of(shown), plate="AI 1235 BH"))
    assert "AI1235BH" == world.db.cars.find_one({"_id": saved.id})["plate_key"].replace(" ", "")


@pytest.mark.parametrize("cars", [4, 60])
async def test_O2_a_page_of_a_fleet_is_five_commands_whatever_its_size(world, cars):
    world.add_cars(*(make_car(number) for number in range(100, 97 + cars)))
    started: list[str] = []

    class Counter(monitoring.CommandListener):
        def started(self, event):
            started.append(event.command_name)

        def succeeded(self, event): ...
        def failed(self, event): ...

    counter = Counter()
    monitoring.register(counter)
    try:
        async with world.desk("owner") as owner:
            await _look(owner)
            started.clear()
            page = await _look(owner)
            commands = list(started)
    finally:
        monitoring._LISTENERS.command_listeners.remove(counter)

    assert (cars, min(cars, 50)) == (page.total, len(page.rows))
    assert ["aggregate", "aggregate", "find", "find", "find"] == sorted(commands)


async def test_a_lease_that_is_held_does_not_keep_an_owner_from_the_own_car(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        shown = await owner.fleet.car(owner.actor, CarId("car-1"))
        async with clerk.booking_lock.take(shown.id, "other", "B"):
            with pytest.raises(Contended):
                await clerk.booking.hold(clerk.actor, wish(clerk))
            await owner.fleet.set_status(owner.actor, shown, CarStatus.MAINTENANCE)

    assert "maintenance" == _fence(world)["status"]
