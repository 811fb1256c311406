"""Ledger rows of money that went back by hand: as it was posted, to the cent (docs/decisions/0045)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.booking.booking import Booking
from engine.domain.booking.unbelieved import PaymentNow, StoredBooking
from engine.domain.money.ledger import FURTHER, LEG, LedgerKind, LedgerRow, fact_of, legs_of
from engine.domain.money.money import Money
from engine.domain.money.payment import RefundFacts


def refund_postings(stored: StoredBooking, payment: PaymentNow, *, own: bool, now: datetime) -> tuple[LedgerRow, ...]:
    """What the ledger lacks of *payment*, whose money has gone back; *own*: the booking counts on it.

    What it posted of the payment is taken back as it was posted, to the cent. Where it posted nothing of a payment
    that the booking counts on, the payment itself is posted first, by the commission that its row says.
    """
    known = {row.source_id for row in stored.posted}
    charge = payment.intent.charge or payment.intent.payment_intent
    rows = [row for row in stored.posted if fact_of(row.source_id) in (charge, payment.intent.payment_intent)]
    new: list[LedgerRow] = []
    if not rows and own and stored.damaged is None and payment.intent.captured.minor > 0:
        new = rows = _charged(stored.booking, charge, payment.intent.captured, now)
    if not rows:
        return ()
    # Cars of one rental share what was posted.
    rows += [row for row in stored.posted if fact_of(row.source_id) == legs_of(stored.booking.id)]
    made = {each.refund_id for each in payment.refunds}
    before = [row for row in stored.posted if row.source_id.partition(LEG)[0] in made]
    missing = [each for each in payment.made if each.refund_id not in known]
    for n, refund in enumerate(reversed(missing)):
        last = n == len(missing) - 1
        part = _taken_back([*rows, *before], refund, now, whole=last and not payment.left.minor)
        new, before = [*new, *part], [*before, *part]
    return tuple(new)


def _charged(booking: Booking, source: str, amount: Money, at: datetime) -> list[LedgerRow]:
    platform = amount.share(booking.quote.commission_bp)
    shares = {
        LedgerKind.CHARGE: amount,
        LedgerKind.OWNER_SHARE: amount - platform,
        LedgerKind.PLATFORM_SHARE: platform,
    }
    place = booking.car_id, booking.owner_id, booking.branch_id
    return [
        LedgerRow(booking.id, booking.payment.id, kind, source, share, *place, at) for kind, share in shares.items()
    ]


def _taken_back(posted: Sequence[LedgerRow], refund: RefundFacts, at: datetime, *, whole: bool) -> list[LedgerRow]:
    """The rows of *refund*: all that is left of what was posted, or the platform's part of it by its share.

    A booking that is moved to another car takes its money along; of what several cars earned the last's goes first.
    """
    first = next((row for row in reversed(posted) if row.amount.minor > 0), posted[0])
    of_place: dict[tuple[str, str], list[LedgerRow]] = {}
    for row in posted:
        of_place.setdefault((row.car_id, row.owner_id), []).append(row)
    places = [_left(rows) for place, rows in of_place.items() if place != (first.car_id, first.owner_id)]
    last = _left(of_place[first.car_id, first.owner_id])
    exact = whole and refund.amount.minor == sum(each.total for each in (*places, last))
    earned = [each for each in reversed(places) if each.total > 0]
    # What nothing is left to be taken from stays with the last car.
    rest, rows = refund.amount.minor - sum(each.total for each in earned), list[LedgerRow]()
    amount = max(min(refund.amount.minor, last.total), rest)
    rows += _part_back(last, amount, refund, at, exact=exact)
    rest = refund.amount.minor - amount
    for n, each in enumerate(earned, 1):
        amount, rest = min(rest, each.total), rest - min(rest, each.total)
        if amount:
            source = f"{refund.refund_id}{LEG}{n}{FURTHER}"
            rows += (replace(row, source_id=source) for row in _part_back(each, amount, refund, at, exact=exact))
    return rows


@dataclass(frozen=True, slots=True)
class _Left:
    """Of one car: a row of it, and what is left of what was posted there, in minor units."""

    row: LedgerRow
    total: int
    platform: int


def _left(rows: Sequence[LedgerRow]) -> _Left:
    left = Counter[LedgerKind]()
    for row in rows:
        kind = LedgerKind.CHARGE if row.kind is LedgerKind.REFUND else row.kind
        left[kind] += row.amount.minor
    return _Left(rows[-1], left[LedgerKind.CHARGE], left[LedgerKind.PLATFORM_SHARE])


def _part_back(left: _Left, amount: int, refund: RefundFacts, at: datetime, *, exact: bool) -> list[LedgerRow]:
    share = left.platform if exact else (left.platform * amount) // left.total if left.total > 0 else 0
    parts = {
        LedgerKind.REFUND: amount,
        LedgerKind.OWNER_SHARE: amount - share,
        LedgerKind.PLATFORM_SHARE: share,
    }
    currency = refund.amount.currency
    return [
        replace(left.row, kind=kind, source_id=refund.refund_id, amount=Money(-minor, currency), at=at)
        for kind, minor in parts.items()
    ]
