"""What happens to a booking after it was made: cancelled, handed over, returned, missed, taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.agreement.agreement import Agreement, Waived, handed_over
from engine.domain.agreement.charges import AS_PROPOSED, Charging, Due, charged
from engine.domain.agreement.checks import Check, Finding, findings, must_pass
from engine.domain.agreement.closing import closed_by_itself
from engine.domain.agreement.fees import fees_in
from engine.domain.agreement.reading import YARD_KM, Reading, Seen, follows, gauge_of, most_driven, sound_reading
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.cancellation import RefundQuote
from engine.domain.booking.giving_back import Reason, given_back
from engine.domain.booking.handing_over import EARLY, CameBack, NoLicence, TooEarly
from engine.domain.booking.refund_reason import BY_RENTER, RefundReason, sound_reason, told_of
from engine.domain.booking.states import BookingState
from engine.domain.car.car import BranchId
from engine.domain.car.condition import Found, FoundWhen, NewMark
from engine.domain.firm.audit import AuditRow
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, Refund
from engine.domain.people.people import AccountName, Actor, Deed, Renter, Role
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import MoveRefused, PriceChanged
from engine.domain.shared.zones import shown_zone
from engine.ports.bookings import BookingStore, Transaction
from engine.ports.local import Clock
from engine.services.booking.booking import BookingService, Carriage, HoldCar
from engine.services.booking.settling import settle_legs
from engine.services.input_guard import gated
from engine.services.marks.marking import note_marks, sound_marks
from engine.services.payment.payment import PaymentService


@gated
@dataclass(frozen=True, slots=True)
class RentalService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    store: BookingStore
    clock: Clock
    bookings: BookingService
    payment: PaymentService
    desk: str

    async def quote_refund(self, actor: Actor, booking_id: BookingId) -> RefundQuote:
        """Raises: NotFound, Forbidden, or MoveRefused for a booking that cannot be cancelled any more."""
        actor.must(Deed.BOOK)
        return self._quote(await self.bookings.booking(actor, booking_id), self.clock.now())

    async def cancel(
        self,
        actor: Actor,
        booking_id: BookingId,
        shown: Money,
        reason: RefundReason | None = None,
        *,
        also: Carriage | None = None,
    ) -> Booking:
        """Cancel, give back *shown*, and set the car free. An unpaid one has its page closed first.

        Whoever gives money back says why by *reason*; that a renter wishes it is a renter's own. Somebody else's desk
        that does it for the actor says so by *also*, of a booking that was confirmed.

        Raises:
            InvalidText: ``reason`` or ``said``: money goes back, and nobody says why as it can be kept.
            PriceChanged: By now another amount would be given back; ask again with that.
            MoveRefused: It is over already, or the renter has the car.
            Overtaken: Somebody else changed it at the same moment.
        """
        actor.must(Deed.BOOK)
        booking = await self.bookings.booking(actor, booking_id)
        now, why = self.clock.now(), _why(actor, reason)
        told = self._quote(booking, now)
        if told.given_back != shown:
            raise PriceChanged(f"{shown.minor} was shown, {told.given_back.minor} would be given back now")
        if booking.state is not BookingState.CONFIRMED:
            return await self.payment.give_up(booking_id)
        cancelled = _cancelled(booking, told, now, also.by if also else actor.account, why)

        async def change(work: Transaction) -> None:
            await work.replace(cancelled)
            if also is not None:
                await also.seal(work, cancelled)
            else:
                await work.audit(self._row(actor, cancelled, told, now))

        await self.store.transact(change)
        return await self.payment.carry_on(booking_id)

    async def give_up(self, actor: Actor, booking_id: BookingId) -> Booking:
        """Let go what is not paid yet, on Stripe's word; a payment made meanwhile wins. Raises: NotFound, Forbidden."""
        actor.must(Deed.BOOK)
        await self.bookings.booking(actor, booking_id)
        return await self.payment.give_up(booking_id)

    async def check(self, actor: Actor, booking_id: BookingId) -> tuple[Finding, ...]:
        """What the firm looks at before the car goes out, and is not as it wants it. Raises: NotFound, Forbidden."""
        actor.must(Deed.HAND_OVER)
        booking, now = await self.bookings.booking(actor, booking_id), self.clock.now()
        renter = await self.bookings.store.renter(booking.renter_id)
        return _found(await self.bookings.store.settings(now), booking, renter, now)

    async def hand_over(
        self,
        actor: Actor,
        booking_id: BookingId,
        reading: Reading,
        marks: Sequence[NewMark] = (),
        warned: frozenset[Check] = frozenset(),
    ) -> Booking:
        """The renter has the car from now on, at the agreed time or a little before, or late, as it was read.

        *marks* are what was found on it that nobody had written down. *warned* are the checks that the person was told
        of by ``check`` and goes on in spite of; the audit keeps them.

        Raises:
            Forbidden: The actor's role stands at no counter.
            MoveRefused: It is not confirmed, begins more than ``EARLY`` from now, or is over by its times.
            InvalidText: A field of the reading or of a mark, by its name.
            ReadingUnlikely: The kilometres do not follow from those before, and the reading gives no reason.
            NoLicence: The renter's driving licence is not written down.
            HandOverChecked: Something is not as the firm wants it, and forbids that, or was not seen.
            CarNotRentable, NotReady, StillOut: The car cannot be given away now.
            NotBelieved: The row is not one that the program writes; no key is given away on its word.
            Overtaken: Somebody else changed the booking at the same moment.
        """
        actor.must(Deed.HAND_OVER)
        booking = await self.bookings.booking(actor, booking_id)
        now = self.clock.now()
        out = booking.move_to(BookingState.OUT, now=now, by=actor.account)
        if not booking.period.starts_at - EARLY <= now < booking.period.ends_at:
            raise MoveRefused("over" if now >= booking.period.ends_at else "not begun", BookingState.OUT)
        renter, rules = await self.bookings.store.renter(booking.renter_id), await self.bookings.store.settings(now)
        if not renter.licence:
            raise NoLicence(booking.renter_id)
        must_pass(found := _found(rules, booking, renter, now), warned)
        car = await self.bookings.store.car(booking.car_id)
        gauge, new = gauge_of(car.fuel), sound_marks(car, marks)
        seen = Seen(sound_reading(reading, gauge), now, actor.account)
        fees = fees_in(rules.fees, booking.price.currency)
        await self.payment.belief.judge(booking)

        async def hand_over(work: Transaction) -> None:
            before = await work.hand_out(booking, now, seen.km)
            # What its owner says of a car may be old: it bounds from below only.
            known, yard = (car.odometer_km, None) if before is None else (before, YARD_KM)
            expected = follows(seen.reading, known, yard)
            await work.replace(out)
            shown = await note_marks(work, car, new, Found(actor.account, now, booking_id, 1, FoundWhen.OUT))
            await work.add_agreement(handed_over(booking, gauge, replace(seen, marks=shown.open), fees))
            if not expected:
                await work.audit(self._unlikely(booking, seen, known))
            if found:
                await work.audit(self._went_out(booking, found, seen))

        await self.store.transact(hand_over)
        return out

    async def no_show(self, actor: Actor, booking_id: BookingId) -> Booking:
        """Nobody came for the car: it is let go, and nothing is given back.

        Raises:
            Forbidden: The actor's role stands at no counter.
            MoveRefused: It is not confirmed.
            TooEarly: The renter may still come; ``NO_SHOW_PATIENCE`` after the agreed pick-up is not over.
            Overtaken: Somebody else changed the booking at the same moment.
        """
        actor.must(Deed.HAND_OVER)
        booking = await self.bookings.booking(actor, booking_id)
        now = self.clock.now()
        missed = booking.move_to(BookingState.NO_SHOW, now=now, by=actor.account)
        if now < booking.missed_at:
            raise TooEarly(booking_id, booking.missed_at)
        before, after = {"state": booking.state.value}, {"state": missed.state.value}
        row = AuditRow(now, actor.account, self.desk, "booking.no_show", f"booking:{booking_id}", before, after)

        async def let_go(work: Transaction) -> None:
            await work.replace(missed)
            await work.audit(row)

        await self.store.transact(let_go)
        return await self.payment.carry_on(booking_id)

    async def came_after_all(self, actor: Actor, booking_id: BookingId) -> Booking:
        """The renter of a no-show is there: the same car is promised again, if it is still free.

        Raises:
            Forbidden: The actor's role stands at no counter.
            MoveRefused: It is no no-show, or over by its times.
            CarNotRentable, NotHere, PeriodTaken: The car is somebody else's by now.
            NotBelieved: The row is not one that the program writes.
            Overtaken: Somebody else changed the booking at the same moment.
        """
        actor.must(Deed.HAND_OVER)
        booking = await self.bookings.booking(actor, booking_id)
        now = self.clock.now()
        again = booking.move_to(BookingState.CONFIRMED, now=now, by=actor.account)
        if booking.state is not BookingState.NO_SHOW or booking.period.ends_at <= now:
            raise MoveRefused(booking.state, BookingState.CONFIRMED)
        await self.payment.belief.judge(booking)

        async def claim(work: Transaction) -> None:
            await work.claim_again(booking, now)
            await work.replace(again)

        await self.store.transact(claim)
        return again

    async def returned(
        self,
        actor: Actor,
        booking_id: BookingId,
        reading: Reading,
        at_branch: BranchId | None = None,
        charging: Charging = AS_PROPOSED,
        marks: Sequence[NewMark] = (),
    ) -> Booking:
        """The car is back, now and as it was read: the booking is completed and blocks no longer, early or late.

        It stands at *at_branch* from now on, or where it was agreed to be brought. What that costs comes to the lines
        of the agreement, but for what *charging* waives; where nothing is open then, the agreement is closed.
        *marks* are what was found on it that it did not have when it went out.

        Raises:
            Forbidden: The actor's role stands at no counter.
            MoveRefused: The renter does not have the car, or something is waived that is not charged.
            InvalidText: A field of the reading or of a mark, by its name, or the ``reason`` of what is waived.
            ReadingUnlikely: The kilometres do not follow from those before, and the reading gives no reason.
            NotFound: There is no such branch.
            Overtaken: Somebody else changed the booking at the same moment.
        """
        actor.must(Deed.TAKE_BACK)
        booking = await self.bookings.booking(actor, booking_id)
        completed = booking.move_to(BookingState.COMPLETED, now=self.clock.now(), by=actor.account)
        branch_id = at_branch or booking.return_branch_id
        car = await self.bookings.store.car(booking.car_id)
        new, step = sound_marks(car, marks), completed.history[-1]

        async def complete(work: Transaction) -> None:
            if branch_id != booking.return_branch_id:
                await work.branch(branch_id)
            agreement = _readable(await work.agreement(booking_id))
            shown = await note_marks(work, car, new, _found_back(agreement, actor.account, step.at))
            gauge = agreement.leg.gauge if agreement is not None else gauge_of(car.fuel)
            seen = Seen(sound_reading(reading, gauge), step.at, actor.account, shown.open)
            if agreement is not None:
                await self._close(work, completed, agreement, seen, branch_id, charging)
            else:
                await work.audit(self._read_only(completed, seen))
            await work.replace(completed, CameBack(branch_id, seen.km))
            await work.note_return(completed)

        await self.store.transact(complete)
        return await self.payment.carry_on(booking_id)

    async def take_up_again(self, actor: Actor, booking_id: BookingId, intent_key: str) -> Booking:
        """The same car, days, renter and price in a new booking, if the car is still free (X3).

        Raises:
            MoveRefused: It did not expire.
            PriceChanged, PeriodTaken, Contended, InvalidPeriod: As for every booking.
        """
        actor.must(Deed.BOOK)
        old = await self.bookings.booking(actor, booking_id)
        if old.state is not BookingState.RELEASED:
            raise MoveRefused(old.state, BookingState.HELD)
        wish = HoldCar(intent_key, old.car_id, old.period, old.renter_id, old.price, old.return_branch_id)
        return await self.bookings.hold(actor, wish)

    async def _close(
        self,
        work: Transaction,
        booking: Booking,
        agreement: Agreement,
        seen: Seen,
        branch_id: BranchId,
        charging: Charging,
    ) -> None:
        """With its reading and what that costs; done with, where nothing is open. Raises: as ``returned``."""
        out, due = agreement.leg.out, Due(booking.period.ends_at, booking.return_branch_id)
        lines, waived = charged(agreement, seen, branch_id, due, charging)
        over = agreement.returned(seen, branch_id, lines, waived)
        after = closed_by_itself(over, booking, seen.at, seen.by) or over
        await work.replace_agreement(after)
        await settle_legs(work, agreement, after, booking, seen.at)
        if not follows(seen.reading, out.km, most_driven(out.at, seen.at)):
            await work.audit(self._unlikely(booking, seen, out.km))
        for each in waived:
            await work.audit(self._waived(booking, each))

    def _went_out(self, booking: Booking, found: tuple[Finding, ...], seen: Seen) -> AuditRow:
        """In spite of what was found."""
        after = {each.check.value: _told(each) for each in found}
        what, subject = "agreement.warned", f"booking:{booking.id}"
        return AuditRow(seen.at, seen.by, self.desk, what, subject, {}, after)

    def _waived(self, booking: Booking, waived: Waived) -> AuditRow:
        amount = waived.line.amount
        before = {"charge": f"{waived.line.kind} {amount.minor} {amount.currency}"}
        what, subject = "agreement.waived", f"booking:{booking.id}"
        return AuditRow(waived.at, waived.by, self.desk, what, subject, before, {"reason": waived.reason})

    def _unlikely(self, booking: Booking, seen: Seen, before_km: int) -> AuditRow:
        """Kilometres that do not follow from those before, and why."""
        what, subject = "agreement.reading", f"booking:{booking.id}"
        after = {"odometer_km": str(seen.km), "reason": seen.reading.reason}
        return AuditRow(seen.at, seen.by, self.desk, what, subject, {"odometer_km": str(before_km)}, after)

    def _read_only(self, booking: Booking, seen: Seen) -> AuditRow:
        """What was read off a car whose agreement keeps it nowhere."""
        after = {"odometer_km": str(seen.km), "full": str(seen.reading.full), "reason": seen.reading.reason}
        what, subject = "agreement.read_without", f"booking:{booking.id}"
        return AuditRow(seen.at, seen.by, self.desk, what, subject, {}, after)

    def _row(self, actor: Actor, cancelled: Booking, told: RefundQuote, now: datetime) -> AuditRow:
        back = f"{told.given_back.minor} {told.given_back.currency}"
        after = {"state": cancelled.state.value, "given back": back, **told_of(cancelled.reason)}
        before = {"state": BookingState.CONFIRMED.value}
        return AuditRow(now, actor.account, self.desk, "booking.cancelled", f"booking:{cancelled.id}", before, after)

    def _quote(self, booking: Booking, now: datetime) -> RefundQuote:
        nothing = Money(0, booking.price.currency)
        match booking.state:
            case BookingState.HELD | BookingState.RELEASING | BookingState.AWAITING_FUNDS:
                return RefundQuote(nothing, nothing)
            case BookingState.CONFIRMED:
                if booking.payment.newest is None or booking.payment.comes_to(AttemptState.LAPSED):
                    return RefundQuote(nothing, nothing)
                back = given_back(booking, Reason.CANCELLED, now)
                return RefundQuote(back, booking.price - back)
            case _:
                raise MoveRefused(booking.state, BookingState.CANCELLED)


