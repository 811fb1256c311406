"""The firm's figures against a plain re-computation from the raw rows (R1 to R7), in a fixed number of commands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from builders import BERLIN, LISBON, World, kept, make_car, wish
from commands_counted import counted

from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.codec.documents import ledger_document
from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import BookingState
from engine.domain.car.car import IN_SERVICE, CarStatus
from engine.domain.car.fleet import FleetQuery
from engine.domain.money.ledger import charge_rows, refund_rows
from engine.domain.money.money import Money
from engine.domain.money.pricing import quote
from engine.domain.people.people import Role
from engine.domain.reports.overview import MoneyQuestion, month_bounds
from engine.domain.shared.errors import Forbidden, InvalidText, NotFound

pytestmark = pytest.mark.asyncio
ZONES = {BERLIN.id: "Asia/Tokyo", LISBON.id: "America/Los_Angeles"}
UNPAID = (BookingState.HELD, BookingState.RELEASED, BookingState.RELEASING)


async def fill(world: World, count: int, *, seed: int = 7) -> None:
    """*count* rentals over two years at two branches whose months begin 17 hours apart, in two currencies."""
    dice = Random(seed)  # noqa: S311 -- a test's dice
    for branch, zone in ZONES.items():
        world.db.branches.update_one({"_id": branch}, {"$set": {"zone": zone}})
    async with world.desk() as clerk:
        model, now = await clerk.booking.hold(clerk.actor, wish(clerk, key=f"model-{seed}")), clerk.clock.now()
    world.db.bookings.delete_many({})
    world.db.fences.update_many({}, {"$set": {"claims": []}})
    bookings, rows = [], []
    for number in range(count):
        branch = dice.choice((BERLIN.id, LISBON.id))
        edge = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=30 * dice.randrange(20))
        at = min(edge + timedelta(hours=dice.randrange(-30, 30)), now)
        money = Money(dice.randrange(1, 400_00), dice.choice(("EUR", "EUR", "JPY")))
        price = quote(money, model.period, zone=BERLIN.tzinfo, commission_bp=dice.choice((900, 1500, 3333)))
        state = dice.choice((*UNPAID, BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.CANCELLED))
        booking = replace(
            model, id=BookingId(f"R{number:06d}"), intent_key=f"k{number}", branch_id=branch, quote=price, state=state
        )
        bookings.append(booking_document(booking))
        if state in UNPAID:
            continue
        rows += charge_rows(booking, f"pi_{number}", at)
        if state is BookingState.CANCELLED:
            back = Money(dice.randrange(1, booking.price.minor + 1), booking.price.currency)
            later = min(at + timedelta(days=dice.randrange(60)), now)
            rows += refund_rows(booking, f"re_{number}", back, later)
    world.db.bookings.insert_many(bookings, bypass_document_validation=True)
    world.db.ledger.insert_many([ledger_document(row) for row in rows])


def plain(world: World) -> dict[tuple[str, str, str], list[int]]:
    """Month, branch, currency -> revenue and commission, row by row from the raw ledger."""
    sums = defaultdict(lambda: [0, 0])
    for row in world.db.ledger.find():
        if row["kind"] == "owner_share":
            continue
        month = row["at"].astimezone(ZoneInfo(ZONES[row["branch_id"]])).strftime("%Y-%m")
        where = (month, row["branch_id"], row["amount"]["currency"])
        sums[where][1 if row["kind"] == "platform_share" else 0] += row["amount"]["minor"]
    return sums


async def test_R1_R5_R6_every_sum_is_the_raw_ledgers_by_month_branch_and_currency(world):
    await fill(world, 400)
    async with world.desk("admin") as desk:
        overview = await desk.admin.overview.figures(desk.actor)

    expected = {place: sums for place, sums in plain(world).items() if place[0] in overview.months}
    found = {
        (cell.month, cell.branch_id, cell.currency): [cell.revenue_minor, cell.commission_minor]
        for cell in overview.money
    }
    assert expected == found
    assert (12, {"EUR", "JPY"}) == (len(set(overview.months)), set(overview.currencies))
    for currency in overview.currencies:
        revenue, commission = overview.total(currency)
        assert revenue.minor == sum(money.minor for _, money, _ in overview.by_month(currency))
        assert commission.minor == sum(share.minor for _, _, share in overview.by_branch(currency))
        assert revenue.minor == sum(sums[0] for place, sums in expected.items() if place[2] == currency)


async def test_R7_every_sum_is_explained_by_its_bookings_page_by_page(world):
    await fill(world, 200)
    async with world.desk("admin") as desk:
        office = desk.admin.overview
        overview = await office.figures(desk.actor)
        for cell in overview.money:
            question = MoneyQuestion((cell.month,), cell.currency, cell.branch_id, limit=3)
            page, rows = await office.behind(desk.actor, question), []
            while len(rows) < page.total:
                rows += (await office.behind(desk.actor, replace(question, offset=len(rows)))).rows
            assert (cell.revenue_minor, cell.commission_minor) == (page.revenue.minor, page.commission.minor)
            assert cell.revenue_minor == sum(row.revenue.minor for row in rows)
            assert cell.commission_minor == sum(row.commission.minor for row in rows)
            assert len(rows) == len({row.booking.id for row in rows})
        whole = await office.behind(desk.actor, MoneyQuestion(overview.months, "EUR"))

    assert overview.total("EUR") == (whole.revenue, whole.commission)


async def test_cars_users_and_bookings_are_counted_as_the_rows_are(world):
    await fill(world, 60)
    world.add_cars(
        make_car(7, status=CarStatus.MAINTENANCE), make_car(8, status=CarStatus.RETIRED, branch_id=LISBON.id)
    )
    async with world.desk("admin") as desk:
        overview = await desk.admin.overview.figures(desk.actor)
        fleet = await desk.fleet.page(desk.actor, FleetQuery())
        narrowed = await desk.fleet.page(desk.actor, FleetQuery(statuses=IN_SERVICE))

    berlin = next(branch for branch in overview.branches if branch.branch_id == BERLIN.id)
    assert (4, 4, 4, 5) == (overview.cars, fleet.cars, narrowed.total, fleet.ever)
    assert (3, 1, 0, 4, 3) == (berlin.active, berlin.maintenance, berlin.retired, overview.cars, overview.rentable)
    assert sum(overview.bookings.values()) == sum(overview.standings().values()) == 60
    for state in BookingState:
        assert world.db.bookings.count_documents({"state": state}) == overview.bookings.get(state, 0)
    assert world.db.people.count_documents({"role": "client"}) == overview.users[Role.CLIENT] > 0


async def test_out_is_counted_as_the_fleets_own_list_shows_it(world):
    async with world.desk() as clerk:
        now = clerk.clock.now()
        model = await clerk.booking.hold(clerk.actor, wish(clerk))
    world.db.bookings.delete_many({})
    world.db.fences.update_many({}, {"$set": {"claims": []}})
    minute, day = timedelta(minutes=1), timedelta(days=1)
    spans = [
        ("car-1", now - 3 * day, now - timedelta(hours=1), "out"),  # overdue
        ("car-1", now - minute, now + day, "held"),
        ("car-2", now - 2 * day, now + day, "out"),
        ("car-3", now + 30 * minute, now + day, "confirmed"),  # goes out later
        ("car-3", now - day, now + day, "completed"),  # came back early
    ]
    for number, (car, starts, ends, state) in enumerate(spans):
        row = booking_document(replace(model, id=BookingId(f"B{number}"), intent_key=f"b{number}"))
        world.db.bookings.insert_one(
            {**row, "car_id": car, "starts_at": starts, "ends_at": ends, "state": state},
            bypass_document_validation=True,
        )
        if state != "completed":
            claim = kept(f"B{number}", starts, ends, out=state == "out")
            world.db.fences.update_one({"_id": car}, {"$push": {"claims": claim}})

    async with world.desk("admin") as desk:
        overview = await desk.admin.overview.figures(desk.actor)
        out = await desk.fleet.page(desk.actor, FleetQuery(out=True))
        every = await desk.fleet.page(desk.actor, FleetQuery())

    assert (2, 3) == (overview.out, overview.rentable)
    assert {"car-1", "car-2"} == {row.car.id for row in out.rows}
    assert {"car-1", "car-2"} == {row.car.id for row in every.rows if row.out}
    assert (overview.out, overview.cars) == (out.total, every.cars)


async def test_the_pulse_has_the_latest_the_holds_that_end_first_and_the_cases(world):
    async with world.desk() as clerk, world.desk("admin") as desk:
        first = await clerk.booking.hold(clerk.actor, wish(clerk))
        second = await clerk.booking.hold(clerk.actor, wish(clerk, car="car-2", key="key-2"))
        soon = clerk.clock.now() + timedelta(seconds=30)
        world.db.bookings.update_one({"_id": second.id}, {"$set": {"hold_until": soon}})
        world.db.bookings.update_one({"_id": first.id}, {"$set": {"person_at": clerk.clock.now() - timedelta(1)}})
        pulse = await desk.admin.overview.pulse(desk.actor)

    assert [second.id, first.id] == [booking.id for booking in pulse.latest]
    assert [second.id, first.id] == [booking.id for booking in pulse.holds]
    assert 1 == pulse.cases


async def test_O2_the_number_of_commands_is_the_same_for_ten_rentals_and_for_a_thousand(world):
    numbers = []
    for size in (10, 1000):
        await fill(world, size, seed=size)
        with counted() as seen:
            async with world.desk("admin") as desk:
                seen.clear()
                office = desk.admin.overview
                overview = await office.figures(desk.actor)
                figures = list(seen)
                seen.clear()
                await office.pulse(desk.actor)
                pulse = list(seen)
                seen.clear()
                await office.behind(desk.actor, MoneyQuestion(overview.months, "EUR"))
                numbers.append((figures, pulse, list(seen)))
        world.db.bookings.delete_many({})
        world.db.ledger.delete_many({})
        world.redis.flushall()

    assert numbers[0] == numbers[1]
    assert (6, 10, 3) == tuple(map(len, numbers[0]))


async def test_figures_are_kept_until_money_moves_or_a_booking_changes_and_never_stale_after_it(world):
    await fill(world, 20)
    with counted() as seen:
        async with world.desk("admin") as desk:
            for _ in range(2):
                first = await desk.admin.overview.figures(desk.actor)
                seen.clear()
                again = await desk.admin.overview.figures(desk.actor)
                asked = list(seen)
                if first.at.minute == again.at.minute:
                    break  # what is out is another with every minute
    async with world.desk("admin") as desk, world.desk("clerk") as clerk, world.desk("worker") as worker:
        office = desk.admin.overview
        held = await clerk.booking.hold(clerk.actor, wish(clerk, key="another"))
        booked = await office.figures(desk.actor)
        rows = charge_rows(held, "pi_new", clerk.clock.now())
        await worker.payment.store.transact(lambda work: work.post(rows))
        paid = await office.figures(desk.actor)

    assert (first.money, first.branches, ["find", "aggregate"]) == (again.money, again.branches, asked)
    assert first.bookings.get(BookingState.HELD, 0) + 1 == booked.bookings[BookingState.HELD]
    assert first.total("EUR")[0] + held.price == paid.total("EUR")[0]


async def test_figures_are_answered_from_indexes(world):
    await fill(world, 300)
    async with world.desk("admin") as desk:
        world.db.command("profile", 1, filter={"ns": {"$regex": r"\.(bookings|cars|ledger)$"}})
        try:
            overview = await desk.admin.overview.figures(desk.actor)
            await desk.admin.overview.pulse(desk.actor)
            await desk.admin.overview.behind(desk.actor, MoneyQuestion(overview.months[-2:], "EUR"))
        finally:
            world.db.command("profile", 0, filter="unset")
        plans = [(row["ns"], row["planSummary"]) for row in world.db["system.profile"].find() if "planSummary" in row]
        world.db["system.profile"].drop()

    assert len(plans) >= 7
    assert [] == [plan for plan in plans if "COLLSCAN" in plan[1]]
    # What is out is looked for by its state, not in all of the past.
    assert any(plan.startswith("IXSCAN { state: 1, starts_at: 1, branch_id: 1") for _, plan in plans)
    assert not any("{ starts_at: 1, _id: 1 }" in plan for _, plan in plans)


@pytest.mark.parametrize("question", [
    MoneyQuestion((), "EUR"), MoneyQuestion(("2026-13",), "EUR"), MoneyQuestion(({"$gt": ""},), "EUR"),
    MoneyQuestion(("2026-11",), {"$gt": ""}), MoneyQuestion(("2026-11",), "EUR", {"$gt": ""}),
])  # fmt: skip
async def test_S9_a_question_that_is_none_is_refused(world, question):
    async with world.desk("admin") as desk:
        with pytest.raises(InvalidText):
            await desk.admin.overview.behind(desk.actor, question)
        with pytest.raises(NotFound):
            await desk.admin.overview.behind(desk.actor, MoneyQuestion(("2026-11",), "EUR", "nowhere"))


async def test_nobody_but_an_admin_sees_the_whole_firm(world):
    for account in ("clerk", "owner", "worker", "renter"):
        async with world.desk(account) as desk:
            office = desk.admin.overview
            for tried in (
                office.figures(desk.actor),
                office.pulse(desk.actor),
                office.behind(desk.actor, MoneyQuestion(("2026-11",), "EUR")),
            ):
                with pytest.raises(Forbidden):
                    await tried


async def test_a_month_is_bounded_by_the_wall_of_its_zone():
    since, until = month_bounds("2026-10", "2026-10", "Europe/Berlin")

    assert (datetime(2026, 9, 30, 22), datetime(2026, 10, 31, 23)) == (
        since.replace(tzinfo=None), until.replace(tzinfo=None),
    )  # fmt: skip
