"""What stands in the two tables of the shift: what moved in the drawer, and the shifts before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from desktop.models.rows import Column
from desktop.theme.tokens import Tone
from desktop.words.figures import amount, clock_time, day_time
from desktop.words.messages import booking_number
from engine.domain.booking.booking import BookingId
from engine.domain.counter.shift import CashMove, CashMoveKind, Shift, ShiftState
from engine.words.tr import tr

KINDS = {
    CashMoveKind.PAYMENT: tr("Payment"),
    CashMoveKind.TO_SAFE: tr("To the safe"),
    CashMoveKind.FROM_SAFE: tr("From the safe"),
}
STATES = {
    ShiftState.OPEN: (tr("Open"), Tone.POSITIVE),
    ShiftState.COUNTED: (tr("Counted, differs"), Tone.WARNING),
    ShiftState.CLOSED: (tr("Closed"), Tone.NEUTRAL),
}


def move_columns(zone: Callable[[], tzinfo]) -> list[Column[CashMove]]:
    def at(move: CashMove) -> str:
        return clock_time(move.at, zone())

    def what(move: CashMove) -> str:
        back = move.kind is CashMoveKind.PAYMENT and move.amount.minor < 0
        return tr("Given back") if back else KINDS[move.kind]

    def booking(move: CashMove) -> str:
        return booking_number(BookingId(move.payment_id.partition(":")[0])) if move.payment_id else ""

    def moved(move: CashMove) -> str:
        return signed(amount(move.amount), move.amount.minor)

    return [
        Column(tr("Time"), at, at, weight=2),
        Column(tr("What"), what, what, weight=3),
        Column(tr("Booking"), booking, booking, weight=4),
        Column(tr("By"), lambda move: move.by, lambda move: move.by, weight=3, spare=True),
        Column(tr("Amount"), moved, moved, numeric=True, weight=3),
    ]


def shift_columns(zone: Callable[[], tzinfo], now: Callable[[], datetime]) -> list[Column[Shift]]:
    def number(shift: Shift) -> str:
        return str(shift.number)

    def opened(shift: Shift) -> str:
        return day_time(shift.opened_at, zone(), now=now())

    def closed(shift: Shift) -> str:
        return "" if shift.closed_at is None else day_time(shift.closed_at, zone(), now=now())

    def counted(shift: Shift) -> str:
        return "" if shift.counted is None else amount(shift.counted)

    return [
        Column(tr("Shift"), number, number, numeric=True, weight=1),
        Column(
            tr("Standing"),
            lambda shift: STATES[shift.state][0],
            lambda shift: STATES[shift.state][0],
            tone=lambda shift: STATES[shift.state][1].value,
            weight=3,
        ),
        Column(tr("Opened"), opened, opened, weight=4),
        Column(tr("By"), lambda shift: shift.opened_by, lambda shift: shift.opened_by, weight=3),
        Column(tr("Closed"), closed, closed, weight=4, spare=True),
        Column(tr("Counted"), counted, counted, numeric=True, weight=3),
        Column(tr("Difference"), difference_words, difference_words, numeric=True, weight=3),
        Column(tr("Why"), lambda shift: shift.reason, lambda shift: shift.reason, weight=5, spare=True),
    ]


def difference_words(shift: Shift) -> str:
    """Signed; empty before it was counted."""
    difference = shift.difference
    return "" if difference is None else signed(amount(difference), difference.minor)


def signed(words: str, minor: int) -> str:
    return f"+{words}" if minor > 0 else words
