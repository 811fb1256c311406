"""What happens by itself: pages run out, authorisations lapse, events are posted to whoever asked."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from typing import Any
from urllib.parse import urlsplit

import httpx

from engine.sandbox import payments, sessions
from engine.sandbox.problems import StripeProblem
from engine.sandbox.stripe_state import State, new_id

_log = logging.getLogger(__name__)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Waits after each failed try, in seconds; then it is given up.
_RETRIES_S = (1, 2, 5, 15, 60, 300, 3600)
_TIMEOUT_S = 10.0
_SECRET_LENGTH = 32


def register(state: State, url: str, secret: str) -> dict[str, str]:
    """Raises: StripeProblem: a sandbox tells nobody but this machine."""
    if urlsplit(url).scheme != "http" or urlsplit(url).hostname not in _LOOPBACK:
        raise StripeProblem("A sandbox posts webhooks to this machine only (http://127.0.0.1:…).", param="url")
    hook = {"url": url, "secret": secret or new_id("whsec_", _SECRET_LENGTH)}
    others = [known for known in state.store.setting("webhooks", []) if known["url"] != url]
    state.store.set("webhooks", [*others, hook])
    return hook


def signature(payload: str, secret: str, at: int) -> str:
    """The ``Stripe-Signature`` header, scheme v1."""
    mac = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def run_due(state: State) -> None:
    """Let everything happen whose time has come."""
    with state.store.transaction():
        for record in state.store.due(state.now()):
            if record.kind == sessions.KIND:
                sessions.expire(state, record)
            else:
                payments.lapse(state, record)


class Courier:
    """Posts events in the order they happened, again after a refusal, until told to stop."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.wake = asyncio.Event()

    async def run(self) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_S) as client:
            while True:
                self.wake.clear()
                run_due(self._state)
                for seq, event, url, tries, due in self._state.store.queued():
                    if due <= self._state.now():
                        await self._deliver(client, seq, event, url, tries)
                await self._until_something_is_due()

    async def _until_something_is_due(self) -> None:
        due = self._state.store.next_due()
        try:
            await asyncio.wait_for(self.wake.wait(), None if due is None else max(0.0, due - self._state.now()) + 0.05)
        except TimeoutError:
            return

    async def _deliver(self, client: httpx.AsyncClient, seq: int, event: str, url: str, tries: int) -> None:
        secrets = {hook["url"]: hook["secret"] for hook in self._state.store.setting("webhooks", [])}
        if url not in secrets:
            self._state.store.tried(seq, None)
            return
        body = self._state.find("event", event, "id").body
        taken = await _post(client, url, secrets[url], body, self._state.now())
        again = tries < len(_RETRIES_S) and not taken
        self._state.store.tried(seq, self._state.now() + _RETRIES_S[tries] if again else None)
        if taken:
            self._settle(event)

    def _settle(self, event: str) -> None:
        record = self._state.find("event", event, "id")
        self._state.change(record, pending_webhooks=max(0, record.body["pending_webhooks"] - 1))


async def _post(client: httpx.AsyncClient, url: str, secret: str, body: dict[str, Any], now: int) -> bool:
    payload = json.dumps(body, indent=2)
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature(payload, secret, now)}
    try:
        answer = await client.post(url, content=payload, headers=headers)
    except httpx.HTTPError as problem:
        _log.info("webhook %s: %s", body["type"], type(problem).__name__)
        return False
    return answer.is_success
