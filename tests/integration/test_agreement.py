"""An agreement is born as the car goes out, closed as it comes back, and the doctor holds it against its booking."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from at_counter import HOUR, confirmed, fence
from builders import FULL, LISBON

from engine.adapters.mongo.codec.agreements import agreement_document
from engine.adapters.mongo.transaction import MongoTransaction
from engine.domain.agreement.agreement import AgreementState
from engine.domain.agreement.charges import Charging
from engine.domain.agreement.fees import AMOUNTS
from engine.domain.agreement.reading import Gauge, ReadBefore, Reading, ReadingUnlikely
from engine.domain.booking.states import BookingState
from engine.domain.car.car import BranchId
from engine.domain.health.health import HealthArea, Level
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind
from engine.domain.shared.errors import DamagedRow, DriveSphereError, InvalidText, MoveRefused, NotFound
from engine.services.booking import rental
from engine.services.firm.health_rows import HURRIED
from engine.services.firm.health_rows import agreements as look_at_agreements

pytestmark = pytest.mark.asyncio


def stored(world, booking):
    return world.db.agreements.find_one({"_id": booking.id})


async def doctor(world):
    async with world.desk("admin") as admin:
        return await look_at_agreements(admin.admin.health.inspection, HURRIED)


async def test_what_was_read_stands_in_the_agreement_and_with_the_car(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        assert ReadBefore(Gauge.EIGHTHS, 10_000) == await desk.agreements.read_before(desk.actor, booking.id)
        assert await desk.agreements.agreement(desk.actor, booking.id) is None

        await desk.rental.hand_over(desk.actor, booking.id, Reading(10_040, 7))
        out = await desk.agreements.agreement(desk.actor, booking.id)
        assert (AgreementState.OUT, 10_040, booking.quote.lines) == (out.state, out.leg.out.km, out.lines)
        assert (10_040, None) == (fence(world)["odometer_km"], out.leg.back)
        assert ReadBefore(Gauge.EIGHTHS, 10_040, 12_040, 7) == await desk.agreements.read_before(desk.actor, booking.id)

        await desk.rental.returned(desk.actor, booking.id, Reading(10_350, 5))
        over = await desk.agreements.agreement(desk.actor, booking.id)

    assert (AgreementState.CLOSED, 310, 5) == (over.state, over.km, over.leg.back.reading.full)
    assert ("clerk", booking.return_branch_id, 10_350) == (
        over.leg.back.by,
        over.returned_to,
        fence(world)["odometer_km"],
    )
    assert 0 == world.db.audit.count_documents({"what": {"$regex": "^agreement"}})
    assert Level.GOOD is (await doctor(world)).level


@pytest.mark.parametrize(("reading", "field"), [(Reading(-1, 8), "odometer_km"), (Reading(10_000, 9), "full")])
async def test_a_reading_that_cannot_be_leaves_everything_as_it_is(world, stripe, reading, field):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        with pytest.raises(InvalidText) as caught:
            await desk.rental.hand_over(desk.actor, booking.id, reading)

    assert (field, "confirmed", 0) == (
        caught.value.field,
        world.stored(booking)["state"],
        world.db.agreements.count_documents({}),
    )


@pytest.mark.parametrize("km", [9_999, 10_201])
async def test_kilometres_that_do_not_follow_want_a_reason_and_are_audited(world, stripe, km):
    async with world.desk() as desk:
        first = await confirmed(desk, stripe, -0.3, 0.4, key="first")
        await desk.rental.hand_over(desk.actor, first.id, FULL)
        await desk.rental.returned(desk.actor, first.id, Reading(10_100, 8))
        second = await confirmed(desk, stripe, 1, 20, key="second")
        for reading in (Reading(km, 8), Reading(km, 8, " ")):
            with pytest.raises(ReadingUnlikely) as caught:
                await desk.rental.hand_over(desk.actor, second.id, reading)
        assert (10_100, "confirmed", 10_100) == (
            caught.value.before_km,
            world.stored(second)["state"],
            fence(world)["odometer_km"],
        )
        await desk.rental.hand_over(desk.actor, second.id, Reading(km, 8, "was in the workshop"))

    row = world.db.audit.find_one({"what": "agreement.reading"})
    assert ({"odometer_km": "10100"}, str(km)) == (row["before"], row["after"]["odometer_km"])
    assert (km, "was in the workshop") == (fence(world)["odometer_km"], row["after"]["reason"])
    assert Level.GOOD is (await doctor(world)).level


@pytest.mark.parametrize("km", [9_999, 12_001])
async def test_what_comes_back_follows_what_went_out(world, stripe, km):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        with pytest.raises(ReadingUnlikely):
            await desk.rental.returned(desk.actor, booking.id, Reading(km, 8))
        assert ("out", [True]) == (world.stored(booking)["state"], [each["out"] for each in fence(world)["claims"]])
        await desk.rental.returned(desk.actor, booking.id, Reading(km, 8, "new instrument"))

    assert 1 == world.db.audit.count_documents({"what": "agreement.reading"})


async def test_what_its_owner_says_of_a_car_bounds_from_below_only(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        with pytest.raises(ReadingUnlikely):
            await desk.rental.hand_over(desk.actor, booking.id, Reading(9_999, 8))
        await desk.rental.hand_over(desk.actor, booking.id, Reading(61_000, 8))

    assert 61_000 == fence(world)["odometer_km"]


async def test_two_desks_hand_over_and_take_back_and_each_is_written_once(world, stripe):
    async with world.desk() as one, world.desk() as other:
        booking = await confirmed(one, stripe, -0.2, 47)
        for verb, km in (("hand_over", 10_000), ("returned", 10_300)):
            tried = await asyncio.gather(
                *(
                    getattr(desk.rental, verb)(desk.actor, booking.id, Reading(km + n, 8))
                    for n, desk in enumerate((one, other) * 4)
                ),
                return_exceptions=True,
            )
            refused = [each for each in tried if isinstance(each, BaseException)]
            assert (7, []) == (len(refused), [each for each in refused if not isinstance(each, DriveSphereError)])

    row = stored(world, booking)
    assert (1, 1, ["out", "returned", "closed"]) == (
        world.db.agreements.count_documents({}),
        len(row["legs"]),
        [step["state"] for step in row["history"]],
    )
    assert row["legs"][0]["back"]["odometer_km"] == fence(world)["odometer_km"]
    assert Level.GOOD is (await doctor(world)).level


async def test_a_car_is_taken_back_at_another_branch_than_was_agreed(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        with pytest.raises(NotFound):
            await desk.rental.returned(desk.actor, booking.id, FULL, BranchId("br-nowhere"))
        await desk.rental.returned(desk.actor, booking.id, FULL, LISBON.id)

    assert (LISBON.id, LISBON.id) == (fence(world)["at"], stored(world, booking)["returned_to"])


@pytest.mark.parametrize("damaged", [False, True])
async def test_a_car_comes_back_whatever_became_of_its_agreement(world, stripe, damaged):
    """It went out before there were any, or somebody wrote into it past the program."""
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        if damaged:
            change = {"$set": {"legs": "none"}}
            world.db.agreements.update_one({"_id": booking.id}, change, bypass_document_validation=True)
            with pytest.raises(DamagedRow):
                await desk.agreements.agreement(desk.actor, booking.id)
        else:
            world.db.agreements.delete_many({})
        back = await desk.rental.returned(desk.actor, booking.id, Reading(10_350, 5))

    assert (BookingState.COMPLETED, []) == (back.state, fence(world)["claims"])
    told = world.db.audit.find_one({"what": "agreement.read_without"})["after"]
    assert ("10350", "5") == (told["odometer_km"], told["full"])


async def test_a_battery_is_read_in_per_cent(world, stripe):
    world.db.cars.update_one({"_id": "car-1"}, {"$set": {"fuel": "electric"}})
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, Reading(10_000, 81))

    assert ("percent", 81) == (
        stored(world, booking)["legs"][0]["gauge"],
        stored(world, booking)["legs"][0]["out"]["full"],
    )


async def test_what_a_return_costs_is_frozen_as_the_car_goes_out_and_waived_with_a_reason(world, stripe):
    fees = {
        **dict.fromkeys(AMOUNTS, 0),
        "currency": "EUR",
        "free_km": 100,
        "km": 25,
        "eighth": 12_00,
        "cleaning": 45_00,
    }
    world.db.settings.update_one({"_id": 1}, {"$set": {"fees": [fees]}})
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 23)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        world.db.settings.update_one({"_id": 1}, {"$set": {"fees": []}})
        refused = Charging(waived=((LineKind.CLEANING, "it is clean"),))
        with pytest.raises(MoveRefused):
            await desk.rental.returned(desk.actor, booking.id, Reading(10_112, 7), None, refused)
        assert "out" == world.stored(booking)["state"]
        told = Charging(cleaning=True, waived=((LineKind.KM, "towed home"),))
        await desk.rental.returned(desk.actor, booking.id, Reading(10_112, 7), None, told)
        over = await desk.agreements.agreement(desk.actor, booking.id)

    assert [("day", 1), ("fuel", 1), ("cleaning", 1)] == [(line.kind.value, line.count) for line in over.lines]
    assert booking.price + Money(57_00, "EUR") == over.total
    row = world.db.audit.find_one({"what": "agreement.waived"})
    assert ({"charge": "km 300 EUR"}, {"reason": "towed home"}) == (row["before"], row["after"])
    assert Level.GOOD is (await doctor(world)).level

    world.db.agreements.update_one({"_id": booking.id}, {"$pull": {"lines": {"kind": "fuel"}}})
    assert "agreement.charges" in [line.code for line in dict((await doctor(world)).facts)["wrong"]]


LEG = "legs.0."


@pytest.mark.parametrize(
    ("collection", "change", "code"),
    [
        ("agreements", {"state": "returned"}, "agreement.state"),
        ("agreements", {f"{LEG}car.car_id": "car-2"}, "agreement.other_car"),
        ("agreements", {"zone": "Europe/Lisbon"}, "agreement.other_car"),
        ("agreements", {"lines.0.unit.minor": 1}, "agreement.lines"),
        ("agreements", {"returned_to": "br-berlin"}, "agreement.legs"),
        ("agreements", {f"{LEG}out.at": "earlier"}, "agreement.times"),
        ("agreements", {f"{LEG}out.full": 9}, "agreement.gauge"),
        ("agreements", {f"{LEG}out.odometer_km": 10_001}, "agreement.read_last"),
        ("agreements", {"legs": "none"}, "row.damaged"),
        ("agreements", {"_id": "other"}, "agreement.no_booking"),
        ("agreements", {"_id": "other"}, "agreement.missing"),
        ("fences", {"odometer_km": 10_001}, "agreement.read_last"),
        ("bookings", {"state": "completed"}, "agreement.state"),
    ],
)
async def test_what_was_written_past_the_program_is_told(world, stripe, collection, change, code):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
    assert Level.GOOD is (await doctor(world)).level
    row = world.db[collection].find_one({"_id": "car-1" if collection == "fences" else booking.id})
    if "_id" in change:
        world.db[collection].delete_one({"_id": row["_id"]})
        world.db[collection].insert_one(row | change)
    else:
        value = {name: row["history"][0]["at"] - HOUR if each == "earlier" else each for name, each in change.items()}
        world.db[collection].update_one({"_id": row["_id"]}, {"$set": value}, bypass_document_validation=True)

    found = await doctor(world)
    assert (HealthArea.AGREEMENTS, Level.BAD) == (found.area, found.level)
    assert code in [line.code for line in dict(found.facts)["wrong"]]


async def test_kilometres_that_fell_without_a_reason_are_told(world, stripe):
    async with world.desk() as desk:
        first = await confirmed(desk, stripe, -0.3, 0.4, key="first")
        await desk.rental.hand_over(desk.actor, first.id, FULL)
        await desk.rental.returned(desk.actor, first.id, Reading(10_100, 8))
        second = await confirmed(desk, stripe, 1, 20, key="second")
        await desk.rental.hand_over(desk.actor, second.id, Reading(9_000, 8, "new instrument"))
    assert Level.GOOD is (await doctor(world)).level
    world.db.agreements.update_one({"_id": second.id}, {"$set": {"legs.0.out.reason": ""}})
    assert "agreement.falls" in [line.code for line in dict((await doctor(world)).facts)["wrong"]]


async def test_a_car_that_went_out_before_there_were_agreements_is_not_asked_for_one(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
    world.db.agreements.delete_many({})
    world.db.fences.update_many({}, {"$set": {"odometer_km": None}})
    row = world.stored(booking)
    step = {**row["history"][-1], "at": row["history"][-1]["at"] - timedelta(days=400)}
    change = {"$set": {"history": [*row["history"][:-1], step]}}
    world.db.bookings.update_one({"_id": booking.id}, change, bypass_document_validation=True)

    assert Level.GOOD is (await doctor(world)).level


async def test_the_guards_are_what_holds(world, stripe, monkeypatch):
    """Without them the same doings end otherwise, so the tests above would see it."""

    async def apart(self, agreement):
        await self._db.agreements.insert_one(agreement_document(agreement))
        raise NotFound("booking", "after it")

    monkeypatch.setattr(rental, "follows", lambda *_: True)
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, Reading(1, 8))
        await desk.rental.returned(desk.actor, booking.id, Reading(0, 8))
        assert Level.BAD is (await doctor(world)).level
        monkeypatch.setattr(MongoTransaction, "add_agreement", apart)
        other = await confirmed(desk, stripe, -0.1, 20, key="other", car="car-2")
        with pytest.raises(NotFound):
            await desk.rental.hand_over(desk.actor, other.id, FULL)

    assert ("confirmed", 1) == (world.stored(other)["state"], world.db.agreements.count_documents({"_id": other.id}))
