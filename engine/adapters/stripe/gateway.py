"""Stripe through stripe-python: what the port asks for, in Stripe's words, and its answers in ours."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import stripe
from stripe import HTTPXClient, StripeClient

from engine.adapters.stripe.facts import (
    dispute_facts,
    intent_facts,
    page_facts,
    page_is_ours,
    payment_facts,
    payment_is_ours,
    refund_facts,
)
from engine.adapters.stripe.news import check_signature, news_of
from engine.domain.booking.belief import Capture, GiveBack, OpenPage, VoidPayment
from engine.domain.booking.frozen import freeze
from engine.domain.money.charging import must_be_chargeable, sent
from engine.domain.money.dispute import DisputeFacts
from engine.domain.money.payment import (
    IntentFacts,
    NoStripeKey,
    PageFacts,
    PageOrder,
    PaymentFacts,
    RefundFacts,
    StripeMode,
    StripeNews,
)
from engine.domain.shared.errors import Forbidden, Misconfigured, PaymentRefused, Unavailable

#: The version of Stripe's document in ``resources/stripe``; the sandbox speaks no other.
STRIPE_VERSION = "2026-05-27.dahlia"
_KEY = re.compile(r"(?:sk|rk)_(test|live)_[A-Za-z0-9_]+")
_NO_KEY = "rk_test_none"
#: Objects in one answer of a list; Stripe's most.
_PAGE = 100
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# The library would report timings and the machine's description of a firm's desks to Stripe.
stripe.enable_telemetry = False


class _DirectHTTPXClient(HTTPXClient):
    """Never through a proxy: a desk's proxy cannot reach this machine's loopback.

    No certificate is believed, as none is shown: to read those of all the world took longer than to sign in.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout, verify_ssl_certs=False)
        self._client_async = httpx.AsyncClient(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


class _TrustingHTTPXClient(HTTPXClient):
    """Believes servers whose certificates come from *ca_file*, and no others."""

    def __init__(self, timeout: float, ca_file: str) -> None:
        super().__init__(timeout=timeout)
        self._client_async = httpx.AsyncClient(verify=ssl.create_default_context(cafile=ca_file))


def _http(timeout: float, base_url: str | None, ca_file: str) -> HTTPXClient:
    """Raises: Misconfigured, when *ca_file* holds no certificates."""
    if ca_file:
        try:
            return _TrustingHTTPXClient(timeout, ca_file)
        except OSError as problem:
            raise Misconfigured("stripe.certificates", path=ca_file, why=problem) from problem
    return HTTPXClient(timeout=timeout) if base_url is None else _DirectHTTPXClient(timeout)


class StripeGateway:
    """PaymentGateway with a secret or restricted key.

    Args:
        key: Empty for a desk that prepares payments and leaves every step at Stripe to others (Forbidden).
        base_url: The local sandbox; None is Stripe itself.
        webhook_secret: ``whsec_…``; without it no event is believed.
        timeout: Limit for one try of one request.
        ca_file: Certificates (PEM) of a firm's own proxy that opens TLS; empty: those that Stripe's library knows.
        retries: More tries after a lost connection, 409 or 5xx, all under the same idempotency key.

    Raises:
        Misconfigured: The text is no key, or a live key is to be sent to a sandbox, or the sandbox is not local.
    """

    def __init__(
        self,
        key: str,
        *,
        base_url: str | None = None,
        webhook_secret: str = "",
        ca_file: str = "",
        timeout: timedelta = timedelta(seconds=20),
        retries: int = 2,
    ) -> None:
        kind = _KEY.fullmatch(key or _NO_KEY)
        if not kind:
            raise Misconfigured("stripe.key")
        self._livemode = kind[1] == "live"
        self._base_url = base_url
        self._webhook_secret = webhook_secret
        if base_url is not None:
            self._must_be_sandbox(base_url)
        seconds = timeout.total_seconds()
        self._http = _http(seconds, base_url, ca_file)
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

    @property
    def sandbox(self) -> str:
        return self._base_url or ""

    @property
    def mode(self) -> StripeMode | None:
        if self._keyless:
            return None
        return StripeMode.LIVE if self._livemode else StripeMode.TEST

    def freeze(self, order: PageOrder) -> str:
        must_be_chargeable(order.amount)
        return freeze(order)

    async def open_page(self, order: OpenPage) -> PageFacts:
        with self._asking():
            session = await self._client.v1.checkout.sessions.create_async(
                json.loads(order.request), {"idempotency_key": order.key}
            )
        # A replayed create answers what was true the first time; only a retrieve tells what is true now.
        return await self.page(session.id)

    async def page(self, session_id: str) -> PageFacts:
        with self._asking():
            session = await self._client.v1.checkout.sessions.retrieve_async(session_id, {"expand": ["payment_intent"]})
        return page_facts(session.to_dict())

    async def close_page(self, session_id: str) -> None:
        with self._asking():
            await self._client.v1.checkout.sessions.expire_async(
                session_id, options={"idempotency_key": f"ex:{uuid4().hex}"}
            )

    async def capture(self, order: Capture) -> IntentFacts:
        with self._asking():
            intent = await self._client.v1.payment_intents.capture_async(
                order.payment_intent, {"amount_to_capture": sent(order.amount)}, {"idempotency_key": order.key}
            )
        return intent_facts(intent.to_dict())

    async def intent(self, payment_intent: str) -> IntentFacts:
        with self._asking():
            intent = await self._client.v1.payment_intents.retrieve_async(payment_intent)
        return intent_facts(intent.to_dict())

    async def void(self, order: VoidPayment) -> IntentFacts:
        with self._asking():
            intent = await self._client.v1.payment_intents.cancel_async(
                order.payment_intent, options={"idempotency_key": order.key}
            )
        return intent_facts(intent.to_dict())

    async def refund(self, order: GiveBack) -> RefundFacts:
        with self._asking():
            # Stripe's events about a refund carry the refund's own tags only, so it gets those of its payment.
            refund = await self._client.v1.refunds.create_async(
                {
                    "payment_intent": order.payment_intent,
                    "amount": sent(order.amount),
                    "metadata": dict(order.tags),
                },
                {"idempotency_key": order.key},
            )
            # As with pages: a replayed answer tells what was true the first time.
            refund = await self._client.v1.refunds.retrieve_async(refund.id)
        return refund_facts(refund.to_dict())

    async def refunds(self, payment_intent: str) -> list[RefundFacts]:
        with self._asking():
            listed = await self._client.v1.refunds.list_async({"payment_intent": payment_intent, "limit": _PAGE})
            return [refund_facts(body) async for body in _all(listed)]

    async def refunds_undone(self, since: datetime, until: datetime) -> list[tuple[str, RefundFacts]]:
        with self._asking():
            listed = await self._client.v1.refunds.list_async({"created": _between(since, until), "limit": _PAGE})
            bodies = [body async for body in _all(listed) if payment_is_ours(body)]
        return [(body["metadata"]["booking"], told) for body in bodies if (told := refund_facts(body)).undone]

    async def dispute(self, dispute_id: str) -> DisputeFacts:
        with self._asking():
            dispute = await self._client.v1.disputes.retrieve_async(dispute_id)
        return dispute_facts(dispute.to_dict())

    async def disputes_created(self, since: datetime, until: datetime) -> list[DisputeFacts]:
        with self._asking():
            listed = await self._client.v1.disputes.list_async({"created": _between(since, until), "limit": _PAGE})
            return [dispute_facts(body) async for body in _all(listed)]

    async def pages_created(self, since: datetime, until: datetime) -> list[PageFacts]:
        with self._asking():
            listed = await self._client.v1.checkout.sessions.list_async(
                {"created": _between(since, until), "limit": _PAGE, "expand": ["data.payment_intent"]}
            )
            return [page_facts(body) async for body in _all(listed) if page_is_ours(body)]

    async def payments_created(self, since: datetime, until: datetime) -> list[PaymentFacts]:
        with self._asking():
            listed = await self._client.v1.payment_intents.list_async(
                {"created": _between(since, until), "limit": _PAGE, "expand": ["data.latest_charge"]}
            )
            return [payment_facts(body) async for body in _all(listed) if payment_is_ours(body)]

    async def payments_of(self, booking_id: str) -> list[IntentFacts]:
        # What was paid a minute ago may not be found by this search yet.
        with self._asking():
            found = await self._client.v1.payment_intents.search_async(
                {"query": f"metadata['booking']:'{_quoted(booking_id)}'", "limit": _PAGE}
            )
            return [intent_facts(body) async for body in _all(found)]

    def news(self, body: bytes, signature: str, now: datetime) -> StripeNews:
        check_signature(body, signature, self._webhook_secret, now)
        return news_of(body, livemode=self._livemode)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        if self._keyless:
            raise NoStripeKey("this desk has no Stripe key")
        with _translated():
            yield

    async def aclose(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]  # stripe-python left it bare

    def _must_be_sandbox(self, base_url: str) -> None:
        if self._livemode:
            raise Misconfigured("stripe.live_to_sandbox")
        if urlsplit(base_url).hostname not in _LOOPBACK:
            raise Misconfigured("stripe.sandbox_elsewhere")


def _quoted(text: str) -> str:
    """For Stripe's search language."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _between(since: datetime, until: datetime) -> Any:
    """Stripe counts whole seconds; rounded up, ranges that touch never share one and never miss one."""
    return {"gte": ceil(since.timestamp()), "lt": ceil(until.timestamp())}


async def _all(listed: Any) -> AsyncIterator[dict[str, Any]]:
    """Every object of a list, page after page."""
    async for each in listed.auto_paging_iter():
        yield each.to_dict()


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
        if isinstance(problem.__cause__, UnicodeError | httpx.LocalProtocolError):
            # A stored id that no engine made stands in a key: it cannot be sent today, nor tomorrow.
            raise PaymentRefused("what is stored cannot be sent to Stripe") from problem
        why = f"status {problem.http_status}" if problem.http_status else "no connection"
        raise Unavailable("stripe", why) from problem


def _refused(problem: stripe.StripeError) -> PaymentRefused:
    body = problem.json_body
    told = body.get("error", {}) if isinstance(body, dict) else {}
    return PaymentRefused(
        problem.user_message or "Stripe gave no reason",
        param=told.get("param") or "",
        stripe_code=told.get("code") or (told.get("type", "") if isinstance(problem, stripe.IdempotencyError) else ""),
        status=problem.http_status or 0,
    )
