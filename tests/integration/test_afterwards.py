"""What Stripe changes weeks later: refunds that come back are read again, disputes find their bookings."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from builders import DATABASE, MISTAKE, PASSWORD
from payments import opened
from stripe_sender import SECRET, Sender

from engine.adapters.http.webhook_server import open_webhooks, webhook_app
from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.queries.books import MongoBooks
from engine.adapters.stripe.gateway import StripeGateway
from engine.domain.money.payment import RefundState
from engine.domain.money.trouble import Why
from engine.domain.reports.books import DifferenceKind
from engine.services.payment.afterwards import DISPUTES, REFUNDS
from engine.services.payment.reconcile import Reconciler

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def office(world):
    world.db.disputes.delete_many({})
    world.db.rounds.delete_many({"_id": {"$in": [REFUNDS, DISPUTES]}})
    async with world.desk("worker") as office:
        yield office


async def paid(desk, stripe, **changes):
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    return await desk.payment.settle(desk.actor, booking.id)


async def given_back(desk, stripe, **changes):
    """Cancelled in time, the refund done."""
    booking = await paid(desk, stripe, **changes)
    quote = await desk.rental.quote_refund(desk.actor, booking.id)
    await desk.rental.cancel(desk.actor, booking.id, quote.given_back, MISTAKE)
    return await desk.payment.settle(desk.actor, booking.id)


def net_of(world, booking):
    rows = world.db.ledger.find({"booking_id": booking.id, "kind": {"$in": ["charge", "refund"]}})
    return sum(row["amount"]["minor"] for row in rows)


async def of_booking(desk, booking):
    found = await desk.admin.disputes.cases(desk.actor)
    return [each for each in found.rows if each.dispute.booking_id == booking.id]


@asynccontextmanager
async def comparing(world, office):
    async with connect(world.deployment.mongo_url, Credentials("worker", PASSWORD, DATABASE)) as client:
        reconciler = Reconciler(office.payment.gateway, MongoBooks(client, DATABASE), office.clock)
        begun = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

        async def told(booking):
            report = await reconciler.compare(begun, begun + timedelta(days=1))
            return [each.kind for each in report.differences if each.booking_id == booking.id]

        yield told


async def test_a_refund_that_comes_back_later_needs_a_person_and_the_books_agree(world, stripe, office):
    async with world.desk() as desk:
        back = await given_back(desk, stripe, first=20, last=22)
        kept = await given_back(desk, stripe, first=30, last=32, key="k2")
    assert RefundState.DONE is back.payment.refund.state
    before = net_of(world, back)
    await stripe.refund_comes_back(back)

    async with comparing(world, office) as told:
        unread = await told(back)
        changed = await office.afterwards.look_if_due()
        read = await told(back)

    after = await office.payment.store.booking(back.id)
    assert ([DifferenceKind.AMOUNT_DIFFERS], []) == (unread, read)
    assert (1, RefundState.FAILED, Why.REFUND_FAILED) == (changed, after.payment.refund.state, after.trouble.why)
    assert before + back.payment.refund.amount.minor == net_of(world, back)
    assert back.id in {case.booking.id for case in (await office.admin.manual_review.waiting(office.actor)).rows}
    assert RefundState.DONE is (await office.payment.store.booking(kept.id)).payment.refund.state


async def test_a_desk_reads_once_a_day_and_a_worker_whatever_was_written_of_it(world, stripe, office):
    async with world.desk() as desk:
        back = await given_back(desk, stripe, first=20, last=22)
        await stripe.refund_comes_back(back)
        before = world.db.ledger.count_documents({"booking_id": back.id})
        now = desk.clock.now()
        world.db.rounds.insert_one({"_id": REFUNDS, "by": "clerk", "desk": "d", "at": now, "count": 0})
        unread = await desk.afterwards.look_if_due()
        # Whoever writes a round keeps no worker from reading.
        read = await office.afterwards.look_if_due()
        again = await office.afterwards.look_if_due()
        dues = []
        for ago in (timedelta(days=-900), timedelta(hours=1), timedelta(hours=25), timedelta(hours=27)):
            world.db.rounds.update_one({"_id": REFUNDS}, {"$set": {"at": now - ago}})
            dues.append([await desk.afterwards._is_due(REFUNDS, mine=mine) for mine in (True, False)])
        await desk.afterwards.look_if_due()

    assert (0, 1, 0) == (unread, read, again)
    assert [[True, True], [False, False], [True, False], [True, True]] == dues
    assert before + 3 == world.db.ledger.count_documents({"booking_id": back.id})


@pytest.mark.parametrize("verdict", ["won", "lost"])
async def test_a_dispute_is_listed_by_its_payment_until_it_is_decided_and_reconcile_tells(
    world, stripe, office, verdict
):
    async with world.desk() as desk:
        booking = await paid(desk, stripe)
        await paid(desk, stripe, car="car-2", key="k2")
    dispute_id = await stripe.dispute(booking, "product_not_received")

    async with comparing(world, office) as told:
        await office.afterwards.look_if_due()
        (case,) = await of_booking(office, booking)
        opened_told = await told(booking)
        await stripe.decide(dispute_id, "under_review")
        await office.admin.disputes.look()
        (waiting,) = await of_booking(office, booking)
        await stripe.decide(dispute_id, verdict)
        await office.admin.disputes.look()
        decided_told = await told(booking)

    facts = case.dispute.facts
    assert (booking.id, booking.price, "product_not_received") == (case.booking.id, facts.amount, facts.reason)
    assert facts.due_by > office.clock.now()
    assert ("needs_response", "under_review") == (facts.status, waiting.dispute.facts.status)
    assert [] == await of_booking(office, booking)
    assert [DifferenceKind.DISPUTED] == opened_told
    assert ([DifferenceKind.DISPUTE_LOST] if verdict == "lost" else []) == decided_told
    assert 1 == world.db.disputes.count_documents({"booking_id": booking.id})


async def test_a_dispute_is_heard_of_by_webhook_in_any_order_and_twice(world, stripe, office):
    async with world.desk() as desk:
        booking = await paid(desk, stripe)
    dispute_id = await stripe.dispute(booking)
    await stripe.decide(dispute_id, "won")
    listed = (await stripe._http.get("/v1/events", params={"limit": 100})).json()["data"]
    events = [each for each in listed if each["data"]["object"]["id"] == dispute_id]
    gateway = StripeGateway(
        office.deployment.stripe_key.reveal(), base_url=office.deployment.stripe_url, webhook_secret=SECRET, retries=0
    )
    app = webhook_app(gateway, office.payment.heard, office.clock.now, office.admin.disputes.heard)
    async with open_webhooks(app, "127.0.0.1", 0) as url, httpx.AsyncClient(trust_env=False, timeout=60) as http:
        sender = Sender(url, http, office.clock)
        answers = [(await sender.send(each)).status_code for each in (*events, *events)]
    await gateway.aclose()

    # What the events say is not believed: the last one told of the beginning.
    stored = world.db.disputes.find_one({"_id": dispute_id})
    assert {200} == set(answers)
    assert len(events) >= 4
    assert (booking.id, "won", True) == (stored["booking_id"], stored["status"], stored["over"])


async def test_a_payment_of_somebody_elses_is_not_listed(world, stripe, office):
    form = {
        "mode": "payment",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "5000",
        "line_items[0][price_data][product_data][name]": "Cake",
        "success_url": "http://127.0.0.1:9/back",
    }
    session = (await stripe._http.post("/v1/checkout/sessions", data=form)).raise_for_status().json()
    (await stripe._http.post("/_control/pay", json={"session": session["id"]})).raise_for_status()
    intent = (await stripe._http.get(f"/v1/checkout/sessions/{session['id']}")).json()["payment_intent"]
    (await stripe._http.post("/_control/disputes", json={"payment_intent": intent})).raise_for_status()

    await office.afterwards.look_if_due()

    assert 0 == world.db.disputes.count_documents({"payment_intent": intent})


async def test_a_row_that_was_written_past_the_program_hides_no_dispute(world, stripe, office):
    async with world.desk() as desk:
        booking = await paid(desk, stripe)
    dispute_id = await stripe.dispute(booking)
    await office.admin.disputes.look()
    hidden = {"over": True, "status": "won", "looked_at": datetime.now(UTC) + timedelta(days=900)}
    world.db.disputes.update_one({"_id": dispute_id}, {"$set": hidden})
    assert [] == await of_booking(office, booking)

    await office.admin.disputes.look()

    assert [dispute_id] == [each.dispute.facts.dispute_id for each in await of_booking(office, booking)]


@pytest.mark.parametrize("order", [[("due_by", 1), ("_id", 1)], [("looked_at", 1), ("_id", 1)]])
async def test_disputes_that_are_not_decided_are_found_by_an_index(world, order):
    plan = str(world.db.disputes.find({"over": False}).sort(order).explain()["queryPlanner"]["winningPlan"])

    assert "IXSCAN" in plan
    assert not re.search("COLLSCAN|'SORT'", plan)
