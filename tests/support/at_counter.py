"""Bookings whose renters come to the counter now."""

from __future__ import annotations

import math
from datetime import timedelta

from payments import opened

from engine.domain.money.money import Money
from engine.domain.shared.period import RentalPeriod

HOUR = timedelta(hours=1)


async def confirmed(desk, stripe, first, last, key="k", car="car-1", **changes):
    """Paid, from so many hours from now to so many hours from now."""
    now = desk.clock.now()
    period = RentalPeriod(now + first * HOUR, now + last * HOUR)
    price = Money(50_00 * math.ceil((last - first) / 24), "EUR")
    booking = await opened(desk, key=key, car=car, period=period, shown_price=price, **changes)
    await stripe.pay(booking)
    return await desk.payment.settle(desk.actor, booking.id)


def fence(world, car="car-1"):
    return world.db.fences.find_one({"_id": car})


def told(at):
    """As the frozen request has it."""
    return at.isoformat(timespec="milliseconds")


def moved_back(world, booking, by):
    """As if all of it had been that much earlier."""
    row = world.stored(booking)
    ends = {name: row[name] - by for name in ("starts_at", "ends_at", "free_at")}
    asked = row["payments"][0]["attempts"][0]["request"]
    for name in ("starts_at", "ends_at"):
        asked = asked.replace(told(row[name]), told(ends[name]))
    change = {**ends, "payments.0.attempts.0.request": asked}
    world.db.bookings.update_one({"_id": booking.id}, {"$set": change}, bypass_document_validation=True)
    claims = [{**each, **ends} if each["id"] == booking.id else each for each in fence(world)["claims"]]
    world.db.fences.update_one({"_id": "car-1"}, {"$set": {"claims": claims}})
