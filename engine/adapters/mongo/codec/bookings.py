"""How bookings are stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.documents import RULE, WHOLE_BP
from engine.adapters.mongo.codec.reading import MOST_COUNT, MOST_MINOR, Fields, Unreadable
from engine.adapters.mongo.codec.stored import (
    Field,
    Stored,
    choice,
    count,
    derived,
    maybe_empty,
    moment,
    moment_or_none,
    part,
    parts,
    price,
    text,
    whole,
)
from engine.adapters.mongo.schema import shape_parts as shapes
from engine.domain.booking.booking import MOST_TURN_MINUTES, UNTOLD, Booking, EndChange, Priced, Step
from engine.domain.booking.changed_car import BookedCar, CarChange
from engine.domain.booking.listing import BookingOrder, BookingSelection, initials, search_keys
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarId
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, AttemptState, Payment, Purpose, Refund, RefundState
from engine.domain.money.pricing import LineKind, Quote, QuoteLine
from engine.domain.money.tender import Taken, Tender
from engine.domain.money.trouble import ByHand, Trouble, Why
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import search_key

_LONGEST_REQUEST = 8_000

_BOOKED_CAR = Stored(BookedCar, {"car_id": text(), "label": text(), "owner_id": text()})
_CHANGE = Stored(CarChange, {"before": part(_BOOKED_CAR), "after": part(_BOOKED_CAR), "terms_n": count()})


def _said(row: Fields, name: str) -> str:
    """Not told to owners, whose views leave it out."""
    return row.maybe(name) if row.has(name) else ""


_REASON = Stored(RefundReason, {"usual": choice(UsualReason), "said": Field(shapes.MAYBE_EMPTY, _said)})
_ENDS = Stored(EndChange, {"before": moment(), "after": moment()})
_STEP = Stored(
    Step,
    {
        "state": choice(BookingState),
        "at": moment(),
        "by": text(),
        "change": part(_CHANGE).unless(),
        "reason": part(_REASON).unless(),
        "ends": part(_ENDS).unless(),
    },
)
_BY_HAND = Stored(ByHand, {"by": text(), "at": moment(), "note": Field(shapes.TEXT, Fields.maybe)})
_TROUBLE = Stored(
    Trouble,
    {
        "why": choice(Why),
        "since": moment(),
        "tries": count(),
        "again_at": moment_or_none(),
        "code": maybe_empty(),
        "settled": part(_BY_HAND).unless(),
    },
)
_REQUEST: Document = {"bsonType": "string", "maxLength": _LONGEST_REQUEST}
_ATTEMPT = Stored(
    Attempt,
    {
        "n": count(),
        "request": Field(_REQUEST, partial(Fields.maybe, longest=_LONGEST_REQUEST)),
        "amount": price(),
        "expires_at": moment(),
        "state": choice(AttemptState),
        "session_id": maybe_empty(),
        "url": maybe_empty(),
        "payment_intent": maybe_empty(),
        "captured_at": moment_or_none(),
    },
)
attempt_of = _ATTEMPT.read
_REFUND = Stored(Refund, {"amount": price(), "state": choice(RefundState), "refund_id": maybe_empty()})


def _cash(row: Fields, name: str) -> Money:
    cash = row.part(name)
    return Money(cash.whole("minor", 0, MOST_MINOR), cash.text("currency"))


#: What moved in a drawer may be nothing, where less than a coin was paid.
_CASH = Field(shapes.MONEY, _cash, price().write).unless()
_TAKEN = Stored(
    Taken,
    {
        "at": moment(),
        "by": text(),
        "cash": _CASH,
        "received": _CASH,
        "reference": maybe_empty(),
        "shift_id": maybe_empty(),
    },
)
_PAYMENT = Stored(
    Payment,
    {
        "id": text(),
        "purpose": choice(Purpose),
        "tender": choice(Tender),
        "amount": price(),
        "attempts": parts(_ATTEMPT, 50),
        "refunds": parts(_REFUND, 20),
        "trouble": part(_TROUBLE).unless(),
        "taken": part(_TAKEN).unless(),
    },
)


def _unit(row: Fields, name: str) -> Money:
    return Money(row.whole(name, -MOST_MINOR), row.text("currency"))


_LINE = Stored(
    QuoteLine,
    {
        "kind": Field(shapes.TEXT, choice(LineKind).read),
        "count": Field(shapes.COUNT, lambda row, name: row.whole(name, 1, MOST_MINOR)),
        "unit": Field(shapes.MOVED, _unit, lambda unit: unit.minor),
    },
)


def _lines(row: Fields, name: str) -> tuple[QuoteLine, ...]:
    """They share the quote's currency."""
    currency = {"currency": row.text("currency")}
    return tuple(_LINE.read(Fields({**line.document, **currency}, line.path)) for line in row.parts(name, least=1))


_QUOTE = Stored(
    Quote,
    {
        "lines": Field(
            {**shapes.list_of(_LINE.shape, 20), "minItems": 1},
            _lines,
            lambda lines: list(map(_LINE.document_of, lines)),
        ),
        "currency": derived(shapes.CURRENCY, lambda quote: quote.total.currency),
        "total": derived(shapes.PAID, lambda quote: quote.total.minor),
        "commission_bp": whole(0, WHOLE_BP),
    },
)


