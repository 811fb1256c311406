"""A rental whose car is back: closed, opened again with a reason, and charged otherwise while it is not closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.agreement.agreement import Agreement
from engine.domain.agreement.charges import Charging, Due
from engine.domain.agreement.closing import Invoiced, closed, closed_by_itself, recharged, reopened
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.firm.audit import AuditRow, Facts
from engine.domain.money.money import Money
from engine.domain.papers.of_booking import standing_invoice
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import Overtaken
from engine.ports.bookings import Transaction
from engine.ports.papers import PaperBook
from engine.services.agreement.agreement import must_have_agreement
from engine.services.booking.booking import BookingService
from engine.services.booking.settling import settle_legs
from engine.services.input_guard import gated

_Change = Callable[[Booking, Agreement, datetime], Agreement]


@gated
@dataclass(frozen=True, slots=True)
class ClosingService:
    """Each counts its booking on, so that no payment or other change of the same moment goes by what it saw before.

    *seen* is the version of the booking that the person looked at. All raise, besides what they say:

        Forbidden, NotFound, DamagedRow: As for every booking.
        MoveRefused: It has no agreement, or one that does not stand so.
        Overtaken: The booking changed meanwhile; look again.

    Attributes: ``desk`` is this machine's name, for the audit.
    """

    bookings: BookingService
    papers: PaperBook
    desk: str

    async def close(self, actor: Actor, booking_id: BookingId, *, seen: int) -> Booking:
        """Nothing is open, and nothing moves any more. Raises: BalanceOpen."""
        actor.must(Deed.TAKE_BACK)

        def change(booking: Booking, agreement: Agreement, now: datetime) -> Agreement:
            return closed(agreement, booking, now, actor.account)

        return await self._change(actor, booking_id, seen, change)

    async def reopen(self, actor: Actor, booking_id: BookingId, reason: str, *, seen: int) -> Booking:
        """Money may move again, and charges be corrected; papers stay. Raises: InvalidText, ``reason``."""
        actor.must(Deed.REOPEN)

        def change(_booking: Booking, agreement: Agreement, now: datetime) -> Agreement:
            return reopened(agreement, now, actor.account, reason)

        return await self._change(actor, booking_id, seen, change, "agreement.reopened")

    async def recharge(self, actor: Actor, booking_id: BookingId, charging: Charging, *, seen: int) -> Booking:
        """What its return costs, as *charging* says now, by what was read then; closed, where nothing is open then.

        Raises:
            InvalidText: ``reason``: something is waived, and nobody says why.
            Invoiced: An invoice stands that says otherwise; it has to be credited first.
        """
        actor.must(Deed.TAKE_BACK)
        booking = await self.bookings.booking(actor, booking_id)
        invoice = standing_invoice(booking, await self.papers.of_booking(booking_id))
        if invoice is not None:
            raise Invoiced(invoice.number)

        def change(booking: Booking, agreement: Agreement, now: datetime) -> Agreement:
            due = Due(booking.period.ends_at, booking.return_branch_id)
            after = recharged(agreement, due, charging, now, actor.account)
            return closed_by_itself(after, booking, now, actor.account) or after

        return await self._change(actor, booking_id, seen, change, "agreement.recharged")

    async def _change(self, actor: Actor, booking_id: BookingId, seen: int, change: _Change, what: str = "") -> Booking:
        """*what* names it in the audit; its own history tells of the rest."""
        booking, now = await self.bookings.booking(actor, booking_id), self.bookings.clock.now()
        if booking.version != seen:
            raise Overtaken(f"booking {booking_id} was changed by somebody else")
        counted_on = replace(booking, version=booking.version + 1)

        async def write(work: Transaction) -> None:
            before = must_have_agreement(booking, await work.agreement(booking_id))
            after = change(booking, before, now)
            await work.replace(counted_on)
            await work.replace_agreement(after)
            await settle_legs(work, before, after, counted_on, now)
            if what:
                await work.audit(self._row(actor, what, before, after, now))

        await self.bookings.store.transact(write)
        return counted_on

    def _row(self, actor: Actor, what: str, before: Agreement, after: Agreement, now: datetime) -> AuditRow:
        subject = f"booking:{after.booking_id}"
        return AuditRow(now, actor.account, self.desk, what, subject, _told(before), _told(after))


def _told(agreement: Agreement) -> Facts:
    reason = agreement.history[-1].reason
    waived = ", ".join(f"{each.line.kind} {_words(each.line.amount)}: {each.reason}" for each in agreement.waived)
    facts = {"state": agreement.state.value, "total": _words(agreement.total), "reason": reason, "not charged": waived}
    return {name: told for name, told in facts.items() if told}


def _words(money: Money) -> str:
    return f"{money.minor} {money.currency}"
