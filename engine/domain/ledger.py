"""Money that moved: rows that are added and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.booking import Booking
from engine.domain.money import Money


class LedgerKind(StrEnum):
    CHARGE = auto()
    REFUND = auto()
    OWNER_SHARE = auto()
    PLATFORM_SHARE = auto()


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One movement of money.

    Attributes:
        source_id: Stripe's id of the fact; with booking and kind it is unique, so one fact posts once.
    """

    booking_id: str
    kind: LedgerKind
    source_id: str
    amount: Money
    car_id: str
    owner_id: str
    branch_id: str
    at: datetime


def charge_rows(booking: Booking, source_id: str, at: datetime) -> tuple[LedgerRow, LedgerRow, LedgerRow]:
    """A captured payment: the charge, and its two shares, which add up to it."""
    platform = booking.price.share(booking.quote.commission_bp)
    parts = (
        (LedgerKind.CHARGE, booking.price),
        (LedgerKind.OWNER_SHARE, booking.price - platform),
        (LedgerKind.PLATFORM_SHARE, platform),
    )
    charge, owner, share = (
        LedgerRow(booking.id, kind, source_id, amount, booking.car_id, booking.owner_id, booking.branch_id, at)
        for kind, amount in parts
    )
    return charge, owner, share
