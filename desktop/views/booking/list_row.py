"""A booking as a line of the table: its words are made once, when it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from desktop.theme.tokens import Tone
from desktop.views.booking.list_words import short_day
from desktop.widgets.countdown import clock_text
from desktop.words.booking_words import STANDINGS
from desktop.words.messages import DAMAGED, amount, booking_number, branch_time
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import Listed
from engine.domain.booking.states import BookingState, Standing
from engine.domain.car.car import BranchId
from engine.domain.shared.damage import Damaged
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

TONES = MappingProxyType(
    {
        Standing.PENDING: Tone.WARNING,
        Standing.CONFIRMED: Tone.POSITIVE,
        Standing.OUT: Tone.ACCENT,
        Standing.NO_SHOW: Tone.WARNING,
        Standing.COMPLETED: Tone.NEUTRAL,
        Standing.EXPIRED: Tone.NEUTRAL,
        Standing.CANCELLED: Tone.DANGER,
    }
)


NO_NAMES: Mapping[BranchId, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class BookingRow:
    """All words of a line.

    Attributes:
        booking: What is opened with it.
        beside: The two lines of the column in which lists differ: renter and branch, or where no renter is told, branch
            and length.
        hold_until: Until when it is held; None where it is not, or where that is not known.
    """

    booking: Listed
    number: str
    car: str
    plate: str
    beside: tuple[str, str]
    booked: str
    pick_up: str
    drop_off: str
    standing: str
    tone: Tone
    price: str
    hold_until: datetime | None = None

    @property
    def held(self) -> bool:
        return self.hold_until is not None

    def hold_left(self, now: datetime) -> str:
        """``9:41 left`` while it is held; empty otherwise."""
        if self.hold_until is None:
            return ""
        return tr("{total_seconds} left", total_seconds=clock_text(max((self.hold_until - now).total_seconds(), 0)))

    def standing_text(self, now: datetime) -> str:
        return f"{self.standing}, {self.hold_left(now)}" if self.held else self.standing


def damaged_row(damaged: Damaged) -> BookingRow:
    """A line that says which booking cannot be read, and why."""
    return BookingRow(
        booking=damaged,
        number=damaged.line,
        car=damaged.reason,
        plate="",
        beside=("", ""),
        booked="",
        pick_up="",
        drop_off="",
        standing=DAMAGED,
        tone=Tone.DANGER,
        price="",
    )


def row_of(booking: Booking, now: datetime, branches: Mapping[BranchId, str] = NO_NAMES) -> BookingRow:
    """*branches* are the names to be shown; where none are, all rows being of one branch, it is said who booked."""
    zone = shown_zone(booking.zone)
    car, _, plate = booking.car_label.partition(" · ")
    return BookingRow(
        booking=booking,
        number=booking_number(booking.id),
        car=car,
        plate=plate,
        beside=(
            booking.renter_name,
            branches.get(booking.branch_id, "") if branches else tr("by {booked_by}", booked_by=booking.booked_by),
        ),
        booked=tr("Booked {created_at}", created_at=short_day(booking.created_at, zone, now=now)),
        pick_up=branch_time(booking.period.starts_at, zone, now=now),
        drop_off=branch_time(booking.period.ends_at, zone, now=now),
        standing=STANDINGS[booking.standing],
        tone=TONES[booking.standing],
        price=amount(booking.price),
        hold_until=booking.hold_until if booking.state is BookingState.HELD else None,
    )
