"""Checkout Sessions: made, looked at, expired."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidMoney
from engine.sandbox import amounts, payments, templates
from engine.sandbox.problems import StripeProblem, refused
from engine.sandbox.store import Record
from engine.sandbox.stripe_state import State, new_id

KIND = "checkout.session"
_SHORTEST_S, _LONGEST_S = 30 * 60, 24 * 60 * 60
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SECRET_LENGTH = 58
_MAX_TAGS, _MAX_TAG_NAME, _MAX_TAG_VALUE = 50, 40, 500


def create(state: State, params: dict[str, Any]) -> dict[str, Any]:
    _must_be_served(params)
    _check_fields(params)
    now = state.now()
    items = _line_items(params, now)
    expires_at = params.get("expires_at", now + _LONGEST_S)
    _check_expiry(expires_at - now)
    key, secret = new_id("cs_test_", _SECRET_LENGTH), new_id("", _SECRET_LENGTH)
    body = templates.session(
        params,
        id=key,
        amount=sum(item["amount_total"] for item in items),
        currency=items[0]["currency"],
        created=now,
        expires_at=expires_at,
        url=page_url(state, secret),
    )
    hidden = {"line_items": items, "payment_intent_data": params.get("payment_intent_data", {})}
    state.store.add(Record(key, KIND, body, hidden, due=expires_at, secret=secret))
    return body


def page_url(state: State, secret: str) -> str:
    return f"{state.base_url}/c/pay/{secret}"


def expire(state: State, session: Record) -> dict[str, Any]:
    """Raises: StripeProblem, when it is not open."""
    if session.body["status"] != "open":
        raise refused(
            "Only Checkout Sessions with a status in ['open'] can be expired. "
            f"This Checkout Session has a status of '{session.body['status']}'."
        )
    session = state.change(session, status="expired", url=None)
    payments.abandon(state, session)
    state.tell("checkout.session.expired", session.body)
    return session.body


def line_items(session: Record) -> dict[str, Any]:
    url = f"/v1/checkout/sessions/{session.id}/line_items"
    return {"object": "list", "data": session.hidden["line_items"], "has_more": False, "url": url}


def moved(state: State) -> None:
    """Give open sessions their address again after a start on another port."""
    for session in list(state.store.all(KIND)):
        if session.body["status"] == "open" and session.secret:
            state.change(session, due=session.due, url=page_url(state, session.secret))


def _must_be_served(params: dict[str, Any]) -> None:
    """Raises: StripeProblem, for what Stripe can do and this sandbox cannot."""
    served = {"mode": ("payment",), "payment_method_types": (["card"],), "ui_mode": ("hosted_page",)}
    for name, values in served.items():
        if params.get(name, values[0]) not in values:
            raise StripeProblem(f"The sandbox serves only {name}={values[0]}", param=name)
    for name in ("mode", "line_items", "success_url"):
        if not params.get(name):
            raise StripeProblem(f"Missing required param: {name}.", code="parameter_missing", param=name)


def _check_fields(params: dict[str, Any]) -> None:
    for name in ("success_url", "cancel_url"):
        url = urlsplit(params.get(name, "https://none.invalid"))
        if url.scheme not in {"http", "https"} or not url.netloc:
            raise StripeProblem("Not a valid URL", code="url_invalid", param=name)
    email = params.get("customer_email")
    if email is not None and not _EMAIL.fullmatch(email):
        raise StripeProblem(f"Invalid email address: {email}", code="email_invalid", param="customer_email")
    check_tags(params.get("metadata"), "metadata")
    check_tags(params.get("payment_intent_data", {}).get("metadata"), "payment_intent_data[metadata]")


def check_tags(tags: dict[str, str] | str | None, param: str) -> None:
    """Stripe's limits on metadata, which its document does not tell for requests."""
    if not isinstance(tags, dict):
        return
    too_long = any(len(name) > _MAX_TAG_NAME or len(value) > _MAX_TAG_VALUE for name, value in tags.items())
    if len(tags) > _MAX_TAGS or too_long:
        raise StripeProblem("Metadata is limited to 50 keys of 40 and values of 500 characters", param=param)


def _check_expiry(seconds: int) -> None:
    if not _SHORTEST_S <= seconds <= _LONGEST_S:
        limit = "at least 30 minutes" if seconds < _SHORTEST_S else "less than 24 hours"
        raise StripeProblem(
            f"The `expires_at` timestamp must be {limit} from Checkout Session creation.", param="expires_at"
        )


def _line_items(params: dict[str, Any], now: int) -> list[dict[str, Any]]:
    items = [_line_item(item, f"line_items[{at}]", now) for at, item in enumerate(params["line_items"])]
    if len({item["currency"] for item in items}) > 1:
        raise StripeProblem("All prices on a Checkout Session must have the same currency.", param="line_items")
    refused = amounts.refusal(sum(item["amount_total"] for item in items), items[0]["currency"])
    if refused is not None:
        code, sentence = refused
        raise StripeProblem(sentence, code=code, param="line_items")
    return items


def _line_item(item: dict[str, Any], param: str, now: int) -> dict[str, Any]:
    price = item.get("price_data", {})
    for name, value in (("price_data", price), ("quantity", item.get("quantity"))):
        if not value:
            raise StripeProblem(f"Missing required param: {param}[{name}].", code="parameter_missing", param=param)
    for name in ("unit_amount", "product_data"):
        if name not in price:
            raise StripeProblem(
                f"Missing required param: {param}[price_data][{name}].", code="parameter_missing", param=param
            )
    try:
        Money(price["unit_amount"], price["currency"].upper())
    except InvalidMoney as problem:
        raise StripeProblem(f"Invalid currency: {price['currency']}", param=f"{param}[price_data]") from problem
    if price["unit_amount"] < 0 or item["quantity"] < 0:
        raise StripeProblem("Invalid non-negative integer", code="parameter_invalid_integer", param=param)
    return templates.line_item(new_id(""), item, price, now)
