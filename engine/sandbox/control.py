"""The tester's side door, ``/_control``: faults, time, webhooks, a payer without a browser, and the books."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine.sandbox import disputes, past, payments, refunds, sessions, webhooks
from engine.sandbox.api import Api
from engine.sandbox.bodies import text_of
from engine.sandbox.faults import Fault, Faults
from engine.sandbox.problems import StripeProblem
from engine.sandbox.stripe_state import State


class _Clock(msgspec.Struct, forbid_unknown_fields=True):
    offset_s: int


class _Hook(msgspec.Struct, forbid_unknown_fields=True):
    url: str
    secret: str = ""


class _Payment(msgspec.Struct, forbid_unknown_fields=True):
    session: str
    card: str = payments.PAID


class _NextRefund(msgspec.Struct, forbid_unknown_fields=True):
    outcome: refunds.Outcome


class _Settled(msgspec.Struct, forbid_unknown_fields=True):
    status: Literal["succeeded", "failed"]


class _Disputed(msgspec.Struct, forbid_unknown_fields=True):
    payment_intent: str
    reason: str = "fraudulent"
    amount: int | None = None


class _Verdict(msgspec.Struct, forbid_unknown_fields=True):
    status: disputes.Verdict


class Control:
    def __init__(self, state: State, api: Api, faults: Faults, courier: webhooks.Courier) -> None:
        self._state, self._api, self._faults, self._courier = state, api, faults, courier

    def routes(self) -> list[Route]:
        doors: list[tuple[str, str, Callable[[Request], Awaitable[Any]]]] = [
            ("/_control/faults", "GET", self._show_faults),
            ("/_control/faults", "POST", self._add_fault),
            ("/_control/faults", "DELETE", self._clear_faults),
            ("/_control/clock", "POST", self._set_clock),
            ("/_control/webhooks", "POST", self._add_hook),
            ("/_control/webhooks", "GET", self._hooks),
            ("/_control/webhooks", "DELETE", self._clear_hooks),
            ("/_control/events/{event}/resend", "POST", self._resend),
            ("/_control/pay", "POST", self._pay),
            ("/_control/past", "POST", self._remember),
            ("/_control/refunds", "POST", self._next_refund),
            ("/_control/refunds/{refund}", "POST", self._settle_refund),
            ("/_control/disputes", "POST", self._dispute),
            ("/_control/disputes/{dispute}", "POST", self._decide),
            ("/_control/books", "GET", self._books),
            ("/_control/books", "DELETE", self._begin_anew),
        ]
        return [Route(path, self._guarded(serve), methods=[verb]) for path, verb, serve in doors]

    def _guarded(self, serve: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                self._api.authenticate(request)
                answer = await serve(request)
            except StripeProblem as problem:
                return JSONResponse(problem.body, problem.status)
            except msgspec.DecodeError as problem:
                return JSONResponse({"error": {"type": "invalid_request_error", "message": str(problem)}}, 400)
            self._courier.wake.set()
            return JSONResponse(answer)

        return endpoint

    async def _show_faults(self, _: Request) -> Any:
        return {"pending": msgspec.to_builtins(self._faults.pending), "in_flight": sorted(self._api.in_flight)}

    async def _add_fault(self, request: Request) -> Any:
        self._faults.pending.append(msgspec.json.decode(await text_of(request), type=Fault))
        return await self._show_faults(request)

    async def _clear_faults(self, request: Request) -> Any:
        self._faults.clear()
        return await self._show_faults(request)

    async def _begin_anew(self, _: Request) -> Any:
        """A new account: nothing was ever paid. Faults, clock and webhooks stay."""
        self._state.store.forget_all()
        return {}

    async def _set_clock(self, request: Request) -> Any:
        self._state.set_clock(msgspec.json.decode(await text_of(request), type=_Clock).offset_s)
        webhooks.run_due(self._state)
        return {"now": self._state.now()}

    async def _add_hook(self, request: Request) -> Any:
        hook = msgspec.json.decode(await text_of(request), type=_Hook)
        return webhooks.register(self._state, hook.url, hook.secret)

    async def _hooks(self, _: Request) -> Any:
        return {"urls": [hook["url"] for hook in self._state.store.setting("webhooks", [])]}

    async def _clear_hooks(self, request: Request) -> Any:
        """The one at ``?url=``, or all of them."""
        url = request.query_params.get("url")
        left = [hook for hook in self._state.store.setting("webhooks", []) if url and hook["url"] != url]
        self._state.store.set("webhooks", left)
        return {"left": len(left)}

    async def _resend(self, request: Request) -> Any:
        event = self._state.find("event", request.path_params["event"], "event")
        urls = [hook["url"] for hook in self._state.store.setting("webhooks", [])]
        for url in urls:
            self._state.store.queue(event.id, url, self._state.now())
        return {"resent": len(urls)}

    async def _pay(self, request: Request) -> Any:
        asked = msgspec.json.decode(await text_of(request), type=_Payment)
        webhooks.run_due(self._state)
        session = self._state.find(sessions.KIND, asked.session, "session")
        if session.body["status"] != "open" or asked.card not in payments.TEST_CARDS:
            raise StripeProblem(f"Session {session.id} is {session.body['status']}, or the card is no test card.")
        payer = payments.Payer(session.body["customer_email"] or "payer@example.com", "Test Payer", asked.card)
        with self._state.store.transaction():
            return {"outcome": payments.pay(self._state, session, payer)}

    async def _next_refund(self, request: Request) -> Any:
        outcome = msgspec.json.decode(await text_of(request), type=_NextRefund).outcome
        self._state.store.set(refunds.OUTCOME, outcome)
        return {"outcome": outcome}

    async def _settle_refund(self, request: Request) -> Any:
        status = msgspec.json.decode(await text_of(request), type=_Settled).status
        with self._state.store.transaction():
            refund = self._state.find("refund", request.path_params["refund"], "refund")
            return refunds.settle(self._state, refund, status)

    async def _dispute(self, request: Request) -> Any:
        asked = msgspec.json.decode(await text_of(request), type=_Disputed)
        with self._state.store.transaction():
            return disputes.open_dispute(self._state, asked.payment_intent, asked.reason, asked.amount)

    async def _decide(self, request: Request) -> Any:
        verdict = msgspec.json.decode(await text_of(request), type=_Verdict).status
        with self._state.store.transaction():
            dispute = self._state.find(disputes.KIND, request.path_params["dispute"], "dispute")
            return disputes.decide(self._state, dispute, verdict)

    async def _remember(self, request: Request) -> Any:
        payments = msgspec.json.decode(await text_of(request), type=list[past.PastPayment])
        with self._state.store.transaction():
            return {"new": past.remember(self._state, payments)}

    async def _books(self, _: Request) -> Any:
        """Every charge that was authorised, oldest first, and what is left of it, to the cent."""
        given: dict[str, list[dict[str, Any]]] = {}
        for refund in self._state.store.all("refund"):
            given.setdefault(refund.body["charge"], []).insert(0, refund.body)
        taken = [r.body for r in self._state.store.all("charge") if r.body["status"] == "succeeded"]
        charges = [self._entry(charge, given.get(charge["id"], [])) for charge in taken]
        totals: dict[str, dict[str, int]] = {}
        for entry in charges:
            total = totals.setdefault(entry["currency"], {"captured": 0, "refunded": 0, "net": 0})
            for name in total:
                total[name] += entry[name]
        return {"charges": charges[::-1], "totals": totals}

    def _entry(self, charge: dict[str, Any], given: list[dict[str, Any]]) -> dict[str, Any]:
        intent = self._state.find("payment_intent", charge["payment_intent"], "intent")
        session = self._state.find(sessions.KIND, intent.hidden["session"], "session")
        refunded = sum(refund["amount"] for refund in given if refunds.stands(refund))
        return {
            "charge": charge["id"],
            "payment_intent": intent.id,
            "session": session.id,
            "booking": session.body["client_reference_id"],
            "currency": charge["currency"],
            "authorised": charge["amount"],
            "captured": charge["amount_captured"],
            "voided": intent.body["status"] == "canceled",
            "refunded": refunded,
            "refunds": [refund["id"] for refund in given if refunds.stands(refund)],
            "failed_refunds": [refund["id"] for refund in given if not refunds.stands(refund)],
            "net": charge["amount_captured"] - refunded,
        }
