"""Where moments stand on the board: days as columns of whole pixels, whatever their clock does.

API: TimeScale(first, days, zone, left, width), Density, DENSITIES.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum

from engine.words.tr import tr

_DAY = timedelta(days=1)
_DAY_S = 86_400.0


class Density(Enum):
    COMPACT = tr("Compact")
    NORMAL = tr("Normal")
    LARGE = tr("Large")

    @property
    def row_px(self) -> int:
        return {Density.COMPACT: 22, Density.NORMAL: 28, Density.LARGE: 36}[self]

    @property
    def bar_px(self) -> int:
        return {Density.COMPACT: 16, Density.NORMAL: 20, Density.LARGE: 28}[self]

    def car_px(self, width: int) -> int:
        """What the column of cars takes of *width* at the least."""
        wide = {Density.COMPACT: 128, Density.NORMAL: 310, Density.LARGE: 188}[self]
        return wide if wide <= width // 4 else max(128, min(wide, width // 5))


class TimeScale:
    """Days of a window side by side, each as wide as the others, also those of 23 and 25 hours.

    Attributes:
        first: The first day on the wall of ``zone``.
        left: Where the days begin, in px; before it stand the cars, which have what does not make a whole pixel.
        starts: The midnights (UTC), that behind the last day among them.
    """

    def __init__(self, first: date, days: int, zone: tzinfo, least_left: int, width: int) -> None:
        """*width* is all there is, *least_left* what the cars take at the least."""
        self.first, self.days, self.zone, self.width = first, days, zone, width
        self.day_px = max(width - least_left, days) // days
        self.left = width - self.day_px * days
        self.starts = [datetime.combine(first + n * _DAY, time(), zone).astimezone(UTC) for n in range(days + 1)]

    @property
    def since(self) -> datetime:
        return self.starts[0]

    @property
    def until(self) -> datetime:
        return self.starts[-1]

    def x(self, at: datetime) -> float:
        """In px; what lies outside of the window stands outside of it."""
        n = min(max(bisect_right(self.starts, at) - 1, 0), self.days - 1)
        long = (self.starts[n + 1] - self.starts[n]).total_seconds() or _DAY_S
        return self.left + (n + (at - self.starts[n]).total_seconds() / long) * self.day_px

    def at(self, x: float) -> datetime:
        """Which moment stands at *x* px."""
        n = min(max(int((x - self.left) // self.day_px), 0), self.days - 1)
        long = self.starts[n + 1] - self.starts[n]
        return self.starts[n] + long * ((x - self.left) / self.day_px - n)

    def day(self, n: int) -> date:
        return self.first + n * _DAY

    def cell(self) -> timedelta:
        """How far an arrow goes."""
        hours = {1: 1, 3: 3, 7: 6}.get(self.days, 24)
        return timedelta(hours=hours)

    def cell_of(self, at: datetime) -> tuple[datetime, datetime]:
        """The cell in which *at* lies, on the wall of its day."""
        n = min(max(bisect_right(self.starts, at) - 1, 0), self.days - 1)
        start, end = self.starts[n], self.starts[n + 1]
        step = self.cell()
        if step >= _DAY:
            return start, end
        count = int((at - start) / step)
        return start + count * step, min(start + (count + 1) * step, end)
