"""Bookings to documents and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.documents import WHOLE_BP, money_document, rules_document, rules_of
from engine.adapters.mongo.codec.reading import MOST_MINOR, Fields, Unreadable
from engine.domain.booking.booking import UNTOLD, Booking, BookingId, Priced, Step
from engine.domain.booking.changed_car import BookedCar, CarChange
from engine.domain.booking.listing import BookingOrder, BookingSelection, initials, search_keys
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.car.car import BranchId, CarId, OwnerId
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, AttemptState, Payment, PaymentId, Purpose, Refund, RefundState, Tender
from engine.domain.money.pricing import LineKind, Quote, QuoteLine
from engine.domain.money.trouble import ByHand, Trouble, Why
from engine.domain.people.people import AccountName, RenterId
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import search_key

_LONGEST_REQUEST = 8_000


def booking_document(booking: Booking) -> Document:
    """``renter_key``, ``search_keys``, ``session_ids``, ``due_at``, ``person_at``, ``former_owners``: for indexes.

    The last four are left out when there is nothing to index.
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
        "payments": [_payment_document(payment) for payment in booking.payments],
        "intent_key": booking.intent_key,
        "history": [_step_document(step) for step in booking.history],
        "version": booking.version,
        "cancellation": rules_document(booking.cancellation),
        "priced": _priced_document(booking),
        **_where_there_is_one(booking),
    }


def _step_document(step: Step) -> Document:
    told: Document = {"state": step.state, "at": step.at, "by": step.by}
    if (change := step.change) is not None:
        cars = {"before": _booked_document(change.before), "after": _booked_document(change.after)}
        told["change"] = {**cars, "terms_n": change.terms_n}
    if (reason := step.reason) is not None:
        told["reason"] = {"usual": reason.usual, "said": reason.said}
    return told


def _booked_document(car: BookedCar) -> Document:
    return {"car_id": car.car_id, "label": car.label, "owner_id": car.owner_id}


def _step(row: Fields) -> Step:
    change = _change(row.part("change")) if row.has("change") else None
    reason = _reason(row.part("reason")) if row.has("reason") else None
    return Step(row.choice("state", BookingState), row.moment("at"), row.text("by"), change, reason)


def _reason(row: Fields) -> RefundReason:
    """What was said is not told to owners, whose views leave it out."""
    said = row.maybe("said") if row.has("said") else ""
    return RefundReason(row.choice("usual", UsualReason), said)


def _change(row: Fields) -> CarChange:
    return CarChange(_booked(row.part("before")), _booked(row.part("after")), row.whole("terms_n", 1))


def _booked(row: Fields) -> BookedCar:
    return BookedCar(CarId(row.text("car_id")), row.text("label"), OwnerId(row.text("owner_id")))


def _priced_document(booking: Booking) -> Document:
    """Always there, so that whoever knows no series cannot write bookings; number 0 is older than the series."""
    # As it was read, whatever car it names: a deed must not put right what belief is to doubt.
    priced = booking.priced
    if priced is None:
        return {"car_id": booking.sold.car_id, "terms_n": 0}
    return {"car_id": priced.car_id, "terms_n": priced.terms_n}


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


def _discreet(payment: Document) -> Document:
    return {**payment, "attempts": [{**_LEFT_OUT_OF_ATTEMPT, **attempt} for attempt in payment["attempts"]]}


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


