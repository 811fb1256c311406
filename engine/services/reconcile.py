"""Stripe's books held against the bookings and the ledger over a time range; it reads and changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from engine.domain.booking import Booking, BookingId
from engine.domain.books import (
    AUTHORISED,
    MUST_BE_PAID,
    BookedMoney,
    Difference,
    DifferenceKind,
    Sums,
    agrees,
    counts_on,
    difference,
    kind_of_stray,
    live,
    moneys,
    net_of,
    without_zeros,
)
from engine.domain.errors import PaymentRefused
from engine.domain.payment import PaymentFacts
from engine.ports import Clock, PaymentGateway

#: One step of the walk; payments of one day are what is in memory at a time.
_STEP = timedelta(days=1)
#: How long a paid hold may wait for some engine to see it: its own end, and the sweeper's round.
_GRACE = timedelta(minutes=2)


class Books(Protocol):
    """Raises Unavailable("mongodb") and Forbidden."""

    async def of(self, booking_ids: Collection[BookingId]) -> list[BookedMoney]:
        """Those of them that exist."""

    def created(self, since: datetime, until: datetime) -> AsyncIterator[list[BookedMoney]]:
        """Bookings created in ``[since, until)``, a page at a time."""


@dataclass(slots=True)
class Report:
    """What the comparison found.

    Attributes:
        under_way: Payments that their desk has not seen yet and still will.
        by_hand: Unpaid bookings that a person has seen to.
    """

    payments: int = 0
    bookings: int = 0
    under_way: int = 0
    drawn: int = 0
    by_hand: int = 0
    found: dict[tuple[str, str, str], Difference] = field(default_factory=dict)

    @property
    def differences(self) -> list[Difference]:
        return sorted(self.found.values(), key=lambda each: (each.kind, each.booking_id, each.payment_intent))

    def add(self, difference: Difference) -> None:
        self.found[difference.kind, difference.booking_id, difference.payment_intent] = difference


@dataclass(frozen=True, slots=True)
class Reconciler:
    gateway: PaymentGateway
    books: Books
    clock: Clock

    async def compare(self, since: datetime, until: datetime) -> Report:
        """Everything begun in ``[since, until)``, day by day.

        Raises:
            Unavailable: Stripe or MongoDB does not answer.
            Forbidden: The key or the account may not read all of it.
            PaymentMismatch: An answer of Stripe's that we don't know.
        """
        report = Report()
        until = min(until, self.clock.now() + _GRACE)
        while since < until:
            end = min(since + _STEP, until)
            await self._day(since, end, report)
            since = end
        return report

    async def _day(self, since: datetime, until: datetime, report: Report) -> None:
        payments = await self.gateway.payments_created(since, until)
        report.payments += len(payments)
        of_booking: dict[str, list[PaymentFacts]] = defaultdict(list)
        for payment in payments:
            of_booking[payment.booking_id].append(payment)
        named = await self._judge_named(of_booking, report)
        async for page in self.books.created(since, until):
            report.bookings += len(page)
            for each in page:
                if each.booking.id in named:
                    continue
                if each.drawn:
                    report.drawn += 1
                else:
                    await self._judge_booking(each, (), report)

    async def _judge_named(self, of_booking: dict[str, list[PaymentFacts]], report: Report) -> set[str]:
        """Judge every payment, and the bookings that they name; the bookings judged."""
        known = {each.booking.id: each for each in await self.books.of([BookingId(each) for each in of_booking])}
        for each in known.values():
            await self._judge_booking(each, of_booking[each.booking.id], report)
        for booking_id, payments in of_booking.items():
            for payment in payments:
                await self._judge_payment(payment, known.get(BookingId(booking_id)), report)
        return set(known)

    async def _judge_payment(self, payment: PaymentFacts, booked: BookedMoney | None, report: Report) -> None:
        if not live(payment) or counts_on(booked, payment):
            return
        # It was read before the booking was; a payment that moved meanwhile is no difference.
        booked = await self._anew(payment.booking_id)
        if counts_on(booked, payment) or not await self._live(payment.payment_intent):
            return
        if booked and self._under_way(booked.booking):
            report.under_way += 1
            return
        net = moneys(net_of([payment]))
        report.add(difference(kind_of_stray(booked), payment.booking_id, booked, payment.payment_intent, net))

    async def _judge_booking(self, booked: BookedMoney, payments: Iterable[PaymentFacts], report: Report) -> None:
        own = [payment for payment in payments if payment.payment_intent in booked.intents]
        if agrees(booked, net_of(own)) and (any(map(live, own)) or booked.booking.state not in MUST_BE_PAID):
            return
        # The list may have been read before the last step was taken, or have ended before the payment began.
        if (now := await self._anew(booked.booking.id)) is None:
            return
        if self._under_way(now.booking):
            report.under_way += 1
            return
        net, paid = await self._asked(now)
        intent = min(now.intents, default="")
        if now.booking.state in MUST_BE_PAID and not paid:
            if now.booking.settled_by_hand:
                report.by_hand += 1
                return
            report.add(difference(DifferenceKind.BOOKED_UNPAID, now.booking.id, now, intent, moneys(net)))
        elif not agrees(now, net):
            report.add(difference(DifferenceKind.AMOUNT_DIFFERS, now.booking.id, now, intent, moneys(net)))

    async def _anew(self, booking_id: str) -> BookedMoney | None:
        return next(iter(await self.books.of([BookingId(booking_id)])), None)

    async def _asked(self, booked: BookedMoney) -> tuple[Sums, bool]:
        """What was taken less given back, payment by payment, and whether anything is taken or authorised."""
        net: Counter[str] = Counter()
        paid = False
        for payment_intent in booked.intents:
            try:
                intent = await self.gateway.intent(payment_intent)
            except PaymentRefused:
                continue  # Stripe knows no such payment
            net[intent.captured.currency] += intent.captured.minor
            paid |= intent.status == AUTHORISED or intent.captured.minor > 0
            for refund in await self.gateway.refunds(payment_intent):
                if refund.status not in ("failed", "canceled"):
                    net[refund.amount.currency] -= refund.amount.minor
        return without_zeros(net), paid

    async def _live(self, payment_intent: str) -> bool:
        intent = await self.gateway.intent(payment_intent)
        return intent.status == AUTHORISED or intent.captured.minor > 0

    def _under_way(self, booking: Booking) -> bool:
        """Whether some engine is about to take the booking's next step anyhow."""
        return booking.due_at is not None and self.clock.now() < booking.due_at + _GRACE
