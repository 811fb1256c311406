"""A booking that goes on with another car: which one it had, and which it has (docs/decisions/0039)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain.car.car import Car, CarId, CarTerms, OwnerId
from engine.domain.shared.errors import RuleBroken


class CarIsOut(RuleBroken):
    """The renter has the car: it is exchanged there, never moved."""

    code = "booking.car_is_out"

    def __init__(self, booking_id: str) -> None:
        super().__init__(f"the car of booking {booking_id} is out")
        self.booking_id = booking_id


class NotAlike(RuleBroken):
    """The car is of another body type than was sold, or stands at another branch."""

    code = "booking.not_alike"

    def __init__(self, car_id: str) -> None:
        super().__init__(f"car {car_id} is not of the type and branch that were sold")
        self.car_id = car_id


@dataclass(frozen=True, slots=True)
class BookedCar:
    """A car as a booking knows it. Attributes: ``label`` as the car was called when the booking came to it."""

    car_id: CarId
    label: str
    owner_id: OwnerId


@dataclass(frozen=True, slots=True)
class CarChange:
    """Attributes: ``terms_n`` is which of *after*'s series of terms (decision 0024) the booking came to it by."""

    before: BookedCar
    after: BookedCar
    terms_n: int


def as_booked(terms: CarTerms) -> BookedCar:
    return BookedCar(terms.car_id, terms.label, terms.owner_id)


def suited_first(cars: Sequence[Car], sold: Car) -> list[Car]:
    """*cars* in the order in which to offer them instead of *sold*.

    First what the renter can drive and fill in as before, with no seat less; then what is worth as much or little more.
    """

    def unlike(car: Car) -> tuple[int, bool, int, str, str]:
        gear, fuel = car.transmission is not sold.transmission, car.fuel is not sold.fuel
        # Rates of two currencies say nothing about each other.
        less = car.daily_rate.currency != sold.daily_rate.currency or car.daily_rate.minor < sold.daily_rate.minor
        worth = abs(car.daily_rate.minor - sold.daily_rate.minor)
        return 4 * (car.seats < sold.seats) + 2 * gear + fuel, less, worth, car.label, car.id

    return sorted(cars, key=unlike)
