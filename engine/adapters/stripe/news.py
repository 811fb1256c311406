"""Stripe's webhooks: is it Stripe who speaks, and which booking is it about."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

import msgspec

from engine.domain.money.payment import StripeNews
from engine.domain.shared.errors import Forbidden

_OLDEST = timedelta(minutes=5)
#: Stamps are whole seconds and our server's time is known to some milliseconds: a true stamp can seem this early.
_MEASURING_ERROR = timedelta(seconds=1)
#: Stripe's ids are at most 255 characters of these; what is remembered and asked about is no longer.
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
#: Longer than a booking's number: no booking of ours.
_LONGEST_NUMBER = 100
_SESSION, _DISPUTE = "checkout.session.", "charge.dispute."
_KINDS = (_SESSION, _DISPUTE, "payment_intent.", "charge.refund", "refund.")


class _Subject(msgspec.Struct):
    id: str = ""
    client_reference_id: str | None = None
    metadata: dict[str, str] | None = None


class _Data(msgspec.Struct):
    object: _Subject


class _Event(msgspec.Struct):
    id: str
    type: str
    livemode: bool
    data: msgspec.Raw


def check_signature(body: bytes, header: str, secret: str, now: datetime) -> None:
    """Scheme v1 over the raw body, with one of the secrets that may be in use while they are being exchanged.

    stripe-python's own check reads this machine's clock, which may be wrong, and lets stamps of the future pass.

    Raises:
        Forbidden: With no word on which part was wrong.
    """
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    if not secret or len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdecimal()):
        raise _unbelieved()
    expected = hmac.new(secret.encode(), stamps[0].encode() + b"." + body, hashlib.sha256).hexdigest().encode()
    given = [value.encode() for name, _, value in parts if name == "v1"]
    matches = [hmac.compare_digest(expected, each) for each in given]
    if not any(matches) or not now - _OLDEST <= _time(stamps[0]) <= now + _MEASURING_ERROR:
        raise _unbelieved()


def news_of(body: bytes, *, livemode: bool) -> StripeNews:
    """What a believed event is about. Kinds that we don't know, and the other mode's events, name no booking.

    Raises:
        Forbidden: The body is no event.
    """
    try:
        event = msgspec.json.decode(body, type=_Event)
        if event.livemode is not livemode or not event.type.startswith(_KINDS):
            return StripeNews(event.id, event.type, booking_id="", session_id="")
        subject = msgspec.json.decode(event.data, type=_Data).object
    # The signature says who speaks, not that it makes sense: nested too deep, or text that is no Unicode.
    except (msgspec.DecodeError, RecursionError, ValueError) as problem:
        raise _unbelieved() from problem
    if not _ID.fullmatch(event.id) or not _ID.fullmatch(subject.id):
        raise _unbelieved()
    if event.type.startswith(_DISPUTE):
        return StripeNews(event.id, event.type, booking_id="", session_id="", dispute_id=subject.id)
    booking = (subject.metadata or {}).get("booking") or ""
    if len(booking) > _LONGEST_NUMBER:
        return StripeNews(event.id, event.type, booking_id="", session_id="")
    if not event.type.startswith(_SESSION):
        return StripeNews(event.id, event.type, booking, session_id="")
    return StripeNews(event.id, event.type, booking and (subject.client_reference_id or ""), subject.id)


def _time(stamp: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(stamp), UTC)
    except (ValueError, OverflowError, OSError) as problem:
        raise _unbelieved() from problem


def _unbelieved() -> Forbidden:
    return Forbidden("not an event of Stripe's")
