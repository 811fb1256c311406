"""Lists of bookings: what is asked for, and a page of what is there."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.booking import Booking
from engine.domain.car import BranchId
from engine.domain.people import AccountName


@dataclass(frozen=True, slots=True)
class BookingQuery:
    """Attributes: ``booked_by`` and ``branch_id`` narrow where given; newest first."""

    booked_by: AccountName | None = None
    branch_id: BranchId | None = None
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class BookingRows:
    """Attributes: ``total`` counts all rows of the query."""

    rows: tuple[Booking, ...]
    total: int
