"""An owner's figures: the faults of others (R1 to R7, I6), who may see them, and what they cost to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pymongo.errors
import pytest
from builders import LISBON, PASSWORD, make_car
from commands_counted import counted
from earnings_builders import MINE, OTHER, History, berlin

from engine.adapters.mongo.client import Credentials, connect
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarStatus
from engine.domain.money.money import Money
from engine.domain.reports.figure_sources import Figure, FigureQuestion
from engine.domain.reports.report_period import month, own_days, quarter, year_of
from engine.domain.shared.errors import Forbidden, InvalidText

pytestmark = pytest.mark.asyncio

ZONE = "Europe/Berlin"
DAY_MS = 86_400_000
GOLF = make_car(1)
POLO = make_car(2, model="Polo", branch_id=LISBON.id)


@pytest.fixture
def history(world):
    history = History(world)
    history.cars(GOLF, POLO)
    return history


async def report_of(world, span):
    async with world.desk("owner") as desk:
        return await desk.earnings.report(desk.actor, span)


async def explain(world, figure, span, **narrowed):
    async with world.desk("owner") as desk:
        asked = FigureQuestion(figure, span.marks[0], span.marks[-1], "EUR", **narrowed)
        return await desk.earnings.explain(desk.actor, asked)


async def test_R1_cancelled_expired_and_pending_bookings_never_count_as_rentals(world, history):
    paid = berlin(2025, 3, 10, 9)
    history.book(GOLF, berlin(2025, 3, 12), charged=paid)
    history.book(GOLF, berlin(2025, 3, 20), state=BookingState.RELEASED)
    history.book(GOLF, berlin(2025, 3, 22), state=BookingState.HELD)
    history.book(
        POLO,
        berlin(2025, 3, 12),
        state=BookingState.CANCELLED,
        charged=paid,
        refunded=paid + timedelta(days=1),
        back=5_000,
    )

    total = (await report_of(world, month(2025, 3, ZONE))).currencies[0].total

    assert (1, 2) == (total.rentals, total.days)
    assert Money(50_00, "EUR") == total.daily_rate
    assert (200_00, -50_00) == (total.gross_minor, total.refunds_minor)
    assert 2 * DAY_MS == total.rented_ms


async def test_R1_a_cancellation_given_back_in_full_leaves_nothing(world, history):
    paid = berlin(2025, 3, 10, 9)
    history.book(
        GOLF, berlin(2025, 3, 12), state=BookingState.CANCELLED, charged=paid, refunded=paid + timedelta(days=1)
    )

    total = (await report_of(world, month(2025, 3, ZONE))).currencies[0].total

    assert 0 == total.net_minor == total.commission_minor == total.rentals == total.rented_ms
    assert total.daily_rate is None


async def test_R2_all_rentals_count_and_not_a_first_page(world, history):
    for n in range(120):
        history.book(
            GOLF, berlin(2025, 1, 1) + timedelta(days=2 * n), charged=berlin(2025, 2, 1) + timedelta(minutes=n)
        )

    year = await report_of(world, year_of(2025, ZONE))
    answer = await explain(world, Figure.GROSS, year_of(2025, ZONE))

    assert 120 == year.currencies[0].total.rentals
    charged = sum(row["amount"]["minor"] for row in world.db.ledger.find({"kind": "charge"}))
    assert charged == year.currencies[0].total.gross_minor == answer.minor
    assert (50, 120) == (len(answer.lines), answer.count)


async def test_R3_january_is_compared_with_the_december_before(world, history):
    history.book(GOLF, berlin(2024, 12, 5), charged=berlin(2024, 12, 31, 23, 59))
    history.book(GOLF, berlin(2025, 1, 5), 4, charged=berlin(2025, 1, 1))

    january = (await report_of(world, month(2025, 1, ZONE))).currencies[0]

    assert (200_00, 100_00) == (january.total.gross_minor, january.before.gross_minor)
    assert 200_00 == january.parts[0].gross_minor
    assert 100_00 == january.parts_before[30].gross_minor


async def test_R4_each_booking_keeps_the_commission_it_was_agreed_with(world, history):
    history.book(GOLF, berlin(2025, 3, 2), charged=berlin(2025, 3, 1, 9), commission_bp=1500)
    history.book(GOLF, berlin(2025, 3, 12), charged=berlin(2025, 3, 11), commission_bp=2000)

    total = (await report_of(world, month(2025, 3, ZONE))).currencies[0].total
    answer = await explain(world, Figure.COMMISSION, month(2025, 3, ZONE))

    assert (35_00, 165_00) == (total.commission_minor, total.net_minor)
    assert [(1500, 15_00), (2000, 20_00)] == [(line.rental.commission_bp, line.minor) for line in answer.lines]


async def test_R5_the_same_month_of_two_years_is_two_months(world, history):
    history.book(GOLF, berlin(2024, 3, 2), charged=berlin(2024, 3, 1))
    history.book(GOLF, berlin(2025, 3, 2), 4, charged=berlin(2025, 3, 1))

    year = (await report_of(world, year_of(2025, ZONE))).currencies[0]

    assert [0, 0, 200_00, *[0] * 9] == [part.gross_minor for part in year.parts]
    assert 100_00 == year.parts_before[2].gross_minor


async def test_R7_without_rentals_there_is_no_figure_instead_of_a_made_up_one(world, history):
    report = await report_of(world, month(2025, 3, ZONE))

    total = report.currencies[0].total
    assert (None, None, 0) == (total.daily_rate, total.length_days, total.gross_minor)
    assert (Fraction(0), Money(0, "EUR")) == (total.utilisation, total.per_car_day)


async def test_R7_without_cars_there_is_nothing_at_all(world):
    world.db.cars.delete_many({})

    assert () == (await report_of(world, month(2025, 3, ZONE))).currencies


async def test_R7_every_figure_leads_to_its_bookings_and_their_payments(world, history):
    booked = history.book(GOLF, berlin(2025, 3, 2), 4, charged=berlin(2025, 3, 1))
    history.book(POLO, berlin(2025, 3, 2), charged=berlin(2025, 3, 1))
    span = month(2025, 3, ZONE)

    for figure in Figure:
        answer = await explain(world, figure, span, car_id=GOLF.id)
        if figure is Figure.REFUNDS:
            assert 0 == answer.count
            continue
        (line,) = answer.lines
        assert booked.id == line.rental.booking_id
        assert ["charge", "owner_share", "platform_share"] == [row.kind for row in line.postings]


async def test_I6_a_car_with_another_plate_keeps_its_past(world, history):
    history.book(GOLF, berlin(2025, 3, 2), charged=berlin(2025, 3, 1))
    world.db.cars.update_one({"_id": GOLF.id}, {"$set": {"plate": "B-XX 9", "plate_key": "BXX9"}})

    (golf,) = [
        each for each in (await report_of(world, month(2025, 3, ZONE))).currencies[0].cars if each.total.net_minor
    ]

    assert (GOLF.id, "Volkswagen Golf · B-XX 9", 85_00) == (golf.car.car_id, golf.car.label, golf.total.net_minor)


async def test_I6_no_status_outside_the_enum_gets_into_a_cars_history(world, history):
    with pytest.raises(pymongo.errors.WriteError):
        world.db.car_statuses.insert_one(
            {"car_id": GOLF.id, "owner_id": MINE, "status": "broken", "since": berlin(2025, 1, 1)}
        )


async def test_maintenance_is_left_out_of_the_available_time(world, history):
    history.status(GOLF, CarStatus.ACTIVE, berlin(2025, 3, 11))
    history.status(GOLF, CarStatus.MAINTENANCE, berlin(2025, 3, 16))
    history.status(GOLF, CarStatus.ACTIVE, berlin(2025, 3, 21))
    history.book(GOLF, berlin(2025, 3, 14), 4, charged=berlin(2025, 3, 1))

    report = await report_of(world, own_days(date(2025, 3, 1), date(2025, 3, 25), ZONE))
    (golf,) = [each for each in report.currencies[0].cars if each.car.car_id == GOLF.id]

    assert (10 * DAY_MS, 2 * DAY_MS) == (golf.total.available_ms, golf.total.rented_ms)
    assert Fraction(1, 5) == golf.total.utilisation
    assert Money(20_00, "EUR") == golf.total.per_car_day


async def test_a_march_in_berlin_has_an_hour_less_and_an_october_one_more(world, history):
    spring = (await report_of(world, month(2025, 3, ZONE))).currencies[0].total
    autumn = (await report_of(world, month(2025, 10, ZONE))).currencies[0].total

    assert (2 * (31 * 24 - 1) * 3_600_000, 2 * (31 * 24 + 1) * 3_600_000) == (spring.available_ms, autumn.available_ms)


async def test_a_payment_at_midnight_belongs_to_the_day_that_begins(world, history):
    history.book(GOLF, berlin(2025, 7, 2), charged=datetime(2025, 6, 30, 22, 0, tzinfo=UTC))

    june = (await report_of(world, quarter(2025, 2, ZONE))).currencies[0].total
    july = (await report_of(world, quarter(2025, 3, ZONE))).currencies[0].total

    assert (0, 100_00) == (june.gross_minor, july.gross_minor)


async def test_currencies_are_never_added_up(world, history):
    yen = make_car(3, daily_rate=Money(9_000, "JPY"))
    history.cars(GOLF, yen)
    history.book(GOLF, berlin(2025, 3, 2), charged=berlin(2025, 3, 1))
    history.book(yen, berlin(2025, 3, 2), charged=berlin(2025, 3, 1))

    reports = (await report_of(world, month(2025, 3, ZONE))).currencies

    assert [("EUR", 100_00, 1), ("JPY", 18_000, 1)] == [
        (each.currency, each.total.gross_minor, len(each.cars)) for each in reports
    ]


async def test_nobody_but_an_owner_sees_earnings_and_no_owner_those_of_another(world, history):
    theirs = make_car(3, owner_id=OTHER)
    history.cars(GOLF, theirs)
    history.book(theirs, berlin(2025, 3, 2), charged=berlin(2025, 3, 1))
    span = month(2025, 3, ZONE)

    async with world.desk("owner") as desk:
        report = await desk.earnings.report(desk.actor, span)
        asked = FigureQuestion(Figure.GROSS, span.marks[0], span.marks[-1], "EUR", car_id=theirs.id)
        assert 0 == (await desk.earnings.explain(desk.actor, asked)).count
        for stranger in ("clerk", "admin", "worker"):
            async with world.desk(stranger) as other:
                with pytest.raises(Forbidden):
                    await desk.earnings.report(other.actor, span)
                with pytest.raises(Forbidden):
                    await desk.earnings.explain(other.actor, asked)
                with pytest.raises(Forbidden):
                    await desk.earnings.zone(other.actor)
        with pytest.raises(Forbidden):
            await desk.earnings.report(replace(desk.actor, owner_id=None), span)

    assert [GOLF.id] == [each.car.car_id for each in report.currencies[0].cars]
    assert 0 == report.currencies[0].total.gross_minor


@pytest.mark.parametrize(
    "strange", [{"figure": "net"}, {"since": {"$gt": 0}}, {"car_id": {"$ne": ""}}, {"limit": 10_000}, {"offset": -1}]
)
async def test_S9_a_question_holds_values_and_no_operators(strange):
    with pytest.raises(InvalidText):
        replace(FigureQuestion(Figure.NET, 0, 1, "EUR"), **strange)


async def test_S5_an_owners_own_connection_can_add_to_a_cars_past_and_never_change_it(world):
    client = connect(world.deployment.mongo_url, Credentials("owner", PASSWORD, world.deployment.database))
    statuses = client.get_database(world.deployment.database).car_statuses
    try:
        for change in (
            statuses.update_many({}, {"$set": {"status": "active"}}),
            statuses.delete_many({}),
            client.get_database(world.deployment.database).ledger.insert_one({}),
        ):
            with pytest.raises(pymongo.errors.OperationFailure):
                await change
    finally:
        await client.close()


async def test_O2_the_number_of_commands_does_not_grow_with_fleet_or_time(world, history):
    """A month of two cars, a year of 139, and the bookings behind one of its figures."""
    year = year_of(2025, ZONE)
    since, until = year.marks[::12]
    net = FigureQuestion(Figure.NET, since, until, "EUR")

    small = await _cost(world, lambda desk: desk.earnings.report(desk.actor, month(2025, 3, ZONE)))
    cars = [make_car(n) for n in range(1, 140)]
    history.cars(*cars)
    for n, car in enumerate(cars * 2):
        out = berlin(2025, 3, 1) + timedelta(days=3 * (n // 139))
        history.book(car, out, charged=berlin(2025, 3, 1 + n % 28))
    large = await _cost(world, lambda desk: desk.earnings.report(desk.actor, year))
    drilled = await _cost(world, lambda desk: desk.earnings.explain(desk.actor, net))

    # A month is read beside itself a year ago; a year is its own.
    assert (16, 8, 4) == (len(small), len(large), len(drilled)), large


async def _cost(world, work):
    """Of a desk that remembers nothing yet: what it knows already is asked again after a while."""
    with counted() as commands:
        async with world.desk("owner") as desk:
            commands.clear()
            await work(desk)
            return [each for each in commands if each in ("find", "aggregate", "getMore", "count")]


async def test_the_zone_is_that_of_most_of_the_owners_cars(world, history):
    history.cars(GOLF, POLO, make_car(3, branch_id=LISBON.id))

    async with world.desk("owner") as desk:
        lisbon = await desk.earnings.zone(desk.actor)
        world.db.cars.delete_many({})
        nowhere = await desk.earnings.zone(desk.actor)

    assert ("Europe/Lisbon", "UTC") == (lisbon, nowhere)


async def test_what_a_car_became_and_when_is_known_from_its_history(world):
    async with world.desk("owner") as desk:
        shown = await desk.fleet.car(desk.actor, GOLF.id)
        resting = await desk.fleet.set_status(desk.actor, shown, CarStatus.MAINTENANCE)
        await desk.fleet.set_status(desk.actor, resting, CarStatus.ACTIVE)
        noted = [row["status"] for row in world.db.car_statuses.find({"car_id": GOLF.id}).sort("since", 1)]

    assert ["maintenance", "active"] == noted
