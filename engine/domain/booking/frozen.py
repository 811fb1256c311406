"""The request for a payment page: how it is frozen, and whether a stored one is what the program would have frozen.

A release that asks Stripe for more adds a key set; the older ones stay, so that what was frozen before is still known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from engine.domain.booking.booking import Booking
from engine.domain.money.charging import sent
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, PageOrder, Stay
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.period import RentalPeriod

Tags = dict[str, str]
_LONGEST_EMAIL = 800


def _first_tags(order: PageOrder) -> Tags:
    return {"booking": order.booking_id, "attempt": str(order.attempt)}


def _tags_with_stay(order: PageOrder) -> Tags:
    """Enough to make the booking again where a restored database lacks it; nothing of a person."""
    stay = order.stay
    return {
        **_first_tags(order),
        "car": stay.car_id,
        "from": _told_at(stay.period.starts_at),
        "to": _told_at(stay.period.ends_at),
        "rate": _told_money(stay.rate),
        "price": _told_money(order.amount),
    }


def stay_of(tags: Mapping[str, str]) -> Stay | None:
    """What was paid for, as the *tags* of a payment tell; None where they do not, as before they told it."""
    try:
        minor, currency = tags["rate"].split(" ")
        period = RentalPeriod(datetime.fromisoformat(tags["from"]), datetime.fromisoformat(tags["to"]))
        return Stay(tags["car"], period, Money(int(minor), currency))
    except (KeyError, ValueError, DriveSphereError):
        return None


def _told_at(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _told_money(money: Money) -> str:
    return f"{money.minor} {money.currency}"


def _stay(booking: Booking) -> Stay:
    return Stay(booking.sold.car_id, booking.sold_period, booking.quote.lines[0].unit)


#: Version -> the tags by which Stripe's session and payment name their booking. Whoever adds one, adds it here.
TAG_SETS: Mapping[int, Callable[[PageOrder], Tags]] = MappingProxyType({1: _first_tags, 2: _tags_with_stay})
NEWEST = max(TAG_SETS)


def freeze(order: PageOrder, version: int = NEWEST) -> str:
    """The exact request as canonical JSON; the same order gives the same bytes."""
    tags = TAG_SETS[version](order)
    price = {
        "currency": order.amount.currency.lower(),
        "unit_amount": sent(order.amount),
        "product_data": {"name": order.title},
    }
    return _canonical(
        {
            "mode": "payment",
            "payment_method_types": ["card"],
            "line_items": [{"quantity": 1, "price_data": price}],
            "client_reference_id": order.booking_id,
            "metadata": tags,
            "payment_intent_data": {"capture_method": "manual", "metadata": tags},
            "customer_email": order.renter_email,
            "expires_at": int(order.expires_at.timestamp()),
            "success_url": order.return_url,
        }
    )


def order_of(booking: Booking, attempt: Attempt) -> PageOrder | None:
    """What *attempt* must have been frozen from; e-mail address and success URL are known by the request alone.

    None for a request that is none.
    """
    try:
        told = json.loads(attempt.request)
        email, url = told["customer_email"], told["success_url"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not (isinstance(email, str) and isinstance(url, str)) or not _sane_email(email):
        return None
    return _order(booking, attempt, email, url)


def _order(booking: Booking, attempt: Attempt, email: str, url: str) -> PageOrder:
    stay = _stay(booking)
    return PageOrder(booking.id, attempt.n, booking.price, booking.sold.label, email, attempt.expires_at, url, stay)


def version_of(order: PageOrder, request: str) -> int | None:
    """The key set by which *request* was frozen from *order*, byte for byte; None for no known one."""
    return next((each for each in sorted(TAG_SETS, reverse=True) if freeze(order, each) == request), None)


def names(booking: Booking, attempt: Attempt, tags: Mapping[str, Any]) -> bool:
    """Whether *tags*, as Stripe tells them of a payment, are those of this attempt by any known key set."""
    order = _order(booking, attempt, "", "")
    return any(make(order) == tags for make in TAG_SETS.values())


def again(order: PageOrder, attempt: int, expires_at: datetime) -> PageOrder:
    """The same order as a further attempt with a later deadline."""
    return replace(order, attempt=attempt, expires_at=expires_at.astimezone(UTC))


def _sane_email(email: str) -> bool:
    return 0 < len(email) <= _LONGEST_EMAIL and email.isprintable()


def _canonical(request: dict[str, Any]) -> str:
    return json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
