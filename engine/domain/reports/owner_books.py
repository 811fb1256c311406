"""An owner's books as plain rows: what every figure of the earnings is made of, online and from the stored copy.

Times are milliseconds since 1970 (UTC), so that tens of thousands of rows are read and added up in a blink.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.domain.booking.states import STANDING, TOOK_PLACE, BookingState, Standing
from engine.domain.car.car import CarStatus
from engine.domain.money.money import Money
from engine.domain.shared.damage import Damaged

#: A rental counts while its booking stands; whatever else became of it is money at the most.
STANDS = frozenset(state.value for state in (BookingState.CONFIRMED, *TOOK_PLACE))


#: The state of a row that stands for a booking that cannot be read; it counts nowhere.
DAMAGED = "damaged"
#: ISO 4217 for no currency at all.
_NO_CURRENCY = "XXX"


class Posting(NamedTuple):
    """A ledger row. ``kind`` is a ``LedgerKind``'s value; charges are positive, what was given back is negative."""

    booking_id: str
    kind: str
    source_id: str
    minor: int
    currency: str
    car_id: str
    branch_id: str
    at: int


class Rental(NamedTuple):
    """A booking as far as its car's owner needs it: nothing of the renter.

    ``starts`` and ``ends`` are half-open; ``days`` are the billed ones; ``commission_bp`` is the platform's share that
    was agreed on the day of booking; ``reason`` is the usual one for which money was given back, empty for none.
    """

    booking_id: str
    car_id: str
    car_label: str
    branch_id: str
    zone: str
    starts: int
    ends: int
    created: int
    state: str
    days: int
    minor: int
    currency: str
    commission_bp: int
    version: int
    reason: str = ""

    @property
    def id(self) -> str:
        return self.booking_id

    @property
    def stands(self) -> bool:
        return self.state in STANDS

    @property
    def damage(self) -> Damaged | None:
        """What is told instead of the rental, if it cannot be read; nothing else of it is true then."""
        return Damaged("bookings", self.booking_id, self.car_label) if self.state == DAMAGED else None

    @property
    def standing(self) -> Standing:
        return STANDING[BookingState(self.state)]

    @property
    def car(self) -> str:
        """Its name without the plate, both as they were on the day of booking."""
        return self.car_label.rpartition(" · ")[0]

    @property
    def plate(self) -> str:
        return self.car_label.rpartition(" · ")[2]

    @property
    def price(self) -> Money:
        return Money(self.minor, self.currency)


def damaged_rental(damaged: Damaged, created: int) -> Rental:
    """A line in the place of a booking that cannot be read; its reason stands where the car's name would."""
    return Rental(
        damaged.id, "", damaged.reason, "", "UTC", created, created, created, DAMAGED, 0, 0, _NO_CURRENCY, 0, 0
    )


@dataclass(frozen=True, slots=True)
class StatusSince:
    """What a car became, and when."""

    status: CarStatus
    since: int


