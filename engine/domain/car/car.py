"""Branches and the cars that stand there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import NewType
from zoneinfo import ZoneInfo

from engine.domain.car.body_type import BodyType
from engine.domain.car.opening_hours import Fee, OpeningHours
from engine.domain.money.money import Money
from engine.domain.shared.errors import NotFound
from engine.domain.shared.sought import joined, parts
from engine.domain.shared.zones import AnyZone, country_of, shown_zone, zone_of

BranchId = NewType("BranchId", str)
CarId = NewType("CarId", str)
OwnerId = NewType("OwnerId", str)


class Fuel(StrEnum):
    PETROL = auto()
    DIESEL = auto()
    HYBRID = auto()
    ELECTRIC = auto()


class Transmission(StrEnum):
    MANUAL = auto()
    AUTOMATIC = auto()


class CarStatus(StrEnum):
    ACTIVE = auto()
    MAINTENANCE = auto()
    RETIRED = auto()


#: What "cars" counts wherever cars are counted: those for rent, rented out or not, and those in maintenance.
IN_SERVICE = frozenset({CarStatus.ACTIVE, CarStatus.MAINTENANCE})


@dataclass(frozen=True, slots=True)
class Branch:
    """A place where cars are picked up and returned.

    Attributes:
        zone: IANA name.
        closed: Given up: it stays for its old bookings, and no car stands there.
        former_fees: Asked for once and no longer; bookings of then have them in their price.
        code: What it is called by in the numbers of its papers; a proposal until ``code_confirmed``.
    """

    id: BranchId
    name: str
    city: str
    address: str
    zone: str
    hours: OpeningHours
    closed: bool = False
    former_fees: tuple[Fee, ...] = ()
    code: str = ""
    code_confirmed: bool = False

    @property
    def tzinfo(self) -> ZoneInfo:
        """Raises: UnknownZone."""
        return zone_of(self.zone)

    @property
    def clock(self) -> AnyZone:
        """For showing times only: UTC where the zone is not known here."""
        return shown_zone(self.zone)

    @property
    def country(self) -> str:
        """ISO 3166; telephone numbers without a country's code are read as numbers of it. Empty if unknown."""
        return country_of(self.zone)


def branch_among(branches: Iterable[Branch], branch_id: BranchId) -> Branch:
    """Raises: NotFound."""
    found = next((branch for branch in branches if branch.id == branch_id), None)
    if found is None:
        raise NotFound("branch", branch_id)
    return found


@dataclass(frozen=True, slots=True)
class Car:
    """One car.

    Attributes:
        plate: As painted; unique in its country (``plates.plate_key``).
        colour: CSS hex value such as ``#2f6f9f``.
        odometer_km: At the last return.
        country: Where it is registered, ISO 3166; empty where nobody said.
    """

    id: CarId
    plate: str
    brand: str
    model: str
    year: int
    body: BodyType
    colour: str
    fuel: Fuel
    transmission: Transmission
    seats: int
    odometer_km: int
    daily_rate: Money
    status: CarStatus
    owner_id: OwnerId
    branch_id: BranchId
    image_ids: tuple[str, ...] = ()
    country: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """What the car is found by in any part (``sought``): plate, brand and model."""
        return parts((joined(self.plate), self.plate, self.brand, self.model))

    @property
    def title(self) -> str:
        return f"{self.brand} {self.model}"

    @property
    def label(self) -> str:
        return f"{self.brand} {self.model} · {self.plate}"


@dataclass(frozen=True, slots=True)
class CarTerms:
    """What a claim needs to know of a car; kept with the car's fence, so that claiming reads and writes it at once.

    Attributes:
        zone: IANA name of the branch's time zone.
        n: Which of the car's series they are, from 1 on.
    """

    car_id: CarId
    label: str
    owner_id: OwnerId
    branch_id: BranchId
    zone: str
    daily_rate: Money
    n: int = 1


def terms_of(car: Car, branch: Branch) -> CarTerms:
    """The first terms of *car*, which stands at *branch*."""
    return CarTerms(car.id, car.label, car.owner_id, branch.id, branch.zone, car.daily_rate)


@dataclass(frozen=True, slots=True)
class TermsSince:
    """One of a car's series of terms, to which rows are added and in which none is changed.

    Attributes:
        at: From when on they hold (server time, UTC); ``until`` the next ones do, None for the newest.
    """

    terms: CarTerms
    by: str
    at: datetime
    until: datetime | None = None
