"""Stripe's books, bookings and ledger: honest runs agree, and each kind of planted difference is seen."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from builders import DATABASE, MISTAKE, PASSWORD, days, make_car
from click.testing import CliRunner
from payments import CARD, opened
from plain_http import PLAIN

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.queries import books as mongo_books
from engine.adapters.mongo.queries.books import MongoBooks
from engine.bootstrap import demo_accounts, open_deployment, open_engine
from engine.cli import drivesphere
from engine.commands import reconcile as reconciling
from engine.commands.reconcile import Findings
from engine.config import Settings
from engine.domain.booking.manual_review import Cases
from engine.domain.car.catalogue import CarWish
from engine.domain.money.money import Money
from engine.domain.people.people import Role
from engine.domain.reports.books import Difference, DifferenceKind
from engine.domain.shared.errors import Forbidden, Unavailable
from engine.services.booking.booking import HoldCar
from engine.services.payment.reconcile import Reconciler
from engine.services.payment.report import Report

pytestmark = pytest.mark.asyncio
PRICE = (Money(100_00, "EUR"),)


@pytest_asyncio.fixture
async def compare(world, stripe):
    """Compare everything of this test; the sandbox's earlier payments belong to other tests."""
    begun = datetime.now(UTC).replace(microsecond=0)
    earlier = {charge["payment_intent"] for charge in (await stripe._http.get("/_control/books")).json()["charges"]}
    async with (
        world.desk("worker") as office,
        connect(world.deployment.mongo_url, Credentials("worker", PASSWORD, DATABASE)) as client,
    ):
        reconciler = Reconciler(office.payment.gateway, MongoBooks(client, DATABASE), office.clock)

        async def compare(since=begun, until=begun + timedelta(days=1)):
            report = await reconciler.compare(since, until)
            for key, each in list(report.found.items()):
                if each.payment_intent in earlier:
                    del report.found[key]
            return report

        yield compare


def kinds(report):
    """What is wrong with the money; a row that a test bends is doubted besides, which has tests of its own."""
    doubted = DifferenceKind.DOUBTED
    return [(each.kind, each.booking_id) for each in report.differences if each.kind is not doubted]


async def settled(desk, stripe, **changes):
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    return await desk.payment.settle(desk.actor, booking.id)


def days_ago(world, booking, hours=2):
    """The booking's own times lie back, so that nobody is still at it."""
    back = booking.created_at - timedelta(hours=hours)
    world.db.bookings.update_one(
        {"_id": booking.id},
        {"$set": {"hold_until": back, "created_at": back, "history.$[].at": back, "due_at": back}},
        bypass_document_validation=True,
    )


async def captured_for(stripe, booking_id, amount="10000", attempt="9"):
    """A further payment that names the booking, captured; its PaymentIntent."""
    tags = {"booking": booking_id, "attempt": attempt}
    form = {
        "mode": "payment",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": amount,
        "line_items[0][price_data][product_data][name]": "Golf",
        "client_reference_id": booking_id,
        "success_url": "http://127.0.0.1:9/back",
        **{f"metadata[{name}]": value for name, value in tags.items()},
        **{f"payment_intent_data[metadata][{name}]": value for name, value in tags.items()},
    }
    session = (await stripe._http.post("/v1/checkout/sessions", data=form)).raise_for_status().json()
    (await stripe._http.post("/_control/pay", json={"session": session["id"]})).raise_for_status()
    return (await stripe._http.get(f"/v1/checkout/sessions/{session['id']}")).json()["payment_intent"]


async def refund(stripe, payment_intent, amount):
    asked = {"payment_intent": payment_intent, "amount": str(amount)}
    return (await stripe._http.post("/v1/refunds", data=asked)).raise_for_status().json()


