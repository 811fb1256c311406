"""The firm's own rules, kept in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.domain.booking import HOLD


@dataclass(frozen=True, slots=True)
class FirmSettings:
    """Attributes: ``commission_bp`` is the platform's share of a rental in basis points (hundredths of a percent)."""

    currency: str = "EUR"
    commission_bp: int = 1500
    hold: timedelta = HOLD
