"""Records to documents and back: branches, cars, renters, terms; bookings have ``mongo.codec.bookings``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.reading import Fields, Unreadable, must, sound
from engine.adapters.mongo.schema.migrations import LATEST
from engine.domain.booking.booking import Booking
from engine.domain.booking.cancellation import CancellationRule
from engine.domain.booking.wish import WishAnswer
from engine.domain.car.availability import ClaimKind
from engine.domain.car.car import (
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
from engine.domain.car.plates import plate_key
from engine.domain.firm.audit import AuditRow
from engine.domain.money.ledger import LedgerKind, LedgerRow
from engine.domain.money.money import Money
from engine.domain.money.payment import PaymentId
from engine.domain.people.people import Renter, RenterId
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import search_key

#: A share of all, in basis points.
WHOLE_BP = 10_000
_LATEST_YEAR, _MOST_SEATS, _MOST_HOURS = 9999, 1000, 100_000
_HOURS = re.compile(r"([01][0-9]|2[0-4]):[0-5][0-9]")


def money_document(money: Money) -> Document:
    return {"minor": money.minor, "currency": money.currency}


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
    row = Fields(document)
    return Branch(
        id=BranchId(row.text("_id")),
        name=row.text("name"),
        city=row.text("city"),
        address=row.text("address"),
        zone=row.text("zone"),
        opens=_hours(row, "opens"),
        closes=_hours(row, "closes"),
        closed=row.flag("closed") if row.has("closed") else False,
    )


def _hours(row: Fields, name: str) -> str:
    text = row.text(name)
    if _HOURS.fullmatch(text) is None:
        raise Unreadable(f"{name}: {text!r} is no time of the day")
    return text


#: What of a car's row is there for its indexes.
CAR_KEYS = frozenset({"plate_key", "parts", "order"})


def car_document(car: Car) -> Document:
    return {
        "_id": car.id,
        "plate": car.plate,
        "country": car.country,
        "plate_key": plate_key(car.plate, car.country),
        "parts": list(car.parts),
        "order": search_key(car.title),
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
    row = Fields(document)
    return Car(
        id=CarId(row.text("_id")),
        plate=row.text("plate"),
        brand=row.text("brand"),
        model=row.text("model"),
        year=row.whole("year", 1, _LATEST_YEAR),
        body=row.choice("body", BodyType),
        colour=row.text("colour"),
        fuel=row.choice("fuel", Fuel),
        transmission=row.choice("transmission", Transmission),
        seats=row.whole("seats", 1, _MOST_SEATS),
        odometer_km=row.whole("odometer_km"),
        daily_rate=row.money("daily_rate"),
        status=row.choice("status", CarStatus),
        owner_id=OwnerId(row.text("owner_id")),
        branch_id=BranchId(row.text("branch_id")),
        image_ids=row.texts("image_ids"),
        country=row.maybe("country"),
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
        "n": terms.n,
    }


def series_document(terms: CarTerms, by: str, at: datetime) -> Document:
    """A row of ``car_terms``; the fence's copy is *terms* with their number."""
    copied = terms_document(terms)
    return {"car_id": terms.car_id, "n": copied.pop("n"), "terms": copied, "by": by, "at": at}


def status_document(car_id: CarId, owner_id: OwnerId, status: CarStatus, since: datetime) -> Document:
    """What the car of that owner is from *since* on."""
    return {"car_id": car_id, "owner_id": owner_id, "status": status, "since": since}


def claim_document(claim_id: str, period: RentalPeriod, kind: ClaimKind = ClaimKind.BOOKING) -> Document:
    """Attributes: ``claim_id`` is the booking's number, or what else tells this claim from all others."""
    return {"id": claim_id, "kind": kind, "starts_at": period.starts_at, "ends_at": period.ends_at}


class Claimed(NamedTuple):
    """What keeps a car, as its fence has it. ``id`` is the number of a booking, if it is one."""

    id: str
    kind: ClaimKind
    period: RentalPeriod


