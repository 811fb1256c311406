"""The top of every page: title, a quiet line below it, actions at the reading end.

API: PageHeader(theme, title, subtitle): say(title, subtitle), add_action(widget).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.text import Text

if TYPE_CHECKING:
    from desktop.theme.theme import Theme


class PageHeader(QWidget):
    def __init__(self, theme: Theme, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Text(theme, title, size=TypeSize.TITLE, bold=True)
        self.subtitle = Text(theme, subtitle, ink="muted", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * GRID)
        self._row.addLayout(words, 1)

    def say(self, title: str, subtitle: str) -> None:
        self.title.setText(title)
        self.subtitle.setText(subtitle)

    def add_action(self, widget: QWidget) -> None:
        self._row.addWidget(widget)
