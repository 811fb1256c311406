"""A message that stands where it happened, with the next step beside it.

API: Banner(theme): tell(tone, text, step), clear(); acted, dismissed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStyle, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, RADIUS_CONTROL, Tone
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.panel import paint_panel
from desktop.widgets.text import Text
from engine.words.tr import tr

if TYPE_CHECKING:
    from desktop.theme.theme import Theme

#: As high without a button as with one.
_LOWEST = 10 * GRID
_ICON = 18
_SHAPES = {
    Tone.NEUTRAL: Icon.INFO,
    Tone.ACCENT: Icon.INFO,
    Tone.POSITIVE: Icon.DONE,
    Tone.WARNING: Icon.WARNING,
    Tone.DANGER: Icon.ERROR,
}


class Banner(QWidget):
    """Hidden until :meth:`tell`.

    Signals:
        acted: The step was pressed.
        dismissed: The person closed it; not sent by :meth:`clear`.
    """

    acted = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = Tone.NEUTRAL
        self._text = Text(theme, wrap=True)
        self.step = Button(theme, kind=ButtonKind.QUIET)
        self._close = Button(theme, kind=ButtonKind.QUIET, icon=Icon.CLOSE)
        self._close.setAccessibleName(tr("Close message"))
        self.setMinimumHeight(_LOWEST)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID + _ICON + 2 * GRID, GRID, GRID, GRID)
        row.setSpacing(GRID)
        row.addWidget(self._text, 1)
        row.addWidget(self.step)
        row.addWidget(self._close)
        self.step.clicked.connect(self.acted)
        self._close.clicked.connect(self._dismiss)
        theme.changed.connect(self.update)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def tell(self, tone: Tone, text: str, step: str = "", *, closable: bool = True) -> None:
        """Say *text*; *step* is the word on the button that helps ("Try again")."""
        self._tone = tone
        self._text.setText(text)
        self.step.setText(step)
        self.step.setVisible(bool(step))
        self._close.setVisible(closable)
        self.setAccessibleName(text)
        self.show()
        self.update()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        self.hide()

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    # Qt names below.

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        paint_panel(painter, self.rect(), tokens.tint(self._tone), tokens.tint(self._tone), RADIUS_CONTROL)
        place = QRect(3 * GRID, (self.height() - _ICON) // 2, _ICON, _ICON)
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), place)
        self._theme.icons.paint(painter, place, _SHAPES[self._tone], tokens.ink(self._tone))
        painter.end()
