"""The hosted payment page: what a payer sees, types and is told."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from engine.sandbox import forms, page_html, payments, sessions
from engine.sandbox.bodies import text_of
from engine.sandbox.page_style import STYLE
from engine.sandbox.problems import StripeProblem
from engine.sandbox.store import Record
from engine.sandbox.stripe_state import State
from engine.sandbox.webhooks import Courier, run_due

_log = logging.getLogger(__name__)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EXPIRY = re.compile(r"(0[1-9]|1[0-2])\s*/?\s*(?:20)?(\d\d)")
_CVC = re.compile(r"\d{3}")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
#: Success URLs of a desk on this machine, which may be closed by the time somebody pays.
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_KNOCK_S = 2.0
_DECLINED = "Your card was declined. Nothing was charged; please try another card."
_NOT_VERIFIED = "Your bank could not confirm that it is you. Nothing was charged; try again or use another card."


class Pages:
    def __init__(self, state: State, courier: Courier) -> None:
        self._state, self._courier = state, courier

    def routes(self) -> list[Route]:
        return [
            Route("/c/pay/{secret}", self._show, methods=["GET"]),
            Route("/c/pay/{secret}", self._pay, methods=["POST"]),
            Route("/c/pay/{secret}/paid", self._show, methods=["GET"]),
            Route("/c/pay/{secret}/verify", self._show_verification, methods=["GET"]),
            Route("/c/pay/{secret}/verify", self._verify, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        session = self._session(request)
        if session is None or session.body["status"] != "open":
            return self._ended(session)
        return self._form(session, {}, {}, "", 200)

    async def _pay(self, request: Request) -> Response:
        fields = await _fields(request)
        session = self._session(request)
        if session is None or session.body["status"] != "open":
            return self._after_submit(session)
        wrong = _mistakes(fields, self._state.now())
        if wrong:
            return self._form(session, fields, wrong, "", 422)
        with self._state.store.transaction():
            outcome = payments.pay(self._state, session, _payer(fields))
        self._courier.wake.set()
        if outcome == "declined":
            return self._form(session, fields, {}, _DECLINED, 402)
        if outcome == "verify":
            return RedirectResponse(f"/c/pay/{session.secret}/verify", 303)
        return _success(session)

    async def _show_verification(self, request: Request) -> Response:
        session = self._session(request)
        if session is None or session.body["status"] != "open":
            return self._ended(session)
        action = f"/c/pay/{session.secret}/verify"
        return _page(page_html.verification(session.body, _title(session), action), session, 200)

    async def _verify(self, request: Request) -> Response:
        approved = (await _fields(request)).get("verdict") == "approve"
        session = self._session(request)
        if session is None or session.body["status"] != "open":
            return self._after_submit(session)
        with self._state.store.transaction():
            ended = payments.verify(self._state, session, approved=approved)
        self._courier.wake.set()
        if ended and approved:
            return _success(session)
        typed = {name: session.hidden.get("payer", {}).get(name, "") for name in ("email", "name")}
        return self._form(session, typed, {}, _NOT_VERIFIED, 402)

    def _session(self, request: Request) -> Record | None:
        run_due(self._state)
        return self._state.store.by_secret(request.path_params["secret"])

    def _form(self, session: Record, typed: dict[str, str], wrong: dict[str, str], said: str, status: int) -> Response:
        shown: dict[str, str] = {name: typed[name] for name in ("email", "name", "expiry") if name in typed}
        shown.setdefault("email", session.body["customer_email"] or "")
        action = f"/c/pay/{session.secret}"
        return _page(page_html.form(session.body, _title(session), action, shown, wrong, said), session, status)

    def _after_submit(self, session: Record | None) -> Response:
        """A second press of "Pay" ends where the first one did."""
        paid = session is not None and session.body["status"] == "complete"
        return _success(session) if session and paid else self._ended(session)

    def _ended(self, session: Record | None) -> Response:
        if session is None:
            return _page(page_html.notice("No such page", "There is no payment page at this address."), None, 404)
        if session.body["status"] == "complete":
            if _is_here(_success_url(session)):
                return _page(page_html.notice("Paid", "You can close this window."), session, 200)
            text = "This payment has been made. You can close this page."
            return _page(
                page_html.notice("Already paid", text, _success_url(session), "Back to the shop"), session, 200
            )
        text = "This payment page has expired. Nothing was charged. Please ask for a new one."
        return _page(page_html.notice("Page expired", text), session, 410)


async def _fields(request: Request) -> dict[str, str]:
    try:
        decoded = forms.decode(await text_of(request))
    except StripeProblem:
        return {}
    return {name: value.strip() for name, value in decoded.items() if isinstance(value, str)}


def _mistakes(fields: dict[str, str], now: int) -> dict[str, str]:
    wrong = {}
    if not _EMAIL.fullmatch(fields.get("email", "")):
        wrong["email"] = "Enter an email address, like name@example.com."
    if _digits(fields) not in payments.TEST_CARDS:
        wrong["number"] = "Only test cards here, such as 4242 4242 4242 4242."
    if not _still_valid(fields.get("expiry", ""), now):
        wrong["expiry"] = "Enter a month and year to come, like 12/30."
    if not _CVC.fullmatch(fields.get("cvc", "")):
        wrong["cvc"] = "Enter any three digits."
    if not fields.get("name"):
        wrong["name"] = "Enter the name on the card."
    return wrong


def _still_valid(expiry: str, now: int) -> bool:
    read = _EXPIRY.fullmatch(expiry)
    today = datetime.fromtimestamp(now, UTC)
    return bool(read and (2000 + int(read[2]), int(read[1])) >= (today.year, today.month))


def _digits(fields: dict[str, str]) -> str:
    return re.sub(r"[\s-]", "", fields.get("number", ""))


def _payer(fields: dict[str, str]) -> payments.Payer:
    read = _EXPIRY.fullmatch(fields["expiry"])
    month, year = (int(part) for part in read.groups()) if read else (12, 30)
    return payments.Payer(fields["email"], fields["name"], _digits(fields), month, 2000 + year)


def _title(session: Record) -> str:
    titles = [item["description"] for item in sessions.line_items(session)["data"]]
    return ", ".join(titles)


def _success_url(session: Record) -> str:
    return str(session.body["success_url"]).replace("{CHECKOUT_SESSION_ID}", session.id)


def _success(session: Record) -> Response:
    """On to the success URL, as at Stripe; for one of this machine only its desk is told, and the payer stays here."""
    onward = _success_url(session)
    if not _is_here(onward):
        return RedirectResponse(onward, 303, headers=_headers(session))
    told = BackgroundTask(_knock, onward)
    return RedirectResponse(f"/c/pay/{session.secret}/paid", 303, headers=_headers(session), background=told)


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in _HERE


async def _knock(url: str) -> None:
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=_KNOCK_S) as client:
            await client.get(url)
    except httpx.HTTPError as problem:
        _log.info("nobody at the success URL: %s", type(problem).__name__)


def _page(text: str, session: Record | None, status: int) -> Response:
    return HTMLResponse(text, status, headers=_headers(session))


def _headers(session: Record | None) -> dict[str, str]:
    # A browser counts the redirect that follows a form as part of it, so the way back must be allowed too.
    onward = urlsplit(session.body["success_url"]) if session else None
    target = f" {onward.scheme}://{onward.netloc}" if onward else ""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'{target}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
