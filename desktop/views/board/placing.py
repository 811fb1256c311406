"""What stands where on the board: bars and their labels in px, closed hours, and how many cars are free on each day.

API: Placing(scale, painter, words): bars(line), closed(branch_id), days(rows), unknown, until.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from desktop.views.board.bars import BarPainter, Placed, label_places
from desktop.views.board.lines import BoardLine, Words
from desktop.views.board.scale import TimeScale
from engine.domain.booking.board import Bar, BarShape, BoardRow
from engine.domain.car.car import BranchId, CarStatus
from engine.domain.car.openings import closed_stretches

#: Free on a day is what nothing overlaps between these hours.
_OPENS, _CLOSES = timedelta(hours=8), timedelta(hours=19)
#: From so many days on only whole closed days are shown.
_WHOLE_DAYS_FROM = 28
_NEARLY_A_DAY = timedelta(hours=20)
#: Longer bars always have their second label, where both have room.
_LONG = timedelta(days=9)
_TIMES_UNTIL_DAYS = 14


class DayUse(NamedTuple):
    """Of some cars on one day: how many are busy, how many could be had, and how many there are."""

    busy: int
    free: int
    of: int


class Placing:
    """All of one window; it is made anew for another one, and keeps what it was asked for."""

    def __init__(self, scale: TimeScale, painter: BarPainter, words: Words) -> None:
        self.scale, self.words = scale, words
        self._painter = painter
        self._bars: dict[str, tuple[BoardRow, list[Placed]]] = {}
        self._closed: dict[BranchId, list[tuple[float, float]]] = {}
        self._days: dict[int, tuple[tuple[BoardRow, ...], list[DayUse | None]]] = {}
        self._busy: dict[str, tuple[BoardRow, int]] = {}
        self._opens = [start + _OPENS for start in scale.starts[:-1]]
        self._closes = [start + _CLOSES for start in scale.starts[:-1]]

    def tell_time(self, words: Words) -> None:
        """What is told of the time goes on."""
        self.words = words
        self._bars.clear()
        self._days.clear()

    @property
    def until(self) -> datetime:
        """To where the rows tell of the time that is shown."""
        known = self.words.known
        return self.scale.until if known is None else min(self.scale.until, known.ends_at)

    @property
    def unknown(self) -> list[tuple[float, float]]:
        """From where to where nothing is known yet, in px: another window is on its way."""
        known, scale = self.words.known, self.scale
        if known is None:
            return []
        left, right = float(scale.left), float(scale.width)
        ends = (left, min(scale.x(known.starts_at), right)), (max(scale.x(known.ends_at), left), right)
        return [(since, until) for since, until in ends if since < until]

    def bars(self, line: BoardLine) -> list[Placed]:
        """Those of which something is shown, in order."""
        row = line.car
        if row is None:
            return []
        known = self._bars.get(line.key)
        if known is not None and known[0] is row:
            return known[1]
        placed = [one for bar in row.bars if (one := self._placed(row, bar)) is not None]
        self._bars[line.key] = row, placed
        return placed

    def closed(self, branch_id: BranchId) -> list[tuple[float, float]]:
        """From where to where nobody is there, in px."""
        if branch_id not in self._closed:
            branch, scale = self.words.branches.get(branch_id), self.scale
            if branch is None or branch.hours.always:
                return []
            found = closed_stretches(branch.hours, branch.clock, scale.since, scale.until)
            if scale.days >= _WHOLE_DAYS_FROM:
                found = [each for each in found if each.until - each.since >= _NEARLY_A_DAY]
            self._closed[branch_id] = [(scale.x(each.since), scale.x(each.until)) for each in found]
        return self._closed[branch_id]

    def days(self, rows: tuple[BoardRow, ...]) -> list[DayUse | None]:
        """Of each day shown; None for one of which not all is known."""
        known = self._days.get(id(rows))
        if known is None or known[0] is not rows:
            known = rows, self._counted(rows)
            self._days[id(rows)] = known
        return known[1]

    def _counted(self, rows: Iterable[BoardRow]) -> list[DayUse | None]:
        cars, days = list(rows), self.scale.days
        busy = _per_day((self._mask(row) for row in cars), days)
        able = [row for row in cars if row.status is CarStatus.ACTIVE and not row.unread]
        taken = _per_day((self._mask(row) for row in able), days)
        starts = self.scale.starts
        return [
            DayUse(busy[n], len(able) - taken[n], len(cars)) if self.words.knows(starts[n], starts[n + 1]) else None
            for n in range(days)
        ]

    def _mask(self, row: BoardRow) -> int:
        known = self._busy.get(row.car_id)
        if known is None or known[0] is not row:
            known = row, row.days_busy(self._opens, self._closes, self.words.now)
            self._busy[row.car_id] = known
        return known[1]

    def _placed(self, row: BoardRow, bar: Bar) -> Placed | None:
        scale, now = self.scale, self.words.now
        taken = bar.taken
        until = bar.until(now)
        if taken.starts_at >= scale.until or max(taken.free_at, until) <= scale.since:
            return None
        shape = row.shape(bar, now)
        return place_bar(scale, self._painter, self.words, (bar, shape))


def place_bar(scale: TimeScale, painter: BarPainter, words: Words, told: tuple[Bar, BarShape]) -> Placed:
    bar, shape = told
    taken, edge = bar.taken, float(scale.width)
    left = max(scale.x(taken.starts_at), float(scale.left))
    right = min(max(scale.x(taken.ends_at), float(scale.left)), edge)
    free = min(max(scale.x(taken.free_at), float(scale.left)), edge)
    late = min(scale.x(words.now), edge) if shape is BarShape.LATE else right
    starts, ends = taken.starts_at >= scale.since, taken.ends_at <= scale.until
    last = right if right - left > 1 else max(right, late)
    tail = "" if _crowded(scale, taken.starts_at, taken.ends_at, shape) else words.tail(bar, shape)
    texts = painter.labels(words.name(bar), tail, last - left, shape)
    at = label_places(painter, texts, left, last, shape)
    return Placed(bar, shape, left, right, free, late, starts, ends, *texts, *at)


def _crowded(scale: TimeScale, starts_at: datetime, ends_at: datetime, shape: BarShape) -> bool:
    """Where days are narrow, times of those that are confirmed are left out."""
    return shape is BarShape.CONFIRMED and scale.days > _TIMES_UNTIL_DAYS and ends_at - starts_at <= _LONG


def _per_day(masks: Iterable[int], days: int) -> list[int]:
    """How many of *masks* have each day's bit; all days are added at once, a binary digit of the sums at a time."""
    digits: list[int] = []
    for mask in masks:
        carry, n = mask, 0
        while carry:
            if n == len(digits):
                digits.append(0)
            digits[n], carry, n = digits[n] ^ carry, digits[n] & carry, n + 1
    return [sum((digit >> day & 1) << n for n, digit in enumerate(digits)) for day in range(days)]
