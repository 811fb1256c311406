"""What Stripe's API promises and the gateway does not use yet: keys, lists, refunds, cancelling, events."""

from __future__ import annotations

import httpx
import pytest
from plain_http import PLAIN


def error(answer):
    return answer.json()["error"]


@pytest.mark.parametrize("given", [None, "Bearer sk_test_other", "Bearer", "Basic !!", "Digest x"])
def test_a_call_without_the_key_is_refused(sandbox, given):
    headers = {"Authorization": given} if given else {}

    for path in ("/v1/events", "/_control/books"):
        assert httpx.get(sandbox.url + path, headers=headers, **PLAIN).status_code == 401


def test_the_key_may_come_as_a_user_name(sandbox):
    answer = httpx.get(f"{sandbox.url}/v1/events", auth=(sandbox.key, ""), **PLAIN)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("verb", "path", "headers", "status"),
    [
        ("GET", "/v1/nothing", {}, 404),
        ("POST", "/v1/payment_intents", {}, 404),
        ("GET", "/v1/charges/ch_none", {}, 404),
        ("GET", "/v1/events", {"Stripe-Version": "2020-01-01"}, 400),
        ("GET", "/v1/events", {"Host": "evil.example"}, 400),
        ("GET", "/v1/events?limit=101", {}, 400),
        ("GET", "/v1/events?expand[]=request.x", {}, 400),
        ("GET", "/v1/events?starting_after=evt_none", {}, 404),
    ],
)
def test_what_cannot_be_answered_is_refused(sandbox, verb, path, headers, status):
    assert sandbox.http.request(verb, path, headers=headers).status_code == status


