"""A rental that ends at another time than was agreed while its car is out: longer, or shorter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.domain.agreement.agreement import Agreement, AgreementState
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind, QuoteLine
from engine.domain.shared.errors import MoveRefused
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.zones import zone_of


@dataclass(frozen=True, slots=True)
class NewEnd:
    """What another end would be.

    Attributes:
        booking, agreement: As they are then, the next versions of both.
        by: How much later the car comes back; less than nothing for earlier.
        costs: More than before; less than nothing where it is less.
    """

    booking: Booking
    agreement: Agreement
    by: timedelta
    costs: Money


def new_end(
    booking: Booking,
    agreement: Agreement,
    ends_at: datetime,
    *,
    now: datetime,
    by: str,
    fees: tuple[QuoteLine, ...] = (),
) -> NewEnd:
    """*booking* and its agreement with the return at *ends_at*; billed days more or less cost what the others do.

    *fees* are what the branch asks for a return then, where it asked for none before.

    Raises:
        MoveRefused: Its car is not out, or that is the end already, or over.
        InvalidPeriod: It would be longer than a rental may be.
        UnknownZone: This desk does not know the zone in which its days are counted.
    """
    if booking.state is not BookingState.OUT or agreement.state is not AgreementState.OUT:
        raise MoveRefused(booking.state, "another end")
    if ends_at == booking.period.ends_at or ends_at <= now:
        raise MoveRefused("over" if ends_at <= now else "the same end", "another end")
    period = RentalPeriod(booking.period.starts_at, ends_at)
    more, day = period.billable_days(zone_of(booking.zone)) - agreement.days, booking.quote.lines[0].unit
    kind = LineKind.EXTENDED if more > 0 else LineKind.SHORTENED
    lines = (*((QuoteLine(kind, abs(more), day if more > 0 else -day),) if more else ()), *fees)
    after = replace(agreement, lines=(*agreement.lines, *lines), version=agreement.version + 1)
    ended = booking.ending(ends_at, now=now, by=by)
    return NewEnd(ended, after, ends_at - booking.period.ends_at, after.total - agreement.total)
