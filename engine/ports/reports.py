"""The doors to what is reported: an owner's books and their copy on this computer, and the firm at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from engine.domain.booking.booking import Booking
from engine.domain.car.car import Branch, OwnerId
from engine.domain.people.people import AccountName, Role
from engine.domain.reports.copying import CopyKey, CopyManifest, OwnCopy, StoredFleet
from engine.domain.reports.figure_sources import Explanation, FigureQuestion
from engine.domain.reports.overview import BehindPage, Counts, MoneyCells, MoneyQuestion
from engine.domain.reports.owner_books import Facts, Posting, Rental
from engine.domain.shared.damage import Damaged


class OwnerBooks(Protocol):
    """An owner's books: the database's, or the copy on this computer.

    Raises:
        Unavailable: ``mongodb``, when they lie there and it does not answer.
    """

    async def facts(self, owner_id: OwnerId, marks: tuple[int, ...]) -> Facts:
        """All of one moment; *marks* see ``Facts``. A fixed number of commands, whatever the fleet and the time."""

    async def explained(self, owner_id: OwnerId, question: FigureQuestion) -> Explanation:
        """One page of the bookings behind a figure."""

    async def zone(self, owner_id: OwnerId) -> str:
        """IANA name of the zone in which most of the owner's cars stand; UTC without cars."""


class OverviewBook(Protocol):
    """Raises Unavailable("mongodb") and Forbidden. Each answer takes a fixed number of commands."""

    async def counts(self, branches: list[Branch]) -> Counts: ...

    async def users(self) -> dict[Role, int]: ...

    async def money(self, months: tuple[str, ...], branches: list[Branch]) -> MoneyCells: ...

    async def latest(self, limit: int) -> list[Booking | Damaged]: ...

    async def holds(self, limit: int) -> list[Booking | Damaged]:
        """Unpaid ones, the one that ends first before the others."""

    async def disputed(self) -> int:
        """How many payments are disputed and not decided."""

    async def restored(self) -> int:
        """Payments of before a restore on which nobody decided yet."""

    async def behind(self, question: MoneyQuestion) -> BehindPage:
        """The bookings whose money moved in those months, the latest movement first."""


class CopyMoment(Protocol):
    """The database at one moment."""

    @property
    def as_of(self) -> int: ...
    async def epoch(self) -> str: ...
    async def prints(self, kind: str) -> dict[str, str]: ...
    async def postings(self, month: str) -> list[Posting]: ...
    async def rentals(self, month: str) -> list[Rental]: ...
    async def fleet(self) -> StoredFleet: ...


class CopySource(Protocol):
    """Raises Unavailable("mongodb") from everything."""

    def moment(self, owner_id: OwnerId) -> AbstractAsyncContextManager[CopyMoment]: ...
    async def zone(self, owner_id: OwnerId) -> str: ...
    async def thumbnails(self, image_ids: list[str]) -> dict[str, bytes]: ...


class Vault(Protocol):
    """Blocks. Raises NoKeyring where nothing can be kept, CopyUnusable for what is damaged, and CopyOutOfReach.

    CopyLocked from all that reads or writes, while its PIN was not typed into this vault.
    """

    def manifest(self, account: AccountName) -> CopyManifest | None: ...
    def postings(self, account: AccountName, name: str) -> list[Posting]: ...
    def fleet(self, account: AccountName) -> StoredFleet | None: ...
    def load(self, account: AccountName) -> OwnCopy: ...
    def write(self, changes: Mapping[CopyKey, object | None], manifest: CopyManifest) -> None: ...
    def forget(self, account: AccountName) -> None: ...
    def clear(self, account: AccountName) -> None: ...
    def has_pin(self, account: AccountName) -> bool: ...
    def open(self, account: AccountName, pin: str) -> None: ...
    def change_pin(self, account: AccountName, old: str, new: str) -> None: ...
