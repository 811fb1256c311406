"""A booking goes on with another car: claims, money and rows counted in a real database (docs/decisions/0039)."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from builders import DATABASE, FULL, LISBON, MISTAKE, PASSWORD, make_car, wish
from payments import opened

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.codec.owner_rows import posting_of, rental_of
from engine.adapters.mongo.queries.books import MongoBooks
from engine.adapters.mongo.transaction import MongoTransaction
from engine.domain.booking.belief import Doubt
from engine.domain.booking.changed_car import CarIsOut, NotAlike
from engine.domain.booking.states import BookingState
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import CarStatus, Fuel, OwnerId, Transmission
from engine.domain.money.money import Money
from engine.domain.reports.earnings import earnings
from engine.domain.reports.figure_sources import Figure, FigureQuestion, explained
from engine.domain.reports.owner_aggregate import books_of
from engine.domain.reports.report_period import milliseconds, month
from engine.domain.shared.errors import (
    CarNotRentable,
    Forbidden,
    MoveRefused,
    NotBelieved,
    NotFound,
    PeriodTaken,
    Unavailable,
)
from engine.domain.shared.period import RentalPeriod
from engine.services.payment.reconcile import Reconciler

pytestmark = pytest.mark.asyncio
OTHER = OwnerId("owner-2")


async def confirmed(desk, stripe, **changes):
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    return await desk.payment.settle(desk.actor, booking.id)


async def change(desk, booking, car_id="car-2"):
    return await desk.changing.change(desk.actor, booking.id, car_id, seen=booking.version)


def claimed(world):
    """Booking -> the cars whose fences it is in."""
    fences = world.db.fences.find({}).sort("_id", 1)
    return [(claim["id"], fence["_id"]) for fence in fences for claim in fence["claims"]]


def overlaps(world):
    """Pairs of claims that share time, over all fences."""
    found = 0
    for fence in world.db.fences.find({}):
        times = sorted((claim["starts_at"], claim["ends_at"]) for claim in fence["claims"])
        found += sum(before[1] > after[0] for before, after in pairwise(times))
    return found


def earned(world):
    """(owner, car) -> charges less refunds, owner's share, platform's share; those of nothing left out."""
    sums = {}
    for row in world.db.ledger.find({}):
        place = sums.setdefault((row["owner_id"], row["car_id"]), Counter())
        place["taken" if row["kind"] in ("charge", "refund") else row["kind"]] += row["amount"]["minor"]
    told = ("taken", "owner_share", "platform_share")
    return {place: tuple(found[each] for each in told) for place, found in sums.items() if any(found.values())}


async def test_the_claim_goes_along_the_price_stays_and_the_history_says_which_cars_and_who(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe)
        moved = await change(desk, booking, "car-3")

    row = world.stored(booking)
    assert [(booking.id, "car-3")] == claimed(world)
    assert ("car-3", "Volkswagen Golf · B-DS 3", 100_00) == (row["car_id"], row["car_label"], row["quote"]["total"])
    assert "car-1" == row["priced"]["car_id"]
    assert booking.payment.attempts == moved.payment.attempts
    step = row["history"][-1]
    assert ("confirmed", "clerk") == (step["state"], step["by"])
    assert ("Volkswagen Golf · B-DS 1", "Volkswagen Golf · B-DS 3") == tuple(
        step["change"][side]["label"] for side in ("before", "after")
    )
    audited = world.db.audit.find_one({"what": "booking.car_changed"})
    assert ("clerk", f"booking:{booking.id}") == (audited["by"], audited["subject"])


async def test_what_was_taken_goes_from_one_owners_books_to_the_others(world, stripe):
    world.add_cars(make_car(4, owner_id=OTHER))
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe)
        before = earned(world)
        await change(desk, booking, "car-4")
        after = earned(world)

    assert {("owner-1", "car-1"): (100_00, 85_00, 15_00)} == before
    assert {(OTHER, "car-4"): (100_00, 85_00, 15_00)} == after
    assert 9 == world.db.ledger.count_documents({})


async def test_a_moved_booking_is_believed_cancelled_and_given_back_from_the_car_it_has(world, stripe):
    world.add_cars(make_car(4, owner_id=OTHER))
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, first=9, last=11)
        moved = await change(desk, booking, "car-4")
        back = await desk.rental.quote_refund(desk.actor, booking.id)
        done = await desk.rental.cancel(desk.actor, moved.id, back.given_back, MISTAKE)

    assert BookingState.CANCELLED is done.state
    assert done.trouble is None
    assert [] == claimed(world)
    assert {} == earned(world)
    (charge,) = await stripe.charges(booking)
    assert charge["captured"] == charge["refunded"] == 100_00


async def test_money_that_is_taken_after_the_move_is_posted_on_the_new_car(world, stripe):
    world.add_cars(make_car(4, owner_id=OTHER))
    async with world.desk() as desk:
        booking = await opened(desk)
        await stripe.pay(booking)
        await stripe.fault(kind="drop", operation="PostPaymentIntentsIntentCapture", times=9)
        with pytest.raises(Unavailable):
            await desk.payment.settle(desk.actor, booking.id)
        await change(desk, await desk.booking.booking(desk.actor, booking.id), "car-4")
        await stripe.calm()
        await desk.payment.settle(desk.actor, booking.id)

    assert [(OTHER, "car-4")] == list(earned(world))
    assert "former_owners" not in world.stored(booking)


async def test_back_goes_what_was_moved_also_to_a_car_out_of_service_and_nothing_is_left_behind(world, stripe):
    async with world.desk() as desk, world.desk("admin") as admin:
        booking = await confirmed(desk, stripe)
        car = await admin.fleet.car(admin.actor, booking.car_id)
        await admin.fleet.set_status(admin.actor, car, CarStatus.MAINTENANCE, seen=frozenset({booking.id}))
        told = (await admin.admin.manual_review.waiting(admin.actor)).rows
        left_at = world.db.car_statuses.find_one({"car_id": booking.car_id})["since"]
        moved = await change(desk, booking)
        none = (await admin.admin.manual_review.waiting(admin.actor)).total
        back = await desk.changing.change_back(desk.actor, booking.id, seen=moved.version)
        again = (await admin.admin.manual_review.waiting(admin.actor)).total
        with pytest.raises(CarNotRentable):
            await change(desk, await change(desk, back, "car-3"), "car-1")

    assert [(booking.id, "car", left_at)] == [(case.booking.id, case.why.value, case.since) for case in told]
    assert booking.since < left_at
    assert (0, 1) == (none, again)
    assert [(booking.id, "car-3")] == claimed(world)
    assert [("owner-1", "car-3")] == list(earned(world))


async def test_undo_says_by_whom_the_car_was_taken_and_changes_nothing(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe)
        moved = await change(desk, booking)
        other = await desk.booking.hold(desk.actor, wish(desk, key="key-2"))
        with pytest.raises(PeriodTaken) as taken:
            await desk.changing.change_back(desk.actor, booking.id, seen=moved.version)

    assert (other.id,) == taken.value.booking_ids
    assert [(other.id, "car-1"), (booking.id, "car-2")] == claimed(world)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"body": BodyType.VAN}, NotAlike),
        ({"branch_id": LISBON.id}, NotAlike),
        ({"status": CarStatus.RETIRED}, CarNotRentable),
    ],
)
async def test_only_a_car_in_service_of_the_type_and_branch_that_was_sold_will_do(world, stripe, changes, problem):
    world.add_cars(make_car(4, **changes))
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe)
        with pytest.raises(problem):
            await change(desk, booking, "car-4")
        assert "car-4" not in {car.id for car in (await desk.changing.other_cars(desk.actor, booking.id)).cars}

    assert [(booking.id, "car-1")] == claimed(world)
    assert 1 == len({row["car_id"] for row in world.db.ledger.find({})})


async def test_no_car_is_changed_under_its_renter_nor_of_what_is_not_paid_nor_by_others(world, stripe):
    async with world.desk() as desk, world.desk("owner") as owner, world.desk("renter") as renter:
        now = desk.clock.now() - timedelta(minutes=5)
        out = await confirmed(desk, stripe, period=RentalPeriod(now, now + timedelta(days=2)))
        out = await desk.rental.hand_over(desk.actor, out.id, FULL)
        held = await desk.booking.hold(desk.actor, wish(desk, car="car-3", key="k", shown_price=Money(160_00, "EUR")))
        with pytest.raises(CarIsOut):
            await change(desk, out)
        with pytest.raises(CarIsOut):
            await desk.changing.other_cars(desk.actor, out.id)
        with pytest.raises(MoveRefused):
            await change(desk, held)
        for stranger in (owner, renter):
            with pytest.raises(Forbidden):
                await change(stranger, out)
        with pytest.raises(NotFound):
            await change(desk, replace(out, id="nobody"))

    assert [(out.id, "car-1"), (held.id, "car-3")] == sorted(claimed(world), key=lambda each: each[1])


async def test_the_best_suited_cars_come_first(world, stripe):
    world.add_cars(
        make_car(4, seats=2),
        make_car(5, fuel=Fuel.ELECTRIC),
        make_car(6, transmission=Transmission.AUTOMATIC),
        make_car(7, daily_rate=Money(40_00, "EUR")),
        make_car(8, body=BodyType.SUV),
    )
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe)
        others = await desk.changing.other_cars(desk.actor, booking.id)

    assert ["car-2", "car-3", "car-7", "car-5", "car-6", "car-4"] == [car.id for car in others.cars]


async def test_a_row_that_is_not_believed_takes_no_money_along(world, stripe):
    world.add_cars(make_car(4, owner_id=OTHER))
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe)
        world.db.bookings.update_one({"_id": booking.id}, {"$set": {"quote.commission_bp": 0}})
        with pytest.raises(NotBelieved):
            await change(desk, booking, "car-4")

    assert [(booking.id, "car-1")] == claimed(world)
    assert 3 == world.db.ledger.count_documents({})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("history.2.change.before.car_id", "car-3"),
        ("history.2.change.after.owner_id", "somebody"),
        ("history.2.change.after.label", "Somebody's · X 1"),
        ("history.2.change.terms_n", 7),
        ("owner_id", "somebody"),
        ("car_label", "Somebody's · X 1"),
    ],
)
async def test_cars_that_nobody_moved_it_to_are_not_believed(world, stripe, path, value):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe)
        await change(desk, booking)
        world.db.bookings.update_one({"_id": booking.id}, {"$set": {path: value}})
        with pytest.raises(NotBelieved) as told:
            await desk.payment.belief.judge(await desk.booking.store.booking(booking.id))

    assert told.value.doubt in {Doubt.CAR, Doubt.PRICE}


async def _outcomes(*acts):
    got = await asyncio.gather(*acts, return_exceptions=True)
    strange = [each for each in got if isinstance(each, Exception) and not hasattr(each, "code")]
    assert not strange
    return Counter(type(each).__name__ for each in got)


async def _sides(desk, stripe):
    """Two bookings for the same days, on car-1 and on car-2; car-3 is free."""
    return await confirmed(desk, stripe), await confirmed(desk, stripe, car="car-2", key="key-2")


async def _two_moves(desk, stripe):
    one, two = await _sides(desk, stripe)
    return await _outcomes(change(desk, one, "car-3"), change(desk, two, "car-3"))


async def _beside_a_hold(desk, stripe):
    booking = await confirmed(desk, stripe)
    holding = desk.booking.hold(desk.actor, wish(desk, car="car-2", key="key-2"))
    return await _outcomes(change(desk, booking), holding)


@pytest.mark.parametrize("race", [_two_moves, _beside_a_hold])
async def test_of_two_who_want_one_car_at_one_moment_one_has_it(world, stripe, race):
    """The lease is off: only the fences decide."""
    async with world.desk(lease=False) as desk:
        got = await race(desk, stripe)

    assert 1 == got["PeriodTaken"]
    assert 0 == overlaps(world)
    by_car = Counter(row["car_id"] for row in world.db.bookings.find({}))
    assert by_car == Counter(car for _, car in claimed(world))


@pytest.mark.parametrize("race", [_two_moves, _beside_a_hold])
async def test_without_the_fence_these_races_are_lost(world, stripe, monkeypatch, race):
    enter = MongoTransaction._enter

    async def blindly(self, *told, **how):
        monkeypatch.setattr("engine.adapters.mongo.fences.in_the_way", lambda *_: {"id": "nobody"})
        return await enter(self, *told, **how)

    monkeypatch.setattr(MongoTransaction, "_enter", blindly)
    async with world.desk(lease=False) as desk:
        await race(desk, stripe)

    assert 1 == overlaps(world)


async def test_two_moves_the_other_way_round_both_go_or_one_says_taken(world, stripe):
    """Each wants the car of the other: nobody waits for ever, nothing is promised twice."""
    async with world.desk(lease=False) as desk:
        one, two = await _sides(desk, stripe)
        got = await _outcomes(change(desk, one, "car-2"), change(desk, two, "car-1"))

    assert {"PeriodTaken": 2} == got
    assert [(one.id, "car-1"), (two.id, "car-2")] == claimed(world)


async def test_of_two_moves_of_one_booking_one_is_overtaken(world, stripe):
    async with world.desk(lease=False) as desk:
        booking = await confirmed(desk, stripe)
        got = await _outcomes(change(desk, booking, "car-2"), change(desk, booking, "car-3"))

    assert {"Booking": 1, "Overtaken": 1} == got
    assert [(booking.id, world.stored(booking)["car_id"])] == claimed(world)
    assert 9 == world.db.ledger.count_documents({})


async def _beside_a_cancel(desk, stripe):
    booking = await confirmed(desk, stripe, first=9, last=11)
    shown = (await desk.rental.quote_refund(desk.actor, booking.id)).given_back
    return booking, await _outcomes(change(desk, booking), desk.rental.cancel(desk.actor, booking.id, shown, MISTAKE))


async def test_moved_and_cancelled_at_one_moment_leaves_no_claim_without_a_booking(world, stripe):
    async with world.desk(lease=False) as desk:
        booking, got = await _beside_a_cancel(desk, stripe)

    assert {"Booking": 1, "Overtaken": 1} == got
    row = world.stored(booking)
    assert ([] if row["state"] == "cancelled" else [(booking.id, row["car_id"])]) == claimed(world)


async def test_without_the_version_that_race_is_lost(world, stripe, monkeypatch):
    async def regardless(db, booking, session=None):
        from engine.adapters.mongo.codec.bookings import booking_document  # noqa: PLC0415 -- of this one test

        await db.bookings.replace_one({"_id": booking.id}, booking_document(booking), session=session)

    async with world.desk(lease=False) as desk:
        with monkeypatch.context() as guardless:
            guardless.setattr("engine.adapters.mongo.transaction.replace_version", regardless)
            _, got = await _beside_a_cancel(desk, stripe)

    assert {"Booking": 2} == got


async def test_the_books_agree_after_a_move_and_tell_of_money_left_behind(world, stripe):
    world.add_cars(make_car(4, owner_id=OTHER))
    async with world.desk("admin") as desk:
        booking = await confirmed(desk, stripe)
        await change(desk, booking, "car-4")
        async with connect(world.deployment.mongo_url, Credentials("admin", PASSWORD, DATABASE)) as client:
            compare = Reconciler(desk.payment.gateway, MongoBooks(client, DATABASE), desk.clock).compare
            hour, now = timedelta(hours=1), desk.clock.now()
            whole = await compare(now - hour, now + hour)
            world.db.ledger.delete_many({"owner_id": "owner-1", "source_id": {"$regex": ":moved:"}})
            left = await compare(now - hour, now + hour)

    assert [] == whole.differences
    assert {"shares_differ", "amount_differs"} == {each.kind.value for each in left.differences}


@pytest.mark.parametrize(
    ("ways", "rentals", "gross"),
    [(["car-2"], 1, 100_00), (["car-4"], 0, 0), (["car-2", "car-1"], 1, 100_00), (["car-4", "car-1"], 1, 100_00)],
)
async def test_an_owners_figures_follow_the_car_online_and_from_the_copy(world, stripe, ways, rentals, gross):
    world.add_cars(make_car(4, owner_id=OTHER))
    async with world.desk() as desk, world.desk("owner") as owner:
        booking = await confirmed(desk, stripe)
        for car_id in ways:
            booking = await change(desk, booking, car_id)
        today = owner.clock.now()
        span = month(today.year, today.month, "UTC")
        report = await owner.earnings.report(owner.actor, span)
        marks = (*span.before.marks[:-1], *span.marks)
        facts = await owner.earnings.books.facts(owner.actor.owner_id, marks)
        rows = world.db.bookings.find({"$or": [{"owner_id": "owner-1"}, {"former_owners": "owner-1"}]})
        posted = map(posting_of, world.db.ledger.find({"owner_id": "owner-1"}))
        books = books_of(facts.as_of, posted, map(rental_of, rows), facts.cars, facts.branches)
        asked = [FigureQuestion(figure, marks[0], marks[-1], "EUR") for figure in Figure]
        drilled = [await owner.earnings.explain(owner.actor, each) for each in asked]

    (euro,) = report.currencies
    assert (rentals, gross, 0) == (euro.total.rentals, euro.total.gross_minor, facts.strays)
    assert earnings(span, facts) == earnings(span, books.facts(marks))
    assert drilled == [explained(books, each) for each in asked]
    assert bool(rentals) is not (booking.id in books.gone)
    assert milliseconds(today) <= facts.as_of
