"""No rental begins or ends where nobody is there: asked at the write, whatever a desk remembers of the branch."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from builders import BERLIN, LISBON, LONG_AGO, RATE, RENTER, make_car, wish
from payments import opened

from engine.adapters.mongo.codec.documents import branch_document, car_document, fence_document, series_document
from engine.domain.booking.belief import Doubt
from engine.domain.car.car import Branch, BranchId, terms_of
from engine.domain.car.catalogue import CarWish
from engine.domain.car.handing_over import ClosedThen
from engine.domain.car.opening_hours import (
    Interval,
    OutOfHours,
    OutsideRule,
    SpecialDay,
    every_day,
)
from engine.domain.car.openings import is_open
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind
from engine.domain.shared.errors import NotBelieved, NotFound, PriceChanged
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.wall import on_wall
from engine.services.booking.booking import HoldCar

pytestmark = pytest.mark.asyncio
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NO, FEE = OutsideRule(allowed=False), Money(25_00, "EUR")
NOTHING = OutOfHours(NO, NO, NO)
WORK = (Interval("08:00", "18:00"),)
SUNDAYS_OFF = replace(every_day("08:00", "18:00"), week=(*(WORK,) * 6, ()), out_of_hours=NOTHING)
HUDSON = Branch(BranchId("br-york"), "Hudson", "New York", "Test St 3", "America/New_York", SUNDAYS_OFF)
DESKS = 8


def change_of(zone, now, hours):
    """Midnight of the next Sunday of so many hours."""
    day = datetime.combine(now.astimezone(zone).date() + 2 * DAY, time(0))
    while on_wall(day + DAY, zone).moment - on_wall(day, zone).moment != timedelta(hours=hours):
        day += DAY
    return day


def keep(world, branch):
    world.db.branches.replace_one({"_id": branch.id}, branch_document(branch), upsert=True)


def stand(world, branch, cars):
    """Cars at *branch*, which is as it is told here."""
    keep(world, branch)
    for n in cars:
        car = make_car(n, branch_id=branch.id)
        world.db.cars.replace_one({"_id": car.id}, car_document(car), upsert=True)
        world.db.fences.replace_one({"_id": car.id}, fence_document(car, terms_of(car, branch), ()), upsert=True)
        if world.db.car_terms.find_one({"car_id": car.id}) is None:
            world.db.car_terms.insert_one(series_document(terms_of(car, branch), "tests", LONG_AGO))


async def pressed(desk, key, car, zone, out, back):
    period = RentalPeriod(*(on_wall(each, zone).comings[-1] for each in (out, back)))
    price = Money(RATE.minor * period.billable_days(zone), "EUR")
    try:
        return await desk.booking.hold(desk.actor, HoldCar(key, car, period, RENTER.id, price))
    except ClosedThen as closed:
        return closed


@pytest.mark.parametrize("branch", [replace(BERLIN, hours=SUNDAYS_OFF), HUDSON], ids=lambda each: each.city)
@pytest.mark.parametrize("hours", [23, 25], ids=["spring", "autumn"])
async def test_closed_sundays_hold_under_eight_desks_in_the_night_of_a_change(world, branch, hours):
    stand(world, branch, range(1, 9))
    zone = branch.tzinfo
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(world.desk("clerk")) for _ in range(DESKS)]
        sunday = change_of(zone, desks[0].clock.now(), hours)
        # Saturday to Sunday, Sunday to Monday, over it, and the minutes around closing and opening.
        stays = [
            (sunday - 6 * HOUR, sunday + DAY + 8 * HOUR, True),
            (sunday - 6 * HOUR + timedelta(minutes=1), sunday + DAY + 8 * HOUR, False),
            (sunday - 6 * HOUR, sunday + DAY + 8 * HOUR - timedelta(minutes=1), False),
            (sunday - 14 * HOUR, sunday + 10 * HOUR, False),
            (sunday + 10 * HOUR, sunday + DAY + 10 * HOUR, False),
            (sunday + timedelta(hours=2, minutes=30), sunday + DAY + 10 * HOUR, False),
            (sunday - 14 * HOUR, sunday + timedelta(hours=1, minutes=30), False),
            (sunday - DAY + 10 * HOUR, sunday + DAY + 10 * HOUR, True),
        ]
        told = await asyncio.gather(
            *(
                pressed(desk, f"k{n}", make_car(n).id, zone, *stay[:2])
                for n, (desk, stay) in enumerate(zip(desks, stays, strict=True), 1)
            )
        )

    assert [allowed for *_, allowed in stays] == [not isinstance(each, ClosedThen) for each in told]
    monday = on_wall(sunday + DAY + 8 * HOUR, zone).moment
    assert {monday} == {each.opens for each in told if isinstance(each, ClosedThen)}
    for row in world.db.bookings.find():
        assert all(is_open(SUNDAYS_OFF, zone, row[end]) for end in ("starts_at", "ends_at"))
    assert 2 == world.db.bookings.count_documents({})
    assert 2 == sum(len(fence["claims"]) for fence in world.db.fences.find())


async def test_what_is_held_after_hours_were_changed_goes_by_the_new_ones_whatever_a_desk_remembers(world):
    before = replace(BERLIN, hours=replace(SUNDAYS_OFF, week=(WORK,) * 7))
    stand(world, before, range(1, 17))
    zone, closed = BERLIN.tzinfo, asyncio.Event()
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(world.desk("clerk")) for _ in range(4)]
        admin = await stack.enter_async_context(world.desk("admin"))
        sunday = change_of(zone, admin.clock.now(), 25)
        for desk in desks:
            await desk.catalogue.branches(desk.actor)

        async def presses(n, desk):
            told = []
            for at in range(4):
                late = closed.is_set()
                key = f"k{n}-{at}"
                ten = sunday + 10 * HOUR
                told.append((late, await pressed(desk, key, make_car(4 * n + at + 1).id, zone, ten, ten + DAY)))
                if at == 1:
                    await closed.wait()
            return told

        async def close():
            await admin.admin.branches.change(admin.actor, before, replace(before, hours=SUNDAYS_OFF))
            closed.set()

        told = await asyncio.gather(close(), *(presses(n, desk) for n, desk in enumerate(desks)))

    answers = [each for desk in told[1:] for each in desk]
    assert 8 <= sum(late for late, _ in answers)
    assert all(isinstance(answer, ClosedThen) for late, answer in answers if late)
    assert world.db.bookings.count_documents({}) == sum(not isinstance(answer, ClosedThen) for _, answer in answers)


async def test_a_return_elsewhere_is_asked_of_the_branch_that_it_is_to(world):
    keep(world, replace(LISBON, hours=replace(every_day("08:00", "08:01"), out_of_hours=NOTHING)))
    async with world.desk() as desk:
        start = desk.clock.now().replace(minute=0, second=0, microsecond=0) + DAY
        end = on_wall(datetime.combine(start.date() + 2 * DAY, time(12)), LISBON.tzinfo).moment
        press = wish(desk, period=RentalPeriod(start, end), return_branch_id=LISBON.id)
        days = press.period.billable_days(BERLIN.tzinfo)
        press = replace(press, shown_price=Money(days * RATE.minor, "EUR"))
        with pytest.raises(ClosedThen) as closed:
            await desk.booking.hold(desk.actor, press)
        keep(world, replace(LISBON, closed=True))
        with pytest.raises(NotFound):
            await desk.booking.hold(desk.actor, press)

    assert ("return", LISBON.id, end) == (closed.value.handing, closed.value.branch_id, closed.value.at)
    assert (0, 0) == (world.db.bookings.count_documents({}), world.blocking("car-1"))


@pytest.fixture
def priced(world):
    """Berlin takes cars back into a key box on Sundays, and asks for it."""
    rules = OutOfHours(OutsideRule(fee=FEE.times(2)), NO, OutsideRule(fee=FEE))
    branch = replace(BERLIN, hours=replace(SUNDAYS_OFF, out_of_hours=rules))
    stand(world, branch, range(1, 3))
    return branch


def sunday_stay(desk):
    """Saturday to Sunday, a week or more from now."""
    now = desk.clock.now().astimezone(BERLIN.tzinfo)
    saturday = datetime.combine(now.date() + timedelta(days=7 + (5 - now.weekday()) % 7), time(10))
    return RentalPeriod(*(on_wall(each, BERLIN.tzinfo).moment for each in (saturday, saturday + DAY)))


async def test_a_fee_is_in_what_is_shown_and_in_what_is_held_and_no_other_price_is_taken(world, priced):
    async with world.desk() as desk:
        period = sunday_stay(desk)
        offer = (await desk.catalogue.search(desk.actor, CarWish(BERLIN.id, period))).offers[0]
        press = HoldCar("key-1", offer.car.id, period, RENTER.id, offer.quote.total)
        with pytest.raises(PriceChanged):
            await desk.booking.hold(desk.actor, replace(press, shown_price=RATE))
        booking = await desk.booking.hold(desk.actor, press)

    assert [LineKind.RENTAL, LineKind.KEY_BOX] == [line.kind for line in offer.quote.lines]
    assert offer.quote == booking.quote
    assert (75_00, 1) == (booking.price.minor, booking.quote.days)
    assert 75_00 == world.stored(booking)["payments"][0]["attempts"][0]["amount"]["minor"]


async def test_a_price_with_a_fee_is_believed_as_long_as_a_branch_asked_for_it_once(world, stripe, priced):
    async with world.desk() as desk, world.desk("admin") as admin:
        period = sunday_stay(desk)
        price = Money(75_00, "EUR")
        booking = await opened(desk, period=period, shown_price=price)
        free = replace(priced, hours=replace(priced.hours, out_of_hours=OutOfHours()))
        await admin.admin.branches.change(admin.actor, priced, free)
        await desk.payment.belief.look(booking)
        dearer = replace(booking.quote.lines[1], unit=Money(26_00, "EUR"))
        forged = replace(booking, quote=replace(booking.quote, lines=(booking.quote.lines[0], dearer)))
        paid = forged.payment
        attempts = tuple(replace(each, amount=forged.price) for each in paid.attempts)
        forged = forged.with_payment(replace(paid, amount=forged.price, attempts=attempts))
        with pytest.raises(NotBelieved) as doubted:
            await desk.payment.belief.look(forged)

    assert Doubt.PRICE == doubted.value.doubt


async def test_a_search_at_closed_times_says_when_the_branch_opens(world):
    christmas = SpecialDay((datetime.now(UTC) + timedelta(days=30)).date())
    keep(world, replace(BERLIN, hours=replace(SUNDAYS_OFF, week=(WORK,) * 7, special_days=(christmas,))))
    ten = on_wall(datetime.combine(christmas.day, time(10)), BERLIN.tzinfo).moment
    async with world.desk() as desk:
        with pytest.raises(ClosedThen) as closed:
            await desk.catalogue.search(desk.actor, CarWish(BERLIN.id, RentalPeriod(ten, ten + 2 * DAY)))

    assert on_wall(datetime.combine(christmas.day + DAY, time(8)), BERLIN.tzinfo).moment == closed.value.opens
