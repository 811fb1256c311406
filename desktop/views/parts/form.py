"""Labelled fields under one another, each told of its own mistake.

API: Form(theme): add(name, label, field), add_row(widget), show_field(name, shown), tell(problem) -> whether a field
took it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.text import Text
from desktop.words.messages import say
from engine.domain.shared.errors import DriveSphereError, InvalidText


class Form(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.fields: dict[str, QWidget] = {}
        self.mistakes: dict[str, Text] = {}
        self._labels: dict[str, Text] = {}
        self.general = Text(theme, ink="danger", wrap=True)
        self.general.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, GRID, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(self.general)

    def add(self, name: str, label: str, field: QWidget) -> None:
        """*name* is what the engine calls the field when it refuses it."""
        words = Text(self._theme, label, size=TypeSize.SMALL, ink="muted")
        words.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(label)
        mistake = Text(self._theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        mistake.hide()
        self.fields[name], self.mistakes[name] = field, mistake
        self._column.addSpacing(GRID)
        self._labels[name] = words
        for widget in (words, field, mistake):
            self._column.addWidget(widget)

    def show_field(self, name: str, *, shown: bool) -> None:
        """Whether the field is asked for now; one that is not keeps its value."""
        for widget in (self._labels[name], self.fields[name]):
            widget.setVisible(shown)
        if not shown:
            self.mistakes[name].hide()

    def add_row(self, widget: QWidget) -> None:
        self._column.addWidget(widget)

    def end(self) -> None:
        """Nothing follows: what room is left lies below."""
        self._column.addStretch(1)

    def tell(self, problem: DriveSphereError | None) -> None:
        """At the field that it is about, which gets the focus; else above all of them. None takes it away."""
        wrong = problem.field if isinstance(problem, InvalidText) else ""
        for name, mistake in self.mistakes.items():
            mistake.setVisible(name == wrong)
            mistake.setText(say(problem).text if problem is not None and name == wrong else "")
        elsewhere = problem is not None and wrong not in self.mistakes
        self.general.setVisible(elsewhere)
        self.general.setText(say(problem).text if problem is not None and elsewhere else "")
        if wrong in self.fields:
            self.fields[wrong].setFocus(Qt.FocusReason.OtherFocusReason)
