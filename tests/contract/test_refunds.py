"""Refunds that the sandbox's bank thinks about, and the key that may not give any."""

from __future__ import annotations

import httpx
import pytest
import pytest_asyncio
from plain_http import PLAIN

from engine.adapters.stripe.gateway import StripeGateway
from engine.domain.booking.belief import Capture, GiveBack, OpenPage, VoidPayment
from engine.domain.money.money import Money
from engine.domain.money.payment import PageStatus, Refund, RefundState
from engine.domain.shared.errors import Forbidden

DESK_KEY = "rk_test_" + "d3sk" * 4


@pytest.fixture
def captured(sandbox):
    session = sandbox.paid_session()
    sandbox.post(f"/v1/payment_intents/{session['payment_intent']}/capture")
    return session


def refund(sandbox, session, outcome, **asked):
    sandbox.control("refunds", outcome=outcome)
    answer = sandbox.post("/v1/refunds", {"payment_intent": session["payment_intent"]} | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def books(sandbox, session):
    (entry,) = sandbox.books(session["client_reference_id"])
    return entry


def kinds(sandbox, refund):
    """Events about the refund, oldest first."""
    events = sandbox.get("/v1/events", limit=100).json()["data"][::-1]
    return [event["type"] for event in events if event["data"]["object"]["id"] == refund["id"]]


def test_a_pending_refund_counts_until_the_bank_says_no(sandbox, captured):
    pending = refund(sandbox, captured, "pending", amount="5000")
    before = books(sandbox, captured)

    failed = sandbox.control(f"refunds/{pending['id']}", status="failed")

    after = books(sandbox, captured)
    assert (pending["status"], before["refunded"], before["refunds"]) == ("pending", 5000, [pending["id"]])
    assert (failed["status"], after["refunded"], after["net"], after["refunds"]) == ("failed", 0, 12000, [])
    assert after["failed_refunds"] == [pending["id"]]
    assert sandbox.get(f"/v1/refunds/{pending['id']}").json() == failed
    assert sandbox.get(f"/v1/charges/{after['charge']}").json()["amount_refunded"] == 0
    assert kinds(sandbox, pending) == ["refund.created", "refund.failed", "refund.updated", "charge.refund.updated"]


def test_a_pending_refund_arrives(sandbox, captured):
    pending = refund(sandbox, captured, "pending")

    done = sandbox.control(f"refunds/{pending['id']}", status="succeeded")

    assert done["status"] == "succeeded"
    assert "pending_reason" not in done
    assert books(sandbox, captured)["net"] == 0
    assert kinds(sandbox, pending) == ["refund.created", "refund.updated", "charge.refund.updated"]


def test_a_refund_that_fails_at_once_leaves_the_money_where_it_is(sandbox, captured):
    failed = refund(sandbox, captured, "failed")

    assert failed["status"] == "failed"
    assert books(sandbox, captured)["net"] == 12000


def test_the_switch_is_for_one_refund(sandbox, captured):
    first = refund(sandbox, captured, "pending", amount="1000")

    second = sandbox.post("/v1/refunds", {"payment_intent": captured["payment_intent"], "amount": "1000"}).json()

    assert (first["status"], second["status"]) == ("pending", "succeeded")


def test_after_a_failure_the_same_money_can_be_given_back_again(sandbox, captured):
    refund(sandbox, captured, "failed")

    again = sandbox.post("/v1/refunds", {"payment_intent": captured["payment_intent"]}).json()

    assert (again["status"], again["amount"]) == ("succeeded", 12000)
    assert books(sandbox, captured)["refunds"] == [again["id"]]


@pytest.mark.parametrize("body", [{"status": "pending"}, {"status": "succeeded", "x": 1}, {}])
def test_a_verdict_that_is_none_is_refused(sandbox, captured, body):
    pending = refund(sandbox, captured, "pending")

    assert sandbox.http.post(f"/_control/refunds/{pending['id']}", json=body).status_code == 400
    assert sandbox.http.post("/_control/refunds", json={"outcome": "maybe"}).status_code == 400


def test_a_refund_that_was_done_may_come_back_from_the_bank_and_then_it_is_over(sandbox, captured):
    done = refund(sandbox, captured, "succeeded", amount="5000")

    failed = sandbox.control(f"refunds/{done['id']}", status="failed")

    assert (failed["status"], books(sandbox, captured)["net"]) == ("failed", 12000)
    for status in ("failed", "succeeded"):
        assert sandbox.http.post(f"/_control/refunds/{done['id']}", json={"status": status}).status_code == 400


def test_the_bank_says_yes_once(sandbox, captured):
    done = refund(sandbox, captured, "succeeded")

    assert sandbox.http.post(f"/_control/refunds/{done['id']}", json={"status": "succeeded"}).status_code == 400
    assert sandbox.http.post("/_control/refunds/re_none", json={"status": "failed"}).status_code == 404


@pytest.mark.asyncio
async def test_the_gateway_tells_each_state_of_a_refund(gateway, sandbox, captured):
    intent, amount = captured["payment_intent"], Money(12000, "EUR")
    sandbox.control("refunds", outcome="pending")
    pending = await gateway.refund(GiveBack(intent, amount, f"rf:{intent}", ()))
    sandbox.control(f"refunds/{pending.refund_id}", status="failed")

    replayed = await gateway.refund(GiveBack(intent, amount, f"rf:{intent}", ()))

    assert (pending.status, replayed.status) == ("pending", "failed")
    assert [RefundState.PENDING, RefundState.FAILED] == [
        Refund(amount).told(facts).state for facts in (pending, replayed)
    ]
    assert await gateway.refunds(intent) == [replayed]


@pytest.fixture
def two_keys(new_sandbox, hands):
    """A sandbox with a desk's key beside the full one, and hands that hold the full one."""
    full = "sk_test_" + "0ffice" * 3
    process = new_sandbox(key=f"{full}\n{DESK_KEY}")
    process.key_file.write_text(full)  # what hands() reads
    return hands(process)


@pytest_asyncio.fixture
async def desk(two_keys):
    gateway = StripeGateway(DESK_KEY, base_url=two_keys.url, retries=0)
    yield gateway
    await gateway.aclose()


@pytest.mark.asyncio
async def test_a_desks_key_opens_looks_and_closes(desk, order, two_keys):
    asked = order()
    page = await desk.open_page(OpenPage(desk.freeze(asked), "co:1"))
    other = await desk.open_page(OpenPage(desk.freeze(order()), "co:2"))
    two_keys.pay(page.url)
    await desk.close_page(other.session_id)

    page = await desk.page(page.session_id)

    assert page.secured
    assert (await desk.intent(page.payment_intent)).status == "requires_capture"
    assert (await desk.page(other.session_id)).status is PageStatus.EXPIRED
    ours = await desk.pages_created(asked.expires_at.replace(year=2000), asked.expires_at)
    assert {each.session_id for each in ours} == {page.session_id, other.session_id}


@pytest.mark.asyncio
async def test_a_desks_key_moves_no_money(desk, order, two_keys):
    asked = order()
    page = await desk.open_page(OpenPage(desk.freeze(asked), "co:1"))
    two_keys.pay(page.url)
    intent = (await desk.page(page.session_id)).payment_intent

    for ask in (
        desk.capture(Capture(intent, asked.amount, "cap")),
        desk.void(VoidPayment(intent, "void")),
        desk.refund(GiveBack(intent, asked.amount, "rf", ())),
        desk.refunds(intent),
    ):
        with pytest.raises(Forbidden):
            await ask

    (entry,) = two_keys.books(asked.booking_id)
    assert (entry["captured"], entry["voided"]) == (0, False)


@pytest.mark.parametrize(
    ("path", "status"), [("/_control/books", 403), ("/v1/events", 403), ("/v1/nothing", 403), ("/v1/refunds", 403)]
)
def test_other_doors_are_closed_to_a_desks_key(two_keys, path, status):
    answer = httpx.get(two_keys.url + path, headers={"Authorization": f"Bearer {DESK_KEY}"}, **PLAIN)

    assert answer.status_code == status
    assert DESK_KEY not in answer.text
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "keys",
    [
        "sk_test_abcdefgh1\nsk_test_abcdefgh2",
        "sk_test_abcdefgh1 rk_test_abcdefgh2 rk_test_abcdefgh3",
        "sk_test_abcdefgh1\nrk_live_abcdefgh2",
    ],
)
def test_keys_that_make_no_pair_are_refused(new_sandbox, keys):
    code, out, err = new_sandbox(key=keys).end()

    assert (code, out) == (1, "")
    assert "key" in err
    assert not any(key in err for key in keys.split())
