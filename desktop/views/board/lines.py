"""The board in words: its lines, what each bar says, and what a screen reader is told.

API: BoardLine, lines_of(board, wanted, groups), Wanted, Words(zone, now, branches) with spoken and shown texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import NamedTuple

from desktop.theme.icons import Icon
from desktop.theme.tokens import Tone
from desktop.widgets.countdown import clock_text
from desktop.words.figures import amount, branch_name, clock_time, counted, day_time, rate
from desktop.words.messages import BODIES, booking_number
from engine.domain.booking.board import Bar, BarShape, Board, BoardRow, RowOrDamaged
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, CarStatus
from engine.domain.shared.damage import Damaged
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.sought import Sought, joined, sought, words
from engine.words.tr import tr

SHAPES: Mapping[BarShape, str] = MappingProxyType(
    {
        BarShape.HELD: tr("Held"),
        BarShape.CONFIRMED: tr("Confirmed"),
        BarShape.MISSED: tr("Not picked up"),
        BarShape.AT_RISK: tr("At risk"),
        BarShape.OUT: tr("Out"),
        BarShape.LATE: tr("Late return"),
        BarShape.SERVICE: tr("Service"),
        BarShape.TRANSFER: tr("Transfer"),
        BarShape.LEASE: tr("Lease"),
        BarShape.RESERVED: tr("Reserved"),
    }
)
_BODIES = tuple(BodyType)
_HOUR, _MINUTE = 3600, 60
_DAY = timedelta(days=1)


class Group(NamedTuple):
    """Cars of one body at one branch."""

    branch_id: BranchId
    body: BodyType


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A car, or the head of a group of them.

    Attributes:
        row: None for a head.
        cars: Those of the group, for its head.
    """

    key: str
    group: Group | None
    row: RowOrDamaged | None = None
    cars: tuple[BoardRow, ...] = ()
    title: str = ""

    @property
    def head(self) -> bool:
        return self.row is None

    @property
    def car(self) -> BoardRow | None:
        return self.row if isinstance(self.row, BoardRow) else None

    @property
    def bars(self) -> tuple[Bar, ...]:
        return self.car.bars if self.car is not None else ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cars are looked at. Attributes: ``shapes`` none is all of them; ``text`` as it was typed."""

    shapes: frozenset[BarShape] = frozenset()
    text: str = ""
    _sought: Sought = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sought", sought(self.text))

    def takes(self, row: RowOrDamaged, now: datetime) -> bool:
        if isinstance(row, Damaged):
            return not self.shapes and (not self.text.strip() or self._sought.within((joined(row.line),)))
        if self.shapes and not any(row.shape(bar, now) in self.shapes for bar in row.bars):
            return False
        if not self.text.strip():
            return True
        told = [row.plate, row.title]
        for bar in row.bars:
            told += [booking_number(bar.booking_id)] if bar.booking_id else [bar.reason]
            told += [bar.booking.renter] if bar.booking else []
        alone = tuple(word for each in told for word in words(each))
        return self._sought.within((*map(joined, told), *alone))


def lines_of(
    board: Board, wanted: Wanted, now: datetime, folded: frozenset[Group] = frozenset(), *, many: bool
) -> list[BoardLine]:
    """Each group that has cars of the *wanted* below its head; *many* where branches are told apart."""
    names = {branch.id: branch_name(branch) for branch in board.branches}
    groups: dict[Group | None, list[RowOrDamaged]] = {}
    for row in board.rows:
        if wanted.takes(row, now):
            groups.setdefault(Group(row.branch_id, row.body) if isinstance(row, BoardRow) else None, []).append(row)
    lines: list[BoardLine] = []
    for group in sorted(groups, key=lambda each: _order(each, board.branches)):
        rows = groups[group]
        title = tr("Cannot be read") if group is None else BODIES[group.body]
        if group is not None and many:
            title = f"{names.get(group.branch_id, group.branch_id)} · {title}"
        cars = tuple(row for row in rows if isinstance(row, BoardRow))
        lines.append(BoardLine(f"group {group}", group, cars=cars, title=title))
        if group not in folded:
            lines += (BoardLine(row.car_id if isinstance(row, BoardRow) else row.id, group, row) for row in rows)
    return lines


def _order(group: Group | None, branches: Iterable[Branch]) -> tuple[int, int, str]:
    if group is None:
        return -1, 0, ""
    place = next((n for n, branch in enumerate(branches) if branch.id == group.branch_id), 0)
    return place, _BODIES.index(group.body), group.branch_id


class Mark(NamedTuple):
    """How a car stands now, before its plate."""

    icon: Icon
    tone: Tone
    words: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is said at *now* on the wall of *zone*.

    Attributes: ``known`` is the time of which the rows tell; None where they tell of all.
    """

    zone: tzinfo
    now: datetime
    branches: Mapping[BranchId, Branch]
    known: RentalPeriod | None = None

    def knows(self, since: datetime, until: datetime) -> bool:
        return self.known is None or (self.known.starts_at <= since and until <= self.known.ends_at)

    def branch(self, branch_id: BranchId) -> str:
        branch = self.branches.get(branch_id)
        return branch.name if branch is not None else branch_id

    def mark(self, row: BoardRow) -> Mark:
        out = row.out
        if row.unread:
            return Mark(Icon.WARNING, Tone.WARNING, tr("something of it cannot be read"))
        if out is not None:
            late = out.taken.overdue(self.now)
            return Mark(Icon.CLOCK, Tone.DANGER, tr("late")) if late else Mark(Icon.CAR_OUT, Tone.ACCENT, tr("out"))
        serviced = any(
            row.shape(bar, self.now) is BarShape.SERVICE and bar.taken.starts_at <= self.now < bar.taken.ends_at
            for bar in row.bars
        )
        if row.status is not CarStatus.ACTIVE or serviced:
            return Mark(Icon.MAINTENANCE, Tone.NEUTRAL, tr("in service"))
        if row.at not in (None, row.branch_id):
            return Mark(Icon.PLACE, Tone.WARNING, tr("at {branch}", branch=self.branch(row.at or row.branch_id)))
        return Mark(Icon.DONE, Tone.POSITIVE, tr("here"))

    def name(self, bar: Bar) -> str:
        """Whose it is, or what for."""
        if bar.booking is not None:
            return bar.booking.renter or tr("Another branch's")
        if bar.booking_id is not None:
            return booking_number(bar.booking_id)
        return bar.reason

    def tail(self, bar: Bar, shape: BarShape) -> str:  # noqa: PLR0911 -- one for each
        """The second label: what one wants to know of it next."""
        ends, now = bar.taken.ends_at, self.now
        match shape:
            case BarShape.HELD:
                left = (bar.booking.hold_until - now) if bar.booking is not None else timedelta(0)
                return tr("{time} left", time=clock_text(max(0, int(left.total_seconds()))))
            case BarShape.OUT:
                soon = clock_time(ends, self.zone)
                day = "" if self._today(ends) else f"{self._day(ends)} "
                return f"→ {day}{soon}"
            case BarShape.LATE:
                return tr("late {time}", time=self.span(now - ends))
            case BarShape.MISSED:
                starts = bar.booking.starts_at if bar.booking is not None else bar.taken.starts_at
                return tr("Not picked up · {time} late", time=self.span(now - starts))
            case BarShape.AT_RISK:
                return tr("At risk · {time}", time=clock_time(bar.taken.starts_at, self.zone))
            case BarShape.CONFIRMED:
                return f"{clock_time(bar.taken.starts_at, self.zone)} – {clock_time(ends, self.zone)}"  # noqa: RUF001
            case BarShape.LEASE:
                return tr("Lease until {day}", day=day_time(ends, self.zone, now=now))
            case _:
                return ""

    def span(self, long: timedelta) -> str:
        """``6 h 20``, ``3 d 4 h``."""
        minutes = max(0, int(long.total_seconds())) // _MINUTE
        hours, minutes = divmod(minutes, 60)
        days, rest = divmod(hours, 24)
        if days:
            return tr("{days} d {hours} h", days=days, hours=rest) if rest else tr("{days} d", days=days)
        return tr("{hours} h {minutes}", hours=hours, minutes=f"{minutes:02}") if hours else tr("{m} min", m=minutes)

    def state(self, row: BoardRow, bar: Bar) -> str:
        shape = row.shape(bar, self.now)
        tail = self.tail(bar, shape)
        words = SHAPES[shape]
        return f"{words}, {tail}" if tail and shape in (BarShape.HELD, BarShape.LATE) else words

    def times(self, bar: Bar) -> str:
        starts, ends = bar.taken.starts_at, bar.taken.ends_at
        return tr(
            "{start} to {end}",
            start=day_time(starts, self.zone, now=self.now),
            end=day_time(ends, self.zone, now=self.now),
        )

    def facts(self, row: BoardRow, bar: Bar) -> str:
        """What stands below a bar's name, what may be cut at the end: state, price, times, buffer and way."""
        parts = [self.state(row, bar)]
        if bar.booking is not None and bar.booking.price.minor:
            parts.append(amount(bar.booking.price))
        parts.append(self.times(bar))
        if bar.taken.free_at > bar.taken.ends_at:
            parts.append(tr("ready {at}", at=day_time(bar.taken.free_at, self.zone, now=self.now)))
        if bar.start_id != bar.end_id:
            parts.append(tr("to {branch}", branch=self.branch(bar.end_id)))
        return " · ".join(parts)

    def spoken(self, row: BoardRow, bar: Bar) -> str:
        """Row, car, from, to, state: all that the picture says."""
        return f"{row.plate}, {row.title}: {self.name(bar)}, {self.facts(row, bar)}"

    def spoken_car(self, row: BoardRow) -> str:
        return f"{row.plate}, {row.title}, {self.mark(row).words}, {rate(row.daily_rate)}"

    def spoken_head(self, line: BoardLine) -> str:
        return f"{line.title}, {self.free_now(line.cars)}"

    def free_now(self, cars: Iterable[BoardRow]) -> str:
        every = list(cars)
        free = sum(row.free(self.now, self.now + timedelta(hours=1), self.now) for row in every)
        return tr("{free} free now of {count}", free=free, count=len(every))

    def _day(self, at: datetime) -> str:
        """The weekday alone within the coming week."""
        said = day_time(at, self.zone, now=self.now).rsplit(" ", 1)[0]
        return said.split(" ")[0] if at - self.now < timedelta(days=6) else said

    def _today(self, at: datetime) -> bool:
        return at.astimezone(self.zone).date() == self.now.astimezone(self.zone).date()


def cars_counted(count: int) -> str:
    return counted("{count} car", "{count} cars", count)
