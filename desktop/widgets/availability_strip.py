"""The coming weeks of one thing, a row for each: what is taken is filled at its hours; read by keys and by voice.

API: AvailabilityStrip(theme, clock, heads, keys): show_skeleton(lead, count), show_days(days, lead, wished), current.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QBrush,
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktop.theme.tokens import FOCUS, GRID, RADIUS_CONTROL, Tone, TypeSize
from engine.words.tr import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QHideEvent, QShowEvent

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

WEEK = 7
ROW = 7 * GRID
HEAD = 5 * GRID
_GUTTER = 13 * GRID
_LINE = 3
#: So many fit beside each other in the narrowest panel.
_KEYS_A_ROW = 3
#: Of 255: numbers are read through the ribs.
_RIBS = 110
_CENTRE = Qt.AlignmentFlag.AlignCenter
_START = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class StripSpan:
    """A taken part of a day, from *first* to *last* as shares of the day (0 is midnight)."""

    first: float
    last: float
    tone: Tone
    dashed: bool = False
    ribbed: bool = False


@dataclass(frozen=True, slots=True)
class StripDay:
    """Attributes: ``week`` names the row and counts on its first day only; ``spoken`` says all there is to the day."""

    number: str
    spoken: str
    spans: tuple[StripSpan, ...] = ()
    week: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class StripKey:
    """A word of the key below the days, with the look it stands for; *tone* None is a free day."""

    word: str
    tone: Tone | None = None
    dashed: bool = False
    ribbed: bool = False


def strip_layout(rect: QRect, lead: int, count: int, direction: Qt.LayoutDirection) -> tuple[QRect, ...]:
    """The cell of each of *count* days; *lead* cells of the first week are left out. Skeleton and days share it."""
    width = (rect.width() - _GUTTER) // WEEK

    def cell(n: int) -> QRect:
        row, column = divmod(lead + n, WEEK)
        place = QRect(rect.left() + _GUTTER + column * width, rect.top() + HEAD + row * ROW, width - 2, ROW - 2)
        return QStyle.visualRect(direction, rect, place)

    return tuple(cell(n) for n in range(count))


class AvailabilityStrip(QWidget):
    """Left and Right go a day, Up and Down a week, Home and End to the ends."""

    def __init__(self, theme: Theme, clock: ShimmerClock, heads: Sequence[str], keys: Sequence[StripKey]) -> None:
        """*heads* are the seven names over the columns, *keys* explain the looks below them."""
        super().__init__()
        self._theme, self._clock, self._heads, self._keys = theme, clock, tuple(heads), tuple(keys)
        self._days: tuple[StripDay, ...] = ()
        self._lead = self._at = 0
        self._count = 6 * WEEK
        self._wished: tuple[float, float] | None = None
        self._waiting = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Availability, a day at a time with the arrow keys"))
        theme.changed.connect(self.update)

    @property
    def _key_rows(self) -> int:
        return -(-len(self._keys) // _KEYS_A_ROW)

    @property
    def current(self) -> StripDay | None:
        return self._days[self._at] if self._days else None

    def show_skeleton(self, lead: int, count: int, *, lit: bool) -> None:
        """As many days as are asked for, in the places where they will be; nothing there yet unless *lit*."""
        self._days, self._lead, self._count, self._wished, self._waiting = (), lead, count, None, lit
        self.setAccessibleDescription(tr("Loading"))
        self._changed()

    def show_days(self, days: Sequence[StripDay], lead: int, wished: tuple[float, float] | None = None) -> None:
        """*wished* is the asked-for period in days from the first one on, such as (1.5, 3.0)."""
        self._days, self._lead, self._count, self._wished, self._waiting = tuple(days), lead, len(days), wished, False
        start = int(wished[0]) if wished else 0
        self._at = min(max(start, 0), max(len(days) - 1, 0))
        self._describe()
        self._changed()

    def cells(self) -> tuple[QRect, ...]:
        return strip_layout(self.rect(), self._lead, self._count, self.layoutDirection())

    def shimmer_step(self) -> None:
        self._clock.sweep(self)

    def _changed(self) -> None:
        self._join()
        self.updateGeometry()
        self.update()

    def _join(self) -> None:
        if self._waiting and self.isVisible():
            self._clock.join(self)
        else:
            self._clock.leave(self)

    def _go(self, to: int) -> None:
        if self._days:
            self._at = min(max(to, 0), len(self._days) - 1)
            self._describe()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._days[self._at].spoken))
            self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(self._days[self._at].spoken if self._days else "")

    def _day_at(self, point: QPoint) -> int | None:
        return next((n for n, cell in enumerate(self.cells()) if cell.contains(point)), None)

    def _paint_heads(self, painter: QPainter, cells: tuple[QRect, ...]) -> None:
        tokens = self._theme.tokens
        painter.setPen(QColor(tokens.muted))
        painter.setFont(self._theme.font(TypeSize.SMALL))
        for n in range(min(WEEK, len(cells))):
            column = (self._lead + n) % WEEK
            place = QRect(cells[n].left(), 0, cells[n].width(), HEAD)
            painter.drawText(place, _CENTRE, self._heads[column])
        for day, cell in zip(self._days, cells, strict=False):
            if day.week:
                gutter = QRect(0, cell.top(), _GUTTER - GRID, cell.height())
                painter.drawText(QStyle.visualRect(self.layoutDirection(), self.rect(), gutter), _START, day.week)

    def _paint_day(self, painter: QPainter, day: StripDay, cell: QRect) -> None:
        tokens = self._theme.tokens
        painter.fillRect(cell, QColor(tokens.sunken if day.gone else tokens.positive_tint))
        for span in day.spans:
            self._paint_taken(painter, self._part(cell, span.first, span.last), span.tone, span)
        painter.setPen(QColor(tokens.disabled if day.gone else tokens.text))
        painter.setFont(self._theme.font(TypeSize.SMALL))
        painter.drawText(cell.adjusted(0, 0, 0, -_LINE), _CENTRE, day.number)

    def _part(self, cell: QRect, first: float, last: float) -> QRect:
        part = QRect(cell)
        part.setLeft(cell.left() + round(first * cell.width()))
        part.setRight(cell.left() + round(last * cell.width()) - 1)
        return QStyle.visualRect(self.layoutDirection(), cell, part)

    def _paint_taken(self, painter: QPainter, part: QRect, tone: Tone, look: StripSpan | StripKey) -> None:
        """Seen without colours too: a line below, dotted for a hold that may come to nothing; ribs for service."""
        tokens, dashed = self._theme.tokens, look.dashed
        painter.fillRect(part, QColor(tokens.tint(tone)))
        if look.ribbed:
            ribs = QColor(tokens.ink(tone))
            ribs.setAlpha(_RIBS)
            painter.fillRect(part, QBrush(ribs, Qt.BrushStyle.BDiagPattern))
        line = QRect(part.left(), part.bottom() - _LINE + 1, part.width(), _LINE)
        dots = Qt.BrushStyle.Dense4Pattern if dashed else Qt.BrushStyle.SolidPattern
        painter.fillRect(line, QBrush(QColor(tokens.ink(tone)), dots))

    def _paint_keys(self, painter: QPainter) -> None:
        font = self._theme.font(TypeSize.SMALL)
        painter.setFont(font)
        at = _GUTTER
        for n, key in enumerate(self._keys):
            row, place_in_row = divmod(n, _KEYS_A_ROW)
            at = _GUTTER if place_in_row == 0 else at
            box = QRect(at, self.height() - (self._key_rows - row) * HEAD + GRID, 4 * GRID, HEAD - GRID)
            width = QFontMetrics(font).horizontalAdvance(key.word)
            word = QRect(box.right() + 2 * GRID, box.top(), width + 1, box.height())
            box, word = (QStyle.visualRect(self.layoutDirection(), self.rect(), place) for place in (box, word))
            if key.tone is None:
                painter.fillRect(box, QColor(self._theme.tokens.positive_tint))
            else:
                self._paint_taken(painter, box, key.tone, key)
            painter.setPen(QColor(self._theme.tokens.muted))
            painter.drawText(word, _START, key.word)
            at += 6 * GRID + width + 4 * GRID

    def _paint_wished(self, painter: QPainter, cells: tuple[QRect, ...]) -> None:
        """A frame around the asked-for hours, going on from day to day."""
        if self._wished is None:
            return
        first, last = self._wished
        painter.setPen(QPen(QColor(self._theme.tokens.accent), FOCUS))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rows: dict[int, QRect] = {}
        for n, cell in enumerate(cells):
            begins, ends = max(first - n, 0.0), min(last - n, 1.0)
            if begins < ends:
                part = self._part(cell, begins, ends)
                rows[cell.top()] = rows.get(cell.top(), part).united(part)
        for row in rows.values():
            painter.drawRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5))

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(320, (1 + self._key_rows) * HEAD + -(-(self._lead + self._count) // WEEK) * ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cells = self.cells()
        self._paint_heads(painter, cells)
        if self._waiting:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._clock.brush(self.width()))
            for cell in cells:
                painter.drawRect(cell)
        for day, cell in zip(self._days, cells, strict=False):
            self._paint_day(painter, day, cell)
        self._paint_wished(painter, cells)
        self._paint_keys(painter)
        if self.hasFocus() and self._days:
            painter.setPen(QPen(QColor(self._theme.tokens.focus), FOCUS))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cells[self._at]).adjusted(-1, -1, 1, 1), RADIUS_CONTROL, RADIUS_CONTROL)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ahead = -1 if self.isRightToLeft() else 1
        steps = {
            Qt.Key.Key_Right: ahead,
            Qt.Key.Key_Left: -ahead,
            Qt.Key.Key_Down: WEEK,
            Qt.Key.Key_Up: -WEEK,
            Qt.Key.Key_Home: -len(self._days),
            Qt.Key.Key_End: len(self._days),
        }
        if event.key() in steps:
            self._go(self._at + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._day_at(event.position().toPoint())
        if at is not None:
            self._go(at)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = self._day_at(event.pos())
            self.setToolTip(self._days[at].spoken if at is not None and self._days else "")
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._join()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.leave(self)
        super().hideEvent(event)
