"""A rental with several cars: how many billed days each had, and what its owner's books have of it in the end.

Until a rental is closed its money lies where it was posted: with the car that the renter had when it was paid. Then
each car has what its days cost, and the last one the rest (docs/decisions/0072).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.booking.booking import Booking
from engine.domain.booking.changed_car import BookedCar
from engine.domain.money.ledger import LedgerRow, Posted, leg_row
from engine.domain.money.money import Money
from engine.domain.money.payment import Purpose
from engine.domain.shared.zones import shown_zone

_DAY, _HALF = timedelta(days=1), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class DaysOf:
    """Attributes: ``days`` are the billed ones that ``car`` had."""

    car: BookedCar
    days: int


def days_by_car(booking: Booking) -> tuple[DaysOf, ...]:
    """Its cars in order, with the billed days of each: up to each exchange whole days, half a day counts as one."""
    total, before = booking.period.billable_days(shown_zone(booking.zone)), 0
    told: list[DaysOf] = []
    for step in booking.exchanges:
        if step.change is None:
            continue
        gone = max(step.at - booking.period.starts_at, timedelta(0))
        until = max(before, min(total, (gone + _HALF) // _DAY))
        told.append(DaysOf(step.change.before, until - before))
        before = until
    return (*told, DaysOf(booking.car, total - before))


def leg_rows(booking: Booking, at: datetime) -> tuple[LedgerRow, ...]:
    """What brings each car of a rental with several to what its days cost; rows that add up to nothing.

    All of it is paid.
    """
    if not booking.exchanges:
        return ()
    *earlier, last = days_by_car(booking)
    rows: list[LedgerRow] = []
    rentals = 0
    for n, (leg, (whole, platform)) in enumerate(zip(earlier, _posted(booking), strict=False), 1):
        if leg.car.car_id == last.car.car_id:
            # It came back into its own rental, and has the rest anyhow.
            rentals += bool(whole.minor)
            continue
        due = share_of_leg(booking, leg)
        share = due.share(booking.quote.commission_bp)
        if whole.minor and not rentals:
            # All of it goes along with the rental, as before the hand-over; what the days cost comes back.
            rows += _along(booking, (leg.car, last.car), n, Posted(-whole, -platform), at, rental=True)
            rentals, more = 1, Posted(due, share)
        else:
            more = Posted(due - whole, share - platform)
        if more.whole.minor or more.platform.minor:
            rows += _along(booking, (leg.car, last.car), n, more, at)
    return tuple(rows)


def _along(
    booking: Booking, cars: tuple[BookedCar, BookedCar], n: int, more: Posted, at: datetime, *, rental: bool = False
) -> Iterator[LedgerRow]:
    """So much more on the first of two cars, and less on the other; with its *rental*, or only money."""
    for car, moved in ((cars[0], more), (cars[1], Posted(-more.whole, -more.platform))):
        yield from leg_row(booking, car, n, moved, at, rental=rental)


def share_of_leg(booking: Booking, leg: DaysOf) -> Money:
    """What its days cost: one like the other, also those that were added later."""
    day = booking.quote.lines[0].unit
    return Money(day.minor * leg.days, day.currency)


def _posted(booking: Booking) -> Iterator[tuple[Money, Money]]:
    """Of each car but the last: what was posted on it while the renter had it, whole and the platform's share."""
    since, facts = datetime.min.replace(tzinfo=booking.created_at.tzinfo), list(_facts(booking))
    for step in booking.exchanges:
        nothing = Money(0, booking.price.currency)
        own = [(whole, platform) for at, whole, platform in facts if since <= at < step.at]
        yield sum((each for each, _ in own), nothing), sum((each for _, each in own), nothing)
        since = step.at


def _facts(booking: Booking) -> Iterator[tuple[datetime, Money, Money]]:
    """What was posted for it, as ``money.ledger`` posts it: when, whole, and the platform's share."""
    bp, taken = booking.quote.commission_bp, Money(0, booking.price.currency)
    if booking.payment.captured_at is not None:
        yield booking.payment.captured_at, booking.price, booking.price.share(bp)
    for payment in booking.payments[1:]:
        if payment.taken is None or payment.amount.currency != taken.currency:
            continue
        moved = -payment.amount if payment.purpose is Purpose.GIVE_BACK else payment.amount
        yield payment.taken.at, moved, (taken + moved).share(bp) - taken.share(bp)
        taken += moved
