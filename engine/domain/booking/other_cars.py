"""Which cars a booking could go on with."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.booking.booking import Booking
from engine.domain.car.car import Car
from engine.domain.shared.damage import Damaged


@dataclass(frozen=True, slots=True)
class OtherCars:
    """Which cars a booking could go on with.

    Attributes:
        booking: As it was looked at; its version goes with the command.
        car: The one that it has.
        cars: Free ones of its type at its branch, the best suited first.
        damaged: Free ones that cannot be read.
    """

    booking: Booking
    car: Car
    cars: tuple[Car, ...] = ()
    damaged: tuple[Damaged, ...] = ()
