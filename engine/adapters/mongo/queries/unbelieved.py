"""A booking's row that is not believed, or cannot be read: all that is stored of it, and what can be saved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import bson

from engine.adapters.mongo.client import Client, Document, database, speaking
from engine.adapters.mongo.codec.bookings import attempt_of, booking_of, quote_of
from engine.adapters.mongo.codec.documents import claims_of, ledger_of
from engine.adapters.mongo.codec.reading import Fields, read, sound
from engine.domain.booking.booking import Booking, BookingId, Step, rental_payment
from engine.domain.booking.states import BookingState
from engine.domain.booking.unbelieved import CAR_LET_GO, KeptCar, StoredBooking
from engine.domain.car.availability import ClaimKind
from engine.domain.car.car import BranchId, CarId, OwnerId
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, AttemptState
from engine.domain.money.pricing import LineKind, Quote, QuoteLine
from engine.domain.people.people import AccountName, RenterId
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError, NotFound
from engine.domain.shared.period import RentalPeriod

T = TypeVar("T")

_UNKNOWN = "unknown"
_MOST_STEPS = 100
#: What reading a field that is not as it must be can end with.
_UNREADABLE = (DriveSphereError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


class MongoUnbelieved:
    """The port ``UnbelievedBook``."""

    def __init__(self, client: Client, name: str) -> None:
        self._db = database(client, name)

    async def stored(self, booking_id: BookingId, now: datetime) -> StoredBooking:
        with speaking():
            document = await self._db.bookings.find_one({"_id": booking_id})
            if document is None:
                raise NotFound("booking", booking_id)
            claimed: Document = {"claims": {"$elemMatch": {"id": booking_id, "kind": ClaimKind.BOOKING}}}
            fences = await self._db.fences.find(claimed, {"terms.label": 1, "claims": 1}).to_list()
            begun = await self._db.audit.find_one({"subject": f"booking:{booking_id}", "what": CAR_LET_GO}, {"_id": 1})
            rows = await self._db.ledger.find({"booking_id": booking_id}).sort("_id", 1).to_list()
        cars = tuple(car for fence in fences for car in _kept(fence, booking_id))
        booking = read("bookings", document, booking_of)
        damaged = booking if isinstance(booking, Damaged) else None
        known = saved(document, cars, now) if isinstance(booking, Damaged) else booking.tamed(now)
        posted = tuple(sound("ledger", rows, ledger_of))
        return StoredBooking(known, mark_of(document), damaged, cars, posted, begun is not None)


def mark_of(document: Document) -> str:
    """The same for the same stored row, and for no other."""
    return hashlib.sha256(bson.encode(document)).hexdigest()


def _kept(fence: Document, booking_id: BookingId) -> list[KeptCar]:
    terms = fence.get("terms")
    label = terms.get("label") if isinstance(terms, dict) else None
    name = label if isinstance(label, str) and label else str(fence["_id"])
    own = [claim for claim in claims_of(fence) if (claim.id, claim.kind) == (booking_id, ClaimKind.BOOKING)]
    return [KeptCar(CarId(fence["_id"]), name, claim.taken.period) for claim in own]


def saved(document: Document, cars: tuple[KeptCar, ...], now: datetime) -> Booking:
    """What can be saved of a row that cannot be read; the rest is made up, so that the program can write it."""
    row = Fields(document)
    car = cars[0] if cars else None
    text = partial(_text, row)
    created = _or(partial(row.moment, "created_at"), now)
    state = _or(lambda: row.choice("state", BookingState), BookingState.HELD)
    quote = _or(lambda: quote_of(row.part("quote")), _made_up_quote(row))
    made_up = Attempt(1, "", quote.total, now, AttemptState.VOID)
    return Booking(
        id=BookingId(row.text("_id")),
        car_id=CarId(text("car_id", car.car_id if car else _UNKNOWN)),
        car_label=text("car_label", car.label if car else _UNKNOWN),
        owner_id=OwnerId(text("owner_id", _UNKNOWN)),
        branch_id=BranchId(text("branch_id", _UNKNOWN)),
        return_branch_id=BranchId(text("return_branch_id", _UNKNOWN)),
        zone=text("zone", "UTC"),
        renter_id=RenterId(text("renter_id", _UNKNOWN)),
        renter_name=text("renter_name", "Not known (damaged)"),
        booked_by=AccountName(text("booked_by", _UNKNOWN)),
        period=_period(row, car, now),
        state=state,
        hold_until=_or(partial(row.moment, "hold_until"), created),
        created_at=created,
        quote=quote,
        payments=(
            rental_payment(BookingId(row.text("_id")), quote.total, *(_attempts(row, quote.total) or (made_up,))),
        ),
        intent_key=text("intent_key", f"damaged:{row.text('_id')}"),
        history=(*_steps(row), Step(state, now, _UNKNOWN)),
        version=_or(lambda: row.whole("version", 1), 1),
    )


def _or(ask: Callable[[], T], other: T) -> T:
    try:
        return ask()
    except _UNREADABLE:
        return other


def _text(row: Fields, name: str, other: str) -> str:
    return _or(lambda: row.text(name), other)


def _period(row: Fields, car: KeptCar | None, now: datetime) -> RentalPeriod:
    made_up = car.period if car else RentalPeriod(now, now + timedelta(hours=1))
    return _or(lambda: RentalPeriod(row.moment("starts_at"), row.moment("ends_at")), made_up)


def _made_up_quote(row: Fields) -> Quote:
    currency = _or(lambda: row.part("quote").text("currency"), "EUR")
    least = Money(1, "EUR")
    unit = _or(lambda: Money(max(row.part("quote").whole("total", 1), 1), currency), least)
    return Quote((QuoteLine(LineKind.RENTAL, 1, unit),), 0)


def _attempts(row: Fields, total: Money) -> tuple[Attempt, ...]:
    """Those that can be read, at the price: what was paid is known from Stripe."""
    known: list[Fields] = _or(
        lambda: [each for payment in row.parts("payments") for each in payment.parts("attempts")], list[Fields]()
    )
    found = [_or(partial(attempt_of, each), None) for each in known]
    return tuple(replace(each, amount=total) for each in found if each is not None)


def _steps(row: Fields) -> tuple[Step, ...]:
    def step(each: Fields) -> Step:
        return Step(each.choice("state", BookingState), each.moment("at"), each.text("by"))

    stored = _or(lambda: row.parts("history"), list[Fields]())
    known = [_or(partial(step, each), None) for each in stored]
    return tuple(each for each in known if each is not None)[-_MOST_STEPS:]
