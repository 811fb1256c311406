"""Money at the counter: taken for a booking, given back, and the shifts of the drawers that it lies in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from engine.domain.agreement.agreement import Agreement, AgreementState, further_of
from engine.domain.agreement.closing import AgreementClosed, closed_by_itself
from engine.domain.booking.balance import sound_reference, with_given_back, with_taken
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import BranchId
from engine.domain.counter.shift import (
    FIRST_DRAWER,
    LONGEST_DRAWER,
    CashMove,
    CashMoveKind,
    NoShift,
    Shift,
    ShiftId,
    ShiftState,
)
from engine.domain.firm.audit import AuditRow, Facts
from engine.domain.money.cash import counted, in_coins
from engine.domain.money.ledger import counter_rows
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, Purpose
from engine.domain.money.tender import Handed, Taken, Tender
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError, InvalidMoney, InvalidText, MoveRefused, NotFound, Overtaken
from engine.domain.shared.text import clean
from engine.ports.bookings import BookingStore, Transaction
from engine.ports.local import Clock
from engine.ports.shifts import ShiftBook
from engine.services.booking.booking import BookingService
from engine.services.booking.settling import settle_legs
from engine.services.input_guard import gated
from engine.services.papers.billing import BillingService

log = structlog.get_logger(__name__)
_LONGEST_REASON = 200
_MOST_SHOWN = 60


@gated
@dataclass(frozen=True, slots=True)
class TillService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    store: BookingStore
    shifts: ShiftBook
    clock: Clock
    bookings: BookingService
    billing: BillingService
    next_id: Callable[[], str]
    desk: str

    async def take(
        self, actor: Actor, booking_id: BookingId, handed: Handed, *, seen: int, drawer: str = FIRST_DRAWER
    ) -> Booking:
        """Take money for a booking of which version *seen* is shown; a second press finds another version.

        Where the firm's rules say so, a receipt is issued behind it. What keeps it from being issued keeps no money
        from being taken: the booking's papers offer it then.

        Raises:
            Forbidden: The actor's role takes no money.
            Overtaken: The booking is another than the one that is shown.
            NothingOpen, MoveRefused, InvalidMoney: See ``balance.with_taken``.
            AgreementClosed: The rental is done with; somebody has to open it again first.
            InvalidText: ``received`` is less than what is due, or ``reference`` cannot be kept.
            NoShift: Cash, and no shift is open for the drawer.
        """
        actor.must(Deed.TAKE_MONEY)
        after = await self._hand(actor, booking_id, handed, seen, drawer, Purpose.RENTAL, "")
        if (await self.bookings.store.settings(self.clock.now())).receipts:
            await self._receipt(actor, after)
        return after

    async def give_back(
        self,
        actor: Actor,
        booking_id: BookingId,
        handed: Handed,
        *,
        reason: str,
        seen: int,
        drawer: str = FIRST_DRAWER,
    ) -> Booking:
        """Give back what was taken at the counter, by the tender that it was taken by, and say why.

        Raises: As ``take``; InvalidText also for a ``reason`` that is none.
        """
        actor.must(Deed.TAKE_MONEY)
        why = clean("reason", reason, longest=_LONGEST_REASON)
        return await self._hand(actor, booking_id, handed, seen, drawer, Purpose.GIVE_BACK, why)

    async def _receipt(self, actor: Actor, after: Booking) -> None:
        try:
            await self.billing.receipt(actor, after.id, after.payments[-1].id)
        except DriveSphereError as problem:
            log.warning("no receipt was issued", booking=after.id, why=str(problem))

    async def _hand(
        self, actor: Actor, booking_id: BookingId, handed: Handed, seen: int, drawer: str, purpose: Purpose, why: str
    ) -> Booking:
        booking = await self.bookings.booking(actor, booking_id)
        if booking.version != seen:
            raise Overtaken(f"booking {booking_id} was changed by somebody else")
        await self.bookings.payment.belief.judge(booking)
        shift = await self._drawer(actor, booking, handed.tender, drawer)
        now, reference = self.clock.now(), sound_reference(handed.reference)

        async def hand(work: Transaction) -> Booking:
            taken = Taken(now, actor.account, reference=reference)
            if shift is not None:
                country = (await work.branch(shift.branch_id)).country
                taken = _in_cash(taken, handed, purpose, shift, country)
            agreement = _not_closed(await work.agreement(booking_id))
            if purpose is Purpose.GIVE_BACK:
                after = with_given_back(booking, handed.tender, handed.amount, taken)
            else:
                further = further_of(booking, agreement)
                after = with_taken(booking, handed.tender, handed.amount, taken, further)
            payment = after.payments[-1]
            await work.replace(after)
            done = None if agreement is None else closed_by_itself(agreement, after, now, actor.account)
            if agreement is not None and done is not None:
                await work.replace_agreement(replace(done, version=done.version + 1))
                await settle_legs(work, agreement, done, after, now)
            posted = booking.payment.comes_to(AttemptState.PAID) or len(booking.payments) > 1
            await work.post(counter_rows(booking, payment, now, posted=posted))
            if shift is not None and taken.cash is not None:
                moved = -taken.cash if purpose is Purpose.GIVE_BACK else taken.cash
                await work.drawers.move(shift, CashMove(CashMoveKind.PAYMENT, moved, now, actor.account, payment.id))
            await work.audit(self._row(actor, booking_id, handed, purpose, why, now))
            return after

        return await self.store.transact(hand)

    async def _drawer(self, actor: Actor, booking: Booking, tender: Tender, drawer: str) -> Shift | None:
        """The shift that cash moves in; None for what is no cash. Raises: NoShift."""
        if tender is not Tender.CASH:
            return None
        branch_id = actor.branch_id or booking.branch_id
        shift = await self.shifts.open_at(branch_id, drawer)
        if shift is None or shift.state is not ShiftState.OPEN:
            raise NoShift(branch_id)
        if shift.began_with.currency != booking.price.currency:
            raise InvalidMoney(f"the drawer holds {shift.began_with.currency}")
        return shift

    async def currency(self, actor: Actor) -> str:
        """What a drawer holds that is opened now: the firm's own. Raises: Forbidden."""
        actor.must(Deed.TAKE_MONEY)
        return (await self.bookings.store.settings(self.clock.now())).currency

    async def of_branch(self, actor: Actor, branch_id: BranchId) -> list[Shift | Damaged]:
        """The newest shifts of the branch, newest first. Raises: Forbidden."""
        _must_stand_at(actor, branch_id)
        return await self.shifts.of_branch(branch_id, _MOST_SHOWN)

    async def open(self, actor: Actor, branch_id: BranchId, began_with: Money, drawer: str = FIRST_DRAWER) -> Shift:
        """Answer for the drawer from now on, with *began_with* in it.

        Raises:
            Forbidden: The actor takes no money, or not there.
            InvalidMoney: Less than nothing lies in it.
            ShiftOpen: It has a shift that was not closed.
        """
        _must_stand_at(actor, branch_id)
        if began_with.minor < 0:
            raise InvalidMoney(f"a drawer begins with {began_with.minor}")
        name, now = clean("drawer", drawer, longest=LONGEST_DRAWER), self.clock.now()
        number = await self.shifts.last_number(branch_id, name) + 1
        shift = Shift(ShiftId(self.next_id()), branch_id, name, number, actor.account, now, began_with)

        async def begin(work: Transaction) -> None:
            await work.branch(branch_id)
            await work.drawers.open(shift)
            await work.audit(self._of_shift(actor, "shift.opened", shift, {"began with": _told(began_with)}, now))

        await self.store.transact(begin)
        return shift

    async def move(self, actor: Actor, shift_id: ShiftId, kind: CashMoveKind, amount: Money) -> Shift:
        """Cash goes to the safe, or comes from it; *amount* is positive.

        Raises: Forbidden, NotFound, NoShift; InvalidMoney for nothing, another currency, or more than is there.
        """
        if kind is CashMoveKind.PAYMENT:
            raise MoveRefused(kind, "by hand")

        async def change(work: Transaction) -> Shift:
            shift = await self._own(work, actor, shift_id)
            signed = -amount if kind is CashMoveKind.TO_SAFE else amount
            if amount.minor <= 0 or (shift.expected + signed).minor < 0:
                raise InvalidMoney(f"{amount.minor} {amount.currency} of a drawer")
            now = self.clock.now()
            move = CashMove(kind, signed, now, actor.account)
            await work.drawers.move(shift, move)
            await work.audit(self._of_shift(actor, "shift.moved", shift, {kind.value: _told(amount)}, now))
            return replace(shift, moves=(*shift.moves, move))

        return await self.store.transact(change)

    async def count(self, actor: Actor, shift_id: ShiftId, pieces: tuple[tuple[int, int], ...]) -> Shift:
        """What lies in the drawer, counted before anybody is told what should; it is closed if that is the same.

        *pieces* are denominations, in minor units, each with how many there are. Else nothing moves any more until
        ``close`` says why, or ``count_again``.

        Raises: Forbidden, NotFound, InvalidMoney; MoveRefused, where it was counted.
        """

        async def change(work: Transaction) -> Shift:
            shift = await self._own(work, actor, shift_id)
            if shift.state is not ShiftState.OPEN:
                raise MoveRefused(shift.state, ShiftState.COUNTED)
            found = counted(shift.began_with.currency, pieces)
            after = replace(shift, state=ShiftState.COUNTED, counted=found)
            return await self._ended(work, actor, shift, after)

        return await self.store.transact(change)

    async def close(self, actor: Actor, shift_id: ShiftId, reason: str) -> Shift:
        """Close a shift whose count differs, and say why.

        Raises: Forbidden, NotFound; InvalidText for a ``reason`` that is none; MoveRefused, where it was
            not counted.
        """
        why = clean("reason", reason, longest=_LONGEST_REASON)

        async def change(work: Transaction) -> Shift:
            shift = await self._own(work, actor, shift_id)
            if shift.state is not ShiftState.COUNTED:
                raise MoveRefused(shift.state, ShiftState.CLOSED)
            return await self._ended(work, actor, shift, replace(shift, reason=why))

        return await self.store.transact(change)

    async def count_again(self, actor: Actor, shift_id: ShiftId) -> Shift:
        """What was counted was wrong. Raises: Forbidden, NotFound; MoveRefused, where it was not counted."""

        async def change(work: Transaction) -> Shift:
            shift = await self._own(work, actor, shift_id)
            if shift.state is not ShiftState.COUNTED or shift.counted is None:
                raise MoveRefused(shift.state, ShiftState.OPEN)
            again = replace(shift, state=ShiftState.OPEN, counted=None)
            await work.drawers.keep(again)
            told, now = {"counted": _told(shift.counted)}, self.clock.now()
            await work.audit(self._of_shift(actor, "shift.counted_again", shift, told, now))
            return again

        return await self.store.transact(change)

    async def _ended(self, work: Transaction, actor: Actor, before: Shift, after: Shift) -> Shift:
        """*after* was counted: closed where it is as it should be, or somebody said why it is not."""
        now, found, difference = self.clock.now(), after.counted, after.difference
        if found is None or difference is None:
            raise MoveRefused(before.state, ShiftState.CLOSED)
        if difference.minor == 0 or after.reason:
            after = replace(after, state=ShiftState.CLOSED, closed_by=actor.account, closed_at=now)
        await work.drawers.keep(after)
        facts = {"counted": _told(found), "difference": _told(difference)}
        facts |= {"reason": after.reason} if after.reason else {}
        what = "shift.closed" if after.state is ShiftState.CLOSED else "shift.counted"
        await work.audit(self._of_shift(actor, what, before, facts, now))
        return after

    async def _own(self, work: Transaction, actor: Actor, shift_id: ShiftId) -> Shift:
        """Raises: NotFound, also for one of a branch at which the actor does not stand."""
        actor.must(Deed.TAKE_MONEY)
        shift = await work.drawers.shift(shift_id)
        if actor.branch_id not in (None, shift.branch_id):
            raise NotFound("shift", shift_id)
        return shift

    def _row(
        self, actor: Actor, booking_id: BookingId, handed: Handed, purpose: Purpose, why: str, now: datetime
    ) -> AuditRow:
        what = "booking.given_back_at_counter" if purpose is Purpose.GIVE_BACK else "booking.taken_at_counter"
        after = {handed.tender.value: _told(handed.amount), **({"reason": why} if why else {})}
        return AuditRow(now, actor.account, self.desk, what, f"booking:{booking_id}", {}, after)

    def _of_shift(self, actor: Actor, what: str, shift: Shift, after: Facts, now: datetime) -> AuditRow:
        return AuditRow(now, actor.account, self.desk, what, f"shift:{shift.id}", {}, after)


def _must_stand_at(actor: Actor, branch_id: BranchId) -> None:
    actor.must(Deed.TAKE_MONEY)
    if actor.branch_id not in (None, branch_id):
        raise NotFound("branch", branch_id)


def _not_closed(stored: Agreement | Damaged | None) -> Agreement | None:
    """None where there is none, or none that can be read. Raises: AgreementClosed."""
    if not isinstance(stored, Agreement):
        return None
    if stored.state is AgreementState.CLOSED:
        raise AgreementClosed(stored.booking_id)
    return stored


def _in_cash(taken: Taken, handed: Handed, purpose: Purpose, shift: Shift, country: str) -> Taken:
    """Raises: InvalidText, where less was put down than is due."""
    due = in_coins(handed.amount, country)
    received = handed.received or due
    if purpose is Purpose.RENTAL and (received.currency != due.currency or received.minor < due.minor):
        raise InvalidText("received", "field.less_than_due")
    put = received if purpose is Purpose.RENTAL else due
    return replace(taken, cash=due, received=put, shift_id=shift.id)


def _told(money: Money) -> str:
    return f"{money.minor} {money.currency}"
