"""What a change on the board would do, before anything is written: who is in the way, and how much time is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto

from engine.domain.booking.board import Bar, BoardRow
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import Stretch
from engine.domain.car.car import BranchId, CarStatus
from engine.domain.car.places import Leg, fits
from engine.domain.shared.period import WALK_IN_GRACE


class PlanKind(StrEnum):
    MOVE = auto()  #: the same times on another car
    END = auto()  #: another end of a rental whose car is out
    NEW = auto()  #: a booking that is not made yet


class WhyNot(StrEnum):
    """What keeps a change from being made."""

    SAME = auto()  #: nothing would change
    CHANGED = auto()  #: somebody changed the booking since it was taken up
    SOLD = auto()
    NOT_CONFIRMED = auto()  #: only what is paid or promised, and whose car is here, goes on with another one
    NOT_OUT = auto()  #: only a rental whose car is out has another end
    OTHER_BODY = auto()
    OTHER_BRANCH = auto()
    IN_SERVICE = auto()
    ELSEWHERE = auto()  #: the car will stand at another branch then, or is promised there next
    UNREAD = auto()  #: something of the car's time cannot be read
    PAST = auto()


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be.

    Attributes:
        row: The car that would have it.
        bar: As it would be; of a new one the id is empty.
        why: None where nothing is in the way, as far as is known here; the write decides.
        conflicts: Whose time it would take, soonest first.
        before: How long the car stands ready before; ``after`` until it is promised next; None where nothing is known.
    """

    kind: PlanKind
    row: BoardRow
    bar: Bar
    why: WhyNot | None
    conflicts: tuple[Bar, ...] = ()
    before: timedelta | None = None
    after: timedelta | None = None

    @property
    def possible(self) -> bool:
        return self.why is None


def plan_move(bar: Bar, source: BoardRow, target: BoardRow, now: datetime) -> Plan:
    """*bar* of *source* with the car *target*, for the times that were agreed; the price stays as sold."""
    booking, taken = bar.booking, bar.taken
    if booking is not None:
        taken = replace(taken, starts_at=booking.starts_at)
    moved = replace(bar, taken=taken)
    if booking is None or booking.state is not BookingState.CONFIRMED or taken.ends_at <= now:
        return Plan(PlanKind.MOVE, target, moved, WhyNot.NOT_CONFIRMED)
    if target.car_id == source.car_id:
        return Plan(PlanKind.MOVE, target, moved, WhyNot.SAME)
    why: WhyNot | None = None
    if target.body is not source.body:
        why = WhyNot.OTHER_BODY
    elif target.branch_id != booking.branch_id:
        why = WhyNot.OTHER_BRANCH
    return _judged(Plan(PlanKind.MOVE, target, moved, why), now)


def plan_end(bar: Bar, row: BoardRow, ends_at: datetime, now: datetime) -> Plan:
    """*bar* of *row* ending then; it takes as long to be made ready as before."""
    taken = bar.taken
    if ends_at <= taken.starts_at:
        return Plan(PlanKind.END, row, bar, WhyNot.PAST)
    ended = replace(bar, taken=replace(taken, ends_at=ends_at, free_at=ends_at + (taken.free_at - taken.ends_at)))
    if not taken.out or bar.booking is None or bar.booking.state is not BookingState.OUT:
        return Plan(PlanKind.END, row, ended, WhyNot.NOT_OUT)
    if ends_at == taken.ends_at:
        return Plan(PlanKind.END, row, ended, WhyNot.SAME)
    if ends_at <= now:
        return Plan(PlanKind.END, row, ended, WhyNot.PAST)
    others = tuple(each for each in row.bars if each.id != bar.id)
    ways = tuple(each for each in others if _lies_between(each.taken, taken.free_at, ended.taken.free_at))
    plan = Plan(PlanKind.END, row, ended, WhyNot.SOLD if ways else None, ways)
    return replace(plan, after=_after(others, ended.taken))


def plan_new(row: BoardRow, bar: Bar, now: datetime) -> Plan:
    """*bar* is what somebody wishes to book on *row*."""
    past = bar.taken.starts_at < now - WALK_IN_GRACE
    return _judged(Plan(PlanKind.NEW, row, bar, WhyNot.PAST if past else None), now)


def _judged(plan: Plan, now: datetime) -> Plan:
    """By the rules that claiming goes by."""
    row, taken = plan.row, plan.bar.taken
    others = [each for each in row.bars if each.id != plan.bar.id]
    ways = tuple(each for each in others if each.taken.in_the_way(taken, now))
    why = plan.why
    if why is None and row.status is not CarStatus.ACTIVE:
        why = WhyNot.IN_SERVICE
    if why is None and row.unread:
        why = WhyNot.UNREAD
    if why is None and ways:
        why = WhyNot.SOLD
    if why is None and not _stands(row, plan.bar, others):
        why = WhyNot.ELSEWHERE
    before = max((each.taken.free_at for each in others if each.taken.free_at <= taken.starts_at), default=None)
    return replace(
        plan,
        why=why,
        conflicts=ways,
        before=None if before is None else taken.starts_at - before,
        after=_after(others, taken),
    )


def _stands(row: BoardRow, bar: Bar, others: list[Bar]) -> bool:
    """A car that belongs to a branch is sold from there; what lies before this window has ended where it stands."""
    legs = [Leg(each.taken.starts_at, each.start_id, each.end_id) for each in others]
    start = row.branch_id
    end = bar.end_id if bar.end_id != bar.start_id else BranchId(start)
    return fits(Leg(bar.taken.starts_at, start, end), row.at or row.branch_id, legs)


def _after(others: list[Bar] | tuple[Bar, ...], taken: Stretch) -> timedelta | None:
    starts = min((each.taken.starts_at for each in others if each.taken.starts_at >= taken.free_at), default=None)
    return None if starts is None else starts - taken.free_at


def _lies_between(other: Stretch, since: datetime, until: datetime) -> bool:
    """Whether some of its time lies there; nothing does where the end comes earlier."""
    return since < until and other.starts_at < until and since < other.free_at
