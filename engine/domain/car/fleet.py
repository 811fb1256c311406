"""A fleet as its owner runs it: what is asked for, and what is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from types import MappingProxyType

from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import Standing
from engine.domain.car.car import IN_SERVICE, BranchId, Car, CarStatus, OwnerId
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import clean

#: What is told of a car's coming bookings at once; the rest is counted.
MOST_TOLD = 50
_LONGEST_PAGE = 200


class FleetOrder(StrEnum):
    NAME = auto()
    PLATE = auto()
    PRICE = auto()
    PRICE_DOWN = auto()
    NEWEST = auto()
    ODOMETER = auto()


@dataclass(frozen=True, slots=True)
class FleetQuery:
    """A look at a fleet. Empty sets, texts and None mean "any".

    Attributes:
        text: Any part of plate, brand and model.
        to_move: Only cars with bookings that have to be moved or cancelled, see ``FleetRow.moving``.
        out: Only cars that are out now, see ``FleetRow.out``.
    """

    owner_id: OwnerId | None = None
    text: str = ""
    statuses: frozenset[CarStatus] = frozenset()
    branch_id: BranchId | None = None
    to_move: bool = False
    out: bool = False
    order: FleetOrder = FleetOrder.NAME
    offset: int = 0
    limit: int = 50

    def __post_init__(self) -> None:
        """What reaches a database filter is what its type says (S9).

        Raises:
            InvalidText: A value of another type, named by its field.
        """
        for name in ("owner_id", "branch_id"):
            if not isinstance(getattr(self, name), str | None):
                raise InvalidText(name, "field.no_text")
        clean("search", self.text, longest=100, required=False)
        statuses = self.statuses
        if not isinstance(statuses, frozenset) or not all(isinstance(each, CarStatus) for each in statuses):
            raise InvalidText("statuses", "field.statuses")
        if not isinstance(self.order, FleetOrder):
            raise InvalidText("order", "field.not_listed")
        if type(self.offset) is not int or type(self.limit) is not int:
            raise InvalidText("offset", "field.whole")
        if self.offset < 0 or not 1 <= self.limit <= _LONGEST_PAGE:
            raise InvalidText("offset", "field.page", most=_LONGEST_PAGE)

    @property
    def filters(self) -> int:
        """How many filters are set; the owner and the order are none."""
        return sum(map(bool, (self.text.strip(), self.statuses, self.branch_id, self.to_move, self.out)))


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A car with what counts on it.

    Attributes:
        coming: Bookings that keep it: out now, still to come, or waiting for their payment.
        next: The period of the first of them.
        away: When it is in service, as far as that is claimed.
        crossed: Paid bookings still to come across which a service is planned.
        out: A renter has it, who is the ``next``: it was handed over and is not back. The one meaning of "out".
    """

    car: Car
    coming: int = 0
    next: RentalPeriod | None = None
    away: tuple[RentalPeriod, ...] = ()
    crossed: int = 0
    out: bool = False

    @property
    def moving(self) -> int:
        """How many bookings have to be moved or cancelled: all of a car not for rent, else those a service crosses."""
        return self.crossed if self.car.status is CarStatus.ACTIVE else self.coming

    @property
    def to_move(self) -> bool:
        return self.moving > 0

    def away_at(self, now: datetime) -> bool:
        """Whether it is in service at *now*."""
        return any(each.starts_at <= now < each.ends_at for each in self.away)


@dataclass(frozen=True, slots=True)
class FleetRows:
    """A page of a fleet.

    Attributes:
        total: Rows of the query.
        statuses: How many cars the fleet has in each status, whatever is filtered.
        to_move: How many of its cars have bookings that have to be moved or cancelled.
        slip: Nothing is spelt as typed; these differ from it by one sign.
    """

    rows: tuple[FleetRow | Damaged, ...]
    total: int
    statuses: MappingProxyType[CarStatus, int] = field(default_factory=lambda: MappingProxyType({}))
    to_move: int = 0
    slip: bool = False

    @property
    def cars(self) -> int:
        """Those ``IN_SERVICE``."""
        return sum(self.statuses.get(status, 0) for status in IN_SERVICE)

    @property
    def ever(self) -> int:
        """Retired ones too."""
        return sum(self.statuses.values())


@dataclass(frozen=True, slots=True)
class Coming:
    """A booking that counts on a car; as much of it as an owner needs to know."""

    id: BookingId
    period: RentalPeriod
    zone: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a car is promised for.

    Attributes:
        first: The first ``MOST_TOLD`` of them, soonest first.
        seen: All of them; hand it back with a change, so that one booked meanwhile is not passed over.
        away: When the car is in service, as far as that is claimed.
        out: A renter has it; who brings it back late has it still.
    """

    first: tuple[Coming, ...] = ()
    seen: frozenset[BookingId] = frozenset()
    away: tuple[RentalPeriod, ...] = ()
    out: bool = False

    def away_at(self, now: datetime) -> bool:
        return any(each.starts_at <= now < each.ends_at for each in self.away)


@dataclass(frozen=True, slots=True)
class FleetOwner:
    """Somebody whose cars the firm rents out."""

    id: OwnerId
    name: str
