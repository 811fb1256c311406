"""What comparing the books found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.domain.money.ledger import LedgerKind
from engine.domain.reports.books import BookedMoney, BookEntry, Difference
from engine.domain.shared.damage import Damaged


@dataclass(frozen=True, slots=True)
class DaySums:
    """What moved on one day (UTC), by the ledger's rows."""

    taken: int = 0
    given_back: int = 0


@dataclass(slots=True)
class Report:
    """What the comparison found.

    Attributes:
        under_way: Payments that their desk has not seen yet and still will.
        by_hand: Unpaid bookings that an administrator has seen to.
        looked: Bookings with money or a car, of whatever date; ``posted`` counts the ledger's rows.
        not_asked: Of these, how many Stripe was not asked about, because enough was asked.
        cut_off: There was no time to walk over all bookings and ledger rows.
        own_prices: Bookings older than their car's series of terms: their prices were compared with themselves.
        disputes_unread: The Stripe key may not read disputes.
        damaged: What cannot be read.
        waits: Where only some bookings are looked at: those about whom there was no time to ask, in their order.
        stirs: Likewise, those that some engine is about to see to.
        sums: (tender, day, currency) -> what the ledger posted, of the days compared.
    """

    payments: int = 0
    bookings: int = 0
    under_way: int = 0
    drawn: int = 0
    by_hand: int = 0
    looked: int = 0
    posted: int = 0
    not_asked: int = 0
    cut_off: bool = False
    own_prices: int = 0
    disputes_unread: bool = False
    damaged: dict[tuple[str, str], Damaged] = field(default_factory=dict)
    sums: dict[tuple[str, str, str], DaySums] = field(default_factory=dict)
    found: dict[tuple[str, ...], Difference] = field(default_factory=dict)
    waits: list[str] = field(default_factory=list)
    stirs: list[str] = field(default_factory=list)

    @property
    def differences(self) -> list[Difference]:
        return sorted(self.found.values(), key=lambda each: (each.kind, each.booking_id, each.payment_intent))

    def add(self, difference: Difference) -> None:
        self.found[difference.kind, difference.booking_id, difference.payment_intent] = difference

    def add_damaged(self, damaged: Damaged) -> None:
        self.damaged[damaged.collection, damaged.id] = damaged

    def readable(self, rows: Iterable[BookedMoney | Damaged]) -> list[BookedMoney]:
        """Those of *rows*; the others are noted."""
        known = []
        for row in rows:
            if isinstance(row, Damaged):
                self.add_damaged(row)
            else:
                known.append(row)
        return known

    def add_up(self, tender: str, entry: BookEntry) -> None:
        key = (tender, entry.day, entry.amount.currency)
        before = self.sums.get(key, DaySums())
        taken, back = before.taken, before.given_back
        if entry.kind is LedgerKind.CHARGE:
            taken += entry.amount.minor
        else:
            back -= entry.amount.minor
        self.sums[key] = DaySums(taken, back)