async def test_honest_runs_agree(world, stripe, compare):
    async with world.desk() as desk:
        paid = await settled(desk, stripe)
        given_up = await opened(desk, car="car-2", key="k2")
        await desk.payment.give_up(given_up.id)
        await opened(desk, car="car-2", key="k3")  # nobody paid yet
        declined = await opened(desk, first=10, last=12, key="k4")
        await stripe.pay(declined, number="4000 0000 0000 0002")
        cancelled = await settled(desk, stripe, first=20, last=22, key="k5")
        quote = await desk.rental.quote_refund(desk.actor, cancelled.id)
        await desk.rental.cancel(desk.actor, cancelled.id, quote.given_back, MISTAKE)
        await desk.payment.settle(desk.actor, cancelled.id)

    report = await compare()

    assert [] == report.differences
    assert 5 == report.bookings
    assert report.payments >= 3
    assert 3 <= world.db.ledger.count_documents({"booking_id": {"$in": [paid.id, cancelled.id]}})


async def test_paid_and_unbooked_is_seen_in_every_form(world, stripe, compare):
    async with world.desk() as desk:
        held = await opened(desk)
        released = await opened(desk, car="car-2", key="k2")
    for booking in (held, released):
        await stripe.pay(booking)
        days_ago(world, booking)
    async with world.desk() as desk:
        undone = await settled(desk, stripe, first=10, last=12, key="k3")
    for booking in (released, undone):
        world.db.bookings.update_one(
            {"_id": booking.id},
            {"$set": {"state": "released"}, "$unset": {"due_at": 1}},
            bypass_document_validation=True,
        )
    nobody = f"b-{uuid4().hex[:8]}"
    await captured_for(stripe, nobody)

    report = await compare()

    unbooked = DifferenceKind.PAID_UNBOOKED
    assert sorted((unbooked, each) for each in (held.id, released.id, undone.id, nobody)) == kinds(report)
    found = {each.booking_id: each for each in report.differences if each.kind is unbooked}
    assert ["held", "released", ""] == [found[each].state for each in (held.id, released.id, nobody)]
    assert (PRICE, ()) == (found[nobody].at_stripe, found[nobody].in_ledger)
    assert () == found[held.id].at_stripe  # authorised only


async def test_a_payment_that_its_desk_is_about_to_see_is_under_way(world, stripe, compare):
    async with world.desk() as desk:
        booking = await opened(desk)
    await stripe.pay(booking)

    report = await compare()

    assert ([], 1) == (report.differences, report.under_way)


async def test_booked_and_unpaid_is_seen(world, stripe, compare):
    async with world.desk() as desk:
        unknown, let_go, never = [
            await settled(desk, stripe, first=first, last=first + 2, key=f"k{first}") for first in (1, 10, 20)
        ]
        waiting = await opened(desk, car="car-2", key="w")
        await stripe.pay(waiting)
        world.db.bookings.update_one(
            {"_id": waiting.id},
            {"$set": {"state": "confirmed"}, "$unset": {"due_at": 1}},
            bypass_document_validation=True,
        )
    world.db.bookings.update_one(
        {"_id": unknown.id}, {"$set": {"payments.0.attempts.0.payment_intent": "pi_nobody_knows"}}
    )
    await refund(stripe, let_go.payment.attempt.payment_intent, 100_00)
    world.db.bookings.update_one({"_id": never.id}, {"$set": {"payments.0.attempts.0.payment_intent": ""}})

    report = await compare()

    assert (DifferenceKind.BOOKED_UNPAID, unknown.id) in kinds(report)
    assert (DifferenceKind.BOOKED_UNPAID, never.id) in kinds(report)
    assert (DifferenceKind.BOOKED_UNPAID, waiting.id) in kinds(report)
    assert (DifferenceKind.AMOUNT_DIFFERS, let_go.id) in kinds(report)


async def test_an_authorisation_that_lapsed_leaves_a_booking_unpaid(world, stripe, compare):
    async with world.desk() as desk:
        await stripe.fault(kind="fail", operation="PostPaymentIntentsIntentCapture", times=100)
        booking = await opened(desk)
        await stripe.pay(booking)
        with pytest.raises(Unavailable):
            await desk.payment.settle(desk.actor, booking.id)
        await stripe.calm()
    intent = world.stored(booking)["payments"][0]["attempts"][0]["payment_intent"]
    days_ago(world, booking)
    assert [] == (await compare()).differences  # still authorised: nothing is lost yet

    (await stripe._http.post(f"/v1/payment_intents/{intent}/cancel")).raise_for_status()

    assert [(DifferenceKind.BOOKED_UNPAID, booking.id)] == kinds(await compare())