def quote_of(row: Fields) -> Quote:
    """Raises: Unreadable, also where the stored total is not the sum of the lines."""
    quote = _QUOTE.read(row)
    if quote.total.minor != row.whole("total", 1, MOST_MINOR):
        raise Unreadable("quote.total: is not the sum of its lines")
    if not quote.days:
        raise Unreadable("quote.lines: no line counts days")
    return quote


_PRICED = Stored(Priced, {"car_id": text(), "terms_n": whole(0, MOST_COUNT)})


def _priced_document(booking: Booking) -> Document:
    """Always there, so that whoever knows no series cannot write bookings; number 0 is older than the series."""
    # As it was read, whatever car it names: a deed must not put right what belief is to doubt.
    return _PRICED.document_of(booking.priced or Priced(CarId(booking.sold.car_id), 0))


def _priced_of(row: Fields, name: str) -> Priced | None:
    priced = _PRICED.read(row.part(name))
    return priced if priced.terms_n else None


def _sessions(booking: Booking) -> list[str] | None:
    return [session for payment in booking.payments for session in payment.sessions] or None


BOOKING = Stored(
    Booking,
    {
        "_id": text().of("id"),
        "car_id": text(),
        "car_label": text(),
        "owner_id": text(),
        "branch_id": text(),
        "return_branch_id": text(),
        "zone": text(),
        "renter_id": text(),
        "renter_name": text(),
        "renter_key": derived(shapes.MAYBE_EMPTY, lambda booking: search_key(booking.renter_name)),
        "search_keys": derived(shapes.list_of(shapes.TEXT, 120), lambda booking: list(search_keys(booking))),
        "booked_by": text(),
        "starts_at": moment().of("period.starts_at"),
        "ends_at": moment().of("period.ends_at"),
        "turn_minutes": whole(0, MOST_TURN_MINUTES),
        "free_at": derived(shapes.DATE, lambda booking: booking.free_at),
        "state": choice(BookingState),
        "hold_until": moment(),
        "created_at": moment(),
        "quote": Field(_QUOTE.shape, lambda row, name: quote_of(row.part(name)), _QUOTE.document_of),
        "payments": parts(_PAYMENT, 20, least=1),
        "intent_key": text(),
        "history": parts(_STEP, 200, least=1),
        "version": count(),
        "cancellation": parts(RULE, 10),
        "priced": Field(_PRICED.shape, _priced_of, derived=_priced_document),
        # Only where there is something to index.
        "session_ids": derived(shapes.list_of(shapes.TEXT, 50), _sessions).unless(),
        "due_at": derived(shapes.DATE, lambda booking: booking.due_at).unless(),
        "person_at": derived(shapes.DATE, lambda booking: booking.person_at).unless(),
        "former_owners": derived(
            shapes.list_of(shapes.TEXT, 200), lambda booking: sorted(booking.former_owners) or None
        ).unless(),
    },
    together={"period": RentalPeriod},
)
booking_document, booking_of = BOOKING.document_of, BOOKING.record_of


def news_document(booking: Booking) -> Document:
    """That *booking* changed, for those who may not hear of it whole: nothing of its renter, nothing of its price."""
    return {
        "booking_id": booking.id,
        "car_id": booking.car_id,
        "branch_id": booking.branch_id,
        "owner_id": booking.owner_id,
        "starts_at": booking.period.starts_at,
        "ends_at": booking.period.ends_at,
        "blocking": booking.blocking,
        "at": booking.history[-1].at,
    }


#: What views leave out of a booking, as it is read then.
_LEFT_OUT: Document = {"renter_id": UNTOLD, "booked_by": UNTOLD, "intent_key": UNTOLD}
_LEFT_OUT_OF_ATTEMPT: Document = {"request": "", "url": "", "session_id": "", "payment_intent": ""}
_LEFT_OUT_OF_TAKEN: Document = {"by": UNTOLD, "reference": "", "shift_id": ""}


def _discreet(payment: Document) -> Document:
    taken = {"taken": {**_LEFT_OUT_OF_TAKEN, **payment["taken"]}} if "taken" in payment else {}
    attempts = [{**_LEFT_OUT_OF_ATTEMPT, **attempt} for attempt in payment["attempts"]]
    return {**payment, "attempts": attempts, **taken}


def discreet_booking_of(document: Document) -> Booking:
    """A booking as ``schema.views`` show it to owners: a name's initials, a dash or nothing for what is left out."""
    return booking_of(
        {
            **_LEFT_OUT,
            **document,
            "renter_name": initials(document.get("letters", "")),
            "payments": list(map(_discreet, document["payments"])),
            "history": [{"by": UNTOLD, **step} for step in document["history"]],
        }
    )


@dataclass(frozen=True, slots=True)
class BookingSource:
    """Where an account reads bookings from, and how.

    Attributes: ``name`` is a collection or a view; ``in_order`` are views that have an order by themselves. ``counted``
    is where rows are counted that no text narrows, if elsewhere: what a view makes of rows, it makes for a count too.
    """

    name: str
    read: Callable[[Document], Booking]
    in_order: Mapping[tuple[BookingOrder, bool], str] = field(default_factory=dict)
    counted: str = ""

    def to_count(self, chosen: BookingSelection) -> str:
        return self.counted if self.counted and chosen.sought is None else self.name


WHOLE = BookingSource("bookings", booking_of)
