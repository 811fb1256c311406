"""Claims and bookings of hostile making: the doctor names each, ends at none, and finds nothing in honest ones."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from builders import DATABASE, PASSWORD, days, kept, wish
from hostile import VALUES, paths, with_value
from payments import opened

from engine.adapters.mongo.queries import claims as mongo_claims
from engine.domain.health.health import HealthArea, Level
from engine.domain.money.money import Money
from engine.services.firm.health_rows import Pace
from engine.words.health import facts_of, says

pytestmark = pytest.mark.asyncio


async def found(world, area=HealthArea.CLAIMS, account="admin"):
    async with world.desk(account) as desk:
        report = await desk.admin.health.examine(desk.actor)
    return next(each for each in report.findings if each.area is area), report


def wrong(finding) -> str:
    return dict(facts_of(finding)).get("Wrong", "")


def claim(booking_id, kind="booking", *, first=0, days_long=1):
    begin = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(days=first)
    return kept(booking_id, begin, begin + timedelta(days=days_long), kind)


async def test_each_way_in_which_claims_and_bookings_part_is_named_and_honest_ones_are_not(world):
    async with world.desk() as clerk:
        held = await opened(clerk)
        emptied = await opened(clerk, car="car-2", key="k2")
        moved = await opened(clerk, car="car-3", key="k3", first=10, last=12, shown_price=Money(160_00, "EUR"))
    calm, _ = await found(world)
    fences = world.db.fences
    fences.update_one(
        {"_id": "car-1"}, {"$push": {"claims": claim("PHANTOM")}, "$set": {"seq": -5}}, bypass_document_validation=True
    )
    fences.update_one({"_id": "car-1"}, {"$push": {"claims": claim("away", "movement", first=9)}})
    fences.update_one({"_id": "car-2"}, {"$set": {"claims": []}})
    fences.update_one(
        {"_id": "car-3"},
        {"$set": dict.fromkeys(("claims.0.ends_at", "claims.0.free_at"), moved.period.ends_at + timedelta(hours=1))},
    )
    world.db.bookings.update_one(
        {"_id": held.id}, {"$set": {"hold_until": datetime(2035, 1, 1, tzinfo=UTC)}}, bypass_document_validation=True
    )

    finding, report = await found(world)

    assert (Level.GOOD, "") == (calm.level, wrong(calm))
    assert Level.BAD is finding.level is report.level
    lines = wrong(finding)
    assert "car-1: claimed by PHANTOM, which does not keep it" in lines
    assert "car-1: its count of claims is none" in lines
    assert f"car-1: held by {held.id} until 2035-01-01" in lines
    assert f"car-2: kept by {emptied.id}, and not claimed by it" in lines
    assert f"car-3: claimed by {moved.id} for other times than it is booked" in lines
    assert "car-1: claimed by away, which is no open movement of it" in lines


async def test_what_keeps_a_car_for_a_restored_payment_is_compared_both_ways(world):
    def lost(name, car, claimed_for):
        period = {"starts_at": claimed_for["starts_at"], "ends_at": claimed_for["ends_at"]}
        money = {"minor": 100_00, "currency": "EUR"}
        told = {"session_id": f"cs_{name}", "booking_id": name, "attempt": 1, "amount": money, "claimed": True}
        times = {"expires_at": period["ends_at"], "found_at": period["starts_at"]}
        return {"_id": name, **told, **times, "outcome": "open", "stay": {"car_id": car, **period, "rate": money}}

    right, moved, gone = claim("right", "restored"), claim("moved", "restored", first=3), claim("gone", "restored")
    rows = [lost("right", "car-1", right), lost("moved", "car-1", claim("", first=4)), lost("gone", "car-2", gone)]
    world.db.restored_payments.insert_many([*rows, {**lost("decided", "car-3", gone), "outcome": "booked"}])
    world.db.fences.update_one({"_id": "car-1"}, {"$set": {"claims": [right, moved]}})
    world.db.fences.update_one({"_id": "car-3"}, {"$set": {"claims": [claim("decided", "restored")]}})

    finding, _ = await found(world)

    lines = wrong(finding)
    assert "car-1: kept for the restored payment moved for other times than were paid" in lines
    assert "car-2: to be kept for the restored payment gone, and not claimed for it" in lines
    assert "car-3: kept for the restored payment decided, which waits for nobody" in lines
    assert "right" not in lines


async def test_a_booking_of_a_car_that_is_none_and_claims_that_overlap_are_named(world):
    async with world.desk() as clerk:
        held = await clerk.booking.hold(clerk.actor, wish(clerk))
    row = world.stored(held) | {"_id": "NOCAR", "intent_key": "other", "car_id": "ghost"}
    world.db.bookings.insert_one(row, bypass_document_validation=True)
    twice = [claim("a", "turn"), claim("b", "lease")]
    world.db.fences.update_one({"_id": "car-2"}, {"$set": {"claims": twice}})

    finding, _ = await found(world)

    assert "ghost: kept by NOCAR, and there is no such car" in wrong(finding)
    assert "car-2: claimed by a and b at one time" in wrong(finding)


async def test_no_fence_and_no_booking_of_whatever_making_ends_the_doctor(world):
    async with world.desk() as clerk:
        await opened(clerk)
    fence, booking = world.db.fences.find_one({"_id": "car-1"}), world.db.bookings.find_one()
    booking.pop("session_ids", None)
    odd_ids = (5, ObjectId(), "zz", True)
    places = list(paths(fence))
    rows = [with_value(fence, path, value) for at, path in enumerate(places) for value in VALUES[at % 3 :: 3]]
    for number, each in enumerate(rows):
        world.db.fences.insert_one({**each, "_id": f"odd-{number}"}, bypass_document_validation=True)
    for number, each in enumerate(odd_ids):
        world.db.fences.insert_one({**fence, "_id": each}, bypass_document_validation=True)
        changed = with_value(booking, ("starts_at",), VALUES[number])
        world.db.bookings.insert_one(
            {**changed, "_id": f"odd-{number}", "intent_key": f"odd-{number}"}, bypass_document_validation=True
        )

    finding, report = await found(world)
    shapes = next(each for each in report.findings if each.area is HealthArea.ROWS)

    assert set(HealthArea) == {each.area for each in report.findings}
    assert Level.BAD is finding.level
    assert Level.BAD is shapes.level
    assert f"{len(rows) + len(odd_ids) + 3:,} cars" == dict(facts_of(finding))["Looked at"]
    assert [] == [each for each in report.findings if "could not be looked at" in says(each)]


async def test_a_row_past_its_shape_is_named(world):
    calm, _ = await found(world, HealthArea.ROWS)
    world.db.cars.update_one({"_id": "car-2"}, {"$set": {"seats": "five"}}, bypass_document_validation=True)

    finding, _ = await found(world, HealthArea.ROWS)
    by_worker, _ = await found(world, HealthArea.ROWS, "worker")

    assert Level.GOOD is calm.level
    assert Level.BAD is by_worker.level  # who may not read all collections is told of the others
    assert (Level.BAD, "cars: car-2") == (finding.level, wrong(finding))


async def test_pages_and_time_are_bounded_and_what_was_not_reached_is_said(world, monkeypatch):
    monkeypatch.setattr(mongo_claims, "_PAGE", 2)
    async with world.desk() as clerk:
        period = days(clerk, 1, 3)
        assert period
    whole, _ = await found(world)
    monkeypatch.setattr("engine.services.firm.health_rows.HURRIED", Pace(timedelta(seconds=-1)))

    cut, report = await found(world)

    assert "3 cars" == dict(facts_of(whole))["Looked at"]
    assert (Level.UNKNOWN, True) == (cut.level, cut.missed)
    assert report.missed


async def test_the_status_says_that_something_could_not_be_looked_at(world, tmp_path):
    """Stripe is asked with a key that is none of its own, and where nobody answers."""
    environment = {
        "DRIVESPHERE_MONGO_URL": world.deployment.mongo_url,
        "DRIVESPHERE_REDIS_URL": world.deployment.redis_url.reveal(),
        "DRIVESPHERE_DATABASE": DATABASE,
        "DRIVESPHERE_PASSWORD": PASSWORD,
        "STRIPE_API_KEY": "sk_test_abcdefgh1234",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }
    command = (sys.executable, "-P", "-m", "engine.cli", "doctor", "--account", "admin", "--json")

    async def status() -> tuple[int, list[str]]:
        doctor = await asyncio.create_subprocess_exec(
            *command, "--data", str(tmp_path), env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await doctor.communicate()
        return doctor.returncode or 0, [each["area"] for each in json.loads(told)["findings"] if each["missed"]]

    unseen = await status()
    world.db.fences.update_one({"_id": "car-1"}, {"$push": {"claims": claim("PHANTOM")}})
    bad = await status()

    assert (3, True) == (unseen[0], "stripe" in unseen[1])
    assert 1 == bad[0]


async def test_where_a_car_is_taken_left_and_stands_is_compared_too(world):
    async with world.desk() as clerk:
        held = await opened(clerk)
        other = await opened(clerk, car="car-2", key="k2")
    calm, _ = await found(world)
    forged = {"claims.0.to": "br-lisbon", "claims.0.floats": True}
    world.db.fences.update_one({"_id": "car-1"}, {"$set": forged})
    world.db.fences.update_one({"_id": "car-2"}, {"$set": {"claims.0.out": True}})
    world.db.fences.update_one({"_id": "car-3"}, {"$set": {"at": "nowhere"}})

    lines = wrong((await found(world))[0])

    assert (Level.GOOD, "") == (calm.level, wrong(calm))
    assert f"car-1: claimed by {held.id} from or to other branches than were agreed" in lines
    assert f"car-1: claim {held.id} may be moved to another car" in lines
    assert f"car-2: claim {other.id} and its booking differ in whether the renter has the car" in lines
    assert "car-2: it does not stand where its fence says (br-berlin)" in lines
    assert "car-3: it does not stand where its fence says (nowhere)" in lines
