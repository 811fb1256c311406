"""What a figure is made of: its bookings, their payments, and the commission each was agreed with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType

from engine.domain.money.ledger import LedgerKind, rentals_in
from engine.domain.reports.owner_aggregate import OwnBooks
from engine.domain.reports.owner_books import OwnCar, Posting, Rental, shared
from engine.domain.shared.errors import InvalidText

PAGE = 50
_LONGEST_PAGE = 200


class Figure(StrEnum):
    GROSS = auto()
    REFUNDS = auto()
    COMMISSION = auto()
    NET = auto()
    PER_CAR_DAY = auto()
    RENTALS = auto()
    LENGTH = auto()
    DAILY_RATE = auto()
    UTILISATION = auto()


#: Figures that are sums of postings -> the kinds they add up.
POSTED = MappingProxyType(
    {
        Figure.GROSS: (LedgerKind.CHARGE.value,),
        Figure.REFUNDS: (LedgerKind.REFUND.value,),
        Figure.COMMISSION: (LedgerKind.PLATFORM_SHARE.value,),
        Figure.NET: (LedgerKind.OWNER_SHARE.value,),
        Figure.PER_CAR_DAY: (LedgerKind.CHARGE.value, LedgerKind.REFUND.value),
    }
)
#: Figures about rentals that stand and were paid in the time asked for.
COUNTED = frozenset({Figure.RENTALS, Figure.LENGTH, Figure.DAILY_RATE})


@dataclass(frozen=True, slots=True)
class FigureQuestion:
    """Which bookings are behind *figure* in ``[since, until)`` (milliseconds since 1970)?

    Attributes:
        car_id, branch_id: Only what belongs to these, where given; a branch says nothing of utilisation.
    """

    figure: Figure
    since: int
    until: int
    currency: str
    car_id: str | None = None
    branch_id: str | None = None
    offset: int = 0
    limit: int = PAGE

    def __post_init__(self) -> None:
        """What reaches a database filter is what its type says (S9).

        Raises:
            InvalidText: A value of another type, or a page that is none; named by its field.
        """
        if not isinstance(self.figure, Figure):
            raise InvalidText("figure", "field.not_listed")
        for name in ("since", "until", "offset", "limit"):
            if type(getattr(self, name)) is not int:
                raise InvalidText(name, "field.whole")
        if self.offset < 0 or not 1 <= self.limit <= _LONGEST_PAGE:
            raise InvalidText("limit", "field.page", most=_LONGEST_PAGE)
        texts = (self.currency, self.car_id or "", self.branch_id or "")
        if not all(isinstance(text, str) for text in texts):
            raise InvalidText("currency", "field.no_text")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A booking and its part of the figure.

    Attributes:
        postings: All that the ledger says of it, also outside of the time asked for; oldest first.
        minor: Its part of a sum of money.
        rented_ms: Its part of the rented time; 0 for other figures.
    """

    rental: Rental
    postings: tuple[Posting, ...]
    minor: int
    rented_ms: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """A page of lines.

    Attributes:
        count: All bookings behind the figure; ``minor`` is the sum over all of them, not over the page.
        days: Their billed days, for figures about rentals.
    """

    question: FigureQuestion
    lines: tuple[SourceLine, ...]
    count: int
    minor: int = 0
    days: int = 0


def rented_part(rental: Rental, car: OwnCar | None, since: int, until: int) -> int:
    """How much of the rental is rented time: inside of what is asked, and while the car could be rented."""
    if car is None or not car.mine:
        return 0
    return sum(end - start for start, end in shared([(rental.starts, rental.ends)], car.active(since, until)))


def explained(books: OwnBooks, question: FigureQuestion) -> Explanation:
    """The answer out of plain rows."""
    if question.figure is Figure.UTILISATION:
        return _of_time(books, question)
    rows = _rows(books, question)
    if question.figure in COUNTED:
        rows = _counted(row for row in rows if books.rents(row))
    parts: dict[str, int] = {}
    for row in rows:
        parts[row.booking_id] = parts.get(row.booking_id, 0) + row.minor
    first = {row.booking_id: row.at for row in reversed(rows)}
    ordered = sorted(parts, key=lambda booking_id: (first[booking_id], booking_id))
    page = ordered[question.offset : question.offset + question.limit]
    lines = lines_of(page, books.rentals.values(), _postings_of(books, page), parts)
    days = sum(books.rentals[each].days for each in ordered) if question.figure in COUNTED else 0
    return Explanation(question, lines, len(ordered), sum(parts.values()), days)


def _counted(rows: Iterable[Posting]) -> list[Posting]:
    """Without bookings that came and went: a charge that is taken back takes its rental back too."""
    kept, rentals = list(rows), dict[str, int]()
    for row in kept:
        rentals[row.booking_id] = rentals.get(row.booking_id, 0) + rentals_in(row.source_id, row.minor)
    return [row for row in kept if rentals[row.booking_id]]


def postings_of(books: OwnBooks, booking_id: str) -> tuple[Posting, ...]:
    """All that the ledger says of a booking, oldest first."""
    return tuple(sorted(_postings_of(books, [booking_id]), key=_order))


def lines_of(
    page: Sequence[str], rentals: Iterable[Rental], postings: Iterable[Posting], parts: dict[str, int]
) -> tuple[SourceLine, ...]:
    """The lines of the bookings of *page*, in its order."""
    wanted = set(page)
    known = {rental.booking_id: rental for rental in rentals if rental.booking_id in wanted}
    of: dict[str, list[Posting]] = {booking_id: [] for booking_id in page}
    for row in postings:
        of[row.booking_id].append(row)
    return tuple(
        SourceLine(known[booking_id], tuple(sorted(of[booking_id], key=_order)), parts.get(booking_id, 0))
        for booking_id in page
        if booking_id in known
    )


def _order(row: Posting) -> tuple[int, str, str]:
    return row.at, row.source_id, row.kind


def _rows(books: OwnBooks, question: FigureQuestion) -> list[Posting]:
    kinds = POSTED.get(question.figure, (LedgerKind.CHARGE.value,))
    return [
        row
        for row in books.between(question.since, question.until)
        if row.kind in kinds
        and row.currency == question.currency
        and question.car_id in (None, row.car_id)
        and question.branch_id in (None, row.branch_id)
    ]


def _of_time(books: OwnBooks, question: FigureQuestion) -> Explanation:
    cars = {
        car.car_id: car
        for car in books.cars
        if car.mine and car.currency == question.currency and question.car_id in (None, car.car_id)
    }
    until = min(question.until, books.as_of)
    rentals = [rental for rental in books.counted(question.since, until) if rental.car_id in cars]
    rentals.sort(key=lambda rental: (rental.starts, rental.booking_id))
    page = rentals[question.offset : question.offset + question.limit]
    rows = _postings_of(books, [rental.booking_id for rental in page])
    lines = lines_of([rental.booking_id for rental in page], page, rows, {})
    timed = tuple(
        SourceLine(
            each.rental, each.postings, 0, rented_part(each.rental, cars[each.rental.car_id], question.since, until)
        )
        for each in lines
    )
    return Explanation(question, timed, len(rentals))


def _postings_of(books: OwnBooks, page: Sequence[str]) -> list[Posting]:
    wanted = set(page)
    return [row for row in books.postings if row.booking_id in wanted]
