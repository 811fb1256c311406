"""Money that moved: rows that are added and never changed.

Signs: a charge and its shares are positive, a refund and the shares given back are negative. So for any set of whole
bookings the charges and refunds together equal the owners' and the platform's shares together.

A booking that goes on with another car takes its money along (docs/decisions/0039): the charge and its shares are taken
back on the car before, the other way round, and posted on the car after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.booking.balance import balance
from engine.domain.booking.booking import Booking
from engine.domain.booking.changed_car import BookedCar
from engine.domain.money.money import Money
from engine.domain.money.payment import Payment, PaymentId, Purpose
from engine.domain.shared.errors import InvalidMoney

#: Behind the id of a refund that came back from the renter's bank.
CAME_BACK = ":failed"
#: Behind the id of a payment of a rental for which money was posted before: it brings money and no rental more.
FURTHER = ":further"
#: Behind the id of a payment whose booking went on with another car, and before the version that it had then.
MOVED = ":moved:"
#: Behind the id of a refund of which several cars of a rental give a part back, and before which of them.
LEG = ":leg:"


def fact_of(source_id: str) -> str:
    """Stripe's own id of the payment or refund that a row's source names."""
    return source_id.partition(LEG)[0].partition(MOVED)[0].removesuffix(CAME_BACK)


def is_of_the_counter(source_id: str, booking_id: str) -> bool:
    """Whether it names money that changed hands at the counter, of which Stripe knows nothing."""
    return source_id.startswith(f"{booking_id}:")


def rentals_in(source_id: str, minor: int) -> int:
    """How many rentals a charge of so much counts for: one that is taken back takes its rental back too."""
    if source_id.endswith(FURTHER):
        return 0
    return 1 if minor >= 0 else -1


class LedgerKind(StrEnum):
    CHARGE = auto()
    REFUND = auto()
    OWNER_SHARE = auto()
    PLATFORM_SHARE = auto()


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One movement of money.

    Attributes:
        payment_id: Which of the booking's payments moved.
        source_id: Stripe's id of the fact; with booking and kind it is unique, so one fact posts once.
    """

    booking_id: str
    payment_id: PaymentId
    kind: LedgerKind
    source_id: str
    amount: Money
    car_id: str
    owner_id: str
    branch_id: str
    at: datetime


def charge_rows(booking: Booking, source_id: str, at: datetime) -> tuple[LedgerRow, LedgerRow, LedgerRow]:
    """A captured payment: the charge, and its two shares, which add up to it."""
    price = booking.price
    platform = price.share(booking.quote.commission_bp)
    return _rows(booking, LedgerKind.CHARGE, price, platform, source_id, at)


def refund_rows(
    booking: Booking, source_id: str, amount: Money, at: datetime, *, refunded_before: Money | None = None
) -> tuple[LedgerRow, LedgerRow, LedgerRow]:
    """*amount* given back, and what each share loses by it; all negative.

    Shares are counted on all that was given back so far, so that refunds in parts that reach the price take back
    exactly what the charge gave, to the cent.

    *amount* is positive, as Stripe counts refunds; so is *refunded_before*, what earlier refunds of this booking gave.

    Raises:
        InvalidMoney: Nothing is given back, or more than was charged.
    """
    before = refunded_before or Money(0, booking.price.currency)
    given = before + amount
    if amount.minor <= 0 or before.minor < 0 or given.minor > booking.price.minor:
        raise InvalidMoney(f"{amount.minor} after {before.minor} cannot be refunded of {booking.price.minor}")
    platform = given.share(booking.quote.commission_bp) - before.share(booking.quote.commission_bp)
    return _rows(booking, LedgerKind.REFUND, -amount, -platform, source_id, at)


