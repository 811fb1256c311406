"""Pages as lists of what is drawn on them: what is too long flows to the next, and what belongs together stays so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.papers.letters import MM, Letters


@dataclass(frozen=True, slots=True)
class Writ:
    """A line of text. Attributes: all places in dots from the page's upper left corner; ``x`` its left end."""

    x: float
    baseline: float
    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Rule:
    x: float
    y: float
    width: float
    colour: str
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Logo:
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Ink:
    """A signature. Attributes: ``strokes`` are as ``PaperSignature.ink``, drawn to fit the place."""

    x: float
    y: float
    width: float
    height: float
    strokes: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A view of a body. Attributes: ``body`` and ``view`` by their names in ``resources/condition``."""

    x: float
    y: float
    width: float
    height: float
    body: str
    view: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A mark in a drawing. Attributes: ``x`` and ``y`` of its middle; a ``new`` one is filled."""

    x: float
    y: float
    text: str
    new: bool


Mark = Writ | Rule | Band | Logo | Ink | Drawing | Dot


@dataclass(slots=True)
class Sheets:
    """The pages so far, and where the next thing comes. Attributes: ``y`` and all measures in dots."""

    page: Mapping[str, float]
    letters: Letters
    pages: list[list[Mark]] = field(default_factory=lambda: [[]])
    y: float = 0.0

    def __post_init__(self) -> None:
        self.y = self.top

    @property
    def top(self) -> float:
        return self.page["top"] * MM

    @property
    def left(self) -> float:
        return self.page["left"] * MM

    @property
    def width(self) -> float:
        return (self.page["width"] - self.page["left"] - self.page["right"]) * MM

    @property
    def bottom(self) -> float:
        return (self.page["height"] - self.page["bottom"]) * MM

    def keep(self, height: float) -> bool:
        """Go to the next page where *height* does not fit on this one; whether it did."""
        if self.y + height <= self.bottom or self.y <= self.top:
            return False
        self.pages.append([])
        self.y = self.top
        return True

    def draw(self, mark: Mark) -> None:
        self.pages[-1].append(mark)

    def skip(self, mm: float) -> None:
        self.y += mm * MM

    def write(self, text: str, style: str, x: float, y: float, *, right: float | None = None) -> None:
        """One line whose upper edge is *y*; it ends at *right* where that is told."""
        metrics = self.letters[style].metrics
        start = x if right is None else right - metrics.horizontalAdvance(text)
        self.draw(Writ(start, y + metrics.ascent(), text, style))

    def column(self, lines: list[tuple[str, str]], x: float, y: float, *, right: float | None = None) -> float:
        """Lines with their styles, one below the other; where the last one ends."""
        for style, text in lines:
            self.write(text, style, x, y, right=right)
            y += self.letters[style].line
        return y

    def height(self, lines: list[tuple[str, str]]) -> float:
        return sum(self.letters[style].line for style, _ in lines)

    def wrapped(self, rows: list[tuple[str, str]], width: float) -> list[tuple[str, str]]:
        """*rows* of styles and texts, each broken to *width*."""
        return [(style, line) for style, text in rows for line in self.letters.broken(text, style, width)]


def measured(layout: Mapping[str, Any]) -> Mapping[str, float]:
    return {name: float(value) for name, value in layout["page"].items()}
