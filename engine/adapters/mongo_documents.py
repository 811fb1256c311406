"""Records to documents and back; the only place that knows the field names in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from engine.adapters.mongo_client import Document
from engine.domain.booking import Booking, BookingId, BookingState, Step
from engine.domain.car import (
    BodyType,
    Branch,
    BranchId,
    Car,
    CarId,
    CarStatus,
    CarTerms,
    Fuel,
    OwnerId,
    Transmission,
)
from engine.domain.ledger import LedgerRow
from engine.domain.money import Money
from engine.domain.payment import Attempt, AttemptState
from engine.domain.people import AccountName, Renter, RenterId
from engine.domain.period import RentalPeriod
from engine.domain.pricing import Quote, QuoteLine
from engine.domain.settings import FirmSettings
from engine.domain.text import normal_plate


def money_document(money: Money) -> Document:
    return {"minor": money.minor, "currency": money.currency}


def _money(document: Document) -> Money:
    return Money(document["minor"], document["currency"])


def branch_document(branch: Branch) -> Document:
    return {
        "_id": branch.id,
        "name": branch.name,
        "city": branch.city,
        "address": branch.address,
        "zone": branch.zone,
        "opens": branch.opens,
        "closes": branch.closes,
    }


def branch_of(document: Document) -> Branch:
    return Branch(
        id=BranchId(document["_id"]),
        name=document["name"],
        city=document["city"],
        address=document["address"],
        zone=document["zone"],
        opens=document["opens"],
        closes=document["closes"],
    )


def car_document(car: Car) -> Document:
    return {
        "_id": car.id,
        "plate": car.plate,
        "plate_key": normal_plate(car.plate),
        "brand": car.brand,
        "model": car.model,
        "year": car.year,
        "body": car.body,
        "colour": car.colour,
        "fuel": car.fuel,
        "transmission": car.transmission,
        "seats": car.seats,
        "odometer_km": car.odometer_km,
        "daily_rate": money_document(car.daily_rate),
        "status": car.status,
        "owner_id": car.owner_id,
        "branch_id": car.branch_id,
        "image_ids": list(car.image_ids),
    }


def car_of(document: Document) -> Car:
    return Car(
        id=CarId(document["_id"]),
        plate=document["plate"],
        brand=document["brand"],
        model=document["model"],
        year=document["year"],
        body=BodyType(document["body"]),
        colour=document["colour"],
        fuel=Fuel(document["fuel"]),
        transmission=Transmission(document["transmission"]),
        seats=document["seats"],
        odometer_km=document["odometer_km"],
        daily_rate=_money(document["daily_rate"]),
        status=CarStatus(document["status"]),
        owner_id=OwnerId(document["owner_id"]),
        branch_id=BranchId(document["branch_id"]),
        image_ids=tuple(document["image_ids"]),
    )


def fence_document(car: Car, terms: CarTerms, blocking: Iterable[Booking]) -> Document:
    """A new fence; ``claims`` are the periods of the blocking bookings."""
    return {
        "_id": car.id,
        "seq": 0,
        "status": car.status,
        "terms": {
            "label": terms.label,
            "owner_id": terms.owner_id,
            "branch_id": terms.branch_id,
            "zone": terms.zone,
            "daily_rate": money_document(terms.daily_rate),
        },
        "claims": [claim_document(booking.id, booking.period) for booking in blocking],
    }


def claim_document(booking_id: BookingId, period: RentalPeriod) -> Document:
    return {"booking_id": booking_id, "starts_at": period.starts_at, "ends_at": period.ends_at}


def terms_of_fence(fence: Document) -> CarTerms:
    terms = fence["terms"]
    return CarTerms(
        car_id=CarId(fence["_id"]),
        label=terms["label"],
        owner_id=OwnerId(terms["owner_id"]),
        branch_id=BranchId(terms["branch_id"]),
        zone=terms["zone"],
        daily_rate=_money(terms["daily_rate"]),
    )


def renter_document(renter: Renter) -> Document:
    return {
        "_id": renter.id,
        "name": renter.name,
        "name_key": renter.name.casefold(),
        "email": renter.email,
        "phone": renter.phone,
        "licence": renter.licence,
    }


def renter_of(document: Document) -> Renter:
    return Renter(
        id=RenterId(document["_id"]),
        name=document["name"],
        email=document["email"],
        phone=document["phone"],
        licence=document["licence"],
    )


def settings_document(settings: FirmSettings) -> Document:
    return {
        "_id": "firm",
        "currency": settings.currency,
        "commission_bp": settings.commission_bp,
        "hold_s": int(settings.hold.total_seconds()),
    }


def settings_of(document: Document) -> FirmSettings:
    return FirmSettings(document["currency"], document["commission_bp"], timedelta(seconds=document["hold_s"]))


def ledger_document(row: LedgerRow) -> Document:
    return {
        "booking_id": row.booking_id,
        "kind": row.kind,
        "source_id": row.source_id,
        "amount": money_document(row.amount),
        "car_id": row.car_id,
        "owner_id": row.owner_id,
        "branch_id": row.branch_id,
        "at": row.at,
    }


def booking_document(booking: Booking) -> Document:
    """``session_ids`` and ``due_at`` are there for their indexes and left out when there is nothing to index."""
    document: Document = {
        "_id": booking.id,
        "car_id": booking.car_id,
        "car_label": booking.car_label,
        "owner_id": booking.owner_id,
        "branch_id": booking.branch_id,
        "return_branch_id": booking.return_branch_id,
        "zone": booking.zone,
        "renter_id": booking.renter_id,
        "renter_name": booking.renter_name,
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
    }
    if session_ids := [attempt.session_id for attempt in booking.attempts if attempt.session_id]:
        document["session_ids"] = session_ids
    if (due_at := booking.due_at) is not None:
        document["due_at"] = due_at
    return document


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
        amount=_money(document["amount"]),
        expires_at=document["expires_at"],
        state=AttemptState(document["state"]),
        session_id=document["session_id"],
        url=document["url"],
        payment_intent=document["payment_intent"],
        captured_at=document["captured_at"],
    )
