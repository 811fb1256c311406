"""Bookings to documents and back."""

from __future__ import annotations

from engine.adapters.mongo_client import Document
from engine.adapters.mongo_documents import money_document, money_of, rules_document, rules_of
from engine.domain.booking import Booking, BookingId, BookingState, Step
from engine.domain.car import BranchId, CarId, OwnerId
from engine.domain.listing import search_keys
from engine.domain.money import Money
from engine.domain.payment import Attempt, AttemptState, Refund, RefundState
from engine.domain.people import AccountName, RenterId
from engine.domain.period import RentalPeriod
from engine.domain.pricing import Quote, QuoteLine
from engine.domain.text import search_key
from engine.domain.trouble import ByHand, Trouble, Why


def booking_document(booking: Booking) -> Document:
    """``renter_key``, ``search_keys``, ``session_ids``, ``due_at`` and ``person_at`` are there for their indexes.

    The last three are left out when there is nothing to index.
    """
    return {
        "_id": booking.id,
        "car_id": booking.car_id,
        "car_label": booking.car_label,
        "owner_id": booking.owner_id,
        "branch_id": booking.branch_id,
        "return_branch_id": booking.return_branch_id,
        "zone": booking.zone,
        "renter_id": booking.renter_id,
        "renter_name": booking.renter_name,
        "renter_key": search_key(booking.renter_name),
        "search_keys": list(search_keys(booking)),
        "booked_by": booking.booked_by,
        "starts_at": booking.period.starts_at,
        "ends_at": booking.period.ends_at,
        "state": booking.state,
        "hold_until": booking.hold_until,
        "created_at": booking.created_at,
        "quote": _quote_document(booking.quote),
        "attempts": [_attempt_document(attempt) for attempt in booking.attempts],
        "intent_key": booking.intent_key,
        "history": [{"state": step.state, "at": step.at, "by": step.by} for step in booking.history],
        "version": booking.version,
        "cancellation": rules_document(booking.cancellation),
        **_where_there_is_one(booking),
    }


def _where_there_is_one(booking: Booking) -> Document:
    refund, trouble = booking.refund, booking.trouble
    fields: Document = {
        "session_ids": [attempt.session_id for attempt in booking.attempts if attempt.session_id] or None,
        "refund": refund and _refund_document(refund),
        "due_at": booking.due_at,
        "person_at": booking.person_at,
        "trouble": trouble and _trouble_document(trouble),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _refund_document(refund: Refund) -> Document:
    return {"amount": money_document(refund.amount), "state": refund.state, "refund_id": refund.refund_id}


def booking_of(document: Document) -> Booking:
    return Booking(
        id=BookingId(document["_id"]),
        car_id=CarId(document["car_id"]),
        car_label=document["car_label"],
        owner_id=OwnerId(document["owner_id"]),
        branch_id=BranchId(document["branch_id"]),
        return_branch_id=BranchId(document["return_branch_id"]),
        zone=document["zone"],
        renter_id=RenterId(document["renter_id"]),
        renter_name=document["renter_name"],
        booked_by=AccountName(document["booked_by"]),
        period=RentalPeriod(document["starts_at"], document["ends_at"]),
        state=BookingState(document["state"]),
        hold_until=document["hold_until"],
        created_at=document["created_at"],
        quote=_quote(document["quote"]),
        attempts=tuple(_attempt(attempt) for attempt in document["attempts"]),
        intent_key=document["intent_key"],
        history=tuple(Step(BookingState(step["state"]), step["at"], step["by"]) for step in document["history"]),
        version=document["version"],
        cancellation=rules_of(document["cancellation"]),
        refund=_refund(document["refund"]) if "refund" in document else None,
        trouble=_trouble(document["trouble"]) if "trouble" in document else None,
    )


def _refund(document: Document) -> Refund:
    return Refund(money_of(document["amount"]), RefundState(document["state"]), document["refund_id"])


def _trouble_document(trouble: Trouble) -> Document:
    document: Document = {
        "why": trouble.why,
        "since": trouble.since,
        "tries": trouble.tries,
        "again_at": trouble.again_at,
        "code": trouble.code,
    }
    if (done := trouble.settled) is not None:
        document["settled"] = {"by": done.by, "at": done.at, "note": done.note}
    return document


def _trouble(document: Document) -> Trouble:
    done = document.get("settled")
    return Trouble(
        why=Why(document["why"]),
        since=document["since"],
        tries=document["tries"],
        again_at=document["again_at"],
        code=document["code"],
        settled=ByHand(AccountName(done["by"]), done["at"], done["note"]) if done else None,
    )


def _quote_document(quote: Quote) -> Document:
    return {
        "lines": [{"kind": line.kind, "count": line.count, "unit": line.unit.minor} for line in quote.lines],
        "currency": quote.total.currency,
        "total": quote.total.minor,
        "commission_bp": quote.commission_bp,
    }


def _quote(document: Document) -> Quote:
    currency = document["currency"]
    lines = tuple(QuoteLine(line["kind"], line["count"], Money(line["unit"], currency)) for line in document["lines"])
    return Quote(lines, document["commission_bp"])


def _attempt_document(attempt: Attempt) -> Document:
    return {
        "n": attempt.n,
        "request": attempt.request,
        "amount": money_document(attempt.amount),
        "expires_at": attempt.expires_at,
        "state": attempt.state,
        "session_id": attempt.session_id,
        "url": attempt.url,
        "payment_intent": attempt.payment_intent,
        "captured_at": attempt.captured_at,
    }


def _attempt(document: Document) -> Attempt:
    return Attempt(
        n=document["n"],
        request=document["request"],
        amount=money_of(document["amount"]),
        expires_at=document["expires_at"],
        state=AttemptState(document["state"]),
        session_id=document["session_id"],
        url=document["url"],
        payment_intent=document["payment_intent"],
        captured_at=document["captured_at"],
    )
