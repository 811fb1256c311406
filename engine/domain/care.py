"""Bookings that need a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.domain.booking import Booking
from engine.domain.damage import Damaged
from engine.domain.trouble import Why


@dataclass(frozen=True, slots=True)
class Case:
    """One booking that needs a person.

    Attributes:
        since: Since when it cannot go on (server time, UTC).
        code: That of the last error; empty if there was none.
    """

    booking: Booking
    why: Why
    since: datetime
    code: str = ""


@dataclass(frozen=True, slots=True)
class Cases:
    """Attributes: ``total`` counts all of them, not only this page's."""

    rows: tuple[Case | Damaged, ...] = ()
    total: int = 0