async def test_paid_twice_is_seen_and_a_stray_given_back_is_none(world, stripe, compare):
    async with world.desk() as desk:
        twice = await settled(desk, stripe)
        once = await settled(desk, stripe, car="car-2", key="k2")
    second = await captured_for(stripe, twice.id)
    await refund(stripe, await captured_for(stripe, once.id), 100_00)

    report = await compare()

    assert [Difference(DifferenceKind.PAID_TWICE, twice.id, "confirmed", second, PRICE, PRICE)] == report.differences


async def test_an_amount_that_differs_is_seen_both_ways(world, stripe, compare):
    async with world.desk() as desk:
        back = await settled(desk, stripe)
        lost, changed, agreed = [
            await settled(desk, stripe, first=first, last=first + 2, key=f"k{first}") for first in (10, 20, 30)
        ]
    await refund(stripe, back.payment.attempt.payment_intent, 25_00)
    world.db.ledger.delete_many({"booking_id": lost.id})
    world.db.ledger.update_one({"booking_id": changed.id, "kind": "charge"}, {"$inc": {"amount.minor": 1}})

    report = await compare()

    differs = DifferenceKind.AMOUNT_DIFFERS
    shares = (DifferenceKind.SHARES_DIFFER, changed.id)
    assert [*sorted([(differs, back.id), (differs, lost.id), (differs, changed.id)]), shares] == kinds(report)
    told = {each.booking_id: (each.at_stripe, each.in_ledger) for each in report.differences if each.kind is differs}
    assert ((Money(75_00, "EUR"),), PRICE) == told[back.id]
    assert (PRICE, ()) == told[lost.id]
    assert (PRICE, (Money(100_01, "EUR"),)) == told[changed.id]
    assert agreed.id not in told


@pytest.mark.parametrize("outcome", ["pending", "failed", "succeeded"])
async def test_a_refund_on_its_way_is_no_difference(world, stripe, compare, outcome):
    async with world.desk() as desk:
        booking = await settled(desk, stripe)
        (await stripe._http.post("/_control/refunds", json={"outcome": outcome})).raise_for_status()
        quote = await desk.rental.quote_refund(desk.actor, booking.id)
        await desk.rental.cancel(desk.actor, booking.id, quote.given_back, MISTAKE)
        cancelled = await desk.payment.settle(desk.actor, booking.id)
    days_ago(world, booking)

    assert {"pending": "pending", "failed": "failed", "succeeded": "done"}[outcome] == cancelled.payment.refund.state
    assert [] == (await compare()).differences


async def test_a_bookings_own_dates_exempt_it_from_nothing(world, stripe, compare):
    async with world.desk() as desk:
        booking = await settled(desk, stripe)
    world.db.ledger.delete_many({})
    day = booking.created_at.replace(hour=0, minute=0, second=0, microsecond=0)

    spans = [(-30, 0), (1, 9), (-2, 1)]
    found = [kinds(await compare(day + timedelta(days=first), day + timedelta(days=last))) for first, last in spans]
    assert [[(DifferenceKind.AMOUNT_DIFFERS, booking.id)]] * 3 == found


async def test_a_payment_begun_after_midnight_is_found_for_the_evenings_booking(world, stripe, compare):
    async with world.desk() as desk:
        booking = await settled(desk, stripe)
    begun = booking.created_at - timedelta(minutes=1)
    two_hours_back = booking.created_at - timedelta(hours=2)
    times = {"created_at": two_hours_back, "history.0.at": two_hours_back, "hold_until": two_hours_back}
    world.db.bookings.update_one({"_id": booking.id}, {"$set": times})

    report = await compare(two_hours_back, begun)

    assert ([], 1) == (report.differences, report.bookings)


