"""A bar that is taken up: where it would go, by keys or under the mouse, and what that would do.

API: Lift (what is taken up, and where to), lift_bar, lift_end, lift_new, plan_of(lift, lines, now).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from desktop.views.board.lines import BoardLine
from engine.domain.booking.board import Bar, BoardRow
from engine.domain.booking.board_plan import Plan, PlanKind, WhyNot, plan_end, plan_move, plan_new
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import ClaimKind, Stretch

_QUARTER = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lift:
    """What is taken up.

    Attributes:
        key: The line that it is taken from; ``to`` the one that it would go to.
        bar: As it was when it was taken up; of a new one the wished times.
        ends_at: Of another end.
    """

    kind: PlanKind
    key: str
    to: str
    bar: Bar
    ends_at: datetime

    def at(self, key: str) -> Lift:
        return replace(self, to=key)

    def ending(self, ends_at: datetime) -> Lift:
        """On the quarter of an hour."""
        return replace(self, ends_at=quarter(ends_at))


def quarter(at: datetime) -> datetime:
    """The nearest quarter of an hour."""
    return _EPOCH + round((at - _EPOCH) / _QUARTER) * _QUARTER


def lift_bar(row: BoardRow, bar: Bar) -> Lift | None:
    """To another car; None for what goes on with no other one."""
    if bar.booking is None or bar.booking.state is not BookingState.CONFIRMED:
        return None
    return Lift(PlanKind.MOVE, row.car_id, row.car_id, bar, bar.taken.ends_at)


def lift_end(row: BoardRow, bar: Bar) -> Lift | None:
    """To another end; None where the car is not out."""
    if bar.booking is None or bar.booking.state is not BookingState.OUT:
        return None
    return Lift(PlanKind.END, row.car_id, row.car_id, bar, bar.taken.ends_at)


def lift_new(row: BoardRow, since: datetime, until: datetime) -> Lift | None:
    """A wish for these times; None where that is no time."""
    start, end = quarter(since), quarter(until)
    if end <= start:
        return None
    wished = Bar("", ClaimKind.BOOKING, Stretch(start, end, end), row.branch_id, row.branch_id)
    return Lift(PlanKind.NEW, row.car_id, row.car_id, wished, end)


def plan_of(lift: Lift, lines: list[BoardLine], now: datetime) -> Plan | None:
    """By what the rows say now, whatever they said when it was taken up; None where there is no such car any more."""
    rows = {line.key: line.car for line in lines if line.car is not None}
    source, target = rows.get(lift.key), rows.get(lift.to)
    if source is None or target is None:
        return None
    if lift.kind is PlanKind.NEW:
        return plan_new(target, lift.bar, now)
    bar = next((each for each in source.bars if each.id == lift.bar.id), None)
    plan = (
        plan_move(lift.bar, source, target, now)
        if lift.kind is PlanKind.MOVE
        else plan_end(lift.bar, target, lift.ends_at, now)
    )
    if bar is None or bar.booking is None or lift.bar.booking is None:
        return replace(plan, why=WhyNot.CHANGED)
    same = bar.booking.version == lift.bar.booking.version
    return plan if same else replace(plan, why=WhyNot.CHANGED)
