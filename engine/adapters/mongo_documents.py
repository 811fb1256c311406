"""Records to documents and back; the only place that knows the field names in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from engine.adapters.migrations import LATEST
from engine.adapters.mongo_client import Document
from engine.domain.audit import AuditRow
from engine.domain.availability import ClaimKind
from engine.domain.booking import Booking
from engine.domain.cancellation import CancellationRule
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
from engine.domain.people import Renter, RenterId
from engine.domain.period import RentalPeriod
from engine.domain.text import normal_plate


def money_document(money: Money) -> Document:
    return {"minor": money.minor, "currency": money.currency}


def money_of(document: Document) -> Money:
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
        "closed": branch.closed,
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
        closed=document.get("closed", False),
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
        daily_rate=money_of(document["daily_rate"]),
        status=CarStatus(document["status"]),
        owner_id=OwnerId(document["owner_id"]),
        branch_id=BranchId(document["branch_id"]),
        image_ids=tuple(document["image_ids"]),
    )


def fence_document(car: Car, terms: CarTerms, blocking: Iterable[Booking]) -> Document:
    """A new fence; ``claims`` are the periods of the blocking bookings."""
    return {
        "_id": car.id,
        "schema": LATEST,
        "seq": 0,
        "status": car.status,
        "terms": terms_document(terms),
        "claims": [claim_document(booking.id, booking.period) for booking in blocking],
    }


def terms_document(terms: CarTerms) -> Document:
    return {
        "label": terms.label,
        "owner_id": terms.owner_id,
        "branch_id": terms.branch_id,
        "zone": terms.zone,
        "daily_rate": money_document(terms.daily_rate),
    }


def status_document(car_id: CarId, owner_id: OwnerId, status: CarStatus, since: datetime) -> Document:
    """What the car of that owner is from *since* on."""
    return {"car_id": car_id, "owner_id": owner_id, "status": status, "since": since}


def claim_document(claim_id: str, period: RentalPeriod, kind: ClaimKind = ClaimKind.BOOKING) -> Document:
    """Attributes: ``claim_id`` is the booking's number, or what else tells this claim from all others."""
    return {"id": claim_id, "kind": kind, "starts_at": period.starts_at, "ends_at": period.ends_at}


def booked(claims: Iterable[Document]) -> list[Document]:
    """Those of *claims* that are bookings, soonest first."""
    return sorted((each for each in claims if each["kind"] == ClaimKind.BOOKING), key=lambda each: each["starts_at"])


def terms_of_fence(fence: Document) -> CarTerms:
    terms = fence["terms"]
    return CarTerms(
        car_id=CarId(fence["_id"]),
        label=terms["label"],
        owner_id=OwnerId(terms["owner_id"]),
        branch_id=BranchId(terms["branch_id"]),
        zone=terms["zone"],
        daily_rate=money_of(terms["daily_rate"]),
    )


def renter_document(renter: Renter) -> Document:
    return {
        "_id": renter.id,
        "name": renter.name,
        "keys": list(renter.keys),
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


def rules_document(rules: Iterable[CancellationRule]) -> list[Document]:
    return [{"hours_before": rule.hours_before, "refund_bp": rule.refund_bp} for rule in rules]


def rules_of(documents: Iterable[Document]) -> tuple[CancellationRule, ...]:
    return tuple(CancellationRule(rule["hours_before"], rule["refund_bp"]) for rule in documents)


def audit_document(row: AuditRow) -> Document:
    return {
        "at": row.at,
        "by": row.by,
        "desk": row.desk,
        "what": row.what,
        "subject": row.subject,
        "before": dict(row.before),
        "after": dict(row.after),
    }


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