async def test_the_books_are_read_page_by_page_and_each_booking_once(world, monkeypatch, stripe):
    monkeypatch.setattr(mongo_books, "_PAGE", 3)
    world.add_cars(*(make_car(n) for n in range(10, 18)))
    async with (
        world.desk() as desk,
        connect(world.deployment.mongo_url, Credentials("worker", PASSWORD, DATABASE)) as client,
    ):
        made = [await opened(desk, car=f"car-{n}", key=f"k{n}") for n in range(10, 18)]
        same = made[0].created_at
        world.db.bookings.update_many({}, {"$set": {"created_at": same}})
        books = MongoBooks(client, DATABASE)

        pages = [page async for page in books.created(same, same + timedelta(milliseconds=1))]
        none = [page async for page in books.created(same - timedelta(days=1), same)]
        by_id = await books.of([each.id for each in made])

    assert [3, 3, 2] == [len(page) for page in pages]
    assert sorted(each.id for each in made) == sorted(each.booking.id for page in pages for each in page)
    assert sorted(each.id for each in made) == sorted(each.booking.id for each in by_id)
    assert [] == none


async def test_without_stripe_or_the_right_account_nothing_is_compared(world, stripe, compare):
    await stripe.fault(kind="fail", status=503, times=100)
    with pytest.raises(Unavailable):
        await compare()
    await stripe.calm()
    async with (
        world.desk("worker") as office,
        connect(world.deployment.mongo_url, Credentials("clerk", PASSWORD, DATABASE)) as client,
        world.desk() as desk,
    ):
        await opened(desk)
        now = office.clock.now()
        with pytest.raises(Forbidden):
            await Reconciler(office.payment.gateway, MongoBooks(client, DATABASE), office.clock).compare(
                now - timedelta(hours=1), now + timedelta(hours=1)
            )


# The command.

TWICE = Difference(DifferenceKind.PAID_TWICE, "B1", "confirmed", "pi_2", PRICE, PRICE)
NOBODY = Difference(DifferenceKind.PAID_UNBOOKED, "B2", "", "pi_3", (Money(9000, "JPY"), Money(1500, "KWD")), ())
DAY = datetime(2026, 11, 23, tzinfo=UTC).date()


async def test_differences_are_told_in_words(capsys):
    report = Report(payments=1200, bookings=1000, drawn=10, under_way=2)
    report.add(TWICE)
    report.add(NOBODY)

    reconciling.tell(Findings(report, Cases()), DAY, DAY)

    said = capsys.readouterr().out.splitlines()
    assert "2026-11-23 to 2026-11-23 (UTC): 1,200 payments at Stripe, 990 bookings" == said[0]
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in said[said.index("") + 1 :]]
    assert ["what", "booking", "state", "payment at Stripe", "taken", "in the ledger", "more"] == cells[0]
    assert ["paid, not booked", "B2", "no such booking", "pi_3", "9000 JPY + 1.500 KWD", "nothing"] in cells
    assert ["paid twice", "B1", "confirmed", "pi_2", "100.00 EUR", "100.00 EUR"] in cells


async def test_differences_are_told_as_json(capsys):
    report = Report(payments=2, bookings=1)
    report.add(NOBODY)

    reconciling.tell_as_json(Findings(report, Cases()), DAY, DAY)

    told = json.loads(capsys.readouterr().out)
    assert [
        {
            "kind": "paid_unbooked",
            "booking": "B2",
            "state": None,
            "payment_intent": "pi_3",
            "at_stripe": [asdict(money) for money in NOBODY.at_stripe],
            "in_ledger": [],
            "detail": None,
        }
    ] == told.pop("differences")
    assert {
        "since": "2026-11-23",
        "until": "2026-11-23",
        "payments": 2,
        "bookings": 1,
        "drawn": 0,
        "under_way": 0,
        "by_hand": 0,
        "looked": 0,
        "posted": 0,
        "not_asked": 0,
        "own_prices": 0,
        "disputes_unread": False,
        "damaged": [],
        "sums": [],
        "need_a_person": 0,
        "cases": [],
    } == told


def run(*arguments, folder, **environment):
    """``drivesphere reconcile`` as a process: status, output, errors."""
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", "engine.cli", "reconcile", "--data", str(folder), *arguments],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=600,
        env={**os.environ, **environment},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


