"""The gateway through a payment's whole life, against the sandbox process. Stripe itself is not reached from here."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from engine.adapters.stripe.gateway import StripeGateway
from engine.domain.booking.belief import Capture, OpenPage
from engine.domain.booking.frozen import again
from engine.domain.money.charging import CHARGED, least, most, sent, why_not
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, PageStatus
from engine.domain.shared.errors import (
    Forbidden,
    Misconfigured,
    NotChargeable,
    PaymentMismatch,
    PaymentRefused,
    Unavailable,
)
from engine.sandbox import amounts

CREATE, EXPIRE, RETRIEVE = "PostCheckoutSessions", "PostCheckoutSessionsSessionExpire", "GetCheckoutSessionsSession"
pytestmark = pytest.mark.asyncio


def co(order):
    return f"co:{order.booking_id}:{order.attempt}"


async def opened(gateway, order):
    return await gateway.open_page(OpenPage(gateway.freeze(order), co(order)))


async def test_a_frozen_request_is_canonical_and_complete(gateway, order):
    asked = order(expires_at=datetime(2026, 11, 23, 12, 31, tzinfo=UTC))

    frozen = gateway.freeze(asked)

    assert gateway.freeze(replace(asked)) == frozen
    assert json.dumps(json.loads(frozen), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == frozen
    told = json.loads(frozen)
    assert told["mode"] == "payment"
    assert told["payment_method_types"] == ["card"]
    assert told["expires_at"] == 1795437060
    assert told["client_reference_id"] == asked.booking_id
    assert told["payment_intent_data"]["capture_method"] == "manual"
    assert told["metadata"] == told["payment_intent_data"]["metadata"]
    assert told["metadata"] == {
        "attempt": "1",
        "booking": asked.booking_id,
        "car": "car-1",
        "from": "2027-01-04T09:00:00.000+00:00",
        "to": "2027-01-06T09:00:00.000+00:00",
        "rate": "6000 EUR",
        "price": "12000 EUR",
    }
    assert told["line_items"][0]["price_data"]["unit_amount"] == 12000


async def test_an_opened_page_tells_the_facts_of_its_order(gateway, order):
    asked = order()

    page = await opened(gateway, asked)

    attempt = Attempt(1, gateway.freeze(asked), asked.amount, asked.expires_at)
    page.must_belong_to(asked.booking_id, attempt, livemode=False)
    assert page.status is PageStatus.OPEN
    assert page.expires_at == asked.expires_at
    assert page.url.startswith("http://127.0.0.1:")
    assert (page.paid, page.payment_intent, page.intent_status) == (False, "", "")


async def test_a_further_attempt_asks_the_same_with_a_later_end(gateway, order):
    first = order()
    later = first.expires_at + timedelta(minutes=31)

    further = gateway.freeze(again(first, 2, later))

    assert further == gateway.freeze(replace(first, attempt=2, expires_at=later))


async def test_a_desk_without_a_key_prepares_and_leaves_the_rest_to_others(order):
    gateway = StripeGateway("")

    assert gateway.freeze(order())
    with pytest.raises(Forbidden):
        await gateway.page("cs_test_x")
    await gateway.aclose()


async def test_the_same_key_opens_the_same_page_once(gateway, order, sandbox):
    asked = order()

    first = await opened(gateway, asked)
    again = await opened(gateway, asked)

    assert again == first
    listed = sandbox.get("/v1/checkout/sessions", limit=100).json()["data"]
    assert [s["id"] for s in listed if s["client_reference_id"] == asked.booking_id] == [first.session_id]


async def test_a_replayed_create_tells_what_is_true_now(gateway, order, sandbox):
    asked = order()
    page = await opened(gateway, asked)
    sandbox.pay(page.url)

    again = await opened(gateway, asked)

    assert again.status is PageStatus.COMPLETE
    assert again.secured


async def test_another_request_under_the_same_key_is_refused(gateway, order):
    asked = order()
    await opened(gateway, asked)

    with pytest.raises(PaymentRefused) as refused:
        await gateway.open_page(OpenPage(gateway.freeze(replace(asked, title="Another car")), co(asked)))

    assert (refused.value.stripe_code, refused.value.status) == ("idempotency_error", 400)


async def test_a_paid_page_waits_for_its_capture(gateway, order, sandbox):
    asked = order()
    page = await opened(gateway, asked)

    sandbox.pay(page.url)

    page = await gateway.page(page.session_id)
    assert page.secured
    assert (page.paid, page.intent_status, page.url) == (False, "requires_capture", "")
    assert [entry["captured"] for entry in sandbox.books(asked.booking_id)] == [0]


async def test_a_capture_moves_the_money_once(gateway, order, sandbox):
    asked = order()
    page = await opened(gateway, asked)
    sandbox.pay(page.url)
    page = await gateway.page(page.session_id)

    first = await gateway.capture(Capture(page.payment_intent, asked.amount, f"cap:{asked.booking_id}"))
    again = await gateway.capture(Capture(page.payment_intent, asked.amount, f"cap:{asked.booking_id}"))

    assert first == again == await gateway.intent(page.payment_intent)
    assert (first.status, first.captured) == ("succeeded", asked.amount)
    assert first.charge.startswith("ch_")
    assert [entry["captured"] for entry in sandbox.books(asked.booking_id)] == [12000]
    assert (await gateway.page(page.session_id)).paid


async def test_a_second_capture_under_another_key_is_refused(gateway, order, sandbox):
    asked = order()
    page = await opened(gateway, asked)
    sandbox.pay(page.url)
    intent = (await gateway.page(page.session_id)).payment_intent
    await gateway.capture(Capture(intent, asked.amount, f"cap:{asked.booking_id}"))

    with pytest.raises(PaymentRefused) as refused:
        await gateway.capture(Capture(intent, asked.amount, f"cap2:{asked.booking_id}"))

    assert refused.value.stripe_code == "payment_intent_unexpected_state"


async def test_a_closed_page_is_unpaid_for_good(gateway, order, sandbox):
    page = await opened(gateway, order())

    await gateway.close_page(page.session_id)

    page = await gateway.page(page.session_id)
    assert page.unpaid_for_good
    assert page.url == ""


async def test_closing_what_is_not_open_is_refused_each_time(gateway, order):
    page = await opened(gateway, order())
    await gateway.close_page(page.session_id)

    for _ in range(2):
        with pytest.raises(PaymentRefused) as refused:
            await gateway.close_page(page.session_id)
        assert refused.value.status == 400


async def test_a_page_paid_while_it_is_being_closed_stays_paid(gateway, order, sandbox):
    page = await opened(gateway, order())
    sandbox.control("faults", kind="pay_first", operation=EXPIRE)

    with pytest.raises(PaymentRefused):
        await gateway.close_page(page.session_id)

    assert (await gateway.page(page.session_id)).secured


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 5])
async def test_an_end_outside_the_window_is_refused_by_name(gateway, order, minutes):
    with pytest.raises(PaymentRefused) as refused:
        await opened(gateway, order(expires_at=datetime.now(UTC) + timedelta(minutes=minutes)))

    assert (refused.value.param, refused.value.status) == ("expires_at", 400)


async def test_a_refused_create_leaves_its_key_free(gateway, order):
    late = order(expires_at=datetime.now(UTC) + timedelta(minutes=5))
    with pytest.raises(PaymentRefused):
        await opened(gateway, late)

    page = await opened(gateway, replace(late, expires_at=datetime.now(UTC) + timedelta(minutes=31)))

    assert page.status is PageStatus.OPEN


async def test_a_page_expires_by_itself(order, fresh):
    gateway = StripeGateway(fresh.key, base_url=fresh.url)
    page = await opened(gateway, order())

    fresh.control("clock", offset_s=31 * 60 + 1)

    assert (await gateway.page(page.session_id)).unpaid_for_good
    await gateway.aclose()


async def test_an_unknown_page_is_refused(gateway):
    with pytest.raises(PaymentRefused) as refused:
        await gateway.page("cs_test_nothing")

    assert (refused.value.stripe_code, refused.value.status) == ("resource_missing", 404)


async def test_a_lost_answer_is_unavailable_and_its_replay_finds_the_page(gateway, order, sandbox):
    asked = order()
    sandbox.control("faults", kind="lose", operation=CREATE)
    with pytest.raises(Unavailable) as lost:
        await opened(gateway, asked)

    page = await opened(gateway, asked)

    assert lost.value.server == "stripe"
    assert page.booking_id == asked.booking_id
    listed = sandbox.get("/v1/checkout/sessions", limit=100).json()["data"]
    assert [s["id"] for s in listed if s["client_reference_id"] == asked.booking_id] == [page.session_id]


async def test_the_gateway_itself_tries_again_under_the_same_key(order, sandbox):
    asked = order()
    gateway = StripeGateway(sandbox.key, base_url=sandbox.url, retries=1)
    sandbox.control("faults", kind="lose", operation=CREATE)

    page = await opened(gateway, asked)
    await gateway.aclose()

    listed = sandbox.get("/v1/checkout/sessions", limit=100).json()["data"]
    assert [s["id"] for s in listed if s["client_reference_id"] == asked.booking_id] == [page.session_id]


async def test_an_answer_lost_while_closing_leaves_the_page_closed(gateway, order, sandbox):
    page = await opened(gateway, order())
    sandbox.control("faults", kind="lose", operation=EXPIRE)

    with pytest.raises(Unavailable):
        await gateway.close_page(page.session_id)

    assert (await gateway.page(page.session_id)).unpaid_for_good


@pytest.mark.parametrize("status", [409, 429, 500, 503])
async def test_a_bad_day_at_stripe_is_unavailable(gateway, order, sandbox, status):
    page = await opened(gateway, order())
    sandbox.control("faults", kind="fail", operation=RETRIEVE, status=status)

    with pytest.raises(Unavailable) as away:
        await gateway.page(page.session_id)

    assert str(status) in away.value.detail
    assert (await gateway.page(page.session_id)).status is PageStatus.OPEN


async def test_a_stored_failure_is_replayed(gateway, order, sandbox):
    asked = order()
    sandbox.control("faults", kind="fail", operation=CREATE, status=500, stored=True)

    for _ in range(2):
        with pytest.raises(Unavailable):
            await opened(gateway, asked)

    listed = sandbox.get("/v1/checkout/sessions", limit=100).json()["data"]
    assert asked.booking_id not in [s["client_reference_id"] for s in listed]


async def test_a_second_request_under_a_key_in_flight_is_unavailable(gateway, order, sandbox):
    asked = order()
    sandbox.control("faults", kind="slow", operation=CREATE)
    first = asyncio.create_task(opened(gateway, asked))
    while co(asked) not in (await asyncio.to_thread(sandbox.get, "/_control/faults")).json()["in_flight"]:
        assert not first.done()

    with pytest.raises(Unavailable) as busy:
        await opened(gateway, asked)
    await asyncio.to_thread(sandbox.http.delete, "/_control/faults")

    assert "409" in busy.value.detail
    assert (await first).booking_id == asked.booking_id


async def test_no_answer_in_time_is_unavailable(order, sandbox):
    gateway = StripeGateway(sandbox.key, base_url=sandbox.url, timeout=timedelta(milliseconds=200), retries=0)
    sandbox.control("faults", kind="slow", operation=CREATE)

    with pytest.raises(Unavailable):
        await opened(gateway, order())

    await gateway.aclose()


async def test_nobody_there_is_unavailable(order, unused_tcp_port):
    gateway = StripeGateway("rk_test_abcdefgh", base_url=f"http://127.0.0.1:{unused_tcp_port}", retries=0)

    with pytest.raises(Unavailable):
        await gateway.page("cs_test_x")

    await gateway.aclose()


async def test_a_wrong_key_is_forbidden_and_not_told(sandbox):
    gateway = StripeGateway("sk_test_wrongwrongZq7x", base_url=sandbox.url, retries=0)

    with pytest.raises(Forbidden) as refused:
        await gateway.page("cs_test_x")
    await gateway.aclose()

    assert "Zq7x" not in str(refused.value)
    assert "Zq7x" not in repr(gateway)


async def test_a_key_that_may_not_is_forbidden(gateway, order, sandbox):
    sandbox.control("faults", kind="fail", operation=CREATE, status=403)

    with pytest.raises(Forbidden):
        await opened(gateway, order())


async def test_a_session_that_is_not_ours_is_a_mismatch(gateway, sandbox):
    session = sandbox.session()  # no attempt in its metadata

    with pytest.raises(PaymentMismatch):
        await gateway.page(session["id"])


@pytest.mark.parametrize("amount", [Money(0, "EUR"), Money(10, "EUR"), Money(12345, "KWD"), Money(100_000_000, "EUR")])
async def test_an_amount_that_stripe_cannot_charge_is_not_frozen(gateway, order, amount):
    with pytest.raises(NotChargeable):
        gateway.freeze(order(amount=amount))


@pytest.mark.parametrize("amount", [Money(9000, "JPY"), Money(12340, "KWD"), Money(500, "UGX"), Money(101_000, "ISK")])
async def test_amounts_arrive_as_they_are_also_where_stripe_counts_otherwise(gateway, order, sandbox, amount):
    """A page of 500 UGX was one of 5 UGX: Stripe counts hundredths that do not exist."""
    page = await opened(gateway, order(amount=amount))
    shown = (await asyncio.to_thread(httpx.get, page.url)).text

    assert page.amount == amount
    units = amount.minor // 10**amount.exponent
    assert f"{amount.currency} {units:,}" in shown


async def test_the_sandbox_takes_just_the_amounts_that_its_own_table_allows(gateway, order):
    """Both tables were made from Stripe's documentation, apart from each other; here they are held together."""
    for currency in sorted(CHARGED):
        edges = (least(currency).minor, most(currency).minor)
        for minor in {near for edge in edges for near in (edge - 1, edge, edge + 1, edge + 10)}:
            money = Money(minor, currency)
            ours, theirs = why_not(money), amounts.refusal(sent(money), currency)
            assert (ours is None) == (theirs is None), (money, ours, theirs)


@pytest.mark.parametrize(
    ("key", "base_url"),
    [
        ("pk_test_abcdefgh", None),
        ("sk_test_abc\r\nX: y", None),
        ("sk_live_abcdefgh", "http://127.0.0.1:1"),
        ("sk_test_abcdefgh", "http://stripe.example"),
    ],
)
async def test_a_key_or_place_that_cannot_be_meant_is_refused_at_once(key, base_url):
    with pytest.raises(Misconfigured):
        StripeGateway(key, base_url=base_url)


@pytest.mark.parametrize(
    ("key", "livemode"), [("sk_live_abcdefgh", True), ("rk_live_abcdefgh", True), ("rk_test_abcdefgh", False)]
)
async def test_the_key_tells_the_mode(key, livemode):
    gateway = StripeGateway(key)

    assert gateway.livemode is livemode
    assert key not in repr(gateway)
    await gateway.aclose()
