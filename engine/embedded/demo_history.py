"""The demo firm's bookings with their payments and ledger rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from engine.domain.booking.belief import DRAWN_REQUEST
from engine.domain.booking.booking import HOLD, Booking, BookingId, Priced, Step, rental_payment
from engine.domain.booking.giving_back import owed
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.car.car import BranchId, Car
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.ledger import LedgerRow, charge_rows, refund_rows
from engine.domain.money.money import Money
from engine.domain.money.payment import PAGE_LIFETIME, Attempt, AttemptState, Refund, RefundState
from engine.domain.money.pricing import Quote, quote
from engine.domain.people.people import AccountName, Renter
from engine.embedded.demo_calendar import Calendar, Plan
from engine.embedded.demo_fleet import DemoBranch
from engine.embedded.demo_tables import dice

#: The firm raised its commission about this long ago; bookings keep the rate of their day.
OLD_COMMISSION_BP, NEW_COMMISSION_BP = 1500, 1750
_RAISED = timedelta(days=200)
_RULES = FirmSettings().cancellation
#: Why money was given back, in turn: mostly because the renter asked for it.
_USUAL = (UsualReason.RENTER, UsualReason.RENTER, UsualReason.MISTAKE, UsualReason.CAR)

Booked = tuple[Booking, tuple[LedgerRow, ...]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some bookings with all their ledger rows.

    Attributes:
        upcoming: Whether these rentals run or lie ahead; if not they are over and of interest for figures only.
    """

    bookings: tuple[Booking, ...]
    ledger: tuple[LedgerRow, ...]
    upcoming: bool


@dataclass(frozen=True, slots=True)
class History:
    """Draws the bookings of every car.

    Attributes:
        now: Whole hour, UTC; decides which rentals are over.
        clerks: Who books at each branch.
    """

    now: datetime
    seed: int
    homes: tuple[DemoBranch, ...]
    cars: tuple[Car, ...]
    renters: tuple[Renter, ...]
    clerks: Mapping[BranchId, AccountName]

    def batches(self, size: int) -> Iterator[Batch]:
        past: list[Iterator[Booked]] = []
        yield from _cut(self._upcoming(past), size, upcoming=True)
        yield from _cut(chain.from_iterable(past), size, upcoming=False)

    def _upcoming(self, past: list[Iterator[Booked]]) -> Iterator[Booked]:
        """What runs or lies ahead; what is over is left in *past*, undrawn."""
        homes = {home.branch.id: home for home in self.homes}
        for car in self.cars:
            rng = dice(self.seed, "history", car.id)
            calendar = Calendar(car, homes[car.branch_id], self.now, rng)
            raised = raised_at(self.now)
            desk = DemoBookings(car, calendar, self.renters, self.clerks[car.branch_id], raised, rng)
            drawn = desk.booked()
            for booked in drawn:
                if booked[0].period.ends_at <= self.now:
                    past.append(chain((booked,), drawn))
                    break
                yield booked


def raised_at(now: datetime) -> datetime:
    """Since when the firm takes the new commission."""
    return (now - _RAISED).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


class Plans(Protocol):
    """When a car is out, newest first, as ``Calendar`` draws it. Attributes: ``zone`` is that of its branch."""

    zone: ZoneInfo

    def plans(self) -> Iterator[Plan]: ...


