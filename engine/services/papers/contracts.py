"""The agreement of a rental as a contract: signed by its renter, and put on paper with its protocols."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain.agreement.agreement import Agreement
from engine.domain.agreement.signing import signed
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import CarId
from engine.domain.car.condition import CarMarks
from engine.domain.firm.audit import AuditRow
from engine.domain.papers.drafts import PaperWish
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.legal import legal_at
from engine.domain.papers.of_agreement import (
    Protocol,
    RentalTold,
    agreement_wish,
    paper_id,
    protocol_wish,
    protocols_of,
)
from engine.domain.papers.of_booking import branch_of_papers
from engine.domain.papers.paper import Paper
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DamagedRow, Overtaken
from engine.ports.bookings import Transaction
from engine.ports.marks import MarkBook
from engine.services.agreement.agreement import must_have_agreement
from engine.services.input_guard import gated
from engine.services.papers.billing import BillingService


@gated
@dataclass(frozen=True, slots=True)
class ContractService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    billing: BillingService
    marks: MarkBook
    desk: str

    async def sign(self, actor: Actor, booking_id: BookingId, name: str, ink: str, *, seen: int) -> Booking:
        """Put *name* and what was drawn under all that is agreed now; ``domain.shared.ink`` says how *ink* is written.

        *seen* is the version of the booking that the person looked at.

        Raises:
            Forbidden, NotFound, DamagedRow: As for every booking.
            InvalidText: ``name``, or ``ink``: no drawing, or a dot.
            MoveRefused: Its car is not out, or it was signed too often.
            Overtaken: The booking changed meanwhile; look again.
        """
        actor.must(Deed.HAND_OVER)
        booking, now = await self.billing.bookings.booking(actor, booking_id), self.billing.bookings.clock.now()
        if booking.version != seen:
            raise Overtaken(f"booking {booking_id} was changed by somebody else")
        counted_on, terms = replace(booking, version=booking.version + 1), await self._terms()

        async def write(work: Transaction) -> None:
            before = must_have_agreement(booking, await work.agreement(booking_id))
            after = signed(before, name, ink, terms, booking.period.ends_at, now, actor.account)
            await work.replace(counted_on)
            await work.replace_agreement(after)
            await work.audit(self._row(after))

        await self.billing.bookings.store.transact(write)
        return counted_on

    async def agreement(self, actor: Actor, booking_id: BookingId, language: str = "") -> Paper:
        """The agreement on paper: the same one as long as nothing is added to it, however often and by how many.

        *language* is the firm's own where it is empty.

        Raises:
            PaperRefused: The booking has no agreement, or what its paper needs is missing.
            NotFound, Forbidden, DamagedRow, InvalidText, Contended: As for every paper.
        """
        actor.must(Deed.ISSUE_PAPER)
        told = await self._told(actor, booking_id)
        spoken = language or await self.billing.language(actor)
        return await self._issue(actor, agreement_wish(told, branch_of_papers(told.booking, actor), spoken))

    async def protocol(self, actor: Actor, booking_id: BookingId, protocol: Protocol, language: str = "") -> Paper:
        """How a car went out, or came back, on paper. Raises: As ``agreement``; PaperRefused, too, for no such."""
        actor.must(Deed.ISSUE_PAPER)
        told = await self._told(actor, booking_id)
        known = {(each.leg, each.back): each for each in protocols_of(told.agreement)}
        if (found := known.get((protocol.leg, protocol.back))) is None:
            raise PaperRefused("paper.no_protocol")
        spoken = language or await self.billing.language(actor)
        return await self._issue(actor, protocol_wish(told, found, branch_of_papers(told.booking, actor), spoken))

    async def _told(self, actor: Actor, booking_id: BookingId) -> RentalTold:
        billing = self.billing
        booking = await billing.bookings.booking(actor, booking_id)
        agreement = await billing.agreements.agreement(booking_id)
        if isinstance(agreement, Damaged):
            raise DamagedRow(agreement.collection, agreement.id, agreement.reason)
        if agreement is None:
            raise PaperRefused("paper.no_agreement")
        store = billing.bookings.store
        return RentalTold(
            booking=booking,
            agreement=agreement,
            renter=await billing.renters.file(booking.renter_id),
            branches={each.id: each for each in await store.branches()},
            cars={each: await self._car(each) for each in {leg.car.car_id for leg in agreement.legs}},
            papers=tuple(await billing.papers.book.of_booking(booking_id)),
            terms_version=await self._terms(),
        )

    async def _car(self, car_id: CarId) -> CarMarks:
        """Raises: DamagedRow: no paper leaves out a mark that cannot be read."""
        car, marks = await self.billing.bookings.store.car(car_id), await self.marks.of_car(car_id)
        for each in marks:
            if isinstance(each, Damaged):
                raise DamagedRow(each.collection, each.id, each.reason)
        return CarMarks(car, tuple(marks))

    async def _issue(self, actor: Actor, wish: PaperWish) -> Paper:
        """Or what somebody issued of the same words."""
        papers, key = self.billing.papers, paper_id(wish)
        try:
            return await papers.issue(actor, wish, key)
        except Overtaken:
            return await papers.book.paper(key)

    async def _terms(self) -> str:
        """Which they are now; empty where the firm has none."""
        legal = legal_at(await self.billing.papers.legal.legal(), self.billing.papers.clock.now())
        return legal.terms_version if legal else ""

    def _row(self, after: Agreement) -> AuditRow:
        last = after.signatures[-1]
        told = {"name": last.name, "content": last.content, "terms": last.terms_version}
        facts = {name: value for name, value in told.items() if value}
        return AuditRow(last.at, last.by, self.desk, "agreement.signed", f"booking:{after.booking_id}", {}, facts)
