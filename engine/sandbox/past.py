"""Payments that were made before the sandbox was there, so that a demo's bookings can be cancelled and refunded."""

from __future__ import annotations

import msgspec

from engine.sandbox import sessions, templates
from engine.sandbox.payments import PAID
from engine.sandbox.store import Record
from engine.sandbox.stripe_state import State

_PAGE_S = 31 * 60


class PastPayment(msgspec.Struct, forbid_unknown_fields=True):
    """A session that was paid and captured; ids are the caller's, ``paid_at`` is in epoch seconds."""

    session: str
    payment_intent: str
    charge: str
    booking: str
    amount: int
    currency: str
    paid_at: int


def remember(state: State, payments: list[PastPayment]) -> int:
    """Those that are known already are left as they are; how many are new."""
    new = [payment for payment in payments if state.store.get("payment_intent", payment.payment_intent) is None]
    for payment in new:
        _add(state, payment)
    return len(new)


def _add(state: State, past: PastPayment) -> None:
    tags = {"booking": past.booking, "attempt": "1"}
    asked = {"client_reference_id": past.booking, "metadata": tags, "success_url": "https://drivesphere.invalid/paid"}
    session = templates.session(
        asked,
        id=past.session,
        amount=past.amount,
        currency=past.currency,
        created=past.paid_at,
        expires_at=past.paid_at + _PAGE_S,
        url=None,
    )
    session |= {"status": "complete", "payment_status": "paid", "payment_intent": past.payment_intent}
    data = {"capture_method": "manual", "metadata": tags}
    intent = templates.payment_intent(past.payment_intent, session, data, past.paid_at)
    intent |= {"status": "succeeded", "amount_received": past.amount, "latest_charge": past.charge}
    charge = templates.charge(past.charge, intent, templates.visa(PAID), {"email": None, "name": None})
    charge |= {"created": past.paid_at, "captured": True, "amount_captured": past.amount}
    hidden = {"line_items": [], "payment_intent_data": data}
    state.store.add(Record(past.session, sessions.KIND, session, hidden))
    state.store.add(Record(past.payment_intent, "payment_intent", intent, {"session": past.session}))
    state.store.add(Record(past.charge, "charge", charge, {}))
