"""The facts of a report out of plain rows, as the stored copy keeps them; the database's own sums must equal these."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.domain.ledger import LedgerKind
from engine.domain.ownbooks import Charged, Facts, Out, OwnBranch, OwnCar, Posting, Rental, Sum

_CHARGE = LedgerKind.CHARGE.value


@dataclass(frozen=True, slots=True)
class OwnBooks:
    """Everything of one owner.

    Attributes:
        postings: Ordered by ``at``.
        rentals: By the booking's id.
        paid: Ids of the bookings that were ever charged.
    """

    as_of: int
    postings: Sequence[Posting]
    rentals: Mapping[str, Rental]
    paid: frozenset[str]
    cars: tuple[OwnCar, ...]
    branches: tuple[OwnBranch, ...]
    complete: bool = True

    def facts(self, marks: tuple[int, ...]) -> Facts:
        """*marks*: see ``Facts``."""
        within = self.between(marks[0], marks[-1])
        return Facts(
            marks=marks,
            as_of=self.as_of,
            sums=_sums(within, marks),
            charged=_charged(within, self.rentals, marks),
            out=self._out(marks[0], marks[-1]),
            cars=self.cars,
            branches=self.branches,
            complete=self.complete,
        )

    def between(self, since: int, until: int) -> Sequence[Posting]:
        """The postings in ``[since, until)``."""
        first = bisect_right(self.postings, since - 1, key=_at)
        return self.postings[first : bisect_right(self.postings, until - 1, key=_at)]

    def counted(self, since: int, until: int) -> Iterable[Rental]:
        """Rentals that stand and were paid, and were out in ``[since, until)``."""
        paid = self.paid
        return (
            rental
            for rental in self.rentals.values()
            if rental.starts < until and rental.ends > since and rental.stands and rental.booking_id in paid
        )

    def _out(self, since: int, until: int) -> tuple[Out, ...]:
        times: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for rental in self.counted(since, until):
            times[rental.car_id].append((rental.starts, rental.ends))
        return tuple(Out(car_id, tuple(spans)) for car_id, spans in times.items())


def books_of(
    as_of: int,
    postings: Iterable[Posting],
    rentals: Iterable[Rental],
    cars: Iterable[OwnCar],
    branches: Iterable[OwnBranch],
    *,
    complete: bool = True,
) -> OwnBooks:
    rows = sorted(postings, key=_at)
    paid = frozenset(row.booking_id for row in rows if row.kind == _CHARGE)
    by_id = {rental.booking_id: rental for rental in rentals}
    return OwnBooks(as_of, rows, by_id, paid, tuple(cars), tuple(branches), complete)


def _at(row: Posting) -> int:
    return row.at


def _sums(rows: Iterable[Posting], marks: tuple[int, ...]) -> tuple[Sum, ...]:
    totals: dict[tuple[int, str, str, str, str], list[int]] = {}
    part, ends = 0, marks[1]
    for row in rows:
        while row.at >= ends:
            part += 1
            ends = marks[part + 1]
        key = (part, row.car_id, row.branch_id, row.currency, row.kind)
        if (total := totals.get(key)) is None:
            totals[key] = [row.minor, 1]
        else:
            total[0] += row.minor
            total[1] += 1
    return tuple(Sum(*key, *total) for key, total in totals.items())


def _charged(rows: Iterable[Posting], rentals: Mapping[str, Rental], marks: tuple[int, ...]) -> tuple[Charged, ...]:
    totals: dict[tuple[int, str, str, str], list[int]] = {}
    part, ends = 0, marks[1]
    for row in rows:
        if row.kind != _CHARGE or (rental := rentals.get(row.booking_id)) is None or not rental.stands:
            continue
        while row.at >= ends:
            part += 1
            ends = marks[part + 1]
        total = totals.setdefault((part, row.car_id, row.branch_id, row.currency), [0, 0, 0])
        total[0] += 1
        total[1] += rental.days
        total[2] += row.minor
    return tuple(Charged(*key, *total) for key, total in totals.items())
