"""Rows that exempt themselves from the books, written past the program: each is told, and honest ones are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from bson import ObjectId
from builders import DATABASE, PASSWORD
from payments import opened

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.queries import books as mongo_books
from engine.adapters.mongo.queries.books import MongoBooks
from engine.domain.booking.states import BookingState
from engine.domain.reports.books import DifferenceKind
from engine.services.payment.reconcile import Reconciler

pytestmark = pytest.mark.asyncio
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BOOKING_ROW = ("booking_id", "car_id", "owner_id", "branch_id")


@pytest_asyncio.fixture
async def compare(world, stripe):
    async with (
        world.desk("worker") as office,
        connect(world.deployment.mongo_url, Credentials("worker", PASSWORD, DATABASE)) as client,
    ):

        async def compare(**options):
            reconciler = Reconciler(office.payment.gateway, MongoBooks(client, DATABASE), office.clock, **options)
            now = office.clock.now()
            return await reconciler.compare(now - timedelta(hours=6), now)

        yield compare


async def settled(desk, stripe, **changes):
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    return await desk.payment.settle(desk.actor, booking.id)


def forged(world, booking, number, *, paid=None, trouble=None, **changes):
    """A completed rental that nobody paid, made of an honest row by somebody with a desk's password."""
    row = world.stored(booking) | {"_id": f"FORGED{number:06d}", "intent_key": f"forged-{number}"}
    row.pop("session_ids", None)
    row.pop("due_at", None)
    made_up = {"payment_intent": f"pi_forged_{number}", "state": "paid", "captured_at": row["created_at"]}
    row["payments"][0]["attempts"][0] |= made_up | (paid or {})
    if trouble:
        row["payments"][0]["trouble"] = trouble
    row |= {"state": "confirmed", **changes}
    row["history"][-1]["state"] = row["state"]
    world.db.bookings.insert_one(row, bypass_document_validation=True)
    return row["_id"]


def told(report):
    return {(each.kind, each.booking_id) for each in report.differences}


async def test_dates_demo_by_hand_and_under_way_are_no_excuse_that_a_row_has_for_itself(world, stripe, compare):
    async with world.desk() as desk:
        honest = await settled(desk, stripe)
    calm = await compare()
    far = datetime.now(UTC) + timedelta(days=3000)
    trouble = {"why": "stuck", "since": LONG_AGO, "tries": 1, "again_at": far, "code": ""}
    done = {"by": "admin", "at": LONG_AGO, "note": "seen to"}
    drawn = {"request": '{"demo":true}', "payment_intent": "pi_3"}
    ids = [
        forged(world, honest, 1, created_at=LONG_AGO),
        forged(world, honest, 2, created_at=far),
        forged(world, honest, 3, paid=drawn),
        forged(world, honest, 4, trouble=trouble | {"settled": done}),
        forged(world, honest, 5, trouble=trouble, due_at=far),
        forged(world, honest, 6, state="completed", created_at=LONG_AGO),
    ]

    report = await compare()

    assert [] == calm.differences
    assert {(DifferenceKind.BOOKED_UNPAID, each) for each in ids} <= told(report)
    assert (0, 0, 0) == (report.drawn, report.by_hand, report.under_way)
    assert honest.id not in {each.booking_id for each in report.differences}


async def test_only_an_administrators_own_word_counts_as_seen_to(world, stripe, compare):
    async with world.desk() as desk, world.desk("admin") as admin:
        booking = await settled(desk, stripe)
        back = booking.created_at - timedelta(hours=2)
        await stripe._http.post(f"/v1/payment_intents/{booking.payment.attempt.payment_intent}/cancel")
        world.db.ledger.delete_many({})
        world.db.bookings.update_one({"_id": booking.id}, {"$set": {"payments.0.attempts.0.payment_intent": "pi_gone"}})
        trouble = {"why": "lapsed", "since": back, "tries": 1, "again_at": None, "code": ""}
        told_so = {"$set": {"payments.0.trouble": trouble, "person_at": back}}
        world.db.bookings.update_one({"_id": booking.id}, told_so)
        before = await compare()
        await admin.admin.manual_review.settle_by_hand(
            admin.actor, booking.id, "paid in cash", seen=world.stored(booking)["version"]
        )
        after = await compare()

    assert (DifferenceKind.BOOKED_UNPAID, booking.id) in told(before)
    assert (DifferenceKind.BOOKED_UNPAID, booking.id) not in told(after)
    assert (0, 1) == (before.by_hand, after.by_hand)


async def test_every_ledger_row_has_its_booking_and_its_source(world, stripe, compare):
    async with world.desk() as desk:
        booking = await settled(desk, stripe)
        other = await settled(desk, stripe, car="car-2", key="k2")
    rows = list(world.db.ledger.find({"booking_id": booking.id}))

    def post(**changes):
        world.db.ledger.insert_many([row | {"_id": ObjectId(), **changes} for row in rows])

    post(booking_id="NOSUCH", at=LONG_AGO)
    post(source_id="ch_forged", at=LONG_AGO)
    world.db.ledger.update_many({"booking_id": other.id}, {"$set": {"owner_id": "thief"}})

    report = await compare()

    kinds = told(report)
    assert (DifferenceKind.POSTED_NOWHERE, "NOSUCH") in kinds
    assert (DifferenceKind.UNSOURCED, booking.id) in kinds
    assert (DifferenceKind.AMOUNT_DIFFERS, booking.id) in kinds
    assert (DifferenceKind.POSTED_ASTRAY, other.id) in kinds
    assert 12 == report.posted


