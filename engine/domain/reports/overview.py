"""The firm at a glance: figures of the whole, each from bookings or ledger, none of two currencies added up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.domain.booking.booking import Booking
from engine.domain.booking.states import STANDING, BookingState, Standing
from engine.domain.car.car import Branch, BranchId
from engine.domain.money.money import Money
from engine.domain.people.people import Role
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.zones import shown_zone

#: The present month and those before it.
MONTHS = 12
PAGE = 50


@dataclass(frozen=True, slots=True)
class MoneyCell:
    """What moved in one month at one branch in one currency.

    Attributes:
        month: ``2026-11``, counted in the branch's own time zone.
        revenue_minor: Charges less what was given back.
        commission_minor: The platform's share of it.
    """

    month: str
    branch_id: BranchId
    currency: str
    revenue_minor: int
    commission_minor: int


@dataclass(frozen=True, slots=True)
class MoneyCells:
    """Attributes: ``unsummed`` counts the ledger rows left out because their amount is none."""

    cells: tuple[MoneyCell, ...] = ()
    unsummed: int = 0


@dataclass(frozen=True, slots=True)
class BranchCars:
    """Attributes: ``out`` counts the cars that were handed over and are not back (``FleetRow.out``)."""

    branch_id: BranchId
    name: str
    city: str
    active: int
    maintenance: int
    retired: int
    out: int

    @property
    def cars(self) -> int:
        """Those ``IN_SERVICE``."""
        return self.active + self.maintenance


@dataclass(frozen=True, slots=True)
class Counts:
    """Cars by branch, and bookings by state."""

    branches: tuple[BranchCars, ...]
    bookings: dict[BookingState, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """Figures of one moment.

    Attributes:
        months: All that are shown, the oldest first, also those in which nothing moved.
        bookings: State -> how many there are.
        users: Role -> accounts that are not disabled.
        unsummed: Ledger rows of these months whose amount is none, left out of ``money``.
    """

    at: datetime
    months: tuple[str, ...]
    branches: tuple[BranchCars, ...]
    bookings: dict[BookingState, int]
    users: dict[Role, int]
    money: tuple[MoneyCell, ...]
    unsummed: int = 0

    @property
    def currencies(self) -> tuple[str, ...]:
        """The one with the most movements first."""
        seen = [cell.currency for cell in self.money]
        return tuple(sorted(set(seen), key=lambda each: (-seen.count(each), each)))

    @property
    def out(self) -> int:
        return sum(branch.out for branch in self.branches)

    @property
    def rentable(self) -> int:
        return sum(branch.active for branch in self.branches)

    @property
    def cars(self) -> int:
        """Those ``IN_SERVICE``."""
        return sum(branch.cars for branch in self.branches)

    def standings(self) -> dict[Standing, int]:
        counted = dict.fromkeys(Standing, 0)
        for state, count in self.bookings.items():
            counted[STANDING[state]] += count
        return counted

    def by_month(self, currency: str) -> list[tuple[str, Money, Money]]:
        """Month, revenue and commission, for every month."""
        return [(month, *_sums(self.money, currency, month=month)) for month in self.months]

    def by_branch(self, currency: str) -> list[tuple[BranchCars, Money, Money]]:
        """Branch, revenue and commission of all months together."""
        return [(each, *_sums(self.money, currency, branch_id=each.branch_id)) for each in self.branches]

    def total(self, currency: str) -> tuple[Money, Money]:
        return _sums(self.money, currency)


def _sums(
    cells: Iterable[MoneyCell], currency: str, *, month: str | None = None, branch_id: BranchId | None = None
) -> tuple[Money, Money]:
    chosen = [
        cell
        for cell in cells
        if cell.currency == currency and month in (None, cell.month) and branch_id in (None, cell.branch_id)
    ]
    revenue = sum(cell.revenue_minor for cell in chosen)
    return Money(revenue, currency), Money(sum(cell.commission_minor for cell in chosen), currency)


@dataclass(frozen=True, slots=True)
class FirmPulse:
    """What just happened and what presses; never from memory.

    Attributes:
        latest: Made last, the newest first.
        holds: Not paid yet, the one that ends first before the others.
        cases: How many bookings need a person, payments that a restored database lacks, and disputes.
    """

    at: datetime
    latest: tuple[Booking | Damaged, ...]
    holds: tuple[Booking | Damaged, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class MoneyQuestion:
    """Which bookings are behind a sum? Of one month or of all shown, of one branch or of all."""

    months: tuple[str, ...]
    currency: str
    branch_id: BranchId | None = None
    offset: int = 0
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class BehindMoney:
    """One booking's part in a sum.

    Attributes:
        booking: A damaged one also where money is posted to a booking that does not exist.
        refunded: What was given back; negative or nought.
    """

    booking: Booking | Damaged
    charged: Money
    refunded: Money
    commission: Money

    @property
    def revenue(self) -> Money:
        return self.charged + self.refunded


@dataclass(frozen=True, slots=True)
class BehindPage:
    """Attributes: ``total`` counts all bookings of the question; ``revenue`` and ``commission`` are theirs together."""

    rows: tuple[BehindMoney, ...]
    total: int
    revenue: Money
    commission: Money


def months_until(now: datetime, branches: Iterable[Branch]) -> tuple[str, ...]:
    """The present month, wherever it began first, and those before it."""
    zones = [branch.clock for branch in branches] or [UTC]
    latest = max(now.astimezone(zone).replace(tzinfo=None) for zone in zones)
    count = latest.year * 12 + latest.month - 1
    return tuple(_month(each) for each in range(count - MONTHS + 1, count + 1))


def _month(count: int) -> str:
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def month_bounds(first: str, last: str, zone: str) -> tuple[datetime, datetime]:
    """From the beginning of *first* to the end of *last* on the wall of *zone*, half-open, in UTC.

    Raises:
        InvalidText: Not a month such as ``2026-11``.
    """
    tz = shown_zone(zone)
    (year, month), (last_year, last_month) = _parts(first), _parts(last)
    after = last_year * 12 + last_month
    return (
        datetime(year, month, 1, tzinfo=tz).astimezone(UTC),
        datetime(after // 12, after % 12 + 1, 1, tzinfo=tz).astimezone(UTC),
    )


def _parts(text: str) -> tuple[int, int]:
    try:
        begin = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 -- a month, no moment
    except (TypeError, ValueError) as problem:
        raise InvalidText("month", "field.month") from problem
    return begin.year, begin.month