async def test_the_command_on_the_demo_after_an_honest_run_and_after_a_theft(demo_folder):
    clerk = next(each for each in demo_accounts() if each.role is Role.CLIENT)
    async with open_deployment(Settings(demo_folder)) as deployment:
        async with open_engine(deployment, clerk.account, clerk.password, background=False) as desk:
            booking = await booked_and_paid(desk)
        day = booking.created_at.date()
        span = ("--since", str(day - timedelta(days=3)), "--until", str(day + timedelta(days=1)))
        honest = await asyncio.to_thread(run, *span, "--json", folder=demo_folder)
        headers = {"Authorization": f"Bearer {deployment.stripe_key.reveal()}"}
        async with httpx.AsyncClient(base_url=deployment.stripe_url, headers=headers, **PLAIN) as stripe:
            await stripe.post("/_control/refunds", json={"outcome": "failed"})
            async with open_engine(deployment, clerk.account, clerk.password, background=False) as desk:
                quoted = await desk.rental.quote_refund(desk.actor, booking.id)
                await desk.rental.cancel(desk.actor, booking.id, quoted.given_back, MISTAKE)
            waiting = await asyncio.to_thread(run, *span, folder=demo_folder)
            await stripe.post(
                "/v1/refunds", data={"payment_intent": booking.payment.attempt.payment_intent, "amount": "100"}
            )
            robbed = await asyncio.to_thread(run, *span, folder=demo_folder)
            await stripe.post("/_control/faults", json={"kind": "fail", "status": 500, "times": 100})
            blind = await asyncio.to_thread(run, *span, folder=demo_folder)

    assert (0, "") == (honest[0], honest[2]), honest[1]
    told = json.loads(honest[1])
    assert [] == told["differences"]
    # Of those that are paid at the counter Stripe knows nothing.
    assert told["payments"] >= 1
    assert 0 <= told["bookings"] - told["payments"] <= 4
    assert told["drawn"] > 0
    assert 1 == waiting[0]
    assert "No differences." in waiting[1]
    assert "Bookings that need a person: 1" in waiting[1]
    assert "refund failed" in waiting[1]
    assert 1 == robbed[0]
    assert booking.id in robbed[1]
    assert "amount differs" in robbed[1]
    assert (2, "") == blind[:2]
    assert "Stripe does not answer" in blind[2]


async def booked_and_paid(desk):
    period = days(desk, 40, 42)
    offer = (await desk.catalogue.search(desk.actor, CarWish(desk.actor.branch_id, period))).offers[0]
    renter = (await desk.payment.store.renters("m", 1))[0]
    held = await desk.booking.hold(desk.actor, HoldCar("key", offer.car.id, period, renter.id, offer.quote.total))
    page = await desk.payment.settle(desk.actor, held.id)
    async with httpx.AsyncClient(**PLAIN) as http:
        await http.post(page.payment.attempt.url, data=CARD)
    return await desk.payment.settle(desk.actor, held.id)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--since", "2026-11-23"), "--until"),
        (("--since", "2026-11-23", "--until", "2026-11-22"), "before"),
        (("--since", "someday", "--until", "2026-11-22"), "someday"),
        (("--since", "31.2.2026", "--until", "2026-11-22"), "31.2.2026"),
        (("--since", "3/4/2026", "--until", "2026-11-22"), "3/4/2026"),
        (("--since", "22 nov 2026", "--until", "Sat 21 Nov 2026"), "before"),
    ],
)
async def test_days_that_make_no_range_are_refused(tmp_path, arguments, sentence):
    told = CliRunner().invoke(drivesphere, ["reconcile", "--data", str(tmp_path), *arguments])

    assert (2, "") == (told.exit_code, told.stdout)
    assert isinstance(told.exception, SystemExit)
    assert sentence in told.stderr


async def test_an_account_that_may_not_see_everything_compares_nothing(world, tmp_path):
    place = {
        "DRIVESPHERE_MONGO_URL": world.deployment.mongo_url,
        "DRIVESPHERE_REDIS_URL": world.deployment.redis_url.reveal(),
        "DRIVESPHERE_DATABASE": DATABASE,
        "DRIVESPHERE_PASSWORD": PASSWORD,
        "STRIPE_API_KEY": "sk_test_abcdefgh1234",
    }
    span = ("--since", "2026-11-23", "--until", "2026-11-23")

    code, out, err = run(*span, "--account", "clerk", folder=tmp_path, **place)

    assert (2, "") == (code, out)
    assert "see all bookings" in err
