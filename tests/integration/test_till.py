"""Money at the counter: never more than is open, never without a shift, and ledger, booking and drawer agree."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BERLIN, DATABASE, FULL, PASSWORD, wish
from paper_builders import may_issue

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.codec.shifts import shift_of
from engine.adapters.mongo.queries.books import MongoBooks
from engine.domain.agreement.agreement import further_of
from engine.domain.booking.balance import NothingOpen, balance
from engine.domain.booking.belief import Doubt
from engine.domain.booking.states import BookingState
from engine.domain.counter.shift import CashMove, CashMoveKind, NoShift, Shift, ShiftOpen, ShiftState
from engine.domain.health.health import Level
from engine.domain.money.ledger import LedgerKind
from engine.domain.money.money import Money
from engine.domain.money.payment import Purpose
from engine.domain.money.pricing import LineKind
from engine.domain.money.tender import Handed, Tender
from engine.domain.papers.paper import PaperKind
from engine.domain.reports.books import DifferenceKind
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import (
    DriveSphereError,
    InvalidMoney,
    InvalidText,
    MoveRefused,
    NotBelieved,
    NotFound,
    Overtaken,
)
from engine.services.firm.health_rows import HURRIED
from engine.services.firm.health_rows import shifts as look_at_shifts
from engine.services.payment.reconcile import Reconciler

pytestmark = pytest.mark.asyncio
FLOAT = Money(150_00, "EUR")


def euros(minor):
    return Money(minor, "EUR")


async def promised(desk, **changes):
    """100.00 EUR, to be paid at the counter."""
    return await desk.booking.hold(desk.actor, wish(desk, pays=Tender.COUNTER, **changes))


def cash(minor, received=None):
    return Handed(Tender.CASH, euros(minor), None if received is None else euros(received))


async def test_a_receipt_follows_by_itself_where_the_firm_says_so_and_keeps_no_money_from_being_taken(world):
    world.db.settings.update_many({}, {"$set": {"receipts": True}})
    async with world.desk() as desk:
        await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await promised(desk)
        booking = await take(desk, booking, cash(40_00))
        assert 0 == world.db.papers.count_documents({})
    may_issue(world.db)
    async with world.desk() as desk:
        booking = await take(desk, booking, cash(30_00))
        (second,) = (await desk.billing.standing(desk.actor, booking.id)).papers
        await desk.till.give_back(desk.actor, booking.id, cash(5_00), reason="too much", seen=booking.version)

    assert (30_00, PaperKind.RECEIPT) == (second.body.paid.minor, second.body.kind)
    assert [f"receipt-{booking.payments[-1].id}"] == world.db.papers.distinct("_id")


async def take(desk, booking, handed):
    return await desk.till.take(desk.actor, booking.id, handed, seen=booking.version)


def shift_now(world):
    return shift_of(world.db.shifts.find_one(sort=[("opened_at", -1)]))


def posted(world, booking):
    """Kind -> its sum."""
    sums = dict.fromkeys(LedgerKind, 0)
    for row in world.db.ledger.find({"booking_id": booking.id}):
        sums[LedgerKind(row["kind"])] += row["amount"]["minor"]
    return sums


async def compared(world, office, booking):
    worker = Credentials("worker", PASSWORD, DATABASE)
    async with connect(world.deployment.mongo_url, worker) as client:
        reconciler = Reconciler(office.payment.gateway, MongoBooks(client, DATABASE), office.clock)
        report = await reconciler.among([booking.id], [], timedelta(seconds=30))
    return {(each.kind, each.detail) for each in report.differences}


async def test_a_split_payment_is_whole_to_the_cent_and_everything_agrees(world):
    async with world.desk() as desk, world.desk("worker") as office:
        shift = await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await promised(desk)
        booking = await take(desk, booking, cash(33_33, 50_00))
        booking = await take(desk, booking, Handed(Tender.TERMINAL, euros(33_33), reference="AC 4711"))
        booking = await take(desk, booking, Handed(Tender.BANK, euros(33_34), reference="transfer of Monday"))
        assert set() == await compared(world, office, booking)

    sums = posted(world, booking)
    assert (0, 100_00) == (balance(booking).open.minor, sums[LedgerKind.CHARGE])
    assert (15_00, 85_00) == (sums[LedgerKind.PLATFORM_SHARE], sums[LedgerKind.OWNER_SHARE])
    assert [33_33] == [move.amount.minor for move in shift_now(world).moves]
    assert shift.id == booking.payments[1].taken.shift_id
    assert 50_00 == booking.payments[1].taken.received.minor
    assert 3 == world.db.audit.count_documents({"what": "booking.taken_at_counter"})


async def test_two_desks_take_the_same_money_once(world):
    async with world.desk() as one, world.desk() as other:
        await one.till.open(one.actor, BERLIN.id, FLOAT)
        booking = await promised(one)
        told = await asyncio.gather(
            *(take(desk, booking, cash(100_00)) for desk in (one, other) for _ in range(4)), return_exceptions=True
        )

    assert 1 == sum(not isinstance(each, BaseException) for each in told)
    assert all(isinstance(each, Overtaken) for each in told if isinstance(each, BaseException))
    assert 2 == len(world.stored(booking)["payments"])
    assert 3 == world.db.ledger.count_documents({"booking_id": booking.id})
    assert 1 == len(shift_now(world).moves)


async def test_no_payment_goes_into_a_drawer_that_is_counted_meanwhile(world):
    """50 payments against the closing: whatever was taken lies in the drawer, and what came after was refused."""
    async with world.desk() as one, world.desk() as other:
        shift = await one.till.open(one.actor, BERLIN.id, FLOAT)
        booking = await promised(one)
        begun = asyncio.Event()

        async def pay(n, desk):
            done = 0
            for _ in range(13):
                try:
                    fresh = await desk.booking.booking(desk.actor, booking.id)
                    await desk.till.take(desk.actor, booking.id, cash(1_00), seen=fresh.version)
                    done += 1
                except Overtaken:
                    continue
                except (NoShift, MoveRefused):
                    break
                finally:
                    if done >= 2:
                        begun.set()
            return done

        async def close():
            await begun.wait()
            while True:
                try:
                    return await one.till.count(one.actor, shift.id, ((100_00, 1), (50_00, 1)))
                except Overtaken:
                    continue

        *paid, closed = await asyncio.gather(*(pay(n, desk) for n, desk in enumerate((one, other) * 2)), close())

    stored = shift_now(world)
    assert ShiftState.COUNTED is closed.state is stored.state
    assert sum(paid) == len(stored.moves) == len(world.stored(booking)["payments"]) - 1
    assert -sum(paid) * 1_00 == stored.difference.minor
    assert 3 * sum(paid) == world.db.ledger.count_documents({"booking_id": booking.id})


async def test_a_desk_that_read_the_shift_before_it_was_counted_puts_nothing_into_it(world):
    async with world.desk() as desk:
        shift = await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        await desk.till.count(desk.actor, shift.id, ((100_00, 1),))
        move = CashMove(CashMoveKind.FROM_SAFE, euros(1), desk.clock.now(), desk.actor.account)
        with pytest.raises(NoShift):
            await desk.booking.store.transact(lambda work: work.drawers.move(shift, move))
    assert () == shift_now(world).moves


async def test_a_second_press_of_a_part_finds_another_booking_than_it_was_shown(world):
    async with world.desk() as desk:
        await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await promised(desk)
        await take(desk, booking, cash(10_00))
        with pytest.raises(Overtaken):
            await take(desk, booking, cash(10_00))
    assert 2 == len(world.stored(booking)["payments"])


async def test_cash_without_a_shift_is_refused_and_nothing_is_written(world):
    async with world.desk() as desk:
        booking = await promised(desk)
        with pytest.raises(NoShift):
            await take(desk, booking, cash(100_00))
    assert (1, 0) == (len(world.stored(booking)["payments"]), world.db.ledger.count_documents({}))


@pytest.mark.parametrize(
    ("handed", "refused"),
    [
        (cash(100_01), NothingOpen),
        (cash(0), InvalidMoney),
        (cash(-5), InvalidMoney),
        (Handed(Tender.CASH, Money(100_00, "USD")), InvalidMoney),
        (cash(100_00, 99_99), InvalidText),
        (Handed(Tender.CHECKOUT, euros(1)), MoveRefused),
        (Handed(Tender.COUNTER, euros(1)), MoveRefused),
        (Handed(Tender.TERMINAL, euros(1), reference="4242 4242 4242 4242"), InvalidText),
        (Handed(Tender.TERMINAL, euros(1), reference="x" * 61), InvalidText),
    ],
)
async def test_what_cannot_be_taken_is_refused_and_nothing_is_written(world, handed, refused):
    async with world.desk() as desk:
        await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await promised(desk)
        with pytest.raises(refused):
            await take(desk, booking, handed)
    assert (1, 0) == (len(world.stored(booking)["payments"]), world.db.ledger.count_documents({}))
    assert () == shift_now(world).moves


async def test_what_was_taken_goes_back_by_its_own_tender_and_never_more(world):
    async with world.desk() as desk, world.desk("worker") as office:
        await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await take(desk, await promised(desk), cash(60_00))
        booking = await take(desk, booking, Handed(Tender.TERMINAL, euros(40_00), reference="AC 1"))
        booking = await desk.rental.cancel(desk.actor, booking.id, euros(0))
        assert -100_00 == balance(booking).open.minor
        for handed, most in ((cash(60_01), 60_00), (Handed(Tender.BANK, euros(1)), 0)):
            with pytest.raises(NothingOpen) as told:
                await desk.till.give_back(desk.actor, booking.id, handed, reason="x", seen=booking.version)
            assert most == told.value.most.minor
        with pytest.raises(InvalidText):
            await desk.till.give_back(desk.actor, booking.id, cash(60_00), reason=" ", seen=booking.version)
        for handed in (cash(60_00), Handed(Tender.TERMINAL, euros(40_00))):
            booking = await desk.till.give_back(
                desk.actor, booking.id, handed, reason="the renter fell ill", seen=booking.version
            )
        assert set() == await compared(world, office, booking)

    assert 0 == balance(booking).open.minor
    sums = posted(world, booking)
    assert (100_00, -100_00, 0, 0) == tuple(sums[kind] for kind in LedgerKind)
    assert FLOAT == shift_now(world).expected


async def test_a_car_that_stands_elsewhere_by_now_is_not_moved_by_a_late_payment(world):
    async with world.desk() as desk:
        await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await promised(desk, first=0, last=2)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        back = await desk.rental.returned(desk.actor, booking.id, FULL)
        world.db.fences.update_one({"_id": "car-1"}, {"$set": {"at": "br-lisbon"}})
        paid = await take(desk, back, cash(100_00))

    assert BookingState.COMPLETED is paid.state
    assert "br-lisbon" == world.db.fences.find_one({"_id": "car-1"})["at"]


async def test_a_shift_is_counted_blind_and_a_difference_says_why(world):
    async with world.desk() as desk:
        shift = await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        with pytest.raises(ShiftOpen) as open_already:
            await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        assert shift.id == open_already.value.shift_id
        await take(desk, await promised(desk), cash(100_00))
        await desk.till.move(desk.actor, shift.id, CashMoveKind.TO_SAFE, euros(200_00))
        with pytest.raises(InvalidMoney):
            await desk.till.move(desk.actor, shift.id, CashMoveKind.TO_SAFE, euros(50_01))
        counted = await desk.till.count(desk.actor, shift.id, ((20_00, 2), (5_00, 1)))
        assert (ShiftState.COUNTED, -5_00) == (counted.state, counted.difference.minor)
        with pytest.raises(NoShift):
            await take(desk, await promised(desk, key="2", car="car-2"), cash(1_00))
        with pytest.raises(InvalidText):
            await desk.till.close(desk.actor, shift.id, " ")
        closed = await desk.till.close(desk.actor, shift.id, "a note was torn")
        again = await desk.till.open(desk.actor, BERLIN.id, euros(45_00))
        whole = await desk.till.count(desk.actor, again.id, ((20_00, 2), (5_00, 1)))

    assert (ShiftState.CLOSED, "a note was torn") == (closed.state, closed.reason)
    assert (ShiftState.CLOSED, 2, 0) == (whole.state, whole.number, whole.difference.minor)
    told = [row["what"] for row in world.db.audit.find({"what": {"$regex": "^shift"}}).sort("at")]
    assert ["shift.opened", "shift.moved", "shift.counted", "shift.closed", "shift.opened", "shift.closed"] == told


async def test_eight_desks_open_one_drawer_once(world):
    async with world.desk() as one, world.desk() as other:
        told = await asyncio.gather(
            *(desk.till.open(desk.actor, BERLIN.id, FLOAT) for desk in (one, other) * 4), return_exceptions=True
        )
    assert 1 == sum(not isinstance(each, BaseException) for each in told)
    assert all(isinstance(each, DriveSphereError) for each in told if isinstance(each, BaseException))
    assert 1 == world.db.shifts.count_documents({})


async def test_another_branchs_drawer_is_not_this_desks(world):
    async with world.desk() as desk, world.desk("admin") as admin:
        with pytest.raises(NotFound):
            await desk.till.open(desk.actor, "br-lisbon", FLOAT)
        there = await admin.till.open(admin.actor, "br-lisbon", FLOAT)
        with pytest.raises(NotFound):
            await desk.till.count(desk.actor, there.id, ((1, 1),))


@pytest.mark.parametrize("change", ["forged", "more back than taken", "another currency", "no word how"])
async def test_a_payment_written_past_the_program_is_not_believed(world, change):
    async with world.desk() as desk:
        await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await take(desk, await promised(desk), cash(10_00))
        one = booking.payments[1]
        forged = {
            "forged": (*booking.payments, replace(one, id=f"{booking.id}:9")),
            "more back than taken": (*booking.payments[:1], replace(one, purpose=Purpose.GIVE_BACK)),
            "another currency": (booking.payments[0], replace(one, amount=Money(1, "USD"))),
            "no word how": (booking.payments[0], replace(one, taken=None)),
        }[change]
        await desk.payment.belief.look(booking)
        with pytest.raises(NotBelieved) as told:
            await desk.payment.belief.look(replace(booking, payments=forged))
    assert Doubt.ATTEMPTS == told.value.doubt


async def test_money_that_the_ledger_does_not_know_is_told(world):
    async with world.desk() as desk, world.desk("worker") as office:
        await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await take(desk, await promised(desk), cash(10_00))
        world.db.bookings.update_one({"_id": booking.id}, {"$set": {"payments.1.amount.minor": 90_00}})
        assert {(DifferenceKind.AMOUNT_DIFFERS, "counter")} == await compared(world, office, booking)


async def shifts_found(world):
    async with world.desk("admin") as office:
        return await look_at_shifts(office.admin.health.inspection, HURRIED)


@pytest.mark.parametrize(
    ("collection", "change", "code"),
    [
        ("shifts", {"moves.0.amount.minor": 99}, "shift.other_amount"),
        ("shifts", {"moves": []}, "shift.no_move"),
        ("shifts", {"moves.0.payment_id": "none:2"}, "shift.no_payment"),
        ("shifts", {"state": "closed"}, "shift.state"),
        ("shifts", {"state": "closed", "counted": {"minor": 1, "currency": "EUR"}}, "shift.state"),
        ("shifts", {"moves": "none"}, "row.damaged"),
        ("bookings", {"payments.1.taken.shift_id": "other"}, "shift.no_payment"),
        ("bookings", {"payments.1.taken.cash.minor": 11_00}, "shift.other_amount"),
    ],
)
async def test_a_drawer_that_was_written_past_the_program_is_told(world, collection, change, code):
    async with world.desk() as desk:
        await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await take(desk, await promised(desk), cash(10_00))
        await desk.till.give_back(desk.actor, booking.id, cash(4_00), reason="too much", seen=booking.version)
    assert Level.GOOD is (await shifts_found(world)).level
    world.db[collection].update_one({}, {"$set": change}, bypass_document_validation=True)

    found = await shifts_found(world)
    assert Level.BAD is found.level
    assert code in [line.code for line in dict(found.facts)["wrong"]]


async def test_what_came_to_cost_more_is_open_too_and_no_cent_beyond(world):
    async with world.desk() as desk, world.desk("worker") as office:
        await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        booking = await promised(desk, first=0, last=2)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        back = await desk.rental.returned(desk.actor, booking.id, FULL)
        first = world.db.agreements.find_one({"_id": back.id})["lines"][0]
        unit = {**first["unit"], "minor": 25_00} if isinstance(first["unit"], dict) else 25_00
        cleaned = {**first, "kind": LineKind.EXTRA.value, "count": 1, "unit": unit}
        world.db.agreements.update_one({"_id": back.id}, {"$push": {"lines": cleaned}}, bypass_document_validation=True)
        with pytest.raises(NothingOpen) as told:
            await take(desk, back, cash(125_01))
        assert 125_00 == told.value.most.minor
        paid = await take(desk, back, cash(125_00))
        agreement = await desk.agreements.agreement(desk.actor, paid.id)
        assert set() == await compared(world, office, paid)

    assert 0 == balance(paid, further_of(paid, agreement)).open.minor


async def test_a_shift_in_two_currencies_is_a_damaged_line_and_ends_no_list(world):
    async with world.desk() as desk:
        whole = await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        await desk.till.count(desk.actor, whole.id, ((150_00, 1),))
        odd = await desk.till.open(desk.actor, BERLIN.id, FLOAT)
        await take(desk, await promised(desk), cash(10_00))
        world.db.shifts.update_one({"_id": odd.id}, {"$set": {"moves.0.amount.currency": "JPY"}})
        listed = await desk.till.of_branch(desk.actor, BERLIN.id)

    assert [(Damaged, odd.id), (Shift, whole.id)] == [(type(each), each.id) for each in listed]
    assert "row.damaged" in [line.code for line in dict((await shifts_found(world)).facts)["wrong"]]


async def test_cash_is_no_way_to_promise_a_car(world):
    async with world.desk() as desk:
        with pytest.raises(MoveRefused):
            await desk.booking.hold(desk.actor, wish(desk, pays=Tender.CASH))
    assert 0 == world.db.bookings.count_documents({})
