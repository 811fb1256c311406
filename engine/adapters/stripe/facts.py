"""Stripe's answers as facts of ours. An answer of another shape is a mismatch, never a guess."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec

from engine.domain.money.charging import received
from engine.domain.money.dispute import DisputeFacts
from engine.domain.money.payment import Decline, IntentFacts, PageFacts, PageStatus, PaymentFacts, RefundFacts
from engine.domain.shared.errors import InvalidMoney, PaymentMismatch

Body = dict[str, Any]


class _PaymentError(msgspec.Struct):
    type: str
    code: str | None = None
    decline_code: str | None = None
    charge: str | None = None


class _Intent(msgspec.Struct):
    id: str
    status: str
    amount: int
    currency: str
    amount_received: int = 0
    latest_charge: str | None = None
    metadata: dict[str, str] = {}
    last_payment_error: _PaymentError | None = None


class _Session(msgspec.Struct):
    id: str
    status: str
    payment_status: str
    amount_total: int
    currency: str
    livemode: bool
    expires_at: int
    url: str | None = None
    client_reference_id: str | None = None
    payment_intent: _Intent | None = None
    metadata: dict[str, str] = {}


class _Charge(msgspec.Struct):
    id: str
    captured: bool
    amount_captured: int
    amount_refunded: int


class _Payment(msgspec.Struct):
    """A PaymentIntent with its charge expanded."""

    id: str
    status: str
    currency: str
    created: int
    metadata: dict[str, str]
    latest_charge: _Charge | None = None


class _Refund(msgspec.Struct):
    id: str
    amount: int
    currency: str
    status: str | None = None
    payment_intent: str | None = None


class _Evidence(msgspec.Struct):
    due_by: int | None = None


class _Dispute(msgspec.Struct):
    id: str
    amount: int
    currency: str
    reason: str
    status: str
    created: int
    livemode: bool
    evidence_details: _Evidence
    payment_intent: str | None = None


def page_is_ours(body: Body) -> bool:
    """Whether a desk of this firm made that session; others may share the Stripe account."""
    tags = body.get("metadata") or {}
    return bool(body.get("client_reference_id")) and {"booking", "attempt"} <= tags.keys()


def payment_is_ours(body: Body) -> bool:
    return bool((body.get("metadata") or {}).get("booking"))


def page_facts(body: Body) -> PageFacts:
    with _known("session", body):
        told = msgspec.convert(body, _Session)
        return PageFacts(
            session_id=told.id,
            url=told.url or "",
            status=PageStatus(told.status),
            paid=told.payment_status == "paid",
            payment_intent=told.payment_intent.id if told.payment_intent else "",
            intent_status=told.payment_intent.status if told.payment_intent else "",
            amount=received(told.amount_total, told.currency),
            livemode=told.livemode,
            booking_id=told.client_reference_id or "",
            attempt=int(told.metadata.get("attempt", "")),
            expires_at=datetime.fromtimestamp(told.expires_at, UTC),
            tags=told.metadata,
            decline=_decline(told.payment_intent),
        )


def _decline(intent: _Intent | None) -> Decline | None:
    """Only while another card is awaited: Stripe keeps the error of a try that another has followed."""
    if intent is None or intent.status != "requires_payment_method" or intent.last_payment_error is None:
        return None
    error = intent.last_payment_error
    return Decline(error.decline_code or error.code or error.type, error.charge or "")


def intent_facts(body: Body) -> IntentFacts:
    with _known("payment", body):
        told = msgspec.convert(body, _Intent)
        return IntentFacts(
            payment_intent=told.id,
            status=told.status,
            amount=received(told.amount, told.currency),
            captured=received(told.amount_received, told.currency),
            charge=told.latest_charge or "",
            tags=told.metadata,
        )


def payment_facts(body: Body) -> PaymentFacts:
    """What Stripe calls refunded of a charge that was never captured is only an authorisation let go."""
    with _known("payment", body):
        told = msgspec.convert(body, _Payment)
        charge = told.latest_charge
        taken = charge is not None and charge.captured
        return PaymentFacts(
            payment_intent=told.id,
            booking_id=told.metadata["booking"],
            status=told.status,
            captured=received(charge.amount_captured if charge and taken else 0, told.currency),
            refunded=received(charge.amount_refunded if charge and taken else 0, told.currency),
            charge=charge.id if charge else "",
            created_at=datetime.fromtimestamp(told.created, UTC),
        )


def refund_facts(body: Body) -> RefundFacts:
    with _known("refund", body):
        told = msgspec.convert(body, _Refund)
        return RefundFacts(
            refund_id=told.id,
            payment_intent=told.payment_intent or "",
            status=told.status or "pending",
            amount=received(told.amount, told.currency),
        )


def dispute_facts(body: Body) -> DisputeFacts:
    with _known("dispute", body):
        told = msgspec.convert(body, _Dispute)
        due_by = told.evidence_details.due_by
        return DisputeFacts(
            dispute_id=told.id,
            payment_intent=told.payment_intent or "",
            amount=received(told.amount, told.currency),
            reason=told.reason,
            status=told.status,
            due_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
            created_at=datetime.fromtimestamp(told.created, UTC),
            livemode=told.livemode,
        )


@contextmanager
def _known(kind: str, body: Body) -> Iterator[None]:
    try:
        yield
    except (msgspec.ValidationError, ValueError, OverflowError, OSError, InvalidMoney) as problem:
        raise PaymentMismatch(f"{kind} {body.get('id')}: not an answer we know ({problem})") from problem
