"""What can be typed into a moment field: examples, each with what the field makes of it now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLayoutItem, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.views.parts.moments.words import DAY_EXAMPLES, EXAMPLES, misread_words, spelt
from desktop.widgets.combo import place_popup
from desktop.widgets.panel import paint_popup
from desktop.widgets.text import Text
from engine.domain.moments.reading import Misread, Reading
from engine.words.tr import tr


class ExampleCard(QFrame):
    """Any key or a click beside it takes it away."""

    def __init__(
        self, theme: Theme, parent: QWidget, read: Callable[[str], Reading | Misread], *, days_only: bool
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme, self._read, self._days_only = theme, read, days_only
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 3 * GRID)
        self._grid.setHorizontalSpacing(4 * GRID)
        self._grid.setVerticalSpacing(2 * GRID)

    def open_below(self, field: QWidget) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            _drop(item)
        self._grid.addWidget(Text(self._theme, tr("What can be typed"), bold=True), 0, 0, 1, 2)
        for row, typed in enumerate(DAY_EXAMPLES if self._days_only else EXAMPLES, 1):
            answer = self._read(typed)
            good = isinstance(answer, Reading)
            means = _means(answer, days_only=self._days_only)
            self._grid.addWidget(Text(self._theme, typed), row, 0)
            self._grid.addWidget(Text(self._theme, means, ink="positive" if good else "danger"), row, 1)
        self.setAccessibleName(tr("What can be typed"))
        self._grid.activate()
        place_popup(self, field, self._grid.sizeHint())
        self.show()

    # Qt names below.

    def keyPressEvent(self, _event: QKeyEvent) -> None:
        self.close()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_popup(self, self._theme.tokens)


def _means(answer: Reading | Misread, *, days_only: bool) -> str:
    return spelt(answer.at, days_only=days_only) if isinstance(answer, Reading) else misread_words(answer)


def _drop(item: QLayoutItem) -> None:
    widget = item.widget()
    if widget is not None:
        widget.deleteLater()
