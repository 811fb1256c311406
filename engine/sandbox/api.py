"""One request to ``/v1``: who asks, what for, was it asked before, and does the answer keep to the document."""

from __future__ import annotations

import hmac
import json
import logging
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from engine.sandbox import forms, listing, payments, sessions
from engine.sandbox.bodies import text_of
from engine.sandbox.document import DocumentBroken, Operation
from engine.sandbox.faults import Fault, Faults
from engine.sandbox.operations import RESTRICTED, SERVED, Handler, handler
from engine.sandbox.problems import StripeProblem
from engine.sandbox.store import Answer
from engine.sandbox.stripe_state import State, new_id
from engine.sandbox.webhooks import Courier, run_due

_log = logging.getLogger(__name__)
#: Stripe forgets idempotency keys after a day.
_REMEMBERED_S = 24 * 60 * 60
_MAX_KEY = 255
_CODES = {409: "lock_timeout", 429: "rate_limit"}


class LostAnswer(Response):
    """Promises a body and hangs up: the caller learns nothing."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})


@dataclass(frozen=True)
class Keys:
    """Attributes: ``restricted`` may do what a desk's key may; empty if there is none."""

    full: str
    restricted: str = ""


class Api:
    def __init__(
        self, state: State, keys: Keys, faults: Faults, courier: Courier, served: Mapping[str, Handler] = SERVED
    ) -> None:
        self._state, self._keys, self._faults, self._courier, self._served = state, keys, faults, courier, served
        self.in_flight: set[str] = set()

    def authenticate(self, request: Request, operation: str = "") -> None:
        """Let in whoever has the full key, and with the restricted one those *operation*s that it may do.

        Raises:
            StripeProblem: 401 for no key of ours, 403 for one that may not.
        """
        given = _key_of(request.headers.get("authorization", ""))
        if not given:
            raise StripeProblem("You did not provide an API key.", status=401)
        if hmac.compare_digest(given.encode(), self._keys.full.encode()):
            return
        shown = f"{given[:8]}****{given[-4:]}"
        if not self._keys.restricted or not hmac.compare_digest(given.encode(), self._keys.restricted.encode()):
            raise StripeProblem(f"Invalid API Key provided: {shown}", status=401)
        if operation not in RESTRICTED:
            raise StripeProblem(
                f"The provided key '{shown}' does not have the required permissions for this endpoint.", status=403
            )

    async def serve(self, request: Request) -> Response:
        request_id = new_id("req_", 14)
        try:
            return await self._serve(request, request_id)
        except StripeProblem as problem:
            return self._answer(problem.status, problem.body, request_id)

    async def _serve(self, request: Request, request_id: str) -> Response:
        operation, ids = self._find(request)
        self._check_version(request.headers.get("stripe-version"))
        text = await text_of(request) if operation.verb == "POST" else request.url.query
        key = request.headers.get("idempotency-key", "") if operation.verb == "POST" else ""
        if len(key) > _MAX_KEY:
            raise StripeProblem("The idempotency key may have 255 characters at most.")
        with _Turn(self.in_flight, key):
            return await self._take_turn(_Call(operation, ids, text, key, request.url.path, request_id))

    def _find(self, request: Request) -> tuple[Operation, dict[str, str]]:
        try:
            operation, ids = self._state.document.find(request.method, request.url.path)
        except StripeProblem:
            self.authenticate(request)  # what there is and is not here is for whoever has a key
            raise
        self.authenticate(request, operation.name)
        return operation, ids

    async def _take_turn(self, call: _Call) -> Response:
        fault = self._faults.take(call.operation.name)
        if fault and fault.kind == "slow":
            await self._faults.wait(fault.seconds)
        if fault and fault.kind == "drop":
            return LostAnswer()
        run_due(self._state)
        self._state.store.forget_answers(self._state.now() - _REMEMBERED_S)
        before = self._state.store.answer(call.key) if call.key else None
        if before:
            response = self._replay(call, before)
        elif fault and fault.kind == "refuse":
            no = StripeProblem("A considered no.", code=fault.code, param=fault.param)
            response = self._answer(no.status, no.body, call.request_id, {})
        elif fault and fault.kind == "fail":
            response = self._fail(call, fault)
        else:
            if fault and fault.kind == "pay_first":
                self._pay_first(call)
            response = self._work(call)
        self._courier.wake.set()
        return LostAnswer() if fault and fault.kind == "lose" else response

    def _work(self, call: _Call) -> Response:
        state, serve = self._state, handler(self._served, call.operation.name)
        state.request = {"id": call.request_id, "idempotency_key": call.key or None}
        try:
            with state.store.transaction():
                params = state.document.read(call.operation, call.text)
                expand = params.pop("expand", [])
                body = serve(state, params, call.ids)
                body = listing.expanded(state, body, expand)
                state.document.judge(call.operation, body)
                self._keep(call, 200, body)
        except StripeProblem as problem:
            if problem.kept:
                self._keep(call, problem.status, problem.body)
            return self._answer(problem.status, problem.body, call.request_id)
        except DocumentBroken as bug:
            _log.exception("the sandbox broke Stripe's document")
            return self._answer(500, _error("api_error", f"Sandbox bug, not Stripe: {bug}"), call.request_id)
        finally:
            state.request = None
        return self._answer(200, body, call.request_id)

    def _keep(self, call: _Call, status: int, body: dict[str, Any]) -> None:
        if call.key:
            answer = Answer(call.fingerprint, status, body, call.request_id)
            self._state.store.keep_answer(call.key, answer, self._state.now())

    def _replay(self, call: _Call, before: Answer) -> Response:
        if before.request != call.fingerprint:
            raise StripeProblem(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{call.key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        headers = {"Idempotent-Replayed": "true", "Original-Request": before.request_id}
        return self._answer(before.status, before.body, call.request_id, headers)

    def _fail(self, call: _Call, fault: Fault) -> Response:
        body = _error("api_error" if fault.status >= 500 else "invalid_request_error", "A bad day at Stripe.")  # noqa: PLR2004
        if code := _CODES.get(fault.status):
            body["error"]["code"] = code
        if fault.stored:
            self._keep(call, fault.status, body)
        return self._answer(
            fault.status, body, call.request_id, {"Stripe-Should-Retry": "false"} if fault.stored else {}
        )

    def _pay_first(self, call: _Call) -> None:
        session = self._state.store.get(sessions.KIND, call.ids.get("session", ""))
        if session and session.body["status"] == "open":
            payer = payments.Payer(session.body["customer_email"] or "late@example.com", "Late Payer", payments.PAID)
            with self._state.store.transaction():
                payments.pay(self._state, session, payer)

    def _answer(
        self, status: int, body: dict[str, Any], request_id: str, headers: Mapping[str, str] | None = None
    ) -> JSONResponse:
        if status != 200:  # noqa: PLR2004
            self._state.document.judge_object("error", body)
        told = {"Request-Id": request_id, "Stripe-Version": self._state.document.version, **(headers or {})}
        return JSONResponse(body, status, headers=told)

    def _check_version(self, asked: str | None) -> None:
        if asked not in {None, self._state.document.version}:
            raise StripeProblem(f"The sandbox speaks version {self._state.document.version} only, not {asked}.")


class _Call:
    def __init__(
        self, operation: Operation, ids: dict[str, str], text: str, key: str, path: str, request_id: str
    ) -> None:
        self.operation, self.ids, self.text, self.key, self.request_id = operation, ids, text, key, request_id
        self.fingerprint = json.dumps([operation.verb, path, forms.decode(text)], sort_keys=True)


class _Turn:
    """No two requests under one key at the same time."""

    def __init__(self, in_flight: set[str], key: str) -> None:
        self._in_flight, self._key = in_flight, key

    def __enter__(self) -> None:
        if self._key in self._in_flight:
            raise StripeProblem(
                f"There is currently another in-progress request using this idempotency key: {self._key}",
                status=409,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        if self._key:
            self._in_flight.add(self._key)

    def __exit__(self, *exc: object) -> None:
        self._in_flight.discard(self._key)


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": message}}


def _key_of(authorization: str) -> str:
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(given).decode().partition(":")[0]
        except (NoBase64, UnicodeDecodeError):
            return ""
    return ""
