"""Documents as the plain rows of an owner's books."""

from __future__ import annotations

from collections.abc import Iterable

from engine.adapters.mongo_client import Document
from engine.domain.car import CarStatus, OwnerId
from engine.domain.ownbooks import OwnCar, Posting, Rental, StatusSince
from engine.domain.span import milliseconds


def posting_of(document: Document) -> Posting:
    return Posting(
        booking_id=document["booking_id"],
        kind=document["kind"],
        source_id=document["source_id"],
        minor=document["amount"]["minor"],
        currency=document["amount"]["currency"],
        car_id=document["car_id"],
        branch_id=document["branch_id"],
        at=milliseconds(document["at"]),
    )


#: What ``rental_of`` reads of a booking; nothing of its renter.
RENTAL_FIELDS = "car_id car_label branch_id zone starts_at ends_at created_at state quote version".split()


def rental_of(document: Document) -> Rental:
    quote = document["quote"]
    return Rental(
        booking_id=document["_id"],
        car_id=document["car_id"],
        car_label=document["car_label"],
        branch_id=document["branch_id"],
        zone=document["zone"],
        starts=milliseconds(document["starts_at"]),
        ends=milliseconds(document["ends_at"]),
        created=milliseconds(document["created_at"]),
        state=document["state"],
        days=sum(line["count"] for line in quote["lines"] if line["kind"] == "day"),
        minor=quote["total"],
        currency=quote["currency"],
        commission_bp=quote["commission_bp"],
        version=document["version"],
    )


def car_of(document: Document, owner_id: OwnerId, changes: Iterable[Document]) -> OwnCar:
    """*changes* are those of the car, oldest first."""
    return OwnCar(
        car_id=document["_id"],
        label=f"{document['brand']} {document['model']} · {document['plate']}",
        currency=document["daily_rate"]["currency"],
        branch_id=document["branch_id"],
        status=CarStatus(document["status"]),
        mine=document["owner_id"] == owner_id,
        history=tuple(StatusSince(CarStatus(each["status"]), milliseconds(each["since"])) for each in changes),
    )
