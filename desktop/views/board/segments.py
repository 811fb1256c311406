"""A few choices side by side in one frame, of which one is taken.

API: Segments(theme, words, name): chosen, choose(n), picked(n).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import BORDER, FOCUS, GRID, RADIUS_CONTROL, TypeSize
from desktop.widgets.button import HEIGHT

_SIDE = 3 * GRID


class Segments(QWidget):
    """Left and Right choose; what is chosen is told by tint and bold words.

    Signals: ``picked`` carries the number of the one that somebody chose.
    """

    picked = Signal(int)

    def __init__(self, theme: Theme, words: Sequence[str], name: str, *, short: Sequence[str] = ()) -> None:
        """*short* stand in their places where there is little room."""
        super().__init__()
        self._theme, self._words, self._short, self._name = theme, tuple(words), tuple(short), name
        self.chosen, self.narrow = 0, False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)
        self.choose(0)

    def choose(self, n: int) -> None:
        self.chosen = n
        self.setAccessibleName(f"{self._name}: {self._words[n]}")
        self.update()

    def set_narrow(self, *, narrow: bool) -> None:
        if narrow != self.narrow and self._short:
            self.narrow = narrow
            self.updateGeometry()
            self.update()

    @property
    def shown(self) -> tuple[str, ...]:
        return self._short if self.narrow and self._short else self._words

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(self._theme.font(TypeSize.BODY, bold=True))
        return [metrics.horizontalAdvance(words) + 2 * _SIDE for words in self.shown]

    def _pick(self, n: int) -> None:
        if 0 <= n < len(self._words) and n != self.chosen:
            self.choose(n)
            self.picked.emit(n)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = 0.0
        for n, wide in enumerate(self._widths()):
            if left <= event.position().x() < left + wide:
                self._pick(n)
                return
            left += wide

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self._pick(self.chosen + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(0, 0, sum(self._widths()), HEIGHT).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(
            QPen(
                QColor(tokens.focus if self.hasFocus() else tokens.control_border), FOCUS if self.hasFocus() else BORDER
            )
        )
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(frame, RADIUS_CONTROL, RADIUS_CONTROL)
        left = 0.0
        for n, (words, px) in enumerate(zip(self.shown, self._widths(), strict=True)):
            place = QRectF(left, 0, px, HEIGHT)
            if n == self.chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.accent_tint))
                painter.drawRoundedRect(place.adjusted(2.5, 2.5, -2.5, -2.5), GRID, GRID)
            painter.setFont(self._theme.font(TypeSize.BODY, bold=n == self.chosen))
            painter.setPen(QColor(tokens.accent if n == self.chosen else tokens.muted))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
            left += px
        painter.end()
