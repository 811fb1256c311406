"""What is put on paper for a booking: its invoice once the car is back, and a receipt for what was paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.agreement.agreement import Agreement, Leg
from engine.domain.agreement.reading import Gauge
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Branch, BranchId
from engine.domain.money.money import Money
from engine.domain.money.payment import Purpose, RefundState
from engine.domain.money.pricing import LineKind, QuoteLine
from engine.domain.papers.credits import left_to_credit
from engine.domain.papers.drafts import PaperWish
from engine.domain.papers.legal import RENTAL_TAX, LegalData, TaxRate
from engine.domain.papers.paper import (
    Buyer,
    Content,
    Paper,
    PaperCar,
    PaperKind,
    PaperLine,
    PaperPayment,
    Supply,
)
from engine.domain.people.people import Actor
from engine.domain.people.renters import RenterFile
from engine.domain.shared.damage import Damaged


class Lack(StrEnum):
    """What is missing before an invoice can be issued, in the order in which it is told."""

    LEGAL = auto()  #: the firm's name and address
    RATE = auto()  #: what tax rentals bear
    CODE = auto()  #: the branch's, confirmed
    ADDRESS = auto()  #: the renter's


@dataclass(frozen=True, slots=True)
class PaidIn:
    """Money that came in. Attributes: ``key`` tells it from every other of the booking."""

    key: str
    tender: str
    amount: Money
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class BookingPapers:
    """How a booking stands on paper.

    Attributes:
        papers: Oldest first.
        invoice: The one that stands: not given back in full.
        billable: The car is back, and no invoice stands.
        unreceipted: What was paid and has no receipt.
        left: Of the invoice that stands, what no credit note has given back; None without one.
        lacking: What keeps an invoice from being issued; nothing where none is to be.
        language: In which the firm writes.
        agreement: What can be put on paper with its protocols; None where there is none, or none that can be read.
    """

    papers: tuple[Paper | Damaged, ...] = ()
    invoice: Paper | None = None
    billable: bool = False
    unreceipted: tuple[PaidIn, ...] = ()
    left: Money | None = None
    lacking: tuple[Lack, ...] = ()
    language: str = ""
    agreement: Agreement | None = None


def branch_of_papers(booking: Booking, actor: Actor) -> BranchId:
    """Where they are issued: where the car came back if the actor works there, else where it was picked up."""
    return booking.return_branch_id if actor.branch_id == booking.return_branch_id else booking.branch_id


def invoice_id(booking: Booking, turn: int) -> str:
    """Of the booking's *turn*-th invoice: two desks that issue it at once write one and the same paper."""
    return f"invoice-{booking.id}-{turn}"


def receipt_id(taken: PaidIn) -> str:
    return f"receipt-{taken.key}"


def invoices_of(booking: Booking, papers: Iterable[Paper | Damaged]) -> list[Paper]:
    """Those that ``invoice_id`` names, oldest first."""
    known = {each.id: each for each in papers if not isinstance(each, Damaged)}
    turns = range(1, len(known) + 1)
    return [known[name] for turn in turns if (name := invoice_id(booking, turn)) in known]


def notes_of(invoice: Paper, papers: Iterable[Paper | Damaged]) -> list[Paper]:
    """Its credit notes."""
    sound = (each for each in papers if not isinstance(each, Damaged))
    return [each for each in sound if each.body.corrects is not None and each.body.corrects.paper_id == invoice.id]


def left_of(invoice: Paper, papers: Iterable[Paper | Damaged]) -> Money:
    """What no credit note has given back of it."""
    left = left_to_credit(invoice, notes_of(invoice, papers))
    return sum(left.values(), Money(0, invoice.body.currency))


def standing_invoice(booking: Booking, papers: Sequence[Paper | Damaged]) -> Paper | None:
    """The last one, unless all of it was given back."""
    last = next(reversed(invoices_of(booking, papers)), None)
    if last is None:
        return None
    left = left_to_credit(last, notes_of(last, papers))
    return last if any(each.minor for each in left.values()) else None


