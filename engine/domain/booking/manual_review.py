"""Bookings that need a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.booking.booking import Booking
from engine.domain.money.trouble import Why
from engine.domain.shared.damage import Damaged


class LostCar(StrEnum):
    """What keeps a booking from its renter although every step of it went well."""

    CAR = auto()  #: its car left service: it goes on with another, or is cancelled
    SERVICE = auto()  #: its car has a period of service in that time


@dataclass(frozen=True, slots=True)
class Case:
    """One booking that needs a person.

    Attributes:
        since: Since when it cannot go on (server time, UTC).
        code: That of the last error; empty if there was none.
    """

    booking: Booking
    why: Why | LostCar
    since: datetime
    code: str = ""


@dataclass(frozen=True, slots=True)
class Cases:
    """Attributes: ``total`` counts all of them, not only this page's."""

    rows: tuple[Case | Damaged, ...] = ()
    total: int = 0
