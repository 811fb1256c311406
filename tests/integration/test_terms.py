"""What a car is let for is a series: added to, never changed; each booking names the terms it was priced by."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pymongo
import pytest
from builders import BERLIN, LONG_AGO, PASSWORD, make_car, wish
from pymongo.errors import OperationFailure

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.terms import MongoTerms
from engine.domain.car.car import CarId, CarStatus
from engine.domain.car.form import CarForm
from engine.domain.money.money import Money
from engine.domain.shared.errors import DriveSphereError, PriceChanged

pytestmark = pytest.mark.asyncio
CAR = CarId("car-1")


def series(world, car: str = "car-1") -> list:
    return list(world.db.car_terms.find({"car_id": car}, {"_id": 0}).sort("n", 1))


def copied(world, car: str = "car-1") -> dict:
    return world.db.fences.find_one({"_id": car})["terms"]


async def edit(desk, **changes: object) -> None:
    shown = await desk.fleet.car(desk.actor, CAR)
    await desk.fleet.edit(desk.actor, shown, replace(CarForm.of(shown), **changes))


async def test_a_new_car_begins_its_series(world):
    async with world.desk("owner") as desk:
        car = await desk.fleet.add(desk.actor, CarForm.of(make_car(50)))

    (row,) = series(world, car.id)
    terms = {**row["terms"], "n": row["n"]}
    assert (1, "owner", terms) == (row["n"], row["by"], copied(world, car.id))
    assert (5000, BERLIN.zone, car.label) == (terms["daily_rate"]["minor"], terms["zone"], terms["label"])


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({"daily_rate": Money(61_00, "EUR")}, 2),
        ({"plate": "B-DS 100"}, 2),
        ({"branch_id": "br-lisbon"}, 2),
        ({"colour": "#000000", "seats": 4, "odometer_km": 10_500}, 1),
    ],
)
async def test_an_edit_adds_to_the_series_what_claims_go_by_and_nothing_else(world, changes, rows):
    before = series(world)
    async with world.desk("owner") as desk:
        await edit(desk, **changes)

    after = series(world)
    assert before == after[:1]
    assert list(range(1, rows + 1)) == [row["n"] for row in after]
    assert {**after[-1]["terms"], "n": rows} == copied(world)
    assert "owner" == after[-1]["by"] or rows == 1
    assert after[-1]["at"] > LONG_AGO or rows == 1


async def test_a_car_in_maintenance_keeps_its_terms(world):
    async with world.desk("owner") as desk:
        await desk.fleet.set_status(desk.actor, await desk.fleet.car(desk.actor, CAR), CarStatus.MAINTENANCE)

    assert 1 == len(series(world)) == copied(world)["n"]


async def test_T1_a_new_zone_adds_to_the_series_of_every_car_there(world):
    async with world.desk("admin") as desk:
        await desk.admin.branches.change(desk.actor, BERLIN, replace(BERLIN, zone="Europe/London"))

    for number in (1, 2, 3):
        first, second = series(world, f"car-{number}")
        assert {**first["terms"], "zone": "Europe/London"} == second["terms"]
        assert ("admin", 2) == (second["by"], copied(world, f"car-{number}")["n"])


async def test_a_booking_names_the_terms_it_was_priced_by_whoever_edits_meanwhile(world):
    """Rates change while twelve desks book; every booking's price is that of the terms it names."""
    made = []

    async def book(desk, number: int) -> None:
        for rate in range(50, 60):
            asked = wish(desk, key=f"key-{number}-{rate}", first=3 * number, last=3 * number + 1)
            try:
                shown = replace(asked, shown_price=Money(rate * 100, "EUR"))
                made.append(await desk.booking.hold(desk.actor, shown))
            except PriceChanged:
                continue
            except DriveSphereError:
                pass
            return

    async with world.desk() as desk, world.desk("owner") as owner:

        async def change() -> None:
            for rate in range(51, 56):
                await edit(owner, daily_rate=Money(rate * 100, "EUR"))

        await asyncio.gather(change(), *(book(desk, number) for number in range(1, 13)))

    rates = {row["n"]: row["terms"]["daily_rate"]["minor"] for row in series(world)}
    rows = list(world.db.bookings.find())
    assert 6 == len(rates)
    assert rows
    assert len(made) == len(rows)
    assert {"car-1"} == {row["priced"]["car_id"] for row in rows}
    assert [] == [row for row in rows if rates[row["priced"]["terms_n"]] != row["quote"]["lines"][0]["unit"]]


async def test_the_series_is_looked_up_by_number_first_and_last(world, endpoints):
    client = connect(endpoints.mongo_url, Credentials("clerk", PASSWORD, world.deployment.database))
    terms = MongoTerms(client, world.deployment.database)
    async with world.desk("owner") as desk:
        for rate in (61, 62):
            await edit(desk, daily_rate=Money(rate * 100, "EUR"))

    first, second, third = [await terms.of(CAR, n) for n in (1, 2, 3)]
    assert [50_00, 61_00, 62_00] == [each.terms.daily_rate.minor for each in (first, second, third)]
    assert [1, 2, 3] == [each.terms.n for each in (first, second, third)]
    assert (second.at, third.at, None) == (first.until, second.until, third.until)
    assert (first, third) == (await terms.first(CAR), await terms.latest(CAR))
    assert [None, None, None] == [await terms.of(CAR, 4), await terms.of(CAR, 0), await terms.latest("car-0")]
    await client.close()


@pytest.mark.parametrize("account", ["clerk", "owner", "admin", "worker", "renter"])
async def test_nobody_changes_a_row_of_the_series_and_only_who_writes_cars_adds_one(world, endpoints, account):
    before = series(world)
    name = world.deployment.database
    with pymongo.MongoClient(endpoints.mongo_url, username=account, password=PASSWORD, authSource=name) as raw:
        rows, row = raw[name].car_terms, {**before[0], "n": 2}
        assert 1 == rows.count_documents({"car_id": "car-1"})
        for deed in (
            lambda: rows.update_one({"car_id": "car-1"}, {"$set": {"terms.daily_rate.minor": 1}}),
            lambda: rows.delete_one({"car_id": "car-1"}),
            lambda: rows.replace_one({"car_id": "car-1"}, row),
        ):
            with pytest.raises(OperationFailure, match="not authorized"):
                deed()
        if account in ("owner", "admin"):
            rows.insert_one(dict(row))
        else:
            with pytest.raises(OperationFailure, match="not authorized"):
                rows.insert_one(dict(row))
        with pytest.raises(OperationFailure):
            rows.insert_one({**before[0], "terms": {**before[0]["terms"]}})

    assert before == series(world)[:1]
