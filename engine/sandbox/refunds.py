"""Money given back: at once, later, or not at all.

A refund counts on its charge from the moment it is made; one that fails is taken off it again.
"""

from __future__ import annotations

from typing import Any, Literal

from engine.sandbox import templates
from engine.sandbox.problems import StripeProblem, refused
from engine.sandbox.store import Record
from engine.sandbox.stripe_state import State, new_id

Outcome = Literal["succeeded", "pending", "failed"]
#: The switch for the next refund.
OUTCOME = "refund_outcome"


def refund(state: State, params: dict[str, Any]) -> dict[str, Any]:
    charge = _charge_to_refund(state, params)
    left = charge.body["amount_captured"] - charge.body["amount_refunded"]
    amount = params.get("amount", left)
    if not left:
        raise refused(f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise refused(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    outcome = state.store.setting(OUTCOME, "succeeded")
    state.store.set(OUTCOME, "succeeded")
    body = templates.refund(new_id("re_"), charge.body, amount, params, state.now())
    body |= {"status": "pending", "pending_reason": "processing"} if outcome != "succeeded" else {}
    record = Record(body["id"], "refund", body, {})
    state.store.add(record)
    charge = _count(state, charge, amount)
    state.tell("refund.created", body)
    state.tell("charge.refunded", charge.body)
    return settle(state, record, "failed") if outcome == "failed" else body


def settle(state: State, refund: Record, status: Literal["succeeded", "failed"]) -> dict[str, Any]:
    """The bank's word on a pending refund, or its second thoughts on one that seemed done.

    Raises:
        StripeProblem: It is over.
    """
    before = refund.body["status"]
    if before not in (("pending", "succeeded") if status == "failed" else ("pending",)):
        raise StripeProblem(f"Refund {refund.id} is {refund.body['status']}.")
    changes: dict[str, Any] = {"status": status}
    if status == "failed":
        charge = state.find("charge", refund.body["charge"], "charge")
        _count(state, charge, -refund.body["amount"])
        changes |= {"failure_reason": "lost_or_stolen_card", "failure_balance_transaction": new_id("txn_")}
    body = {name: value for name, value in refund.body.items() if name != "pending_reason"} | changes
    state.store.replace(Record(refund.id, refund.kind, body, refund.hidden))
    for kind in ("refund.failed",) * (status == "failed") + ("refund.updated", "charge.refund.updated"):
        state.tell(kind, body, status=before)
    return body


def stands(refund: dict[str, Any]) -> bool:
    """Whether the money is on its way or there."""
    return refund["status"] in {"pending", "succeeded"}


def _count(state: State, charge: Record, amount: int) -> Record:
    refunded = charge.body["amount_refunded"] + amount
    return state.change(charge, amount_refunded=refunded, refunded=refunded == charge.body["amount_captured"])


def _charge_to_refund(state: State, params: dict[str, Any]) -> Record:
    if ("charge" in params) == ("payment_intent" in params):
        raise StripeProblem("One of the following params should be provided: payment_intent or charge.")
    key = params.get("charge")
    if not key:
        intent = state.find("payment_intent", params["payment_intent"], "payment_intent")
        key = intent.body["latest_charge"] or ""
        if intent.body["status"] != "succeeded":
            raise refused(f"This PaymentIntent ({intent.id}) does not have a successful charge to refund.")
    charge = state.find("charge", key, "charge")
    if not charge.body["captured"]:
        raise refused(
            f"Charge {charge.id} is not captured: cancel its PaymentIntent instead.", code="charge_not_captured"
        )
    return charge
