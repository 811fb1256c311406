"""The agreement of a rental as a contract: signed by its renter."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain.agreement.agreement import Agreement
from engine.domain.agreement.signing import signed
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.firm.audit import AuditRow
from engine.domain.papers.legal import legal_at
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import Overtaken
from engine.ports.bookings import Transaction
from engine.services.agreement.agreement import must_have_agreement
from engine.services.input_guard import gated
from engine.services.papers.billing import BillingService


@gated
@dataclass(frozen=True, slots=True)
class ContractService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    billing: BillingService
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

    async def _terms(self) -> str:
        """Which they are now; empty where the firm has none."""
        legal = legal_at(await self.billing.papers.legal.legal(), self.billing.papers.clock.now())
        return legal.terms_version if legal else ""

    def _row(self, after: Agreement) -> AuditRow:
        last = after.signatures[-1]
        told = {"name": last.name, "content": last.content, "terms": last.terms_version}
        facts = {name: value for name, value in told.items() if value}
        return AuditRow(last.at, last.by, self.desk, "agreement.signed", f"booking:{after.booking_id}", {}, facts)
