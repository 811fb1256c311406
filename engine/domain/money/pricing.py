"""What a rental costs. The one place where days are counted and prices made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum, auto
from typing import assert_never

from engine.domain.money.money import Money
from engine.domain.shared.period import RentalPeriod


class LineUnit(StrEnum):
    """What the ``count`` of a line counts."""

    DAY = auto()
    PIECE = auto()


class LineKind(StrEnum):
    """What a line of a price is for, as it is stored."""

    RENTAL = "day"  #: the car, for each billed day
    EXTRA = "extra"  #: a child seat and its like

    @property
    def unit(self) -> LineUnit:
        match self:
            case LineKind.RENTAL:
                return LineUnit.DAY
            case LineKind.EXTRA:
                return LineUnit.PIECE
        assert_never(self)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """``amount`` is always ``count`` times ``unit``."""

    kind: LineKind
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
        """Of the rental, as billed; zero where no line is for one."""
        return sum(line.count for line in self.lines if line.kind is LineKind.RENTAL)


def quote(daily_rate: Money, period: RentalPeriod, *, zone: tzinfo, commission_bp: int) -> Quote:
    """The price of *period* for a car standing in *zone*; whether it can be charged is for ``charging`` to say."""
    return Quote((QuoteLine(LineKind.RENTAL, period.billable_days(zone), daily_rate),), commission_bp)