@dataclass(frozen=True, slots=True)
class DemoBookings:
    """Turns one car's plans into bookings."""

    car: Car
    calendar: Plans
    renters: tuple[Renter, ...]
    clerk: AccountName
    raised: datetime
    rng: Random

    def booked(self) -> Iterator[Booked]:
        for n, plan in enumerate(self.calendar.plans()):
            booking = self._booking(plan, f"{self.car.id[3:]}-{n:03d}")
            yield booking, _ledger(booking)

    def _booking(self, plan: Plan, tag: str) -> Booking:
        car, zone = self.car, self.calendar.zone
        renter = self.renters[int(self.rng.random() ** 1.4 * len(self.renters))]
        rate = OLD_COMMISSION_BP if plan.created_at < self.raised else NEW_COMMISSION_BP
        price = quote(car.daily_rate, plan.period, zone=zone, commission_bp=rate)
        history = self._history(plan)
        booking = Booking(
            id=BookingId(f"bk-{tag}"),
            car_id=car.id,
            car_label=car.label,
            owner_id=car.owner_id,
            branch_id=car.branch_id,
            return_branch_id=car.branch_id,
            zone=zone.key,
            renter_id=renter.id,
            renter_name=renter.name,
            booked_by=self.clerk,
            period=plan.period,
            state=plan.state,
            hold_until=plan.created_at + HOLD,
            created_at=plan.created_at,
            quote=price,
            payments=(rental_payment(BookingId(f"bk-{tag}"), price.total, _attempt(plan, price, history, tag)),),
            intent_key=f"demo-{tag}",
            history=history,
            version=len(history) + 2,  # the page was stored, then captured or seen to be over
            cancellation=_RULES,
            priced=Priced(car.id, 1),
        )
        back = owed(booking)
        return _given_back(booking, back, tag) if back.minor else booking

    def _history(self, plan: Plan) -> tuple[Step, ...]:
        held = Step(BookingState.HELD, plan.created_at, self.clerk)
        if plan.state is BookingState.RELEASED and plan.ended_at:
            begun = Step(BookingState.RELEASING, plan.ended_at - timedelta(seconds=2), "sweeper")
            return held, begun, Step(BookingState.RELEASED, plan.ended_at, "sweeper")
        paid_after = timedelta(seconds=60 + int(self.rng.random() * 120))
        confirmed = Step(BookingState.CONFIRMED, plan.created_at + paid_after, "stripe")
        if plan.state is BookingState.CONFIRMED:
            return held, confirmed
        out = Step(BookingState.OUT, plan.period.starts_at, self.clerk)
        if plan.state is BookingState.OUT:
            return held, confirmed, out
        if plan.state is BookingState.COMPLETED:
            return held, confirmed, out, Step(plan.state, plan.ended_at or plan.period.ends_at, self.clerk)
        return held, confirmed, Step(plan.state, plan.ended_at or plan.period.ends_at, self.clerk)


def _attempt(plan: Plan, price: Quote, history: tuple[Step, ...], tag: str) -> Attempt:
    paid = plan.state is not BookingState.RELEASED
    return Attempt(
        n=1,
        request=DRAWN_REQUEST,
        amount=price.total,
        expires_at=plan.created_at + PAGE_LIFETIME,
        state=AttemptState.PAID if paid else AttemptState.EXPIRED,
        session_id=f"cs_demo_{tag}",
        payment_intent=f"pi_demo_{tag}" if paid else "",
        captured_at=history[1].at + timedelta(seconds=2) if paid else None,
    )


def _given_back(booking: Booking, back: Money, tag: str) -> Booking:
    """The cancelled *booking* as it stands once Stripe has given *back*: why, how much, and one version more for it."""
    *before, cancelled = booking.history
    why = RefundReason(_USUAL[int(tag.rpartition("-")[2]) % len(_USUAL)])
    paid = booking.payment.with_refund(Refund(back, RefundState.DONE, f"re_demo_{tag}"))
    return replace(booking.paying(paid), history=(*before, replace(cancelled, reason=why)))


def _ledger(booking: Booking) -> tuple[LedgerRow, ...]:
    captured_at = booking.payment.captured_at
    if captured_at is None:
        return ()
    tag = booking.intent_key.removeprefix("demo-")
    charge = charge_rows(booking, f"ch_demo_{tag}", captured_at)
    if booking.payment.refund is None:
        return charge
    return charge + refund_rows(booking, booking.payment.refund.refund_id, booking.payment.refund.amount, booking.since)


def _cut(booked: Iterable[Booked], size: int, *, upcoming: bool) -> Iterator[Batch]:
    drawn = iter(booked)
    while some := tuple(islice(drawn, size)):
        ledger = tuple(row for _, rows in some for row in rows)
        yield Batch(tuple(booking for booking, _ in some), ledger, upcoming)
