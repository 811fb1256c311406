"""Lists of bookings: on the screen by pages, and whole as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import (
    COUNT_CAP,
    MOST_RENTERS,
    BookingOrder,
    BookingQuery,
    BookingRows,
    BookingSelection,
    seeking,
    selection,
    told_to,
)
from engine.domain.car.car import BranchId
from engine.domain.firm.freshness import BOOKINGS, LISTS_LIVE, Lookup, Namespace, bookings_at, bookings_by, bookings_of
from engine.domain.money.money import Money
from engine.domain.money.payment import RefundState
from engine.domain.people.people import Actor, Deed, RenterId
from engine.domain.people.phone import phone_beginnings
from engine.domain.shared.csv_text import BOM, PLAIN, CsvHabits
from engine.domain.shared.damage import Damaged
from engine.domain.shared.sought import Sought, sought
from engine.domain.shared.zones import shown_zone
from engine.ports.bookings import Store
from engine.ports.local import Cache
from engine.services.input_guard import gated

#: More rows are a report, not a list.
MOST_EXPORTED = 50_000
_BATCH = 200
_HEADS = (
    "Booking", "Standing", "Car", "Plate", "Renter", "Telephone", "Pick-up", "Return", "Time zone", "Pick-up branch",
    "Return branch", "Booked by", "Booked at", "Price", "Refunded", "Refund reason", "Commission", "Net", "Currency",
    "Payments",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """Attributes: ``complete`` is False when there were more than ``MOST_EXPORTED`` rows and the rest was left out.

    ``more_renters`` as for ``BookingRows``.
    """

    rows: int
    complete: bool
    more_renters: bool = False


@gated
@dataclass(frozen=True, slots=True)
class ListingService:
    """What an account may see is decided here; owners are told renters' initials only (``told_to``)."""

    store: Store
    cache: Cache

    async def page(self, actor: Actor, query: BookingQuery) -> BookingRows[Booking | Damaged]:
        """One page in two commands to the database at most, however many bookings there are; searched for, a few more.

        Raises:
            Forbidden: The scope, or the order, is not the account's.
            InvalidText: The text or an id is none.
        """
        chosen = await self._chosen(actor, query)
        count, found = await asyncio.gather(self._count(chosen), self.store.bookings(chosen))
        rows = tuple(row if isinstance(row, Damaged) else told_to(actor, row) for row in found)
        return BookingRows(rows, min(count, COUNT_CAP), count > COUNT_CAP, chosen)

    async def _chosen(self, actor: Actor, query: BookingQuery) -> BookingSelection:
        """With the renters that were typed of; what is spelt as typed, or else what differs from it by one slip.

        Telephone numbers and addresses are keys of renters alone (docs/decisions/0038).
        """
        chosen = selection(actor, query)
        if chosen.sought is None:
            return chosen
        renters = actor.may(Deed.SEE_RENTERS)
        if renters:
            chosen = await self._of_renters(chosen, sought(query.text, phone_beginnings(query.text)))
        if await self._count(chosen):
            return chosen
        own = seeking(await self.store.bookings_meant(chosen, query.text), names=renters)
        meant = replace(chosen, sought=own, renter_ids=(), more_renters=False)
        if renters:
            meant = await self._of_renters(meant, await self.store.renters_meant(query.text))
        return meant if meant.renter_ids or own.ways else chosen

    async def _of_renters(self, chosen: BookingSelection, wanted: Sought) -> BookingSelection:
        """*chosen* with those who hold what is *wanted*, and whether there are more of them."""
        found = await self.store.renter_ids(wanted, MOST_RENTERS + 1)
        return replace(chosen, renter_ids=found[:MOST_RENTERS], more_renters=len(found) > MOST_RENTERS)

    async def _count(self, chosen: BookingSelection) -> int:
        """Kept for a while: a number says nothing of anybody. Bookings themselves are never kept (decision 0019)."""
        asked = replace(chosen, order=BookingOrder.CREATED, descending=True, offset=0, limit=1)
        lookup = Lookup("count of bookings", (asked,), int, (_namespace(chosen),), LISTS_LIVE)
        return await self.cache.read(lookup, lambda: self.store.count_bookings(chosen))

    async def export(
        self,
        actor: Actor,
        query: BookingQuery,
        write: Callable[[str], object],
        on_rows: Callable[[int], None] = lambda _: None,
        habits: CsvHabits = PLAIN,
    ) -> Exported:
        """All rows of *query* as CSV, handed to *write* in pieces of some hundred rows; *on_rows* hears the count.

        Times are those of each booking's own zone, named in a column; amounts are digits beside their currency.
        Telephones are told to those who see renters. Commission and net are of what was
        taken less what is given back.

        Raises:
            Forbidden, InvalidText: As for a page.
        """
        chosen = await self._chosen(actor, query)
        names = {branch.id: f"{branch.city}, {branch.name}" for branch in await self.store.branches()}
        write(BOM + habits.line(_HEADS))
        done = 0
        async for some in self.store.booking_batches(chosen, _BATCH, MOST_EXPORTED + 1):
            kept = some[: MOST_EXPORTED - done]
            phones = await self._phones(actor, kept)
            write("".join(_any_line(actor, row, _Sheet(names, phones, habits)) for row in kept))
            done += len(kept)
            on_rows(done)
            if len(kept) < len(some):
                return Exported(done, complete=False, more_renters=chosen.more_renters)
        return Exported(done, complete=True, more_renters=chosen.more_renters)

    async def _phones(self, actor: Actor, rows: Sequence[Booking | Damaged]) -> Mapping[RenterId, str]:
        if not actor.may(Deed.SEE_RENTERS):
            return {}
        return await self.store.telephones({row.renter_id for row in rows if isinstance(row, Booking)})


