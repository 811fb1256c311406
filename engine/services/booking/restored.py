"""After a restore: find the payments that the database lacks, keep their cars, and let a person decide on each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.frozen import stay_of
from engine.domain.booking.refund_reason import RefundReason, sound_reason, told_of
from engine.domain.booking.restored import (
    NOBODY,
    Frozen,
    Outcome,
    RestoredCase,
    RestoredCases,
    RestoredPayment,
    held_again,
    made_up_stay,
    paid_again,
    to_give_back,
    unknown_terms,
)
from engine.domain.car.car import Car, CarId, CarTerms, terms_of
from engine.domain.car.handing_over import ClosedThen, fee_lines, fees_of_stay
from engine.domain.firm.audit import AuditRow
from engine.domain.money.payment import PageFacts, PageOrder, PageStatus, Stay
from engine.domain.money.pricing import QuoteLine
from engine.domain.people.people import Actor, Deed, Renter, RenterId
from engine.domain.shared.boot_clock import rest
from engine.domain.shared.errors import (
    DriveSphereError,
    MoveRefused,
    NotBelieved,
    NotFound,
    PaymentMismatch,
)
from engine.ports.bookings import Transaction
from engine.ports.payments import RestoredBook
from engine.services.booking.unbelieved import UnbelievedService
from engine.services.input_guard import gated
from engine.services.payment.payment import PaymentService

log = structlog.get_logger(__name__)

#: Stripe's clock and the database's may differ; a page made before that moment has its booking in the back-up.
_SLACK = timedelta(hours=1)
_AHEAD = timedelta(minutes=5)
_AGAIN_S = 30.0


@dataclass(frozen=True, slots=True)
class RestoredLook:
    """For the engine's own use: it asks nobody's leave."""

    book: RestoredBook
    payments: PaymentService

    async def run(self, by: str) -> None:
        """Look until it was done. For the engine's own use."""
        while True:
            try:
                await self.look(by)
            except DriveSphereError as problem:
                log.warning("restored.not_looked", code=problem.code)
            else:
                return
            await rest(_AGAIN_S)

    async def look(self, by: str) -> int:
        """Every page that Stripe opened since the back-up's moment, and whose booking is gone; how many were paid.

        One that could still be paid is closed first, so that none is paid for nothing afterwards.
        """
        epoch = await self.book.epoch()
        if epoch is None or await self.book.looking_back() is None:
            return 0
        await self.payments.mode.must_fit()
        since, until = epoch.back_to - _SLACK, self.payments.clock.now() + _AHEAD
        made = await self.payments.gateway.payments_created(since, until)
        given_back = {each.payment_intent for each in made if each.captured.minor and each.refunded == each.captured}
        paid_at = {each.payment_intent: each.created_at for each in made}
        found = 0
        for page in await self.payments.gateway.pages_created(since, until):
            if page.payment_intent not in given_back or not page.payment_intent:
                found += await self._look_at(page, paid_at.get(page.payment_intent))
        await self.book.note_looked(epoch, by, self.payments.clock.now())
        log.warning("restored.looked", found=found, back_to=epoch.back_to.isoformat())
        return found

    async def _look_at(self, page: PageFacts, paid_at: datetime | None) -> bool:
        try:
            booking = await self.payments.store.booking(BookingId(page.booking_id))
        except NotFound:
            if page.status is PageStatus.OPEN and not page.secured:
                page = await self._closed(page)
            return page.secured and await self.take_up(page, paid_at)
        if page.secured and page.payment_intent not in {attempt.payment_intent for attempt in booking.payment.attempts}:
            try:
                await self.payments.heard(booking.id, page.session_id)
            except DriveSphereError as problem:
                log.warning("restored.left", booking=booking.id, code=problem.code)
        return False

    async def _closed(self, page: PageFacts) -> PageFacts:
        try:
            await self.payments.gateway.close_page(page.session_id)
        except DriveSphereError as problem:
            log.info("restored.page_not_closed", session=page.session_id, code=problem.code)
        after = await self.payments.gateway.page(page.session_id)
        if after.status is PageStatus.OPEN:
            raise MoveRefused("open", "closed")
        return after

    async def take_up(self, page: PageFacts, paid_at: datetime | None = None) -> bool:
        """Make a case of a payment without a booking, and keep its car; False for one that is known.

        *paid_at* is when Stripe began the payment.
        """
        now = self.payments.clock.now()
        payment = RestoredPayment(
            page.payment_intent,
            page.session_id,
            BookingId(page.booking_id),
            page.attempt,
            page.amount,
            page.expires_at,
            stay_of(page.tags),
            now,
            paid_at=paid_at,
        )

        async def write(work: Transaction) -> bool:
            return await work.keep_for_payment(payment, now)

        return await self.payments.store.transact(write)


