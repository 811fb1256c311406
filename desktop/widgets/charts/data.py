"""What a chart shows: figures with their words, the same for the picture and for the table beside it.

API: Point, ChartData.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from desktop.widgets.text import isolated


class Point(NamedTuple):
    """One figure. *value* only sizes what is drawn; what is read is *text*.

    Attributes:
        label: Short name on the axis ("Jan"); *name* is the whole one ("January 2026").
        value: None where there is no figure, which is not the same as nothing.
        short: What stands beside the bar ("1.2k"); *text* is the exact figure with its unit.
        before: The same of the period before; None where it is not compared.
        beside: What the outlined figure is called when it is read out, where it is none of the period before.
        key: What ``chosen`` carries.
    """

    label: str
    value: float | None
    text: str
    short: str = ""
    name: str = ""
    before: float | None = None
    before_text: str = ""
    beside: str = "before"
    key: object = None

    @property
    def spoken(self) -> str:
        compared = f", {self.beside}: {self.before_text}" if self.before_text else ""
        return f"{isolated(self.name or self.label)}: {self.text}{compared}"


@dataclass(frozen=True, slots=True)
class ChartData:
    """A title that says what is shown, its unit, and the figures; the same go into the table.

    Attributes:
        points: In reading order; for a map row by row.
        rows: Names of a map's rows; empty for bars and lines.
        now, before: What the two periods are called ("2026", "2025"); *before* is empty where nothing is compared.
    """

    title: str
    unit: str
    points: tuple[Point, ...]
    rows: tuple[str, ...] = ()
    now: str = ""
    before: str = ""
    head: str = ""
    """Heading of the table's first column ("Month")."""
    apart: bool = False
    """The points are things and no moments in a row: none of their names is left out where it is narrow."""

    @property
    def columns(self) -> int:
        return len(self.points) // max(len(self.rows), 1)
