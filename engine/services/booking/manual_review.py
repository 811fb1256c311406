"""What no engine can bring to its end: the bookings that need a person, and what the person did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.manual_review import Case, Cases, LostCar
from engine.domain.car.car import CarId
from engine.domain.firm.audit import AuditRow
from engine.domain.money.trouble import ByHand, Why
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import MoveRefused, Overtaken
from engine.domain.shared.text import clean
from engine.ports.bookings import Store, Transaction
from engine.ports.local import Clock
from engine.ports.payments import Witnesses
from engine.services.input_guard import gated

_LONGEST_NOTE = 400


@gated
@dataclass(frozen=True, slots=True)
class ManualReview:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    store: Store
    clock: Clock
    desk: str
    witnesses: Witnesses

    async def waiting(self, actor: Actor, *, offset: int = 0, limit: int = 50) -> Cases:
        """Bookings whose car left service or is in for it then, the soonest first; then others, the oldest first.

        Those are failed refunds, lapsed authorisations, mismatches and what is stuck for too long.

        Raises:
            Forbidden: Only the head office sees all bookings.
        """
        actor.must(Deed.SEE_ALL_BOOKINGS)
        now = self.clock.now()
        carless, crossed = await self.store.carless(now), await self.store.crossed(now)
        left_it = {row.id for row in carless}
        lost = [(row, LostCar.CAR) for row in carless]
        lost += [(row, LostCar.SERVICE) for row in crossed if row.id not in left_it]
        shown = lost[offset : offset + limit]
        left = limit - len(shown)
        # Asked for at least one, for the total.
        found = await self.store.needing_person(now, max(offset - len(lost), 0), max(left, 1))
        gone = {row.car_id for row, why in shown if why is LostCar.CAR and not isinstance(row, Damaged)}
        left_at = await self.store.left_service(gone)
        moved = [row if isinstance(row, Damaged) else _lost(row, why, left_at) for row, why in shown]
        rows = [row if isinstance(row, Damaged) else _case(row) for row in found.rows[:left]]
        return Cases((*moved, *rows), found.total + len(lost))

    async def settle_by_hand(self, actor: Actor, booking_id: BookingId, note: str, *, seen: int) -> Booking:
        """A person saw to it outside of the program; it leaves the list. Money and car are as they were.

        *seen* is the version that the person looked at, so that nobody settles what has changed since.

        Raises:
            Forbidden: Only an admin may.
            InvalidText: The note is empty or too long.
            Overtaken: It changed meanwhile: look again.
            MoveRefused: It needs nobody (any more).
        """
        actor.must(Deed.SETTLE_BY_HAND)
        said = clean("note", note, longest=_LONGEST_NOTE)
        now = self.clock.now()
        booking = await self._undeceived((await self.store.booking(booking_id)).tamed(now))
        if booking.version != seen:
            raise Overtaken(f"booking {booking_id} was changed by somebody else")
        if booking.person_at is None or booking.person_at > now:
            raise MoveRefused("in nobody's care", "settled by hand")
        done = booking.seen_to(ByHand(actor.account, now, said))
        before, after = {"needs": _why(booking).value}, {"settled by hand": said}
        row = AuditRow(now, actor.account, self.desk, "booking.settled", f"booking:{booking_id}", before, after)

        async def write(work: Transaction) -> Booking:
            await work.replace(done)
            await work.note_settled(done)
            await work.audit(row)
            return done

        return await self.store.transact(write)

    async def _undeceived(self, booking: Booking) -> Booking:
        """Without a word that it was settled which no administrator wrote."""
        trouble = booking.trouble
        if trouble is None or trouble.settled is None or await self.witnesses.was_settled(booking.id, trouble):
            return booking
        return booking.with_payment(booking.payment.kept_by(replace(trouble, settled=None)))


def _lost(booking: Booking, why: LostCar, left_at: Mapping[CarId, datetime]) -> Case:
    """It waits since its car left; since it was sold, where nobody knows that, or where it was sold afterwards."""
    return Case(booking, why, max(booking.since, left_at.get(booking.car_id, booking.since)))


def _why(booking: Booking) -> Why:
    return booking.trouble.why if booking.trouble else Why.NOBODY


def _case(booking: Booking) -> Case:
    trouble = booking.trouble
    if trouble is None:
        return Case(booking, _why(booking), booking.due_at or booking.created_at)
    return Case(booking, trouble.why, trouble.since, trouble.code)
