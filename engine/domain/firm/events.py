"""What happened, as it is told to whoever has pages open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.listing import told_to
from engine.domain.booking.watch import Touched
from engine.domain.booking.wish import Wish
from engine.domain.car.car import BranchId, Car, CarId, OwnerId
from engine.domain.car.movement import Movement
from engine.domain.people.people import Actor, Deed, Role
from engine.domain.people.renters import RenterFile
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.period import RentalPeriod


@dataclass(frozen=True, slots=True)
class BookingChanged:
    """Came to be or changed; told to those who may see it, as they may see it."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class CarClaimed:
    """A car was promised for a period, or the promise ended; no word of the renter.

    Attributes:
        branch_id: Where the booking is picked up.
        booking_id: What claims it; of a period of service that one's id.
        blocking: Whether the car is taken by it now.
    """

    car_id: CarId
    branch_id: BranchId
    booking_id: BookingId
    period: RentalPeriod
    blocking: bool


@dataclass(frozen=True, slots=True)
class BookingMoved:
    """A booking came to be or changed, told to whoever may not hear of it whole: where, when, and whether it blocks."""

    booking_id: BookingId
    car_id: CarId
    branch_id: BranchId
    owner_id: OwnerId
    period: RentalPeriod
    blocking: bool


@dataclass(frozen=True, slots=True)
class CarChanged:
    """The car itself: new, moved, dearer, in maintenance, retired."""

    car: Car


@dataclass(frozen=True, slots=True)
class RenterChanged:
    """Somebody was added, mended, blocked or merged."""

    file: RenterFile


@dataclass(frozen=True, slots=True)
class Resync:
    """Something was missed: whatever is shown has to be asked for again."""


Fact: TypeAlias = BookingChanged | CarClaimed | CarChanged | RenterChanged | Resync
#: What a stream of the database's changes tells of.
Record: TypeAlias = Booking | BookingMoved | Car | Movement | RenterFile | Wish | Touched


@dataclass(frozen=True, slots=True)
class Heard:
    """A word from the server: what changed, or only that it is there.

    Attributes:
        source: Which of the streams it came by.
        missed: What changed before cannot be told any more.
        opened: From here on nothing is missed.
    """

    source: str
    record: Record | None = None
    missed: bool = False
    opened: bool = False


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """A stream broke; it is tried again by itself."""

    source: str
    problem: DriveSphereError


@dataclass(frozen=True, slots=True)
class Pulse:
    """How far one may believe that nothing has changed.

    Attributes:
        streaming: Every stream is open as far as anybody knows.
        heard_at: Server time (UTC) of the last word of the stream that has been silent the longest.
        problem: Why a stream is not open; None while all are, and before the first word.
    """

    streaming: bool = False
    heard_at: datetime | None = None
    problem: DriveSphereError | None = None


def facts_for(actor: Actor, record: Booking | BookingMoved | Car | Movement | RenterFile) -> tuple[Fact, ...]:
    """What *actor* is told of a record that changed: an owner of the own cars only."""
    if isinstance(record, RenterFile):
        return (RenterChanged(record),) if actor.may(Deed.SEE_RENTERS) else ()
    if actor.role is Role.OWNER and record.owner_id != actor.owner_id:
        return ()
    if isinstance(record, Car):
        return (CarChanged(record),) if actor.may(Deed.BROWSE_CARS) else ()
    if isinstance(record, Movement):
        return _moved(record) if actor.may(Deed.BROWSE_CARS) else ()
    if isinstance(record, BookingMoved):
        claimed = CarClaimed(record.car_id, record.branch_id, record.booking_id, record.period, record.blocking)
        return (claimed,) if actor.may(Deed.BROWSE_CARS) else ()
    facts: list[Fact] = []
    if record.visible_to(actor):
        facts.append(BookingChanged(told_to(actor, record)))
    if actor.may(Deed.BROWSE_CARS):
        facts.append(CarClaimed(record.car_id, record.branch_id, record.id, record.period, record.blocking))
    return tuple(facts)


def _moved(movement: Movement) -> tuple[Fact, ...]:
    """Of one that was changed nobody tells what time it leaves free: that is told as any time."""
    told = movement.car_id, movement.end_id
    freed = CarClaimed(*told, BookingId(f"{movement.id}/before"), movement.period, blocking=False)
    claimed = CarClaimed(*told, BookingId(movement.id), movement.period, blocking=movement.open)
    return (claimed,) if movement.version == 1 or not movement.open else (freed, claimed)


def subject(fact: Fact) -> tuple[str, ...]:
    """A later fact on the same subject replaces an earlier one that nobody has heard yet."""
    match fact:
        case BookingChanged(booking):
            return ("booking", booking.id)
        case CarClaimed():
            return ("claim", fact.booking_id)
        case CarChanged(car):
            return ("car", car.id)
        case RenterChanged(file):
            return ("renter", file.id)
        case Resync():
            return ("resync",)
