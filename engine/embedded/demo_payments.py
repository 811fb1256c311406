"""The demo's coming rentals were paid: let the sandbox know, so that they can be cancelled and refunded."""

from __future__ import annotations

import hashlib
from datetime import datetime

import httpx

from engine.adapters.mongo.client import Client, Document, database, speaking
from engine.adapters.stripe.gateway import STRIPE_VERSION
from engine.domain.booking.states import BookingState
from engine.domain.shared.errors import Unavailable

_BATCH = 100
_PATIENCE_S = 20.0


async def introduce_payments(client: Client, name: str, stripe_url: str, stripe_key: str) -> None:
    """Tell it once; a marker in the database says that it was done.

    Raises:
        Unavailable: The sandbox or MongoDB does not answer.
    """
    with speaking():
        db = database(client, name)
        sandbox = hashlib.sha256(stripe_key.encode()).hexdigest()
        if await db.deployment.find_one({"_id": "demo", "payments_at": sandbox}):
            return
        standing = {
            "state": {"$in": [BookingState.CONFIRMED, BookingState.OUT]},
            "payments.attempts.payment_intent": {"$regex": "^pi_demo_"},
        }
        rows = await db.bookings.find(standing, {"payments": 1, "quote": 1}).to_list()
        headers = {"Authorization": f"Bearer {stripe_key}", "Stripe-Version": STRIPE_VERSION}
        try:
            async with httpx.AsyncClient(
                base_url=stripe_url, headers=headers, timeout=_PATIENCE_S, trust_env=False
            ) as http:
                for first in range(0, len(rows), _BATCH):
                    batch = [_payment(row) for row in rows[first : first + _BATCH]]
                    (await http.post("/_control/past", json=batch)).raise_for_status()
        except httpx.HTTPError as problem:
            raise Unavailable("stripe", "the sandbox does not take the demo's payments") from problem
        await db.deployment.update_one({"_id": "demo"}, {"$set": {"payments_at": sandbox}})


def _payment(row: Document) -> Document:
    quote, attempt = row["quote"], row["payments"][0]["attempts"][0]
    captured_at: datetime = attempt["captured_at"]
    intent: str = attempt["payment_intent"]
    return {
        "session": attempt["session_id"],
        "payment_intent": intent,
        "charge": intent.replace("pi_", "ch_", 1),
        "booking": row["_id"],
        "amount": quote["total"],
        "currency": quote["currency"].lower(),
        "paid_at": int(captured_at.timestamp()),
    }
