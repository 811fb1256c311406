"""The list of bookings out of the copy on an owner's computer: by pages, and whole as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from engine.domain.booking.listing import BookingQuery, BookingRows, BookingSelection, ListedBranch, selection
from engine.domain.car.car import BranchId
from engine.domain.car.catalogue import CarsSought
from engine.domain.money.ledger import LedgerKind
from engine.domain.money.money import Money
from engine.domain.people.people import Actor
from engine.domain.reports.copying import OwnCopy, kept_since
from engine.domain.reports.owner_books import DAMAGED, Rental
from engine.domain.reports.owner_list import keys_of, listed
from engine.domain.reports.report_period import milliseconds, moment
from engine.domain.shared.csv_text import BOM, PLAIN, CsvHabits
from engine.domain.shared.errors import Forbidden
from engine.domain.shared.sought import forgiven, sought, words
from engine.domain.shared.text import search_key
from engine.domain.shared.zones import shown_zone
from engine.services.booking.catalogue import MOST_CARS
from engine.services.booking.listing import MOST_EXPORTED, Exported
from engine.services.input_guard import gated

_BATCH = 200
_HEADS = (
    "Booking", "Standing", "Car", "Plate", "Pick-up", "Return", "Time zone", "Pick-up branch", "Booked at", "Days",
    "Price", "Refunded", "Refund reason", "Commission", "Net", "Currency", "As of (UTC)", "Source", "Complete",
)  # fmt: skip


@gated
@dataclass(slots=True)
class StoredListing:
    """As ``ListingService`` for an owner, with no network; counts are exact, there is no cap.

    Listed is what the copy holds whole: bookings made since ``kept_since``. Of older ones it has those that were paid,
    for the figures, and a list of these alone would be taken for all there were.
    """

    copy: OwnCopy
    _last: tuple[BookingSelection, list[Rental]] | None = None

    async def page(self, actor: Actor, query: BookingQuery) -> BookingRows[Rental]:
        """Raises: Forbidden, for anybody but the copy's owner or sorted by renters; InvalidText."""
        chosen = self._chosen(actor, query)
        found = self._all(chosen)
        return BookingRows(tuple(found[chosen.offset : chosen.offset + chosen.limit]), len(found), chosen=chosen)

    async def branches(self, actor: Actor) -> list[ListedBranch]:
        """Where the bookings of the copy begin; a branch's zone is the one its bookings were made in."""
        self._must_be(actor)
        zones = {row.branch_id: row.zone for row in self.copy.books.rentals.values() if row.damage is None}
        return [
            ListedBranch(BranchId(each.branch_id), each.name, each.city, zones[each.branch_id])
            for each in self.copy.fleet.branches
            if each.branch_id in zones
        ]

    async def cars(self, actor: Actor, text: str) -> CarsSought:
        """As ``CatalogueService.cars``, of the copy's fleet."""
        self._must_be(actor)
        cars = sorted(self.copy.fleet.cars, key=lambda car: (search_key(car.title), car.id))
        if not words(text):
            return CarsSought()
        found = [car for car in cars if sought(text).found_in(car.parts)]
        meant = sought(text) if found else forgiven(text, (car.parts for car in cars))
        fitting = tuple(car for car in cars if meant.found_in(car.parts))
        return CarsSought(fitting[:MOST_CARS], len(fitting), meant.slip and bool(fitting))

    async def export(
        self,
        actor: Actor,
        query: BookingQuery,
        write: Callable[[str], object],
        on_rows: Callable[[int], None] = lambda _: None,
        habits: CsvHabits = PLAIN,
    ) -> Exported:
        """As that of ``ListingService``; each line says as of when it is, and whether the copy is complete."""
        found = self._all(self._chosen(actor, query))
        names = {each.branch_id: f"{each.city}, {each.name}" for each in self.copy.fleet.branches}
        head = self.copy.manifest.head
        stamp = (habits.stamp(moment(head.as_of)), "stored copy", "yes" if head.complete else "partial")
        sheet = _Sheet(names, self._moved(), stamp, habits)
        write(BOM + habits.line(_HEADS))
        kept = found[:MOST_EXPORTED]
        for at in range(0, len(kept), _BATCH):
            some = kept[at : at + _BATCH]
            write("".join(_line(row, sheet) for row in some))
            on_rows(at + len(some))
            await asyncio.sleep(0)
        return Exported(len(kept), complete=len(kept) == len(found))

    def _all(self, chosen: BookingSelection) -> list[Rental]:
        """One list after its pages: sorted once, and sliced for each."""
        asked = replace(chosen, offset=0, limit=1)
        if self._last is None or self._last[0] != asked:
            self._last = asked, listed(self._rows(), asked)
        return self._last[1]

    def _rows(self) -> Iterator[Rental]:
        since = milliseconds(kept_since(moment(self.copy.manifest.head.as_of)))
        gone, rentals = self.copy.books.gone, self.copy.books.rentals.values()
        return (row for row in rentals if row.created >= since and row.booking_id not in gone)

    def _moved(self) -> dict[str, dict[str, int]]:
        """Booking -> kind of posting -> what was posted, in minor units."""
        moved: dict[str, dict[str, int]] = {}
        for row in self.copy.books.postings:
            sums = moved.setdefault(row.booking_id, {})
            sums[row.kind] = sums.get(row.kind, 0) + row.minor
        return moved

    def _chosen(self, actor: Actor, query: BookingQuery) -> BookingSelection:
        """What is spelt as typed, or else what differs from it by one slip, as ``ListingService`` chooses."""
        self._must_be(actor)
        chosen = selection(actor, query)
        if chosen.sought is None or self._all(chosen):
            return chosen
        meant = forgiven(query.text, map(keys_of, self._rows()))
        return replace(chosen, sought=meant) if meant.ways else chosen

    def _must_be(self, actor: Actor) -> None:
        if actor.owner_id is None or actor.owner_id != self.copy.manifest.owner_id:
            raise Forbidden("this copy belongs to another owner")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the lines are written with. Attributes: ``stamp`` are the cells with which every line ends."""

    branches: Mapping[str, str]
    moved: Mapping[str, Mapping[str, int]]
    stamp: tuple[str, str, str]
    habits: CsvHabits


def _line(row: Rental, sheet: _Sheet) -> str:
    habits, stamp = sheet.habits, sheet.stamp
    if (damage := row.damage) is not None:
        blanks = ("",) * (len(_HEADS) - len(stamp) - 3)
        return habits.line((damage.line, DAMAGED, damage.reason, *blanks, *stamp))
    zone, moved = shown_zone(row.zone), sheet.moved.get(row.booking_id, {})
    back = moved.get(LedgerKind.REFUND, 0)
    return habits.line(
        (
            row.booking_id,
            row.standing.value,
            row.car,
            row.plate,
            habits.wall_time(moment(row.starts), zone),
            habits.wall_time(moment(row.ends), zone),
            row.zone,
            sheet.branches.get(row.branch_id, row.branch_id),
            habits.wall_time(moment(row.created), zone),
            str(row.days),
            habits.amount(row.price),
            habits.amount(Money(-back, row.currency) if back else None),
            row.reason,
            *map(habits.amount, _shares(moved, row.currency)),
            row.currency,
            *stamp,
        )
    )


def _shares(moved: Mapping[str, int], currency: str) -> tuple[Money | None, Money | None]:
    """The platform's and the owner's; None while nothing was taken."""
    if LedgerKind.CHARGE not in moved:
        return None, None
    platform = moved.get(LedgerKind.PLATFORM_SHARE, 0)
    net = moved[LedgerKind.CHARGE] + moved.get(LedgerKind.REFUND, 0) - platform
    return Money(platform, currency), Money(net, currency)
