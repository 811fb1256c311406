"""A headline figure that can be pressed: name, figure, and how it compares; a skeleton of the same size until then.

API: Tile(theme, clock, name): show_skeleton(), show(value, note, tone, spoken); clicked as any button.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle

from desktop.theme.tokens import FOCUS, GRID, RADIUS_CARD, Tone, TypeSize
from desktop.widgets.panel import paint_panel
from engine.words.tr import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

HEIGHT = 21 * GRID
_PAD = 4 * GRID
_LINES = ((3 * GRID, 4 * GRID), (7 * GRID, 7 * GRID), (14 * GRID + 2, 4 * GRID))
"""Top and height of name, figure and note."""
_SKELETON = (0.62, 0.44)


class Tile(QAbstractButton):
    def __init__(
        self, theme: Theme, clock: ShimmerClock, name: str, parent: QWidget | None = None, *, notes: int = 1
    ) -> None:
        """*notes* is for how many lines below the figure there is room."""
        super().__init__(parent)
        self._height = HEIGHT + (notes - 1) * _LINES[2][1]
        self._theme, self._clock = theme, clock
        self._waiting = True
        self.value, self.note, self._tone = "", "", Tone.NEUTRAL
        self.more: tuple[tuple[str, Tone], ...] = ()
        self.setText(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_skeleton(self) -> None:
        # It stays enabled: a disabled button loses the focus, and the person their place.
        self._waiting = True
        self.setAccessibleDescription(tr("Loading"))
        self._join()

    def show_figure(
        self, value: str, note: str, tone: Tone = Tone.NEUTRAL, more: Sequence[tuple[str, Tone]] = ()
    ) -> None:
        """*note* stands below in the colour of *tone*, *more* below that; words or shapes say what the colour says."""
        self._waiting = False
        self.value, self.note, self._tone, self.more = value, note, tone, tuple(more)
        notes = [note, *(words for words, _ in more)]
        self.setAccessibleDescription(". ".join((value, *notes)))
        self.setToolTip("\n".join((f"{self.text()}: {value}", *notes)))
        self._join()

    def shimmer_step(self) -> None:
        self._clock.sweep(self)

    def _join(self) -> None:
        if self._waiting and self.isVisible():
            self._clock.join(self)
        else:
            self._clock.leave(self)
        self.update()

    def _line(self, n: int) -> QRect:
        top, height = _LINES[min(n, 2)]
        top += max(n - 2, 0) * height
        return QRect(_PAD, top, self.width() - 2 * _PAD, height)

    def _size_of_value(self) -> TypeSize:
        """The largest that shows all of it: a figure that is cut is no figure."""
        room, sizes = self._line(1).width(), (TypeSize.TITLE, TypeSize.LEAD, TypeSize.BODY)
        fits = (
            size
            for size in sizes
            if QFontMetrics(self._theme.font(size, bold=True)).horizontalAdvance(self.value) <= room
        )
        return next(fits, TypeSize.SMALL)

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Of itself a button of this kind knows Space only.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(45 * GRID, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(29 * GRID, self._height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        raised = tokens.hover if self.underMouse() and self.isEnabled() else tokens.raised
        paint_panel(painter, self.rect(), tokens.neutral_tint if self.isDown() else raised, tokens.border)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.focus), FOCUS))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS_CARD, RADIUS_CARD)
        self._write(painter, 0, self.text(), TypeSize.SMALL, tokens.muted)
        if self._waiting:
            self._paint_skeleton(painter)
        else:
            self._write(painter, 1, self.value, self._size_of_value(), tokens.text, bold=True)
            for n, (note, tone) in enumerate(((self.note, self._tone), *self.more), 2):
                self._write(painter, n, note, TypeSize.SMALL, tokens.ink(tone))
        painter.end()

    def _paint_skeleton(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._clock.brush(self.width()))
        for n, share in enumerate(_SKELETON, 1):
            line = self._line(n)
            bone = QRect(line.left(), line.top() + GRID, round(line.width() * share), line.height() - 2 * GRID)
            painter.drawRoundedRect(QStyle.visualRect(self.layoutDirection(), self.rect(), bone), GRID, GRID)

    def _write(
        self, painter: QPainter, line: int, text: str, size: TypeSize, colour: str, *, bold: bool = False
    ) -> None:
        font, place = self._theme.font(size, bold=bold), self._line(line)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._join()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.leave(self)
        super().hideEvent(event)
