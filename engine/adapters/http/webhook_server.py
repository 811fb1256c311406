"""Stripe's webhooks over HTTP: believed because of their signature, answered once the database has what they mean.

Plain HTTP: on anything but this machine it stands behind a proxy that speaks TLS.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from engine.adapters.http.serving import serve_http
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.money.payment import StripeNews
from engine.domain.shared.errors import DriveSphereError, Forbidden

log = structlog.get_logger(__name__)

_MAX_BODY = 256 * 1024
_PATIENCE_S = 10.0
#: Events about one booking are heard one after the other, those about different ones side by side, up to this many.
_EARS = 16
_REMEMBERED = 10_000

Heard = Callable[[BookingId, str], Awaitable[Booking]]
HeardDispute = Callable[[str], Awaitable[None]]


class Believer(Protocol):
    def news(self, body: bytes, signature: str, now: datetime) -> StripeNews: ...


def webhook_app(
    gateway: Believer, heard: Heard, now: Callable[[], datetime], heard_dispute: HeardDispute | None = None
) -> Starlette:
    """``POST /stripe`` and nothing else; without *heard_dispute* events about disputes are about nothing of ours.

    200: the database has it, or it is about nothing of ours. 400: not Stripe's. 503: Stripe should say it again.
    """
    hearing = _Hearing(heard, heard_dispute)

    async def stripe(request: Request) -> Response:
        try:
            body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return _answer(HTTPStatus.REQUEST_TIMEOUT)
        if body is None:
            return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            news = gateway.news(body, request.headers.get("stripe-signature", ""), now())
        except Forbidden:
            log.warning("webhook.not_believed", client=request.client.host if request.client else "")
            return _answer(HTTPStatus.BAD_REQUEST)
        return _answer(await hearing.hear(news))

    return Starlette(routes=[Route("/stripe", stripe, methods=["POST"])])


class _Hearing:
    def __init__(self, heard: Heard, heard_dispute: HeardDispute | None) -> None:
        self._heard, self._heard_dispute = heard, heard_dispute
        self._turns = [asyncio.Lock() for _ in range(_EARS)]
        # What was heard to its end was asked of Stripe after it happened; saying it again adds nothing.
        self._done: OrderedDict[str, None] = OrderedDict()

    async def hear(self, news: StripeNews) -> HTTPStatus:
        subject = news.booking_id or news.dispute_id
        if not subject:
            return HTTPStatus.OK
        async with self._turns[hash(subject) % _EARS]:
            if news.event_id in self._done:
                return HTTPStatus.OK
            try:
                state = await self._take_in(news)
            except DriveSphereError as problem:
                return _verdict(news, problem)
            log.info("webhook.heard", kind=news.kind, subject=subject, state=state)
            self._done[news.event_id] = None
            if len(self._done) > _REMEMBERED:
                self._done.popitem(last=False)
            return HTTPStatus.OK

    async def _take_in(self, news: StripeNews) -> str:
        if news.booking_id:
            return (await self._heard(BookingId(news.booking_id), news.session_id)).state.value
        if self._heard_dispute is not None:
            await self._heard_dispute(news.dispute_id)
        return ""


def _verdict(news: StripeNews, problem: DriveSphereError) -> HTTPStatus:
    """Again later if that can help; what no repetition changes is for a person, and ``reconcile`` lists it too."""
    subject = news.booking_id or news.dispute_id
    known = {"kind": news.kind, "subject": subject, "event_id": news.event_id, "code": problem.code}
    if problem.retryable or isinstance(problem, Forbidden):
        log.warning("webhook.put_off", **known)
        return HTTPStatus.SERVICE_UNAVAILABLE
    log.error("webhook.of_no_use", **known)
    return HTTPStatus.OK


async def _body(request: Request) -> bytes | None:
    """The raw bytes, which are what is signed; None if there are too many."""
    body = bytearray()
    async with asyncio.timeout(_PATIENCE_S):
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY:
                return None
    return bytes(body)


def _answer(status: HTTPStatus) -> Response:
    headers = {"Retry-After": "30"} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    return Response(status_code=status, headers=headers)


@asynccontextmanager
async def open_webhooks(app: Starlette, host: str, port: int, *, behind_proxy: bool = False) -> AsyncIterator[str]:
    """Serve *app* inside the block; the value is its address. What is being heard is heard to its end.

    *behind_proxy* says that everybody comes through one trusted proxy; otherwise one address may not take up all room.

    Raises:
        Misconfigured: Nobody can listen there.
    """
    async with serve_http(app, (host, port), "listen.webhooks", behind_proxy=behind_proxy) as url:
        yield f"{url}/stripe"
