"""The contract of a rental: born when the car goes out, one for each booking whose car did.

A booking is the promise and moves the car's life; an agreement holds what was seen and agreed at the counter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.agreement.fees import RentalFees
from engine.domain.agreement.reading import Gauge, Seen
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.changed_car import BookedCar
from engine.domain.car.car import BranchId
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind, QuoteLine
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import MoveRefused

#: As many cars as one rental has.
MOST_LEGS = 50
#: Lines of the time itself.
_DAYS = frozenset({LineKind.RENTAL, LineKind.EXTENDED})


class AgreementState(StrEnum):
    OUT = auto()  #: the renter has the car
    RETURNED = auto()  #: the car is back, and something may be open
    CLOSED = auto()  #: nothing is open, and no money moves for it any more
    REOPENED = auto()  #: it was closed, and somebody said why that was wrong


@dataclass(frozen=True, slots=True)
class Leg:
    """One car of the rental, from what was read as it went *out* to what was read as it came *back*.

    Attributes:
        gauge: What ``full`` counts in both.
        back: None while the renter has it.
        why: It came in exchange for the one before; empty for the first.
    """

    car: BookedCar
    gauge: Gauge
    out: Seen
    back: Seen | None = None
    why: str = ""

    @property
    def km(self) -> int:
        """Driven so far, as far as it was read. What fell counts as nothing: its reading says why."""
        return 0 if self.back is None else max(0, self.back.km - self.out.km)

    @property
    def missing(self) -> int:
        """How much less full it came back than it went out, in the steps of its gauge."""
        return 0 if self.back is None else max(0, self.out.reading.full - self.back.reading.full)


@dataclass(frozen=True, slots=True)
class Waived:
    """A charge that somebody let go of. Attributes: ``at`` is server time, UTC."""

    line: QuoteLine
    reason: str
    at: datetime
    by: AccountName


@dataclass(frozen=True, slots=True)
class AgreementStep:
    """One entry of its history. Attributes: ``at`` is server time, UTC; ``reason`` why it was opened again."""

    state: AgreementState
    at: datetime
    by: AccountName
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A renter's name under what was agreed then.

    Attributes:
        ink: As it was drawn (``domain.shared.ink``).
        content: The SHA-256 of what it is under, hexadecimal.
        terms_version: Of the firm's terms; empty where they have none.
        ends_at: When the car was to come back (UTC).
        lines, legs: How many of the agreement's there were.
        at: Server time, UTC; ``by`` is who had it signed.
    """

    name: str
    ink: str
    content: str
    terms_version: str
    ends_at: datetime
    lines: int
    legs: int
    at: datetime
    by: AccountName


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed and seen at the counter.

    Attributes:
        booking_id: Also its number: one booking has one agreement.
        branch_id: Where the car was handed over; its zone is ``zone``.
        legs: The cars of the rental, in order; the last is the one that is out, or came back.
        lines: What it costs: those of the booking's price, which never change there, and what came later.
        fees: What is charged beyond the price, as it was when the car went out; None for nothing.
        waived: What was not charged, and why.
        returned_to: The branch where it came back; None while it is out.
        signatures: Oldest first.
        version: Counts the changes; every change is a compare-and-set on it.
    """

    booking_id: BookingId
    branch_id: BranchId
    zone: str
    state: AgreementState
    legs: tuple[Leg, ...]
    lines: tuple[QuoteLine, ...]
    history: tuple[AgreementStep, ...]
    fees: RentalFees | None = None
    waived: tuple[Waived, ...] = ()
    returned_to: BranchId | None = None
    signatures: tuple[Signature, ...] = ()
    version: int = 1

    @property
    def leg(self) -> Leg:
        return self.legs[-1]

    @property
    def total(self) -> Money:
        """What it costs, whatever was paid of it."""
        first, *rest = (line.amount for line in self.lines)
        return sum(rest, start=first)

    @property
    def km(self) -> int:
        """Driven, with all of its cars."""
        return sum(leg.km for leg in self.legs)

    @property
    def days(self) -> int:
        """As billed, with those that it was extended by."""
        off = sum(line.count for line in self.lines if line.kind is LineKind.SHORTENED)
        return sum(line.count for line in self.lines if line.kind in _DAYS) - off

    def leg_at(self, moment: datetime) -> Leg | None:
        """The car that the renter had then (UTC), as it was read: from its hand-over up to, not with, its return."""
        had = (leg for leg in self.legs if leg.out.at <= moment and (leg.back is None or moment < leg.back.at))
        return next(had, None)

    def with_back(self, back: Seen) -> Agreement:
        """The same, and its last car came back so."""
        return replace(self, legs=(*self.legs[:-1], replace(self.leg, back=back)))

    def exchanged(self, back: Seen, leg: Leg) -> Agreement:
        """Its car came back so, and the renter has that of *leg* instead.

        Raises:
            MoveRefused: It is not out, or had as many cars as it can have.
        """
        if self.state is not AgreementState.OUT or len(self.legs) >= MOST_LEGS:
            raise MoveRefused(self.state, "with another car")
        legs = (*self.with_back(back).legs, leg)
        return replace(self, legs=legs, version=self.version + 1)

    def returned(
        self, back: Seen, branch_id: BranchId, lines: tuple[QuoteLine, ...] = (), waived: tuple[Waived, ...] = ()
    ) -> Agreement:
        """With what was read as its car came back to that branch, and what that costs.

        Raises:
            MoveRefused: It is not out.
        """
        if self.state is not AgreementState.OUT:
            raise MoveRefused(self.state, AgreementState.RETURNED)
        return replace(
            self.with_back(back),
            state=AgreementState.RETURNED,
            lines=(*self.lines, *lines),
            waived=waived,
            history=(*self.history, AgreementStep(AgreementState.RETURNED, back.at, back.by)),
            returned_to=branch_id,
            version=self.version + 1,
        )


def handed_over(booking: Booking, gauge: Gauge, out: Seen, fees: RentalFees | None = None) -> Agreement:
    """The agreement of *booking*, whose car goes out as it was read, with what is charged beyond its price."""
    return Agreement(
        booking.id,
        booking.branch_id,
        booking.zone,
        AgreementState.OUT,
        legs=(Leg(booking.car, gauge, out),),
        lines=booking.quote.lines,
        history=(AgreementStep(AgreementState.OUT, out.at, out.by),),
        fees=fees,
    )


def further_of(booking: Booking, agreement: object) -> Money | None:
    """What the rental came to cost beyond its price; None where no agreement, or a damaged one, tells of it."""
    return agreement.total - booking.price if isinstance(agreement, Agreement) else None
