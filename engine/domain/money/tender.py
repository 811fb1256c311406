"""How a payment is made, and what a person saw of one that changed hands at the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.money.money import Money
from engine.domain.people.people import AccountName


class Tender(StrEnum):
    """How a payment is made."""

    CHECKOUT = auto()  #: on a payment page of Stripe's
    COUNTER = auto()  #: at the counter, when the car is handed over or comes back; nothing was taken yet
    CASH = auto()
    TERMINAL = auto()  #: a card terminal of the firm's own, of which the program knows a reference only
    BANK = auto()  #: a transfer that arrived


#: How money changes hands at the counter.
AT_THE_COUNTER = (Tender.CASH, Tender.TERMINAL, Tender.BANK)


@dataclass(frozen=True, slots=True)
class Taken:
    """How a payment changed hands at the counter, seen by a person; nobody else knows.

    Attributes:
        at: Server time, UTC.
        cash: What went into the drawer, or out of it; the amount rounded to coins that there are. None if no cash.
        received: What the renter put on the counter; the change is what it is above ``cash``. None if no cash.
        reference: Approval code, or what the transfer was for; empty for cash. Never a card's number.
        shift_id: The drawer's shift; empty if no cash.
    """

    at: datetime
    by: AccountName
    cash: Money | None = None
    received: Money | None = None
    reference: str = ""
    shift_id: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """How money is handed across the counter.

    Attributes:
        amount: What of the balance it settles; positive.
        received: What the renter put down in cash; None for exactly what is due, and for every other tender.
        reference: Approval code of the terminal, or what a transfer was for.
    """

    tender: Tender
    amount: Money
    received: Money | None = None
    reference: str = ""