def test_a_body_without_end_is_refused(sandbox):
    assert sandbox.post("/v1/refunds", {"reason": "x" * 70_000}).status_code == 413


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"mode": "subscription"}, "mode"),
        ({"mode": None}, "mode"),
        ({"success_url": None}, "success_url"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"cancel_url": "nowhere"}, "cancel_url"),
        ({"customer_email": "ann"}, "customer_email"),
        ({"payment_method_types[0]": "paypal"}, "payment_method_types"),
        ({"metadata[a]": "x" * 501}, "metadata"),
        ({"line_items[0][quantity]": "0"}, "line_items[0]"),
        ({"line_items[0][price_data][unit_amount]": "-1"}, "line_items[0]"),
        ({"line_items[0][price_data][currency]": "euro"}, "line_items[0][price_data]"),
        ({"line_items[0][price_data][unit_amount]": "0"}, "line_items"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused_by_name(sandbox, session_form, changes, param):
    answer = sandbox.post("/v1/checkout/sessions", session_form(**changes))

    assert (answer.status_code, error(answer)["param"]) == (400, param)


def test_a_repeat_under_one_key_is_marked_and_identical(sandbox, session_form):
    form, key = session_form(), "repeat-1"

    first = sandbox.post("/v1/checkout/sessions", form, key=key)
    again = sandbox.post("/v1/checkout/sessions", form, key=key)

    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert "idempotent-replayed" not in first.headers


def test_a_key_is_forgotten_after_a_day(fresh, session_form):
    form = session_form()
    first = fresh.post("/v1/checkout/sessions", form, key="day-1").json()
    fresh.control("clock", offset_s=24 * 3600 + 2)

    again = fresh.post("/v1/checkout/sessions", form, key="day-1").json()

    assert again["id"] != first["id"]


def test_a_refusal_of_work_begun_is_kept(sandbox):
    session = sandbox.session()
    sandbox.post(f"/v1/checkout/sessions/{session['id']}/expire")

    first = sandbox.post(f"/v1/checkout/sessions/{session['id']}/expire", key="kept-1")
    again = sandbox.post(f"/v1/checkout/sessions/{session['id']}/expire", key="kept-1")

    assert (first.status_code, again.status_code) == (400, 400)
    assert again.headers["idempotent-replayed"] == "true"


def test_a_list_is_paged_newest_first(fresh):
    made = [fresh.session()["id"] for _ in range(4)]

    first = fresh.get("/v1/checkout/sessions", limit=2).json()
    second = fresh.get("/v1/checkout/sessions", limit=1, starting_after=made[1]).json()
    back = fresh.get("/v1/checkout/sessions", limit=2, ending_before=made[0]).json()

    assert [s["id"] for s in first["data"]] == [made[3], made[2]]
    assert first["has_more"]
    assert [s["id"] for s in second["data"]] == [made[0]]
    assert [s["id"] for s in back["data"]] == [made[2], made[1]]
    assert back["has_more"]


def test_a_list_is_narrowed_by_time_and_status(fresh):
    fresh.control("clock", offset_s=3000)
    late = fresh.session()

    found = fresh.get("/v1/checkout/sessions", **{"created[gte]": late["created"], "status": "open"}).json()["data"]
    none = fresh.get("/v1/checkout/sessions", **{"created[gt]": late["created"]}).json()["data"]

    assert ([s["id"] for s in found], none) == ([late["id"]], [])


def test_a_session_is_found_by_its_payment(sandbox):
    session = sandbox.paid_session()

    found = sandbox.get("/v1/checkout/sessions", payment_intent=session["payment_intent"]).json()["data"]

    assert [s["id"] for s in found] == [session["id"]]


def captured(sandbox):
    session = sandbox.paid_session()
    sandbox.post(f"/v1/payment_intents/{session['payment_intent']}/capture")
    return session


def test_refunds_never_exceed_what_was_taken(sandbox):
    session = captured(sandbox)
    intent = {"payment_intent": session["payment_intent"]}

    first = sandbox.post("/v1/refunds", intent | {"amount": "5000"})
    too_much = sandbox.post("/v1/refunds", intent | {"amount": "7001"})
    rest = sandbox.post("/v1/refunds", intent)
    again = sandbox.post("/v1/refunds", intent)

    assert (first.json()["amount"], rest.json()["amount"]) == (5000, 7000)
    assert (too_much.status_code, error(too_much)["param"]) == (400, "amount")
    assert (again.status_code, error(again)["code"]) == (400, "charge_already_refunded")
    (entry,) = sandbox.books(session["client_reference_id"])
    assert (entry["captured"], entry["refunded"], entry["net"]) == (12000, 12000, 0)
    assert entry["refunds"] == [first.json()["id"], rest.json()["id"]]
    assert sandbox.get(f"/v1/charges/{entry['charge']}").json()["refunded"] is True


def test_what_is_only_authorised_cannot_be_refunded(sandbox):
    session = sandbox.paid_session()

    assert sandbox.post("/v1/refunds", {"payment_intent": session["payment_intent"]}).status_code == 400


def test_a_cancelled_payment_costs_nothing(sandbox):
    session = sandbox.paid_session()

    answer = sandbox.post(
        f"/v1/payment_intents/{session['payment_intent']}/cancel", {"cancellation_reason": "requested_by_customer"}
    )
    capture = sandbox.post(f"/v1/payment_intents/{session['payment_intent']}/capture")

    assert answer.json()["status"] == "canceled"
    assert error(capture)["code"] == "payment_intent_unexpected_state"
    (entry,) = sandbox.books(session["client_reference_id"])
    assert (entry["voided"], entry["captured"], entry["net"]) == (True, 0, 0)


def test_the_payment_of_an_open_page_cannot_be_cancelled(sandbox):
    session = sandbox.session()
    sandbox.pay(session["url"], "4000 0000 0000 0002")
    intent = sandbox.get(f"/v1/checkout/sessions/{session['id']}").json()["payment_intent"]

    assert sandbox.post(f"/v1/payment_intents/{intent}/cancel").status_code == 400


def test_more_than_was_authorised_cannot_be_captured(sandbox):
    session = sandbox.paid_session()

    answer = sandbox.post(f"/v1/payment_intents/{session['payment_intent']}/capture", {"amount_to_capture": "12001"})

    assert (answer.status_code, error(answer)["code"]) == (400, "amount_too_large")


def test_an_authorisation_lapses_after_a_week(fresh):
    session = fresh.paid_session()

    fresh.control("clock", offset_s=7 * 24 * 3600 + 1)

    intent = fresh.get(f"/v1/payment_intents/{session['payment_intent']}").json()
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", "automatic")


def test_without_manual_capture_the_money_moves_at_once(sandbox):
    session = sandbox.paid_session(**{"payment_intent_data[capture_method]": "automatic"})

    assert (session["status"], session["payment_status"]) == ("complete", "paid")
    assert sandbox.books(session["client_reference_id"])[0]["captured"] == 12000


def test_events_tell_the_story_in_order(fresh):
    session = fresh.session()
    fresh.pay(session["url"], "4000 0000 0000 0002")
    fresh.pay(session["url"])

    events = fresh.get("/v1/events", limit=6).json()["data"][::-1]

    assert [event["type"] for event in events] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "checkout.session.completed",
    ]
    assert events[-1]["data"]["object"]["id"] == session["id"]
    only = fresh.get("/v1/events", type="checkout.session.completed", limit=1).json()["data"]
    assert only == events[-1:]


