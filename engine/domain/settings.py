"""The firm's own rules, kept in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.domain.booking import HOLD
from engine.domain.cancellation import CancellationRule

_USUAL = (CancellationRule(48, 10_000), CancellationRule(0, 5_000))


@dataclass(frozen=True, slots=True)
class FirmSettings:
    """What the firm agreed on.

    Attributes:
        commission_bp: The platform's share of a rental in basis points (hundredths of a percent).
        cancellation: Who cancels when gets how much back; the longest notice first.
    """

    currency: str = "EUR"
    commission_bp: int = 1500
    hold: timedelta = HOLD
    cancellation: tuple[CancellationRule, ...] = _USUAL
