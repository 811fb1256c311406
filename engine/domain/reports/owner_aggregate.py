"""The facts of a report out of plain rows, as the stored copy keeps them; the database's own sums must equal these."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.domain.money.ledger import MOVED, LedgerKind, rentals_in
from engine.domain.reports.owner_books import Charged, Facts, Out, OwnBranch, OwnCar, Posting, Rental, Sum
from engine.domain.shared.period import LONGEST

_CHARGE = LedgerKind.CHARGE.value
_LONGEST_MS = int(LONGEST.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class _Column:
    """Rows side by side, in order of time: what belongs together has the same place in ``names``.

    Sixty thousand rows are added up many times faster like this than as records.
    """

    ats: list[int]
    places: list[int]
    minors: list[int]
    days: list[int]
    rentals: list[int]
    names: list[tuple[str, ...]]

    def between(self, since: int, until: int) -> slice:
        return slice(bisect_left(self.ats, since), bisect_left(self.ats, until))


@dataclass(frozen=True, slots=True)
class _Times:
    """One car's rentals that count, by their start."""

    starts: list[int]
    times: list[tuple[int, int]]
    rentals: list[Rental]

    def between(self, since: int, until: int) -> slice:
        """Those that may reach into ``[since, until)``: no rental is longer than a year and a day."""
        return slice(bisect_left(self.starts, since - _LONGEST_MS), bisect_left(self.starts, until))


@dataclass(frozen=True, slots=True)
class OwnBooks:
    """Everything of one owner. Made by ``books_of``.

    Attributes:
        postings: Ordered by ``at``.
        rentals: By the booking's id.
        strays: Postings to bookings that are not among ``rentals``; they count nowhere, and are none of ``postings``.
        gone: Bookings that went on with another owner's car: their money came and went here.
    """

    as_of: int
    postings: Sequence[Posting]
    rentals: Mapping[str, Rental]
    cars: tuple[OwnCar, ...]
    branches: tuple[OwnBranch, ...]
    complete: bool
    posted: _Column
    charged: _Column
    out: Mapping[str, _Times]
    strays: tuple[Posting, ...] = ()
    gone: frozenset[str] = frozenset()

    def facts(self, marks: tuple[int, ...]) -> Facts:
        """*marks*: see ``Facts``."""
        since, until = marks[0], marks[-1]
        return Facts(
            marks=marks,
            as_of=self.as_of,
            sums=tuple(_sums(self.posted, marks)),
            charged=tuple(_charged(self.charged, marks)),
            out=tuple(Out(car, tuple(each.times[each.between(since, until)])) for car, each in self.out.items()),
            cars=self.cars,
            branches=self.branches,
            complete=self.complete,
            strays=len({row.booking_id for row in self.strays if since <= row.at < until}),
        )

    def between(self, since: int, until: int) -> Sequence[Posting]:
        """The postings in ``[since, until)``."""
        return self.postings[self.posted.between(since, until)]

    def rents(self, row: Posting) -> bool:
        """Whether it is for a rental that stands, with the car that the rental has now."""
        rental = self.rentals.get(row.booking_id)
        return rental is not None and _rents(rental, row.car_id)

    def counted(self, since: int, until: int) -> Iterable[Rental]:
        """Rentals that stand and were paid, and were out in ``[since, until)``."""
        for each in self.out.values():
            for rental in each.rentals[each.between(since, until)]:
                if rental.ends > since:
                    yield rental


def books_of(
    as_of: int,
    postings: Iterable[Posting],
    rentals: Iterable[Rental],
    cars: Iterable[OwnCar],
    branches: Iterable[OwnBranch],
    *,
    complete: bool = True,
) -> OwnBooks:
    by_id = {rental.booking_id: rental for rental in rentals}
    every = sorted(postings, key=_at)
    # The copy of which a part is missing may have a refund and not yet the older booking that it belongs to.
    strays = [row for row in every if complete and row.booking_id not in by_id]
    rows = [row for row in every if row.booking_id in by_id] if strays else every
    charges = [row for row in rows if row.kind == _CHARGE]
    standing = [row for row in charges if row.booking_id in by_id and _rents(by_id[row.booking_id], row.car_id)]
    return OwnBooks(
        as_of=as_of,
        postings=rows,
        rentals=by_id,
        cars=tuple(cars),
        branches=tuple(branches),
        complete=complete,
        strays=tuple(strays),
        gone=_gone(charges, by_id),
        posted=_column((row, (row.car_id, row.branch_id, row.currency, row.kind), 0) for row in rows),
        charged=_column(
            (row, (row.car_id, row.branch_id, row.currency), by_id[row.booking_id].days) for row in standing
        ),
        out=_out({row.booking_id for row in standing}, by_id),
    )


def _gone(charges: Iterable[Posting], rentals: Mapping[str, Rental]) -> frozenset[str]:
    cars: dict[str, set[str]] = defaultdict(set)
    for row in charges:
        if MOVED in row.source_id:
            cars[row.booking_id].add(row.car_id)
    return frozenset(each for each, had in cars.items() if each in rentals and rentals[each].car_id not in had)


def _rents(rental: Rental, car_id: str) -> bool:
    """Whether it stands, and with that car: of one that it had before there is money and no rental."""
    return rental.stands and rental.car_id == car_id


def _at(row: Posting) -> int:
    return row.at


def _column(rows: Iterable[tuple[Posting, tuple[str, ...], int]]) -> _Column:
    ats, places, minors, days, rentals = list[int](), list[int](), list[int](), list[int](), list[int]()
    known: dict[tuple[str, ...], int] = {}
    for row, name, count in rows:
        ats.append(row.at)
        places.append(known.setdefault(name, len(known)))
        minors.append(row.minor)
        days.append(count)
        rentals.append(rentals_in(row.source_id, row.minor))
    return _Column(ats, places, minors, days, rentals, list(known))


def _out(booking_ids: Iterable[str], rentals: Mapping[str, Rental]) -> dict[str, _Times]:
    of: dict[str, list[Rental]] = defaultdict(list)
    for booking_id in booking_ids:
        of[rentals[booking_id].car_id].append(rentals[booking_id])
    made = {}
    for car, each in of.items():
        each.sort(key=_start)
        made[car] = _Times([one.starts for one in each], [(one.starts, one.ends) for one in each], each)
    return made


def _start(rental: Rental) -> int:
    return rental.starts


def _sums(column: _Column, marks: tuple[int, ...]) -> Iterable[Sum]:
    for part in range(len(marks) - 1):
        within = column.between(marks[part], marks[part + 1])
        totals: dict[int, int] = {}
        for place, minor in zip(column.places[within], column.minors[within], strict=True):
            totals[place] = totals.get(place, 0) + minor
        for place, total in totals.items():
            car, branch, currency, kind = column.names[place]
            yield Sum(part, car, branch, currency, kind, total)


def _charged(column: _Column, marks: tuple[int, ...]) -> Iterable[Charged]:
    for part in range(len(marks) - 1):
        within = column.between(marks[part], marks[part + 1])
        rentals, days, minors = defaultdict[int, int](int), defaultdict[int, int](int), defaultdict[int, int](int)
        columns = column.places, column.days, column.minors, column.rentals
        for place, count, minor, sign in zip(*(each[within] for each in columns), strict=True):
            rentals[place] += sign
            days[place] += sign * count
            minors[place] += minor
        for place, count in rentals.items():
            car, branch, currency = column.names[place]
            yield Charged(part, car, branch, currency, count, days[place], minors[place])
