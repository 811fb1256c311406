"""What the demo's firm says of itself on papers, the tax that its lines bear, and papers that it issued lately.

None of it is anybody's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import chain
from typing import Any

from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Branch, BranchId
from engine.domain.firm.settings import BEGINNING
from engine.domain.money.money import Money
from engine.domain.papers.credits import credit, spread
from engine.domain.papers.drafts import PaperWish, drafted
from engine.domain.papers.legal import LegalData, LegalDecision, TaxDecision, TaxRate
from engine.domain.papers.logo import Logo, logo_of
from engine.domain.papers.of_booking import invoice_id, invoice_wish, receipt_id, receipt_wish, taken_of
from engine.domain.papers.paper import Body, Content, Correction, Draft, Paper, PaperKind
from engine.domain.papers.series import Series, begun, issued, series_of
from engine.domain.people.people import AccountName, RenterId
from engine.domain.people.renters import RenterFile

#: So long the firm has been issuing papers.
_ISSUES = timedelta(days=10)
_MINUTE = timedelta(minutes=1)
#: A credit note follows the invoice of every so manieth booking, and so many have a receipt.
_CREDITED, _RECEIPTED = 9, 4


def legal(by: AccountName) -> LegalDecision:
    told = LegalData(**_told()["legal"], logo=logo(by).id)
    return LegalDecision(1, BEGINNING, told, by, BEGINNING)


def logo(by: AccountName) -> Logo:
    return logo_of((files("resources") / "demo" / "logo.png").read_bytes(), by, BEGINNING)


def taxes(by: AccountName) -> tuple[TaxDecision, ...]:
    rates = enumerate(_told()["rates"], 1)
    return tuple(TaxDecision(n, BEGINNING, TaxRate(**each), by, BEGINNING) for n, each in rates)


def _told() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((files("resources") / "demo" / "firm.json").read_text(encoding="utf-8"))
    return told


def desk_of(branches: Iterable[Branch], renters: Iterable[RenterFile], by: AccountName) -> Desk:
    rates = {each.rate.code: each.rate for each in taxes(by)}
    return Desk(legal(by).data, rates, {each.id: each for each in branches}, {each.id: each for each in renters})


def billed(booking: Booking, now: datetime) -> bool:
    """Whether the demo's firm wrote its invoice, where the renter has an address."""
    return booking.state is BookingState.COMPLETED and now - _ISSUES <= booking.since < now - 3 * _MINUTE


@dataclass(slots=True)
class Desk:
    """Issues papers one after the other, as desks do; what came of it are ``papers`` and ``series``.

    Attributes: ``seller`` and ``rates`` are the firm's, ``renters`` its renters' files.
    """

    seller: LegalData
    rates: Mapping[str, TaxRate]
    branches: Mapping[BranchId, Branch]
    renters: Mapping[RenterId, RenterFile]
    papers: list[Paper] = field(default_factory=list)
    series: dict[str, Series] = field(default_factory=dict)

    def bill(self, bookings: Iterable[Booking]) -> None:
        """In the order in which the cars came back."""
        asked = chain.from_iterable(self._of(each, n) for n, each in enumerate(sorted(bookings, key=_came_back)))
        for at, draft in sorted(asked, key=lambda each: (each[0], each[1].id)):
            self._issue(draft, at)
        for n, invoice in enumerate([each for each in self.papers if each.body.kind is PaperKind.INVOICE]):
            if n % _CREDITED == 0:
                self._give_back(invoice)

    def _of(self, booking: Booking, n: int) -> Iterator[tuple[datetime, Draft]]:
        file = self.renters[booking.renter_id]
        if n % _RECEIPTED == 0:
            for taken in taken_of(booking):
                wish = receipt_wish(booking, file, self.branches, booking.branch_id, taken, "en")
                yield booking.since + _MINUTE, Draft(receipt_id(taken), self._body(booking, wish))
        if file.bill_to.addressed:
            wish = invoice_wish(booking, file, self.branches, booking.branch_id, (), "en")
            yield booking.since + 2 * _MINUTE, Draft(invoice_id(booking, 1), self._body(booking, wish))

    def _body(self, booking: Booking, wish: PaperWish) -> Body:
        return drafted(wish, self.branches[wish.branch_id], self.seller, self.rates, booking.booked_by)

    def _give_back(self, invoice: Paper) -> None:
        """A tenth of it, the same minute."""
        body = invoice.body
        amount = Money(max(body.total.minor // 10, 1), body.currency)
        lines, taxes_ = credit(invoice, [], spread({each.n: each.gross for each in body.content.lines}, amount))
        told = body.content
        content = Content(told.buyer, lines, told.supply, told.car, booking_id=told.booking_id)
        corrects = Correction(invoice.id, invoice.number, invoice.issued_at, 1, "Goodwill: the car was not clean")
        note = replace(body, kind=PaperKind.CREDIT_NOTE, content=content, taxes=taxes_, corrects=corrects)
        self._issue(Draft(f"note-{invoice.id}", note), invoice.issued_at + _MINUTE)

    def _issue(self, draft: Draft, at: datetime) -> None:
        name = series_of(draft.body, at)
        paper, after = issued(draft, self.series.get(name) or begun(name, at), at)
        self.papers.append(paper)
        self.series[name] = after


def _came_back(booking: Booking) -> tuple[datetime, str]:
    return booking.since, booking.id
