"""The line itself: a field whose words are underlined in the colour of what they were read as.

API: LineField(theme): underline(spans with tones); entered(), escaped(), stepped(by), picked(number).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QIcon, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.widgets.text import runs_leftward
from engine.domain.counter.chips import Span
from engine.domain.counter.line_cut import LONGEST
from engine.words.tr import tr

_HEIGHT, _LINE = 11 * GRID, 2
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LineField(QLineEdit):
    """Signals: ``stepped`` carries 1 or -1, ``picked`` the number that was pressed with Alt."""

    entered = Signal()
    escaped = Signal()
    stepped = Signal(int)
    picked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        # One more than is read: what is too long is said, and not cut.
        super().__init__(maxLength=LONGEST + 1)
        self._theme = theme
        self._marked: tuple[tuple[Span, Tone], ...] = ()
        self.setFixedHeight(_HEIGHT)
        self.setFont(theme.font(TypeSize.LEAD))
        self.setAccessibleName(tr("Walk-in in one line"))
        self.setPlaceholderText(tr("golf tue 10-18 muller cash"))
        self._glass = self.addAction(self._sign(), QLineEdit.ActionPosition.LeadingPosition)
        theme.changed.connect(self._tint)

    def underline(self, marked: Sequence[tuple[Span, Tone]]) -> None:
        self._marked = tuple(marked)
        self.update()

    def _tint(self) -> None:
        self._glass.setIcon(self._sign())

    def _sign(self) -> QIcon:
        return self._theme.icons.icon(Icon.WALK_IN, self._theme.tokens.muted)

    def _places(self) -> list[tuple[float, float, Tone]]:
        """Of each word where it begins and ends, px. The field tells where its cursor is, and so where its text is."""
        metrics, text = QFontMetricsF(self.font()), self.text()
        cursor = self.cursorRect()
        origin = cursor.x() + cursor.width() / 2 - metrics.horizontalAdvance(text[: self.cursorPosition()])

        def at(place: int) -> float:
            return origin + metrics.horizontalAdvance(text[:place])

        return [(at(span.begin), at(span.end), tone) for span, tone in self._marked if span.end <= len(text)]

    # Qt names below.

    def event(self, event: QEvent) -> bool:
        """Esc and Alt with a number mean the list below, and not what the window does by them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, _forwards: bool) -> bool:  # noqa: FBT001 -- Qt's signature
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.stepped.emit(_STEPS[key])
        elif key in _ENTERS:
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif (number := _number(event)) is not None:
            self.picked.emit(number)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if runs_leftward(self.text()):
            return
        painter = QPainter(self)
        base = self.height() / 2 + QFontMetricsF(self.font()).height() / 2
        room = QRectF(self.rect()).adjusted(8 * GRID, 0, -2 * GRID, 0)
        for begin, end, tone in self._places():
            bar = QRectF(begin, base, end - begin, _LINE).intersected(room)
            if not bar.isEmpty():
                painter.fillRect(bar, QColor(self._theme.tokens.ink(tone)))
        painter.end()

    def _is_ours(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape or _number(event) is not None


def _number(event: QKeyEvent) -> int | None:
    """1 to 9 with Alt."""
    at = event.key() - Qt.Key.Key_0
    return at if event.modifiers() & Qt.KeyboardModifier.AltModifier and 1 <= at <= 9 else None  # noqa: PLR2004 -- digits
