"""The sandbox held to Stripe's own document, from outside, and the document seen to catch what it must."""

from __future__ import annotations

import copy

import httpx
import pytest
import pytest_asyncio

from engine.adapters.stripe.gateway import STRIPE_VERSION
from engine.sandbox.api import Keys
from engine.sandbox.document import Document, DocumentBroken
from engine.sandbox.operations import SERVED
from engine.sandbox.stripe_app import build

KEY = "sk_test_d0cument"


@pytest.fixture(scope="module")
def document():
    return Document()


@pytest.fixture
def exercised(sandbox):
    """One answer of each operation, taken from the life of three payments."""
    kept, voided, closed = sandbox.paid_session(), sandbox.paid_session(), sandbox.session()
    intent = kept["payment_intent"]
    captured = sandbox.post(f"/v1/payment_intents/{intent}/capture", {"amount_to_capture": "12000"})
    charge = captured.json()["latest_charge"]
    refund = sandbox.post("/v1/refunds", {"payment_intent": intent, "amount": "500", "metadata[why]": "late"})
    dispute = sandbox.control("disputes", payment_intent=intent)["id"]
    event = sandbox.get("/v1/events").json()["data"][0]["id"]
    everything = {"expand[]": ["payment_intent.latest_charge", "line_items"]}
    return {
        "PostCheckoutSessions": closed,
        "GetCheckoutSessions": sandbox.get("/v1/checkout/sessions", **{"expand[]": "data.payment_intent"}),
        "GetCheckoutSessionsSession": sandbox.get(f"/v1/checkout/sessions/{kept['id']}", **everything),
        "PostCheckoutSessionsSessionExpire": sandbox.post(f"/v1/checkout/sessions/{closed['id']}/expire"),
        "GetCheckoutSessionsSessionLineItems": sandbox.get(f"/v1/checkout/sessions/{kept['id']}/line_items"),
        "GetPaymentIntents": sandbox.get("/v1/payment_intents"),
        "GetPaymentIntentsSearch": sandbox.get(
            "/v1/payment_intents/search", query=f"metadata['booking']:'{kept['client_reference_id']}'"
        ),
        "GetPaymentIntentsIntent": sandbox.get(f"/v1/payment_intents/{intent}", **{"expand[]": "latest_charge"}),
        "PostPaymentIntentsIntentCapture": captured,
        "PostPaymentIntentsIntentCancel": sandbox.post(f"/v1/payment_intents/{voided['payment_intent']}/cancel"),
        "GetChargesCharge": sandbox.get(f"/v1/charges/{charge}", **{"expand[]": "payment_intent"}),
        "PostRefunds": refund,
        "GetRefunds": sandbox.get("/v1/refunds", charge=charge),
        "GetRefundsRefund": sandbox.get(f"/v1/refunds/{refund.json()['id']}", **{"expand[]": "charge"}),
        "GetDisputes": sandbox.get("/v1/disputes", payment_intent=intent, **{"expand[]": "data.charge"}),
        "GetDisputesDispute": sandbox.get(f"/v1/disputes/{dispute}", **{"expand[]": "charge"}),
        "GetEvents": sandbox.get("/v1/events", limit=100),
        "GetEventsId": sandbox.get(f"/v1/events/{event}"),
    }


def operation(document, name):
    return next(o for o in document._operations if o.name == name)


def test_every_operation_answers_what_the_document_allows(exercised, document):
    assert exercised.keys() == SERVED.keys()
    for name, answer in exercised.items():
        body = answer if isinstance(answer, dict) else answer.json()
        document.judge(operation(document, name), body)


def test_every_event_carries_what_the_document_says(exercised, document):
    events = exercised["GetEvents"].json()["data"]

    for event in events:
        document.judge_object(document.object_of(event["type"]), event["data"]["object"])
    assert {"checkout.session.completed", "charge.captured", "refund.created"} <= {event["type"] for event in events}


def without(body, name):
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda body: without(body, "id"), id="a field is missing"),
        pytest.param(lambda body: body | {"colour": "red"}, id="a field too many"),
        pytest.param(lambda body: body | {"amount_total": "12000"}, id="a number as text"),
        pytest.param(lambda body: body | {"status": "maybe"}, id="a status nobody knows"),
        pytest.param(lambda body: body | {"automatic_tax": {"enabled": False, "x": 1}}, id="too many inside"),
        pytest.param(lambda body: body | {"payment_intent": {"id": "pi_1"}}, id="half an expanded object"),
    ],
)
def test_a_broken_answer_is_caught(sandbox, document, broken):
    session = sandbox.session()

    with pytest.raises(DocumentBroken):
        document.judge(operation(document, "PostCheckoutSessions"), broken(copy.deepcopy(session)))


def test_the_gateway_and_the_document_are_of_one_version(document):
    assert document.version == STRIPE_VERSION


@pytest_asyncio.fixture
async def with_a_bug(tmp_path, session_form):
    """A sandbox whose sessions lack their status, in this process."""

    def careless(state, params, ids):
        return without(SERVED["PostCheckoutSessions"](state, params, ids), "mode")

    app = build(tmp_path / "state.db", Keys(KEY), "http://127.0.0.1", {**SERVED, "PostCheckoutSessions": careless})
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        client.headers["Authorization"] = f"Bearer {KEY}"
        yield client


@pytest.mark.asyncio
async def test_a_bug_of_the_sandbox_is_told_logged_and_undone(with_a_bug, session_form, caplog):
    answer = await with_a_bug.post("/v1/checkout/sessions", data=session_form())

    assert answer.status_code == 500
    assert "'mode' is a required property" in answer.json()["error"]["message"]
    assert "broke Stripe's document" in caplog.text
    assert (await with_a_bug.get("/v1/checkout/sessions")).json()["data"] == []
