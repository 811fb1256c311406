"""A booking as a line of the table: its words are made once, when it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from desktop.messages import STANDINGS, amount, booking_number, branch_time
from desktop.theme.tokens import Tone
from desktop.views.bookings.words import short_day
from desktop.widgets.countdown import clock_text
from engine.domain.booking import Booking, BookingState, Standing
from engine.domain.car import BranchId

TONES = MappingProxyType(
    {
        Standing.PENDING: Tone.WARNING,
        Standing.CONFIRMED: Tone.POSITIVE,
        Standing.COMPLETED: Tone.NEUTRAL,
        Standing.EXPIRED: Tone.NEUTRAL,
        Standing.CANCELLED: Tone.DANGER,
    }
)


NO_NAMES: Mapping[BranchId, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class BookingRow:
    booking: Booking
    number: str
    car: str
    plate: str
    renter: str
    where: str
    booked: str
    pick_up: str
    drop_off: str
    standing: str
    tone: Tone
    price: str

    @property
    def held(self) -> bool:
        return self.booking.state is BookingState.HELD

    def hold_left(self, now: datetime) -> str:
        """``9:41 left`` while it is held; empty otherwise."""
        return f"{clock_text(self.booking.hold_left(now).total_seconds())} left" if self.held else ""

    def standing_text(self, now: datetime) -> str:
        return f"{self.standing}, {self.hold_left(now)}" if self.held else self.standing


def row_of(booking: Booking, now: datetime, branches: Mapping[BranchId, str] = NO_NAMES) -> BookingRow:
    """*branches* are the names to be shown; where none are, all rows being of one branch, it is said who booked."""
    zone = ZoneInfo(booking.zone)
    car, _, plate = booking.car_label.partition(" · ")
    return BookingRow(
        booking=booking,
        number=booking_number(booking.id),
        car=car,
        plate=plate,
        renter=booking.renter_name,
        where=branches.get(booking.branch_id, "") if branches else f"by {booking.booked_by}",
        booked=f"Booked {short_day(booking.created_at, zone, now=now)}",
        pick_up=branch_time(booking.period.starts_at, zone, now=now),
        drop_off=branch_time(booking.period.ends_at, zone, now=now),
        standing=STANDINGS[booking.standing],
        tone=TONES[booking.standing],
        price=amount(booking.price),
    )
