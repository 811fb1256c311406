"""Papers of a booking: how it stands, its invoice, receipts for what was paid, and what is given back."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from engine.domain.agreement.agreement import Agreement
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Branch, BranchId
from engine.domain.money.money import Money
from engine.domain.papers.credits import left_to_credit, spread
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.legal import LANGUAGES, legal_at, rates_at
from engine.domain.papers.of_booking import (
    BookingPapers,
    Lack,
    branch_of_papers,
    how_it_stands,
    invoice_id,
    invoice_wish,
    invoices_of,
    lacking,
    receipt_id,
    receipt_wish,
    standing_invoice,
    taken_of,
)
from engine.domain.papers.paper import Paper
from engine.domain.people.people import Actor, Deed
from engine.domain.people.renters import RenterFile
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DamagedRow, Overtaken
from engine.ports.agreements import AgreementBook
from engine.ports.renters import Renters
from engine.services.booking.booking import BookingService
from engine.services.input_guard import gated
from engine.services.papers.papers import CreditedLine, PaperService


@gated
@dataclass(frozen=True, slots=True)
class BillingService:
    bookings: BookingService
    renters: Renters
    agreements: AgreementBook
    papers: PaperService

    async def standing(self, actor: Actor, booking_id: BookingId) -> BookingPapers:
        """Raises: NotFound, Forbidden, DamagedRow."""
        actor.must(Deed.SEE_PAPERS)
        booking = await self.bookings.booking(actor, booking_id)
        stands = how_it_stands(booking, await self.papers.book.of_booking(booking_id))
        lacks = tuple(await self._lacking(actor, booking, billable=stands.billable))
        found = await self.agreements.agreement(booking_id)
        agreement = found if isinstance(found, Agreement) else None
        return replace(stands, lacking=lacks, language=await self._language(), agreement=agreement)

    async def language(self, actor: Actor) -> str:
        """In which one the firm writes."""
        actor.must(Deed.SEE_PAPERS)
        return await self._language()

    async def invoice(self, actor: Actor, booking_id: BookingId, language: str = "") -> Paper:
        """The booking's invoice, issued if there is none that stands: the same one however often and by how many.

        *language* is the firm's own where it is empty. After all of it was credited there is another.

        Raises:
            PaperRefused: The car is not back, or what it needs is missing.
            NotFound, Forbidden, DamagedRow, InvalidText, Contended: As for every paper.
        """
        actor.must(Deed.ISSUE_PAPER)
        booking = await self.bookings.booking(actor, booking_id)
        papers = await self.papers.book.of_booking(booking_id)
        if (standing := standing_invoice(booking, papers)) is not None:
            return standing
        if booking.state is not BookingState.COMPLETED:
            raise PaperRefused("paper.not_back")
        renter = await self.renters.file(booking.renter_id)
        if not renter.bill_to.addressed:
            raise PaperRefused("paper.no_address", renter=renter.renter.name)
        at, turn = branch_of_papers(booking, actor), len(invoices_of(booking, papers)) + 1
        spoken = language or await self._language()
        agreed, branches = await self._agreement(booking_id), await self._branches()
        wish = invoice_wish(booking, renter, branches, at, papers, spoken, agreed)
        return await self._once(invoice_id(booking, turn), self.papers.issue(actor, wish, invoice_id(booking, turn)))

    async def receipt(self, actor: Actor, booking_id: BookingId, key: str, language: str = "") -> Paper:
        """A receipt for what was paid, which ``PaidIn.key`` names: the same one however often and by how many.

        Raises:
            PaperRefused: Nothing of that key was paid, or what it needs is missing.
            NotFound, Forbidden, DamagedRow, InvalidText, Contended: As ``invoice``.
        """
        actor.must(Deed.ISSUE_PAPER)
        booking = await self.bookings.booking(actor, booking_id)
        taken = next((each for each in taken_of(booking) if each.key == key), None)
        if taken is None:
            raise PaperRefused("paper.no_payment")
        renter, spoken = await self.renters.file(booking.renter_id), language or await self._language()
        wish = receipt_wish(booking, renter, await self._branches(), branch_of_papers(booking, actor), taken, spoken)
        return await self._once(receipt_id(taken), self.papers.issue(actor, wish, receipt_id(taken)))

    async def give_back(self, actor: Actor, paper_id: str, amount: Money | None, reason: str) -> Paper:
        """A credit note of *amount* of an invoice, over its lines by what is left of each; None is all that is left.

        Raises: As ``PaperService.credit``; PaperRefused, too, for an amount that is not above nothing.
        """
        actor.must(Deed.CREDIT)
        if amount is None:
            return await self.papers.credit(actor, paper_id, None, reason)
        original = await self.papers.book.paper(paper_id)
        left = left_to_credit(original, await self.papers.book.credits_of(paper_id))
        lines = tuple(CreditedLine(n, share) for n, share in spread(left, amount).items())
        return await self.papers.credit(actor, paper_id, lines, reason)

    async def _agreement(self, booking_id: BookingId) -> Agreement | None:
        """Raises: DamagedRow: nothing is billed by what cannot be read."""
        found = await self.agreements.agreement(booking_id)
        if isinstance(found, Damaged):
            raise DamagedRow(found.collection, found.id, found.reason)
        return found

    async def _once(self, paper_id: str, issuing: Coroutine[Any, Any, Paper]) -> Paper:
        """What is issued, or what somebody else issued at the same moment under that id."""
        try:
            return await issuing
        except Overtaken:
            return await self.papers.book.paper(paper_id)

    async def _lacking(self, actor: Actor, booking: Booking, *, billable: bool) -> list[Lack]:
        now = self.papers.clock.now()
        legal = legal_at(await self.papers.legal.legal(), now)
        rates = rates_at(await self.papers.legal.taxes(), min(now, booking.period.ends_at))
        renter: RenterFile | None = await self.renters.file(booking.renter_id) if billable else None
        branch = (await self._branches())[branch_of_papers(booking, actor)]
        return list(lacking(branch, legal, rates, renter))

    async def _language(self) -> str:
        legal = legal_at(await self.papers.legal.legal(), self.papers.clock.now())
        return (legal.language if legal else "") or LANGUAGES[0]

    async def _branches(self) -> dict[BranchId, Branch]:
        return {each.id: each for each in await self.papers.store.branches()}
