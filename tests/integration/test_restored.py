"""A restore played with bookings paid after the back-up: no money without a booking or a case, no car sold twice."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import pairwise

import pymongo
import pytest
import pytest_asyncio
from builders import DATABASE, MISTAKE, PASSWORD, RENTER, make_car, wish
from payments import opened

from engine.adapters.disk.backup_file import BackupKey
from engine.adapters.mongo.client import Connector, Credentials, connect
from engine.bootstrap import choose_password, open_engine
from engine.commands.backup import make_backup
from engine.commands.restore import RestoreOrder, Target, restore
from engine.domain.booking.restored import Outcome
from engine.domain.booking.states import BLOCKING, BookingState
from engine.domain.car.availability import ClaimKind
from engine.domain.shared.errors import DamagedRow, Forbidden, LookingBack, MoveRefused, PeriodTaken

pytestmark = pytest.mark.asyncio
AGAIN = "ds_restored_firm"
KEY = BackupKey(bytes(range(32)), "key")


@dataclass
class Firm:
    """The firm before and after: ``world`` lives on until ``back`` begins the time after the restore."""

    world: object
    target: Target
    folder: object
    passwords: dict

    async def saved(self):
        async with self.target.connector.open("backup", PASSWORD, DATABASE) as client:
            path = self.folder / "firm.backup"
            return await make_backup(client, DATABASE, path, KEY, lambda _: None, by="backup")

    async def back(self):
        order = RestoreOrder(self.folder / "firm.backup", KEY, self.folder / "passwords.txt")
        restored = await restore(self.target, order, lambda _: None)
        self.passwords = dict(line.split("\t") for line in restored.passwords.read_text().splitlines())
        return restored

    @asynccontextmanager
    async def desk(self, account):
        place = replace(self.world.deployment, database=AGAIN)
        if account in self.passwords:
            await choose_password(place, account, self.passwords.pop(account), PASSWORD)
        async with open_engine(place, account, PASSWORD, background=False) as engine:
            yield engine


@pytest_asyncio.fixture
async def firm(world, endpoints, root, tmp_path):
    connector = Connector(endpoints.mongo_url)
    client = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    yield Firm(world, Target(client, connector, AGAIN, endpoints.root_name), tmp_path, {})
    await client.close()
    root[AGAIN].command("dropAllUsersFromDatabase")
    root[AGAIN].command("dropAllRolesFromDatabase")
    root.drop_database(AGAIN)


async def paid(desk, stripe, **changes):
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    return await desk.payment.settle(desk.actor, booking.id)


def sold_twice(db: pymongo.database.Database) -> list:
    """Pairs of what keeps a car at the same time, by the rows of the fences and by those of the bookings."""
    pairs = []
    for fence in db.fences.find():
        claims = sorted(fence["claims"], key=lambda claim: claim["starts_at"])
        pairs += [pair for pair in pairwise(claims) if pair[0]["ends_at"] > pair[1]["starts_at"]]
    rows = sorted(
        db.bookings.find({"state": {"$in": list(BLOCKING)}}), key=lambda row: (row["car_id"], row["starts_at"])
    )
    pairs += [
        (one, other)
        for one, other in pairwise(rows)
        if one["car_id"] == other["car_id"] and one["ends_at"] > other["starts_at"]
    ]
    return pairs


@pytest.fixture
def nobody(world):
    """A row of an account that cannot be read, written past the program."""
    row = {"_id": "nobody", "role": "renter", "disabled": False, "renter": {}}
    world.db.people.insert_one(row, bypass_document_validation=True)
    yield
    world.db.people.delete_one({"_id": "nobody"})


async def test_no_money_is_without_a_booking_or_a_case_and_no_car_is_sold_twice(firm, world, nobody, root, stripe):
    world.add_cars(make_car(4), make_car(5), make_car(6))
    async with world.desk() as desk:
        known = await paid(desk, stripe, car="car-1", key="before")
        held = await opened(desk, car="car-2", key="held at the moment")
        await firm.saved()
        await stripe.pay(held)
        await desk.payment.settle(desk.actor, held.id)
        lost = [await paid(desk, stripe, car=f"car-{number}", key=f"after {number}") for number in (4, 6)]
        unpaid = await opened(desk, car="car-5", key="open page")
    await firm.back()
    db = root[AGAIN]

    async with firm.desk("clerk") as clerk:
        with pytest.raises(LookingBack):
            await clerk.booking.hold(clerk.actor, wish(clerk, car="car-4", key="too early"))
        async with firm.desk("worker") as worker:
            assert 2 == await worker.restored_look.look("worker")
            assert 0 == await worker.restored_look.look("worker")
            await worker.payment.carry_on(held.id)
            waiting = await worker.restored.waiting(worker.actor)
        for number in (4, 6):
            with pytest.raises(PeriodTaken):
                await clerk.booking.hold(clerk.actor, wish(clerk, car=f"car-{number}", key=f"again {number}"))
        # The car whose page was open is free: the page was closed, nobody can pay for it any more.
        assert await clerk.booking.hold(clerk.actor, wish(clerk, car="car-5", key="again 5"))

    assert {booking.id for booking in lost} == {case.booking_id for case in waiting}
    assert all(case.claimed for case in waiting)
    assert "expired" == (await stripe.page(unpaid))["status"]
    assert BookingState.CONFIRMED == db.bookings.find_one({"_id": held.id})["state"]
    booked = {row["_id"] for row in db.bookings.find()}
    for booking in (known, held, *lost):
        assert booking.id in booked | {case.booking_id for case in waiting}
    assert [] == sold_twice(db)


async def test_booked_again_the_claim_turns_into_the_booking_and_the_money_is_taken_once(firm, world, root, stripe):
    async with world.desk() as desk:
        await firm.saved()
        lost = await opened(desk, car="car-2", key="after")
        await stripe.pay(lost)
    await firm.back()
    db = root[AGAIN]
    async with firm.desk("worker") as worker:
        await worker.restored_look.look("worker")
    async with firm.desk("admin") as admin:
        (case,) = await admin.restored.waiting(admin.actor)
        assert abs((case.paid_at - lost.created_at).total_seconds()) < 60
        before = db.fences.find_one({"_id": "car-2"})["claims"]
        booking = await admin.restored.book_again(admin.actor, case.payment_intent, RENTER.id)
        with pytest.raises(MoveRefused):
            await admin.restored.give_back(admin.actor, case.payment_intent, MISTAKE)
        with pytest.raises(MoveRefused):
            await admin.restored.book_again(admin.actor, case.payment_intent, RENTER.id)
        assert [] == await admin.restored.waiting(admin.actor)

    claims = db.fences.find_one({"_id": "car-2"})["claims"]
    assert [ClaimKind.RESTORED] == [claim["kind"] for claim in before]
    assert [(lost.id, ClaimKind.BOOKING)] == [(claim["id"], claim["kind"]) for claim in claims]
    assert (lost.id, lost.period, lost.price) == (booking.id, booking.period, booking.price)
    assert BookingState.CONFIRMED is booking.state
    assert booking.payment.attempt.captured_at is not None
    assert 1 == db.bookings.count_documents({})
    assert lost.price.minor == sum(row["amount"]["minor"] for row in db.ledger.find({"kind": "charge"}))
    assert 1 == len(await stripe.charges(lost))
    assert [] == sold_twice(db)
    assert Outcome.BOOKED == db.restored_payments.find_one({})["outcome"]
    assert 1 == db.audit.count_documents({"what": "payment.restored"})


@pytest.mark.parametrize("captured", [False, True])
async def test_given_back_all_of_it_goes_back_once_and_the_car_is_free(firm, world, root, stripe, captured):
    async with world.desk() as desk:
        await firm.saved()
        lost = await opened(desk, car="car-2", key="after")
        await stripe.pay(lost)
        if captured:
            await desk.payment.settle(desk.actor, lost.id)
    await firm.back()
    db = root[AGAIN]
    async with firm.desk("admin") as admin:
        await admin.restored_look.look("admin")
        (case,) = await admin.restored.waiting(admin.actor)
        booking = await admin.restored.give_back(admin.actor, case.payment_intent, MISTAKE)
        for _ in range(3):
            booking = await admin.payment.carry_on(booking.id)

    assert BookingState.REFUNDED is booking.state
    assert [] == db.fences.find_one({"_id": "car-2"})["claims"]
    facts = await _facts(world, stripe, case.payment_intent)
    assert facts in ({"canceled"}, {"refunded"})
    assert facts == ({"refunded"} if captured else {"canceled"})
    assert 0 == sum(_signed(row) for row in db.ledger.find({"kind": {"$in": ["charge", "refund"]}}))


@pytest.mark.parametrize("way", ["another price", "a part went back", "both, and its car is gone"])
async def test_what_does_not_add_up_goes_back_all_the_same(firm, world, root, stripe, way):
    """Giving back is always open: what Stripe still has goes back, once, and the books agree with Stripe."""
    async with world.desk() as desk:
        await firm.saved()
        lost = await paid(desk, stripe, car="car-2", key="after")
        intent = lost.payment.attempt.payment_intent
        if way != "another price":
            asked = {"payment_intent": intent, "amount": 33_33, "metadata[booking]": lost.id}
            (await stripe._http.post("/v1/refunds", data=asked)).raise_for_status()
    await firm.back()
    db = root[AGAIN]
    async with firm.desk("admin") as admin:
        assert 1 == await admin.restored_look.look("admin")
        if way != "a part went back":
            db.restored_payments.update_one({}, {"$set": {"stay.rate.minor": 77_00}})
        if way.endswith("gone"):
            db.cars.delete_one({"_id": "car-2"})
        booking = await admin.restored.give_back(admin.actor, intent, MISTAKE)

        assert ((), 0) == ((found := await admin.admin.manual_review.waiting(admin.actor)).rows, found.total)
        assert 0 == await admin.sweeper.sweep()

    assert BookingState.REFUNDED is booking.state
    assert [] == [claim for fence in db.fences.find() for claim in fence["claims"]]
    assert [100_00] == [charge["refunded"] for charge in await stripe.charges(lost)]
    assert 0 == sum(_signed(row) for row in db.ledger.find({"kind": {"$in": ["charge", "refund"]}}))
    assert 0 == sum(_signed(row) for row in db.ledger.find({"kind": {"$in": ["owner_share", "platform_share"]}}))


async def test_all_that_wait_are_listed_a_page_at_a_time_with_when_they_were_paid(world):
    async with world.desk("admin") as admin:
        now, money = admin.clock.now(), {"minor": 100_00, "currency": "EUR"}
        row = {"booking_id": "B", "attempt": 1, "amount": money, "expires_at": now, "found_at": now, "claimed": False}
        many = [{**row, "_id": f"pi_{n:04}", "session_id": f"cs_{n}", "outcome": "open"} for n in range(1_203)]
        many[0]["paid_at"] = now
        world.db.restored_payments.insert_many(many)

        assert 1_203 == len(await admin.restored.waiting(admin.actor))
        last = await admin.restored.cases(admin.actor, offset=1_200, limit=50)
        first = await admin.restored.cases(admin.actor, limit=1)

    assert (1_203, ["pi_1200", "pi_1201", "pi_1202"]) == (last.total, [row.payment.payment_intent for row in last.rows])
    assert [now] == [row.payment.paid_at for row in first.rows]


@pytest.mark.parametrize(
    "damage",
    [
        {"amount": "100"},
        {"amount": {"minor": 2**62, "currency": "EUR"}},
        {"claimed": "yes"},
        {"session_id": 7},
        {"expires_at": "tomorrow"},
        {"stay": [1]},
        {"stay": {"car_id": "car-1"}},
    ],
    ids=str,
)
async def test_one_row_that_cannot_be_read_stops_no_list_and_is_told(world, damage):
    async with world.desk("admin") as admin:
        now, money = admin.clock.now(), {"minor": 100_00, "currency": "EUR"}
        row = {"booking_id": "B", "attempt": 1, "amount": money, "expires_at": now, "found_at": now, "claimed": False}
        rows = [{**row, "_id": name, "session_id": name, "outcome": "open"} for name in ("pi_bad", "pi_good")]
        rows[0].update(damage)
        world.db.restored_payments.insert_many(rows, bypass_document_validation=True)

        listed = await admin.restored.waiting(admin.actor)
        cases = await admin.restored.cases(admin.actor)
        with pytest.raises(DamagedRow):
            await admin.restored.give_back(admin.actor, "pi_bad", MISTAKE)

    assert ["pi_good"] == [payment.payment_intent for payment in listed]
    assert ["pi_good"] == [case.payment.payment_intent for case in cases.rows]


def _signed(row):
    return row["amount"]["minor"]


async def _facts(world, stripe, intent):
    body = (await stripe._http.get(f"/v1/payment_intents/{intent}", params={"expand[]": "latest_charge"})).json()
    if body["status"] == "canceled":
        return {"canceled"}
    charge = body["latest_charge"]
    return {"refunded"} if charge["amount_refunded"] == charge["amount_captured"] else {"taken"}


async def test_what_was_paid_and_given_back_before_the_restore_is_no_case(firm, world, root, stripe):
    async with world.desk() as desk:
        await firm.saved()
        lost = await paid(desk, stripe, car="car-2", key="after")
    asked = {"payment_intent": lost.payment.attempt.payment_intent}
    (await stripe._http.post("/v1/refunds", data=asked)).raise_for_status()
    await firm.back()
    async with firm.desk("admin") as admin:
        assert 0 == await admin.restored_look.look("admin")
        assert [] == await admin.restored.waiting(admin.actor)
    assert [] == root[AGAIN].fences.find_one({"_id": "car-2"})["claims"]


async def test_a_car_that_was_promised_to_somebody_else_at_the_moment_leaves_a_case_without_a_claim(
    firm, world, root, stripe
):
    async with world.desk() as desk:
        first = await opened(desk, car="car-2", key="at the moment")
        await firm.saved()
        await desk.payment.give_up(first.id)
        second = await opened(desk, car="car-2", key="after")
        await stripe.pay(second)
    await firm.back()
    async with firm.desk("admin") as admin:
        await admin.restored_look.look("admin")
        (case,) = await admin.restored.waiting(admin.actor)
        assert not case.claimed
        with pytest.raises(PeriodTaken):
            await admin.restored.book_again(admin.actor, case.payment_intent, RENTER.id)
        assert [case] == await admin.restored.waiting(admin.actor)
    assert [] == sold_twice(root[AGAIN])


async def test_only_an_administrator_decides(firm, world, stripe):
    async with world.desk("worker") as worker, world.desk() as clerk:
        for desk in (worker, clerk):
            with pytest.raises(Forbidden):
                await desk.restored.give_back(desk.actor, "pi_x", MISTAKE)
            with pytest.raises(Forbidden):
                await desk.restored.book_again(desk.actor, "pi_x", RENTER.id)
        with pytest.raises(Forbidden):
            await clerk.restored.waiting(clerk.actor)
