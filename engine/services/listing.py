"""Lists of bookings: on the screen by pages, and whole as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.domain.booking import Booking
from engine.domain.car import BranchId
from engine.domain.csv_text import BOM, csv_line, plain_amount
from engine.domain.listing import BookingQuery, BookingRows, selection, told_to
from engine.domain.people import Actor
from engine.ports import Store
from engine.services.gate import gated

#: More rows are a report, not a list.
MOST_EXPORTED = 50_000
_BATCH = 200
_HEADS = (
    "Booking", "Standing", "Car", "Plate", "Renter", "Pick-up", "Return", "Time zone", "Pick-up branch",
    "Return branch", "Booked by", "Booked at", "Price", "Refunded", "Currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """Attributes: ``complete`` is False when there were more than ``MOST_EXPORTED`` rows and the rest was left out."""

    rows: int
    complete: bool


@gated
@dataclass(frozen=True, slots=True)
class ListingService:
    """What an account may see is decided here; owners are told renters' initials only (``told_to``)."""

    store: Store

    async def page(self, actor: Actor, query: BookingQuery) -> BookingRows:
        """One page in two commands to the database, however many bookings there are.

        Raises:
            Forbidden: The scope, or the order, is not the account's.
            InvalidText: The text or an id is none.
        """
        found = await self.store.bookings(selection(actor, query))
        return replace(found, rows=tuple(told_to(actor, booking) for booking in found.rows))

    async def export(
        self,
        actor: Actor,
        query: BookingQuery,
        write: Callable[[str], object],
        on_rows: Callable[[int], None] = lambda _: None,
    ) -> Exported:
        """All rows of *query* as CSV, handed to *write* in pieces of some hundred rows; *on_rows* hears the count.

        Times are those of each booking's own zone, named in a column; amounts are digits beside their currency.

        Raises:
            Forbidden, InvalidText: As for a page.
        """
        chosen = selection(actor, query)
        names = {branch.id: f"{branch.city}, {branch.name}" for branch in await self.store.branches()}
        write(BOM + csv_line(_HEADS))
        done = 0
        async for some in self.store.booking_batches(chosen, _BATCH, MOST_EXPORTED + 1):
            kept = some[: MOST_EXPORTED - done]
            write("".join(_line(told_to(actor, booking), names) for booking in kept))
            done += len(kept)
            on_rows(done)
            if len(kept) < len(some):
                return Exported(done, complete=False)
        return Exported(done, complete=True)


def _line(booking: Booking, names: dict[BranchId, str]) -> str:
    zone = ZoneInfo(booking.zone)
    car, _, _ = booking.car_label.rpartition(" · ")
    return csv_line(
        (
            booking.id,
            booking.standing.value,
            car,
            booking.plate,
            booking.renter_name,
            _time(booking.period.starts_at, zone),
            _time(booking.period.ends_at, zone),
            booking.zone,
            names.get(booking.branch_id, booking.branch_id),
            names.get(booking.return_branch_id, booking.return_branch_id),
            booking.booked_by,
            _time(booking.created_at, zone),
            plain_amount(booking.price),
            plain_amount(booking.refund.amount) if booking.refund else "",
            booking.price.currency,
        )
    )


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
