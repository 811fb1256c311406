"""Rentals over both nights when the clock changes, in three zones: found, booked, shown and billed right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import BERLIN, LISBON, LONG_AGO, RENTER, make_car

from desktop.viewmodels.search.search import SearchForm, wish_of
from desktop.words.messages import branch_time, period_text, zone_note
from engine.adapters.mongo.codec.documents import branch_document, car_document, fence_document, series_document
from engine.domain.car.availability import WhyTaken
from engine.domain.car.car import Branch, BranchId, terms_of
from engine.domain.car.opening_hours import every_day
from engine.domain.money.money import Money
from engine.domain.shared.period import RentalPeriod
from engine.services.booking.booking import HoldCar

pytestmark = pytest.mark.asyncio
NEW_YORK = Branch(
    BranchId("br-york"), "Hudson", "New York", "Test St 3", "America/New_York", every_day("07:00", "21:00")
)
BRANCHES = (BERLIN, LISBON, NEW_YORK)
DAY = timedelta(days=1)
RATE = Money(50_00, "EUR")
#: Hours of the day on which the clock changes: in spring one is left out, in autumn one comes twice.
NIGHTS = {"spring": 23, "autumn": 25}


def change_of(zone, now, hours):
    """The next day of so many hours, as a wall-clock midnight without a zone."""
    day = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) + 2 * DAY
    while _aware(day + DAY, zone) - _aware(day, zone) != timedelta(hours=hours):
        day += DAY
    return day


def _aware(wall, zone):
    return wall.replace(tzinfo=zone).astimezone(UTC)


@pytest.fixture
def york(world):
    """A third branch, with one car; the other two have theirs."""
    world.db.branches.insert_one(branch_document(NEW_YORK))
    cars = [make_car(20, branch_id=LISBON.id), make_car(30, branch_id=NEW_YORK.id)]
    world.db.cars.insert_many([car_document(car) for car in cars])
    branches = (LISBON, NEW_YORK)
    fences = [fence_document(car, terms_of(car, branch), ()) for car, branch in zip(cars, branches, strict=True)]
    world.db.fences.insert_many(fences)
    series = [series_document(terms_of(car, each), "tests", LONG_AGO) for car, each in zip(cars, branches, strict=True)]
    world.db.car_terms.insert_many(series)
    return world


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("branch", BRANCHES, ids=lambda branch: branch.city)
async def test_DST_a_rental_over_the_night_is_found_booked_shown_and_billed_as_one_day(york, branch, night):
    async with york.desk("admin") as desk:
        sunday = change_of(branch.tzinfo, desk.clock.now(), NIGHTS[night])
        ten = datetime.combine(sunday, time(10))
        wish = wish_of(SearchForm(branch.id, ten - DAY, ten), branch)
        found = (await desk.catalogue.search(desk.actor, wish)).offers[0]
        asked = HoldCar("key-1", found.car.id, wish.period, RENTER.id, found.quote.total)
        booking = await desk.booking.hold(desk.actor, asked)

        async def free(first, last):
            form = SearchForm(branch.id, first, last)
            page = await desk.catalogue.search(desk.actor, wish_of(form, branch))
            return found.car.id in {offer.car.id for offer in page.offers}

        taken = await desk.availability.taken_cars(desk.actor, wish)
        before, during, after = (
            await free(ten - 2 * DAY, ten - DAY),
            await free(ten - timedelta(minutes=1), ten + DAY),
            await free(ten, ten + DAY),
        )

    assert timedelta(hours=NIGHTS[night]) == booking.period.ends_at - booking.period.starts_at
    assert (1, RATE) == (found.quote.days, found.quote.total)
    row = york.stored(booking)
    assert 50_00 == row["quote"]["total"] == row["payments"][0]["attempts"][0]["amount"]["minor"] == booking.price.minor
    assert '"unit_amount":5000' in row["payments"][0]["attempts"][0]["request"]
    assert (True, False, True) == (before, during, after)
    blocked = next(each for each in taken.blocked if each.car.id == found.car.id)
    assert WhyTaken.HELD is blocked.obstacle.why
    assert ten == blocked.next_free.starts_at.astimezone(branch.tzinfo).replace(tzinfo=None)
    assert 1 == blocked.next_free.billable_days(branch.tzinfo)
    shown = period_text(booking.period, ZoneInfo(booking.zone), desk=branch.tzinfo)
    assert 2 == shown.count("10:00")
    assert shown.endswith("1 day")


@pytest.mark.parametrize("branch", BRANCHES, ids=lambda branch: branch.city)
async def test_DST_times_inside_the_night_are_taken_as_the_wall_clock_can_show_them(york, branch):
    """The hour left out moves forward, the hour that comes twice is its first coming; both stay one day."""
    zone = branch.tzinfo
    for night, hours in NIGHTS.items():
        async with york.desk("admin") as desk:
            sunday = change_of(zone, desk.clock.now(), hours)
            hour = next(h for h in range(4) if _odd(sunday + timedelta(hours=h, minutes=30), zone, night))
            half_past = sunday + timedelta(hours=hour, minutes=30)
            wish = wish_of(SearchForm(branch.id, half_past, half_past + DAY), branch)
            offer = (await desk.catalogue.search(desk.actor, wish)).offers[0]

        starts = wish.period.starts_at.astimezone(zone)
        assert wish.period.starts_at == _aware(half_past, zone)
        assert 0 == starts.fold
        # In spring 02:30 is shown as 03:30, so a return at 02:30 the next day is a day of 23 hours on the wall.
        assert 1 == offer.quote.days


def _odd(wall, zone, night):
    """Whether *wall* never comes (spring) or comes twice (autumn)."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    there = _aware(wall, zone).astimezone(zone).replace(tzinfo=None) == wall
    return (not there) if night == "spring" else (first != second and there)


@pytest.mark.parametrize("night", NIGHTS)
async def test_DST_both_hours_of_the_same_name_are_two_rentals_back_to_back(york, night):
    """What is stored is UTC: a return in the first 01:30 and a pick-up in the second one do not meet."""
    async with york.desk("admin") as desk:
        zone = NEW_YORK.tzinfo
        sunday = change_of(zone, desk.clock.now(), NIGHTS[night])
        wall = (sunday + timedelta(hours=1, minutes=30)).replace(tzinfo=zone)
        first = RentalPeriod.between(wall - DAY, wall)
        second = RentalPeriod.between(wall.replace(fold=1), wall + DAY)
        car = make_car(30).id
        for key, period in (("a", first), ("b", second)):
            price = replace(RATE, minor=RATE.minor * period.billable_days(zone))
            await desk.booking.hold(desk.actor, HoldCar(key, car, period, RENTER.id, price))

    gap = second.starts_at - first.ends_at
    assert timedelta(hours=1 if night == "autumn" else 0) == gap
    assert 2 == york.blocking(car)


async def test_DST_a_desk_in_another_zone_shows_the_branchs_time_and_says_so(world):
    desk_zone = ZoneInfo("America/New_York")
    for month, name, hours in ((1, "CET", 6), (3, "CET", 5), (7, "CEST", 6), (11, "CET", 6)):
        at = datetime(2027, month, 20, 9, tzinfo=UTC)
        shown = branch_time(at, BERLIN.tzinfo, desk=desk_zone)
        assert shown.endswith(f"{at.astimezone(BERLIN.tzinfo):%H:%M} {name}")
        note = zone_note(at, BERLIN, desk=desk_zone)
        assert f"Times are those of Berlin ({name}), {hours} hours ahead of this desk." == note
    assert "" == zone_note(at, BERLIN, desk=BERLIN.tzinfo)