def _namespace(chosen: BookingSelection) -> Namespace:
    """The narrowest whose bump tells of every booking that may be among them."""
    if chosen.booked_by is not None:
        return bookings_by(chosen.booked_by)
    if chosen.branch_id is not None:
        return bookings_at(chosen.branch_id)
    return BOOKINGS if chosen.owner_id is None else bookings_of(chosen.owner_id)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the lines of one piece are written with. Attributes: ``branches`` and ``phones`` by the ids of the rows."""

    branches: Mapping[BranchId, str]
    phones: Mapping[RenterId, str]
    habits: CsvHabits


def _any_line(actor: Actor, row: Booking | Damaged, sheet: _Sheet) -> str:
    if isinstance(row, Damaged):
        return sheet.habits.line((row.line, "damaged", row.reason, *("",) * (len(_HEADS) - 3)))
    return _line(told_to(actor, row), sheet)


def _line(booking: Booking, sheet: _Sheet) -> str:
    zone, names, habits = shown_zone(booking.zone), sheet.branches, sheet.habits
    car, _, _ = booking.car_label.rpartition(" · ")
    return habits.line(
        (
            booking.id,
            booking.standing.value,
            car,
            booking.plate,
            booking.renter_name,
            sheet.phones.get(booking.renter_id, ""),
            habits.wall_time(booking.period.starts_at, zone),
            habits.wall_time(booking.period.ends_at, zone),
            booking.zone,
            names.get(booking.branch_id, booking.branch_id),
            names.get(booking.return_branch_id, booking.return_branch_id),
            booking.booked_by,
            habits.wall_time(booking.created_at, zone),
            habits.amount(booking.price),
            habits.amount(booking.payment.refund.amount if booking.payment.refund else None),
            booking.reason.text if booking.reason else "",
            *map(habits.amount, _shares(booking)),
            booking.price.currency,
            " ".join(attempt.payment_intent for attempt in booking.payment.attempts if attempt.payment_intent),
        )
    )


def _shares(booking: Booking) -> tuple[Money | None, Money | None]:
    """The platform's and the owner's, counted as the ledger counts them; None while nothing was taken."""
    if not any(attempt.captured_at for attempt in booking.payment.attempts):
        return None, None
    share = booking.quote.commission_bp
    kept, platform = booking.price, booking.price.share(share)
    if booking.payment.refund is not None and booking.payment.refund.state is not RefundState.FAILED:
        kept, platform = kept - booking.payment.refund.amount, platform - booking.payment.refund.amount.share(share)
    return platform, kept - platform
