"""Payments that the cardholder's bank takes back: opened by the bank, answered, won or lost.

Outside of what Stripe's document says, from https://docs.stripe.com/disputes/how-disputes-work: the amount leaves the
balance when a dispute is opened, comes back when it is won, and the charge keeps its mark either way.
"""

from __future__ import annotations

from typing import Any, Literal

from engine.sandbox.problems import StripeProblem, refused
from engine.sandbox.store import Record
from engine.sandbox.stripe_state import State, new_id

KIND = "dispute"
Verdict = Literal["under_review", "won", "lost"]
#: Visa gives a firm so long to answer.
_DUE_S = 9 * 24 * 60 * 60
_OPEN = frozenset({"needs_response", "under_review"})


def open_dispute(state: State, payment_intent: str, reason: str, amount: int | None) -> dict[str, Any]:
    """Raises: StripeProblem: nothing was taken, or it is disputed already."""
    intent = state.find("payment_intent", payment_intent, "payment_intent")
    charge = state.find("charge", intent.body["latest_charge"] or "", "charge")
    if not charge.body["captured"] or charge.body["disputed"]:
        raise refused(f"Charge {charge.id} cannot be disputed.")
    charge = state.change(charge, disputed=True)
    taken = charge.body["amount_captured"]
    body = _body(state, charge, reason, taken if amount is None else min(amount, taken))
    state.store.add(Record(body["id"], KIND, body, {}))
    state.tell("charge.dispute.created", body)
    state.tell("charge.dispute.funds_withdrawn", body)
    return body


def decide(state: State, dispute: Record, verdict: Verdict) -> dict[str, Any]:
    """The firm's answer, or the bank's word. Raises: StripeProblem: it is over."""
    before = dispute.body["status"]
    if before not in _OPEN:
        raise StripeProblem(f"Dispute {dispute.id} is {before}.")
    body = {**dispute.body, "status": verdict, "is_charge_refundable": False}
    state.store.replace(Record(dispute.id, KIND, body, dispute.hidden))
    if verdict == "won":
        state.tell("charge.dispute.funds_reinstated", body)
    state.tell("charge.dispute.updated" if verdict == "under_review" else "charge.dispute.closed", body, status=before)
    return body


def _body(state: State, charge: Record, reason: str, amount: int) -> dict[str, Any]:
    return {
        "id": new_id("du_"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge.id,
        "created": state.now(),
        "currency": charge.body["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": state.now() + _DUE_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge.body["payment_intent"],
        "payment_method_details": {
            "card": {"brand": "visa", "case_type": "chargeback", "network_reason_code": None},
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }
