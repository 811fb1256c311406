"""What the firm knows of a renter beside the details: blocks, who changed it last, and what it was merged with."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.booking.booking import Booking
from engine.domain.firm.audit import AuditRow
from engine.domain.people.bill_to import NOWHERE, BillTo
from engine.domain.people.driving import DRIVING
from engine.domain.people.people import Renter, RenterId
from engine.domain.shared.damage import Damaged
from engine.domain.shared.text import search_key

#: Blocks that are over are kept so many; the audit has all of them.
MOST_PAST_BLOCKS = 50
#: Renters who are known to be somebody else though they share a telephone.
MOST_OTHERS = 50
#: Others with the same e-mail address or telephone who are told of.
MOST_TWINS = 10
#: Notes that are kept with a renter, the newest; the audit has all of them.
MOST_NOTES = 100
#: Bookings that follow a merged renter in one transaction.
MOVED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Block:
    """Nothing new is booked for a renter.

    Attributes:
        by: The account that decided it.
        until: Not included (UTC); None until somebody lifts it.
    """

    reason: str
    by: str
    since: datetime
    until: datetime | None = None

    def holds_at(self, moment: datetime) -> bool:
        return self.until is None or moment < self.until


@dataclass(frozen=True, slots=True)
class PastBlock:
    """Attributes: ``by``, ``at`` and ``note`` say who lifted it, when and why."""

    block: Block
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote down; it stays within the firm. Attributes: ``by`` is the account."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RenterFile:
    """A renter as the firm keeps one.

    Attributes:
        version: Counts the changes by people; every change is a compare-and-set on it.
        changed_by, changed_at: The last of them; empty and None for rows of before they were noted.
        block: The last one, until somebody lifts it; it may have run out.
        past_blocks: Those that were lifted, the newest last.
        not_same: Who is known to be somebody else.
        merged_into: The renter whose bookings these are now; this one is only a way there.
        notes: The newest last.
        bill_to: Empty until somebody says it.
    """

    renter: Renter
    version: int = 1
    changed_by: str = ""
    changed_at: datetime | None = None
    block: Block | None = None
    past_blocks: tuple[PastBlock, ...] = ()
    not_same: tuple[RenterId, ...] = ()
    merged_into: RenterId | None = None
    notes: tuple[Note, ...] = ()
    bill_to: BillTo = NOWHERE

    @property
    def id(self) -> RenterId:
        return self.renter.id

    @property
    def order(self) -> str:
        """Where it stands in lists by name; empty for one that no list shows."""
        return "" if self.merged_into else search_key(self.renter.name) or self.renter.name

    def blocked_at(self, moment: datetime) -> Block | None:
        return self.block if self.block is not None and self.block.holds_at(moment) else None

    def changed(self, by: str, at: datetime, **changes: object) -> RenterFile:
        """The next version."""
        return replace(self, version=self.version + 1, changed_by=by, changed_at=at, **changes)  # type: ignore[arg-type]  # fields by name

    def lifted(self, by: str, at: datetime, note: str) -> RenterFile:
        """The next version, without its block."""
        past = self.past_blocks if self.block is None else (*self.past_blocks, PastBlock(self.block, by, at, note))
        return self.changed(by, at, block=None, past_blocks=past[-MOST_PAST_BLOCKS:])

    def noted(self, *notes: Note) -> RenterFile:
        """The same version with *notes* among its own, in the order of time."""
        every = sorted((*self.notes, *notes), key=lambda note: note.at)
        return replace(self, notes=tuple(every)[-MOST_NOTES:])

    def apart_from(self, others: tuple[RenterId, ...], by: str, at: datetime) -> RenterFile:
        """The next version, which knows that *others* are somebody else."""
        known = tuple(dict.fromkeys((*self.not_same, *others)))
        return self.changed(by, at, not_same=known[-MOST_OTHERS:])

    @property
    def facts(self) -> Mapping[str, str]:
        """For the audit: the details, in words."""
        renter, bill_to = self.renter, self.bill_to
        told = {
            **{name: getattr(renter, name) for name in DRIVING},
            "address": bill_to.address,
            "company": bill_to.company,
            "vat_id": bill_to.vat_id,
        }
        return {
            "name": renter.name,
            "email": renter.email,
            "phone": renter.phone,
            "licence": renter.licence,
            **{name: value for name, value in told.items() if value},
        }


class Shared(StrEnum):
    """What two renters have in common."""

    EMAIL = auto()
    PHONE = auto()


@dataclass(frozen=True, slots=True)
class Twin:
    """Somebody who may be the same person.

    Attributes:
        shared: Not empty.
        bookings: How many there are.
    """

    file: RenterFile
    shared: frozenset[Shared]
    bookings: int = 0


class RenterOrder(StrEnum):
    NAME = auto()
    CHANGED = auto()  #: made or changed last


@dataclass(frozen=True, slots=True)
class RenterQuery:
    """What a person asks for.

    Attributes:
        text: As for every search for renters.
        country: ISO 3166; where a telephone number without a + belongs.
        blocked: Only those who are blocked now.
    """

    text: str = ""
    country: str = ""
    blocked: bool = False
    order: RenterOrder = RenterOrder.NAME
    descending: bool = False


@dataclass(frozen=True, slots=True)
class RenterPage:
    """Attributes: ``total`` counts all of the query, up to ``listing.COUNT_CAP``; ``slip`` as for ``RentersFound``."""

    rows: tuple[RenterFile | Damaged, ...]
    offset: int
    total: int
    slip: bool = False


@dataclass(frozen=True, slots=True)
class RentersFound:
    """The first renters that a text finds, those before all others that begin with it.

    Attributes:
        total: All there are, up to ``listing.COUNT_CAP``.
        slip: Nothing is spelt as typed; these differ from it by one sign.
    """

    rows: tuple[Renter | Damaged, ...] = ()
    total: int = 0
    slip: bool = False


@dataclass(frozen=True, slots=True)
class RenterHistory:
    """One page of a renter's bookings, the newest pick-up first; those of merged renters are among them."""

    rows: tuple[Booking | Damaged, ...]
    offset: int
    total: int


