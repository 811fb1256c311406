"""What a renter gets back who cancels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.money.money import Money


@dataclass(frozen=True, slots=True)
class CancellationRule:
    """Who cancels at least so many hours before the pick-up gets that share back.

    Attributes:
        refund_bp: In basis points: 10,000 is everything.
    """

    hours_before: int
    refund_bp: int


@dataclass(frozen=True, slots=True)
class RefundQuote:
    """What cancelling now would mean, by the rules of the day of booking.

    Attributes:
        given_back: Zero for a booking that was not paid.
        kept: What the firm keeps.
    """

    given_back: Money
    kept: Money


def refund_for(price: Money, starts_at: datetime, rules: Iterable[CancellationRule], now: datetime) -> Money:
    """What is given back of *price* for cancelling *now*: the best rule whose notice is kept, else nothing."""
    notice = starts_at - now
    kept = [rule.refund_bp for rule in rules if notice >= timedelta(hours=rule.hours_before)]
    return price.share(max(kept, default=0))
