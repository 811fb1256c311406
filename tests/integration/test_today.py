"""What is to be done at a branch today: the query against plain reading, by branch, zone and account."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from at_counter import confirmed
from builders import BERLIN, FULL, LISBON, RENTER, make_car, wish

from engine.adapters.mongo.codec.bookings import booking_document
from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import BookingState
from engine.domain.booking.today import MOST_LINES, DayAsked, Section, day_end, section_of
from engine.domain.car.car import CarStatus
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Forbidden, NotFound
from engine.domain.shared.period import RentalPeriod

pytestmark = pytest.mark.asyncio
HOUR = timedelta(hours=1)


def stored(world, *bookings):
    rows = [booking_document(booking) for booking in bookings]
    for row in rows:
        row.pop("session_ids", None)
    world.db.bookings.insert_many(rows, bypass_document_validation=True)


def like(booking, n, state, first, last, **changes):
    """A row of that state, from so many hours from *booking*'s making to so many."""
    since = booking.created_at
    period = RentalPeriod(since + first * HOUR, since + last * HOUR)
    told = {"id": BookingId(f"bk-{n:04}"), "intent_key": f"like-{n}", "period": period, "state": state}
    return replace(booking, **told | changes)


def ids(day):
    return {each.section: [row.id for row in each.rows] for each in day.sections}


async def test_every_row_stands_where_plain_reading_puts_it(world):
    draw = random.Random(14)  # noqa: S311 -- rows, not secrets
    async with world.desk() as desk, world.desk("admin") as office:
        first = await desk.booking.hold(desk.actor, wish(desk))
        rows = [
            like(
                first,
                n,
                draw.choice(list(BookingState)),
                start := draw.randint(-60, 40) + 0.5,
                start + draw.randint(1, 60),
                branch_id=draw.choice((BERLIN.id, LISBON.id)),
            )
            for n in range(300)
        ]
        # One of each that only the rest of the day has, at whatever hour this runs.
        rest = (day_end(BERLIN, desk.clock.now()) - desk.clock.now()) / HOUR
        rows += [
            like(first, 300, BookingState.OUT, -9, rest / 2),
            like(first, 301, BookingState.CONFIRMED, rest / 2, rest + 9),
        ]
        stored(world, *rows)
        day = await office.today.day(office.actor, BERLIN.id)

    asked = DayAsked(BERLIN.id, day.at, day.until)
    every = [row for row in (first, *rows) if row.branch_id == BERLIN.id]
    plain = {kind: {row.id for row in every if section_of(row, asked) is kind} for kind in Section}
    assert all(plain.values())
    assert plain == {kind: set(found) for kind, found in ids(day).items()}
    assert {RENTER.id: RENTER.phone} == day.phones
    for each in day.sections:
        late = each.section in (Section.OVERDUE, Section.COMING_BACK)
        times = [row.period.ends_at if late else row.period.starts_at for row in each.rows]
        assert times == sorted(times)


@pytest.mark.parametrize(
    ("now", "hours"),
    [(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 21.5), (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 22.5)],
)
async def test_the_day_ends_at_the_branches_midnight_also_when_its_clock_changes(now, hours):
    assert timedelta(hours=hours) == day_end(BERLIN, now) - now


async def test_a_damaged_row_is_a_line_and_the_rest_beyond_the_bound_is_counted(world):
    async with world.desk() as desk, world.desk("admin") as office:
        first = await desk.booking.hold(desk.actor, wish(desk))
        stored(world, *(like(first, n, BookingState.OUT, -50, -2) for n in range(MOST_LINES + 7)))
        world.db.bookings.update_one({"_id": "bk-0000"}, {"$set": {"zone": 5}}, bypass_document_validation=True)
        day = await office.today.day(office.actor, BERLIN.id)

    late = day.sections[0]
    assert (Section.OVERDUE, MOST_LINES, MOST_LINES + 7) == (late.section, len(late.rows), late.total)
    assert ["bk-0000"] == [row.id for row in late.rows if isinstance(row, Damaged)]


async def test_what_is_with_the_car_is_told(world):
    world.add_cars(make_car(7, status=CarStatus.MAINTENANCE))
    async with world.desk() as desk, world.desk("admin") as office:
        first = await desk.booking.hold(desk.actor, wish(desk))
        away = like(first, 1, BookingState.CONFIRMED, -1, 20, car_id=make_car(7).id)
        stored(world, away)
        out = {"claims.0.out": True}
        world.db.fences.update_one({"_id": "car-1"}, {"$set": out}, bypass_document_validation=True)
        day = await office.today.day(office.actor, BERLIN.id)

    assert (True, first.id, first.period.ends_at) == (
        day.cars["car-1"].active, day.cars["car-1"].out_with, day.cars["car-1"].until,
    )  # fmt: skip
    assert (False, "") == (day.cars["car-7"].active, day.cars["car-7"].out_with)


async def test_another_branch_shows_a_counter_only_what_it_booked_itself_and_owners_nothing(world):
    async with world.desk() as desk, world.desk("owner") as owner:
        first = await desk.booking.hold(desk.actor, wish(desk))
        stored(world, like(first, 1, BookingState.OUT, -9, -1, branch_id=LISBON.id))
        stored(world, like(first, 2, BookingState.OUT, -9, -1, branch_id=LISBON.id, booked_by="another"))
        day = await desk.today.day(desk.actor, LISBON.id)

        assert ["bk-0001"] == ids(day)[Section.OVERDUE]
        with pytest.raises(NotFound):
            await desk.today.day(desk.actor, "br-none")
        with pytest.raises(Forbidden):
            await owner.today.day(owner.actor, BERLIN.id)


async def test_what_an_extension_costs_is_open_in_the_line_of_the_day(world, stripe):
    async with world.desk() as desk:
        for n, car in enumerate(("car-1", "car-2")):
            booking = await confirmed(desk, stripe, -0.3, 20, key=car, car=car)
            booking = await desk.rental.hand_over(desk.actor, booking.id, FULL)
            if n:
                ends_at = booking.period.ends_at + 24 * HOUR
                await desk.agreements.extend(desk.actor, booking.id, ends_at, seen=booking.version)
            # Overdue, at whatever hour this runs.
            late = {"$set": {"ends_at": desk.clock.now() - timedelta(minutes=1)}}
            world.db.bookings.update_one({"_id": booking.id}, late)
        day = await desk.today.day(desk.actor, BERLIN.id)
    assert {"car-1": 0, "car-2": 50_00} == {
        row.car_id: day.open(row).minor for each in day.sections for row in each.rows
    }
