"""The two ways out of a booking that is not believed: its car is let go, or its money is given back as well.

Only an administrator goes them, and only by what Stripe says at this moment (docs/decisions/0045).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from engine.domain.booking.belief import DecidedByHand, Doubt
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.refund_reason import RefundReason, UsualReason, sound_reason, told_of
from engine.domain.booking.unbelieved import (
    CAR_LET_GO,
    AtStripe,
    PaymentNow,
    RefundNotMade,
    StoredBooking,
    UnbelievedCase,
    ended,
    given,
    is_payable,
)
from engine.domain.firm.audit import AuditRow
from engine.domain.money.money import Money
from engine.domain.money.taken_back import refund_postings
from engine.domain.money.trouble import ByHand, Why
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import MoveRefused, NotBelieved, Overtaken, PaymentRefused
from engine.domain.shared.text import clean
from engine.ports.bookings import Transaction, UnbelievedBook
from engine.services.input_guard import gated
from engine.services.payment.payment import PaymentService

log = structlog.get_logger(__name__)

_LONGEST_REASON = 400
#: A page lives for a day at most, so whatever can still be paid was made since.
_BACK, _AHEAD = timedelta(hours=26), timedelta(minutes=5)
_NO_SUCH = 404
#: How often pages are closed and payments let go before somebody is said to be paying just now.
_TRIES = 3


@gated
@dataclass(frozen=True, slots=True)
class UnbelievedService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    book: UnbelievedBook
    payments: PaymentService
    desk: str

    async def case(self, actor: Actor, booking_id: BookingId) -> UnbelievedCase:
        """What is stored of it, why it is not believed, and what Stripe has for it now.

        Raises:
            Forbidden: Only an admin may; or this desk's Stripe key may not look.
            NotFound: There is no such booking.
            MoveRefused: Nothing is wrong with it (any more).
        """
        actor.must(Deed.SETTLE_BY_HAND)
        return await self._case(booking_id)

    async def let_go(self, actor: Actor, booking_id: BookingId, reason: str) -> Booking:
        """Its car is free, its page closed, what is held on a card is let go; what was taken stays taken.

        Raises:
            Forbidden, NotFound, MoveRefused: As ``case``.
            InvalidText: The reason is empty or too long.
            Overtaken: It was changed, or is being paid, at this moment: look again.
        """
        actor.must(Deed.SETTLE_BY_HAND)
        said = clean("reason", reason, longest=_LONGEST_REASON)
        case = await self._quiet(await self._case(booking_id))
        return await self._end(actor, case, RefundReason(UsualReason.OTHER, said))

    async def give_back(
        self, actor: Actor, booking_id: BookingId, reason: RefundReason, *, shown: Sequence[Money]
    ) -> Booking:
        """``let_go``, and all that Stripe has taken for it goes back; *shown* is what the person agreed to.

        It may be asked for again at any time: what was done is not done twice, what was not is done then.

        Raises:
            Forbidden, NotFound, MoveRefused, Overtaken: As ``let_go``; MoveRefused, too, where nothing was ever taken.
            InvalidText: ``reason`` or ``said``: nobody says why as it can be kept.
            RefundNotMade: Stripe could not; the booking stays on the list.
        """
        actor.must(Deed.SETTLE_BY_HAND)
        why = sound_reason(reason)
        case = await self._quiet(await self._case(booking_id))
        if not case.money.taken:
            raise MoveRefused("without money", "given back")
        if case.money.left and tuple(shown) != case.money.left:
            raise Overtaken(f"what Stripe has for booking {booking_id} is no longer what was shown")
        if case.keeps_car or case.stored.damaged is not None:
            await self._end(actor, case, why, settle=False)
        return await self._give_back(actor, case, why)

    async def give_back_lost(self, actor: Actor, booking_id: BookingId, reason: RefundReason) -> Booking:
        """All that Stripe has for a payment that a restored database lacked, whatever its row says; see ``give_back``.

        Raises:
            Forbidden, NotFound, InvalidText, Overtaken, RefundNotMade: As ``give_back``.
        """
        actor.must(Deed.SETTLE_BY_HAND)
        why = sound_reason(reason)
        case = await self._quiet(await self._case(booking_id, Doubt.PAYMENT))
        return await (self._give_back(actor, case, why) if case.money.taken else self._end(actor, case, why))

    async def _give_back(self, actor: Actor, case: UnbelievedCase, why: RefundReason) -> Booking:
        for payment in case.money.payments:
            if payment.left.minor > 0:
                await self._refund(case.booking.id, payment)
        return await self._record(actor, case, why)

    async def _case(self, booking_id: BookingId, doubt: str = "") -> UnbelievedCase:
        """*doubt* is given where it is not to be found out."""
        await self.payments.mode.must_fit()
        stored = await self.book.stored(booking_id, self.payments.clock.now())
        doubt = doubt or await self._doubt(stored)
        return UnbelievedCase(stored, doubt, await self._at_stripe(stored.booking), await self._settled(stored))

    async def _doubt(self, stored: StoredBooking) -> str:
        if stored.damaged is not None:
            return Doubt.DAMAGED
        try:
            await self.payments.belief.look(stored.booking)
        except NotBelieved as problem:
            return problem.doubt
        trouble = stored.booking.trouble
        # What only Stripe's answer raises, or what an administrator began to end; what else its row says is no reason.
        if trouble is not None and trouble.why is Why.DOUBTED and (trouble.code == Doubt.PAYMENT or stored.begun):
            return trouble.code
        raise MoveRefused("believed", "decided on by hand")

    async def _settled(self, stored: StoredBooking) -> bool:
        trouble = stored.booking.trouble
        return trouble is not None and await self.payments.belief.witnesses.was_settled(stored.booking.id, trouble)

    async def _at_stripe(self, booking: Booking) -> AtStripe:
        """By Stripe's tags: what the row names is looked at, and counts only where Stripe says that it is its own."""
        gateway, now = self.payments.gateway, self.payments.clock.now()
        pages = {
            page.session_id: page
            for page in await gateway.pages_created(now - _BACK, now + _AHEAD)
            if page.booking_id == booking.id
        }
        for session_id in {attempt.session_id for attempt in booking.payment.attempts} - {"", *pages}:
            with _if_known():
                page = await gateway.page(session_id)
                if page.booking_id == booking.id:
                    pages[session_id] = page
        names = {each.payment_intent for each in await gateway.payments_of(booking.id)}
        names |= {page.payment_intent for page in pages.values()}
        names |= {attempt.payment_intent for attempt in booking.payment.attempts}
        found = [await self._payment(name, booking.id) for name in sorted(names - {""})]
        payable = tuple(page for page in pages.values() if is_payable(page))
        return AtStripe(payable, tuple(each for each in found if each is not None))

    async def _payment(self, payment_intent: str, booking_id: BookingId) -> PaymentNow | None:
        with _if_known():
            intent = await self.payments.gateway.intent(payment_intent)
            if intent.tags.get("booking") == booking_id:
                return PaymentNow(intent, tuple(await self.payments.gateway.refunds(payment_intent)))
        return None

    async def _quiet(self, case: UnbelievedCase) -> UnbelievedCase:
        """On Stripe's word: nothing of it can be paid any more, and nothing is held on a card."""
        by_hand, gateway = DecidedByHand(case.booking.id), self.payments.gateway
        for _ in range(_TRIES):
            if case.money.quiet:
                return case
            # Refused: it was paid, or let go, at this moment; the next look tells.
            for page in case.money.pages:
                with suppress(PaymentRefused):
                    await gateway.close_page(page.session_id)
            for payment in case.money.payments:
                if payment.held:
                    with suppress(PaymentRefused):
                        await gateway.void(by_hand.void(payment.intent))
            case = replace(case, money=await self._at_stripe(case.booking))
        if case.money.quiet:
            return case
        raise Overtaken(f"booking {case.booking.id} is being paid at this moment")

    async def _end(self, actor: Actor, case: UnbelievedCase, why: RefundReason, *, settle: bool = True) -> Booking:
        now = self.payments.clock.now()
        after = ended(case.booking, case.money, case.doubt, why, now=now, by=actor.account)
        if settle:
            after = _settled_by(after, actor, now, why)
        before = {"state": case.booking.state.value, "doubt": case.doubt}
        told = {"state": after.state.value, **told_of(why), **_told(case.money)}
        row = AuditRow(now, actor.account, self.desk, CAR_LET_GO, f"booking:{after.id}", before, told)

        async def write(work: Transaction) -> Booking:
            await work.replace_stored(case.stored, after)
            await work.let_cars_go(after.id)
            if settle:
                await work.note_settled(after)
            await work.audit(row)
            return after

        return await self.payments.store.transact(write)

    async def _refund(self, booking_id: BookingId, payment: PaymentNow) -> None:
        order = DecidedByHand(booking_id).give_back(payment.intent, payment.left)
        try:
            facts = await self.payments.gateway.refund(order)
        except PaymentRefused as refusal:
            log.error("unbelieved.refund_refused", booking=booking_id, code=refusal.stripe_code)  # noqa: TRY400 -- Stripe's answer, no bug
            raise RefundNotMade(str(refusal)) from refusal
        if facts.status in ("failed", "canceled"):
            raise RefundNotMade(f"{facts.refund_id}: {facts.status}")

    async def _record(self, actor: Actor, before: UnbelievedCase, why: RefundReason) -> Booking:
        """The booking and the ledger as Stripe has it now; it leaves the list unless a bank still has the money."""
        booking_id = before.booking.id
        case = await self._case(booking_id, before.doubt)
        now, money = self.payments.clock.now(), case.money
        if money.left:
            raise RefundNotMade(f"Stripe still has {money.left} for booking {booking_id}")
        if case.settled or money.on_its_way:
            return case.booking
        after = _settled_by(given(case.booking, money, case.doubt, why, now=now, by=actor.account), actor, now, why)
        own = money.of(case.booking)
        rows = [
            row
            for payment in money.payments
            for row in refund_postings(case.stored, payment, own=payment is own, now=now)
        ]
        stood = {"state": case.booking.state.value, "doubt": case.doubt}
        told = {"state": after.state.value, **told_of(why), **_told(money)}
        audit = AuditRow(now, actor.account, self.desk, "booking.given_back", f"booking:{booking_id}", stood, told)

        async def write(work: Transaction) -> Booking:
            await work.replace_stored(case.stored, after)
            if rows:
                await work.post(rows)
            await work.note_settled(after)
            await work.audit(audit)
            return after

        return await self.payments.store.transact(write)


def _settled_by(booking: Booking, actor: Actor, now: datetime, why: RefundReason) -> Booking:
    if booking.trouble is None:
        return booking
    settled = booking.trouble.settle(ByHand(actor.account, now, why.said or why.usual.value))
    return booking.with_payment(booking.payment.kept_by(settled))


@contextmanager
def _if_known() -> Iterator[None]:
    """What a row names and Stripe does not know is passed over."""
    try:
        yield
    except PaymentRefused as refusal:
        if refusal.status != _NO_SUCH:
            raise


def _told(money: AtStripe) -> dict[str, str]:
    return {"taken": _text(money.taken), "given back": _text(money.given_back)}


def _text(amounts: Iterable[Money]) -> str:
    return " + ".join(f"{each.minor} {each.currency}" for each in amounts) or "0"