async def test_a_price_that_is_not_the_cars_terms_is_told(world, stripe, compare):
    """A price of 1.00 in quote, attempt and request alike: only what others wrote down tells it."""
    async with world.desk() as desk:
        booking = await opened(desk)
    row = world.stored(booking)
    cheap = row["payments"][0]["attempts"][0]["request"].replace("10000", "200")
    told_so = {
        "quote.lines.0.unit": 100,
        "quote.total": 200,
        "payments.0.amount.minor": 200,
        "payments.0.attempts.0.amount.minor": 200,
        "payments.0.attempts.0.request": cheap,
    }
    world.db.bookings.update_one({"_id": booking.id}, {"$set": told_so})

    report = await compare()

    assert {(DifferenceKind.DOUBTED, booking.id)} == told(report)


async def test_shares_that_are_not_those_agreed_on_are_told(world, stripe, compare):
    async with world.desk() as desk:
        booking = await settled(desk, stripe)
    for kind, by in (("owner_share", 500), ("platform_share", -500)):
        world.db.ledger.update_one({"booking_id": booking.id, "kind": kind}, {"$inc": {"amount.minor": by}})

    report = await compare()

    assert {(DifferenceKind.SHARES_DIFFER, booking.id)} == told(report)


async def test_a_row_that_cannot_be_read_is_told_and_stops_nothing(world, stripe, compare):
    async with world.desk() as desk:
        booking = await settled(desk, stripe)
    robbed = world.db.ledger.delete_many({"booking_id": booking.id}).deleted_count
    for number, each in enumerate(({"_id": 5}, {"_id": "no fields"}, {"_id": ObjectId(), "state": "confirmed"})):
        world.db.bookings.insert_one(each | {"intent_key": f"odd-{number}"}, bypass_document_validation=True)
    world.db.ledger.insert_one({"_id": 7, "amount": float("nan")}, bypass_document_validation=True)

    report = await compare()

    assert robbed
    assert {(DifferenceKind.AMOUNT_DIFFERS, booking.id)} == told(report)
    assert 4 == len(report.damaged)
    assert {("bookings", "5"), ("bookings", "no fields"), ("ledger", "7")} < report.damaged.keys()


async def test_pages_end_where_they_end_whatever_their_numbers_are(world, stripe, compare, monkeypatch):
    monkeypatch.setattr(mongo_books, "_PAGE", 2)
    monkeypatch.setattr(mongo_books, "_ROWS", 2)
    odd = [1, 2, 3, "a", "b", "c", ObjectId(), ObjectId(), True]
    for name in ("bookings", "ledger"):
        rows = [{"_id": each, "intent_key": f"odd-{at}", "source_id": f"odd-{at}"} for at, each in enumerate(odd)]
        world.db[name].insert_many(rows, bypass_document_validation=True)

    report = await compare()

    assert 2 * len(odd) == len(report.damaged)


async def test_what_stripe_was_not_asked_about_is_said(world, stripe, compare):
    async with world.desk() as desk:
        honest = await settled(desk, stripe)
    for number in range(4):
        forged(world, honest, number, created_at=LONG_AGO)

    report = await compare(most_asked=1)

    assert 3 == report.not_asked
    assert 5 == report.looked


#: Field -> hostile values of its own type; each makes a row that the program does not write.
HOSTILE = {
    "created_at": (LONG_AGO, datetime(2090, 1, 1, tzinfo=UTC)),
    "history.0.at": (LONG_AGO, datetime(2090, 1, 1, tzinfo=UTC)),
    "history.1.at": (LONG_AGO, datetime(2090, 1, 1, tzinfo=UTC)),
    "history.1.state": (BookingState.HELD.value, BookingState.CANCELLED.value),
    "quote.commission_bp": (0, 10_000),
    "quote.lines.0.unit": (1, 99_999),
    "quote.lines.0.count": (1, 400),
    "payments.0.attempts.0.amount.minor": (1, 10**9),
    "payments.0.attempts.0.amount.currency": ("JPY", "KWD"),
    "payments.0.attempts.0.request": ("{}", '{"demo":true}'),
    "payments.0.attempts.0.n": (2, 77),
    "hold_until": (datetime(2035, 1, 1, tzinfo=UTC),),
    "cancellation": ([], [{"hours_before": 0, "refund_bp": 10_000}]),
}


async def test_a_booking_bent_in_any_field_that_money_hangs_on_is_told(world, stripe, compare):
    async with world.desk() as desk:
        honest = await settled(desk, stripe)
    row = world.stored(honest)
    quiet = []
    for field, values in HOSTILE.items():
        for value in values:
            world.db.bookings.update_one({"_id": honest.id}, {"$set": {field: value}}, bypass_document_validation=True)

            report = await compare()

            if honest.id not in {each.booking_id for each in report.differences} | {at for _, at in report.damaged}:
                quiet.append((field, value))
            world.db.bookings.replace_one({"_id": honest.id}, row, bypass_document_validation=True)
    again = await compare()

    assert [] == quiet
    assert [] == again.differences