def claims_of(fence: Document) -> list[Claimed]:
    """Those that can be read, soonest first; the doctor tells of the others."""
    claims = fence.get("claims")
    rows = [{"_id": fence.get("_id"), "claim": each} for each in claims] if isinstance(claims, list) else []
    return sorted(sound("fences", rows, _claim_of), key=lambda claim: claim.period.starts_at)


def booked(fence: Document) -> list[Claimed]:
    """Those that are bookings, soonest first."""
    return [claim for claim in claims_of(fence) if claim.kind is ClaimKind.BOOKING]


def booked_ids(fence: Document) -> frozenset[str]:
    """Of all bookings that claim the car, those that cannot be read among them: a change must not pass over any."""
    claims = fence.get("claims")
    every = (each for each in (claims if isinstance(claims, list) else []) if isinstance(each, dict))
    ids = (each.get("id") for each in every if each.get("kind") == ClaimKind.BOOKING)
    return frozenset(each for each in ids if isinstance(each, str))


def _claim_of(row: Document) -> Claimed:
    claim = Fields(row).part("claim")
    period = RentalPeriod(claim.moment("starts_at"), claim.moment("ends_at"))
    return Claimed(claim.text("id"), claim.choice("kind", ClaimKind), period)


def terms_of_fence(fence: Document) -> CarTerms:
    """Raises: DamagedRow."""
    return must("fences", fence, _terms_of)


def _terms_of(fence: Document) -> CarTerms:
    row = Fields(fence)
    terms = row.part("terms")
    return CarTerms(
        car_id=CarId(row.text("_id")),
        label=terms.text("label"),
        owner_id=OwnerId(terms.text("owner_id")),
        branch_id=BranchId(terms.text("branch_id")),
        zone=terms.text("zone"),
        daily_rate=terms.money("daily_rate"),
        n=terms.whole("n", 1),
    )


def renter_document(renter: Renter) -> Document:
    """A row of ``renters``: somebody new with what it is found and listed by."""
    return {**renter_within(renter), "order": search_key(renter.name), "parts": list(renter.parts), "version": 1}


def renter_within(renter: Renter) -> Document:
    """A renter as part of an account's row or of a key's."""
    return {
        "_id": renter.id,
        "name": renter.name,
        "keys": list(renter.keys),
        "email": renter.email,
        "phone": renter.phone,
        "licence": renter.licence,
    }


def renter_of(document: Document) -> Renter:
    row = Fields(document)
    return Renter(
        id=RenterId(row.text("_id")),
        name=row.text("name"),
        email=row.text("email"),
        phone=row.text("phone"),
        licence=row.text("licence"),
    )


def answer_document(answer: WishAnswer) -> Document:
    return {
        "_id": answer.wish_id,
        "account": answer.account,
        "at": answer.at,
        "booking_id": answer.booking_id,
        "code": answer.code,
        "facts": dict(answer.facts),
    }


def rules_document(rules: Iterable[CancellationRule]) -> list[Document]:
    return [{"hours_before": rule.hours_before, "refund_bp": rule.refund_bp} for rule in rules]


def rules_of(rows: Iterable[Fields]) -> tuple[CancellationRule, ...]:
    return tuple(
        CancellationRule(row.whole("hours_before", 0, _MOST_HOURS), row.whole("refund_bp", 0, WHOLE_BP)) for row in rows
    )


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
        "payment_id": row.payment_id,
        "kind": row.kind,
        "source_id": row.source_id,
        "amount": money_document(row.amount),
        "car_id": row.car_id,
        "owner_id": row.owner_id,
        "branch_id": row.branch_id,
        "at": row.at,
    }


def ledger_of(document: Document) -> LedgerRow:
    row = Fields(document)
    return LedgerRow(
        booking_id=row.text("booking_id"),
        payment_id=PaymentId(row.text("payment_id")),
        kind=row.choice("kind", LedgerKind),
        source_id=row.text("source_id"),
        amount=row.money("amount"),
        car_id=row.text("car_id"),
        owner_id=row.text("owner_id"),
        branch_id=row.text("branch_id"),
        at=row.moment("at"),
    )
