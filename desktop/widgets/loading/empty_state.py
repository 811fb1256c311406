"""A page with nothing on it: what belongs here, and the first step.

API: EmptyState(theme): say(icon, title, sentence, step); stepped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text

if TYPE_CHECKING:
    from desktop.theme.theme import Theme

_ICON = 44
_WIDTH = 380


class EmptyState(QWidget):
    """Centred in the place of the missing content.

    Signals:
        stepped: The first step was taken.
    """

    stepped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = Icon.CAR
        self._picture = QLabel()
        self.title = Text(theme, size=TypeSize.LEAD, bold=True)
        self.sentence = Text(theme, ink="muted", wrap=True)
        self.sentence.setFixedWidth(_WIDTH)
        self.step = Button(theme, kind=ButtonKind.PRIMARY)
        column = QVBoxLayout(self)
        # No wider than its sentence: in a side panel there is just that much room, and what is wider is cut off.
        column.setContentsMargins(0, 2 * GRID, 0, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addStretch(2)
        for widget in (self._picture, self.title, self.sentence):
            if isinstance(widget, QLabel):
                widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(2 * GRID)
        column.addWidget(self.step, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.step.clicked.connect(self.stepped)
        theme.changed.connect(self._tint)

    def say(self, icon: Icon, title: str, sentence: str, step: str = "") -> None:
        self._icon = icon
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.sentence.setMinimumHeight(self.sentence.heightForWidth(_WIDTH))
        self.step.setText(step)
        self.step.setVisible(bool(step))
        self._tint()

    def _tint(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(self._theme.icons.pixmap(self._icon, self._theme.tokens.control_border, _ICON, ratio))