def how_it_stands(booking: Booking, papers: Sequence[Paper | Damaged]) -> BookingPapers:
    """But for what is lacking, which others know."""
    invoice, ids = standing_invoice(booking, papers), {each.id for each in papers}
    return BookingPapers(
        papers=tuple(papers),
        invoice=invoice,
        billable=booking.state is BookingState.COMPLETED and invoice is None,
        unreceipted=tuple(each for each in taken_of(booking) if receipt_id(each) not in ids),
        left=left_of(invoice, papers) if invoice is not None else None,
    )


def lacking(
    branch: Branch, legal: LegalData | None, rates: Mapping[str, TaxRate], renter: RenterFile | None
) -> Iterator[Lack]:
    """What an invoice lacks; *renter* is None where none is needed."""
    if legal is None:
        yield Lack.LEGAL
    if renter is not None and RENTAL_TAX not in rates:
        yield Lack.RATE
    if not branch.code_confirmed:
        yield Lack.CODE
    if renter is not None and not renter.bill_to.addressed:
        yield Lack.ADDRESS


def taken_of(booking: Booking) -> tuple[PaidIn, ...]:
    """What was paid, on pages and at the counter, oldest first."""
    return tuple(sorted(_paid_in(booking), key=lambda each: (each.at, each.key)))


def _paid_in(booking: Booking) -> Iterator[PaidIn]:
    for payment in booking.payments:
        tender, taken = payment.tender.value, payment.taken
        if taken is not None and payment.purpose is not Purpose.GIVE_BACK:
            yield PaidIn(payment.id, tender, payment.amount, taken.at, taken.reference)
        for each in payment.attempts:
            if each.captured_at is not None:
                yield PaidIn(f"{payment.id}-{each.n}", tender, each.amount, each.captured_at, each.payment_intent)


def invoice_wish(
    booking: Booking,
    renter: RenterFile,
    branches: Mapping[BranchId, Branch],
    branch_id: BranchId,
    papers: Iterable[Paper | Damaged],
    language: str,
    agreement: Agreement | None = None,
) -> PaperWish:
    """All that was agreed, with what was paid of it; a payment that has a receipt is named by its number.

    *agreement* knows what came to the price, what was read off the car, and where it came back; there may be none.
    """
    lines = booking.quote.lines if agreement is None else agreement.lines
    content = Content(
        buyer=buyer_of(renter),
        lines=tuple(paper_line(booking, branches, each) for each in lines),
        supply=supply_of(booking, branches, agreement),
        car=_car(booking, agreement),
        payments=payments_of(booking, papers),
        booking_id=booking.id,
    )
    return PaperWish(PaperKind.INVOICE, branch_id, language, booking.price.currency, content)


def receipt_wish(
    booking: Booking,
    renter: RenterFile,
    branches: Mapping[BranchId, Branch],
    branch_id: BranchId,
    taken: PaidIn,
    language: str,
) -> PaperWish:
    """It says what was paid and no more: the tax stands on the invoice."""
    content = Content(
        buyer=buyer_of(renter),
        supply=supply_of(booking, branches),
        car=_car(booking),
        payments=(_paid(taken, taken.reference),),
        booking_id=booking.id,
    )
    return PaperWish(PaperKind.RECEIPT, branch_id, language, taken.amount.currency, content)


def payments_of(booking: Booking, papers: Iterable[Paper | Damaged]) -> tuple[PaperPayment, ...]:
    """What was paid and given back; a payment that has a receipt among *papers* is named by its number."""
    numbers = {each.id: each.number for each in papers if not isinstance(each, Damaged)}
    taken = (_paid(each, numbers.get(receipt_id(each), each.reference)) for each in taken_of(booking))
    return (*taken, *_given_back(booking))