def failed_refund_rows(
    booking: Booking, source_id: str, amount: Money, at: datetime
) -> tuple[LedgerRow, LedgerRow, LedgerRow]:
    """A refund that was posted and then came back from the renter's bank: the same three rows, the other way round."""
    posted = refund_rows(booking, f"{source_id}{CAME_BACK}", amount, at)
    first, second, third = (replace(row, amount=-row.amount) for row in posted)
    return first, second, third


def moved_rows(before: Booking, after: Booking, at: datetime) -> tuple[LedgerRow, ...]:
    """What was taken for *before* goes with it to the car that it has in *after*: rows that add up to nothing."""
    moved: list[LedgerRow] = []
    if before.payment.captured_at is not None:
        source = f"{before.payment.attempt.payment_intent}{MOVED}{after.version}"
        moved += (replace(row, amount=-row.amount) for row in charge_rows(before, f"{source}:from", at))
        moved += charge_rows(after, f"{source}:to", at)
    taken = balance(before).at_counter
    if taken.minor:
        source = f"{before.id}:counter{MOVED}{after.version}"
        share, charge = taken.share(before.quote.commission_bp), LedgerKind.CHARGE
        # Where a page was paid too, that takes the rental along.
        end = FURTHER if before.payment.captured_at is not None else ""
        moved += _rows(before, charge, -taken, -share, f"{source}:from{end}", at)
        moved += _rows(after, charge, taken, share, f"{source}:to{end}", at)
    return tuple(moved)


@dataclass(frozen=True, slots=True)
class Posted:
    """Attributes: ``platform`` is its share of ``whole``; the rest is the owner's."""

    whole: Money
    platform: Money


def legs_of(booking_id: str) -> str:
    """What the sources of money that is shared among the cars of a rental begin with."""
    return f"{booking_id}:legs"


def leg_row(
    booking: Booking, car: BookedCar, n: int, more: Posted, at: datetime, *, rental: bool = False
) -> tuple[LedgerRow, ...]:
    """*more* on *car*, for the *n*th car of a rental that has several; less where it is negative.

    With the *rental*, which counts for the car that it has last; else it is no rental more.
    """
    there = replace(booking, car_id=car.car_id, car_label=car.label, owner_id=car.owner_id)
    source = f"{legs_of(booking.id)}{MOVED}{booking.version}:{n}:{car.car_id}{'' if rental else FURTHER}"
    return _rows(there, LedgerKind.CHARGE, more.whole, more.platform, source, at)


def counter_rows(
    before: Booking, payment: Payment, at: datetime, *, posted: bool
) -> tuple[LedgerRow, LedgerRow, LedgerRow]:
    """*payment*, which changed hands at the counter after *before*: whole, and its two shares.

    Shares are counted on all that was taken so far, so that parts that reach the whole have exactly its shares.

    Where money was *posted* for the rental before, this is no rental more.
    """
    taken = balance(before).at_counter
    moved = -payment.amount if payment.purpose is Purpose.GIVE_BACK else payment.amount
    bp = before.quote.commission_bp
    platform = (taken + moved).share(bp) - taken.share(bp)
    kind = LedgerKind.REFUND if payment.purpose is Purpose.GIVE_BACK else LedgerKind.CHARGE
    source = f"{payment.id}{FURTHER}" if posted and kind is LedgerKind.CHARGE else payment.id
    return _rows(before, kind, moved, platform, source, at, payment.id)


def _rows(
    booking: Booking,
    kind: LedgerKind,
    whole: Money,
    platform: Money,
    source_id: str,
    at: datetime,
    payment_id: PaymentId | None = None,
) -> tuple[LedgerRow, LedgerRow, LedgerRow]:
    def row(kind: LedgerKind, amount: Money) -> LedgerRow:
        whose = booking.id, payment_id or booking.payment.id
        return LedgerRow(*whose, kind, source_id, amount, booking.car_id, booking.owner_id, booking.branch_id, at)

    return (
        row(kind, whole),
        row(LedgerKind.OWNER_SHARE, whole - platform),
        row(LedgerKind.PLATFORM_SHARE, platform),
    )
