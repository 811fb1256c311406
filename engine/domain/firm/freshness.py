"""What may be answered from memory, and what makes such an answer untrue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, NewType, TypeVar

from engine.domain.booking.booking import Booking
from engine.domain.car.car import BranchId, Car, OwnerId
from engine.domain.firm.events import BookingMoved
from engine.domain.money.ledger import LedgerRow
from engine.domain.people.people import AccountName

T = TypeVar("T")

#: Answers that become untrue together. A change bumps it once, after its commit.
Namespace = NewType("Namespace", str)

#: Every answer belongs to it; for whoever no longer knows what it missed.
EVERYTHING = Namespace("all")
BRANCHES = Namespace("branches")
BOOKINGS = Namespace("bookings")
REPORTS = Namespace("report")

SEARCHES_LIVE = timedelta(seconds=30)
LISTS_LIVE = timedelta(minutes=5)
REPORTS_LIVE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Lookup(Generic[T]):
    """A question whose answer may be kept for a while and shared between desks.

    Attributes:
        name: Which question, for example ``free cars``.
        asked: All that narrows the answer, what the actor may see included: plain values and frozen records.
        kind: The answer's type, for example ``list[Branch]``.
        untrue_after: Each change that makes the answer untrue bumps one of these.
        ttl: How long it may be kept at most.
    """

    name: str
    asked: tuple[object, ...]
    kind: type[T]
    untrue_after: tuple[Namespace, ...]
    ttl: timedelta = LISTS_LIVE


def cars_at(branch_id: BranchId) -> Namespace:
    """The cars that stand there, and whether they are free."""
    return Namespace(f"cars:{branch_id}")


def cars_of(owner_id: OwnerId) -> Namespace:
    return Namespace(f"fleet:{owner_id}")


def bookings_by(account: AccountName) -> Namespace:
    return Namespace(f"bookings:by:{account}")


def bookings_at(branch_id: BranchId) -> Namespace:
    return Namespace(f"bookings:at:{branch_id}")


def bookings_of(owner_id: OwnerId) -> Namespace:
    return Namespace(f"bookings:of:{owner_id}")


def reports_of(owner_id: OwnerId) -> Namespace:
    return Namespace(f"report:{owner_id}")


def touched_by_booking(booking: Booking) -> frozenset[Namespace]:
    """What is untrue once *booking* was made or changed; reports only count money (``touched_by_money``)."""
    return frozenset(
        {
            cars_at(booking.branch_id),
            BOOKINGS,
            bookings_by(booking.booked_by),
            bookings_at(booking.branch_id),
            bookings_of(booking.owner_id),
        }
    )


def touched_by_move(moved: BookingMoved) -> frozenset[Namespace]:
    """The same of a booking that was told without a word of whose it is."""
    return frozenset({cars_at(moved.branch_id), BOOKINGS, bookings_at(moved.branch_id), bookings_of(moved.owner_id)})


def touched_by_car(car: Car) -> frozenset[Namespace]:
    """What is untrue once *car* became this; of a car that moved or changed hands, also what it was before."""
    return frozenset({cars_at(car.branch_id), cars_of(car.owner_id)})


def touched_by_money(row: LedgerRow) -> frozenset[Namespace]:
    return frozenset({REPORTS, reports_of(OwnerId(row.owner_id))})
