"""Stripe's webhooks: signature, duplicates, order, and no 200 before the database has it."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from payments import let_go, opened
from plain_http import PLAIN
from refusing import refused
from stripe_sender import SECRET, Sender

from engine.adapters.http.webhook_server import open_webhooks, webhook_app
from engine.adapters.stripe.gateway import StripeGateway
from engine.domain.booking.states import BookingState
from engine.domain.shared.errors import Misconfigured

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def receiving(desk, heard=None):
    gateway = StripeGateway(
        desk.deployment.stripe_key.reveal(), base_url=desk.deployment.stripe_url, webhook_secret=SECRET, retries=0
    )
    app = webhook_app(gateway, heard or desk.payment.heard, desk.clock.now)
    async with open_webhooks(app, "127.0.0.1", 0) as url, httpx.AsyncClient(**PLAIN, timeout=60) as http:
        yield Sender(url, http, desk.clock)
    await gateway.aclose()


@pytest_asyncio.fixture
async def office(world):
    async with world.desk("worker") as office:
        yield office


@pytest_asyncio.fixture
async def sender(office):
    async with receiving(office) as sender:
        yield sender


async def events_of(stripe, booking):
    """Every event of Stripe's about this booking, oldest first."""
    listed = (await stripe._http.get("/v1/events", params={"limit": 100})).json()["data"]
    subjects = [(event, event["data"]["object"]) for event in listed[::-1]]
    return [event for event, it in subjects if it.get("metadata", {}).get("booking") == booking.id]


async def paid(world, stripe, **changes):
    """A booking paid at Stripe, of which nobody here knows yet, and the events about it."""
    async with world.desk() as desk:
        booking = await opened(desk, **changes)
    await stripe.pay(booking)
    return booking, await events_of(stripe, booking)


def of_kind(events, kind):
    return next(event for event in events if event["type"] == kind)


async def test_a_payment_is_heard_of_without_anybody_asking(world, stripe, office):
    heard = asyncio.Event()

    async def listen(booking_id, session_id):
        booking = await office.payment.heard(booking_id, session_id)
        if booking.state is BookingState.CONFIRMED:
            heard.set()
        return booking

    async with world.desk() as desk, receiving(office, listen) as sender:
        answer = await stripe._http.post("/_control/webhooks", json={"url": sender.url, "secret": SECRET})
        answer.raise_for_status()
        booking = await opened(desk)
        await stripe.pay(booking)
        async with asyncio.timeout(60):
            await heard.wait()
        await stripe._http.delete("/_control/webhooks")

    assert "confirmed" == world.stored(booking)["state"]
    assert [100_00] == [charge["captured"] for charge in await stripe.charges(booking)]


async def test_P7_a_storm_of_duplicates_in_any_order_books_and_posts_once(world, stripe, sender):
    booking, events = await paid(world, stripe)
    storm = random.Random(7).choices(events, k=100)  # noqa: S311 - no secret

    answers = await asyncio.gather(*(sender.send(event) for event in storm))

    assert {200} == {answer.status_code for answer in answers}
    assert len({event["type"] for event in storm}) >= 4
    stored = world.stored(booking)
    assert ["held", "confirmed"] == [step["state"] for step in stored["history"]]
    assert 3 == world.db.ledger.count_documents({"booking_id": booking.id})
    assert [100_00] == [charge["captured"] for charge in await stripe.charges(booking)]


async def test_P7_two_receivers_hear_the_same_storm(world, stripe, sender):
    booking, events = await paid(world, stripe)
    async with world.desk("admin") as other, receiving(other) as second:
        storm = random.Random(8).choices(events, k=30)  # noqa: S311 - no secret

        answers = await asyncio.gather(*(each.send(event) for event in storm for each in (sender, second)))

    assert {200} >= {answer.status_code for answer in answers} - {503}
    assert "confirmed" == world.stored(booking)["state"]
    assert 3 == world.db.ledger.count_documents({"booking_id": booking.id})


async def test_P7_the_answer_comes_after_the_commit(world, stripe, office):
    booking, events = await paid(world, stripe)
    came, may_go = asyncio.Event(), asyncio.Event()

    async def slow(booking_id, session_id):
        came.set()
        await may_go.wait()
        return await office.payment.heard(booking_id, session_id)

    async with receiving(office, slow) as sender:
        answer = asyncio.create_task(sender.send(of_kind(events, "checkout.session.completed")))
        await came.wait()
        too_early, _ = await asyncio.wait({answer}, timeout=0.5)
        assert set() == too_early
        assert "held" == world.stored(booking)["state"]
        may_go.set()

        assert 200 == (await answer).status_code

    assert "confirmed" == world.stored(booking)["state"]