def _found(rules: FirmSettings, booking: Booking, renter: Renter, now: datetime) -> tuple[Finding, ...]:
    zone = shown_zone(booking.zone)
    due = booking.period.ends_at.astimezone(zone).date()
    return findings(rules.checks, booking, renter, now.astimezone(zone).date(), due)


def _told(finding: Finding) -> str:
    """Its facts, for the audit."""
    still = f"{finding.open.minor} {finding.open.currency}" if finding.open is not None else ""
    return still or (finding.day.isoformat() if finding.day is not None else "not known")


def _cancelled(booking: Booking, told: RefundQuote, now: datetime, by: str, why: RefundReason | None) -> Booking:
    """*booking* after that. Raises: InvalidText, where money goes back and nobody says why."""
    if told.given_back.minor <= 0:
        return booking.move_to(BookingState.CANCELLED, now=now, by=by, reason=why)
    cancelled = booking.move_to(BookingState.CANCELLED, now=now, by=by, reason=sound_reason(why))
    return cancelled.with_payment(cancelled.payment.with_refund(Refund(told.given_back)))


def _why(actor: Actor, reason: RefundReason | None) -> RefundReason | None:
    """*reason* as it is kept; a renter's own account need not say that the renter wishes it."""
    if reason is None:
        return BY_RENTER if actor.role is Role.RENTER else None
    return sound_reason(reason)


def _readable(stored: Agreement | Damaged | None) -> Agreement | None:
    """A car that went out before there were agreements has none, and one that cannot be read keeps no car out."""
    return stored if isinstance(stored, Agreement) else None


def _found_back(agreement: Agreement | None, by: AccountName, at: datetime) -> Found:
    """On a car that came back; without an agreement nothing says with which leg of it."""
    if agreement is None:
        return Found(by, at)
    return Found(by, at, agreement.booking_id, len(agreement.legs), FoundWhen.BACK)
