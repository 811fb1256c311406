"""The door to what is known of renters."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.domain.booking.booking import Booking
from engine.domain.firm.audit import AuditRow
from engine.domain.people.people import Renter, RenterId
from engine.domain.people.renters import RenterChanges, RenterFile, RenterHistory, RenterOrder, RenterPage
from engine.domain.shared.damage import Damaged
from engine.domain.shared.sought import Sought


class Renters(Protocol):
    """Raises Unavailable("mongodb") from every method, as ``Store`` does."""

    async def page(
        self,
        wanted: Sought | None,
        *,
        blocked_at: datetime | None,
        order: RenterOrder,
        descending: bool,
        offset: int,
        limit: int,
    ) -> RenterPage:
        """Those who hold what is *wanted* (None: all), *blocked_at* a moment (None: any)."""

    async def meant(self, text: str) -> Sought:
        """What *text* means with one slip, by what the renters are found by."""

    async def file(self, renter_id: RenterId) -> RenterFile:
        """The renter, or whom it was merged into. Raises: NotFound, DamagedRow."""

    async def alike(self, renter: Renter, limit: int) -> list[RenterFile]:
        """Others with its e-mail address or telephone as they are compared, found by index; merged ones are none."""

    async def add(self, file: RenterFile, row: AuditRow) -> None: ...

    async def change(self, file: RenterFile, row: AuditRow) -> None:
        """Compare-and-set on the version before; a new name goes to what is open of its bookings, too.

        Raises:
            RenterOvertaken: The stored one is not the version before.
            RenterMerged: It was merged into another one.
        """

    async def merge(self, keep: RenterFile, gone: RenterFile, row: AuditRow) -> None:
        """Compare-and-set of both, *gone* pointing to *keep*. From then on nothing is booked for *gone*.

        Raises:
            RenterOvertaken, RenterMerged: As for ``change``.
            RenterHasAccount: Somebody signs in as *gone*.
        """

    async def move_some(self, gone: RenterId, keep: RenterFile, row: AuditRow, limit: int) -> int:
        """Up to *limit* bookings of *gone* become those of *keep*; *row* is written with their numbers. How many."""

    async def merged(self, renter_id: RenterId) -> list[RenterId]:
        """Who was merged into it."""

    async def history(
        self, renter_ids: Sequence[RenterId], offset: int, limit: int, *, paid: bool = False
    ) -> RenterHistory:
        """Their bookings, the newest pick-up first; *paid* are those for which money moved, or may yet."""

    async def changes(self, renter_ids: Sequence[RenterId], offset: int, limit: int) -> RenterChanges:
        """What the audit has of them, the newest first."""

    async def open_bookings(self, renter_id: RenterId, limit: int) -> list[Booking]:
        """Those that keep a car, the next pick-up first."""

    async def count(self, renter_ids: Sequence[RenterId]) -> int:
        """Of their bookings, up to ``listing.COUNT_CAP``."""

    async def first_at(self, renter_ids: Sequence[RenterId]) -> datetime | None:
        """When the first of their bookings was made (UTC)."""


class RenterDirectory(Protocol):
    """Who a booking can be for; ``Renters`` keeps what the firm knows of each."""

    async def renter(self, renter_id: RenterId) -> Renter:
        """Of somebody merged, whom it is now. Raises: NotFound, DamagedRow."""

    async def bookable(self, renter_id: RenterId, now: datetime) -> Renter:
        """Whom a booking is for, as stored half a second ago or later; of somebody merged, whom it is now.

        Raises:
            NotFound, DamagedRow.
            RenterBlocked: Nothing new is booked for the renter.
        """

    async def renters(self, beginnings: Sequence[str], limit: int) -> list[Renter | Damaged]:
        """Those one of whose ``keys`` begins with one of *beginnings*, by key; nothing in them is a pattern."""

    async def renters_sought(self, wanted: Sought, limit: int) -> list[Renter | Damaged]:
        """Those whose ``parts`` hold what is *wanted*, by key."""

    async def count_renters(self, wanted: Sought) -> int: ...  # up to ``listing.COUNT_CAP``

    async def renter_ids(self, wanted: Sought, limit: int) -> tuple[RenterId, ...]: ...

    async def telephones(self, renter_ids: Collection[RenterId]) -> Mapping[RenterId, str]:
        """Of those who can be read."""

    async def renters_meant(self, text: str) -> Sought:
        """What *text* means with one slip, by what the renters are found by; nothing if they bear none out."""