async def test_P7_what_is_being_heard_is_heard_to_its_end_when_the_receiver_closes(world, stripe, office):
    booking, events = await paid(world, stripe)
    came, may_go = asyncio.Event(), asyncio.Event()

    async def slow(booking_id, session_id):
        came.set()
        await may_go.wait()
        return await office.payment.heard(booking_id, session_id)

    async with httpx.AsyncClient(**PLAIN, timeout=60) as http:
        async with receiving(office, slow) as sender:
            patient = Sender(sender.url, http, office.clock)
            answer = asyncio.create_task(patient.send(of_kind(events, "checkout.session.completed")))
            await came.wait()
            asyncio.get_running_loop().call_later(0.3, may_go.set)

        assert 200 == (await answer).status_code

    assert "confirmed" == world.stored(booking)["state"]


async def test_P7_stripe_down_is_503_and_the_next_try_finds_everything(world, stripe, sender):
    booking, events = await paid(world, stripe)
    event = of_kind(events, "checkout.session.completed")
    await stripe.fault(kind="fail", status=500, times=1000)

    refused = await sender.send(event)
    assert "held" == world.stored(booking)["state"]
    await stripe.calm()
    taken = await sender.send(event)

    assert (503, 200) == (refused.status_code, taken.status_code)
    assert "retry-after" in refused.headers
    assert "confirmed" == world.stored(booking)["state"]


async def test_B6_late_money_finds_its_car_again(world, stripe, sender):
    booking, events = await paid(world, stripe)
    let_go(world, booking)
    world.db.fences.update_one({"_id": "car-1"}, {"$set": {"claims": []}})

    answer = await sender.send(of_kind(events, "checkout.session.completed"))

    assert 200 == answer.status_code
    assert "confirmed" == world.stored(booking)["state"]
    assert 1 == world.blocking("car-1")


async def test_B6_late_money_goes_back_when_the_car_is_sold_again(world, stripe, sender):
    booking, events = await paid(world, stripe)
    let_go(world, booking)
    world.db.fences.update_one({"_id": "car-1"}, {"$set": {"claims": []}})
    async with world.desk("clerk2") as other:
        await opened(other, key="k2")

    answers = await asyncio.gather(*(sender.send(event) for event in events * 5))

    assert {200} == {answer.status_code for answer in answers}
    assert "refunded" == world.stored(booking)["state"]
    assert 1 == world.blocking("car-1")
    (charge,) = await stripe.charges(booking)
    assert (0, True) == (charge["captured"], charge["voided"])


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"secret": "whsec_other"}, id="another secret"),
        pytest.param({"age": timedelta(seconds=302)}, id="old"),
        pytest.param({"age": timedelta(seconds=-60)}, id="of the future"),
        pytest.param({"age": timedelta(hours=-1)}, id="an hour ahead"),
    ],
)
async def test_what_is_not_stripes_is_refused_without_a_word(world, stripe, sender, how):
    booking, events = await paid(world, stripe)

    answer = await sender.send(of_kind(events, "checkout.session.completed"), **how)

    assert (400, b"") == (answer.status_code, answer.content)
    assert "held" == world.stored(booking)["state"]


async def test_a_desk_whose_own_clock_is_off_believes_the_same(world, stripe, office, monkeypatch):
    booking, events = await paid(world, stripe)
    monkeypatch.setattr("time.time", lambda: 0.0)  # what stripe-python would look at
    async with receiving(office) as sender:
        answer = await sender.send(of_kind(events, "checkout.session.completed"))

    assert 200 == answer.status_code
    assert "confirmed" == world.stored(booking)["state"]


async def test_a_changed_body_or_no_signature_is_refused(stripe, world, sender):
    _, events = await paid(world, stripe)

    answers = [await sender.raw(json.dumps(events[0]).encode(), header) for header in ("", "t=1,v1=ab", "t=1")]

    assert [400, 400, 400] == [answer.status_code for answer in answers]


@pytest.mark.parametrize(
    "subject",
    [
        {"id": "cs_x", "client_reference_id": "b-unknown", "metadata": {"booking": "b-unknown", "attempt": "1"}},
        {"id": "cs_x", "client_reference_id": "somebody's shop", "metadata": {}},
        {"id": "cs_x", "client_reference_id": None, "metadata": None},
    ],
)
async def test_what_is_about_nothing_of_ours_is_taken_and_forgotten(sender, subject):
    event = {
        "id": "evt_x",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": subject},
    }

    assert 200 == (await sender.send(event)).status_code


async def test_a_body_without_end_is_refused(sender):
    assert 413 == (await sender.send(b" " * (256 * 1024 + 1))).status_code
    assert 400 == (await sender.send(b" " * (256 * 1024))).status_code


async def test_there_is_one_door(sender):
    async with httpx.AsyncClient(**PLAIN) as http:
        got = await http.get(sender.url)
        elsewhere = await http.post(sender.url.removesuffix("stripe"), content=b"")
        docs = await http.get(sender.url.removesuffix("stripe") + "docs")

    assert [405, 404, 404] == [got.status_code, elsewhere.status_code, docs.status_code]
    assert "server" not in got.headers


async def test_a_taken_port_is_told_in_words(sender, office):
    port = httpx.URL(sender.url).port
    app = webhook_app(StripeGateway(""), office.payment.heard, office.clock.now)

    with refused(Misconfigured, match=str(port)):
        async with open_webhooks(app, "127.0.0.1", port):
            pass