def buyer_of(file: RenterFile) -> Buyer:
    from engine.domain.people.phone import phone_text  # noqa: PLC0415 -- the plans of all countries, not at every start

    renter, bill_to = file.renter, file.bill_to
    name, person = (bill_to.company, renter.name) if bill_to.company else (renter.name, "")
    address = ", ".join(filter(None, (person, bill_to.address))) if bill_to.addressed else ""
    return Buyer(name, address, bill_to.vat_id, renter.email, phone_text(renter.phone), renter.id)


def paper_line(booking: Booking, branches: Mapping[BranchId, Branch], line: QuoteLine) -> PaperLine:
    return PaperLine(
        n=1,
        kind=paper_kind(line.kind),
        detail=_detail(booking, branches, line.kind),
        quantity=line.count,
        unit=line.kind.unit.value,
        unit_price=line.unit,
        gross=line.amount,
        tax=RENTAL_TAX,
    )


def paper_kind(kind: LineKind) -> str:
    """As templates call it: ``line.rental`` and its like."""
    return "rental" if kind is LineKind.RENTAL else kind.value


def _detail(booking: Booking, branches: Mapping[BranchId, Branch], kind: LineKind) -> str:
    match kind:
        case LineKind.PICKUP_CLOSED:
            return branches[booking.branch_id].name
        case LineKind.RETURN_CLOSED | LineKind.KEY_BOX:
            return branches[booking.return_branch_id].name
        case _:
            return f"{_title(booking)} {booking.plate}".strip()


def supply_of(booking: Booking, branches: Mapping[BranchId, Branch], agreement: Agreement | None = None) -> Supply:
    returned_to = (agreement.returned_to if agreement is not None else None) or booking.return_branch_id
    out, back = branches[booking.branch_id].name, branches[returned_to].name
    return Supply(booking.period.starts_at, booking.period.ends_at, out, back)


def _car(booking: Booking, agreement: Agreement | None = None) -> PaperCar:
    if agreement is None:
        return PaperCar(booking.plate, _title(booking))
    if len(agreement.legs) > 1:
        told = [(leg.car.label.rpartition(" · "), leg) for leg in agreement.legs]
        plates = ", ".join(plate for (_, _, plate), _ in told)
        return PaperCar(plates, ", ".join(_with_km(title or plate, leg) for (title, _, plate), leg in told))
    out, back = agreement.leg.out, agreement.leg.back
    return PaperCar(
        booking.plate,
        _title(booking),
        km_out=out.km,
        km_in=back.km if back is not None else None,
        fuel_out=out.reading.full,
        fuel_in=back.reading.full if back is not None else None,
        electric=agreement.leg.gauge is Gauge.PERCENT,
    )


def _with_km(title: str, leg: Leg) -> str:
    """One of several cars, with what was read as it went and came."""
    km = str(leg.out.km) if leg.back is None else f"{leg.out.km}\N{EN DASH}{leg.back.km}"
    return f"{title} ({km} km)"


def _title(booking: Booking) -> str:
    return booking.car_label.rpartition(" · ")[0] or booking.car_label


def _paid(taken: PaidIn, reference: str) -> PaperPayment:
    return PaperPayment(taken.tender, taken.amount, taken.at, reference)


def _given_back(booking: Booking) -> Iterator[PaperPayment]:
    """Money that went back before the invoice was written."""
    at = next((step.at for step in reversed(booking.history) if step.reason is not None), booking.since)
    for payment in booking.payments:
        tender, taken = payment.tender.value, payment.taken
        if taken is not None and payment.purpose is Purpose.GIVE_BACK:
            yield PaperPayment(tender, -payment.amount, taken.at, taken.reference)
        for refund in payment.refunds:
            if refund.state in {RefundState.PENDING, RefundState.DONE}:
                yield PaperPayment(tender, -refund.amount, at, refund.refund_id)
