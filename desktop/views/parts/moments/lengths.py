"""How long a rental lasts, by one press: the usual lengths beside the return."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import FOCUS, GRID, TypeSize
from desktop.widgets.flow import FlowLayout
from desktop.widgets.text import Text
from desktop.words.messages import days_text
from engine.words.tr import tr

LENGTHS = (1, 2, 3, 7, 14, 30)
_SIZE = QSize(8 * GRID, 6 * GRID)


class LengthChips(QWidget):
    """One Tab stop; arrows go from length to length. Signals: ``chosen`` carries the days."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.chips = {days: _LengthChip(theme, days) for days in LENGTHS}
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        row = FlowLayout(self, gap=GRID)
        for days, chip in self.chips.items():
            self._group.addButton(chip, days)
            row.addWidget(chip)
        words = QWidget()
        beside = QHBoxLayout(words)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(Text(theme, tr("days, or type +5"), size=TypeSize.SMALL, ink="muted"))
        row.addWidget(words)
        self._group.idClicked.connect(self.chosen)
        self.show_days(None)

    def show_days(self, days: int | None) -> None:
        """The chip of as many days is marked; the keyboard comes to it first."""
        stop = days if days in self.chips else LENGTHS[0]
        for length, chip in self.chips.items():
            chip.set_marked(marked=length == days)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if length == stop else Qt.FocusPolicy.ClickFocus)

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key())) if event.key() in _ARROWS else None
        held = next((days for days, chip in self.chips.items() if chip.hasFocus()), None)
        if by is None or held is None:
            super().keyPressEvent(event)
            return
        onward = LENGTHS[(LENGTHS.index(held) + by) % len(LENGTHS)]
        self.chips[onward].setFocus(Qt.FocusReason.TabFocusReason)


_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class _LengthChip(QAbstractButton):
    def __init__(self, theme: Theme, days: int) -> None:
        super().__init__()
        self._theme, self._marked = theme, False
        self.setText(str(days))
        self.setAccessibleName(days_text(days))
        self.setFont(theme.font(TypeSize.SMALL))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def set_marked(self, *, marked: bool) -> None:
        self._marked = marked
        self.setAccessibleDescription(tr("chosen") if marked else "")
        self.update()

    # Qt names below.

    def sizeHint(self) -> QSize:
        return _SIZE

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in _ARROWS:
            event.ignore()  # the row's
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self._marked or self.isDown()
        painter.setBrush(QColor(tokens.accent_tint if marked else tokens.raised))
        ring = self.hasFocus()
        edge = tokens.focus if ring else tokens.accent if marked else tokens.control_border
        painter.setPen(QPen(QColor(edge), FOCUS if ring else 1))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setFont(self._theme.font(TypeSize.SMALL, bold=self._marked))
        painter.setPen(QColor(tokens.accent if marked else tokens.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
