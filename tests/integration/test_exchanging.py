"""A rental goes on with another car while the first one is out: fences, legs, money and who had which car when."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from at_counter import confirmed, fence, moved_back
from builders import BERLIN, DATABASE, FULL, LISBON, PASSWORD, make_car

from engine.adapters.mongo import fences
from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.codec.owner_rows import posting_of, rental_of
from engine.adapters.mongo.queries.books import MongoBooks
from engine.domain.agreement.charges import Charging
from engine.domain.agreement.exchange import Exchange
from engine.domain.agreement.fees import AMOUNTS
from engine.domain.agreement.legs import days_by_car
from engine.domain.agreement.reading import Reading, ReadingUnlikely
from engine.domain.booking.belief import Doubt
from engine.domain.booking.booking import Booking
from engine.domain.booking.changed_car import CarIsOut
from engine.domain.booking.handing_over import StillOut
from engine.domain.car.car import CarId, OwnerId
from engine.domain.health.health import Level
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind
from engine.domain.money.tender import Handed, Tender
from engine.domain.reports.earnings import earnings
from engine.domain.reports.figure_sources import Figure, FigureQuestion, explained
from engine.domain.reports.owner_aggregate import books_of
from engine.domain.reports.report_period import month
from engine.domain.shared.errors import DriveSphereError, InvalidText, MoveRefused, NotBelieved, Overtaken, PeriodTaken
from engine.services.firm.health_rows import HURRIED
from engine.services.firm.health_rows import agreements as look_at_agreements
from engine.services.firm.health_rows import claims as look_at_claims
from engine.services.payment.reconcile import Reconciler

pytestmark = pytest.mark.asyncio
BROKEN = Exchange(Reading(10_200, 4), Reading(10_000, 8), "does not start")


async def out(desk, stripe, first=-0.3, last=95.7, **changes):
    booking = await confirmed(desk, stripe, first, last, **changes)
    return await desk.rental.hand_over(desk.actor, booking.id, FULL)


async def exchange(desk, booking, car="car-2", how=BROKEN):
    return await desk.exchanging.exchange(desk.actor, booking.id, CarId(car), how, seen=booking.version)


def claims(world, car):
    return [(each["id"], each["out"]) for each in fence(world, car)["claims"]]


def agreed(world, booking):
    return world.db.agreements.find_one({"_id": booking.id})


def on_cars(world, booking):
    """Car -> taken, and the owner's and the platform's share."""
    sums = {}
    for row in world.db.ledger.find({"booking_id": booking.id}):
        kind = "taken" if row["kind"] in ("charge", "refund") else row["kind"]
        sums.setdefault(row["car_id"], Counter())[kind] += row["amount"]["minor"]
    return {car: tuple(each[kind] for kind in ("taken", "owner_share", "platform_share")) for car, each in sums.items()}


async def well(world):
    async with world.desk("admin") as admin:
        inspection = admin.admin.health.inspection
        found = [
            await look_at_agreements(inspection, HURRIED),
            await look_at_claims(inspection, admin.clock.now(), HURRIED),
        ]
    return [line for each in found if each.level is not Level.GOOD for line in dict(each.facts).get("wrong", [each])]


async def test_both_fences_legs_and_history_say_who_has_which_car(world, stripe):
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        offered = await desk.exchanging.other_cars(desk.actor, booking.id)
        assert "car-2" in [car.id for car in offered.cars]
        assert booking.car_id not in [car.id for car in offered.cars]
        after = await exchange(desk, booking)

        assert ([], [(booking.id, True)]) == (claims(world, "car-1"), claims(world, "car-2"))
        assert (BERLIN.id, None, 10_200, 10_000) == (
            fence(world)["at"],
            fence(world, "car-2")["at"],
            fence(world)["odometer_km"],
            fence(world, "car-2")["odometer_km"],
        )
        assert (booking.price, booking.period, "car-2") == (after.price, after.period, world.stored(booking)["car_id"])
        first, second = agreed(world, booking)["legs"]
        assert ("car-1", 10_200) == (first["car"]["car_id"], first["back"]["odometer_km"])
        assert ("car-2", False, "does not start") == (second["car"]["car_id"], "back" in second, second["why"])
        assert first["back"]["at"] == second["out"]["at"] == world.stored(booking)["history"][-1]["at"]
        row = world.db.audit.find_one({"what": "booking.exchanged"})
        assert ("does not start", "clerk") == (row["after"]["why"], row["by"])
        assert [] == await well(world)

        over = await desk.rental.returned(desk.actor, booking.id, Reading(10_400, 8))
        assert ("completed", [], 10_400) == (over.state, claims(world, "car-2"), fence(world, "car-2")["odometer_km"])
        agreement = await desk.agreements.agreement(desk.actor, booking.id)
        assert (600, [4, 0]) == (agreement.km, [leg.missing for leg in agreement.legs])
    assert [] == await well(world)


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        (Exchange(Reading(9_999, 4), Reading(10_000, 8), "broken"), ReadingUnlikely),
        (Exchange(Reading(10_200, 4), Reading(9_999, 8), "broken"), ReadingUnlikely),
        (Exchange(Reading(10_200, 9), Reading(10_000, 8), "broken"), InvalidText),
        (Exchange(Reading(10_200, 4), Reading(10_000, -1), "broken"), InvalidText),
        (Exchange(Reading(10_200, 4), Reading(10_000, 8), " "), InvalidText),
    ],
)
async def test_what_cannot_be_read_leaves_everything_as_it_is(world, stripe, how, problem):
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        with pytest.raises(problem):
            await exchange(desk, booking, how=how)
    legs = len(agreed(world, booking)["legs"])
    assert ([(booking.id, True)], [], 1) == (claims(world, "car-1"), claims(world, "car-2"), legs)


async def test_a_car_that_is_promised_before_the_end_is_refused_and_named(world, stripe):
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        other = await confirmed(desk, stripe, 48, 72, key="other", car="car-2")
        assert "car-2" not in [car.id for car in (await desk.exchanging.other_cars(desk.actor, booking.id)).cars]
        with pytest.raises(PeriodTaken) as caught:
            await exchange(desk, booking)
        assert (other.id,) == caught.value.booking_ids
        # Promised for after it, it may go until then.
        others(world)
        free = await confirmed(desk, stripe, 120, 140, key="later", car="car-7")
        await exchange(desk, booking, "car-7")
    assert [(free.id, False), (booking.id, True)] == sorted(claims(world, "car-7"), key=lambda each: each[1])
    assert [] == await well(world)


@pytest.mark.parametrize("verb", ["not out", "over", "itself", "stale", "elsewhere"])
async def test_what_is_not_out_here_now_is_not_exchanged(world, stripe, verb):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 95.7)
        if verb != "not out":
            booking = await desk.rental.hand_over(desk.actor, booking.id, FULL)
        if verb == "over":
            booking = await desk.rental.returned(desk.actor, booking.id, FULL)
        car = {"itself": "car-1", "elsewhere": "car-lis"}.get(verb, "car-2")
        if verb == "elsewhere":
            world.add_cars(make_car(9, id="car-lis", plate="LI 9", branch_id=LISBON.id))
        seen = booking.version - (verb == "stale")
        with pytest.raises((MoveRefused, Overtaken, DriveSphereError)):
            await desk.exchanging.exchange(desk.actor, booking.id, CarId(car), BROKEN, seen=seen)
        with pytest.raises((CarIsOut, MoveRefused, Overtaken)):
            await desk.changing.change_back(desk.actor, booking.id, seen=booking.version)
    assert [] == [claim for claim in claims(world, "car-2") if claim[0] == booking.id]
    assert "car-1" == world.stored(booking)["car_id"]


def others(world, owner="owner-2"):
    world.add_cars(make_car(7, id="car-7", plate="B 7", owner_id=OwnerId(owner)))


def euros(minor):
    return Money(minor, "EUR")


def shares(booking, minor):
    platform = euros(minor).share(booking.quote.commission_bp).minor
    return minor, minor - platform, platform


async def compared(world, desk, booking):
    async with connect(world.deployment.mongo_url, Credentials("worker", PASSWORD, DATABASE)) as client:
        reconciler = Reconciler(desk.payment.gateway, MongoBooks(client, DATABASE), desk.clock)
        report = await reconciler.compare(desk.clock.now() - timedelta(days=9), desk.clock.now() + timedelta(days=9))
    return {(each.kind, each.detail) for each in report.differences}


async def begun_yesterday(world, desk, stripe):
    """Four days of 50.00 EUR, of which thirty hours are over."""
    booking = await confirmed(desk, stripe, 0.1, 95.9)
    moved_back(world, booking, timedelta(hours=30))
    return await desk.rental.hand_over(desk.actor, booking.id, FULL)


async def test_each_owner_has_what_the_days_of_its_car_cost_as_the_rental_is_closed(world, stripe):
    others(world)
    async with world.desk() as desk:
        booking = await begun_yesterday(world, desk, stripe)
        assert {"car-1": shares(booking, 200_00)} == on_cars(world, booking)
        after = await exchange(desk, booking, "car-7")
        assert [("car-1", 1), ("car-7", 3)] == [(each.car.car_id, each.days) for each in days_by_car(after)]
        assert {"car-1": shares(booking, 200_00)} == on_cars(world, booking), "until it is closed"
        assert set() == await compared(world, desk, booking)
        await desk.rental.returned(desk.actor, booking.id, Reading(10_400, 8))

        assert "closed" == agreed(world, booking)["state"]
        assert {"car-1": shares(booking, 50_00), "car-7": shares(booking, 150_00)} == on_cars(world, booking)
        assert set() == await compared(world, desk, booking)
    rows = list(world.db.ledger.find({"booking_id": booking.id}))
    assert {"car-1": "owner-1", "car-7": "owner-2"} == {row["car_id"]: row["owner_id"] for row in rows}
    assert [] == await well(world)
    world.db.ledger.delete_many({"car_id": "car-1", "source_id": {"$regex": ":legs:"}})
    assert ["agreement.shares"] == [line.code for line in await well(world)]


async def test_money_of_the_counter_is_shared_too_and_once(world, stripe):
    others(world)
    fees = {**dict.fromkeys(AMOUNTS, 0), "currency": "EUR", "free_km": 1_000, "eighth": 10_00}
    world.db.settings.update_one({"_id": 1}, {"$set": {"fees": [fees]}})
    async with world.desk() as desk, world.desk("admin") as office:
        booking = await begun_yesterday(world, desk, stripe)
        booking = await exchange(desk, booking, "car-7", Exchange(Reading(10_200, 6), Reading(10_000, 8), "broken"))
        booking = await desk.rental.returned(desk.actor, booking.id, Reading(10_400, 7))
        assert "returned" == agreed(world, booking)["state"]
        card = Handed(Tender.TERMINAL, euros(30_00), reference="4711")
        booking = await desk.till.take(desk.actor, booking.id, card, seen=booking.version)
        whole = {"car-1": (50_00, 42_50, 7_50), "car-7": (180_00, 153_00, 27_00)}
        assert ("closed", whole) == (agreed(world, booking)["state"], on_cars(world, booking))

        booking = await office.closing.reopen(office.actor, booking.id, "the tank was full", seen=booking.version)
        waived = Charging(waived=((LineKind.FUEL, "misread"),))
        booking = await desk.closing.recharge(desk.actor, booking.id, waived, seen=booking.version)
        booking = await desk.till.give_back(desk.actor, booking.id, card, reason="misread", seen=booking.version)
        assert "closed" == agreed(world, booking)["state"]
        assert {"car-1": (50_00, 42_50, 7_50), "car-7": (150_00, 127_50, 22_50)} == on_cars(world, booking)
        assert set() == await compared(world, desk, booking)
    assert [] == await well(world)


async def test_a_car_that_was_exchanged_is_anybodys_again_and_what_was_exchanged_once_may_be_again(world, stripe):
    async with world.desk() as desk:
        booking = await exchange(desk, await out(desk, stripe))
        other = await confirmed(desk, stripe, 1, 20, key="other")
        assert [(other.id, False)] == claims(world, "car-1")
        booking = await exchange(desk, booking, "car-3", Exchange(Reading(10_300, 3), FULL, "a flat tyre"))
        assert ([], 3) == (claims(world, "car-2"), len(agreed(world, booking)["legs"]))
        booking = await desk.rental.returned(desk.actor, booking.id, Reading(10_100, 8))
        agreement = await desk.agreements.agreement(desk.actor, booking.id)
    first, second, last = agreement.legs
    bit, ends = timedelta(milliseconds=1), [leg.back.at for leg in agreement.legs]
    assert [first, second, second, last, last, None] == [
        agreement.leg_at(at) for at in (ends[0] - bit, ends[0], ends[1] - bit, ends[1], ends[2] - bit, ends[2])
    ]
    assert agreement.leg_at(first.out.at - bit) is None
    assert (600, ["", "does not start", "a flat tyre"]) == (agreement.km, [leg.why for leg in agreement.legs])
    assert [] == await well(world)


@pytest.mark.parametrize("against", ["exchange", "returned", "extend", "hold"])
async def test_what_happens_at_the_same_moment_is_one_after_the_other(world, stripe, against):
    async with world.desk() as one, world.desk() as two:
        booking = await out(one, stripe)
        match against:
            case "exchange":
                other = exchange(two, booking, "car-3")
            case "returned":
                other = two.rental.returned(two.actor, booking.id, Reading(10_200, 8))
            case "extend":
                ends_at = booking.period.ends_at + timedelta(hours=30)
                other = two.agreements.extend(two.actor, booking.id, ends_at, seen=booking.version)
            case _:
                other = confirmed(two, stripe, 4, 20, key="other", car="car-2")
        tried = await asyncio.gather(exchange(one, booking), other, return_exceptions=True)
        done = [each for each in tried if isinstance(each, Booking)]
        assert [] == [each for each in tried if not isinstance(each, (Booking, DriveSphereError))]
    assert 1 == len(done)
    row = agreed(world, booking)
    assert [row["legs"][-1]["car"]["car_id"]] == [world.stored(booking)["car_id"]]
    out_now = [car for car in ("car-1", "car-2", "car-3") for _, out in claims(world, car) if out]
    assert ([row["legs"][-1]["car"]["car_id"]] if row["state"] == "out" else []) == out_now
    assert [] == await well(world)


async def test_without_its_guard_a_car_that_is_out_is_given_to_a_second_renter(world, stripe, monkeypatch):
    """Somebody wrote past the program that it is out with another booking, for a time that is over."""
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        claim = {**fence(world)["claims"][0], "id": "other", "starts_at": booking.period.starts_at - timedelta(days=9)}
        gone = {"ends_at": booking.period.starts_at, "free_at": booking.period.starts_at}
        world.db.fences.update_one({"_id": "car-2"}, {"$push": {"claims": {**claim, **gone}}})
        with pytest.raises(PeriodTaken):
            await exchange(desk, booking)
        monkeypatch.setattr(fences, "in_the_way", lambda wished, _now: fences.between(wished.starts_at, wished.free_at))
        with pytest.raises(StillOut):
            await exchange(desk, booking)
    assert (1, "car-1") == (len(agreed(world, booking)["legs"]), world.stored(booking)["car_id"])


async def test_a_row_whose_cars_do_not_follow_is_not_believed(world, stripe):
    async with world.desk() as desk:
        booking = await exchange(desk, await out(desk, stripe))
        change = {"$set": {"history.3.change.after.owner_id": "owner-9"}}
        world.db.bookings.update_one({"_id": booking.id}, change, bypass_document_validation=True)
        with pytest.raises(NotBelieved) as caught:
            await exchange(desk, booking, "car-1")
    assert Doubt.CAR is caught.value.doubt


async def test_a_car_that_comes_back_into_its_own_rental_has_both_of_its_parts(world, stripe):
    others(world)
    async with world.desk() as desk:
        booking = await begun_yesterday(world, desk, stripe)
        booking = await exchange(desk, booking, "car-7")
        booking = await exchange(desk, booking, "car-1", Exchange(FULL, Reading(10_200, 8), "mended"))
        booking = await desk.rental.returned(desk.actor, booking.id, Reading(10_400, 8))

        assert "closed" == agreed(world, booking)["state"]
        assert shares(booking, 200_00) == on_cars(world, booking)["car-1"]
        assert set() == await compared(world, desk, booking)
    assert [] == await well(world)


@pytest.mark.parametrize(
    ("ways", "gross", "rentals"), [(["car-7"], 50_00, 0), (["car-7", "car-1"], 200_00, 1), (["car-2"], 200_00, 1)]
)
async def test_an_owners_figures_have_its_days_online_and_from_the_copy(world, stripe, ways, gross, rentals):
    others(world)
    async with world.desk() as desk, world.desk("owner") as owner:
        booking = await begun_yesterday(world, desk, stripe)
        for car in ways:
            booking = await exchange(desk, booking, car, Exchange(Reading(10_200, 8), Reading(10_200, 8), "broken"))
        await desk.rental.returned(desk.actor, booking.id, Reading(10_400, 8))
        today = owner.clock.now()
        span = month(today.year, today.month, "UTC")
        report = await owner.earnings.report(owner.actor, span)
        marks = (*span.before.marks[:-1], *span.marks)
        facts = await owner.earnings.books.facts(owner.actor.owner_id, marks)
        rows = world.db.bookings.find({"$or": [{"owner_id": "owner-1"}, {"former_owners": "owner-1"}]})
        posted = map(posting_of, world.db.ledger.find({"owner_id": "owner-1"}))
        books = books_of(facts.as_of, posted, map(rental_of, rows), facts.cars, facts.branches)
        asked = [FigureQuestion(figure, marks[0], marks[-1], "EUR") for figure in set(Figure) - {Figure.UTILISATION}]
        drilled = [await owner.earnings.explain(owner.actor, each) for each in asked]

    (euro,) = report.currencies
    assert (gross, rentals, 0) == (euro.total.gross_minor, euro.total.rentals, facts.strays)
    assert earnings(span, facts) == earnings(span, books.facts(marks))
    assert drilled == [explained(books, each) for each in asked]
