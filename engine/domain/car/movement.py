"""A car's time that is nobody's rental: a period from, until and why, sold around (docs/decisions/0048)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto
from typing import NewType

from engine.domain.car.car import BranchId, CarId, OwnerId
from engine.domain.car.fleet import Outlook
from engine.domain.firm.audit import Facts
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import InvalidPeriod, MoveRefused
from engine.domain.shared.period import TOO_FAR, WALK_IN_GRACE, RentalPeriod
from engine.domain.shared.text import clean

MovementId = NewType("MovementId", str)

LONGEST_REASON = 400


class MovementKind(StrEnum):
    """Only services are written so far; the others have their place in the stored shape."""

    SERVICE = auto()
    TRANSFER = auto()  #: driven to another branch
    WASH = auto()
    PRIVATE = auto()


class MovementState(StrEnum):
    PLANNED = auto()
    UNDER_WAY = auto()  #: somebody said that it has begun; a service begins by the clock
    ARRIVED = auto()  #: over
    CANCELLED = auto()  #: never was


#: As long as it is one of these, the car is claimed for it.
OPEN = frozenset({MovementState.PLANNED, MovementState.UNDER_WAY})


@dataclass(frozen=True, slots=True)
class Movement:
    """One period in which a car is away for the firm's or its owner's own reasons.

    Attributes:
        period: As wanted or, once it is over, as it was. What is sold in it is cut out of the claims, not out of here.
        start_id: The branch where the car stands before; ``end_id`` where it stands afterwards.
        by: Who planned it, ``at`` when (UTC).
        version: Counts the changes, from 1 on.
    """

    id: MovementId
    car_id: CarId
    owner_id: OwnerId
    kind: MovementKind
    state: MovementState
    period: RentalPeriod
    start_id: BranchId
    end_id: BranchId
    reason: str
    by: AccountName
    at: datetime
    version: int = 1

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def over(self, now: datetime) -> bool:
        """Whether nothing of it is left."""
        return not self.open or self.period.ends_at <= now

    def begun(self, now: datetime) -> bool:
        return self.period.starts_at <= now

    def changed(self, period: RentalPeriod, reason: str, now: datetime) -> Movement:
        """Raises: MoveRefused, where it is over, or has begun and another beginning is wanted; InvalidPeriod."""
        if self.over(now):
            raise MoveRefused("over", "changed")
        if self.begun(now):
            if period.starts_at != self.period.starts_at:
                raise MoveRefused("begun", "begun at another time")
            must_end_ahead(period, now)
        else:
            must_lie_ahead(period, now)
        return replace(self, period=period, reason=read_reason(reason), version=self.version + 1)

    def ended(self, now: datetime) -> Movement:
        """It was shorter than planned. Raises: MoveRefused, where it has not begun or is over."""
        if self.over(now) or self.period.starts_at >= now:
            raise MoveRefused("over" if self.over(now) else "not begun", "ended")
        done = RentalPeriod(self.period.starts_at, now)
        return replace(self, period=done, state=MovementState.ARRIVED, version=self.version + 1)

    def cancelled(self, now: datetime) -> Movement:
        """Raises: MoveRefused, where it has begun: what was, was."""
        if not self.open or self.begun(now):
            raise MoveRefused("begun" if self.open else "over", "cancelled")
        return replace(self, state=MovementState.CANCELLED, version=self.version + 1)

    def facts(self) -> Facts:
        """For the audit."""
        start, end = (f"{each:%Y-%m-%d %H:%M} UTC" for each in (self.period.starts_at, self.period.ends_at))
        return {"from": start, "until": end, "reason": self.reason, "state": self.state.value, "movement": self.id}


@dataclass(frozen=True, slots=True)
class Crossing:
    """What a period would be cut around.

    Attributes:
        sold: The bookings in it, to be moved to other cars; ``seen`` of it goes with the command.
        parts: What is left: when the car is away.
    """

    period: RentalPeriod
    sold: Outlook
    parts: tuple[RentalPeriod, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A planned movement with the bookings that were sold in its time and not moved yet."""

    movement: Movement
    crossing: Crossing


def read_reason(reason: object) -> str:
    """Raises: InvalidText, named ``reason``."""
    return clean("reason", reason, longest=LONGEST_REASON)


def must_lie_ahead(period: RentalPeriod, now: datetime) -> None:
    """It may begin now. Raises: InvalidPeriod."""
    must_end_ahead(period, now)
    if period.starts_at < now - WALK_IN_GRACE:
        raise InvalidPeriod("period.begins_past")


def must_end_ahead(period: RentalPeriod, now: datetime) -> None:
    """Raises: InvalidPeriod."""
    if period.ends_at >= TOO_FAR:
        raise InvalidPeriod("period.too_far")
    if period.ends_at <= now:
        raise InvalidPeriod("period.ends_past")


def parts_of(wanted: RentalPeriod, taken: Iterable[tuple[datetime, datetime]]) -> tuple[RentalPeriod, ...]:
    """*wanted* with what is *taken* cut out, in order of time; *taken* are begin and end of each."""
    parts, start = [], wanted.starts_at
    for begins, ends in sorted(taken):
        if begins >= wanted.ends_at:
            break
        if start < begins:
            parts.append(RentalPeriod(start, begins))
        start = max(start, ends)
    if start < wanted.ends_at:
        parts.append(RentalPeriod(start, wanted.ends_at))
    return tuple(parts)


def claim_name(movement_id: MovementId, n: int) -> str:
    """The id of its *n*-th claim: between bookings it may have several."""
    return f"{movement_id}/{n}"


def movement_named(claim_id: str) -> MovementId:
    """Whose claim it is."""
    return MovementId(claim_id.partition("/")[0])
