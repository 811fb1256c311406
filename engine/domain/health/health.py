"""How the deployment is: one finding for each thing looked at, and what to do where it is not well."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto

from engine.domain.shared.remark import Fact, Remark, remark

#: A sweep is due every minute; three in a row that nobody made are worth a look, and a quarter of an hour an alarm.
SWEEP_LATE, SWEEP_MISSING = timedelta(minutes=3), timedelta(minutes=15)
#: From here on a desk's own clock is so wrong that certificates and people will stumble over it.
CLOCK_WRONG = timedelta(minutes=1)
#: Back-ups are made daily; one that was left out may be a holiday.
BACKUP_LATE = timedelta(days=2)
#: Of a member: it gives no answer, or it is there and takes no part (it recovers, copies the data, was removed).
UNREACHABLE, NOT_READY = "unreachable", "not ready"
#: Of a member beside the one that this connection goes to.
NOT_ASKED = "not asked"
#: Detail of an ``Unavailable`` Redis that answers and keeps nothing new.
REDIS_FULL = "memory full"
#: Detail of one whose account may not do what this version needs.
REDIS_RIGHTS = "rights missing"
_MOST_TOLD = 20


class Level(StrEnum):
    GOOD = auto()
    UNKNOWN = auto()  #: could not be looked at
    WARNING = auto()  #: work goes on
    BAD = auto()


_WORST_LAST = (Level.GOOD, Level.UNKNOWN, Level.WARNING, Level.BAD)


class HealthArea(StrEnum):
    """What is looked at, in this order."""

    DATABASE = auto()
    CACHE = auto()
    STRIPE = auto()
    SWEEPER = auto()
    SCHEMA = auto()
    OVERLAPS = auto()
    CLAIMS = auto()
    AGREEMENTS = auto()
    MARKS = auto()
    SHIFTS = auto()
    ROWS = auto()
    TERMS = auto()
    LEDGER = auto()
    RECONCILE = auto()
    PAPERS = auto()
    BACKUP = auto()
    RESTORED = auto()
    VERSIONS = auto()


@dataclass(frozen=True, slots=True)
class BackupNote:
    """Word that somebody left of a back-up. Attributes: ``code`` tells why one failed; empty for one that is whole."""

    at: datetime
    by: str
    desk: str
    rows: int = 0
    size: int = 0
    code: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class RestoredFacts:
    """Of a database that was restored.

    Attributes:
        at, back_to: When, and to which moment (UTC).
        looking: The payments made since are not looked for yet.
        waiting: Payments without a booking, on which nobody decided yet.
        id: Of the life that it began.
        forged: Nothing else bears out that there was a restore.
    """

    at: datetime
    back_to: datetime
    by: str
    looking: bool
    waiting: int
    id: str = ""
    forged: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one area.

    Attributes:
        says: One sentence, or a few.
        facts: Name and value, for whoever looks closer; nothing secret goes in here. A name is a code, or what the
            value belongs to: a server's address, a currency.
        todo: What to do; None where nothing is.
        missed: The account may look at it, and it could not be looked at, or not at all of it.
    """

    area: HealthArea
    level: Level
    says: Remark
    facts: tuple[tuple[str, Fact], ...] = ()
    todo: Remark | None = None
    missed: bool = False


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Attributes: ``at`` is the server's time when the looking began, this machine's where no server answers."""

    at: datetime
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        return worst(finding.level for finding in self.findings)

    @property
    def missed(self) -> bool:
        """Whether something that the account may look at could not be looked at."""
        return any(finding.missed for finding in self.findings)


def worst(levels: Iterable[Level]) -> Level:
    return max(levels, key=_WORST_LAST.index, default=Level.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Member:
    """A server of the replica set as this machine sees it.

    Attributes:
        state: ``primary``, ``secondary``, ``arbiter``, ``UNREACHABLE``, ``NOT_READY`` or ``NOT_ASKED``.
    """

    address: str
    state: str
    round_trip: timedelta | None = None


def has_no_majority(members: tuple[Member, ...]) -> bool:
    """Whether too few can be reached from here to choose the one who leads."""
    return bool(members) and 2 * sum(each.state == UNREACHABLE for each in members) >= len(members)


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """Attributes: ``desk_off_by`` is the server's time less this machine's own."""

    version: str
    replica_set: str
    members: tuple[Member, ...]
    round_trip: timedelta
    desk_off_by: timedelta


@dataclass(frozen=True, slots=True)
class SchemaFacts:
    """What provisioning would change.

    Attributes:
        version: Of the stored shapes, as the database says it; None where nothing is recorded.
        looked: Collections and indexes that were compared.
        unseen: What the account may not look at.
    """

    version: int | None
    looked: int
    wrong: tuple[Remark, ...]
    unseen: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundFinding:
    """The last round of work in the background that somebody ended."""

    by: str
    desk: str
    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A booking that keeps its car."""

    booking_id: str
    car_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(slots=True)
class Overlaps:
    """Pairs of bookings that have one car at one time, found in claims of a car in the order of their ends."""

    looked: int = 0
    pairs: list[tuple[Claimed, Claimed]] = field(default_factory=list)

    def look(self, of_one_car: list[Claimed]) -> None:
        """All claims of a car; any order."""
        ordered = sorted(of_one_car, key=lambda each: (each.ends_at, each.starts_at))
        self.looked += len(ordered)
        for at, later in enumerate(ordered):
            for earlier in reversed(ordered[:at]):
                if earlier.ends_at <= later.starts_at:
                    break
                self.pairs.append((earlier, later))


def told(lines: Iterable[Fact]) -> tuple[Fact, ...]:
    """A few of many lines."""
    known = list(lines)
    rest = len(known) - _MOST_TOLD
    return (*known[:_MOST_TOLD], *([remark("and_more", rest=str(rest))] if rest > 0 else []))
