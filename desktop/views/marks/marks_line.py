"""One line about the marks of a car that is read: how many are known, what is new, and the way to set more.

API: MarksLine(theme, car): new -> tuple[NewMark, ...], ask(); ``edited`` when ``new`` is another.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.marks.marks_dialog import MarksDialog
from desktop.widgets.button import Button
from desktop.widgets.text import Text
from desktop.words.figures import counted
from desktop.words.mark_words import mark_words
from engine.domain.car.condition import CarMarks, NewMark
from engine.words.tr import tr


class MarksLine(QWidget):
    edited = Signal()

    def __init__(self, theme: Theme, car: CarMarks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._car = theme, car
        self.new: tuple[NewMark, ...] = ()
        none, many = tr("No mark is known on this car."), len(car.open)
        self.known = Text(theme, counted("{count} known mark", "{count} known marks", many) if many else none)
        self.button = Button(theme, tr("Marks … M"))
        self.button.setAccessibleName(tr("Look at the marks, and set what is new"))
        self.found = Text(theme, size=TypeSize.SMALL, ink="warning", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self.known, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * GRID, 0, GRID)
        column.setSpacing(GRID)
        column.addLayout(row)
        column.addWidget(self.found)
        self.button.clicked.connect(lambda _checked: self.ask())
        self._draw()

    def ask(self) -> None:
        """Another box over the one that this stands in; what is kept there is written down with the answer of this."""
        box = MarksDialog(self._theme, self._car, self.new, self.window(), write=False)
        box.finished.connect(lambda _result: self._answered(box))
        box.open()

    def _answered(self, box: MarksDialog) -> None:
        if box.pressed_yes and box.new != self.new:
            self.new = box.new
            self._draw()
            self.edited.emit()
        box.deleteLater()

    def _draw(self) -> None:
        told = "; ".join(map(mark_words, self.new))
        self.found.setText(counted("{count} new: {told}", "{count} new: {told}", len(self.new), told=told))
        self.found.setVisible(bool(self.new))
