"""Which part of Stripe's document the sandbox serves, and who serves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.sandbox import disputes, listing, payments, refunds, sessions
from engine.sandbox.problems import StripeProblem
from engine.sandbox.stripe_state import State

Params = dict[str, Any]
#: Takes the account, what was asked, and what the path names; answers the body of a 200.
Handler = Callable[[State, Params, dict[str, str]], dict[str, Any]]


def _same(params: Params, *names: str) -> Callable[[dict[str, Any]], bool]:
    asked = {name: params[name] for name in names if name in params}
    return lambda body: all(body[name] == value for name, value in asked.items())


def _create_session(state: State, params: Params, _: dict[str, str]) -> dict[str, Any]:
    return sessions.create(state, params)


def _sessions(state: State, params: Params, _: dict[str, str]) -> dict[str, Any]:
    same = _same(params, "payment_intent", "status")
    return listing.page(state, sessions.KIND, "/v1/checkout/sessions", params, same)


def _session(state: State, _: Params, ids: dict[str, str]) -> dict[str, Any]:
    return state.find(sessions.KIND, ids["session"], "session").body


def _expire(state: State, _: Params, ids: dict[str, str]) -> dict[str, Any]:
    return sessions.expire(state, state.find(sessions.KIND, ids["session"], "session"))


def _line_items(state: State, _: Params, ids: dict[str, str]) -> dict[str, Any]:
    return sessions.line_items(state.find(sessions.KIND, ids["session"], "session"))


def _intents(state: State, params: Params, _: dict[str, str]) -> dict[str, Any]:
    return listing.page(state, "payment_intent", "/v1/payment_intents", params, lambda _: True)


def _search_intents(state: State, params: Params, _: dict[str, str]) -> dict[str, Any]:
    return listing.search(state, "payment_intent", "/v1/payment_intents/search", params)


def _intent(state: State, _: Params, ids: dict[str, str]) -> dict[str, Any]:
    return state.find("payment_intent", ids["intent"], "intent").body


def _capture(state: State, params: Params, ids: dict[str, str]) -> dict[str, Any]:
    return payments.capture(state, state.find("payment_intent", ids["intent"], "intent"), params)


def _cancel(state: State, params: Params, ids: dict[str, str]) -> dict[str, Any]:
    return payments.cancel(state, state.find("payment_intent", ids["intent"], "intent"), params)


def _charge(state: State, _: Params, ids: dict[str, str]) -> dict[str, Any]:
    return state.find("charge", ids["charge"], "charge").body


def _create_refund(state: State, params: Params, _: dict[str, str]) -> dict[str, Any]:
    sessions.check_tags(params.get("metadata"), "metadata")
    return refunds.refund(state, params)


def _refunds(state: State, params: Params, _: dict[str, str]) -> dict[str, Any]:
    return listing.page(state, "refund", "/v1/refunds", params, _same(params, "charge", "payment_intent"))


def _refund(state: State, _: Params, ids: dict[str, str]) -> dict[str, Any]:
    return state.find("refund", ids["refund"], "refund").body


def _disputes(state: State, params: Params, _: dict[str, str]) -> dict[str, Any]:
    return listing.page(state, disputes.KIND, "/v1/disputes", params, _same(params, "charge", "payment_intent"))


def _dispute(state: State, _: Params, ids: dict[str, str]) -> dict[str, Any]:
    return state.find(disputes.KIND, ids["dispute"], "dispute").body


def _events(state: State, params: Params, _: dict[str, str]) -> dict[str, Any]:
    types = params.get("types", [params["type"]] if "type" in params else None)
    return listing.page(state, "event", "/v1/events", params, lambda body: types is None or body["type"] in types)


def _event(state: State, _: Params, ids: dict[str, str]) -> dict[str, Any]:
    return state.find("event", ids["id"], "id").body


SERVED: Mapping[str, Handler] = {
    "PostCheckoutSessions": _create_session,
    "GetCheckoutSessions": _sessions,
    "GetCheckoutSessionsSession": _session,
    "PostCheckoutSessionsSessionExpire": _expire,
    "GetCheckoutSessionsSessionLineItems": _line_items,
    "GetPaymentIntents": _intents,
    "GetPaymentIntentsSearch": _search_intents,
    "GetPaymentIntentsIntent": _intent,
    "PostPaymentIntentsIntentCapture": _capture,
    "PostPaymentIntentsIntentCancel": _cancel,
    "GetChargesCharge": _charge,
    "PostRefunds": _create_refund,
    "GetRefunds": _refunds,
    "GetRefundsRefund": _refund,
    "GetDisputes": _disputes,
    "GetDisputesDispute": _dispute,
    "GetEvents": _events,
    "GetEventsId": _event,
}
#: What a restricted key may do, as a firm's desks get it: Checkout Sessions write, PaymentIntents read.
RESTRICTED = frozenset(
    {
        "PostCheckoutSessions",
        "GetCheckoutSessions",
        "GetCheckoutSessionsSession",
        "PostCheckoutSessionsSessionExpire",
        "GetCheckoutSessionsSessionLineItems",
        "GetPaymentIntents",
        "GetPaymentIntentsSearch",
        "GetPaymentIntentsIntent",
    }
)


def handler(served: Mapping[str, Handler], name: str) -> Handler:
    """Raises: StripeProblem, for an operation that Stripe has and the sandbox has not."""
    if name not in served:
        raise StripeProblem(f"The sandbox does not serve {name}.", status=404)
    return served[name]
