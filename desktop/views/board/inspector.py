"""Below the rows: what is chosen in words, with the keys that act on it; and what the shapes mean.

API: Inspector(theme): say(head, facts, hints); Legend(theme).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import BORDER, GRID, TypeSize
from desktop.views.board.bars import BarPainter, Placed
from desktop.views.board.lines import SHAPES
from desktop.widgets.frame.key_hints import KeyHints
from desktop.widgets.text import Text
from engine.domain.booking.board import Bar, BarShape
from engine.domain.car.availability import ClaimKind, Stretch
from engine.domain.car.car import BranchId
from engine.words.tr import tr

_HEIGHT, _LEGEND_PX = 15 * GRID, 8 * GRID
_SWATCH = QSize(22, 14)
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_TOLD = (
    BarShape.HELD,
    BarShape.CONFIRMED,
    BarShape.OUT,
    BarShape.LATE,
    BarShape.MISSED,
    BarShape.AT_RISK,
    BarShape.TRANSFER,
    BarShape.SERVICE,
    BarShape.LEASE,
)


class Inspector(QWidget):
    """Its words are what a screen reader says of the chosen cell, too."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.head, self.facts = Text(theme, bold=True), Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.hints = KeyHints(theme)
        for text in (self.head, self.facts):
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setFixedHeight(_HEIGHT)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.head)
        words.addWidget(self.facts)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID, 0, GRID, 0)
        row.addLayout(words, 3)
        row.addWidget(self.hints, 2)

    # Qt names below, but for ``say``.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), BORDER, QColor(self._theme.tokens.border))
        painter.end()

    def say(self, head: str, facts: str, hints: Sequence[tuple[str, str]]) -> None:
        self.head.setText(head)
        self.facts.setText(facts)
        self.hints.show_hints(hints)


class Legend(QWidget):
    """What each shape means; those for which there is no room are left out at the end."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._painter = theme, BarPainter(theme)
        self.setFixedHeight(_LEGEND_PX)
        self.setAccessibleName(", ".join(SHAPES[shape] for shape in _TOLD))
        theme.changed.connect(self._dress)

    def _dress(self) -> None:
        self._painter.dress()
        self.update()

    # Qt names below.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, left = (self.height() - _SWATCH.height()) / 2, 3.0 * GRID
        for shape in _TOLD:
            words = SHAPES[shape]
            wide = _SWATCH.width() + 2 * GRID + self._painter.width(words) + 4 * GRID
            if left + wide > self.width():
                break
            self._painter.paint(painter, _swatch(shape, left), top, _SWATCH.height(), 0)
            painter.setFont(self._painter.font)
            painter.setPen(QColor(self._theme.tokens.muted))
            base = self.height() / 2 + (self._painter.metrics.ascent() - self._painter.metrics.descent()) / 2
            painter.drawText(QPointF(left + _SWATCH.width() + 2 * GRID, base), words)
            left += wide
        painter.end()


def _swatch(shape: BarShape, left: float) -> Placed:
    taken = Stretch(_NO_TIME, _NO_TIME + timedelta(days=1), _NO_TIME + timedelta(days=1))
    bar = Bar("", ClaimKind.BOOKING, taken, BranchId(""), BranchId(""))
    right = left + _SWATCH.width()
    promised = left + _SWATCH.width() / 2 if shape is BarShape.LATE else right
    return Placed(bar, shape, left, promised, right, right, True, True, "", "", left, left)  # noqa: FBT003 -- both ends


BOOK, OPEN = ("Enter", tr("Book here")), ("Enter", tr("Open"))
NEXT_BAR, NEXT_GAP = ("Tab", tr("Next bar")), ("G", tr("Next gap"))
MOVE, END = ("M", tr("Other car")), ("E", tr("Other end"))
HAND_OVER, TAKE_BACK = ("F2", tr("Hand over")), ("F6", tr("Take back"))