def _where_there_is_one(booking: Booking) -> Document:
    fields: Document = {
        "session_ids": [session for payment in booking.payments for session in payment.sessions] or None,
        "due_at": booking.due_at,
        "person_at": booking.person_at,
        "former_owners": sorted(booking.former_owners) or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _payment_document(payment: Payment) -> Document:
    document: Document = {
        "id": payment.id,
        "purpose": payment.purpose,
        "tender": payment.tender,
        "amount": money_document(payment.amount),
        "attempts": [_attempt_document(attempt) for attempt in payment.attempts],
        "refunds": [_refund_document(refund) for refund in payment.refunds],
    }
    return document if payment.trouble is None else {**document, "trouble": _trouble_document(payment.trouble)}


def payment_of(row: Fields) -> Payment:
    return Payment(
        id=PaymentId(row.text("id")),
        purpose=row.choice("purpose", Purpose),
        tender=row.choice("tender", Tender),
        amount=row.money("amount"),
        attempts=tuple(attempt_of(each) for each in row.parts("attempts", least=1)),
        refunds=tuple(_refund(each) for each in row.parts("refunds")),
        trouble=_trouble(row.part("trouble")) if row.has("trouble") else None,
    )


def _refund_document(refund: Refund) -> Document:
    return {"amount": money_document(refund.amount), "state": refund.state, "refund_id": refund.refund_id}


def booking_of(document: Document) -> Booking:
    row = Fields(document)
    return Booking(
        id=BookingId(row.text("_id")),
        car_id=CarId(row.text("car_id")),
        car_label=row.text("car_label"),
        owner_id=OwnerId(row.text("owner_id")),
        branch_id=BranchId(row.text("branch_id")),
        return_branch_id=BranchId(row.text("return_branch_id")),
        zone=row.text("zone"),
        renter_id=RenterId(row.text("renter_id")),
        renter_name=row.text("renter_name"),
        booked_by=AccountName(row.text("booked_by")),
        period=RentalPeriod(row.moment("starts_at"), row.moment("ends_at")),
        state=row.choice("state", BookingState),
        hold_until=row.moment("hold_until"),
        created_at=row.moment("created_at"),
        quote=quote_of(row.part("quote")),
        payments=tuple(payment_of(each) for each in row.parts("payments", least=1)),
        intent_key=row.text("intent_key"),
        history=tuple(_step(step) for step in row.parts("history", least=1)),
        version=row.whole("version", 1),
        cancellation=rules_of(row.parts("cancellation")),
        priced=_priced(row.part("priced")),
    )


def _priced(row: Fields) -> Priced | None:
    n = row.whole("terms_n", 0)
    return Priced(CarId(row.text("car_id")), n) if n else None


def _refund(row: Fields) -> Refund:
    return Refund(row.money("amount"), row.choice("state", RefundState), row.maybe("refund_id"))


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


def _trouble(row: Fields) -> Trouble:
    done = row.part("settled") if row.has("settled") else None
    return Trouble(
        why=row.choice("why", Why),
        since=row.moment("since"),
        tries=row.whole("tries", 1),
        again_at=row.moment_or_none("again_at"),
        code=row.maybe("code"),
        settled=ByHand(AccountName(done.text("by")), done.moment("at"), done.maybe("note")) if done else None,
    )


def _quote_document(quote: Quote) -> Document:
    return {
        "lines": [{"kind": line.kind, "count": line.count, "unit": line.unit.minor} for line in quote.lines],
        "currency": quote.total.currency,
        "total": quote.total.minor,
        "commission_bp": quote.commission_bp,
    }


def quote_of(row: Fields) -> Quote:
    currency = row.text("currency")
    lines = tuple(
        QuoteLine(
            line.choice("kind", LineKind),
            line.whole("count", 1, MOST_MINOR),
            Money(line.whole("unit", -MOST_MINOR), currency),
        )
        for line in row.parts("lines", least=1)
    )
    quote = Quote(lines, row.whole("commission_bp", 0, WHOLE_BP))
    if quote.total.minor != row.whole("total", 1, MOST_MINOR):
        raise Unreadable("quote.total: is not the sum of its lines")
    if not quote.days:
        raise Unreadable("quote.lines: no line counts days")
    return quote


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


def attempt_of(row: Fields) -> Attempt:
    return Attempt(
        n=row.whole("n", 1),
        request=row.maybe("request", _LONGEST_REQUEST),
        amount=row.money("amount"),
        expires_at=row.moment("expires_at"),
        state=row.choice("state", AttemptState),
        session_id=row.maybe("session_id"),
        url=row.maybe("url"),
        payment_intent=row.maybe("payment_intent"),
        captured_at=row.moment_or_none("captured_at"),
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
