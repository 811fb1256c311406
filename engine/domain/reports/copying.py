"""The copy of an owner's books on this computer: what it is called, how much of it is there, what a sync brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from engine.domain.car.car import Car, OwnerId
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.reports.owner_aggregate import OwnBooks
from engine.domain.reports.owner_books import OwnBranch, OwnCar, Posting

LEDGER, BOOKINGS, FLEET, PICTURES = "ledger", "bookings", "fleet", "pictures"
#: Bookings of so many months are kept whole; of older ones those that were paid, which the figures need.
KEPT_MONTHS = 24
_YEAR = 12

#: Kind and name of a part -> what tells one state of it from another.
#: A part of a copy: of which kind it is, and its name.
CopyKey = tuple[str, str]
Prints = Mapping[CopyKey, str]
_NONE: Prints = MappingProxyType({})


def kept_since(as_of: datetime) -> datetime:
    """Bookings made from here on are all in a copy of *as_of*, whatever became of them; months are counted in UTC."""
    year, number = divmod(as_of.year * _YEAR + as_of.month - 1 - KEPT_MONTHS, _YEAR)
    return datetime(year, number + 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CopyHead:
    """What is known of a copy before it is unlocked.

    Attributes:
        name: The person's.
        as_of: Milliseconds since 1970 (UTC).
        complete: False while its first making was cut off.
    """

    account: AccountName
    name: str
    as_of: int
    complete: bool


@dataclass(frozen=True, slots=True)
class CopyManifest:
    """What belongs to a copy; a part that is missing, left over or of another state makes it damaged.

    Attributes:
        zone: IANA name of the zone in which the owner's days are counted.
        epoch: Of the database it was read from: a restore begins another. Empty for one that was never restored.
    """

    head: CopyHead
    owner_id: OwnerId
    zone: str
    prints: Prints = field(default_factory=lambda: _NONE)
    epoch: str = ""

    @property
    def actor(self) -> Actor:
        return Actor(self.head.account, self.head.name, Role.OWNER, owner_id=self.owner_id)


@dataclass(frozen=True, slots=True)
class StoredFleet:
    cars: tuple[Car, ...]
    own_cars: tuple[OwnCar, ...]
    branches: tuple[OwnBranch, ...]


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """A copy as it was read.

    Attributes:
        pictures: Thumbnails by the picture's id.
    """

    manifest: CopyManifest
    books: OwnBooks
    fleet: StoredFleet
    pictures: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class CopyNews:
    """What a sync found since the copy before.

    Attributes:
        since: When that was (milliseconds since 1970); None for a first copy, which has no news.
        rentals: Payments that came in.
        cars: Added, changed, or gone.
        money: Each row that came into the ledger with a rental or a refund, the newest first.
        anew: The database was restored from a back-up, and the copy was made anew.
    """

    since: int | None = None
    rentals: int = 0
    refunds: int = 0
    cars: int = 0
    anew: bool = False
    money: tuple[Posting, ...] = ()

    def __bool__(self) -> bool:
        return self.anew or (self.since is not None and bool(self.rentals or self.refunds or self.cars))
