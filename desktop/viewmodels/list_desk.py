"""What a list of bookings needs of a desk: a signed-in one, or the copy on this computer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from engine.services.reports.stored_listing import StoredListing

if TYPE_CHECKING:
    from datetime import datetime

    from desktop.bridge import EngineThread
    from engine.domain.booking.listing import AnyBranch, BookingQuery, BookingRows, Listed
    from engine.domain.car.catalogue import CarsSought
    from engine.domain.people.people import Actor
    from engine.domain.reports.copying import OwnCopy
    from engine.domain.shared.csv_text import CsvHabits
    from engine.services.booking.listing import Exported


T = TypeVar("T")


class Lists(Protocol):
    """``ListingService``, or ``StoredListing``."""

    async def page(self, actor: Actor, query: BookingQuery) -> BookingRows[Listed]: ...
    async def export(
        self,
        actor: Actor,
        query: BookingQuery,
        write: Callable[[str], object],
        on_rows: Callable[[int], None] = ...,
        habits: CsvHabits = ...,
    ) -> Exported: ...


class Branches(Protocol):
    """``CatalogueService``, or ``StoredListing``."""

    async def branches(self, actor: Actor) -> Sequence[AnyBranch]: ...
    async def cars(self, actor: Actor, text: str) -> CarsSought: ...


class ListServices(Protocol):
    """See ``Services``, which is one."""

    @property
    def catalogue(self) -> Branches: ...
    @property
    def listing(self) -> Lists: ...


class ListDesk(Protocol):
    """See ``Desk``, which is one."""

    @property
    def bridge(self) -> EngineThread: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def services(self) -> ListServices: ...
    def now(self) -> datetime: ...
    async def call(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T: ...


@dataclass(frozen=True, slots=True)
class StoredLists:
    """A copy's list; it knows its branches itself."""

    listing: StoredListing

    @property
    def catalogue(self) -> StoredListing:
        return self.listing


@dataclass(frozen=True, slots=True)
class StoredListDesk:
    """A copy's desk. Attributes: ``now`` is this computer's time (UTC): no server's is known."""

    bridge: EngineThread
    actor: Actor
    now: Callable[[], datetime]
    services: StoredLists

    async def call(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return await self.bridge.call(make)


def stored_desk(bridge: EngineThread, actor: Actor, now: Callable[[], datetime], copy: OwnCopy) -> StoredListDesk:
    return StoredListDesk(bridge, actor, now, StoredLists(StoredListing(copy)))