def test_an_event_names_the_request_that_caused_it(fresh):
    session = fresh.session()

    answer = fresh.post(f"/v1/checkout/sessions/{session['id']}/expire", key="cause-1")

    event = fresh.get("/v1/events", limit=1).json()["data"][0]
    assert event["type"] == "checkout.session.expired"
    assert event["request"] == {"id": answer.headers["request-id"], "idempotency_key": "cause-1"}


def test_expired_while_the_payer_stands_at_the_bank(sandbox):
    session = sandbox.session()
    step = sandbox.pay(session["url"], "4000 0025 0000 3155").headers["location"]
    sandbox.post(f"/v1/checkout/sessions/{session['id']}/expire")

    answer = httpx.post(sandbox.url + step, data={"verdict": "approve"}, **PLAIN)

    assert answer.status_code == 410
    assert sandbox.books(session["client_reference_id"]) == []
    body = sandbox.get(f"/v1/checkout/sessions/{session['id']}", **{"expand[]": "payment_intent"}).json()
    assert (body["status"], body["payment_intent"]["status"]) == ("expired", "canceled")


def test_a_tester_can_pay_without_a_browser(sandbox):
    session = sandbox.session()

    assert sandbox.control("pay", session=session["id"]) == {"outcome": "paid"}

    assert sandbox.get(f"/v1/checkout/sessions/{session['id']}").json()["status"] == "complete"


@pytest.mark.parametrize("body", ['{"kind": "explode"}', "{", '{"kind": "lose", "x": 1}'])
def test_a_switch_that_does_not_exist_is_refused(sandbox, body):
    assert sandbox.http.post("/_control/faults", content=body).status_code == 400


def test_a_dropped_call_leaves_nothing(sandbox, session_form):
    form = session_form()
    sandbox.control("faults", kind="drop")

    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.post("/v1/checkout/sessions", form)

    listed = sandbox.get("/v1/checkout/sessions", limit=100).json()["data"]
    assert form["client_reference_id"] not in [s["client_reference_id"] for s in listed]


def test_an_account_begun_anew_knows_nothing_of_before(fresh):
    session = fresh.session()
    fresh.pay(session["url"], "4242 4242 4242 4242")
    assert 1 == len(fresh.books(session["client_reference_id"]))

    fresh.http.delete("/_control/books").raise_for_status()

    assert [] == fresh.books(session["client_reference_id"])
    assert [] == fresh.get("/v1/events", limit=100).json()["data"]
    assert 404 == fresh.get(f"/v1/checkout/sessions/{session['id']}").status_code
