"""Stripe's books, bookings and ledger held against each other from all sides; it reads and changes nothing.

Nothing that a row says of itself exempts it (docs/decisions/0034): not its dates, nor that it is the demo's, that
somebody saw to it by hand, or that an engine is about to.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter

from engine.domain.booking.belief import Doubt, Evidence, doubt_of
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.firm.settings import LONGEST_HOLD
from engine.domain.money.dispute import LOOKED_BACK, LOST
from engine.domain.money.money import Money
from engine.domain.money.payment import PaymentFacts
from engine.domain.reports.books import (
    AUTHORISED,
    HOLDS_MONEY,
    KNOWS,
    WHOLE,
    BookedMoney,
    BookEntry,
    DifferenceKind,
    Sums,
    agrees,
    counts_on,
    difference,
    kind_of_stray,
    live,
    moneys,
    net_of,
    odd_share,
    without_zeros,
)
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError, Forbidden, PaymentRefused, Unavailable
from engine.ports.local import Clock
from engine.ports.payments import FirmBooks, PaymentGateway
from engine.services.payment.report import Report

#: One step of the walk; payments of one day are what is in memory at a time.
_STEP = timedelta(days=1)
#: How long a paid hold may wait for some engine to see it: its own end, and the sweeper's round.
_GRACE = timedelta(minutes=2)
#: So many bookings outside of the days compared Stripe is asked about while a person looks at a health page.
MOST_ASKED, MOST_TIME = 100, timedelta(minutes=2)
_ASKED_AT_ONCE = 6
#: What only an engine that is about to act can tell; of a row that nobody acts on it says nothing.
_NOT_NOW = frozenset({Doubt.CAR_WAS_OUT, Doubt.RETURN_PAGE})
#: The only way that money comes so far; a counter's payment will be another.
TENDER = "stripe"


@dataclass(frozen=True, slots=True)
class Reconciler:
    """See ``compare``.

    Attributes:
        most_asked: Of how many bookings outside of the days compared Stripe is asked; None for all.
        most_time: How long the walk over what is older may take; what it did not reach is said.
    """

    gateway: PaymentGateway
    books: FirmBooks
    clock: Clock
    most_asked: int | None = None
    most_time: timedelta | None = None

    async def compare(self, since: datetime, until: datetime) -> Report:
        """Every payment at Stripe begun in ``[since, until)``; every booking and ledger row whatever its dates.

        Raises:
            Unavailable: Stripe or MongoDB does not answer.
            Forbidden: The key or the account may not read all of it.
            PaymentMismatch: An answer of Stripe's that we don't know.
        """
        report, judged = Report(), set[int]()
        until = min(until, self.clock.now() + _GRACE)
        days = (since, until)
        await self._disputes(*days, report)
        while since < until:
            end = min(since + _STEP, until)
            await self._day(since, end, report, judged)
            since = end
        began = perf_counter()
        await self._every(report, judged, began)
        await self._ledger(report, *days, began)
        return report

    async def among(self, booking_ids: Collection[str], row_ids: Collection[object], most: timedelta) -> Report:
        """Only those bookings, and rows of the ledger with the bookings that they name; Stripe is asked about each.

        It is asked in their order, until *most* time is over; ``not_asked`` are those about which it gave no answer, or
        this engine's key may not ask.

        Raises:
            Unavailable: MongoDB does not answer.
        """
        report, ends = Report(), perf_counter() + most.total_seconds()
        entries = list(_sound_entries(await self.books.entries_among(row_ids), report))
        named = (*booking_ids, *(each.booking_id for each in entries))
        wanted = {BookingId(each): at for at, each in enumerate(dict.fromkeys(named))}
        evidence = await self.books.evidence(self.clock.now(), live=self.gateway.livemode)
        known = [each for each in report.readable(await self.books.of(wanted)) if not self._drawn(each)]
        looked = [each for each in known if each.booking.state in HOLDS_MONEY or each.intents or each.entries]
        looked.sort(key=lambda each: wanted[each.booking.id])
        report.looked = len(looked)
        for each in looked:
            self._judge_alone(each, evidence, report)
        told, places = {each.booking_id for each in report.differences}, asyncio.Semaphore(_ASKED_AT_ONCE)

        async def ask(booked: BookedMoney) -> None:
            async with places:
                if perf_counter() < ends:
                    await self._judge_by_stripe(booked, report)
                else:
                    report.waits.append(booked.booking.id)

        # Of whom there is a word already nothing more has to be asked within the minute.
        await asyncio.gather(*(ask(each) for each in looked if each.booking.id not in told))
        return report

    async def _judge_by_stripe(self, booked: BookedMoney, report: Report) -> None:
        own = Report()
        try:
            await self._judge_booking(booked, (), own)
            await self._judge_strays(booked, own)
        except Unavailable as problem:
            if problem.server != "stripe":
                raise
            report.not_asked += 1
        except (Forbidden, PaymentRefused):
            report.not_asked += 1
        report.found |= own.found
        if own.under_way:
            report.stirs.append(booked.booking.id)

    async def _judge_strays(self, booked: BookedMoney, report: Report) -> None:
        """What Stripe has for it and it does not know of."""
        for intent in await self.gateway.payments_of(booked.booking.id):
            if booked.booking.state in KNOWS and intent.payment_intent in booked.intents:
                continue
            refunds = await self.gateway.refunds(intent.payment_intent)
            back = sum(each.amount.minor for each in refunds if not each.undone)
            refunded = Money(back, intent.captured.currency)
            payment = PaymentFacts(
                intent.payment_intent,
                booked.booking.id,
                intent.status,
                intent.captured,
                refunded,
                intent.charge,
                self.clock.now(),
            )
            await self._judge_payment(payment, booked, report)

    async def _disputes(self, since: datetime, until: datetime, report: Report) -> None:
        """Those that nobody decided yet, whenever they began, and those of these days that were lost."""
        now = self.clock.now()
        try:
            told = await self.gateway.disputes_created(min(since, now - LOOKED_BACK), now + _GRACE)
        except Forbidden:
            report.disputes_unread = True
            return
        for facts in told:
            if facts.over and not (facts.status == LOST and since <= facts.created_at < until):
                continue
            try:
                booking_id = (await self.gateway.intent(facts.payment_intent)).tags.get("booking", "")
            except PaymentRefused:
                continue  # a payment made without us
            if booking_id:
                kind = DifferenceKind.DISPUTE_LOST if facts.over else DifferenceKind.DISPUTED
                booked, at_stripe = await self._anew(booking_id), (-facts.amount,)
                said = f"{facts.reason}, {facts.status}"
                report.add(difference(kind, booking_id, booked, facts.payment_intent, at_stripe, said))

    def _drawn(self, booked: BookedMoney) -> bool:
        """Made up for the demo, which takes no money: a worker's account may mark a deployment as one."""
        return booked.drawn and not self.gateway.livemode

    def _over(self, began: float, report: Report) -> bool:
        report.cut_off |= self.most_time is not None and perf_counter() - began > self.most_time.total_seconds()
        return report.cut_off

    async def _day(self, since: datetime, until: datetime, report: Report, judged: set[int]) -> None:
        payments = await self.gateway.payments_created(since, until)
        report.payments += len(payments)
        of_booking: dict[str, list[PaymentFacts]] = defaultdict(list)
        for payment in payments:
            of_booking[payment.booking_id].append(payment)
        judged |= {hash(each) for each in await self._judge_named(of_booking, report)}
        async for page in self.books.created(since, until):
            report.bookings += len(page)
            for each in report.readable(page):
                if hash(each.booking.id) in judged:
                    continue
                judged.add(hash(each.booking.id))
                if self._drawn(each):
                    report.drawn += 1
                else:
                    await self._judge_booking(each, (), report)

    async def _every(self, report: Report, judged: set[int], began: float) -> None:
        """What no payment of these days named and was not made in them by its own word: dates exempt nothing."""
        evidence = await self.books.evidence(self.clock.now(), live=self.gateway.livemode)
        asked = 0
        async for page in self.books.every():
            if self._over(began, report):
                return
            for each in report.readable(page):
                if self._drawn(each) or (
                    each.booking.state not in HOLDS_MONEY and not each.intents and not each.entries
                ):
                    continue
                report.looked += 1
                self._judge_alone(each, evidence, report)
                if hash(each.booking.id) in judged:
                    continue
                if self.most_asked is not None and asked >= self.most_asked:
                    report.not_asked += 1
                    continue
                asked += 1
                await self._judge_booking(each, (), report)

    def _judge_alone(self, booked: BookedMoney, evidence: Evidence, report: Report) -> None:
        """What is wrong with a booking and its rows without asking Stripe."""
        report.own_prices += booked.older_than_terms
        known = replace(
            evidence, terms=booked.terms, older_than_terms=booked.older_than_terms, moved_by=booked.moved_by
        )
        doubt = _doubt(booked.booking, known)
        if doubt is not None and not booked.settled:
            report.add(difference(DifferenceKind.DOUBTED, booked.booking.id, booked, detail=doubt))
        if source := odd_share(booked):
            report.add(difference(DifferenceKind.SHARES_DIFFER, booked.booking.id, booked, detail=source))

    async def _ledger(self, report: Report, since: datetime, until: datetime, began: float) -> None:
        first, last = f"{since:%Y-%m-%d}", f"{until:%Y-%m-%d}"
        async for page in self.books.entries():
            if self._over(began, report):
                return
            report.posted += len(page)
            for each in _sound_entries(page, report):
                if each.kind in WHOLE and first <= each.day <= last:
                    report.add_up(TENDER, each)

    async def _judge_named(self, of_booking: dict[str, list[PaymentFacts]], report: Report) -> set[str]:
        """Judge every payment, and the bookings that they name; the bookings judged."""
        found = report.readable(await self.books.of([BookingId(each) for each in of_booking]))
        known = {each.booking.id: each for each in found}
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
        sourced = not booked.gave_back and booked.sources <= _sources(own)
        paid = any(map(live, own)) or not booked.must_be_paid
        if sourced and paid and agrees(booked, net_of(own)) and booked.counter_agrees:
            return
        # The list may have been read before the last step was taken, or have ended before the payment began.
        if (now := await self._anew(booked.booking.id)) is None:
            return
        if self._under_way(now.booking):
            report.under_way += 1
            return
        net, paid, sources = await self._asked(now)
        intent = min(now.intents, default="")
        if now.must_be_paid and not paid:
            if now.settled:
                report.by_hand += 1
                return
            report.add(difference(DifferenceKind.BOOKED_UNPAID, now.booking.id, now, intent, moneys(net)))
        elif not agrees(now, net):
            report.add(difference(DifferenceKind.AMOUNT_DIFFERS, now.booking.id, now, intent, moneys(net)))
        if unknown := now.sources - sources:
            report.add(difference(DifferenceKind.UNSOURCED, now.booking.id, now, intent, moneys(net), min(unknown)))
        if not now.counter_agrees and await self._still_differs(now):
            report.add(difference(DifferenceKind.AMOUNT_DIFFERS, now.booking.id, now, "", detail="counter"))

    async def _still_differs(self, booked: BookedMoney) -> bool:
        """Whether what was taken at the counter differs although nothing was taken while it was read."""
        again = await self._anew(booked.booking.id)
        return again is not None and again.booking.version == booked.booking.version and not again.counter_agrees

    async def _anew(self, booking_id: str) -> BookedMoney | None:
        found = await self.books.of([BookingId(booking_id)])
        return next((each for each in found if isinstance(each, BookedMoney)), None)

    async def _asked(self, booked: BookedMoney) -> tuple[Sums, bool, frozenset[str]]:
        """What was taken less given back, whether anything is taken or authorised, and all that a row may name."""
        net: Counter[str] = Counter()
        paid, sources = False, set[str]()
        for payment_intent in booked.intents:
            try:
                intent = await self.gateway.intent(payment_intent)
            except PaymentRefused:
                continue  # Stripe knows no such payment
            sources |= {intent.payment_intent, intent.charge}
            net[intent.captured.currency] += intent.captured.minor
            paid |= intent.status == AUTHORISED or intent.captured.minor > 0
            for refund in await self.gateway.refunds(payment_intent):
                sources.add(refund.refund_id)
                if not refund.undone:
                    net[refund.amount.currency] -= refund.amount.minor
        return without_zeros(net), paid, frozenset(sources)

    async def _live(self, payment_intent: str) -> bool:
        intent = await self.gateway.intent(payment_intent)
        return intent.status == AUTHORISED or intent.captured.minor > 0

    def _under_way(self, booking: Booking) -> bool:
        """Whether some engine is about to take the booking's next step anyhow.

        For minutes after the server's now: no engine puts a step with money off for longer than a hold lasts, and a row
        that says so says it of itself.
        """
        now, due = self.clock.now(), booking.due_at
        return due is not None and now - _GRACE < due <= now + LONGEST_HOLD + _GRACE


def _sound_entries(page: Iterable[BookEntry | Damaged], report: Report) -> Iterator[BookEntry]:
    """Those that can be read; what does not fit to its booking is told."""
    for each in page:
        if isinstance(each, Damaged):
            report.add_damaged(each)
            continue
        if each.fits is None:
            report.add(difference(DifferenceKind.POSTED_NOWHERE, each.booking_id, None, detail=each.source_id))
        elif not each.fits:
            report.add(difference(DifferenceKind.POSTED_ASTRAY, each.booking_id, None, detail=each.source_id))
        yield each


def _doubt(booking: Booking, evidence: Evidence) -> Doubt | None:
    try:
        doubt = doubt_of(booking, evidence)
    except (DriveSphereError, ValueError, TypeError, LookupError, ArithmeticError, OSError):
        # Values of the right type that no computation takes.
        return Doubt.DAMAGED
    return None if doubt in _NOT_NOW else doubt


def _sources(payments: Iterable[PaymentFacts]) -> frozenset[str]:
    return frozenset(name for each in payments for name in (each.payment_intent, each.charge))