@dataclass(frozen=True, slots=True)
class OwnCar:
    """A car with its history.

    Attributes:
        currency: Of its daily rate: the set of figures in which its time counts.
        mine: It belongs to the owner now. Money of a car that was given away still counts, its time no longer does.
        history: Oldest first, from when it joined the fleet; where nothing is known, the present status holds for all
            time.
        service: Its periods of service, also those to come; in no order. What was rented in one was cut out of it.
    """

    car_id: str
    label: str
    currency: str
    branch_id: str
    status: CarStatus
    mine: bool = True
    history: tuple[StatusSince, ...] = ()
    service: tuple[tuple[int, int], ...] = ()

    def rentable(self, since: int, until: int, out: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """When it was for rent and, unless it was *out* (in order, free of overlaps), not in service."""
        active = self.active(since, until)
        return less(active, less(merged(self.service), out)) if self.service else active

    def active(self, since: int, until: int) -> list[tuple[int, int]]:
        """When in ``[since, until)`` it was for rent: not in maintenance, not retired, and in the fleet already."""
        if not self.history:
            return [(since, until)] if self.status is CarStatus.ACTIVE and since < until else []
        spans = []
        ends = [entry.since for entry in self.history[1:]] + [until]
        for entry, end in zip(self.history, ends, strict=True):
            start, stop = max(entry.since, since), min(end, until)
            if entry.status is CarStatus.ACTIVE and start < stop:
                spans.append((start, stop))
        return spans


@dataclass(frozen=True, slots=True)
class OwnBranch:
    branch_id: str
    name: str
    city: str


class Sum(NamedTuple):
    """What was posted in one part of the time, of one kind, for one car at one branch."""

    part: int
    car_id: str
    branch_id: str
    currency: str
    kind: str
    minor: int


class Charged(NamedTuple):
    """The rentals that stand and were paid in one part of the time."""

    part: int
    car_id: str
    branch_id: str
    currency: str
    rentals: int
    days: int
    minor: int


@dataclass(frozen=True, slots=True)
class Out:
    """When a car was out with rentals that stand and were paid; in no order, may lie outside of what is asked."""

    car_id: str
    times: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report is computed from.

    Attributes:
        marks: Where the parts of the period before and then of the period itself begin, and the end.
        as_of: Until when it is known what happened; time after that counts nowhere.
        complete: Whether these are all rows there are; a stored copy may have been cut off while it was made.
        strays: How many bookings money was posted to that do not exist or are not of these cars; it counts nowhere.
    """

    marks: tuple[int, ...]
    as_of: int
    sums: tuple[Sum, ...]
    charged: tuple[Charged, ...]
    out: tuple[Out, ...]
    cars: tuple[OwnCar, ...]
    branches: tuple[OwnBranch, ...]
    complete: bool = True
    strays: int = 0


def merged(times: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same time without counting any of it twice, in order."""
    together: list[tuple[int, int]] = []
    for start, end in sorted(times):
        if together and start <= together[-1][1]:
            together[-1] = (together[-1][0], max(together[-1][1], end))
        elif start < end:
            together.append((start, end))
    return together


def shared(one: Iterable[tuple[int, int]], other: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The time that lies in both; each is in order and free of overlaps."""
    first, second = list(one), list(other)
    both, i, j = [], 0, 0
    while i < len(first) and j < len(second):
        (start, end), (low, high) = first[i], second[j]
        earlier = end < high
        # No min and max: see split.
        since, until = (start if start > low else low), (end if earlier else high)  # noqa: FURB136 -- as said
        if since < until:
            both.append((since, until))
        if earlier:
            i += 1
        else:
            j += 1
    return both


def less(times: Iterable[tuple[int, int]], taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """*times* without what is *taken*; each is in order and free of overlaps."""
    cuts, rest, at = list(taken), list[tuple[int, int]](), 0
    for start, end in times:
        since = start
        while at < len(cuts) and cuts[at][1] <= since:
            at += 1
        here = at
        while here < len(cuts) and cuts[here][0] < end:
            if since < cuts[here][0]:
                rest.append((since, cuts[here][0]))
            since = max(since, cuts[here][1])
            here += 1
        if since < end:
            rest.append((since, end))
    return rest


def split(times: Iterable[tuple[int, int]], marks: Sequence[int]) -> list[int]:
    """How much of *times* (in order, free of overlaps) lies between each mark and the next."""
    lengths = [0] * (len(marks) - 1)
    part, last = 0, len(lengths)
    for start, end in times:
        while part < last and marks[part + 1] <= start:
            part += 1
        at = part
        while at < last and (low := marks[at]) < end:
            # No min and max: this runs a hundred thousand times for a large fleet.
            high = marks[at + 1]
            lengths[at] += (end if end < high else high) - (start if start > low else low)  # noqa: FURB136 -- as said
            at += 1
    return lengths
