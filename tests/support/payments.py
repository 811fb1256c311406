"""The sandbox as tests use it: a payer, its switches, its books."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from builders import World, wish
from plain_http import PLAIN

from engine.adapters.stripe.gateway import STRIPE_VERSION
from engine.bootstrap import Engine
from engine.domain.booking.booking import Booking

CARD = {"email": "ada@example.org", "number": "4242 4242 4242 4242", "expiry": "12/30", "cvc": "123", "name": "Ada"}


class Stripe:
    """The sandbox from outside: a payer, its switches, its books."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def pay(self, booking: Booking, **changes: str) -> httpx.Response:
        return await self.pay_at(booking.payment.attempt.url, **changes)

    async def pay_at(self, url: str, **changes: str) -> httpx.Response:
        return await self._http.post(url, data=CARD | changes)

    async def fault(self, **fault: object) -> None:
        (await self._http.post("/_control/faults", json=fault)).raise_for_status()

    async def calm(self) -> None:
        (await self._http.delete("/_control/faults")).raise_for_status()
        (await self._http.post("/_control/clock", json={"offset_s": 0})).raise_for_status()

    async def forget_keys(self) -> None:
        """A day and an hour pass at Stripe, which keeps idempotency keys for a day; until ``calm``."""
        (await self._http.post("/_control/clock", json={"offset_s": 25 * 3600})).raise_for_status()

    async def next_refund(self, outcome: str) -> None:
        (await self._http.post("/_control/refunds", json={"outcome": outcome})).raise_for_status()

    async def refund_comes_back(self, booking: Booking) -> None:
        """From the renter's bank, which could not place it."""
        path = f"/_control/refunds/{booking.payment.refund.refund_id}"
        (await self._http.post(path, json={"status": "failed"})).raise_for_status()

    async def rob(self, booking: Booking) -> None:
        """Give one of what was paid back without the program, as whoever has the key could."""
        paid = {"payment_intent": booking.payment.attempt.payment_intent, "amount": "100"}
        (await self._http.post("/v1/refunds", data=paid)).raise_for_status()

    async def intent(self, payment_intent: str) -> dict:
        return (await self._http.get(f"/v1/payment_intents/{payment_intent}")).json()

    async def dispute(self, booking: Booking, reason: str = "fraudulent") -> str:
        """The cardholder's bank takes the payment back; the dispute's id."""
        asked = {"payment_intent": booking.payment.attempt.payment_intent, "reason": reason}
        return (await self._http.post("/_control/disputes", json=asked)).raise_for_status().json()["id"]

    async def decide(self, dispute_id: str, verdict: str) -> None:
        (await self._http.post(f"/_control/disputes/{dispute_id}", json={"status": verdict})).raise_for_status()

    async def cancel_intent(self, payment_intent: str) -> None:
        """What Stripe does with an authorisation of seven days."""
        (await self._http.post(f"/v1/payment_intents/{payment_intent}/cancel")).raise_for_status()

    async def capture(self, payment_intent: str) -> None:
        """As a person does in Stripe's dashboard."""
        (await self._http.post(f"/v1/payment_intents/{payment_intent}/capture")).raise_for_status()

    async def page(self, booking: Booking) -> dict:
        return (await self._http.get(f"/v1/checkout/sessions/{booking.payment.attempt.session_id}")).json()

    async def pages(self, booking: Booking) -> list[dict]:
        listed = (await self._http.get("/v1/checkout/sessions", params={"limit": 100})).json()["data"]
        return [page for page in listed if page["client_reference_id"] == booking.id]

    async def charges(self, booking: Booking) -> list[dict]:
        return await self.charges_of(booking.id)

    async def charges_of(self, booking_id: str) -> list[dict]:
        books = (await self._http.get("/_control/books")).json()
        return [entry for entry in books["charges"] if entry["booking"] == booking_id]


@asynccontextmanager
async def stripe_of(world: World):
    headers = {"Authorization": f"Bearer {world.deployment.stripe_key.reveal()}", "Stripe-Version": STRIPE_VERSION}
    # A connection that was kept is closed by the server at some moment, perhaps while it is used again.
    quiet = {"timeout": 60, "limits": httpx.Limits(max_keepalive_connections=0), **PLAIN}
    async with httpx.AsyncClient(base_url=world.deployment.stripe_url, headers=headers, **quiet) as http:
        stripe = Stripe(http)
        yield stripe
        await stripe.calm()


async def opened(desk: Engine, **changes: object) -> Booking:
    held = await desk.booking.hold(desk.actor, wish(desk, **changes))
    return await desk.payment.settle(desk.actor, held.id)


def wrote(world: World, booking: Booking, *states: str, **fields: object) -> None:
    """Its row goes on to the last of *states* as the program would have written it, and as *fields* say."""
    row = world.stored(booking)
    since = row["history"][-1]["at"]
    steps = [{"state": state, "at": since + timedelta(milliseconds=n), "by": "test"} for n, state in enumerate(states)]
    change = {"$set": {"state": states[-1], **fields}, "$push": {"history": {"$each": steps}}, "$unset": {"due_at": 1}}
    world.db.bookings.update_one({"_id": booking.id}, change, bypass_document_validation=True)


def let_go(world: World, booking: Booking, attempt: str = "expired") -> None:
    """Its row says that the hold ran out and the page was closed, whatever Stripe knows."""
    wrote(world, booking, "releasing", "released", **{"payments.0.attempts.0.state": attempt})


def run_out(world: World, booking: Booking) -> None:
    """The hold's time is over, as far as the stored row says."""
    past = booking.created_at - timedelta(seconds=1)
    world.db.bookings.update_one({"_id": booking.id}, {"$set": {"hold_until": past, "due_at": past}})
