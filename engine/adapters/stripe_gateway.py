"""Stripe through stripe-python: what the port asks for, in Stripe's words, and its answers in ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import msgspec
import stripe
from stripe import HTTPXClient, StripeClient

from engine.domain.errors import Forbidden, InvalidMoney, Misconfigured, PaymentMismatch, PaymentRefused, Unavailable
from engine.domain.money import Money
from engine.domain.payment import IntentFacts, PageFacts, PageOrder, PageStatus

#: The version of Stripe's document in ``resources/stripe``; the sandbox speaks no other.
STRIPE_VERSION = "2026-05-27.dahlia"
_KEY = re.compile(r"(?:sk|rk)_(test|live)_[A-Za-z0-9_]+")
_NO_KEY = "rk_test_none"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# The library would report timings and the machine's description of a firm's desks to Stripe.
stripe.enable_telemetry = False


class _Intent(msgspec.Struct):
    id: str
    status: str
    amount: int
    currency: str
    amount_received: int = 0
    latest_charge: str | None = None


class _Session(msgspec.Struct):
    id: str
    status: str
    payment_status: str
    amount_total: int
    currency: str
    livemode: bool
    expires_at: int
    url: str | None = None
    client_reference_id: str | None = None
    payment_intent: _Intent | None = None
    metadata: dict[str, str] = {}


class _DirectHTTPXClient(HTTPXClient):
    """Never through a proxy: a desk's proxy cannot reach this machine's loopback."""

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout, verify_ssl_certs=False)
        self._client_async = httpx.AsyncClient(trust_env=False)


class StripeGateway:
    """PaymentGateway with a secret or restricted key.

    Args:
        key: Empty for a desk that prepares payments and leaves every step at Stripe to others (Forbidden).
        base_url: The local sandbox; None is Stripe itself.
        timeout: Limit for one try of one request.
        retries: More tries after a lost connection, 409 or 5xx, all under the same idempotency key.

    Raises:
        Misconfigured: The text is no key, or a live key is to be sent to a sandbox, or the sandbox is not local.
    """

    def __init__(
        self,
        key: str,
        *,
        base_url: str | None = None,
        timeout: timedelta = timedelta(seconds=20),
        retries: int = 2,
    ) -> None:
        kind = _KEY.fullmatch(key or _NO_KEY)
        if not kind:
            raise Misconfigured("The Stripe key must begin with sk_test_, rk_test_, sk_live_ or rk_live_.")
        self._livemode = kind[1] == "live"
        self._base_url = base_url
        if base_url is not None:
            self._must_be_sandbox(base_url)
        seconds = timeout.total_seconds()
        self._http = HTTPXClient(timeout=seconds) if base_url is None else _DirectHTTPXClient(seconds)
        self._keyless = not key
        self._client = StripeClient(
            key or _NO_KEY,
            http_client=self._http,
            max_network_retries=retries,
            base_addresses={"api": base_url} if base_url else {},
            stripe_version=STRIPE_VERSION,
        )

    def __repr__(self) -> str:
        return f"StripeGateway({'live' if self._livemode else 'test'}, {self._base_url or 'stripe'})"

    @property
    def livemode(self) -> bool:
        return self._livemode

    def freeze(self, order: PageOrder) -> str:
        if not order.amount.chargeable:
            raise InvalidMoney(f"Stripe cannot charge {order.amount}")
        tags = {"booking": order.booking_id, "attempt": str(order.attempt)}
        price = {
            "currency": order.amount.currency.lower(),
            "unit_amount": order.amount.minor,
            "product_data": {"name": order.title},
        }
        request = {
            "mode": "payment",
            "payment_method_types": ["card"],
            "line_items": [{"quantity": 1, "price_data": price}],
            "client_reference_id": order.booking_id,
            "metadata": tags,
            "payment_intent_data": {"capture_method": "manual", "metadata": tags},
            "customer_email": order.renter_email,
            "expires_at": int(order.expires_at.timestamp()),
            "success_url": order.return_url,
        }
        return json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def refreeze(self, request: str, attempt: int, expires_at: datetime) -> str:
        again = json.loads(request)
        again["expires_at"] = int(expires_at.timestamp())
        for tags in (again["metadata"], again["payment_intent_data"]["metadata"]):
            tags["attempt"] = str(attempt)
        return json.dumps(again, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    async def open_page(self, request: str, key: str) -> PageFacts:
        with self._asking():
            session = await self._client.v1.checkout.sessions.create_async(
                json.loads(request), {"idempotency_key": key}
            )
        # A replayed create answers what was true the first time; only a retrieve tells what is true now.
        return await self.page(session.id)

    async def page(self, session_id: str) -> PageFacts:
        with self._asking():
            session = await self._client.v1.checkout.sessions.retrieve_async(session_id, {"expand": ["payment_intent"]})
        return _page_facts(session.to_dict())

    async def close_page(self, session_id: str) -> None:
        with self._asking():
            await self._client.v1.checkout.sessions.expire_async(
                session_id, options={"idempotency_key": f"ex:{session_id}:{uuid4().hex}"}
            )

    async def capture(self, payment_intent: str, amount: Money, key: str) -> IntentFacts:
        with self._asking():
            intent = await self._client.v1.payment_intents.capture_async(
                payment_intent, {"amount_to_capture": amount.minor}, {"idempotency_key": key}
            )
        return _intent_facts(intent.to_dict())

    async def intent(self, payment_intent: str) -> IntentFacts:
        with self._asking():
            intent = await self._client.v1.payment_intents.retrieve_async(payment_intent)
        return _intent_facts(intent.to_dict())

    @contextmanager
    def _asking(self) -> Iterator[None]:
        if self._keyless:
            raise Forbidden("this desk has no Stripe key")
        with _translated():
            yield

    async def aclose(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]  # stripe-python left it bare

    def _must_be_sandbox(self, base_url: str) -> None:
        if self._livemode:
            raise Misconfigured("A live Stripe key is never sent to a sandbox; remove the sandbox's address.")
        if urlsplit(base_url).hostname not in _LOOPBACK:
            raise Misconfigured("The Stripe sandbox must be on this machine (127.0.0.1).")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as problem:
        # Stripe's text quotes a part of the key.
        raise Forbidden(f"Stripe refused the key ({problem.http_status})") from problem
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as problem:
        raise _refused(problem) from problem
    except stripe.StripeError as problem:
        raise Unavailable("stripe", f"{type(problem).__name__} {problem.http_status or ''}".rstrip()) from problem


def _refused(problem: stripe.StripeError) -> PaymentRefused:
    body = problem.json_body
    told = body.get("error", {}) if isinstance(body, dict) else {}
    return PaymentRefused(
        problem.user_message or type(problem).__name__,
        param=told.get("param") or "",
        stripe_code=told.get("code") or (told.get("type", "") if isinstance(problem, stripe.IdempotencyError) else ""),
        status=problem.http_status or 0,
    )


def _page_facts(body: dict[str, Any]) -> PageFacts:
    try:
        told = msgspec.convert(body, _Session)
        return PageFacts(
            session_id=told.id,
            url=told.url or "",
            status=PageStatus(told.status),
            paid=told.payment_status == "paid",
            payment_intent=told.payment_intent.id if told.payment_intent else "",
            intent_status=told.payment_intent.status if told.payment_intent else "",
            amount=Money(told.amount_total, told.currency.upper()),
            livemode=told.livemode,
            booking_id=told.client_reference_id or "",
            attempt=int(told.metadata.get("attempt", "")),
            expires_at=datetime.fromtimestamp(told.expires_at, UTC),
        )
    except (msgspec.ValidationError, ValueError, InvalidMoney) as problem:
        raise PaymentMismatch(f"session {body.get('id')}: not an answer we know ({problem})") from problem


def _intent_facts(body: dict[str, Any]) -> IntentFacts:
    try:
        told = msgspec.convert(body, _Intent)
        currency = told.currency.upper()
        return IntentFacts(
            payment_intent=told.id,
            status=told.status,
            amount=Money(told.amount, currency),
            captured=Money(told.amount_received, currency),
            charge=told.latest_charge or "",
        )
    except (msgspec.ValidationError, InvalidMoney) as problem:
        raise PaymentMismatch(f"payment {body.get('id')}: not an answer we know ({problem})") from problem
