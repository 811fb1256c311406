"""A form of one column: each field with its label above and its own mistake below.

API: LabelledFields(theme, fields): value(name), tell(problem) -> whether it belongs to a field, clear(); submitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.text import Text
from desktop.words.messages import FIELDS, say
from engine.domain.shared.errors import DriveSphereError, InvalidText


class LabelledFields(QWidget):
    """Signals: ``submitted`` on Enter in any field."""

    submitted = Signal()

    def __init__(self, theme: Theme, fields: Mapping[str, QLineEdit], labels: Mapping[str, str] = FIELDS) -> None:
        """*fields* by the name that ``InvalidText`` calls them; *labels* by the same."""
        super().__init__()
        self.fields = dict(fields)
        self.mistakes = {name: Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True) for name in fields}
        self._labels: dict[str, Text] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for name, field in fields.items():
            words = labels.get(name) or FIELDS.get(name, name.capitalize())
            label = self._labels[name] = Text(theme, words, size=TypeSize.SMALL, ink="muted")
            label.setBuddy(field)
            field.setAccessibleName(words)
            field.returnPressed.connect(self.submitted)
            for widget in (label, field, self.mistakes[name]):
                column.addWidget(widget)
            self.mistakes[name].hide()

    def value(self, name: str) -> str:
        return self.fields[name].text()

    def show_field(self, name: str, *, shown: bool) -> None:
        self._labels[name].setVisible(shown)
        self.fields[name].setVisible(shown)

    def tell(self, problem: DriveSphereError | None) -> bool:
        """Say *problem* at its field, which gets the keyboard; False if it is none of a field."""
        self.tell_all((problem,) if isinstance(problem, InvalidText) else ())
        if isinstance(problem, InvalidText) and problem.field in self.fields:
            self.fields[problem.field].setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def tell_all(self, problems: Iterable[InvalidText]) -> None:
        """Say each at its field, and nothing at any other."""
        wrong = {problem.field: problem for problem in problems}
        for name, mistake in self.mistakes.items():
            mistake.setText(say(wrong[name]).text if name in wrong else "")
            mistake.setVisible(name in wrong)

    def clear(self) -> None:
        for field in self.fields.values():
            field.clear()
        self.tell(None)

    def focus_first(self) -> None:
        """The first field that is shown and empty."""
        shown = [field for field in self.fields.values() if not field.isHidden()]
        (next((field for field in shown if not field.text()), shown[0])).setFocus(Qt.FocusReason.OtherFocusReason)
