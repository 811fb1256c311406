"""Documents as the plain rows of an owner's books."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.bookings import quote_of
from engine.adapters.mongo.codec.documents import movement_of
from engine.adapters.mongo.codec.reading import Fields, Unreadable, read, sound
from engine.domain.booking.refund_reason import UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarStatus, OwnerId
from engine.domain.money.ledger import LedgerKind
from engine.domain.reports.owner_books import OwnCar, Posting, Rental, StatusSince, damaged_rental
from engine.domain.reports.report_period import milliseconds
from engine.domain.shared.damage import Damaged
from engine.domain.shared.period import RentalPeriod


def posting_of(document: Document) -> Posting:
    row = Fields(document)
    amount = row.money("amount")
    return Posting(
        booking_id=row.text("booking_id"),
        kind=row.choice("kind", LedgerKind).value,
        source_id=row.text("source_id"),
        minor=amount.minor,
        currency=amount.currency,
        car_id=row.text("car_id"),
        branch_id=row.text("branch_id"),
        at=milliseconds(row.moment("at")),
    )


#: What ``rental_of`` reads of a booking; nothing of its renter, and nothing that was said.
RENTAL_FIELDS = (
    "car_id car_label branch_id zone starts_at ends_at created_at state quote version history.reason.usual".split()
)
#: Of such rows as they are kept: months that were kept in another shape are read anew.
RENTAL_SHAPE = "2"


def rental_of(document: Document) -> Rental:
    row = Fields(document)
    quote = quote_of(row.part("quote"))
    period = RentalPeriod(row.moment("starts_at"), row.moment("ends_at"))
    return Rental(
        booking_id=row.text("_id"),
        car_id=row.text("car_id"),
        car_label=row.text("car_label"),
        branch_id=row.text("branch_id"),
        zone=row.text("zone"),
        starts=milliseconds(period.starts_at),
        ends=milliseconds(period.ends_at),
        created=milliseconds(row.moment("created_at")),
        state=row.choice("state", BookingState).value,
        days=quote.days,
        minor=quote.total.minor,
        currency=quote.total.currency,
        commission_bp=quote.commission_bp,
        version=row.whole("version", 1),
        reason=_usual_reason(row),
    )


def _usual_reason(row: Fields) -> str:
    """Why money was given back, by the last step that says so; what cannot be read says nothing and costs no figure."""
    with suppress(Unreadable):
        for step in reversed(row.parts("history")):
            if step.has("reason"):
                return step.part("reason").choice("usual", UsualReason).value
    return ""


def rental_or_line(document: Document) -> Rental:
    """The rental, or one that says nothing but that it is damaged and counts nowhere."""
    found = read("bookings", document, rental_of)
    if not isinstance(found, Damaged):
        return found
    created = document.get("created_at")
    return damaged_rental(found, milliseconds(created) if isinstance(created, datetime) else 0)


def car_of(
    document: Document, owner_id: OwnerId, changes: Iterable[Document], service: Iterable[Document] = ()
) -> OwnCar:
    """*changes* are those of the car, oldest first; *service* are its movements that count."""
    row = Fields(document)
    return OwnCar(
        car_id=row.text("_id"),
        label=f"{row.text('brand')} {row.text('model')} · {row.text('plate')}",
        currency=row.money("daily_rate").currency,
        branch_id=row.text("branch_id"),
        status=row.choice("status", CarStatus),
        mine=row.text("owner_id") == owner_id,
        history=tuple(sound("car_statuses", changes, _status_of)),
        service=tuple(sound("movements", service, _times_of)),
    )


def _times_of(document: Document) -> tuple[int, int]:
    period = movement_of(document).period
    return milliseconds(period.starts_at), milliseconds(period.ends_at)


def _status_of(document: Document) -> StatusSince:
    row = Fields(document)
    return StatusSince(row.choice("status", CarStatus), milliseconds(row.moment("since")))
