"""Drawers' shifts held against the bookings whose cash lies in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.domain.booking.booking import Booking
from engine.domain.counter.shift import CashMoveKind, Shift, ShiftState
from engine.domain.money.payment import Purpose
from engine.domain.shared.remark import Remark, remark


def shift_faults(shift: Shift, bookings: Iterable[Booking]) -> Iterator[Remark]:
    """What does not fit between a shift and *bookings*, which are all that it or they name, of one moment."""
    taken = dict(_cash_of(shift, bookings))
    moved = [move for move in shift.moves if move.kind is CashMoveKind.PAYMENT]
    told = {move.payment_id: move.amount for move in moved}
    if len(told) != len(moved):
        yield remark("shift.twice", shift=shift.id)
    for payment in sorted(told.keys() | taken.keys()):
        if payment not in taken:
            yield remark("shift.no_payment", shift=shift.id, payment=payment)
        elif payment not in told:
            yield remark("shift.no_move", shift=shift.id, payment=payment)
        elif told[payment] != taken[payment]:
            yield remark("shift.other_amount", shift=shift.id, payment=payment)
    counted, closed = shift.counted is not None, shift.state is ShiftState.CLOSED
    unsaid = shift.difference is not None and shift.difference.minor != 0 and not shift.reason
    if counted is (shift.state is ShiftState.OPEN) or (closed and unsaid):
        yield remark("shift.state", shift=shift.id)


def _cash_of(shift: Shift, bookings: Iterable[Booking]) -> Iterator[tuple[str, object]]:
    """Payment -> the cash that it says to have moved in the shift."""
    for booking in bookings:
        for payment in booking.payments:
            taken = payment.taken
            if taken is not None and taken.shift_id == shift.id and taken.cash is not None:
                yield payment.id, -taken.cash if payment.purpose is Purpose.GIVE_BACK else taken.cash