@gated
@dataclass(frozen=True, slots=True)
class RestoredService:
    """Attributes: ``desk`` is this machine's name, for the audit; ``return_url`` makes a success URL."""

    book: RestoredBook
    payments: PaymentService
    desk: str
    return_url: Callable[[BookingId], str]
    by_hand: UnbelievedService

    async def waiting(self, actor: Actor) -> list[RestoredPayment]:
        """Raises: Forbidden."""
        actor.must(Deed.SEE_ALL_BOOKINGS)
        return await self.book.open_payments()

    async def cases(self, actor: Actor, *, offset: int = 0, limit: int = 50) -> RestoredCases:
        """Those that wait, the oldest first, with the cars they were for. Raises: Forbidden."""
        actor.must(Deed.SEE_ALL_BOOKINGS)
        total, most = await self.book.count_open(), max(int(limit), 0)
        page = await self.book.open_payments(max(int(offset), 0), most) if most else []
        if not page:
            return RestoredCases((), total)
        epoch = await self.book.epoch()
        back_to = None if epoch is None else epoch.back_to
        branches = {branch.id: branch for branch in await self.payments.store.branches()}
        cars = [await self._car(payment.stay) for payment in page]
        rows = [
            RestoredCase(payment, car, None if car is None else branches.get(car.branch_id), back_to)
            for payment, car in zip(page, cars, strict=True)
        ]
        return RestoredCases(tuple(rows), total)

    async def book_again(self, actor: Actor, payment_intent: str, renter_id: RenterId) -> Booking:
        """The booking under its old number for *renter_id*; the car's claim turns into it in one transaction.

        Raises:
            Forbidden: Only an admin may.
            NotFound: There is no such payment, renter or car.
            MoveRefused: It was decided before, or nobody knows what it was for.
            PeriodTaken: Its car was promised to somebody else; give the money back.
        """
        actor.must(Deed.SETTLE_BY_HAND)
        payment, renter = await self._open(payment_intent), await self.payments.store.renter(renter_id)
        if payment.stay is None:
            raise MoveRefused("for an unknown car", "a booking")
        return await self._decide(actor, payment, renter)

    async def give_back(self, actor: Actor, payment_intent: str, reason: RefundReason) -> Booking:
        """All of its money that Stripe still has, by the way that every refund takes; its car is let go.

        Raises:
            Forbidden: Only an admin may.
            InvalidText: ``reason`` or ``said``: nobody says why as it can be kept.
            NotFound: There is no such payment.
            MoveRefused: It was decided before.
        """
        actor.must(Deed.SETTLE_BY_HAND)
        why = sound_reason(reason)
        return await self._decide(actor, await self._open(payment_intent), NOBODY, why)

    async def _open(self, payment_intent: str) -> RestoredPayment:
        payment = await self.book.payment(payment_intent)
        if payment.outcome is not Outcome.OPEN:
            raise MoveRefused(payment.outcome, "decided again")
        return payment

    async def _decide(
        self, actor: Actor, payment: RestoredPayment, renter: Renter, why: RefundReason | None = None
    ) -> Booking:
        """Booked again, or, for a reason, given back."""
        now, outcome = self.payments.clock.now(), Outcome.BOOKED if why is None else Outcome.GIVEN_BACK
        stay = payment.stay or made_up_stay(payment, now)
        settings, known = await self.payments.store.settings(now), await self._terms(stay)
        fees = await self._fees(stay, known)
        told = {"payment": payment.payment_intent, "decision": outcome, "renter": renter.id, **told_of(why)}
        row = AuditRow(now, actor.account, self.desk, "payment.restored", f"booking:{payment.booking_id}", {}, told)

        async def write(work: Transaction) -> Booking:
            await work.settle_payment(payment, outcome, actor.account, now)
            terms = known
            if why is None:
                terms = await work.claim(CarId(stay.car_id), stay.period, payment.booking_id, now)
            request = self.payments.gateway.freeze(self._order(payment, stay, terms, renter))
            frozen = Frozen(request, now, actor.account, settings)
            held = held_again(payment, stay, terms, renter, frozen, exact=why is None, fees=fees)
            booking = paid_again(held, payment, frozen) if why is None else to_give_back(held, payment, frozen, why)
            await work.add(booking)
            await work.audit(row)
            return booking

        booking = await self.payments.store.transact(write)
        try:
            return await self.payments.carry_on(booking.id)
        except (NotBelieved, PaymentMismatch) as problem:
            if why is None:
                raise
            # Paid at another price than its days make, or a part went back before the restore: Stripe's word goes.
            log.warning("restored.by_hand", booking=booking.id, code=problem.code)
            return await self.by_hand.give_back_lost(actor, booking.id, why)

    def _order(self, payment: RestoredPayment, stay: Stay, terms: CarTerms, renter: Renter) -> PageOrder:
        booking_id, url = payment.booking_id, self.return_url(payment.booking_id)
        expires_at = payment.expires_at
        return PageOrder(booking_id, payment.attempt, payment.amount, terms.label, renter.email, expires_at, url, stay)

    async def _fees(self, stay: Stay, terms: CarTerms) -> tuple[QuoteLine, ...]:
        """What its branch asks for handing over then, as far as it is known; a car is promised whether or not."""
        here = next((each for each in await self.payments.store.branches() if each.id == terms.branch_id), None)
        try:
            fees = () if here is None else fees_of_stay(here, here, stay.period)
        except ClosedThen:
            return ()
        return fee_lines(fee for fee in fees if fee.amount.currency == stay.rate.currency)

    async def _car(self, stay: Stay | None) -> Car | None:
        try:
            return None if stay is None else await self.payments.store.car(CarId(stay.car_id))
        except NotFound:
            return None

    async def _terms(self, stay: Stay) -> CarTerms:
        car = await self._car(stay)
        if car is None:
            return unknown_terms(stay)
        branches = {branch.id: branch for branch in await self.payments.store.branches()}
        return terms_of(car, branches[car.branch_id])