@dataclass(frozen=True, slots=True)
class RenterChanges:
    """One page of what was done to a renter's row, the newest first."""

    rows: tuple[AuditRow | Damaged, ...]
    offset: int
    total: int


@dataclass(frozen=True, slots=True)
class RenterLook:
    """What the page of a renter shows.

    Attributes:
        twins: Who may be the same person and is not known to be somebody else.
        bookings: How many there are.
        since: When the first of them was made (UTC).
        unmoved: Bookings of merged renters that were not moved yet, because a merge was cut off.
    """

    file: RenterFile
    twins: tuple[Twin, ...] = ()
    bookings: int = 0
    since: datetime | None = None
    unmoved: int = 0


@dataclass(frozen=True, slots=True)
class Merge:
    """Two renters who are one person, as somebody saw them.

    Attributes:
        keep, gone: Who stays, and whose bookings follow.
        keep_version, gone_version: What was looked at when it was decided.
        name, email, phone, licence: As they are to be from now on, as typed or taken from one of the two.
    """

    keep: RenterId
    keep_version: int
    gone: RenterId
    gone_version: int
    name: str
    email: str
    phone: str
    licence: str


def shared(one: Renter, other: Renter) -> frozenset[Shared]:
    """What *one* and *other* have in common; addresses are compared without case, letter by letter."""
    found = set()
    if _address(one.email) == _address(other.email):
        found.add(Shared.EMAIL)
    if one.phone == other.phone:
        found.add(Shared.PHONE)
    return frozenset(found)


def _address(email: str) -> str:
    return unicodedata.normalize("NFC", email).lower()
