"""Which webhooks are believed, and what they are about."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import WebhookSignature

from engine.adapters.stripe.gateway import StripeGateway
from engine.domain.money.payment import StripeNews
from engine.domain.shared.errors import Forbidden

SECRET = "whsec_" + "n3ws" * 8
NOW = datetime(2026, 11, 23, 12, 0, 0, 400_000, UTC)


def gateway_with(secret=SECRET):
    return StripeGateway("rk_test_abcdefgh", base_url="http://127.0.0.1:9", webhook_secret=secret)


GATEWAY = gateway_with()


def event(kind="checkout.session.completed", *, livemode=False, **subject):
    known = {"id": "cs_1", "client_reference_id": "b1", "metadata": {"booking": "b1", "attempt": "1"}} | subject
    body = {"id": "evt_1", "object": "event", "type": kind, "livemode": livemode, "data": {"object": known}}
    return json.dumps(body, indent=2).encode()


def signed(body, at=NOW, secret=SECRET, scheme="v1"):
    stamp = int(at.timestamp())
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},{scheme}={mac}"


@pytest.mark.parametrize(
    ("kind", "subject", "expected"),
    [
        ("checkout.session.completed", {}, ("b1", "cs_1")),
        ("checkout.session.async_payment_succeeded", {}, ("b1", "cs_1")),
        ("checkout.session.async_payment_failed", {}, ("b1", "cs_1")),
        ("checkout.session.expired", {}, ("b1", "cs_1")),
        ("checkout.session.completed", {"metadata": {}}, ("", "cs_1")),
        ("checkout.session.completed", {"client_reference_id": None}, ("", "cs_1")),
        ("payment_intent.amount_capturable_updated", {"id": "pi_1"}, ("b1", "")),
        ("payment_intent.canceled", {"id": "pi_1", "metadata": {}}, ("", "")),
        ("charge.refunded", {"id": "ch_1"}, ("b1", "")),
        ("charge.refund.updated", {"id": "re_1"}, ("b1", "")),
        ("refund.failed", {"id": "re_1"}, ("b1", "")),
        ("refund.updated", {"id": "re_1", "metadata": None}, ("", "")),
        ("customer.created", {}, ("", "")),
        ("invented.by.stripe.tomorrow", {"id": None, "metadata": 5}, ("", "")),
    ],
)
def test_an_event_tells_which_booking_it_is_about(kind, subject, expected):
    body = event(kind, **subject)

    assert GATEWAY.news(body, signed(body), NOW) == StripeNews("evt_1", kind, *expected)


def test_an_event_of_the_other_mode_is_about_nothing_of_ours():
    body = event(livemode=True)

    assert GATEWAY.news(body, signed(body), NOW).booking_id == ""


def test_stripes_own_signature_is_believed():
    body = event()
    header = WebhookSignature.generate_signature_header(body.decode(), SECRET, int(NOW.timestamp()))

    assert GATEWAY.news(body, header, NOW).booking_id == "b1"


def test_while_secrets_are_exchanged_one_of_two_signatures_is_enough():
    body = event()
    old = signed(body, secret="whsec_" + "0ld" * 8)
    header = f"{old},{signed(body).partition(',')[2]},v0=ab"

    assert GATEWAY.news(body, header, NOW).booking_id == "b1"


BODY = event()
RIGHT = signed(BODY)
STAMP, MAC = RIGHT.split(",")


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="none"),
        pytest.param("t=,v1=", id="empty"),
        pytest.param("nonsense", id="nonsense"),
        pytest.param(STAMP, id="no signature"),
        pytest.param(MAC, id="no stamp"),
        pytest.param(signed(BODY, secret="whsec_other"), id="another secret"),
        pytest.param(signed(BODY, secret=""), id="an empty secret"),
        pytest.param(signed(BODY, scheme="v0"), id="another scheme"),
        pytest.param(f"{STAMP},{STAMP},{MAC}", id="two stamps"),
        pytest.param(f"t=-1,{MAC}", id="before 1970"),
        pytest.param(f"t={'9' * 40},{MAC}", id="no time at all"),
        pytest.param(f"t=\u0661,{MAC}", id="another script's digits"),
        pytest.param(f"{STAMP},v1=\u00e9", id="not ascii"),
        pytest.param(RIGHT.upper(), id="upper case"),
    ],
)
def test_a_header_that_proves_nothing_is_refused(header):
    with pytest.raises(Forbidden):
        GATEWAY.news(BODY, header, NOW)


@pytest.mark.parametrize(
    ("age", "believed"),
    [
        (timedelta(0), True),
        (timedelta(seconds=300), True),
        (timedelta(seconds=301), False),
        (timedelta(days=1), False),
        (timedelta(seconds=-1), True),
        (timedelta(seconds=-2), False),
        (timedelta(hours=-1), False),
        (timedelta(days=-365), False),
    ],
)
def test_a_stamp_is_at_most_five_minutes_old_and_not_of_the_future(age, believed):
    now = NOW.replace(microsecond=0)
    header = signed(BODY, at=now - age)

    if believed:
        assert GATEWAY.news(BODY, header, now).booking_id == "b1"
    else:
        with pytest.raises(Forbidden):
            GATEWAY.news(BODY, header, now)


def test_without_a_secret_nothing_is_believed():
    with pytest.raises(Forbidden):
        gateway_with("").news(BODY, signed(BODY, secret=""), NOW)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_is_noticed(at, by):
    changed = bytearray(BODY)
    changed[at] = changed[at] ^ by

    with pytest.raises(Forbidden):
        GATEWAY.news(bytes(changed), RIGHT, NOW)


@given(st.binary(max_size=60) | st.recursive(st.none() | st.text(max_size=5), st.lists, max_leaves=5).map(
    lambda tree: json.dumps(tree).encode()
))  # fmt: skip
def test_a_signed_body_that_is_no_event_is_refused(body):
    with pytest.raises(Forbidden):
        GATEWAY.news(body, signed(body), NOW)


def test_the_secret_does_not_show():
    assert SECRET not in repr(GATEWAY)
