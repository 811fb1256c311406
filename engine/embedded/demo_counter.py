"""The demo's counter: a few reservations that are paid when the car goes out, and the shifts of the clerk's drawer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.bookings import booking_document, booking_of
from engine.adapters.mongo.codec.documents import ledger_document
from engine.adapters.mongo.codec.reading import sound
from engine.adapters.mongo.codec.shifts import shift_document
from engine.domain.booking.balance import with_taken
from engine.domain.booking.booking import Booking, paid_at_the_counter
from engine.domain.booking.states import BookingState
from engine.domain.car.car import BranchId
from engine.domain.counter.shift import FIRST_DRAWER, CashMove, CashMoveKind, Shift, ShiftId, ShiftState
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.ledger import counter_rows
from engine.domain.money.money import Money
from engine.domain.money.tender import Taken, Tender
from engine.embedded.demo_people import DemoAccount

#: How many reservations are paid at the counter; something was put down for the first.
_UNPAID = 4
_SOON = timedelta(days=4)
_FLOAT, _MISSING, _PART = 150_00, 2_00, 40_00
_DAY = timedelta(hours=11)


async def stand_at_the_counter(db: Database, clerk: DemoAccount, now: datetime) -> None:
    """At the branch of *clerk*, as it is written once; no page was ever opened for these bookings."""
    branch_id = clerk.branch_id or BranchId("")
    unpaid = await _to_be_paid(db, branch_id, now)
    currency = unpaid[0].price.currency if unpaid else "EUR"
    begun = now - timedelta(hours=2)
    shift = Shift(ShiftId("sh-demo-2"), branch_id, FIRST_DRAWER, 2, clerk.account, begun, Money(_FLOAT, currency))
    for booking in unpaid[:1]:
        shift = await _put_down(db, booking, shift, now)
    await db.shifts.insert_many([shift_document(_yesterdays(shift)), shift_document(shift)])


async def _to_be_paid(db: Database, branch_id: BranchId, now: datetime) -> list[Booking]:
    """Some reservations of the next days, as they are stored from here on: nothing was taken for them."""
    wanted: Document = {
        "branch_id": branch_id,
        "state": BookingState.CONFIRMED,
        "starts_at": {"$gt": now, "$lt": now + _SOON},
    }
    found = sound("bookings", await db.bookings.find(wanted).sort("starts_at", 1).to_list(), booking_of)
    ahead = FirmSettings().unpaid_ahead
    near = [each for each in found if each.period.starts_at <= each.created_at + ahead][:_UNPAID]
    unpaid = [replace(each, payments=(paid_at_the_counter(each.id, each.price),)) for each in near]
    for each in unpaid:
        await db.ledger.delete_many({"booking_id": each.id})
        await db.bookings.replace_one({"_id": each.id}, booking_document(each))
    return unpaid


async def _put_down(db: Database, booking: Booking, shift: Shift, now: datetime) -> Shift:
    """The renter left something in cash an hour ago."""
    at, part = now - timedelta(hours=1), Money(min(_PART, booking.price.minor), booking.price.currency)
    taken = Taken(at, shift.opened_by, part, part, "", shift.id)
    after = with_taken(booking, Tender.CASH, part, taken)
    payment = after.payments[-1]
    await db.bookings.replace_one({"_id": booking.id}, booking_document(after))
    rows = counter_rows(booking, payment, at, posted=False)
    await db.ledger.insert_many([ledger_document(row) for row in rows])
    move = CashMove(CashMoveKind.PAYMENT, part, at, shift.opened_by, payment.id)
    return replace(shift, moves=(*shift.moves, move))


def _yesterdays(shift: Shift) -> Shift:
    """Two euros were missing."""
    opened = shift.opened_at - timedelta(days=1)
    counted = replace(shift.began_with, minor=shift.began_with.minor - _MISSING)
    return Shift(
        ShiftId("sh-demo-1"),
        shift.branch_id,
        shift.drawer,
        1,
        shift.opened_by,
        opened,
        shift.began_with,
        ShiftState.CLOSED,
        counted=counted,
        reason="two euros short, looked for twice",
        closed_by=shift.opened_by,
        closed_at=opened + _DAY,
    )
