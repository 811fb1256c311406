"""What a rental costs. The one place where days are counted and prices made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from engine.domain.money import Money
from engine.domain.period import RentalPeriod


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """``amount`` is always ``count`` times ``unit``."""

    kind: str
    count: int
    unit: Money

    @property
    def amount(self) -> Money:
        return self.unit.times(self.count)


@dataclass(frozen=True, slots=True)
class Quote:
    """A price with its reasons; shown, stored and charged as it is.

    Attributes:
        commission_bp: The platform's share in basis points, as agreed on the day of booking.
    """

    lines: tuple[QuoteLine, ...]
    commission_bp: int

    @property
    def total(self) -> Money:
        first, *rest = (line.amount for line in self.lines)
        return sum(rest, start=first)

    @property
    def days(self) -> int:
        return next(line.count for line in self.lines if line.kind == "day")


def quote(daily_rate: Money, period: RentalPeriod, *, zone: tzinfo, commission_bp: int) -> Quote:
    """The price of *period* for a car standing in *zone*; whether it can be charged is for ``charging`` to say."""
    return Quote((QuoteLine("day", period.billable_days(zone), daily_rate),), commission_bp)
