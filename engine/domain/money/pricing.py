"""What a rental costs. The one place where days are counted and prices made."""

from __future__ import annotations

from collections.abc import Iterable
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
    HOUR = auto()
    KM = auto()
    EIGHTH = auto()  #: of a tank
    PERCENT = auto()  #: of a battery


class LineKind(StrEnum):
    """What a line of a price is for, as it is stored."""

    RENTAL = "day"  #: the car, for each billed day
    EXTRA = "extra"  #: a child seat and its like
    PICKUP_CLOSED = "pickup_closed"  #: somebody comes for a pick-up out of hours
    RETURN_CLOSED = "return_closed"  #: and for a return
    KEY_BOX = "key_box"  #: a return out of hours without anybody there
    SPECIAL_DAY = "special_day"  #: a pick-up or a return on a day with a fee
    EXTENDED = "extended"  #: days that were added while the car was out
    SHORTENED = "shortened"  #: and days that were not needed
    LATE_DAY = "late_day"  #: a car that came back late
    LATE_HOUR = "late_hour"
    KM = "km"  #: kilometres beyond those that are free
    FUEL = "fuel"  #: what is missing in the tank
    BATTERY = "battery"  #: and in the battery
    CLEANING = "cleaning"
    NO_SHOW = "no_show"  #: nobody came for the car
    ONE_WAY = "one_way"  #: brought to another branch than was agreed

    @property
    def unit(self) -> LineUnit:  # noqa: PLR0911 -- one for each
        match self:
            case LineKind.RENTAL | LineKind.EXTENDED | LineKind.SHORTENED | LineKind.LATE_DAY:
                return LineUnit.DAY
            case LineKind.LATE_HOUR:
                return LineUnit.HOUR
            case LineKind.KM:
                return LineUnit.KM
            case LineKind.FUEL:
                return LineUnit.EIGHTH
            case LineKind.BATTERY:
                return LineUnit.PERCENT
            case LineKind.CLEANING | LineKind.NO_SHOW | LineKind.ONE_WAY:
                return LineUnit.PIECE
            case LineKind.EXTRA | LineKind.SPECIAL_DAY:
                return LineUnit.PIECE
            case LineKind.PICKUP_CLOSED | LineKind.RETURN_CLOSED | LineKind.KEY_BOX:
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


def quote(
    daily_rate: Money, period: RentalPeriod, *, zone: tzinfo, commission_bp: int, fees: Iterable[QuoteLine] = ()
) -> Quote:
    """The price of *period* for a car standing in *zone*; whether it can be charged is for ``charging`` to say.

    Raises:
        CurrencyMismatch: A fee is in another currency than the car's rate.
    """
    price = Quote((QuoteLine(LineKind.RENTAL, period.billable_days(zone), daily_rate), *fees), commission_bp)
    price.total  # noqa: B018 -- adds up now, or never
    return price
